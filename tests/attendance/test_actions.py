"""A mark is never lost, never doubled, and every word that was said stays."""

from datetime import timedelta
from uuid import uuid4

import pytest

from lms.attendance.actions import (
    AlreadyMarked,
    Correction,
    MarksChanged,
    MarksDecided,
    NotEnrolled,
    NotLateYet,
    SessionNotOpen,
    TooEarly,
    TooLate,
    check_in,
    record_roster,
    undo_mark,
)
from lms.attendance.models import AttendanceEvent, Mark, Source, Status
from lms.attendance.queries import attendance_by_module, attendance_for, roster_of
from lms.cohorts.actions import ReasonNeeded
from lms.cohorts.models import CohortState, SessionState
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    return make_cohort()


@pytest.fixture
def session(cohort):
    return cohort.sessions.order_by("starts_at").first()


@pytest.fixture
def lead(cohort):
    return cohort.trainers.get().person


def shown(session):
    """What a roster opened now shows of each."""
    return {enrolment: status for enrolment, _name, status, *_more in roster_of(session) if status}


def mark(session, statuses, by, *, over=None, minutes=0, batch=None, source=Source.ROSTER, reason=""):
    return record_roster(
        session=session,
        statuses=statuses,
        over=shown(session) if over is None else over,
        batch=batch or uuid4(),
        source=source,
        reason=reason,
        by=by,
        at=session.starts_at + timedelta(minutes=minutes),
    )


def status_of(enrolment):
    return Mark.objects.get(enrolment=enrolment).status


def test_roster_marks_everyone_and_says_that_the_session_is_held(session, lead):
    people = [make_enrolment(session.cohort) for _ in range(3)]
    assert mark(session, {person.pk: Status.PRESENT for person in people}, lead) == 3
    session.refresh_from_db()
    session.cohort.refresh_from_db()
    assert (session.state, session.cohort.state) == (SessionState.HELD, CohortState.RUNNING)


def test_sheet_sent_twice_makes_the_same_events(session, lead):
    person, batch = make_enrolment(session.cohort), uuid4()
    assert mark(session, {person.pk: Status.PRESENT}, lead, batch=batch) == 1
    assert mark(session, {person.pk: Status.PRESENT}, lead, batch=batch) == 0
    assert AttendanceEvent.objects.count() == 1


def test_sheet_that_arrives_again_after_a_correction_changes_nothing(session, lead):
    person, batch = make_enrolment(session.cohort), uuid4()
    mark(session, {person.pk: Status.PRESENT}, lead, batch=batch)
    mark(session, {person.pk: Status.LATE}, lead, minutes=5)
    assert mark(session, {person.pk: Status.PRESENT}, lead, batch=batch, over={}, minutes=6) == 0
    assert status_of(person) == Status.LATE


def test_a_sheet_overrules_no_word_that_it_did_not_show(session, lead):
    """Nothing of it is taken, and it is said whose marks stand against it."""
    corrected, other, agreed = (make_enrolment(session.cohort) for _number in range(3))
    mark(session, {corrected.pk: Status.ABSENT}, lead)
    opened = shown(session)
    mark(session, {corrected.pk: Status.EXCUSED, agreed.pk: Status.PRESENT}, lead, minutes=5)
    sheet = {corrected.pk: Status.LATE, other.pk: Status.PRESENT, agreed.pk: Status.PRESENT}
    with pytest.raises(MarksChanged) as refusal:
        mark(session, sheet, lead, over=opened, minutes=6)
    assert refusal.value.enrolments == {corrected.pk}
    assert shown(session) == {corrected.pk: Status.EXCUSED, agreed.pk: Status.PRESENT}
    assert mark(session, sheet, lead, minutes=7) == 2
    assert shown(session) == sheet


