"""Loads a pack as a whole or not at all; a second time it touches only what the pack has changed since."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from wagtail.models import Locale, Page, ReferenceIndex, Site
from wagtail.signal_handlers import disable_reference_index_auto_update

from curricula.importers.library import QuestionShelf, QuizShelf, RowShelf, library_pieces
from curricula.importers.pages import LANGUAGES, MODELS, PageShelf, page_pieces
from curricula.importers.pieces import Piece, Shelf
from curricula.importers.reading import read_pack
from curricula.models import Fact, GlossaryTerm, HomePage, Instrument, StarterRecord

type Progress = Callable[[int, int, str], None]


@dataclass
class LoadReport:
    """What a load did.  `kept` names what was left alone: edited, taken away, or there before the pack."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: int = 0
    kept: list[str] = field(default_factory=list)


def load_pack(folder: Path, *, progress: Progress | None = None) -> LoadReport:
    """Loads the pack in `folder` in one transaction.  `progress(done, total, what)` is called after each piece.

    What somebody edited after it was loaded stays as it is.  Raises BrokenPack before anything is written.
    """
    pack = read_pack(folder)
    with transaction.atomic():
        _prepare_locales()
        loader = _Loader()
        pieces = [*library_pieces(pack), *page_pieces(pack)]
        for done, piece in enumerate(pieces, start=1):
            loader.load(piece)
            if progress:
                progress(done, len(pieces), str(piece))
        _point_site_at_home()
    return loader.report


class _Loader:
    def __init__(self) -> None:
        self.report = LoadReport()
        self.records = {(record.kind, record.code, record.language): record for record in StarterRecord.objects.all()}
        self.shelves: dict[str, Shelf] = {
            "fact": RowShelf(Fact),
            "instrument": RowShelf(Instrument),
            "term": RowShelf(GlossaryTerm, "key"),
            "question": QuestionShelf(),
            "quiz": QuizShelf(),
        }

    def load(self, piece: Piece) -> None:
        record = self.records.get(piece.key)
        if record and record.digest == piece.digest:
            self.report.unchanged += 1
            return
        shelf = self._shelf(piece.kind)
        found = shelf.find(piece)
        if _is_ours(record, found) and (revision_id := _write(shelf, piece, found)):
            self._remember(piece, revision_id)
            (self.report.changed if found else self.report.created).append(str(piece))
        else:
            self.report.kept.append(str(piece))

    def _shelf(self, kind: str) -> Shelf:
        """The shelf of pages is set up once the facts are there."""
        if kind in MODELS and kind not in self.shelves:
            self.shelves |= dict.fromkeys(MODELS, PageShelf())
        return self.shelves[kind]

    @staticmethod
    def _remember(piece: Piece, revision_id: int) -> None:
        StarterRecord.objects.update_or_create(
            kind=piece.kind,
            code=piece.code,
            language=piece.language,
            defaults={"digest": piece.digest, "revision_id": revision_id},
        )


def _write(shelf: Shelf, piece: Piece, found: Any | None) -> int | None:
    """Writing saves a row up to three times, and its children: Wagtail's index of references hears of it once."""
    with disable_reference_index_auto_update():
        revision_id = shelf.write(piece, found)
    if revision_id:
        ReferenceIndex.create_or_update_for_object(shelf.find(piece))
    return revision_id


def _is_ours(record: StarterRecord | None, found: Any | None) -> bool:
    """May the loader write?  New ground, or what it wrote itself and nobody has edited or unpublished since."""
    if record is None or found is None:
        return record is None and found is None
    return found.latest_revision_id == record.revision_id and getattr(found, "live", True)


def _prepare_locales() -> None:
    for language in LANGUAGES:
        Locale.objects.get_or_create(language_code=language)
    if Page.get_first_root_node() is None:
        Page.add_root(title="Root", slug="root", locale=Locale.objects.get(language_code=settings.LANGUAGE_CODE))


def _point_site_at_home() -> None:
    """The site begins at our home; Wagtail's welcome page, which a new database holds, goes."""
    home = HomePage.objects.filter(locale__language_code=settings.LANGUAGE_CODE).first()
    site = Site.objects.filter(is_default_site=True).first() or Site(hostname="localhost", is_default_site=True)
    if home and (site.pk is None or not issubclass(site.root_page.specific_class, HomePage)):
        site.root_page, site.site_name = home, home.title
        site.save()
    for page in _welcome_pages():
        page.delete()


def _welcome_pages() -> Iterator[Page]:
    """Plain pages below the root without children: nobody can make one in this product."""
    for page in Page.objects.filter(depth=2, numchild=0):
        if page.specific_class is Page:
            yield page
