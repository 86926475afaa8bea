"""The border of a certificate and the rule under its name: our motif in one of the colours, as lines past layout."""

from functools import cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from lms.certificates.models import Border, CertificateDesign, Ink
from lms.common.drawings import Drawing
from lms.common.pdf import drawing_of

STYLESHEET = "certificates/pdf/certificate.css"
# Each stands out from white paper by 4.5 at least, and as much once a printer makes it grey.
INKS = {
    Ink.MADDER: "#9b2c3b",
    Ink.STEPPE: "#2f6b57",
    Ink.LAPIS: "#1f4a7c",
    Ink.PLUM: "#6a2c5a",
    Ink.BLACK: "#1f2430",
}
# Horns at this pitch, 18 across and 12 down; the band lies between the two lines, in mm.
PITCH, ACROSS, DOWN = 14.5, 18, 12
OUTER, INNER = 8.6, 17.9
PAGE_WIDTH, PAGE_HEIGHT = 297, 210
# The rule: a line on each side of three diamonds (x, half width, half height), in mm.
RULE_WIDTH, RULE_HEIGHT, RULE_GAP = 120, 4, 5
RULE_DIAMONDS = ((60, 1.8), (56.4, 1.0), (63.6, 1.0))
# Our emblem at the top of the border: where its box of 96 units begins, in mm, and its scale.
EMBLEMS = {"large": (139.5, 24.5, 0.1875), "small": (141.5, 22.8, 0.1458)}


def ink_of(design: CertificateDesign) -> str:
    """#rrggbb"""
    return INKS[Ink(design.ink)]


def frame(design: CertificateDesign) -> Drawing:
    """The border, laid out once for the life of the process."""
    return _frame(design.border, design.ink, emblem_of(design))


@cache
def _frame(border: str, ink: str, emblem: str) -> Drawing:
    html = render_to_string("certificates/pdf/frame.html", {"border": _border(border, ink, emblem)})
    return drawing_of(html, (STYLESHEET,))


def frame_svg(design: CertificateDesign) -> SafeString:
    """The same for the screen."""
    return _border(design.border, design.ink, emblem_of(design))


def emblem_of(design: CertificateDesign) -> str:
    """A logo stands in the place of ours; two languages leave it less room."""
    if design.logo:
        return ""
    return "small" if design.second_language else "large"


def rule(design: CertificateDesign) -> Drawing:
    """The line under the name."""
    red, green, blue = (int(ink_of(design)[place : place + 2], 16) / 255 for place in (1, 3, 5))
    half, middle = RULE_HEIGHT / 2, RULE_WIDTH / 2
    lines = f"0 {half} m {middle - RULE_GAP} {half} l S {middle + RULE_GAP} {half} m {RULE_WIDTH} {half} l S"
    diamonds = " ".join(
        f"{x:g} {half - r:g} m {x + r:g} {half:g} l {x:g} {half + r:g} l {x - r:g} {half:g} l f"
        for x, r in RULE_DIAMONDS
    )
    colour = f"{red:.3f} {green:.3f} {blue:.3f}"
    operators = f"{colour} RG {colour} rg 0.4 w {lines}\n{diamonds}"
    return Drawing(RULE_WIDTH, RULE_HEIGHT, operators.encode())


def rule_svg(design: CertificateDesign) -> SafeString:
    """The same for the screen."""
    half, middle = RULE_HEIGHT / 2, RULE_WIDTH / 2
    diamonds = "".join(f"M{x:g} {half - r:g}l{r:g} {r:g}l-{r:g} {r:g}l-{r:g} -{r:g}z" for x, r in RULE_DIAMONDS)
    return mark_safe(  # noqa: S308  # numbers and a colour of ours
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {RULE_WIDTH} {RULE_HEIGHT}" aria-hidden="true">'
        f'<path fill="none" stroke="{ink_of(design)}" stroke-width="0.4"'
        f' d="M0 {half}H{middle - RULE_GAP}M{middle + RULE_GAP} {half}H{RULE_WIDTH}"/>'
        f'<path fill="{ink_of(design)}" d="{diamonds}"/></svg>'
    )


@cache
def _border(border: str, ink: str, emblem: str) -> SafeString:
    rows = _rows(by_turns=border != Border.CORNERS)
    context = {
        "border": border,
        "ink": INKS[Ink(ink)],
        "emblem": EMBLEMS.get(emblem),
        "horns": rows if border == Border.HORNS else [horn for horn in rows if _is_at_a_corner(*horn)],
        "beads": _beads(),
        "corners": [(x, y) for x in (13.25, PAGE_WIDTH - 13.25) for y in (13.25, PAGE_HEIGHT - 13.25)],
    }
    return mark_safe(render_to_string("certificates/pdf/border.svg", context))  # noqa: S308  # a template escapes


def _is_at_a_corner(x: float, y: float, _turn: int) -> bool:
    across, down = min(x, PAGE_WIDTH - x), min(y, PAGE_HEIGHT - y)
    return max(across, down) < INNER + 2 * PITCH


def _beads() -> list[tuple[float, float, bool]]:
    """The diamonds of a band at half the pitch of the horns, large and small by turns: x, y, is it small?"""
    step, middle = PITCH / 2, (OUTER + INNER) / 2
    across = [(round(INNER + step * (n + 1) + 0.1, 2), n % 2 == 1) for n in range(2 * ACROSS - 1)]
    down = [(round(INNER + step * (n + 1) + 0.1, 2), n % 2 == 1) for n in range(2 * DOWN - 1)]
    return [
        *((x, y, small) for y in (middle, PAGE_HEIGHT - middle) for x, small in across),
        *((x, y, small) for x in (middle, PAGE_WIDTH - middle) for y, small in down),
    ]


def _rows(*, by_turns: bool) -> list[tuple[float, float, int]]:
    """Horns along the four sides, rooted by turns in the inner and the outer line, or all in the outer one."""
    width, height = PAGE_WIDTH, PAGE_HEIGHT
    return [
        *_row(ACROSS, lambda place, root: (place, root, 0), OUTER, INNER, by_turns),
        *_row(DOWN, lambda place, root: (root, place, 90), width - OUTER, width - INNER, by_turns),
        *_row(ACROSS, lambda place, root: (width - place, root, 180), height - OUTER, height - INNER, by_turns),
        *_row(DOWN, lambda place, root: (root, height - place, 270), OUTER, INNER, by_turns),
    ]


def _row(count: int, place: Any, outer: float, inner: float, by_turns: bool) -> list[tuple[float, float, int]]:
    """Along one side: x, y, turn."""
    found = []
    for number in range(count):
        along, outward = round(INNER + PITCH * (number + 0.5) + 0.1, 2), number % 2 if by_turns else 1
        x, y, turn = place(along, inner if outward else outer)
        found.append((x, y, (turn + 180 * outward) % 360))
    return found