def test_a_trainers_sheet_does_not_go_over_a_coordinators_word(session, lead):
    """Nor is it taken in silence, to change nothing."""
    decided, other = make_enrolment(session.cohort), make_enrolment(session.cohort)
    mark(session, {decided.pk: Status.EXCUSED}, lead, source=Source.COORDINATOR)
    sheet = {decided.pk: Status.ABSENT, other.pk: Status.PRESENT}
    with pytest.raises(MarksDecided) as refusal:
        mark(session, sheet, lead, minutes=5)
    assert (refusal.value.enrolments, shown(session)) == ({decided.pk}, {decided.pk: Status.EXCUSED})
    assert mark(session, sheet, lead, minutes=6, source=Source.COORDINATOR) == 2
    mark(session, {other.pk: Status.LATE}, lead, minutes=7, source=Source.COORDINATOR)
    assert mark(session, sheet | {other.pk: Status.LATE}, lead, minutes=8) == 0


def test_a_sheet_marks_over_nothing_where_nothing_stands(session, lead):
    """Taken back meanwhile, by the room's code meanwhile, or never said."""
    taken_back, here, new = (make_enrolment(session.cohort) for _number in range(3))
    mark(session, {taken_back.pk: Status.ABSENT}, lead)
    opened = shown(session)
    seen = Mark.objects.get(enrolment=taken_back).event_id
    correction = Correction(seen=seen, event_id=uuid4())
    undo_mark(session=session, enrolment=taken_back, correction=correction, by=lead, at=session.starts_at)
    check_in(session=session, person=here.person, event_id=uuid4(), at=session.starts_at)
    sheet = dict.fromkeys((taken_back.pk, here.pk, new.pk), Status.LATE)
    with pytest.raises(MarksChanged) as refusal:
        mark(session, sheet, lead, over=opened)
    assert refusal.value.enrolments == {taken_back.pk, here.pk}
    assert mark(session, {taken_back.pk: Status.LATE, new.pk: Status.LATE}, lead, over={}) == 2


def test_correction_is_a_new_event_that_names_the_old_one(session, lead):
    person = make_enrolment(session.cohort)
    mark(session, {person.pk: Status.ABSENT}, lead)
    mark(session, {person.pk: Status.LATE}, lead, minutes=20)
    old, new = AttendanceEvent.objects.order_by("received_at")
    assert (new.corrects, new.status, status_of(person)) == (old, Status.LATE, Status.LATE)


def test_late_sheet_marks_without_a_word_and_changes_with_a_reason(session, lead):
    first, second = make_enrolment(session.cohort), make_enrolment(session.cohort)
    evening = 8 * 60
    assert mark(session, {first.pk: Status.ABSENT}, lead, minutes=evening) == 1
    both = {first.pk: Status.LATE, second.pk: Status.PRESENT}
    with pytest.raises(ReasonNeeded):
        mark(session, both, lead, minutes=evening + 1)
    assert not Mark.objects.filter(enrolment=second).exists()
    assert mark(session, both, lead, minutes=evening + 1, reason="Came at eleven.") == 2
    assert AttendanceEvent.objects.get(enrolment=first, status=Status.LATE).reason == "Came at eleven."


def test_people_of_another_cohort_are_passed_over(session, lead):
    stranger = make_enrolment(make_cohort())
    assert mark(session, {stranger.pk: Status.PRESENT}, lead) == 0
    assert not Mark.objects.exists()


def test_check_in_is_present_then_late(session):
    on_time, late = make_enrolment(session.cohort), make_enrolment(session.cohort)
    check_in(session=session, person=on_time.person, event_id=uuid4(), at=session.starts_at)
    check_in(session=session, person=late.person, event_id=uuid4(), at=session.starts_at + timedelta(minutes=16))
    assert (status_of(on_time), status_of(late)) == (Status.PRESENT, Status.LATE)


def test_check_in_refuses_with_a_reason(session):
    person = make_enrolment(session.cohort).person
    with pytest.raises(TooEarly):
        check_in(session=session, person=person, event_id=uuid4(), at=session.starts_at - timedelta(minutes=31))
    with pytest.raises(TooLate):
        check_in(session=session, person=person, event_id=uuid4(), at=session.ends_at + timedelta(minutes=16))
    with pytest.raises(NotEnrolled):
        check_in(session=session, person=make_person(), event_id=uuid4(), at=session.starts_at)


