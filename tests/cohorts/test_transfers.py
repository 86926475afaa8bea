"""From one cohort to another: a place there, none here, and nothing lost or counted twice."""

from datetime import timedelta

import pytest
from django.urls import reverse

from lms.assessments.models import Attempt, AttemptState
from lms.assessments.queries import post_test_taken
from lms.attendance.models import Status
from lms.attendance.queries import attendance_by_module, attendance_for
from lms.certificates.actions import issue_certificate, revoke_certificate
from lms.certificates.queries import eligibility_of
from lms.cohorts import actions
from lms.cohorts.models import Cohort, CohortState, Enrolment, EnrolmentState, Facts, Progress, WithdrawalReason
from lms.people.models import AuditEntry
from tests.factories.assessments import make_attempt, make_paper
from tests.factories.certificates import give_name, mark, take_post_test
from tests.factories.cohorts import add_trainer, make_cohort, make_enrolment
from tests.factories.people import browser, make_organisation, make_person
from tests.parallel import at_once, real_database

pytestmark = pytest.mark.django_db


@pytest.fixture
def there(scene) -> Cohort:
    """Another cohort of the same organisation, module and trainer, a month later."""
    return make_cohort(scene.organisation, scene.region, scene.lead, starts_on=scene.cohort.starts_on + timedelta(30))


@pytest.fixture
def person(scene) -> Enrolment:
    enrolment = scene.cohort.enrolments.get()
    Enrolment.objects.filter(pk=enrolment.pk).update(sex="female", category="teacher", language="ru")
    enrolment.refresh_from_db()
    return enrolment


def transfer(enrolment, to, by, at) -> Enrolment:
    return actions.transfer_enrolment(enrolment=enrolment, to=to, by=by, at=at)


def test_she_has_a_place_there_and_none_here(scene, there, person, at):
    came = transfer(person, there, scene.lead, at)
    person.refresh_from_db()
    assert (person.state, person.withdrawn_at, person.withdrawn_reason) == (
        EnrolmentState.WITHDRAWN,
        at,
        WithdrawalReason.TRANSFERRED,
    )
    assert (came.cohort, came.person, came.state, came.language) == (there, person.person, "enrolled", "ru")
    assert came.facts == Facts(sex="female", category="teacher")
    assert AuditEntry.objects.get(verb="transfer_enrolment").details == {"from": scene.cohort.code, "to": there.code}


def test_she_keeps_what_she_read_and_the_test_that_she_handed_in(scene, there, person, at):
    Progress.objects.create(enrolment=person, lesson_code="M1.1", read_at=at)
    paper = make_paper(scene.cohort)
    attempt = make_attempt(person, paper, at=at)
    page = reverse("tests:paper", args=[paper.pk])
    came = transfer(person, there, scene.lead, at)
    assert list(came.progress.values_list("lesson_code", "read_at")) == [("M1.1", at)]
    client = browser(person.person)
    assert client.get(page).status_code == 404
    Attempt.objects.filter(pk=attempt.pk).update(state=AttemptState.SUBMITTED, submitted_at=at)
    answer = client.get(page)
    assert answer.status_code == 200
    assert scene.cohort.get_absolute_url() not in answer.text
    for other in (make_enrolment(there).person, make_person("Бермет")):
        assert browser(other).get(page).status_code == 404


def test_marks_of_the_same_lessons_count_there_once(scene, there, person, at):
    (old_first, _old_second), (first, second) = scene.cohort.sessions.all(), there.sessions.all()
    mark(person, old_first)
    came = transfer(person, there, scene.lead, at)
    beside = make_enrolment(there)
    assert attendance_for(came)["M1"].attended == 1
    mark(came, first, Status.ABSENT)
    mark(came, second, Status.LATE)
    figure = attendance_for(came)["M1"]
    assert (figure.planned, figure.attended, figure.percent) == (2, 2, 100)
    everybody = attendance_by_module(there)
    assert everybody[came.pk, "M1"] == figure
    assert everybody[beside.pk, "M1"].attended == 0
    assert list(attendance_by_module(scene.cohort)) == []


