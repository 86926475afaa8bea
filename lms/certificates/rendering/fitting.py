"""How large words may be where they stand, by the widths of the font that prints them.

Long words shrink in steps as far as the floor; then they take a second line, and so on.  Lines are made about equally
long, so that no word stands alone on the last one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from fontTools.ttLib import TTFont

# What pairs of letters and rounding may add to the sum of the widths.
RESERVE = 1.015
# Of a letter that the font lacks, in sizes.
UNKNOWN = 0.6
# A line may end after these: what a browser and WeasyPrint do between the words of our languages.
_PIECES = re.compile(r"[^ -]*-+|[^ -]+| +")


class Face(NamedTuple):
    """One of settings.PDF_FONTS; `spacing` is put after each letter, in sizes."""

    family: str
    weight: int
    style: str = "normal"
    spacing: float = 0.0


@dataclass(frozen=True)
class Fitted:
    """`size` and `width` in points: a box of this width breaks the words into so many lines."""

    size: float
    lines: int
    width: float

    @property
    def style(self) -> str:
        """For an element whose margins are auto."""
        return f"font-size: {self.size:g}pt; max-width: {self.width:g}pt"

    def height(self, line_height: float) -> float:
        """Of all lines, in points."""
        return self.lines * self.size * line_height


def fitted(text: str, face: Face, *, width: float, sizes: Sequence[float], most_lines: int = 1) -> Fitted:
    """The largest of `sizes` that needs one line of `width` points, else the largest that needs two, to `most_lines`.

    What needs more even in the smallest takes as many as it needs.
    """
    for lines in range(1, most_lines + 1):
        for size in sizes:
            if count_lines(text, face, size, width) <= lines:
                return at_size(text, face, size=size, width=width)
    return at_size(text, face, size=sizes[-1], width=width)


def at_size(text: str, face: Face, *, size: float, width: float) -> Fitted:
    """In this size, in the narrowest box that needs no more lines than one of `width`."""
    lines = count_lines(text, face, size, width)
    narrow, wide = 0.0, width
    while lines > 1 and wide - narrow > 1:
        middle = (narrow + wide) / 2
        narrow, wide = (narrow, middle) if count_lines(text, face, size, middle) <= lines else (middle, wide)
    # A little more room than was measured costs nothing where the next word is longer than that.
    return Fitted(size, lines, round(min(width, wide + 1), 1))


def count_lines(text: str, face: Face, size: float, width: float) -> int:
    """Lines of `width` points that the words need: each takes as many as fit."""
    room, lines, used = width / (size * RESERVE), 1, 0.0
    for piece, is_space in _pieces(text, face):
        if is_space or used + piece <= room:
            used += piece
        else:
            lines += 1 if used else 0
            # What is longer than a line is broken between any letters, none of which is wider than its size.
            lines += int(piece // (room - 1)) if piece > room else 0
            used = piece % (room - 1) if piece > room else piece
    return lines


@lru_cache(maxsize=512)
def _pieces(text: str, face: Face) -> list[tuple[float, bool]]:
    """Widths in sizes; a space at the end of a line takes no room that another word would need."""
    widths = _advances(face.family, face.weight, face.style)
    return [
        (sum(widths.get(ord(letter), UNKNOWN) + face.spacing for letter in piece), piece.isspace())
        for piece in _PIECES.findall(text)
    ]


@cache
def _advances(family: str, weight: int, style: str) -> dict[int, float]:
    """Widths by code point, in sizes."""
    file = next(file for *face, file in settings.PDF_FONTS if tuple(face) == (family, weight, style))
    with TTFont(Path(settings.NODE_MODULES) / file, lazy=True) as font:
        scale, metrics = font["head"].unitsPerEm, font["hmtx"]
        return {code: metrics[glyph][0] / scale for code, glyph in font.getBestCmap().items()}
