"""Where everything stands on a certificate, in one language or two: sizes first, then what is left for the titles.

From top to bottom: organisation, kind, name, what is certified, titles, objectives.  The numbers beside the sizes are
those of certificate.css: what stands above a line, and heights of lines in sizes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from lms.certificates.rendering.fitting import Fitted, at_size, count_lines, fitted
from lms.certificates.rendering.letters import Face
from lms.certificates.rendering.words import ModuleLine

ORGANISATION = Face("Golos", 400, spacing=0.03)
HEADING, ITALIC, BOLD = Face("PT Serif", 400, spacing=0.01), Face("PT Serif", 400, "italic"), Face("PT Serif", 700)
PLAIN, STRONG = Face("Golos", 400), Face("Golos", 600)
# The width of the words, of the objectives, and of a signature, in points (241, 220 and 74 mm).
WIDTH, OBJECTIVES_WIDTH, SIGNATURE_WIDTH = 680, 623, 206
NAME_SIZES = (40, 37, 34, 31, 28, 25, 22, 20, 19, 18, 17)
# Of the titles: as far as the floor they shrink rather than take another line.
TITLE_SIZES = (17, 16, 15, 14, 13, 12, 11.5, 11, 10.5, 10, 9.5, 9, 8.5)
FLOOR, FLOOR_OF_SEVERAL, SEVERAL_FROM, MANY = 13, 10.5, 13, 2
# The second language beside the first, in sizes.
BESIDE = 0.76
MOST_LINES = 4
# Between the organisation and the foot: a title of one line and three of objectives, or of two and one.
OBJECTIVE_SIZE, OBJECTIVE_LINES, TITLE_LINE_TAKES = 9.5, 3, 2


@dataclass(frozen=True)
class Line:
    """Words with their size; `language` where it is not the paper's."""

    text: str
    style: str = ""
    language: str = ""

    @property
    def attributes(self) -> SafeString:
        """Of its element."""
        style = format_html(' style="{}"', self.style) if self.style else SafeString("")
        return format_html('{} lang="{}"', style, self.language) if self.language else style


@dataclass(frozen=True)
class Title:
    """A module, and the same in the second language."""

    line: Line
    hours: str
    beside: Line | None


@dataclass(frozen=True)
class Room:
    """How high the words may be in all, and the largest sizes of those above the titles, in points."""

    height: float
    heading: tuple[float, ...]
    heading_beside: tuple[float, ...]
    names: tuple[float, ...]
    # Above heading, name and what is certified, the rule included.
    gaps: float
    said: float


ALONE = Room(238, (34, 31, 28, 25), (), NAME_SIZES, 5.7 + 14.2 + 26.9, 13)
TOGETHER = Room(248, (28, 26, 24, 22), (13, 12, 11, 10), NAME_SIZES[2:], 4.3 + 7.1 + 19.8, 12)


class Sheet:
    """Takes lines from above, and knows what is left."""

    def __init__(self, *, together: bool) -> None:
        self.room = TOGETHER if together else ALONE
        self.left = self.room.height - self.room.gaps

    def line(
        self, text: str, face: Face, sizes: Sequence[float], height: float, *, language: str = "", most_lines: int = 1
    ) -> Line:
        """The words in the size that fits, taken off what is left."""
        fit = fitted(text, face, width=WIDTH, sizes=sizes, most_lines=most_lines)
        self.left -= fit.height(height)
        return Line(text, fit.style, language)

    def titles(self, modules: Sequence[ModuleLine], beside: Sequence[ModuleLine], language: str) -> list[Title]:
        """The modules, as large as there is room."""
        others = [other.title if other.title != one.title else "" for one, other in self._pairs(modules, beside)]
        fits = self._sizes([_with_hours(module, modules) for module in modules], others)
        self.left -= _height(fits)
        return [
            Title(
                Line(module.title, fit.style),
                module.hours if len(modules) > 1 else "",
                Line(other, small.style, language) if small else None,
            )
            for module, other, (fit, small) in zip(modules, others, fits, strict=True)
        ]

    @staticmethod
    def _pairs(modules: Sequence[ModuleLine], beside: Sequence[ModuleLine]) -> list[tuple[ModuleLine, ModuleLine]]:
        return list(zip(modules, beside or modules, strict=True))

    def _sizes(self, titles: Sequence[str], others: Sequence[str]) -> list[tuple[Fitted, Fitted | None]]:
        """First smaller, as far as the floor; then more lines; then smaller still."""
        largest = TITLE_SIZES[0] if len(titles) <= MANY else SEVERAL_FROM
        floor = FLOOR if len(titles) == 1 else FLOOR_OF_SEVERAL
        sizes = [size for size in TITLE_SIZES if size <= largest]
        tries = [(lines, size) for lines in range(1, MOST_LINES + 1) for size in sizes if size >= floor]
        fits: list[tuple[Fitted, Fitted | None]] = []
        for lines, size in [*tries, *((99, size) for size in sizes if size < floor)]:
            fits = [_pair(title, other, size) for title, other in zip(titles, others, strict=True)]
            if max(fit.lines for fit, _small in fits) <= lines and _height(fits) <= self.left:
                break
        return fits


def _with_hours(module: ModuleLine, modules: Sequence[Any]) -> str:
    """The hours stand behind each of several titles, in a smaller size."""
    return f"{module.title} {module.hours}" if len(modules) > 1 else module.title


def _pair(title: str, other: str, size: float) -> tuple[Fitted, Fitted | None]:
    small = at_size(other, ITALIC, size=round(size * BESIDE * 2) / 2, width=WIDTH) if other else None
    return at_size(title, BOLD, size=size, width=WIDTH), small


def _height(fits: Sequence[tuple[Fitted, Fitted | None]]) -> float:
    """With the gap above each title."""
    gap = 2.8 if len(fits) <= MANY else 1.4
    return sum(gap + fit.height(1.25) + (small.height(1.25) if small else 0) for fit, small in fits)


def signature_line(text: str, face: Face, sizes: Sequence[float], *, language: str = "", most_lines: int = 2) -> Line:
    """Under the line on which somebody signs."""
    return Line(text, fitted(text, face, width=SIGNATURE_WIDTH, sizes=sizes, most_lines=most_lines).style, language)


def objectives_that_fit(title: str, objectives: Sequence[str]) -> int:
    """How many of the first ones have room below this title, whatever the name."""
    free = OBJECTIVE_LINES - TITLE_LINE_TAKES * (count_lines(title, BOLD, TITLE_SIZES[0], WIDTH) - 1)
    ends = accumulate(count_lines(one, PLAIN, OBJECTIVE_SIZE, OBJECTIVES_WIDTH) for one in objectives)
    return sum(end <= free for end in ends)
