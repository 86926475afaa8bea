"""Words as outlines: a picture looks the same wherever it is opened, whatever fonts there are."""

from dataclasses import dataclass

from lms.certificates.rendering.letters import Face, outline_of, width_of

REGULAR, BOLD = Face("Golos", 400), Face("Golos", 600)
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
    face: Face = BOLD
    is_centred: bool = True


def outlined(text: str, row: Row) -> str:
    """The words as the commands of a path."""
    wide = width_of(text, row.face)
    size = min(row.size, row.width / max(wide, 1e-3))
    x, line = row.x - wide * size / 2 if row.is_centred else row.x, row.y + HALF_CAPITAL * size
    commands = []
    for letter in text:
        commands.append(f"M{x:.1f} {line:.1f}{outline_of(letter, row.face, size)}")
        x += width_of(letter, row.face) * size
    return "".join(commands)
