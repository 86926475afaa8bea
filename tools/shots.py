"""Take a picture of every kind of page that a visitor and each demonstration account can reach.

    make run &                       the site with its demonstration, then
    make shots                       everything, in Kyrgyz
    make shots SHOTS="trainer -l ru -l en -w 320"

Each kind of page (one address, whatever the number in it) is taken once per account, language and width, into
var/shots.  Pages with a serious barrier, pages that scroll sideways, errors of scripts and missing files are listed at
the end and make the exit code 1.
"""

import argparse
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests import browser

ROOT = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR") or ROOT / "var")
BASE = os.environ.get("PUBLIC_BASE_URL") or f"http://{os.environ.get('HOST', '127.0.0.1')}:{os.environ['PORT']}"
HEIGHTS = {320: 640, 360: 740, 1280: 800}
NOT_OURS = re.compile(r"^/(cms|media|static|language)/|/logout/")
NUMBER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9A-Za-z_-]{16,}|\d+")
VISITOR = "visitor"


def main() -> int:
    """Walk through the site as each account; 1 where something is wrong with a page."""
    options = _options()
    accounts = {VISITOR: "", **_accounts()}
    faults: list[str] = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**browser.launch_arguments())
        for account in options.account or accounts:
            for language in options.language:
                context = chromium.new_context(timezone_id="Asia/Bishkek")
                _listen(context, faults)
                _sign_in(context, account, accounts[account], language)
                taken = [_take(page, account, language, options.width, faults) for page in _walk(context, language)]
                print(f"   {account}, {language}: {len(taken)} kinds of page", flush=True)
                context.close()
        chromium.close()
    print("\n".join(dict.fromkeys(faults)))
    return 1 if faults else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("account", nargs="*", help="visitor, or a user name of the demonstration (all)")
    parser.add_argument("-l", "--language", action="append", choices=["ky", "ru", "en"], help="(ky)")
    parser.add_argument("-w", "--width", action="append", type=int, help="in CSS pixels (360 and 1280)")
    options = parser.parse_args()
    options.language = options.language or ["ky"]
    options.width = options.width or [360, 1280]
    return options


def _accounts() -> dict[str, str]:
    """User name → password of the demonstration's staff, from the list that load_demo wrote."""
    path = DATA_DIR / "demo-sign-ins.txt"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    password = re.search(r"with the password (\S+):", text)
    return dict.fromkeys(re.findall(r"^ +([a-z]+\d*) ", text, re.MULTILINE), password[1]) if password else {}


def _listen(context: BrowserContext, faults: list[str]) -> None:
    context.on("weberror", lambda error: faults.append(f"script: {error.page.url if error.page else ''} {error.error}"))
    context.on(
        "response",
        lambda answer: faults.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None,
    )


def _sign_in(context: BrowserContext, account: str, password: str, language: str) -> None:
    if account == VISITOR:
        return
    page = context.new_page()
    page.goto(f"{BASE}/{language}/accounts/login/")
    page.fill("input[name=login]", account)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state("networkidle")
    page.close()


def _walk(context: BrowserContext, language: str) -> Iterator[Page]:
    """Every kind of page that links lead to, each shown once."""
    page = context.new_page()
    waiting = [f"{BASE}/{language}/", f"{BASE}/{language}/desk/", f"{BASE}/verify/?lang={language}", f"{BASE}/card/"]
    seen = set()
    while waiting:
        address = waiting.pop(0)
        kind = _kind(address)
        if kind in seen or not _is_page(context, address):
            continue
        seen.add(kind)
        page.goto(address, wait_until="networkidle")
        links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
        waiting += [urldefrag(urljoin(address, link)).url for link in links if _is_ours(link, language)]
        yield page


def _kind(address: str) -> str:
    """The address with a # for whatever differs between two pages of one kind."""
    return "/".join(NUMBER.sub("#", part) for part in urlsplit(address).path.split("/"))


def _is_ours(link: str, language: str) -> bool:
    path = urlsplit(link).path
    other_language = re.match(r"^/(ky|ru|en)/", path) and not path.startswith(f"/{language}/")
    return link.startswith(BASE) and not other_language and not NOT_OURS.search(path)


def _is_page(context: BrowserContext, address: str) -> bool:
    """Whether the address answers with a page, not a file."""
    answer = context.request.get(address)
    return answer.headers.get("content-type", "").startswith("text/html")


def _take(page: Page, account: str, language: str, widths: list[int], faults: list[str]) -> str:
    kind = _kind(page.url)
    folder = DATA_DIR / "shots" / account
    folder.mkdir(parents=True, exist_ok=True)
    name = kind.strip("/").replace("/", "_") or "home"
    for width in widths:
        page.set_viewport_size({"width": width, "height": HEIGHTS.get(width, 800)})
        page.screenshot(path=folder / f"{name}-{language}-{width}.png", full_page=True)
    faults += [f"{account} {language} {kind}: {barrier}" for barrier in browser.barriers(page)]
    if browser.scrolls_sideways(page):
        faults.append(f"{account} {language} {kind}: scrolls sideways at {browser.NARROWEST} px")
    return kind


if __name__ == "__main__":
    sys.exit(main())
