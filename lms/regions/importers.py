"""The regions of Kyrgyzstan from our own table: added and renamed, never deleted."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.common.errors import ActionError
from lms.common.languages import LANGUAGE_CODES, texts_of
from lms.regions.models import Region, RegionKind, RegionName

REGIONS_FILE = Path(__file__).parent / "data" / "regions.csv"


class RegionFileRefused(ActionError):
    """A row that cannot be used; nothing of the file was loaded."""

    code = "region_file_refused"
    message = _("%(file)s, line %(line)s, %(field)s: %(problem)s")


@dataclass(frozen=True)
class RegionRow:
    """One line of the table; a parent stands above its children."""

    line: int
    code: str
    parent: str
    iso: str
    kind: str
    names: dict[str, str]
    former_names: dict[str, str]
    named_since: date | None

    def values(self) -> dict[str, str]:
        """The columns of the region."""
        names = {f"name_{language}": text for language, text in self.names.items()}
        return {"iso": self.iso, "kind": self.kind, **names}


@dataclass
class Loaded:
    """How many regions a load added, changed and found as they were."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


@transaction.atomic
def load_regions(path: Path = REGIONS_FILE) -> Loaded:
    """Loads the table; a second time it changes nothing.  Raises RegionFileRefused.

    Loading twice at once waits at the country's row; a region that left the table stays, since cohorts refer to it.
    """
    known = {region.code: region for region in Region.objects.select_for_update(no_key=True)}
    loaded = Loaded()
    for row in read_rows(path):
        if row.parent and row.parent not in known:
            raise _refusal(path, row.line, "parent", _("unknown code, or it stands further down"))
        known[row.code] = _load_region(row, known, loaded)
        _load_names(row, known[row.code])
    return loaded


def read_rows(path: Path) -> Iterator[RegionRow]:
    """The rows of the table, checked one by one.  Raises RegionFileRefused."""
    with path.open(encoding="utf-8", newline="") as file:
        for line, cells in enumerate(csv.DictReader(file), start=2):
            yield _row(path, line, cells)


def _row(path: Path, line: int, cells: dict[str, str]) -> RegionRow:
    if cells["kind"] not in RegionKind.values:
        raise _refusal(path, line, "kind", _("unknown kind"))
    try:
        Region._meta.get_field("code").run_validators(cells["code"])
        named_since = date.fromisoformat(cells["named_since"]) if cells["named_since"] else None
    except ValidationError as error:
        raise _refusal(path, line, "code", _("8 or 14 digits, or 417")) from error
    except ValueError as error:
        raise _refusal(path, line, "named_since", _("a date like 2025-09-17")) from error
    return RegionRow(
        line=line,
        code=cells["code"],
        parent=cells["parent"],
        iso=cells["iso"],
        kind=cells["kind"],
        names=_texts(cells, "name"),
        former_names=_texts(cells, "former_name"),
        named_since=named_since,
    )


def _texts(cells: dict[str, str], column: str) -> dict[str, str]:
    return {language: cells[f"{column}_{language}"] for language in LANGUAGE_CODES}


def _refusal(path: Path, line: int, field: str, problem: object) -> RegionFileRefused:
    return RegionFileRefused(file=path.name, line=line, field=field, problem=problem)


def _load_region(row: RegionRow, known: dict[str, Region], loaded: Loaded) -> Region:
    region = known.get(row.code)
    if region is None:
        loaded.added += 1
        return _add(row)
    changed = {name: value for name, value in row.values().items() if getattr(region, name) != value}
    if changed:
        Region.objects.filter(pk=region.pk).update(**changed)
        loaded.changed += 1
    else:
        loaded.unchanged += 1
    return region


def _add(row: RegionRow) -> Region:
    # The tree counts children in memory, so the parent is read afresh.
    if row.parent:
        return Region.objects.get(code=row.parent).add_child(code=row.code, **row.values())
    return Region.add_root(code=row.code, **row.values())


def _load_names(row: RegionRow, region: Region) -> None:
    """Writes the two names of a region that was renamed; others have only the name in their row."""
    if row.named_since is None:
        return
    for names, since, until in ((row.former_names, None, row.named_since), (row.names, row.named_since, None)):
        found = RegionName.objects.filter(region=region, valid_until=until).first()
        if found is None:
            found = RegionName(region=region, valid_until=until)
        elif texts_of(found, "name") == names and found.valid_from == since:
            continue
        for language, text in names.items():
            setattr(found, f"name_{language}", text)
        found.valid_from = since
        found.save()
