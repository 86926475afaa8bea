"""The letters of the fonts that we print with: how wide each is, and its outline."""

from functools import cache, lru_cache
from pathlib import Path
from threading import RLock
from typing import Any, NamedTuple, override

from django.conf import settings
from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

# A table of a font, and a letter, is unpacked when it is first asked for: two threads that ask at once would find it
# half unpacked.  What was read is kept, so nobody waits here for long.
_READING = RLock()
# Of a letter that the font lacks, in sizes.
UNKNOWN = 0.6


class Face(NamedTuple):
    """One of settings.PDF_FONTS; `spacing` is put after each letter, in sizes."""

    family: str
    weight: int
    style: str = "normal"
    spacing: float = 0.0


def width_of(text: str, face: Face) -> float:
    """In sizes."""
    widths = _widths(face.family, face.weight, face.style)
    return sum(widths.get(letter, UNKNOWN) for letter in text) + face.spacing * len(text)


@lru_cache(maxsize=4096)
def outline_of(letter: str, face: Face, size: float) -> str:
    """The commands of a path that begins where the letter stands on its line, each relative to the one before.

    So it is the same wherever the letter stands.  `y` counts downwards.
    """
    with _READING:
        font = _font(face.family, face.weight, face.style)
        glyphs = font.getGlyphSet()
        pen = _Pen(glyphs, size / font["head"].unitsPerEm)
        glyphs[font.getBestCmap().get(ord(letter), ".notdef")].draw(pen)
    return "".join(pen.commands)


class _Pen(BasePen):
    """Writes down what is drawn, to a tenth of a unit."""

    def __init__(self, glyphs: Any, scale: float) -> None:
        super().__init__(glyphs)
        self._scale, self._start, self._at = scale, (0, 0), (0, 0)
        self.commands: list[str] = []

    @override
    def _moveTo(self, pt: tuple[float, float]) -> None:
        self._write("m", pt)
        self._start = self._at

    @override
    def _lineTo(self, pt: tuple[float, float]) -> None:
        self._write("l", pt)

    @override
    def _qCurveToOne(self, pt1: tuple[float, float], pt2: tuple[float, float]) -> None:
        self._write("q", pt1, pt2)

    @override
    def _curveToOne(self, pt1: tuple[float, float], pt2: tuple[float, float], pt3: tuple[float, float]) -> None:
        self._write("c", pt1, pt2, pt3)

    @override
    def _closePath(self) -> None:
        self.commands.append("z")
        self._at = self._start

    def _write(self, command: str, *points: tuple[float, float]) -> None:
        """In whole tenths, so that nothing adds up from point to point."""
        tenths = [(round(x * self._scale * 10), round(-y * self._scale * 10)) for x, y in points]
        steps = [step for x, y in tenths for step in (x - self._at[0], y - self._at[1])]
        self.commands.append(command + " ".join(f"{step / 10:g}" for step in steps))
        self._at = tenths[-1]


@cache
def _widths(family: str, weight: int, style: str) -> dict[str, float]:
    with _READING:
        font = _font(family, weight, style)
        scale, metrics = font["head"].unitsPerEm, font["hmtx"]
        return {chr(code): metrics[glyph][0] / scale for code, glyph in font.getBestCmap().items()}


@cache
def _font(family: str, weight: int, style: str) -> TTFont:
    file = next(file for *face, file in settings.PDF_FONTS if tuple(face) == (family, weight, style))
    return TTFont(Path(settings.NODE_MODULES) / file)
