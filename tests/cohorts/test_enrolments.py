"""Places, the waiting list, cards, and joining by the poster."""

import pytest

from lms.cohorts import actions
from lms.cohorts.models import NOTHING_SAID, Enrolment, EnrolmentState, Facts, Progress
from lms.cohorts.queries import places_left, roster, waiting_list
from lms.people.actions import sign_in_with_card
from lms.people.models import Card, Consent, RoleKind, User
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import make_person, make_role, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def small(regions):
    """One place."""
    return make_cohort(region=regions["KG-B"], capacity=1)


@pytest.fixture
def lead(small):
    return small.trainers.get().person


def test_enrol_person_gives_a_place_or_the_waiting_list(small, lead, at, regions):
    facts = Facts(sex="female", age_band="26_35", region=regions["leilek"], category="teacher", disability="no")
    first = actions.enrol_person(cohort=small, person=make_person(), language="ru", facts=facts, by=lead, at=at)
    second = actions.enrol_person(cohort=small, person=make_person(), language="en", by=lead, at=at)
    assert (first.state, first.language, first.facts) == (EnrolmentState.ENROLLED, "ru", facts)
    assert (second.state, second.language, second.facts) == (EnrolmentState.WAITING, "ky", NOTHING_SAID)
    assert (list(roster(small)), list(waiting_list(small)), places_left(small)) == ([first], [second], 0)


def test_enrol_person_twice_changes_nothing(small, lead, at):
    person = make_person()
    first = actions.enrol_person(cohort=small, person=person, by=lead, at=at)
    assert actions.enrol_person(cohort=small, person=person, language="ru", by=lead, at=at) == first
    assert small.enrolments.get().language == "ky"


def test_withdrawn_person_comes_back_to_the_end_of_the_line(small, lead, at):
    person = make_person()
    enrolment = actions.enrol_person(cohort=small, person=person, by=lead, at=at)
    for _repeat in range(2):
        assert actions.withdraw_enrolment(enrolment=enrolment, reason="other", by=lead, at=at).withdrawn_at == at
    actions.enrol_person(cohort=small, person=make_person(), by=lead, at=at)
    again = actions.enrol_person(cohort=small, person=person, by=lead, at=at)
    assert (again.pk, again.state, again.withdrawn_at) == (enrolment.pk, EnrolmentState.WAITING, None)


def test_admit_enrolment_needs_a_place_and_somebody_who_waits(small, lead, at):
    inside = actions.enrol_person(cohort=small, person=make_person(), by=lead, at=at)
    waiting = actions.enrol_person(cohort=small, person=make_person(), by=lead, at=at)
    with pytest.raises(actions.CohortFull):
        actions.admit_enrolment(enrolment=waiting, by=lead, at=at)
    with pytest.raises(actions.NotWaiting):
        actions.admit_enrolment(enrolment=inside, by=lead, at=at)
    actions.withdraw_enrolment(enrolment=inside, reason="other", by=lead, at=at)
    assert actions.admit_enrolment(enrolment=waiting, by=lead, at=at).state == EnrolmentState.ENROLLED


def test_ended_cohort_takes_nobody(small, lead, at):
    waiting = make_enrolment(small, state="waiting")
    actions.close_cohort(cohort=small, anyway=True, by=lead, at=at)
    for act in (
        lambda: actions.enrol_person(cohort=small, person=make_person(), by=lead, at=at),
        lambda: actions.admit_enrolment(enrolment=waiting, by=lead, at=at),
        lambda: actions.withdraw_enrolment(enrolment=waiting, reason="other", by=lead, at=at),
    ):
        with pytest.raises(actions.CohortEnded):
            act()


def test_join_cohort_only_while_joining_is_open(small, lead, at):
    person = make_person()
    actions.set_joining(cohort=small, is_open=False, by=lead, at=at)
    with pytest.raises(actions.JoiningClosed):
        actions.join_cohort(cohort=small, person=person, language="ru", by=person, at=at)
    actions.set_joining(cohort=small, is_open=True, by=lead, at=at)
    assert actions.join_cohort(cohort=small, person=person, language="ru", by=person, at=at).language == "ru"


def test_join_as_new_person_gives_a_card_that_signs_in(small, at):
    made = actions.join_as_new_person(cohort=small, display_name="Нурзада", language="ru", at=at)
    assert sign_in_with_card(code=made.card_code, pin=made.pin, at=at) == made.enrolment.person
    consent = Consent.objects.get()
    assert (consent.person, consent.purpose, consent.given, consent.language) == (
        made.enrolment.person,
        "learning_record",
        True,
        "ru",
    )


def test_waiting_list_has_an_end_and_makes_nobody(small, at):
    make_enrolment(small)
    for _place in range(3):
        make_enrolment(small, state="waiting")
    people = User.objects.count()
    with pytest.raises(actions.WaitingListFull):
        actions.join_as_new_person(cohort=small, display_name="X", language="ky", at=at)
    assert User.objects.count() == people


def test_renew_cards_makes_pins_that_work_and_kills_old_ones(small, lead, at):
    enrolment = make_enrolment(small)
    first = actions.renew_cards(cohort=small, enrolments=[enrolment], by=lead, at=at)[enrolment.person_id]
    code = Card.objects.get(person=enrolment.person).code
    assert sign_in_with_card(code=code, pin=first, at=at) == enrolment.person
    second = actions.renew_cards(cohort=small, enrolments=[enrolment], by=lead, at=at)[enrolment.person_id]
    assert sign_in_with_card(code=code, pin=second, at=at) == enrolment.person
    assert second not in Card.objects.get(person=enrolment.person).pin_hash


def test_nobody_prints_a_card_for_somebody_who_may_do_more(small, lead, at, regions):
    coordinator, colleague = make_person(), make_person()
    make_role(coordinator, RoleKind.COORDINATOR, small.organisation)
    make_role(colleague, RoleKind.TRAINER, small.organisation)
    boss = make_enrolment(small, coordinator)
    trainer = make_enrolment(small, colleague)
    for enrolment in (boss, trainer):
        with pytest.raises(actions.CardNotYours):
            actions.renew_cards(cohort=small, enrolments=[enrolment], by=lead, at=at)
        with pytest.raises(actions.CardNotYours):
            actions.replace_card_of(enrolment=enrolment, by=lead, at=at)
    second = make_staff()
    make_role(second, RoleKind.COORDINATOR, small.organisation)
    for enrolment in (boss, trainer):
        with pytest.raises(actions.CardNotYours):
            actions.renew_cards(cohort=small, enrolments=[enrolment], by=second, at=at)


def test_replaced_card_stops_working(small, lead, at):
    enrolment = make_enrolment(small)
    old = Card.objects.get(person=enrolment.person)
    new = actions.replace_card_of(enrolment=enrolment, by=lead, at=at)
    old.refresh_from_db()
    assert (old.replaced_at, new.replaced_at, new.pin_hash) == (at, None, "")


def test_mark_lesson_read_keeps_the_first_date(small, at):
    enrolment = make_enrolment(small)
    for _repeat in range(2):
        actions.mark_lesson_read(enrolment=enrolment, lesson_code="M1.1", by=enrolment.person, at=at)
    assert Progress.objects.get().read_at == at
    with pytest.raises(actions.NotInLesson):
        actions.mark_lesson_read(enrolment=enrolment, lesson_code="M2.1", by=enrolment.person, at=at)


def test_enrolment_says_nothing_of_the_person(small):
    enrolment = make_enrolment(small, make_person("Айгүл"))
    assert "Айгүл" not in str(enrolment)
    assert str(Enrolment.objects.get()) == str(enrolment)
