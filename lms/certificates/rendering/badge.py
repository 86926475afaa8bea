"""The badge: a picture of a certificate for wallets and profiles, with the signed credential inside (Open Badges 3.0).

It shows what was certified and no name: a picture is passed on further than a paper.  A participant's is drawn on
paper, a trainer's is filled.  The words are outlines, so that they look the same wherever the picture is opened.
"""

import struct
import zlib

import resvg_py
from django.template.loader import render_to_string
from django.utils import translation

from lms.certificates.models import Certificate
from lms.certificates.rendering.outlines import Row, outlined
from lms.certificates.rendering.words import described
from lms.certificates.signing.badges import KEYWORD, NAMESPACE, PNG_START

# A square of so many units, and the picture of as many pixels.
SIDE = 480
HORNS = 16
CODES, LEVEL, YEAR = Row(SIDE / 2, 226, 104, 250), Row(SIDE / 2, 306, 30, 240), Row(SIDE / 2, 354, 24, 120)


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
            "codes": outlined(" ".join(codes), CODES),
            "level": outlined(str(said["level"]), LEVEL),
            "year": outlined(record["issued_on"][:4], YEAR),
        }
    return render_to_string("certificates/badge.svg", context).strip()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
