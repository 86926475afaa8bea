"""One mark corrected and undone: who may, when it takes a reason, and what stays."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.attendance import actions
from lms.attendance.actions import Correction, correct_mark, undo_mark
from lms.attendance.models import AttendanceEvent, Mark, Source, Status
from lms.attendance.queries import attendance_for, roster_of
from lms.cohorts.actions import ReasonNeeded
from lms.cohorts.models import Cohort, CohortState, Session, SessionState
from lms.people.models import AuditEntry
from tests.factories.cohorts import add_trainer, make_cohort, make_enrolment
from tests.factories.people import make_role, make_staff
from tests.parallel import at_once, real_database

pytestmark = pytest.mark.django_db
DAY = 24 * 60


@pytest.fixture
def cohort(regions):
    return make_cohort(region=regions["KG-B"])


@pytest.fixture
def session(cohort):
    return cohort.sessions.order_by("starts_at").first()


@pytest.fixture
def person(cohort):
    return make_enrolment(cohort)


@pytest.fixture
def lead(cohort):
    return cohort.trainers.get().person


@pytest.fixture
def coordinator(cohort, regions):
    coordinator = make_staff("coordinator")
    make_role(coordinator, "coordinator", cohort.organisation, regions["KG-B"])
    return coordinator


def standing(session, person) -> Mark | None:
    return Mark.objects.filter(session=session, enrolment=person).first()


def say(session, person, by, *, minutes, reason="", seen=None, event_id=None) -> dict:
    """The arguments of a correction by whoever has just looked at the mark."""
    mark = standing(session, person)
    seen = seen or (mark.event_id if mark else None)
    return {
        "session": session,
        "enrolment": person,
        "correction": Correction(seen=seen, event_id=event_id or uuid4(), reason=reason),
        "by": by,
        "at": session.starts_at + timedelta(minutes=minutes),
    }


def mark(session, person, status, by, minutes=0):
    actions.record_roster(
        session=session,
        statuses={person.pk: status},
        over={one: shown for one, _name, shown, *_more in roster_of(session)},
        batch=uuid4(),
        by=by,
        at=session.starts_at + timedelta(minutes=minutes),
    )


def chain(person) -> list[tuple[str, str, str]]:
    """What was said, oldest first: (status, source, reason)."""
    return list(AttendanceEvent.objects.order_by("received_at").values_list("status", "source", "reason"))


def test_trainer_corrects_in_time_without_a_word_and_later_with_a_reason(session, person, lead):
    mark(session, person, Status.ABSENT, lead)
    correct_mark(**say(session, person, lead, minutes=20), status=Status.LATE)
    with pytest.raises(ReasonNeeded):
        correct_mark(**say(session, person, lead, minutes=DAY), status=Status.EXCUSED)
    correct_mark(**say(session, person, lead, minutes=DAY, reason="Her child was ill."), status=Status.EXCUSED)
    assert standing(session, person).status == Status.EXCUSED
    assert chain(person) == [
        (Status.ABSENT, Source.ROSTER, ""),
        (Status.LATE, Source.ROSTER, ""),
        (Status.EXCUSED, Source.ROSTER, "Her child was ill."),
    ]
    entry = AuditEntry.objects.filter(verb="correct_mark").last()
    assert (entry.actor_id, entry.organisation_id, entry.details) == (
        lead.pk,
        session.cohort.organisation_id,
        {"events": 1},
    )


def test_undo_says_again_what_stood_before_and_is_undone_itself(session, person, lead):
    mark(session, person, Status.PRESENT, lead)
    correct_mark(**say(session, person, lead, minutes=5), status=Status.ABSENT)
    undo_mark(**say(session, person, lead, minutes=6))
    assert standing(session, person).status == Status.PRESENT
    undo_mark(**say(session, person, lead, minutes=7))
    assert standing(session, person).status == Status.ABSENT
    events = AttendanceEvent.objects.order_by("received_at")
    assert [event.corrects for event in events] == [None, *events[:3]]
    assert AuditEntry.objects.filter(verb="undo_mark").count() == 2


def test_undoing_the_first_mark_leaves_nobody_marked_and_everything_said(session, person, lead):
    mark(session, person, Status.PRESENT, lead)
    undo_mark(**say(session, person, lead, minutes=5))
    session.refresh_from_db()
    assert (standing(session, person).status, session.state) == (Status.UNMARKED, SessionState.PLANNED)
    assert attendance_for(person)["M1"].attended == 0
    assert AttendanceEvent.objects.count() == 2
    mark(session, person, Status.LATE, lead, minutes=20)
    session.refresh_from_db()
    assert (standing(session, person).status, session.state) == (Status.LATE, SessionState.HELD)
    assert AttendanceEvent.objects.get(status=Status.LATE).corrects.status == Status.UNMARKED


def test_a_check_in_that_was_taken_back_is_not_made_again_by_the_code(session, person, lead):
    at = session.starts_at
    actions.check_in(session=session, person=person.person, event_id=uuid4(), at=at)
    undo_mark(**say(session, person, lead, minutes=5))
    with pytest.raises(actions.MarkTakenBack):
        actions.check_in(session=session, person=person.person, event_id=uuid4(), at=at + timedelta(minutes=6))
    mark(session, person, Status.PRESENT, lead, minutes=7)
    assert (standing(session, person).status, standing(session, person).is_disputed) == (Status.PRESENT, False)


def test_after_a_slip_of_the_trainer_she_checks_in_by_the_code(session, person, lead):
    mark(session, person, Status.ABSENT, lead)
    undo_mark(**say(session, person, lead, minutes=1))
    at = session.starts_at + timedelta(minutes=2)
    assert actions.check_in(session=session, person=person.person, event_id=uuid4(), at=at).status == Status.PRESENT


def test_coordinator_decides_over_the_trainer_and_after_closing(session, person, lead, coordinator):
    mark(session, person, Status.ABSENT, lead)
    Cohort.objects.filter(pk=session.cohort_id).update(state=CohortState.CLOSED)
    late = {"minutes": 40 * DAY, "reason": "The paper sheet has her signature."}
    with pytest.raises(actions.SessionNotOpen):
        correct_mark(**say(session, person, lead, **late), status=Status.PRESENT)
    correct_mark(**say(session, person, coordinator, **late), status=Status.PRESENT)
    assert standing(session, person).event.source == Source.COORDINATOR
    Cohort.objects.filter(pk=session.cohort_id).update(state=CohortState.RUNNING)
    with pytest.raises(actions.CoordinatorDecided):
        correct_mark(**say(session, person, lead, **late), status=Status.ABSENT)
    Cohort.objects.filter(pk=session.cohort_id).update(state=CohortState.CANCELLED)
    with pytest.raises(actions.SessionNotOpen):
        undo_mark(**say(session, person, coordinator, **late))


def test_a_mark_that_changed_meanwhile_is_not_corrected_blindly(session, person, lead):
    mark(session, person, Status.ABSENT, lead)
    seen = standing(session, person).event_id
    mark(session, person, Status.LATE, lead, minutes=5)
    with pytest.raises(actions.MarkChanged):
        correct_mark(**say(session, person, lead, minutes=6, seen=seen), status=Status.PRESENT)
    with pytest.raises(actions.MarkChanged):
        undo_mark(**say(session, person, lead, minutes=6, seen=seen))
    with pytest.raises(actions.MarkChanged):
        undo_mark(**say(session, person, lead, minutes=6, seen=uuid4()))


def test_nobody_outside_the_roster_is_corrected(session, lead):
    for stranger in (make_enrolment(make_cohort()), make_enrolment(session.cohort, state="withdrawn")):
        with pytest.raises(actions.NotOnRoster):
            correct_mark(**say(session, stranger, lead, minutes=5), status=Status.PRESENT)
    assert not AttendanceEvent.objects.exists()


def test_nobody_corrects_or_undoes_her_own_mark(session, lead, coordinator):
    for one in (lead, coordinator):
        own = make_enrolment(session.cohort, one)
        with pytest.raises(actions.OwnMark):
            correct_mark(**say(session, own, one, minutes=5), status=Status.PRESENT)
        actions.check_in(session=session, person=one, event_id=uuid4(), at=session.starts_at)
        with pytest.raises(actions.OwnMark):
            undo_mark(**say(session, own, one, minutes=6))


def test_sent_twice_it_is_one_correction(session, person, lead):
    mark(session, person, Status.ABSENT, lead)
    correction = say(session, person, lead, minutes=5)
    for _press in range(2):
        assert correct_mark(**correction, status=Status.LATE).status == Status.LATE
    assert AttendanceEvent.objects.count() == 2
    with pytest.raises(actions.SameIdOtherBody):
        correct_mark(**correction, status=Status.EXCUSED)
    undo = say(session, person, lead, minutes=6)
    for _press in range(2):
        assert undo_mark(**undo).status == Status.ABSENT
    assert AttendanceEvent.objects.count() == 3


# ── The page ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def address(session, person):
    now = timezone.now()
    Session.objects.filter(pk=session.pk).update(starts_at=now, ends_at=now + timedelta(minutes=90))
    session.refresh_from_db()
    return reverse("attendance:mark", args=[session.pk, person.pk])


def typed(session, person, **more) -> dict:
    found = standing(session, person)
    return {"seen": found.event_id if found else "", "event": uuid4(), "reason": "", **more}


def test_the_page_is_for_those_who_run_the_cohort(client, address, session, person, lead, coordinator):
    helper = make_staff("helper")
    add_trainer(session.cohort, helper)
    other = make_cohort().trainers.get().person
    mark(session, person, Status.ABSENT, lead)
    expected = {
        lead: (200, 302),
        helper: (200, 302),
        coordinator: (200, 302),
        other: (404, 404),
        person.person: (404, 404),
    }
    for who, statuses in expected.items():
        client.force_login(who)
        sent = client.post(address, typed(session, person, do="undo"))
        page = client.get(address)
        assert (who, page.status_code, sent.status_code) == (who, *statuses)
        assert page.status_code == 200 or person.person.display_name not in page.content.decode()


def test_the_page_of_somebody_elsewhere_does_not_exist(client, address, session, lead):
    client.force_login(lead)
    for stranger in (make_enrolment(make_cohort()), make_enrolment(session.cohort, state="waiting")):
        assert client.get(reverse("attendance:mark", args=[session.pk, stranger.pk])).status_code == 404


def test_the_page_corrects_undoes_and_shows_the_history_without_names(client, address, session, person, lead):
    mark(session, person, Status.ABSENT, lead)
    client.force_login(lead)
    page = client.get(address).content.decode()
    assert "Undo: back to “not marked”" in page
    answer = client.post(address, typed(session, person, status="late", reason="Bus."), follow=True)
    page = answer.content.decode()
    assert (standing(session, person).status, "Bus." in page, "Undo: back to “absent”" in page) == ("late", True, True)
    assert page.split(">What was said<")[1].count("trainer&#x27;s roster") == 2
    assert lead.display_name not in page.split(">What was said<")[1]
    same = client.post(address, typed(session, person, status="late"), follow=True).text
    assert ("Nothing changed" in same, "Corrected." in same) == (True, False)


def test_a_late_correction_keeps_what_was_typed_and_asks_beside_the_field(client, address, session, person, lead):
    mark(session, person, Status.ABSENT, lead)
    past = timezone.now() - timedelta(days=2)
    Session.objects.filter(pk=session.pk).update(starts_at=past, ends_at=past + timedelta(minutes=90))
    client.force_login(lead)
    answer = client.post(address, typed(session, person, status="excused"))
    page = answer.content.decode()
    assert (answer.status_code, 'aria-invalid="true"' in page) == (422, True)
    assert page.count("checked") == 1
    assert standing(session, person).status == Status.ABSENT


def test_after_a_refusal_the_page_is_about_the_mark_of_now(client, address, session, person, lead):
    mark(session, person, Status.ABSENT, lead, minutes=-2)
    stale = typed(session, person, status="excused", reason="Ill.")
    mark(session, person, Status.LATE, lead)
    client.force_login(lead)
    answer = client.post(address, stale)
    page = answer.content.decode()
    assert (answer.status_code, "Ill." in page) == (422, True)
    shown = {name: re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("seen", "event")}
    assert shown["seen"] == str(standing(session, person).event_id)
    assert client.post(address, {**stale, **shown}).status_code == 302
    assert standing(session, person).status == Status.EXCUSED


def test_the_roster_asks_for_the_reason_of_a_late_change(client, address, session, person, lead):
    mark(session, person, Status.ABSENT, lead)
    past = timezone.now() - timedelta(days=2)
    Session.objects.filter(pk=session.pk).update(starts_at=past, ends_at=past + timedelta(minutes=90))
    client.force_login(lead)
    roster = reverse("attendance:roster", args=[session.pk])
    sheet = {"batch": uuid4(), f"mark-{person.pk}": "late", f"over-{person.pk}": "absent"}
    answer = client.post(roster, sheet)
    page = answer.content.decode()
    assert (answer.status_code, 'id="id_reason_error"' in page) == (422, True)
    assert page.index('href="#id_reason"') < page.index('class="roster"'), "the refusal is below what a phone shows"
    assert 'value="late" checked' in page
    assert client.post(roster, {**sheet, "reason": "Bus."}).status_code == 302
    assert AttendanceEvent.objects.get(status="late").reason == "Bus."
    assert address.removeprefix(roster) in client.get(roster).content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_people_correct_one_mark_at_once(tmp_path):
    cohort = make_cohort()
    session, person, lead = cohort.sessions.first(), make_enrolment(cohort), cohort.trainers.get().person
    helper = make_staff()
    add_trainer(cohort, helper)
    mark(session, person, Status.ABSENT, lead)
    first = say(session, person, lead, minutes=5)
    second = say(session, person, helper, minutes=5)
    with real_database(tmp_path):
        results = at_once(
            lambda: correct_mark(**first, status=Status.LATE).status,
            lambda: correct_mark(**second, status=Status.EXCUSED).status,
        )
        [events] = at_once(AttendanceEvent.objects.count)
    refused = [result for result in results if isinstance(result, actions.MarkChanged)]
    assert (len(refused), events) == (1, 2)


def test_the_roster_counts_who_is_on_it(client, address, session, person, lead):
    gone = make_enrolment(session.cohort)
    for one in (person, gone):
        mark(session, one, Status.PRESENT, lead)
    type(gone).objects.filter(pk=gone.pk).update(state="withdrawn")
    client.force_login(lead)
    page = client.get(reverse("attendance:roster", args=[session.pk])).content.decode()
    assert page.count('<strong class="number">1</strong>') == 3
