"""The certificate on paper: one page made to be hung on a wall, in the holder's language and perhaps a second one.

The same page on the screen is the preview of its look: the same words, sizes, lines and fonts.
"""

import base64
import io
import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import translation
from django.utils.functional import Promise
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from PIL import Image

from lms.certificates.models import Certificate, CertificateDesign
from lms.certificates.rendering.borders import STYLESHEET, frame, frame_svg, ink_of, rule, rule_svg
from lms.certificates.rendering.layout import (
    BOLD,
    HEADING,
    ITALIC,
    ORGANISATION,
    PLAIN,
    STRONG,
    Line,
    Sheet,
    objectives_that_fit,
    signature_line,
)
from lms.certificates.rendering.words import described
from lms.common.codes import decode_id, dictated, encode_id
from lms.common.drawings import Drawing, picture_drawing
from lms.common.languages import FALLBACKS, pick
from lms.common.pdf import render_pdf
from lms.common.qr import QUIET_ZONE, qr_drawing, qr_svg, qr_width

TEMPLATE = "certificates/pdf/certificate.html"
# A module of the QR is printed at 0.6 mm, and the code, quiet zone included, never under 40 mm square.
QR_MODULE_MM = 0.6
QR_SMALLEST_MM = 40
# A logo, in mm: at most so wide and so high, and lower where two languages need the room.
LOGO_WIDTH, LOGO_HEIGHT, LOGO_HEIGHT_TOGETHER = 60, 19, 14
# Below the code where it ends in a sign that is hard to say.
SAID_SIGNS: dict[str, str | Promise] = {
    "*": gettext_lazy("The last sign is * (asterisk)"),
    "~": gettext_lazy("The last sign is ~ (tilde)"),
    "$": gettext_lazy("The last sign is $ (dollar sign)"),
    "=": gettext_lazy("The last sign is = (equals sign)"),
    "U": gettext_lazy("The last sign is U (Latin letter)"),
}
# Holds the place of what is drawn.
EMPTY = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/%3E"


def public_address(certificate: Certificate) -> str:
    """What the QR holds: the page that answers online, and behind the # the statement that proves itself offline."""
    address = f"{settings.PUBLIC_BASE_URL}/v/{certificate.public_id}"
    return f"{address}#{encode_id(bytes(certificate.statement))}"


def draw_certificate(certificate: Certificate, *, full_name: str, specimen: bool = False) -> bytes:
    """The PDF: A4 landscape, one page, the same bytes for the same certificate and name."""
    design, address = _design_of(certificate), public_address(certificate)
    context = _context(certificate, design, full_name) | {"qr": EMPTY, "logo_picture": EMPTY, "specimen": specimen}
    drawings = {"frame": frame(design), "rule": rule(design), "qr": qr_drawing(address)}
    if design.logo:
        drawings["logo"] = _logo(bytes(design.logo))
    html = render_to_string(TEMPLATE, context)
    return render_pdf(html, stylesheets=[STYLESHEET], drawings=drawings, max_pages=1, archival=True)


def show_certificate(certificate: Certificate, *, full_name: str, pdf: str) -> str:
    """The same page for a browser, as a specimen; `pdf` is the address of its PDF."""
    design = _design_of(certificate)
    code = qr_svg(public_address(certificate))
    context = {
        **_context(certificate, design, full_name),
        "qr": f"data:image/svg+xml,{quote(code)}",
        "logo_picture": f"data:image/png;base64,{base64.b64encode(bytes(design.logo)).decode()}",
        "specimen": True,
        "pdf": pdf,
        "frame": frame_svg(design),
        "rule": rule_svg(design),
        "style": _screen_style(),
    }
    return render_to_string(TEMPLATE, context)


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
    here: list[str] = in_languages.get(translation.get_language()) or next(iter(in_languages.values()))
    return here[: min(objectives_that_fit(pick(module["titles"], code), texts) for code, texts in in_languages.items())]


def _design_of(certificate: Certificate) -> CertificateDesign:
    """The look with which it was issued; the house's own where there was none."""
    return certificate.design or CertificateDesign()


def _second_language(certificate: Certificate, design: CertificateDesign) -> str:
    """Where the second is the holder's own, the first other one takes its place."""
    if design.second_language != certificate.language:
        return design.second_language
    return next(language for language in FALLBACKS if language != certificate.language)


def _context(certificate: Certificate, design: CertificateDesign, full_name: str) -> dict[str, Any]:
    language, second = certificate.language, _second_language(certificate, design)
    said = _said(certificate.claims, language)
    beside = _said(certificate.claims, second) if second else {}
    address, code = public_address(certificate), dictated(decode_id(certificate.public_id))
    modules = qr_width(address)
    qr_mm = max(QR_SMALLEST_MM, round(modules * QR_MODULE_MM, 1))
    return {
        "language": language,
        "second": second,
        "title": said["title"],
        "organisation": said["organisation"],
        "ink": ink_of(design),
        **_placed(said, beside, full_name, second),
        "signatures": _signatures(said, beside, second),
        "facts": _facts(said, beside),
        "scan": [Line(said["scan"]), *([Line(beside["scan"], language=second)] if beside else [])],
        "alt": said["alt"],
        # Two languages leave them no room.
        "objectives": [] if beside else said["objectives"],
        "code": code,
        "said_sign": said["said_signs"].get(code[-1], ""),
        "check_at": f"{urlsplit(settings.PUBLIC_BASE_URL).netloc}/verify",
        "qr_mm": qr_mm,
        "quiet_mm": round(qr_mm * QUIET_ZONE / modules, 2),
        "logo": _logo_size(design),
    }


