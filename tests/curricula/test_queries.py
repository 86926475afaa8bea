from datetime import date

import pytest

from curricula.models import ModulePage
from curricula.queries import LessonOutline, LicenceRule, ModuleRule, licence_rules, module_outlines
from tests.factories.curricula import make_module

pytestmark = pytest.mark.django_db


def test_module_outlines_tell_minutes_titles_and_rule():
    make_module("M1", lessons=2, attendance_percent=75)
    make_module("M2", lessons=1, minutes=60)
    first, second = module_outlines()
    assert (first.code, first.minutes, second.code, second.minutes) == ("M1", 180, "M2", 60)
    assert first.titles == {"ky": "Module M1 ky", "ru": "Module M1 ru", "en": "Module M1 en"}
    assert first.objectives["ky"] == ["Objective 1 of M1", "Objective 2 of M1"]
    assert first.rule == ModuleRule(attendance_percent=75)
    assert first.lessons[0] == LessonOutline(
        code="M1.1", titles={lang: f"Lesson M1.1 {lang}" for lang in ("en", "ru", "ky")}, minutes=90
    )
    assert first.languages == ["ky", "ru", "en"]


def test_module_outlines_pick_by_code_and_leave_out_what_is_not_published():
    make_module("M1")
    modules = make_module("M2")
    modules["ru"].get_children().last().unpublish()
    (outline,) = module_outlines(["M2"])
    assert outline.languages == ["ky", "en"]
    modules["ky"].unpublish()
    (outline,) = module_outlines(["M2"])
    assert sorted(outline.titles) == ["en", "ru"]


@pytest.mark.parametrize("modules", [1, 3])
def test_module_outlines_take_two_queries(modules, django_assert_num_queries):
    for number in range(1, modules + 1):
        make_module(f"M{number}", items=())
    with django_assert_num_queries(2):
        assert len(module_outlines()) == modules


def test_rule_survives_json():
    rule = ModuleRule(attendance_percent=90, post_test_required=False)
    assert ModuleRule.from_json(rule.as_json()) == rule
    assert ModuleRule.from_json({"attendance_percent": 90, "unknown": 1}) == ModuleRule(attendance_percent=90)


def test_rule_of_a_licence_is_that_of_today_in_the_sites_own_language(django_assert_num_queries):
    make_module("M1", items=(), sessions_a_year=3, trainer_years=4)
    make_module("M2", items=())
    ModulePage.objects.filter(code="M1", locale__language_code="ky").update(sessions_a_year=9)
    ModulePage.objects.filter(code="M1", locale__language_code="en").update(refresher_since=date(2026, 11, 1))
    with django_assert_num_queries(1):
        rules = licence_rules(["M1", "M2", "M3"])
    assert rules == {"M1": LicenceRule(4, 3, date(2026, 11, 1)), "M2": LicenceRule(3, 2, None)}


def test_module_that_is_not_published_asks_nothing_of_its_trainers():
    for page in make_module("M1", items=()).values():
        page.unpublish()
    assert licence_rules(["M1"]) == {}
