"""Who lacks what, and how a name is shown."""

from dataclasses import replace

import pytest

from lms.certificates.checks import (
    ModuleRecord,
    PaperworkRecord,
    TeachingRecord,
    masked_name,
    met_modules,
    missing_for_candidate,
    missing_for_participant,
    missing_for_trainer,
    shown_name,
)

MET = ModuleRecord(
    code="M1",
    titles={"en": "Rights"},
    minutes=450,
    percent=90,
    required_percent=80,
    attended_enough=True,
    post_test_required=True,
    post_test_taken=True,
)
COMPLETE = PaperworkRecord(consent_given=True, name_given=True)
READY = TeachingRecord(module_code="M1", is_candidate=True, plan_accepted=True, real_session_passed=True)


def codes(gaps) -> list[str]:
    return [gap.code for gap in gaps]


def test_participant_who_did_all_lacks_nothing():
    assert missing_for_participant([MET], COMPLETE) == []


@pytest.mark.parametrize(
    ("record", "gaps"),
    [
        (replace(MET, attended_enough=False, percent=79), ["attendance"]),
        (replace(MET, post_test_taken=False), ["post_test"]),
        (replace(MET, post_test_taken=False, post_test_required=False), []),
        (replace(MET, attended_enough=False, post_test_taken=False), ["attendance", "post_test"]),
    ],
)
def test_participant_lacks_what_the_rule_asks(record, gaps):
    assert codes(missing_for_participant([record], COMPLETE)) == gaps


def test_gap_says_module_and_figures():
    [gap] = missing_for_participant([replace(MET, attended_enough=False, percent=79)], COMPLETE)
    assert str(gap) == "M1: attended 79 % of the sessions; 80 % are needed."


def test_name_and_consent_are_asked_of_everybody():
    gaps = missing_for_participant([MET], PaperworkRecord(consent_given=False, name_given=False))
    assert codes(gaps) == ["legal_name", "consent"]


def test_only_modules_whose_rule_was_met_are_certified():
    other = replace(MET, code="M2", attended_enough=False)
    assert met_modules([MET, other]) == [MET]


def test_candidate_needs_certificate_and_teach_backs():
    assert missing_for_candidate(has_certificate=True, passed=2, required=2) == []
    assert codes(missing_for_candidate(has_certificate=False, passed=1, required=2)) == ["certificate", "teach_backs"]


def test_trainer_needs_plan_and_real_session():
    assert missing_for_trainer(READY, COMPLETE) == []
    nothing = TeachingRecord(module_code="M1", is_candidate=False, plan_accepted=False, real_session_passed=False)
    assert codes(missing_for_trainer(nothing, COMPLETE)) == ["candidate", "plan", "real_session"]


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("Айгүл Токтосунова", "Айгүл Т."),
        ("Токтосунова Айгүл", "Айгүл Т."),
        ("Токтосунова Айгүл Маратовна", "Айгүл Т."),
        ("Айгүл Маратовна Токтосунова", "Айгүл Т."),
        ("Асан кызы Айгүл", "Айгүл А."),
        ("Айгүл Асан кызы", "Айгүл А."),
        ("Нурлан уулу Эркин", "Эркин Н."),
        ("Ирина Ким", "Ирина К."),
        ("Бекова Ева", "Ева Б."),
        ("Aigul Toktosunova", "Aigul T."),
        ("Айгүл", "Айгүл"),
        ("", ""),
    ],
)
def test_masked_name_keeps_the_given_name_and_an_initial(name, masked):
    assert masked_name(name) == masked


@pytest.mark.parametrize(
    ("form", "shown"),
    [("full", "Айгүл Токтосунова"), ("masked", "Айгүл Т."), ("alias", "«Бүркүт»"), ("none", "")],
)
def test_shown_name_is_what_the_holder_chose(form, shown):
    assert shown_name(form, full_name="Айгүл Токтосунова", display_name="Бүркүт") == shown


@pytest.mark.parametrize(
    ("display_name", "alias"),
    [
        ("Бермет Асанкулова · MASTER TRAINER", "«Бермет Асанкулова MASTER TRAINER»"),
        ("Айгүл-эже", "«Айгүл-эже»"),
        ("<b>Үмүт</b> №1", "«b Үмүт b»"),
        ("»«", ""),
        ("42", ""),
        ("Ө" * 60, f"«{'Ө' * 40}»"),
    ],
)
def test_an_alias_is_letters_in_quotes_that_are_signed(display_name, alias):
    assert shown_name("alias", full_name="Айгүл Токтосунова", display_name=display_name) == alias
