from datetime import date

import pytest

from lms.regions.importers import load_regions
from lms.regions.models import Region
from lms.regions.queries import find_regions, name_on, region_choices

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "first", "last"),
    [
        ("ky", "Баткен облусу", "Ысык-Көл облусу"),
        ("ru", "Баткенская область", "Чуйская область"),
        ("en", "Batken Region", "Talas Region"),
    ],
)
def test_region_choices_are_sorted_in_the_language(language, first, last):
    load_regions()
    groups = [label for label, _members in region_choices(language)]
    assert (len(groups), groups[0], groups[-1]) == (9, first, last)


def test_region_choices_begin_with_the_oblast_and_stay_within(regions, django_assert_num_queries):
    with django_assert_num_queries(1):
        choices = region_choices("en", within=[regions["KG-B"]])
    assert choices == [("Batken", [("41705000000000", "Batken"), ("41705236000000", "Leilek")])]


def test_region_choices_within_a_raion(regions):
    assert region_choices("en", within=[regions["leilek"]]) == [("Leilek", [("41705236000000", "Leilek")])]


def test_name_on_is_the_name_of_that_day():
    load_regions()
    manas = Region.objects.get(code="41703410000000")
    assert [name_on(manas, day, "en") for day in (date(2025, 9, 16), date(2025, 9, 17))] == [
        "Jalal-Abad City",
        "Manas City",
    ]
    assert name_on(Region.objects.get(iso="KG-N"), date(2020, 1, 1), "ky") == "Нарын облусу"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("41705236000000", "leilek"),
        ("41705236", "leilek"),
        (" 4170 5236 ", "leilek"),
        ("41705236 Лейлек району", "leilek"),
        ("41705236000000 Leilek", "leilek"),
        ("KG-B", "KG-B"),
        ("kg-b", "KG-B"),
        ("417", "KG"),
    ],
)
def test_find_regions_knows_every_spelling_of_a_code(regions, code, found):
    assert find_regions([code]) == {code: regions[found]}


@pytest.mark.parametrize(
    "code",
    [
        "",
        "  ",
        "41799",
        "41799000",
        "41799000 Leilek",
        "Leilek 41705236",
        "4.1705E+13",
        "Leilek",
        "４１７０５２３６",
        "%",
        "KG",
    ],
)
def test_find_regions_finds_nothing_by_a_foreign_code_or_a_name(regions, code):
    assert find_regions([code]) == {}


def test_find_regions_takes_many_codes_in_one_query(regions, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = find_regions(["KG-B", "41705000", "nowhere", "41705236"])
    assert found == {"KG-B": regions["KG-B"], "41705000": regions["KG-B"], "41705236": regions["leilek"]}
