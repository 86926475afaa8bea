"""Lines for paper that need no layout: a border, a QR code."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Drawing:
    """Lines in a box of `width` × `height` units of its own, y downwards, as PDF operators without resources."""

    width: float
    height: float
    operators: bytes
