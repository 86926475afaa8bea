"""Dates as people write them in the three languages, and the days of the place where the training happens.

Kyrgyz letters and certificates write "2026-жылдын 24-ноябры": the month has the possessive ending, and a case ending
after it where a sentence asks for one.  CLDR and Django know neither.  The hyphens are those that no line breaks at.
"""

from datetime import date, datetime
from functools import cache
from typing import Literal

from django.utils import timezone
from django.utils.translation import get_language, override, pgettext_lazy

# How the date stands in its sentence: alone, "until it", "since it", "on it".
type Case = Literal["plain", "until", "since", "on"]

# U+2011: "24-" at the end of a line and "ноябры" on the next read as two things.
HYPHEN = "\u2011"
# Named here, and so in our catalogues: Django's Kyrgyz one has "Ноябрь", with a capital and no ending.
_MONTHS = (
    pgettext_lazy("alt. month", "January"),
    pgettext_lazy("alt. month", "February"),
    pgettext_lazy("alt. month", "March"),
    pgettext_lazy("alt. month", "April"),
    pgettext_lazy("alt. month", "May"),
    pgettext_lazy("alt. month", "June"),
    pgettext_lazy("alt. month", "July"),
    pgettext_lazy("alt. month", "August"),
    pgettext_lazy("alt. month", "September"),
    pgettext_lazy("alt. month", "October"),
    pgettext_lazy("alt. month", "November"),
    pgettext_lazy("alt. month", "December"),
)
# After the possessive ending: dative, ablative, locative; the second row after a front vowel (апрели).
_KY_ENDINGS = {
    False: {"plain": "", "until": "на", "since": "нан", "on": "нда"},
    True: {"plain": "", "until": "не", "since": "нен", "on": "нде"},
}


def long_date(day: date, language: str | None = None, case: Case = "plain") -> str:
    """ "2026-жылдын 24-ноябры", "24 ноября 2026 года", "24 November 2026"; in the active language by default.

    `case` matters in Kyrgyz only: "24-ноябрына чейин" (until), "24-ноябрынан бери" (since), "24-ноябрында" (on).
    """
    language = language or get_language() or "en"
    month = _month(day.month, language)
    if language == "ky":
        return f"{day.year}{HYPHEN}жылдын {day.day}{HYPHEN}{month}{_KY_ENDINGS[month.endswith('и')][case]}"
    if language == "ru":
        return f"{day.day} {month} {day.year} года"
    return f"{day.day} {month} {day.year}"


@cache
def _month(number: int, language: str) -> str:
    with override(language):
        return str(_MONTHS[number - 1])


def local_day(at: datetime) -> date:
    """The calendar day of a moment where the training happens (settings.TIME_ZONE)."""
    return timezone.localdate(at, timezone.get_default_timezone())


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last day of a shorter month: 31 August + 6 → 28 or 29 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