def _said(record: dict[str, Any], language: str) -> dict[str, Any]:
    """Everything that the paper says in one language."""
    with translation.override(language):
        said = described(record)
        return {
            **said,
            "certifies": str(said["certifies"]),
            "title": str(said["title"]),
            "facts": [
                (_("Hours"), said["hours"]),
                (_("Level"), str(said["level"])),
                (ngettext("Language", "Languages", said["language_count"]), said["languages"]),
                (_("Issued on"), said["issued_on"]),
            ],
            "modules": [replace(one, hours=_("%(hours)s h") % {"hours": one.hours}) for one in said["modules"]],
            "objectives": objectives_on_paper(record),
            "said_signs": {sign: str(said_sign) for sign, said_sign in SAID_SIGNS.items()},
            "scan": _("Scan to check, or type the code at"),
            "alt": _("QR code that checks this certificate"),
            "specimen": _("SPECIMEN"),
        }


def _placed(said: dict[str, Any], beside: dict[str, Any], full_name: str, second: str) -> dict[str, Any]:
    """The words from top to bottom, each in the size that fits."""
    sheet = Sheet(together=bool(beside))
    room = sheet.room

    def pair(key: str, face: Any, sizes: tuple[float, ...], others: tuple[float, ...], height: float) -> list[Line]:
        lines = [sheet.line(said[key], face, sizes, height)]
        if beside and beside[key] != said[key]:
            lines.append(sheet.line(beside[key], face, others, 1.25, language=second))
        return lines

    lines = {
        "organisations": pair("organisation", ORGANISATION, (11.5, 10.5, 9.5, 9), (9.5, 9, 8.5), 1.35),
        "headings": pair("title", HEADING, room.heading, room.heading_beside, 1.15),
        "name": sheet.line(full_name, BOLD, room.names, 1.2),
        "said": pair("certifies", ITALIC, (room.said, 12, 11), (9.5, 9, 8.5), 1.3),
        "specimen_word": said["specimen"],
    }
    modules, others = said["modules"], beside.get("modules", [])
    return {**lines, "titles": sheet.titles(modules, others, second)}


def _signatures(said: dict[str, Any], beside: dict[str, Any], second: str) -> list[list[Line]]:
    """Under each line for a signature: name, position, and the position in the second language."""
    signatures = []
    for place, one in enumerate(said["signatories"]):
        lines = [signature_line(one.name, STRONG, (10, 9.5, 9, 8.5, 8, 7.5, 7))]
        lines.append(signature_line(one.position, PLAIN, (9, 8.5, 8, 7.5, 7)))
        other = beside["signatories"][place].position if beside else ""
        if other and other != one.position:
            lines.append(signature_line(other, PLAIN, (7.5, 7, 6.5), language=second))
        signatures.append(lines)
    return signatures


def _facts(said: dict[str, Any], beside: dict[str, Any]) -> list[dict[str, str]]:
    """In figures: label and value, and both in the second language where they differ."""
    rows = []
    for (label, value), (other_label, other_value) in zip(
        said["facts"], beside.get("facts", said["facts"]), strict=True
    ):
        row = {"label": label, "value": value}
        row |= {"other_label": other_label} if other_label != label else {}
        row |= {"other_value": other_value} if other_value != value else {}
        rows.append(row)
    return rows


@lru_cache(maxsize=64)
def _logo(png: bytes) -> Drawing:
    with Image.open(io.BytesIO(png)) as picture:
        return picture_drawing(picture)


def _logo_size(design: CertificateDesign) -> dict[str, float] | None:
    """Width and height on the paper, in mm."""
    if not design.logo:
        return None
    drawing, highest = _logo(bytes(design.logo)), LOGO_HEIGHT_TOGETHER if design.second_language else LOGO_HEIGHT
    scale = min(LOGO_WIDTH / drawing.width, highest / drawing.height)
    return {"width": round(drawing.width * scale, 2), "height": round(drawing.height * scale, 2)}


def _screen_style() -> str:
    """The style sheet of the paper, with the fonts of the paper."""
    faces = "".join(
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-style: {style};'
        f' src: url("{static(f"vendor/pdf/{Path(file).name}")}") }}\n'
        for family, weight, style, file in settings.PDF_FONTS
    )
    folder = Path(settings.BASE_DIR) / "templates" / "certificates" / "pdf"
    sheets = (folder / name for name in ("certificate.css", "screen.css"))
    return mark_safe(faces + "".join(sheet.read_text(encoding="utf-8") for sheet in sheets))  # noqa: S308  # files of ours
