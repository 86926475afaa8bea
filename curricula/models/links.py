"""What a page links to, without its neighbours' text: rows of pages are wide, and a reader waits on a phone."""

from dataclasses import dataclass
from datetime import date
from typing import Self
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from wagtail.models import Page, Site

COLUMNS = (
    "path",
    "title",
    "url_path",
    "translation_key",
    "locale__language_code",
    "lessonpage__minutes",
    "modulepage__legal_status_as_of",
)


@dataclass(frozen=True)
class PageLink:
    """A published page as others refer to it.  To the language switch it speaks like the page itself."""

    path: str
    title: str
    url: str
    translation_key: UUID
    language_code: str
    minutes: int | None = None
    legal_status_as_of: date | None = None

    @property
    def locale(self) -> Self:
        return self

    def get_url(self, request: HttpRequest | None = None) -> str:
        return self.url

    def is_child_of(self, path: str) -> bool:
        return self.path[: -Page.steplen] == path


def links_to(pages: Q) -> list[PageLink]:
    """The published pages in the order of the tree: one query."""
    roots = Site.get_site_root_paths()
    rows = Page.objects.live().filter(pages).order_by("path").values_list(*COLUMNS)
    return [
        PageLink(path, title, f"/{language}/{url_path.removeprefix(root.root_path)}", key, language, *more)
        for path, title, url_path, key, language, *more in rows
        for root in [next((root for root in roots if url_path.startswith(root.root_path)), None)]
        if root
    ]
