"""QR codes as lines: SVG for pages, PDF operators for paper.  Level M and a quiet zone of four modules (ISO 18004)."""

import re
from bisect import bisect_left

import qrcode
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import BIT_LIMIT_TABLE

from lms.common.drawings import Drawing
from lms.common.memory import kept_a_while

QUIET_ZONE = 4
# Any of the eight masks is read by every reader.  In a text as long as a signed statement most letters look random:
# none is better than another there, and to weigh them all takes four fifths of the time.
LIKE_RANDOM, SOME_MASK = 150, 2
_DARK_RUN = re.compile(rb"\0+")

type Rectangle = tuple[int, int, int, int]


@kept_a_while(maxsize=64)
def qr_matrix(text: str) -> tuple[bytes, ...]:
    """The rows without the quiet zone, a byte for each module: 0 where it is dark.

    Raises ValueError over 2,331 bytes.
    """
    mask = SOME_MASK if len(text) >= LIKE_RANDOM else None
    version = _smallest_version(len(text.encode()))
    code = qrcode.QRCode(version=version, error_correction=ERROR_CORRECT_M, border=0, mask_pattern=mask)
    # Addresses are of mixed case: one byte segment is the shortest, and looking for others costs time.
    code.add_data(text, optimize=0)
    code.make(fit=False)
    return tuple(bytes(not module for module in row) for row in code.modules)


def _smallest_version(size: int) -> int:
    """The first that holds a segment of so many bytes (ISO 18004, 7.4.1: 4 bits of mode, 8 or from version 10 on 16 of
    count).  By itself qrcode writes the whole text up to three times to find it, a third of its time.
    """
    limits = BIT_LIMIT_TABLE[ERROR_CORRECT_M]
    version = bisect_left(limits, 4 + 8 + 8 * size, 1)
    return version if version < 10 else bisect_left(limits, 4 + 16 + 8 * size, 10)


def qr_version(text: str) -> int:
    """The size class, 1 to 40; a code of version v is 17 + 4 v modules wide."""
    return (len(qr_matrix(text)) - 17) // 4


def qr_rectangles(text: str) -> list[Rectangle]:
    """x, y, width, height of the dark runs in modules, quiet zone included in x and y."""
    return [
        (run.start() + QUIET_ZONE, y, run.end() - run.start(), 1)
        for y, row in enumerate(qr_matrix(text), start=QUIET_ZONE)
        for run in _DARK_RUN.finditer(row)
    ]


def qr_width(text: str) -> int:
    """Width in modules with the quiet zone."""
    return len(qr_matrix(text)) + 2 * QUIET_ZONE


def qr_svg(text: str, *, label: str = "") -> SafeString:
    """An `<svg>` without a size of its own: dark on white, quiet zone included.

    `label` is what a screen reader says; without one the code is an ornament beside words that say the same.
    """
    width = qr_width(text)
    path = "".join(f"M{x} {y}h{w}v{h}h-{w}z" for x, y, w, h in qr_rectangles(text))
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="qr-code" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {0}"'
        ' shape-rendering="crispEdges" {1}>'
        '<path fill="#fff" d="M0 0h{0}v{0}H0z"/><path fill="#000" d="{2}"/></svg>',
        width,
        role,
        path,
    )


def qr_drawing(text: str) -> Drawing:
    """For `render_pdf(drawings=…)`: the quickest way of a long code onto paper."""
    width = qr_width(text)
    dark = "".join(f"{x} {y} {w} {h} re\n" for x, y, w, h in qr_rectangles(text))
    return Drawing(width, width, f"1 g 0 0 {width} {width} re f\n0 g\n{dark}f".encode())
