"""The badge: a picture of a certificate for wallets and profiles, with the signed credential inside (Open Badges 3.0).

It shows what was certified and no name: a picture is passed on further than a paper.  A participant's is drawn on
paper, a trainer's is filled.  The words are outlines, so that they look the same wherever the picture is opened.
"""

import struct
import zlib
from functools import cache
from pathlib import Path
from typing import Any

import resvg_py
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

from lms.certificates.models import Certificate
from lms.certificates.rendering.words import described
from lms.certificates.signing.badges import KEYWORD, NAMESPACE, PNG_START

# A square of so many units, and the picture of as many pixels.
SIDE = 480
HORNS = 16
# Rows of words: where their middle is, their largest size, the width that they may take; in units.
CODES, LEVEL, YEAR = (226, 104, 250), (306, 30, 240), (354, 24, 120)
# From the middle of a row down to the line on which capital letters stand, in sizes.
HALF_CAPITAL = 0.35


def baked_svg(certificate: Certificate, credential: str) -> bytes:
    """The drawing, with the credential as an element at its beginning."""
    # ">" may stand in JSON as an escape as well, and then no CDATA can end within.
    held = f"<openbadges:credential><![CDATA[{credential.replace('>', '\\u003e')}]]></openbadges:credential>"
    opening, rest = draw_badge(certificate).split(">", 1)
    return f'{opening} xmlns:openbadges="{NAMESPACE}">{held}{rest}'.encode()


def baked_png(certificate: Certificate, credential: str) -> bytes:
    """The picture, with the credential as international text behind its header."""
    picture = resvg_py.svg_to_bytes(svg_string=draw_badge(certificate), width=SIDE, skip_system_fonts=True)
    header_end = len(PNG_START) + 4 + 4 + 13 + 4
    # Not compressed, in no language, under no translated keyword.
    text = KEYWORD + b"\0" + b"\0\0" + b"\0" + b"\0" + credential.encode()
    return picture[:header_end] + _chunk(b"iTXt", text) + picture[header_end:]


def draw_badge(certificate: Certificate) -> str:
    """The picture as SVG: the border of the certificate in a round, in its middle codes, level and year."""
    record = certificate.claims
    codes = [module["code"] for module in record["modules"]]
    with translation.override(certificate.language):
        said = described(record)
        context = {
            "title": f"{said['title']}: {', '.join(codes)}. {said['level']}",
            "is_trainer": said["is_trainer"],
            "side": SIDE,
            "turns": [number * 360 / HORNS for number in range(HORNS)],
            "codes": _outlined(" ".join(codes), *CODES),
            "level": _outlined(str(said["level"]), *LEVEL),
            "year": _outlined(record["issued_on"][:4], *YEAR),
        }
    return render_to_string("certificates/badge.svg", context).strip()


def _outlined(text: str, middle: float, size: float, width: float) -> str:
    """The words as a path, in the middle of the square, as large as they may be."""
    font, cmap, glyphs = _font()
    names = [cmap.get(ord(letter), ".notdef") for letter in text]
    advances = [font["hmtx"][name][0] for name in names]
    scale = min(size / font["head"].unitsPerEm, width / max(sum(advances), 1))
    pen, x = SVGPathPen(glyphs, ntos=lambda number: f"{number:.1f}".removesuffix(".0")), SIDE / 2
    x -= sum(advances) * scale / 2
    baseline = middle + HALF_CAPITAL * scale * font["head"].unitsPerEm
    for name, advance in zip(names, advances, strict=True):
        glyphs[name].draw(TransformPen(pen, (scale, 0, 0, -scale, x, baseline)))
        x += advance * scale
    commands: str = pen.getCommands()
    return commands


@cache
def _font() -> tuple[Any, dict[int, str], Any]:
    """Golos, the heavier of two."""
    file = next(file for family, weight, _style, file in settings.PDF_FONTS if (family, weight) == ("Golos", 600))
    font = TTFont(Path(settings.NODE_MODULES) / file)
    return font, font.getBestCmap(), font.getGlyphSet()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
