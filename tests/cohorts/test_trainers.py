"""Who trains from now on, and who stood in for one session."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.assessments.actions import NotLeading, record_observation
from lms.attendance.models import AttendanceEvent, Source
from lms.cohorts import actions
from lms.cohorts.models import CohortState, Level, Session, SessionState
from lms.cohorts.queries import leader_of, sessions_for
from lms.common.codes import new_id
from lms.people.models import AuditEntry, RoleKind
from tests.factories.cohorts import add_trainer, make_cohort, make_enrolment, make_standing
from tests.factories.people import browser, make_role, make_staff
from tests.parallel import at_once, real_database

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(scene):
    """Somebody else who may train the module for the organisation, and is in no way part of the cohort."""
    trainer = make_staff("other-trainer", "Бермет")
    make_standing(trainer, scene.organisation, level=Level.CERTIFIED, qualified_in=scene.cohort)
    return trainer


@pytest.fixture
def session(scene) -> Session:
    """A session of right now."""
    session, now = scene.cohort.sessions.first(), timezone.now()
    Session.objects.filter(pk=session.pk).update(starts_at=now, ends_at=now + timedelta(minutes=90))
    session.refresh_from_db()
    return session


def parts(cohort) -> set:
    return {(part.person, part.part, part.standing_id is not None) for part in cohort.trainers.all()}


def test_a_draft_changes_its_trainers_freely(regions, at):
    cohort = make_cohort(region=regions["KG-B"], state="draft")
    lead, helper = make_staff(), make_staff()
    actions.change_trainers(cohort=cohort, lead=lead, co_trainers=[helper, lead], by=lead, at=at)
    assert parts(cohort) == {(lead, "lead", False), (helper, "co", False)}


def test_another_lead_takes_over_and_the_lineage_stays(scene, other, at):
    parent = make_cohort(scene.organisation, scene.region)
    type(scene.cohort).objects.filter(pk=scene.cohort.pk).update(parent=parent, generation=3)
    held = scene.cohort.sessions.first()
    Session.objects.filter(pk=held.pk).update(state=SessionState.HELD)
    actions.change_trainers(cohort=scene.cohort, lead=other, co_trainers=[scene.lead], by=scene.coordinator, at=at)
    scene.cohort.refresh_from_db()
    assert (scene.cohort.parent, scene.cohort.generation) == (parent, 3)
    assert parts(scene.cohort) == {(other, "lead", True), (scene.lead, "co", False)}
    assert [leader_of(session) for session in scene.cohort.sessions.all()] == [scene.lead, other]
    assert AuditEntry.objects.get(verb="change_trainers").details == {
        "lead": str(other.pk),
        "lead_before": str(scene.lead.pk),
    }


def test_the_new_lead_needs_what_opening_asks(scene, at):
    novice, candidate = make_staff(), make_staff()
    make_standing(candidate, scene.organisation, level=Level.CANDIDATE)
    for lead, error in ((novice, actions.LeadWithoutStanding), (candidate, actions.CandidateNeedsCoach)):
        with pytest.raises(error):
            actions.change_trainers(cohort=scene.cohort, lead=lead, co_trainers=[], by=scene.coordinator, at=at)
    assert parts(scene.cohort) == {(scene.lead, "lead", True)}


def test_whoever_rests_takes_over_no_cohort_and_helps_in_one(scene, other, at):
    other.standings.update(state="dormant")
    with pytest.raises(actions.LeadRests) as refused:
        actions.change_trainers(cohort=scene.cohort, lead=other, co_trainers=[], by=scene.coordinator, at=at)
    assert "co-trainer" in str(refused.value)
    url, client = reverse("cohorts:trainers", args=[scene.cohort.pk]), browser(scene.coordinator)
    page = client.get(url).content.decode()
    assert ("rests: as a co-trainer only" in page, "no standing here" in page) == (True, False)
    assert client.post(url, {"lead": str(other.pk)}).status_code == 422
    client.post(url, {"lead": str(scene.lead.pk), "co_trainers": [str(other.pk)]})
    assert parts(scene.cohort) == {(scene.lead, "lead", True), (other, "co", False)}


def test_a_helper_is_added_though_the_lead_s_standing_has_ended(scene, other, at):
    scene.lead.standings.update(state="withdrawn")
    actions.change_trainers(cohort=scene.cohort, lead=scene.lead, co_trainers=[other], by=scene.coordinator, at=at)
    assert parts(scene.cohort) == {(scene.lead, "lead", True), (other, "co", False)}


def test_nobody_trains_a_cohort_and_takes_part_in_it(scene, other, at):
    told = {"cohort": scene.cohort, "by": scene.coordinator, "at": at}
    hers = make_enrolment(scene.cohort, other, state="waiting")
    for lead, helpers in ((scene.lead, [other]), (other, [])):
        with pytest.raises(actions.TakesPartHere, match="Бермет takes part"):
            actions.change_trainers(lead=lead, co_trainers=helpers, **told)
    assert parts(scene.cohort) == {(scene.lead, "lead", True)}
    url = reverse("cohorts:trainers", args=[scene.cohort.pk])
    refused = browser(scene.coordinator).post(url, {"lead": str(scene.lead.pk), "co_trainers": [str(other.pk)]})
    assert (refused.status_code, "Withdraw her first" in refused.text) == (422, True)
    actions.withdraw_enrolment(enrolment=hers, reason="other", by=scene.lead, at=at)
    actions.change_trainers(lead=scene.lead, co_trainers=[other], **told)
    again = {"by": scene.coordinator, "at": at}
    for enrol in (
        lambda: actions.enrol_person(person=other, **told),
        lambda: actions.enrol_again(enrolment=hers, **again),
        lambda: actions.join_cohort(cohort=scene.cohort, person=other, language="ky", by=other, at=at),
    ):
        with pytest.raises(actions.TrainsHere):
            enrol()


def test_the_page_says_that_the_lineage_stays_and_what_is_missing(scene):
    novice = make_staff("novice")
    make_role(novice, RoleKind.TRAINER, scene.organisation)
    url, client = reverse("cohorts:trainers", args=[scene.cohort.pk]), browser(scene.coordinator)
    assert "the cohort stays generation 1" in client.get(url).content.decode()
    refused = client.post(url, {"lead": str(novice.pk)})
    page = refused.content.decode()
    assert (refused.status_code, "may not train the module M1" in page) == (422, True)
    edit = reverse("cohorts:edit", args=[scene.cohort.pk])
    assert url in client.get(edit).content.decode()
    assert url not in browser(scene.lead).get(edit).content.decode()


# ── One session ──────────────────────────────────────────────────────────────────────────────────────────────────────


def stand_in(session, person, by, at):
    return actions.name_substitute(session=session, person=person, by=by, at=at)


def test_who_really_led_is_noted_and_taken_back(scene, session, other, at):
    for _repeat in range(2):
        assert stand_in(session, other, scene.lead, at).led_by == other
    assert AuditEntry.objects.filter(verb="name_substitute").count() == 1
    assert stand_in(session, None, scene.lead, at).led_by is None
    Session.objects.filter(pk=session.pk).update(state=SessionState.HELD)
    helper = make_staff()
    add_trainer(scene.cohort, helper)
    assert stand_in(session, helper, scene.lead, at).led_by == helper


def test_not_everybody_stands_in(scene, session, regions, at):
    elsewhere = make_staff()
    make_standing(elsewhere, scene.organisation, region=regions["KG-N"])
    ended = make_staff()
    make_standing(ended, scene.organisation, ends_on=timezone.localdate() - timedelta(days=1))
    for person in (scene.participant, scene.monitor, scene.lead, elsewhere, ended):
        with pytest.raises(actions.MayNotStandIn):
            stand_in(session, person, scene.lead, at)
    Session.objects.filter(pk=session.pk).update(state=SessionState.CANCELLED)
    with pytest.raises(actions.SessionIsCancelled):
        stand_in(session, None, scene.lead, at)


def test_she_sees_this_roster_for_a_while_and_nothing_else(scene, session, other, at):
    stand_in(session, other, scene.lead, at)
    second, client = scene.cohort.sessions.exclude(pk=session.pk).get(), browser(other)
    roster = reverse("attendance:roster", args=[session.pk])
    page = client.get(roster).content.decode()
    assert ("Айгүл Өмүрова" in page, scene.cohort.get_absolute_url() in page) == (True, False)
    desk = client.get("/en/desk/").content.decode()
    assert roster in desk
    plan = reverse("cohorts:facilitator_plan", args=[scene.cohort.pk, session.lesson_code])
    assert (plan in desk, client.get(plan).status_code) == (True, 200)
    closed = [reverse("attendance:roster", args=[second.pk]), scene.cohort.get_absolute_url()]
    closed += [reverse(f"cohorts:{name}", args=[scene.cohort.pk]) for name in ("roster", "cards", "edit")]
    closed += [reverse("cohorts:person", args=[scene.cohort.enrolments.get().pk])]
    assert {client.get(address).status_code for address in closed} == {404}
    Session.objects.filter(pk=session.pk).update(
        starts_at=timezone.now() - timedelta(days=5), ends_at=timezone.now() - timedelta(days=4)
    )
    assert client.get(roster).status_code == 404
    assert not sessions_for(other).exists()


def test_she_marks_as_the_trainer_of_that_session(scene, session, other, at):
    stand_in(session, other, scene.lead, at)
    person = scene.cohort.enrolments.get()
    roster = reverse("attendance:roster", args=[session.pk])
    assert browser(other).post(roster, {"batch": new_id(), f"mark-{person.pk}": "present"}).status_code == 302
    assert AttendanceEvent.objects.get().source == Source.ROSTER
    hub = browser(scene.lead).get(scene.cohort.get_absolute_url()).content.decode()
    assert "led by <bdi>Бермет</bdi>" in hub


def test_after_closing_she_sees_nobody_any_more(scene, session, other, at):
    stand_in(session, other, scene.lead, at)
    type(scene.cohort).objects.filter(pk=scene.cohort.pk).update(state=CohortState.CLOSED)
    assert not sessions_for(other).exists()


def test_what_an_observer_saw_is_about_whoever_led(scene, session, other, at):
    stand_in(session, other, scene.lead, at)
    session.refresh_from_db()
    observer = make_staff("observer")
    make_role(observer, RoleKind.OBSERVER, scene.organisation)
    fields = {"kind": "real_session", "cohort": scene.cohort, "module_code": "M1", "session": session, "passed": True}
    said = {**fields, "note": "Good.", "observed_on": at.date(), "by": observer, "at": at}
    with pytest.raises(NotLeading):
        record_observation(**said, person=scene.lead)
    assert record_observation(**said, person=other).person == other
    page = browser(observer).get(reverse("assessments:observations", args=[scene.cohort.pk])).content.decode()
    assert "· Бермет</option>" in page


def test_the_page_names_the_substitute_and_refuses_a_stranger(scene, session, other):
    url, page = (reverse(f"cohorts:{name}", args=[session.pk]) for name in ("substitute", "session"))
    client = browser(scene.lead)
    assert "Бермет" in client.get(page).content.decode()
    client.post(url, {"person": str(other.pk)})
    client.post(url, {"person": str(scene.monitor.pk)})
    session.refresh_from_db()
    assert session.led_by == other
    client.post(url, {"person": ""})
    session.refresh_from_db()
    assert session.led_by is None
    helper = make_staff("helper")
    add_trainer(scene.cohort, helper)
    assert browser(helper).post(url, {"person": ""}).status_code == 403
    for stranger in (*scene.strangers, scene.participant):
        assert browser(stranger).post(url, {"person": ""}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_change_the_lead_at_once(tmp_path, at):
    cohort, others = make_cohort(), [make_staff(), make_staff()]
    for person in others:
        make_standing(person, cohort.organisation)
    make_enrolment(cohort)

    def change(person):
        return lambda: actions.change_trainers(cohort=cohort, lead=person, co_trainers=[], by=person, at=at).pk

    with real_database(tmp_path):
        results = at_once(*map(change, others))
        [leads] = at_once(lambda: [part.person_id for part in cohort.trainers.filter(part="lead")])
    assert results == [cohort.pk] * 2
    assert len(leads) == 1
    assert leads[0] in [person.pk for person in others]
