"""A walk through the site: from a few addresses to every kind of page that links lead to."""

import re
from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin, urlsplit

from playwright.sync_api import BrowserContext, Page

NOT_OURS = re.compile(r"^/(cms|media|static|language)/|/logout/")
NUMBER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9A-Za-z_-]{16,}|\d+")


def kind_of(address: str) -> str:
    """The path with a # for whatever differs between two pages of one kind."""
    return "/".join(NUMBER.sub("#", part) for part in urlsplit(address).path.split("/"))


def doors(base: str, language: str) -> list[str]:
    """Where people come in: home, desk, a certificate's code, a card."""
    return [f"{base}/{language}/", f"{base}/{language}/desk/", f"{base}/verify/?lang={language}", f"{base}/card/"]


def walk(context: BrowserContext, base: str, language: str, seen: set[str]) -> Iterator[tuple[str, Page]]:
    """Each kind of page that is not in `seen` yet, with its kind; `seen` grows.

    Links into other languages, Wagtail's editor and files are left alone.
    """
    page = context.new_page()
    waiting = doors(base, language)
    while waiting:
        address = waiting.pop(0)
        kind = kind_of(address)
        if kind in seen or not _is_page(context, address):
            continue
        seen.add(kind)
        page.goto(address, wait_until="networkidle")
        links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
        waiting += [urldefrag(urljoin(address, link)).url for link in links if _is_ours(link, base, language)]
        yield kind, page
    page.close()


def _is_ours(link: str, base: str, language: str) -> bool:
    path = urlsplit(link).path
    other_language = re.match(r"^/(ky|ru|en)/", path) and not path.startswith(f"/{language}/")
    return link.startswith(base) and not other_language and not NOT_OURS.search(path)


def _is_page(context: BrowserContext, address: str) -> bool:
    """Whether the address answers with a page, not a file."""
    answer = context.request.get(address)
    return answer.headers.get("content-type", "").startswith("text/html")
