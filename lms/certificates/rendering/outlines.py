"""Words as outlines: a picture looks the same wherever it is opened, whatever fonts there are."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

# Weights of Golos.
REGULAR, BOLD = 400, 600
# From the middle of a row down to the line on which capital letters stand, in sizes.
HALF_CAPITAL = 0.35
# An ellipsis where a text has no room.
CUT = "…"


@dataclass(frozen=True)
class Row:
    """Where a row of words stands: the x of its middle or its beginning, the y of its middle, in units of the picture.

    `size` is the largest; the row shrinks until it is at most `width` wide.
    """

    x: float
    y: float
    size: float
    width: float
    weight: int = BOLD
    is_centred: bool = True


def outlined(text: str, row: Row) -> str:
    """The words as the commands of a path."""
    font, cmap, glyphs = _font(row.weight)
    names = [cmap.get(ord(letter), ".notdef") for letter in text]
    advances = [font["hmtx"][name][0] for name in names]
    scale = min(row.size / font["head"].unitsPerEm, row.width / max(sum(advances), 1))
    pen = SVGPathPen(glyphs, ntos=lambda number: f"{number:.1f}".removesuffix(".0"))
    x = row.x - sum(advances) * scale / 2 if row.is_centred else row.x
    baseline = row.y + HALF_CAPITAL * scale * font["head"].unitsPerEm
    for name, advance in zip(names, advances, strict=True):
        glyphs[name].draw(TransformPen(pen, (scale, 0, 0, -scale, x, baseline)))
        x += advance * scale
    commands: str = pen.getCommands()
    return commands


def lines_of_text(text: str, *, size: float, width: float, weight: int) -> list[str]:
    """The text in lines of at most `width` at this size; a word that is longer than a line has one for itself."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _width(longer, size, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _width(text: str, size: float, weight: int) -> float:
    font, cmap, _glyphs = _font(weight)
    units: float = sum(font["hmtx"][cmap.get(ord(letter), ".notdef")][0] for letter in text)
    return units * size / float(font["head"].unitsPerEm)


@cache
def _font(weight: int) -> tuple[Any, dict[int, str], Any]:
    file = next(file for family, heavy, _style, file in settings.PDF_FONTS if (family, heavy) == ("Golos", weight))
    font = TTFont(Path(settings.NODE_MODULES) / file)
    return font, font.getBestCmap(), font.getGlyphSet()
