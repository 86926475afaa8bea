"""Free text that others read later: how somebody is reached does not belong into it.

Names cannot be told from other words; a telephone number and an e-mail address can.  What looks like one by chance, a
date or a number of a law, is let through.
"""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_EMAIL = re.compile(r"[^\s@<>(),;:]+@[^\s@<>(),;:]+\.\w{2,}")
# With the code of a country, or as people here write it: 0555 12 34 56, 0 (312) 12-34-56.
_PHONE = re.compile(
    r"\+[ -]?\d(?:[ ()-]{0,2}\d){8,13}(?!\d)"
    r"|(?<![\d+])(?:996[ -]?|0[ -]?)\(?\d{3}\)?(?:[ -]?\d){6}(?!\d)"
)


# What no name has: markup, formulas, addresses.  A few digits may tell two of one name apart; more are a number.
_NOT_IN_A_NAME = re.compile(r"[<>=@{}\[\]|\\^~]|^[+-]|//|www\.", re.IGNORECASE)
_DIGITS_OF_A_NAME = 4


def is_name_alone(text: str) -> bool:
    """Is it no telephone number, address, link, formula or markup?  Whether it is a kind word, no rule tells."""
    return not _NOT_IN_A_NAME.search(text) and sum(letter.isdigit() for letter in text) <= _DIGITS_OF_A_NAME


def no_way_to_reach(text: str) -> None:
    """For the validators of a form's field; whatever was typed stays in it.  Raises ValidationError."""
    if _EMAIL.search(text) or _PHONE.search(text):
        raise ValidationError(
            _("Others will read this text: take the telephone number or the e-mail address out of it, and names too."),
            code="way_to_reach",
        )
