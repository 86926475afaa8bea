"""Teach-backs and observed sessions: two observers, nobody of herself, corrections beside what was said first."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from lms.assessments import actions
from lms.assessments.models import Observation
from lms.assessments.queries import (
    real_sessions_passed,
    teach_backs_passed,
    teach_backs_passed_in,
)
from lms.people.actions import make_own_pin, renew_pins
from lms.people.models import Role
from tests.factories.assessments import make_observation, pass_teach_backs
from tests.factories.cohorts import add_trainer, make_cohort, make_enrolment
from tests.factories.people import AT, make_person, make_role, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    return make_cohort()


@pytest.fixture
def lead(cohort):
    return cohort.trainers.get(part="lead").person


@pytest.fixture
def observer(cohort):
    person = make_staff()
    make_role(person, "observer", cohort.organisation)
    return person


@pytest.fixture
def she(cohort):
    return make_enrolment(cohort).person


def record(person, cohort, by, *, passed=True, occasion=1, note="seen", **more):
    facts = {"kind": "teach_back", "module_code": "M1", "observed_on": AT.date(), **more}
    return actions.record_observation(
        person=person, cohort=cohort, passed=passed, note=note, occasion=occasion, by=by, at=AT, **facts
    )


def test_one_observer_is_not_enough(cohort, lead, she):
    record(she, cohort, lead)
    assert teach_backs_passed(she, cohort, "M1") == 0


def test_two_observers_pass_a_teach_back(cohort, lead, observer, she):
    record(she, cohort, lead)
    record(she, cohort, observer)
    assert teach_backs_passed(she, cohort, "M1") == 1
    assert teach_backs_passed_in(cohort) == {(she.pk, "M1"): 1}


def test_whoever_says_no_is_not_outvoted(client, cohort, lead, observer, she):
    third = make_staff()
    add_trainer(cohort, third)
    record(she, cohort, lead)
    record(she, cohort, observer, passed=False)
    assert teach_backs_passed(she, cohort, "M1") == 0
    record(she, cohort, third)
    assert teach_backs_passed(she, cohort, "M1") == 0
    client.force_login(lead)
    page = client.get(address(cohort)).text
    assert "at least two different people have observed it and everybody who observed it says passed" in page
    assert re.findall(r"<h4>Teach-back 1 .*<span>(.*?)</span>", page) == ["not passed"]


def test_two_observers_of_two_occasions_are_none_together(cohort, lead, observer, she):
    record(she, cohort, lead, occasion=1)
    record(she, cohort, observer, occasion=2)
    assert teach_backs_passed(she, cohort, "M1") == 0


def test_occasions_modules_and_people_are_counted_apart(cohort, she):
    pass_teach_backs(she, cohort, 2)
    other = make_enrolment(cohort).person
    pass_teach_backs(other, cohort, 1)
    assert teach_backs_passed_in(cohort) == {(she.pk, "M1"): 2, (other.pk, "M1"): 1}
    assert teach_backs_passed(she, cohort, "M2") == 0


def test_same_observation_sent_twice_is_one(cohort, lead, she):
    assert record(she, cohort, lead) == record(she, cohort, lead)
    assert Observation.objects.count() == 1


def test_second_word_of_one_observer_is_refused(cohort, lead, she):
    record(she, cohort, lead)
    with pytest.raises(actions.SecondOpinion):
        record(she, cohort, lead, passed=False)


def test_correction_is_a_new_row_that_counts(cohort, lead, observer, she, at):
    first = record(she, cohort, lead, passed=False)
    record(she, cohort, observer)
    facts = {"passed": True, "note": "talked it through", "observed_on": at.date(), "by": lead, "at": at}
    correction = actions.correct_observation(observation=first, **facts)
    assert (correction.corrects, correction.occasion, correction.person) == (first, 1, she)
    assert teach_backs_passed(she, cohort, "M1") == 1
    with pytest.raises(actions.NotYourObservation):
        actions.correct_observation(observation=first, **facts)
    with pytest.raises(actions.NotYourObservation):
        actions.correct_observation(observation=correction, **{**facts, "by": observer})


def test_nobody_observes_herself(cohort, lead):
    make_enrolment(cohort, lead)
    with pytest.raises(actions.CannotObserve):
        record(lead, cohort, lead)


def test_colleague_trainer_of_another_cohort_and_participant_cannot_observe(cohort, she):
    others = [make_enrolment(cohort).person, make_cohort().trainers.get(part="lead").person]
    for person in others:
        with pytest.raises(actions.CannotObserve):
            record(she, cohort, person)


def test_only_the_enrolled_teach_back(cohort, lead):
    for person in (make_enrolment(make_cohort()).person, make_enrolment(cohort, state="withdrawn").person):
        with pytest.raises(actions.NotLeading):
            record(person, cohort, lead)


def test_real_session_is_seen_by_an_observer_from_outside(cohort, lead, observer):
    session = cohort.sessions.first()
    colleague = make_staff()
    add_trainer(cohort, colleague)
    facts = {"kind": "real_session", "session": session}
    with pytest.raises(actions.CannotObserve):
        record(lead, cohort, colleague, **facts)
    assert not real_sessions_passed([lead.pk], "M1", cohort.organisation_id)
    record(lead, cohort, observer, **facts)
    assert real_sessions_passed([lead.pk], "M1", cohort.organisation_id)


def test_real_session_is_one_that_she_leads(cohort, lead, observer, she):
    with pytest.raises(actions.NotLeading):
        record(she, cohort, observer, kind="real_session", session=cohort.sessions.first())
    elsewhere = make_cohort().sessions.first()
    for session in (None, elsewhere):
        with pytest.raises(actions.NotLeading):
            record(lead, cohort, observer, kind="real_session", session=session)


def test_real_session_not_passed_does_not_count(cohort, lead, observer):
    record(lead, cohort, observer, kind="real_session", session=cohort.sessions.first(), passed=False)
    assert not real_sessions_passed([lead.pk], "M1", cohort.organisation_id)


# ── The page ─────────────────────────────────────────────────────────────────────────────────────────────────────


def address(cohort):
    return reverse("assessments:observations", args=[cohort.pk])


def teach_back(person, **changes):
    facts = {"enrolment": person.pk, "module_code": "M1", "occasion": 1, "passed": "yes", "note": "She listened."}
    facts |= {"observed_on": AT.date().isoformat()} | changes
    return {"kind": "teach_back"} | {f"teach_back-{name}": value for name, value in facts.items()}


def test_page_records_a_teach_back(client, cohort, observer):
    enrolment = make_enrolment(cohort)
    client.force_login(observer)
    assert client.post(address(cohort), teach_back(enrolment)).status_code == 302
    seen = Observation.objects.get()
    assert (seen.person, seen.observer, seen.passed, seen.note) == (enrolment.person, observer, True, "She listened.")
    assert "She listened." in client.get(address(cohort)).content.decode()


def test_page_records_a_real_session(client, cohort, observer, lead):
    client.force_login(observer)
    facts = {"session": cohort.sessions.first().pk, "passed": "yes", "note": "Good.", "observed_on": "2026-11-24"}
    data = {"kind": "real_session"} | {f"real_session-{name}": value for name, value in facts.items()}
    assert client.post(address(cohort), data).status_code == 302
    assert real_sessions_passed([lead.pk], "M1", cohort.organisation_id)


def test_page_keeps_what_was_typed_on_a_mistake(client, cohort, observer):
    client.force_login(observer)
    enrolment = make_enrolment(cohort)
    days = [{"observed_on": "31.31.2026"}, {"observed_on": "2126-01-01"}]
    for wrong in ({"enrolment": ""}, {"occasion": 99}, {"passed": ""}, *days):
        page = client.post(address(cohort), teach_back(enrolment, note="Typed with care.", **wrong))
        assert page.status_code == 422
        assert "Typed with care." in page.content.decode()
    assert not Observation.objects.exists()


def test_page_keeps_what_was_typed_on_a_refusal(client, cohort, observer):
    enrolment = make_enrolment(cohort)
    client.force_login(observer)
    client.post(address(cohort), teach_back(enrolment))
    page = client.post(address(cohort), teach_back(enrolment, note="Another word."))
    assert page.status_code == 422
    assert "Another word." in page.content.decode()
    assert "You have recorded this already." in page.content.decode()


def test_page_offers_nobody_of_another_cohort(client, cohort, observer):
    stranger = make_enrolment(make_cohort())
    make_enrolment(cohort)
    client.force_login(observer)
    assert client.post(address(cohort), teach_back(stranger)).status_code == 422
    assert not Observation.objects.exists()


def test_page_belongs_to_observers_and_those_who_run_the_cohort(client, cohort, observer, lead, she):
    other_lead = make_staff()
    other = make_cohort(lead=other_lead)
    coordinator, stranger_coordinator, stranger_observer = (make_staff() for _person in range(3))
    make_role(coordinator, "coordinator", cohort.organisation)
    make_role(stranger_coordinator, "coordinator", other.organisation)
    make_role(stranger_observer, "observer", other.organisation)
    may = (lead, observer, coordinator)
    for person in (*may, she, other_lead, stranger_coordinator, stranger_observer):
        client.force_login(person)
        assert client.get(address(cohort)).status_code == (200 if person in may else 404)
        assert client.post(address(cohort), {"kind": "?"}).status_code == (422 if person in may else 404)


def test_correction_belongs_to_its_observer(client, cohort, observer, lead, she):
    seen = make_observation(she, cohort, observer, passed=False)
    here = reverse("assessments:correct", args=[seen.pk])
    for person in (lead, she, make_cohort().trainers.get(part="lead").person):
        client.force_login(person)
        assert client.get(here).status_code == 404
    client.force_login(observer)
    assert client.post(here, {"passed": "yes", "note": "", "observed_on": "2026-11-24"}).status_code == 422
    same = client.post(here, {"passed": "no", "note": f" {seen.note} ", "observed_on": seen.observed_on.isoformat()})
    assert (same.status_code, seen.note in same.text, seen.corrected_by.exists()) == (422, True, False)
    assert "This says the same as your record." in same.text
    assert client.post(here, {"passed": "yes", "note": "Again.", "observed_on": "2026-11-24"}).status_code == 302
    assert list(Observation.objects.order_by("created_at").values_list("note", flat=True))[1:] == ["Again."]
    assert client.get(here).status_code == 404


def test_observation_does_not_exist_for_another_organisation(client, cohort, observer, she):
    """Whatever she may do at home, and though the observed one is in a cohort there as well."""
    seen = make_observation(she, cohort, observer)
    Observation.objects.update(note="Canary of the note")
    own = make_cohort()
    make_enrolment(own, she)
    strangers = [own.trainers.get().person, make_enrolment(own).person]
    for kind in ("coordinator", "coach", "observer", "administrator", "monitor"):
        strangers.append(make_staff())
        make_role(strangers[-1], kind, own.organisation)
    before = list(Observation.objects.values())
    correct, word = (
        reverse("assessments:correct", args=[seen.pk]),
        {"passed": "yes", "note": "No.", "observed_on": AT.date()},
    )
    for person in strangers:
        client.force_login(person)
        answers = [client.get(correct), client.post(correct, word), client.get(address(cohort))]
        answers.append(client.post(address(cohort), teach_back(cohort.enrolments.get(person=she))))
        assert [answer.status_code for answer in answers] == [404] * 4, person
        answers.append(client.get(address(own)))
        assert [answer for answer in answers if "Canary" in answer.content.decode()] == []
    assert list(Observation.objects.values()) == before


def test_observer_whose_role_has_ended_sees_nothing(client, cohort):
    person = make_staff()
    make_role(
        person,
        "observer",
        cohort.organisation,
        valid_until=AT.date() - timedelta(days=400),
        valid_from=AT.date() - timedelta(days=500),
    )
    client.force_login(person)
    assert client.get(address(cohort)).status_code == 404


@pytest.mark.parametrize("people", [1, 30])
def test_page_takes_the_same_queries_for_1_and_30(client, cohort, observer, people, django_assert_num_queries):
    second = make_staff()
    for _person in range(people):
        person = make_enrolment(cohort).person
        for seen_by in (observer, second):
            make_observation(person, cohort, seen_by)
    client.force_login(observer)
    client.get(address(cohort))
    with django_assert_num_queries(12):
        client.get(address(cohort))


def test_whoever_knows_the_pin_of_a_co_trainer_is_not_two_observers(cohort, lead, she, at):
    """A coordinator prints a colleague's card, signs in with it and would be the second voice."""
    colleague = make_person("Бермет")
    add_trainer(cohort, colleague)
    renew_pins(people=[colleague], by=lead, at=at)
    record(she, cohort, lead)
    with pytest.raises(actions.PinIsKnown):
        record(she, cohort, colleague)
    make_own_pin(by=colleague, seen=at, at=at)
    record(she, cohort, colleague)
    assert teach_backs_passed(she, cohort, "M1") == 1


def test_a_duty_that_stands_in_no_role_sleeps_too(cohort, lead, observer, she, at):
    first = record(she, cohort, observer)
    Role.objects.filter(person=observer).update(asleep_since=at, asleep_by=lead)
    add_trainer(cohort, observer)
    facts = {"passed": False, "note": "no", "observed_on": at.date(), "by": observer, "at": at}
    with pytest.raises(actions.PinIsKnown):
        actions.correct_observation(observation=first, **facts)
