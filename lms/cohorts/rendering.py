"""The card sheet: eight cards on an A4 page, to print in black and white and cut."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from lms.cohorts.models import Cohort, Enrolment
from lms.common.pdf import render_pdf
from lms.common.qr import qr_drawing

CARDS_A_SHEET = 8
STYLE = ("cohorts/pdf/cards.css",)


@dataclass(frozen=True)
class PrintedCard:
    """What stands on one card."""

    number: int
    name: str
    language: str
    code: str
    pin: str

    @property
    def spaced_code(self) -> str:
        """In groups of four: K7QF 2M9X."""
        return " ".join("".join(group) for group in batched(self.code, 4, strict=False))

    @property
    def address(self) -> str:
        """What the QR opens: the code stands in the fragment, which no server and no log ever sees."""
        return f"{settings.PUBLIC_BASE_URL}/card/#{self.code}"


def card_sheet(
    *, cohort: Cohort, enrolments: Sequence[Enrolment], codes: Mapping[UUID, str], pins: Mapping[UUID, str]
) -> bytes:
    """The cards of these people as PDF; `codes` and `pins` by the person's id.  Each card speaks its holder's language.

    Raises lms.common.pdf.PdfRefused over its limits.
    """
    held = [enrolment for enrolment in enrolments if enrolment.person_id in pins]
    cards = [
        PrintedCard(
            number=number,
            name=enrolment.person.display_name,
            language=enrolment.language,
            code=codes[enrolment.person_id],
            pin=pins[enrolment.person_id],
        )
        for number, enrolment in enumerate(held, start=1)
    ]
    sheets = [[_card_html(card) for card in sheet] for sheet in batched(cards, CARDS_A_SHEET, strict=False)]
    html = render_to_string("cohorts/pdf/cards.html", {"sheets": sheets, "cohort": cohort})
    drawings = {f"qr-{card.number}": qr_drawing(card.address, mask=None) for card in cards}
    return render_pdf(html, stylesheets=STYLE, drawings=drawings)


def _card_html(card: PrintedCard) -> str:
    with translation.override(card.language):
        site = settings.PUBLIC_BASE_URL.partition("://")[2]
        return render_to_string("cohorts/pdf/card.html", {"card": card, "site": f"{site}/card/"})
