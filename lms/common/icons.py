"""The icons of the interface, drawn for this product: a name and the lines that make it."""

from django.utils.safestring import SafeString, mark_safe

# Lines on a 24 × 24 grid; colour and width come from the style sheet.
ICON_PATHS = {
    "alert": "M12 4 2.5 20h19zM12 10v5M12 17.5v.5",
    "arrow-down": "M12 4v16M5 13l7 7 7-7",
    "arrow-left": "M20 12H4M11 5l-7 7 7 7",
    "arrow-right": "M4 12h16M13 5l7 7-7 7",
    "arrow-up": "M12 20V4M5 11l7-7 7 7",
    "book": "M12 6.5C9.5 4.7 6 4.5 3 5v14c3-.5 6.5-.3 9 1.5 2.5-1.8 6-2 9-1.5V5c-3-.5-6.5-.3-9 1.5zM12 6.5v14",
    "calendar": "M4 6h16v14H4zM4 10.5h16M8 3v4M16 3v4",
    "certificate": "M4 4h16v11H4zM8 8h8M8 11h4M13.5 13.5l0 7 2.5-2 2.5 2v-7",
    "check": "M4.5 12.5l5 5 10-11",
    "chevron": "M9 5l7 7-7 7",
    "clock": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5.5l3.5 2",
    "cross": "M6 6l12 12M18 6 6 18",
    "download": "M12 3v12M6.5 10l5.5 5.5 5.5-5.5M4 20h16",
    "edit": "M4 20l1-4.5L16.5 4 20 7.5 8.5 19zM14 6.5 17.5 10",
    "eye": (
        "M2 12c2.5-4.5 6-6.5 10-6.5s7.5 2 10 6.5c-2.5 4.5-6 6.5-10 6.5S4.5 16.5 2 12z"
        "M12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z"
    ),
    "globe": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c-5 5-5 13 0 18M12 3c5 5 5 13 0 18",
    "info": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v6M12 7v.5",
    "leave": "M13 4H5v16h8M10 12h11M16.5 7.5 21 12l-4.5 4.5",
    "lock": "M5 11h14v9H5zM8 11V7.5a4 4 0 0 1 8 0V11",
    "minus": "M5 12h14",
    "people": (
        "M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM2.5 20c0-3.5 2.5-5.5 6.5-5.5s6.5 2 6.5 5.5"
        "M16 5.5a3.5 3.5 0 0 1 0 6M18 14.5c2.3.7 3.5 2.5 3.5 5"
    ),
    "person": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20.5c0-4 3-6 7.5-6s7.5 2 7.5 6",
    "phone": "M7 2.5h10v19H7zM11 18.5h2",
    "pin": "M12 21c-4.5-5-7-8-7-11a7 7 0 0 1 14 0c0 3-2.5 6-7 11zM12 7.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
    "plus": "M12 5v14M5 12h14",
    "print": "M7 8V3.5h10V8M7 17H3.5V8h17v9H17M7 14h10v6.5H7z",
    "qr": "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2.5v2.5H14zM20 14v2.5M14 20h2.5M19 19.5h1v1",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 21 21",
    "tree": "M9.5 3h5v5h-5zM3 16h5v5H3zM16 16h5v5h-5zM12 8v4M5.5 16v-4h13v4",
    "upload": "M12 15.5v-12M6.5 9 12 3.5 17.5 9M4 20h16",
}


def _draw(path: str) -> SafeString:
    return mark_safe(  # noqa: S308 - constants of this file
        f'<svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="{path}"/></svg>'
    )


# Drawn once: a roster of thirty shows 120 of them.
ICONS = {name: _draw(path) for name, path in ICON_PATHS.items()}
