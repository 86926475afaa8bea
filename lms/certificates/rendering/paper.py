"""The certificate on paper: one page made to be hung on a wall, in the holder's language."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from fontTools.ttLib import TTFont

from lms.certificates.models import Certificate
from lms.certificates.rendering.words import described
from lms.common.codes import decode_id, dictated, encode_id
from lms.common.drawings import Drawing
from lms.common.languages import pick
from lms.common.pdf import drawing_of, render_pdf
from lms.common.qr import QUIET_ZONE, RANDOM_DATA_MASK, qr_drawing, qr_width

STYLESHEET = "certificates/pdf/certificate.css"
# Between the organisation and the foot: a title of one line and three of objectives, or of two and one.
OBJECTIVE_LINES, TITLE_LINE_TAKES = 3, 2
# Below the code where it ends in a sign that is hard to say.
SAID_SIGNS: dict[str, str | Promise] = {
    "*": _("The last sign is * (asterisk)"),
    "~": _("The last sign is ~ (tilde)"),
    "$": _("The last sign is $ (dollar sign)"),
    "=": _("The last sign is = (equals sign)"),
    "U": _("The last sign is U (Latin letter)"),
}
# The line of the name, in points (240 mm); its font sizes from the largest that looks well to the smallest.
NAME_WIDTH, NAME_FONT = 680, ("PT Serif", 700)
NAME_SIZES = (40, 18)
# A module of the QR is printed at 0.6 mm, and the code, quiet zone included, never under 40 mm square.
QR_MODULE_MM = 0.6
QR_SMALLEST_MM = 40
# The border: horns at this pitch, 18 across and 12 down; the band lies between the two lines, in mm.
PITCH, ACROSS, DOWN = 14.5, 18, 12
OUTER, INNER = 8.6, 17.9
PAGE_WIDTH, PAGE_HEIGHT = 297, 210
# Under the name: a line with three diamonds, in millimetres.
RULE = Drawing(
    120,
    4,
    b"0.608 0.173 0.231 RG 0.608 0.173 0.231 rg 0.4 w 0 2 m 55 2 l S 65 2 m 120 2 l S\n"
    b"60 0.2 m 61.8 2 l 60 3.8 l 58.2 2 l f\n"
    b"56.4 1 m 57.4 2 l 56.4 3 l 55.4 2 l f 63.6 1 m 64.6 2 l 63.6 3 l 62.6 2 l f",
)


def public_address(certificate: Certificate) -> str:
    """What the QR holds: the page that answers online, and behind the # the statement that proves itself offline."""
    address = f"{settings.PUBLIC_BASE_URL}/v/{certificate.public_id}"
    return f"{address}#{encode_id(bytes(certificate.statement))}"


def draw_certificate(certificate: Certificate, *, full_name: str) -> bytes:
    """The PDF: A4 landscape, one page, the same bytes for the same certificate and name."""
    address, code = public_address(certificate), dictated(decode_id(certificate.public_id))
    modules = qr_width(address, mask=RANDOM_DATA_MASK)
    qr_mm = max(QR_SMALLEST_MM, round(modules * QR_MODULE_MM, 1))
    with translation.override(certificate.language):
        html = render_to_string(
            "certificates/pdf/certificate.html",
            {
                **described(certificate.claims),
                "objectives": objectives_on_paper(certificate.claims),
                "language": certificate.language,
                "full_name": full_name,
                "name_size": name_size(full_name),
                "code": code,
                "said_sign": SAID_SIGNS.get(code[-1], ""),
                "check_at": f"{urlsplit(settings.PUBLIC_BASE_URL).netloc}/verify",
                "qr_mm": qr_mm,
                "quiet_mm": round(qr_mm * QUIET_ZONE / modules, 2),
            },
        )
    drawings = {"frame": frame(), "rule": RULE, "qr": qr_drawing(address)}
    return render_pdf(html, stylesheets=[STYLESHEET], drawings=drawings, max_pages=1)


def file_name(certificate: Certificate, kind: str = "pdf") -> str:
    """Content-Disposition: an ASCII name that every browser keeps, and beside it one in the holder's language.

    Both without a person's name: what lies in a shared download folder tells nobody who was trained (RFC 6266, 5987).
    """
    codes = "-".join(module["code"] for module in certificate.claims["modules"])
    with translation.override(certificate.language):
        title = described(certificate.claims)["title"]
    plain = f"certificate-{re.sub('[^A-Za-z0-9-]', '', codes)}.{kind}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(f'{title} {codes}.{kind}', safe='')}"


