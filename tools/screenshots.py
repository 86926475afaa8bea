"""Take the pictures of the README from a demonstration of its own, so that they stay true.

    make screenshots

Loads the demonstration into a folder that is deleted afterwards, serves it on a free port with `make run`, and writes
static/img/first-look.png (a phone in three places) and static/img/editor.png (a lesson in the editor).
"""

import base64
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import browser

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "static" / "img"
PHONE = {"width": 360, "height": 740}
LAPTOP = {"width": 1280, "height": 800}
# Sharp on a screen of twice the density, in as few colours as our pages have.
DENSITY, COLOURS = 2, 96
SHEET = """
<!doctype html>
<style>body { margin: 0; padding: 16px; display: flex; gap: 16px; background: #e7e1d5; width: fit-content }</style>
"""
ROSTER = "a[href*='/sessions/'][href$='/attendance/']"
PRINT = '<img style="width: 360px; height: 740px; border: 1px solid #c9c2b2" src="data:image/png;base64,{}">'


def main() -> int:
    """Load, serve, take the pictures, stop."""
    with tempfile.TemporaryDirectory() as folder, _site(Path(folder)) as site, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**browser.launch_arguments())
        _save("first-look.png", _three_phones(chromium, site))
        _save("editor.png", _editor(chromium, site))
        chromium.close()
    return 0


class Site:
    """A running demonstration, and what its list of sign-ins says."""

    def __init__(self, base: str, sign_ins: str) -> None:
        self.base = base
        self.password = _found(r"with the password (\S+):", sign_ins)
        self.certificate = base + _found(r"https?://[^/\s]+(/v/\S+)", sign_ins)


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise SystemExit(f"The demonstration's sign-ins have changed: nothing there matches {pattern}")
    return match[1]


@contextmanager
def _site(folder: Path) -> Iterator[Site]:
    """`make run` in `folder`, until the block ends."""
    port = _free_port()
    settings = {**os.environ, "DATA_DIR": str(folder), "PORT": str(port), "HOST": "127.0.0.1"}
    process = subprocess.Popen(
        ["make", "run"], cwd=ROOT, env=settings, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        for line in process.stdout or []:
            print(line, end="", flush=True)
            if "Errors come here as well" in line:
                break
        else:
            raise SystemExit("The demonstration did not start.")
        yield Site(f"http://127.0.0.1:{port}", (folder / "demo-sign-ins.txt").read_text(encoding="utf-8"))
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _three_phones(chromium: Browser, site: Site) -> bytes:
    """A cohort's page, the roster of one of its sessions, and the verdict on a certificate: side by side, in Kyrgyz."""
    context = _window(chromium, PHONE)
    page = _signed_in(context, site, "trainer")
    page.goto(f"{site.base}/ky/desk/cohorts/?part=live")
    page.locator("main a[href*='/desk/cohorts/0']").last.click()
    shots = [page.screenshot()]
    page.locator(f"main {ROSTER}").nth(1).click()
    shots.append(page.screenshot())
    page.goto(f"{site.certificate}?lang=ky")
    shots.append(page.screenshot())
    # On a page of its own: the verdict's content policy would forbid the sheet's style.
    page = context.new_page()
    page.set_viewport_size({"width": 1200, "height": 800})
    page.set_content(SHEET + "".join(PRINT.format(base64.b64encode(shot).decode()) for shot in shots))
    picture = page.locator("body").screenshot()
    context.close()
    return picture


def _editor(chromium: Browser, site: Site) -> bytes:
    """A lesson where it is written, with its plan for the facilitator."""
    context = _window(chromium, LAPTOP)
    page = _signed_in(context, site, "editor")
    page.goto(f"{site.base}/cms/pages/search/?q=M1.1")
    page.locator("main a[href*='/edit/']").first.click()
    page.wait_for_load_state("networkidle")
    picture = page.screenshot()
    context.close()
    return picture


def _window(chromium: Browser, size: dict[str, int]) -> BrowserContext:
    return chromium.new_context(
        viewport=size, device_scale_factor=DENSITY, timezone_id="Asia/Bishkek", reduced_motion="reduce"
    )


def _signed_in(context: BrowserContext, site: Site, account: str) -> Page:
    page = context.new_page()
    page.goto(f"{site.base}/ky/accounts/login/")
    page.fill("input[name=login]", account)
    page.fill("input[name=password]", site.password)
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state("networkidle")
    return page


def _save(name: str, picture: bytes) -> None:
    image = Image.open(BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    image.save(PICTURES / name, optimize=True)
    print(f"── static/img/{name}: {(PICTURES / name).stat().st_size // 1000} kB", flush=True)


if __name__ == "__main__":
    sys.exit(main())
