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
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import BrowserContext, sync_playwright

from tests import browser
from tests.walk import Visit, walk

ROOT = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR") or ROOT / "var")
BASE = os.environ.get("PUBLIC_BASE_URL") or f"http://{os.environ.get('HOST', '127.0.0.1')}:{os.environ['PORT']}"
HEIGHTS = {320: 640, 360: 740, 1280: 800}
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
                seen: set[str] = set()
                for visit in walk(context, BASE, language, seen):
                    _take(visit, account, language, options.width)
                    faults += [f"{account} {language} {fault}" for fault in visit.faults()]
                print(f"   {account}, {language}: {len(seen)} kinds of page", flush=True)
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


def _take(visit: Visit, account: str, language: str, widths: list[int]) -> None:
    folder = DATA_DIR / "shots" / account
    folder.mkdir(parents=True, exist_ok=True)
    name = visit.kind.strip("/").replace("/", "_") or "home"
    for width in widths:
        visit.page.set_viewport_size({"width": width, "height": HEIGHTS.get(width, 800)})
        visit.page.screenshot(path=folder / f"{name}-{language}-{width}.png", full_page=True)


if __name__ == "__main__":
    sys.exit(main())
