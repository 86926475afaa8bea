"""The certificate as a picture for messengers: what a stranger would read of it, the form of the name that its holder
chose, and the code that checks it.  A picture goes further than a paper and has no full name but by her choice.
"""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import resvg_py
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from lms.certificates.models import Certificate
from lms.certificates.rendering.fitting import lines_of
from lms.certificates.rendering.letters import Face
from lms.certificates.rendering.outlines import BOLD, CUT, REGULAR, Row, outlined
from lms.certificates.rendering.paper import public_address
from lms.certificates.rendering.words import described
from lms.common.codes import decode_id, dictated
from lms.common.qr import qr_rectangles, qr_width

# Units of the drawing, upright as telephones show it; and how many pixels it is wide: five to a module of most codes.
WIDTH, HEIGHT, PIXELS = 1080, 1350, 900
# The border's horns: their pitch, how many there are in a row and in a column, and how much they are enlarged.
PITCH, ACROSS, DOWN, SCALE = 69, 14, 18, 4.6
# Between the border and the words; the words above, the code below.
EDGE, TOP, BELOW, FOOT = 112, 150, 744, 1226
# The code's square, and the words beside it.
CODE_SIDE = 470
BESIDE = EDGE + CODE_SIDE + 26
LINE = 1.28
INK, QUIET, ACCENT = "#1f2430", "#5b6070", "#9b2c3b"
# Sizes that the modules' titles shrink through before their codes take their place: no module is left out.
TITLE_SIZES = (46, 42, 38, 34, 30, 27, 24, 22)
# A name that is longer than its line shrinks to it, and breaks only if it would be smaller than that.
NAME_SIZES = (62, 56, 50, 44, 40)


@dataclass(frozen=True)
class _Text:
    """Words one below the other, `gap` above them."""

    words: str
    size: float
    colour: str = INK
    face: Face = BOLD
    gap: float = 0


def messenger_picture(certificate: Certificate, *, shown_name: str) -> bytes:
    """A PNG, the same for the same certificate and name; in the language of the paper."""
    with translation.override(certificate.language):
        drawing = _drawn(certificate, shown_name)
    return bytes(resvg_py.svg_to_bytes(svg_string=drawing, width=PIXELS, skip_system_fonts=True))


def _drawn(certificate: Certificate, shown_name: str) -> str:
    said, address = described(certificate.claims), public_address(certificate)
    modules = qr_width(address)
    # Whole pixels: a messenger that makes the picture smaller blurs what is already soft.
    module = CODE_SIDE // modules
    context = {
        "width": WIDTH,
        "height": HEIGHT,
        "horns": _border(),
        "pieces": [*_above(said, shown_name), *_beside(certificate, said)],
        "code": qr_rectangles(address),
        "code_side": modules,
        "module": module,
        "code_x": EDGE,
        "code_y": (BELOW + FOOT - module * modules) // 2,
    }
    return render_to_string("certificates/messenger.svg", context).strip()


def _above(said: dict[str, Any], shown_name: str) -> list[tuple[str, str]]:
    """Who issued it, title, name, what was certified: as large as there is room."""
    width, room = WIDTH - 2 * EDGE, BELOW - TOP - 20
    begun = [
        _Text(said["organisation"], 28, face=REGULAR),
        _Text(str(said["title"]), 54, ACCENT, gap=24),
        *([_named(shown_name, width)] if shown_name else []),
        _Text(said["certifies"], 30, QUIET, REGULAR, gap=30),
    ]
    tried = [[*begun, *(_Text(one.title, size, gap=14) for one in said["modules"])] for size in TITLE_SIZES]
    codes = _Text(", ".join(one.code for one in said["modules"]), 42, gap=14)
    texts = next((some for some in tried if _height(some, width) <= room), [*begun, codes])
    free = room - _height(texts, width)
    return _stacked(texts, Row(WIDTH / 2, TOP + max(0, free) / 2, 0, width), until=BELOW)


def _named(name: str, width: float) -> _Text:
    sizes = (_Text(name, size, gap=26) for size in NAME_SIZES)
    return next((text for text in sizes if len(_lines(text, width)) == 1), _Text(name, NAME_SIZES[-1], gap=26))


def _beside(certificate: Certificate, said: dict[str, Any]) -> list[tuple[str, str]]:
    """Beside the code: level, dates, and where it is checked."""
    width, room = WIDTH - EDGE - BESIDE, FOOT - BELOW
    until = [_Text(_("Valid until"), 24, QUIET, REGULAR, gap=10), _Text(said["expires_on"], 30)]
    texts = [
        _Text(str(said["level"]), 32),
        _Text(_("Issued on"), 24, QUIET, REGULAR, gap=14),
        _Text(said["issued_on"], 30),
        *(until if said["expires_on"] else []),
        _Text(_("Scan to check, or type the code at"), 24, QUIET, REGULAR, gap=16),
        _Text(f"{urlsplit(settings.PUBLIC_BASE_URL).netloc}/verify", 28, ACCENT),
        _Text(dictated(decode_id(certificate.public_id)), 23, gap=6),
    ]
    free = room - _height(texts, width)
    return _stacked(texts, Row(BESIDE, BELOW + max(0, free) / 2, 0, width, is_centred=False), until=FOOT)


def _lines(text: _Text, width: float) -> list[str]:
    return [line for line in lines_of(" ".join(text.words.split()), text.face, text.size, width) if line]


def _height(texts: list[_Text], width: float) -> float:
    return sum(text.gap + LINE * text.size * len(_lines(text, width)) for text in texts)


def _stacked(texts: list[_Text], top: Row, *, until: float) -> list[tuple[str, str]]:
    """Paths with their colours, from `top` downwards; what has no room above `until` is cut, and the cut is shown."""
    pieces: list[tuple[str, str]] = []
    y = top.y
    for text in texts:
        y += text.gap
        for words in _lines(text, top.width):
            row = replace(top, y=y + LINE * text.size / 2, size=text.size, face=text.face)
            y += LINE * text.size
            # Is this the last row that has room?
            if y + LINE * text.size > until and (text, words) != (texts[-1], _lines(texts[-1], top.width)[-1]):
                return [*pieces, (outlined(f"{words} {CUT}", row), text.colour)]
            pieces.append((outlined(words, row), text.colour))
    return pieces


def _border() -> list[tuple[float, float, int]]:
    """Horns along the four sides, rooted in the inner line: x, y, turn in degrees."""
    rows = [(WIDTH - (ACROSS - 1) * PITCH) / 2 + number * PITCH for number in range(ACROSS)]
    columns = [(HEIGHT - (DOWN - 1) * PITCH) / 2 + number * PITCH for number in range(DOWN)]
    across = [(x, y, turn) for x in rows for y, turn in ((34, 0), (HEIGHT - 34, 180))]
    return across + [(x, y, turn) for y in columns[1:-1] for x, turn in ((34, 270), (WIDTH - 34, 90))]