def test_check_in_again_says_what_stands_and_the_same_event_is_harmless(session):
    person, event = make_enrolment(session.cohort).person, uuid4()
    first = check_in(session=session, person=person, event_id=event, at=session.starts_at)
    assert check_in(session=session, person=person, event_id=event, at=session.starts_at).pk == first.pk
    with pytest.raises(AlreadyMarked):
        check_in(session=session, person=person, event_id=uuid4(), at=session.starts_at)


def test_trainer_who_says_otherwise_holds_and_the_dispute_shows_until_a_coordinator_decides(session, lead):
    person = make_enrolment(session.cohort)
    check_in(session=session, person=person.person, event_id=uuid4(), at=session.starts_at)
    mark(session, {person.pk: Status.ABSENT}, lead, minutes=30)
    assert Mark.objects.get().is_disputed
    assert status_of(person) == Status.ABSENT
    mark(session, {person.pk: Status.LATE}, lead, minutes=60, source=Source.COORDINATOR)
    assert not Mark.objects.get().is_disputed


@pytest.mark.parametrize("state", [CohortState.CLOSED, CohortState.CANCELLED])
def test_closed_cohort_takes_no_marks(session, lead, state):
    person = make_enrolment(session.cohort)
    type(session.cohort).objects.filter(pk=session.cohort_id).update(state=state)
    with pytest.raises(SessionNotOpen):
        mark(session, {person.pk: Status.PRESENT}, lead)


def test_figures_count_planned_sessions_and_skip_cancelled_ones(cohort, lead):
    first, second = cohort.sessions.order_by("starts_at")
    person = make_enrolment(cohort)
    mark(first, {person.pk: Status.PRESENT}, lead)
    assert attendance_for(person)["M1"].percent == 50
    type(second).objects.filter(pk=second.pk).update(state=SessionState.CANCELLED)
    assert attendance_for(person)["M1"].percent == 100
    assert attendance_by_module(cohort)[person.pk, "M1"] == attendance_for(person)["M1"]


@pytest.mark.parametrize("size", [1, 30])
def test_marking_and_counting_take_the_same_queries_for_1_and_30(
    cohort, session, lead, size, django_assert_max_num_queries
):
    people = [make_enrolment(cohort) for _ in range(size)]
    with django_assert_max_num_queries(14):
        mark(session, {person.pk: Status.PRESENT for person in people}, lead)
    with django_assert_max_num_queries(4):
        attendance_by_module(cohort)


def test_nobody_marks_herself_on_the_roster(session, lead):
    herself, other = make_enrolment(session.cohort, lead), make_enrolment(session.cohort)
    assert mark(session, {herself.pk: Status.PRESENT, other.pk: Status.PRESENT}, lead) == 1
    assert set(Mark.objects.values_list("enrolment", flat=True)) == {other.pk}


def test_nobody_is_late_before_the_session_begins(session, lead):
    early, late = make_enrolment(session.cohort), make_enrolment(session.cohort)
    sheet = {early.pk: Status.PRESENT, late.pk: Status.LATE}
    with pytest.raises(NotLateYet):
        mark(session, sheet, lead, minutes=-1)
    assert not Mark.objects.exists()
    assert mark(session, sheet, lead) == 2


def test_who_stands_as_late_already_stops_no_other_mark(session, lead):
    """The session was moved since: what was said stays said."""
    late, early = make_enrolment(session.cohort), make_enrolment(session.cohort)
    mark(session, {late.pk: Status.LATE}, lead)
    session.starts_at += timedelta(hours=1)
    session.save(update_fields=["starts_at"])
    assert mark(session, {late.pk: Status.LATE, early.pk: Status.PRESENT}, lead, minutes=-1) == 1
