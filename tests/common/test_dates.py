"""Dates with the endings that each language wants."""

from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.formats import date_format

from lms.common.dates import add_months, local_day, long_date

DAY = date(2026, 11, 24)
PLAIN = [
    "январы",
    "февралы",
    "марты",
    "апрели",
    "майы",
    "июну",
    "июлу",
    "августу",
    "сентябры",
    "октябры",
    "ноябры",
    "декабры",
]
UNTIL = [
    "январына",
    "февралына",
    "мартына",
    "апрелине",
    "майына",
    "июнуна",
    "июлуна",
    "августуна",
    "сентябрына",
    "октябрына",
    "ноябрына",
    "декабрына",
]


@pytest.mark.parametrize(
    ("language", "text"),
    [("ky", "2026\u2011жылдын 24\u2011ноябры"), ("ru", "24 ноября 2026 года"), ("en", "24 November 2026")],
)
def test_long_date_is_written_as_people_write_it(language, text):
    assert long_date(DAY, language) == text
    with translation.override(language):
        assert long_date(DAY) == text


def test_kyrgyz_months_bear_the_possessive_ending():
    assert [long_date(date(2026, month, 1), "ky") for month in range(1, 13)] == [
        f"2026\u2011жылдын 1\u2011{month}" for month in PLAIN
    ]


def test_kyrgyz_formats_write_the_month_small_and_with_its_ending():
    with translation.override("ky"):
        assert date_format(DAY, "DATE_FORMAT") == long_date(DAY) == "2026\u2011жылдын 24\u2011ноябры"
        assert date_format(DAY, "MONTH_DAY_FORMAT") == "24\u2011ноябры"
        assert date_format(DAY, "YEAR_MONTH_FORMAT") == "2026\u2011жылдын ноябры"


def test_kyrgyz_dative_follows_the_vowel():
    assert [long_date(date(2026, month, 1), "ky", "until") for month in range(1, 13)] == [
        f"2026\u2011жылдын 1\u2011{month}" for month in UNTIL
    ]


@pytest.mark.parametrize(
    ("case", "november", "april"),
    [
        ("plain", "ноябры", "апрели"),
        ("until", "ноябрына", "апрелине"),
        ("since", "ноябрынан", "апрелинен"),
        ("on", "ноябрында", "апрелинде"),
    ],
)
def test_kyrgyz_cases(case, november, april):
    assert long_date(DAY, "ky", case) == f"2026\u2011жылдын 24\u2011{november}"
    assert long_date(date(2026, 4, 1), "ky", case) == f"2026\u2011жылдын 1\u2011{april}"


@pytest.mark.parametrize("case", ["plain", "until", "since", "on"])
def test_other_languages_have_one_form(case):
    assert long_date(DAY, "ru", case) == "24 ноября 2026 года"
    assert long_date(DAY, "en", case) == "24 November 2026"


def test_local_day_is_the_day_in_bishkek():
    assert local_day(datetime(2026, 11, 23, 18, 0, tzinfo=UTC)) == date(2026, 11, 24)
    assert local_day(datetime(2026, 11, 23, 17, 59, tzinfo=UTC)) == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 24), 6, date(2027, 5, 24)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 31), 36, date(2029, 12, 31)),
        (date(2028, 2, 29), 36, date(2031, 2, 28)),
        (date(2026, 3, 31), 1, date(2026, 4, 30)),
    ],
)
def test_add_months_stays_in_the_month(day, months, later):
    assert add_months(day, months) == later


def test_filter_writes_days_and_moments():
    template = Template('{% load dates %}{{ day|long_date:"until" }}|{{ at|long_date }}|{{ nothing|long_date }}')
    with translation.override("ky"):
        text = template.render(Context({"day": DAY, "at": datetime(2026, 11, 23, 18, 0, tzinfo=UTC), "nothing": None}))
    assert text == "2026\u2011жылдын 24\u2011ноябрына|2026\u2011жылдын 24\u2011ноябры|"
