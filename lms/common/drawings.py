"""What is put on paper past layout: a border, a QR code, a small picture."""

import zlib
from dataclasses import dataclass
from functools import cached_property

from PIL import Image


@dataclass(frozen=True)
class Drawing:
    """Lines in a box of `width` × `height` units of its own, y downwards, as PDF operators without resources."""

    width: float
    height: float
    operators: bytes

    @cached_property
    def packed(self) -> bytes:
        """The operators as they lie in a file: packed once, however many papers bear the drawing."""
        return zlib.compress(self.operators)


def picture_drawing(picture: Image.Image) -> Drawing:
    """A small picture of at most 256 colours as an inline image: packed once, however many papers bear it.

    Its bytes are written as hexadecimal digits, since a reader looks for the letters EI that end it.
    """
    indexed = picture if picture.mode == "P" else picture.convert("P")
    palette = bytes(indexed.getpalette("RGB") or [])
    colours = len(palette) // 3
    head = (
        f"q {indexed.width} 0 0 {-indexed.height} 0 {indexed.height} cm\n"
        f"BI /W {indexed.width} /H {indexed.height} /BPC 8 /CS [/I /RGB {colours - 1} <{palette.hex()}>]"
        " /F [/AHx /Fl] ID "
    )
    packed = zlib.compress(indexed.tobytes(), 9).hex()
    return Drawing(indexed.width, indexed.height, f"{head}{packed}>\nEI Q".encode())