def test_marks_of_a_cancelled_session_are_not_brought(scene, there, person, at):
    first = scene.cohort.sessions.first()
    mark(person, first)
    type(first).objects.filter(pk=first.pk).update(state="cancelled")
    assert attendance_for(transfer(person, there, scene.lead, at))["M1"].attended == 0


def test_who_goes_to_and_fro_counts_once_everywhere(scene, there, person, at):
    for session in scene.cohort.sessions.all():
        mark(person, session)
    third = make_cohort(scene.organisation, scene.region, scene.lead)
    came = transfer(person, there, scene.lead, at)
    further = transfer(came, third, scene.lead, at)
    assert attendance_for(further)["M1"].attended == 2
    back = transfer(further, scene.cohort, scene.lead, at)
    assert (back.pk, back.withdrawn_reason) == (person.pk, "")
    assert attendance_for(back)["M1"].attended == 2
    assert set(back.carries.all()) == {came, further}


def test_a_post_test_handed_in_before_counts_for_the_certificate(scene, there, person, at):
    for session in scene.cohort.sessions.all():
        mark(person, session)
    take_post_test(person)
    give_name(person.person)
    came = transfer(person, there, scene.lead, at)
    make_enrolment(there)
    assert post_test_taken(there) == {(came.pk, "M1")}
    assert [row.enrolment.pk for row in eligibility_of(there) if row.is_due] == [came.pk]


def test_what_a_transfer_is_not(scene, there, person, regions, at):
    other = make_cohort(make_organisation(), scene.region)
    less = make_cohort(scene.organisation, scene.region, scene.lead, module_codes=("M2",))
    draft = make_cohort(scene.organisation, scene.region, scene.lead, state=CohortState.DRAFT)
    full = make_cohort(scene.organisation, scene.region, scene.lead, capacity=1)
    make_enrolment(full)
    refusals = {
        other: actions.NoTransferThere,
        less: actions.NoTransferThere,
        scene.cohort: actions.NoTransferThere,
        draft: actions.CohortNotLive,
        full: actions.CohortFull,
    }
    for to, error in refusals.items():
        with pytest.raises(error):
            transfer(person, to, scene.lead, at)
    make_enrolment(there, person.person)
    with pytest.raises(actions.ThereAlready):
        transfer(person, there, scene.lead, at)
    waiting = make_enrolment(scene.cohort, state="waiting")
    with pytest.raises(actions.NoPlaceToLeave):
        transfer(waiting, there, scene.lead, at)
    Cohort.objects.filter(pk=scene.cohort.pk).update(state=CohortState.CLOSED)
    with pytest.raises(actions.CohortEnded):
        transfer(person, there, scene.lead, at)
    person.refresh_from_db()
    assert person.state == EnrolmentState.ENROLLED


def test_who_was_transferred_does_not_come_back_by_the_back_door(scene, there, person, at):
    transfer(person, there, scene.lead, at)
    with pytest.raises(actions.WentElsewhere):
        actions.enrol_again(enrolment=person, by=scene.lead, at=at)
    page = browser(scene.lead).get(reverse("cohorts:person", args=[person.pk])).content.decode()
    assert reverse("cohorts:enrol_again", args=[person.pk]) not in page


def test_whoever_holds_a_certificate_here_is_not_transferred(scene, there, person, at):
    """Else she would count as having completed both."""
    for session in scene.cohort.sessions.all():
        mark(person, session)
    take_post_test(person)
    give_name(person.person)
    certificate = issue_certificate(enrolment=person, by=scene.coordinator, at=at)
    with pytest.raises(actions.StaysHere) as refused:
        transfer(person, there, scene.lead, at)
    assert "holds a certificate of this cohort" in str(refused.value)
    url = reverse("cohorts:transfer", args=[person.pk])
    for answer in (browser(scene.lead).get(url), browser(scene.lead).post(url, {"to": str(there.pk)})):
        assert "holds a certificate of this cohort" in answer.content.decode()
        assert '<form method="post" novalidate' not in answer.content.decode()
    person.refresh_from_db()
    assert person.state == EnrolmentState.ENROLLED
    revoke_certificate(
        certificate=certificate, internal_reason="Mistake", public_wording={}, by=scene.coordinator, at=at
    )
    assert transfer(person, there, scene.lead, at).cohort == there


