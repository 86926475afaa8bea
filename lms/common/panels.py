"""Panels of upper apps on pages of lower ones: the upper app registers, the page below only names the place.

So a person's own page shows what may be done with her data without knowing that an app for it exists.
An app registers in its `AppConfig.ready`; the page says `{% panels "profile" %}`.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

# Gives HTML, or an empty text where this person has nothing to see.  `subject` is what the page is about, if anything.
type Panel = Callable[[HttpRequest, Any], str]

_panels: dict[str, dict[str, Panel]] = defaultdict(dict)


def register_panel(place: str, name: str, panel: Panel) -> None:
    """`name` tells it from the others at this place; the same one twice is one panel."""
    _panels[place][name] = panel


def panels_at(place: str) -> list[Panel]:
    """In the order in which the apps stand."""
    return list(_panels[place].values())
