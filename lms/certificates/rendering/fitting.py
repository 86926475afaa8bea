"""How large words may be where they stand, by the widths of the font that prints them.

Long words shrink in steps as far as the floor; then they take a second line, and so on.  Lines are made about equally
long, so that no word stands alone on the last one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lms.certificates.rendering.letters import Face, width_of

# What pairs of letters and rounding may add to the sum of the widths.
RESERVE = 1.015
# A line may end after these: what a browser and WeasyPrint do between the words of our languages.
_PIECES = re.compile(r"[^ -]*-+|[^ -]+| +")


@dataclass(frozen=True)
class Fitted:
    """`size` and `width` in points: a box of this width breaks the words into so many lines."""

    size: float
    lines: int
    width: float

    @property
    def style(self) -> str:
        """For an element whose margins are auto."""
        size = f"font-size: {self.size:g}pt"
        return f"{size}; max-width: {self.width:g}pt" if self.lines > 1 else size

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
    """Lines of `width` points that the words need."""
    return sum(1 for _line in lines_of(text, face, size, width))


def lines_of(text: str, face: Face, size: float, width: float) -> Iterator[str]:
    """The words in lines of `width` points: each takes as many as fit.  There is one at least."""
    room, line, used = width / (size * RESERVE), "", 0.0
    for piece, wide in _pieces(text, face):
        # A space at the end of a line takes no room that another word would need.
        if used + wide <= room or piece.isspace():
            line, used = line + piece, used + wide
            continue
        if line:
            yield line.rstrip()
        *full, line = _broken(piece, face, room) if wide > room else [piece]
        yield from full
        used = width_of(line, face) if full else wide
    yield line.rstrip()


def _broken(word: str, face: Face, room: float) -> list[str]:
    """What is longer than a line is broken between any letters."""
    parts, used = [""], 0.0
    for letter in word:
        wide = width_of(letter, face)
        if parts[-1] and used + wide > room:
            parts.append("")
            used = 0.0
        parts[-1], used = parts[-1] + letter, used + wide
    return parts


@lru_cache(maxsize=512)
def _pieces(text: str, face: Face) -> list[tuple[str, float]]:
    """With their widths in sizes."""
    return [(piece, width_of(piece, face)) for piece in _PIECES.findall(text)]