# ── The page ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_offers_only_cohorts_that_she_runs_too(scene, there, person):
    hidden = make_cohort(scene.organisation, scene.region, scene.other_lead)
    url = reverse("cohorts:transfer", args=[person.pk])
    page = browser(scene.lead).get(url).content.decode()
    assert (str(there.pk) in page, str(hidden.pk) in page) == (True, False)
    refused = browser(scene.lead).post(url, {"to": str(hidden.pk)})
    assert refused.status_code == 422
    assert str(hidden.pk) in browser(scene.coordinator).get(url).content.decode()
    lead = browser(scene.lead)
    sent = lead.post(url, {"to": str(there.pk)})
    came = there.enrolments.get()
    assert f"{came.person.display_name}</bdi></a> goes on in {there.code}." in lead.get(sent["Location"]).text
    assert sent["Location"] == reverse("cohorts:person", args=[came.pk])
    assert browser(scene.lead).get(url).status_code == 404


def test_without_another_cohort_the_page_says_what_it_takes(scene, person):
    page = browser(scene.lead).get(reverse("cohorts:transfer", args=[person.pk])).content.decode()
    assert "It takes an open cohort" in page


def test_brought_marks_are_shown_as_such(scene, there, person, at):
    mark(person, scene.cohort.sessions.first())
    came = transfer(person, there, scene.lead, at)
    grid = browser(scene.lead).get(reverse("attendance:overview", args=[there.pk])).content.decode()
    assert grid.count("<sup>*</sup>") == 1
    hub = browser(came.person).get(there.get_absolute_url()).content.decode()
    assert hub.count("in your cohort before") == 1
    assert "from which somebody was transferred" in grid


def test_a_co_trainer_of_both_may_transfer(scene, there, person):
    helper = scene.other_lead
    add_trainer(scene.cohort, helper)
    add_trainer(there, helper)
    url = reverse("cohorts:transfer", args=[person.pk])
    assert browser(helper).post(url, {"to": str(there.pk)}).status_code == 302


# ── At once ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
def test_the_last_place_there_is_given_once_and_nobody_is_in_two(tmp_path, at):
    here = make_cohort()
    lead = here.trainers.get().person
    small, large = (make_cohort(here.organisation, here.region, lead, capacity=size) for size in (1, 30))
    first, second, torn = (make_enrolment(here) for _person in range(3))
    with real_database(tmp_path):
        places = at_once(
            lambda: transfer(first, small, lead, at).state,
            lambda: transfer(second, small, lead, at).state,
        )
        ways = at_once(
            lambda: transfer(torn, large, lead, at).state,
            lambda: transfer(torn, large, lead, at).state,
        )
        [states] = at_once(lambda: sorted(Enrolment.objects.filter(person=torn.person).values_list("state", flat=True)))
    assert places.count("enrolled") == 1
    assert sum(isinstance(result, actions.CohortFull) for result in places) == 1
    assert ways.count("enrolled") == 1
    assert sum(isinstance(result, actions.NoPlaceToLeave) for result in ways) == 1
    assert states == ["enrolled", "withdrawn"]


@pytest.mark.django_db(transaction=True)
def test_two_people_exchange_their_places_without_waiting_for_one_another(tmp_path, at):
    here = make_cohort()
    lead = here.trainers.get().person
    there = make_cohort(here.organisation, here.region, lead)
    one, other = make_enrolment(here), make_enrolment(there)
    with real_database(tmp_path):
        results = at_once(
            lambda: transfer(one, there, lead, at).cohort_id, lambda: transfer(other, here, lead, at).cohort_id
        )
    assert results == [there.pk, here.pk]
