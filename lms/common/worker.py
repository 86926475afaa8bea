"""The one service worker of the site, `/sw.js`: each app that works without a network adds a part to it.

A part is a script of its own and what that script is told.  The app registers it in its `AppConfig.ready`; what all
parts share (static/js/worker/routes.js) asks each in turn whether a request is one of its own.  Others are not touched.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.templatetags.static import static

ROUTES = "js/worker/routes.js"


@dataclass(frozen=True)
class WorkerPart:
    """`script`: its name among the static files.  `told` is asked whenever a browser asks for the worker."""

    script: str
    told: Callable[[], dict[str, Any]]


_parts: dict[str, WorkerPart] = {}


def register_worker_part(name: str, part: WorkerPart) -> None:
    """`name` tells it from the others; its script finds in `self.TOLD[name]` what it is told."""
    _parts[name] = part


def worker_source() -> str:
    """The script.  It changes when a file or what is told changes, and with it browsers install the new one."""
    told = {name: part.told() for name, part in _parts.items()}
    scripts = [static(name) for name in (ROUTES, *(part.script for part in _parts.values()))]
    return f"self.TOLD = {json.dumps(told)};\nimportScripts(...{json.dumps(scripts)});\n"
