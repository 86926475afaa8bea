"""Free text that others read later: how somebody is reached does not belong into it.

Names cannot be told from other words; a telephone number and an e-mail address can.  What looks like one by chance, a
date or a number of a law, is let through.
"""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_EMAIL = re.compile(r"[^\s@<>(),;:]+@[^\s@<>(),;:]+\.\w{2,}")
# With the code of a country, or as people here write it: 0555 12 34 56, 0 (312) 12-34-56.
_PHONE = re.compile(
    r"\+[ -]?\d(?:[ ()-]{0,2}\d){8,13}(?!\d)"
    r"|(?<![\d+])(?:996[ -]?|0[ -]?)\(?\d{3}\)?(?:[ -]?\d){6}(?!\d)"
)

# What no name has: markup, formulas, paths.  A few digits may tell two of one name apart; more are a number.
_NOT_IN_A_NAME = re.compile(r"[<>=@/{}\[\]|\\^~]|^[+-]")
# The address of a site, which needs no more than a stop between letters: instagram.com, t.me.  But А.Б.Иванова is none:
# a single letter is an initial, unless the word behind its stop is Latin and small.
_SITE = re.compile(r"\w{2}\.[^\W\d_]{2}|\b\w\.[a-z]{2}")
_DIGITS_OF_A_NAME = 4


def is_name_alone(text: str) -> bool:
    """Is it no telephone number, address, link, formula or markup?  Whether it is a kind word, no rule tells.

    Asked of what a sign stands for: a wide ＝ or ＠ is read as the narrow one by the programs that others open it with,
    and an ideographic stop in an address as a stop.
    """
    plain = unicodedata.normalize("NFKC", text).replace("。", ".")
    if not plain or _NOT_IN_A_NAME.search(plain) or _SITE.search(plain):
        return False
    return sum(letter.isdigit() for letter in plain) <= _DIGITS_OF_A_NAME


def no_way_to_reach(text: str) -> None:
    """For the validators of a form's field; whatever was typed stays in it.  Raises ValidationError."""
    if _EMAIL.search(text) or _PHONE.search(text):
        raise ValidationError(
            _("Others will read this text: take the telephone number or the e-mail address out of it, and names too."),
            code="way_to_reach",
        )