def objectives_on_paper(claims: dict[str, Any]) -> list[str]:
    """The first objectives of the only module, in the active language.

    As many as have room in each of its languages: two holders of one training read that they learned the same.
    """
    module, *others = claims["modules"]
    in_languages = {code: texts for code, texts in module.get("objectives", {}).items() if texts}
    if others or not in_languages:
        return []
    here = in_languages.get(translation.get_language()) or next(iter(in_languages.values()))
    return here[: min(_fitting(pick(module["titles"], code), texts) for code, texts in in_languages.items())]


def _fitting(title: str, objectives: list[str]) -> int:
    """How many of the first ones have room below this title."""
    free = OBJECTIVE_LINES - TITLE_LINE_TAKES * (TITLE.lines_of(title) - 1)
    ends = accumulate(OBJECTIVE.lines_of(objective) for objective in objectives)
    return sum(end <= free for end in ends)


def name_size(name: str) -> float:
    """The font size in points at which the name fills its line: long names shrink, and only then break."""
    largest, smallest = NAME_SIZES
    return round(max(smallest, min(largest, NAME_WIDTH / max(_width(name, *NAME_FONT), 1))), 1)


@dataclass(frozen=True)
class Line:
    """What the style sheet says of a text: its font, size and the width of its lines, in points."""

    family: str
    weight: int
    size: float
    width: float

    def lines_of(self, text: str) -> int:
        """How many it takes, broken between words."""
        lines, used = 1, 0.0
        for word in text.split():
            width = self.size * _width(f"{word} ", self.family, self.weight)
            if used and used + width > self.width:
                lines, used = lines + 1, 0.0
            used += width
        return lines


# h2 and .objectives li of the style sheet.
TITLE, OBJECTIVE = Line("PT Serif", 700, 17, 683), Line("Golos", 400, 9.5, 623)


def _width(text: str, family: str, weight: int) -> float:
    """Of the text, in multiples of its size."""
    units = _advances(family, weight)
    return sum(units.get(ord(letter), 600) for letter in text) / 1000


@cache
def _advances(family: str, weight: int) -> dict[int, float]:
    """Widths of an upright font's letters, in thousandths of its size, by code point."""
    file = next(file for *font, file in settings.PDF_FONTS if font == [family, weight, "normal"])
    with TTFont(Path(settings.NODE_MODULES) / file, lazy=True) as font:
        scale, metrics = 1000 / font["head"].unitsPerEm, font["hmtx"]
        return {code: metrics[glyph][0] * scale for code, glyph in font.getBestCmap().items()}


@cache
def frame() -> Drawing:
    """The border, laid out once for the life of the process."""
    horns = [
        *_row(ACROSS, lambda place, root: (place, root, 0), OUTER, INNER),
        *_row(DOWN, lambda place, root: (root, place, 90), PAGE_WIDTH - OUTER, PAGE_WIDTH - INNER),
        *_row(ACROSS, lambda place, root: (PAGE_WIDTH - place, root, 180), PAGE_HEIGHT - OUTER, PAGE_HEIGHT - INNER),
        *_row(DOWN, lambda place, root: (root, PAGE_HEIGHT - place, 270), OUTER, INNER),
    ]
    corners = [(x, y) for x in (13.25, PAGE_WIDTH - 13.25) for y in (13.25, PAGE_HEIGHT - 13.25)]
    html = render_to_string("certificates/pdf/frame.html", {"horns": horns, "corners": corners})
    return drawing_of(html, (STYLESHEET,))


def _row(count: int, place: Any, outer: float, inner: float) -> list[tuple[float, float, int]]:
    """Horns along one side, rooted by turns in the inner and the outer line: x, y, turn."""
    found = []
    for number in range(count):
        along = round(INNER + PITCH * (number + 0.5) + 0.1, 2)
        x, y, turn = place(along, outer if number % 2 == 0 else inner)
        found.append((x, y, (turn + 180 * (number % 2)) % 360))
    return found
