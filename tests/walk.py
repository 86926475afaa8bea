"""A walk through the site: from a few addresses to every kind of page that links lead to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Literal
from urllib.parse import urldefrag, urljoin, urlsplit

from playwright.sync_api import BrowserContext, Page

from tests import browser

type Until = Literal["load", "domcontentloaded"]

NOT_OURS = re.compile(r"^/(cms|media|static|language)/|/logout/")
LINK = re.compile(r'<a\b[^>]*?\shref="([^"]*)"')
NUMBER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9A-Za-z_-]{16,}|\d+")


def kind_of(address: str) -> str:
    """The path with a # for whatever differs between two pages of one kind."""
    return "/".join(NUMBER.sub("#", part) for part in urlsplit(address).path.split("/"))


def doors(base: str, language: str) -> list[str]:
    """Where people come in: home, desk, a certificate's code, a card."""
    return [f"{base}/{language}/", f"{base}/{language}/desk/", f"{base}/verify/?lang={language}", f"{base}/card/"]


@dataclass(frozen=True)
class Visit:
    """One kind of page, shown in the browser."""

    kind: str
    page: Page
    status: int

    def faults(self) -> list[str]:
        """What is wrong with it: the answer's status, serious barriers, sideways scrolling."""
        found = browser.barriers(self.page)
        if self.status >= 400:
            found.append(f"answers {self.status} to a link")
        if browser.scrolls_sideways(self.page):
            found.append(f"scrolls sideways at {browser.NARROWEST} px")
        return [f"{self.kind}: {fault}" for fault in found]


def walk(
    context: BrowserContext, base: str, language: str, seen: set[str], *, until: Until = "load"
) -> Iterator[Visit]:
    """Each kind of page that is not in `seen` yet; `seen` grows.

    Links are followed from those in `seen` as well: a desk that a participant was shown leads a trainer further.
    Links into other languages, Wagtail's editor and files are left alone.  Who only reads a page needs not wait `until`
    its pictures and fonts have come.
    """
    page = context.new_page()
    waiting = doors(base, language)
    asked = {kind_of(address) for address in waiting}
    while waiting:
        answer = context.request.get(waiting.pop(0))
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        if (kind := kind_of(answer.url)) not in seen:
            seen.add(kind)
            shown = page.goto(answer.url, wait_until=until)
            yield Visit(kind, page, shown.status if shown else 0)
        for link in _links(answer.text(), answer.url):
            if _is_ours(link, base, language) and kind_of(link) not in asked:
                asked.add(kind_of(link))
                waiting.append(link)
    page.close()


def _links(html: str, address: str) -> list[str]:
    """Where its links lead, whole and without fragments."""
    return [urldefrag(urljoin(address, unescape(link))).url for link in LINK.findall(html)]


def _is_ours(link: str, base: str, language: str) -> bool:
    path = urlsplit(link).path
    other_language = re.match(r"^/(ky|ru|en)/", path) and not path.startswith(f"/{language}/")
    return link.startswith(base) and not other_language and not NOT_OURS.search(path)
