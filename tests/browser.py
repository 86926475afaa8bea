"""Which browser the journeys and the pictures use, and what is true of every page in it."""

import os
import shutil
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

NARROWEST = 320
SYSTEM_BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome", "google-chrome-stable")
# Rules of the law and of the guidelines; "best-practice" rules are a matter of opinion.
AXE_OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
# Of all that axe says only what is wrong leaves the browser: the rest takes as long to hand over as to find out.
AXE_RUN = "options => axe.run(options).then(results => results.violations)"


def launch_arguments() -> dict[str, Any]:
    """How to start Chromium: the system's where there is one, else the one that Playwright brought."""
    found = next((path for name in SYSTEM_BROWSERS if (path := shutil.which(name))), None)
    arguments = ["--disable-dev-shm-usage"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return {"args": arguments, **({"executable_path": str(Path(found))} if found else {})}


def barriers(page: Page) -> list[str]:
    """What axe calls serious or critical on this page, each with the elements it means."""
    page.evaluate(AXE_SCRIPT)
    violations: list[dict[str, Any]] = page.evaluate(AXE_RUN, AXE_OPTIONS)
    return [
        f"{violation['id']}: {', '.join(str(node['target'][0]) for node in violation['nodes'][:5])}"
        for violation in violations
        if violation["impact"] in {"serious", "critical"}
    ]


def scrolls_sideways(page: Page, width: int = NARROWEST) -> bool:
    """Whether the page is wider than a screen of `width` CSS pixels; the window is put back afterwards."""
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": 640})
    wider = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    if before:
        page.set_viewport_size(before)
    return bool(wider)
