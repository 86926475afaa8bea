"""Marking: by the trainer for the whole room, by a participant for herself; corrected and undone one by one."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from lms.attendance.actions.deriving import derive_marks
from lms.attendance.actions.overruling import CoordinatorDecided, MarkChanged, check_overruled
from lms.attendance.checks import (
    CHECKIN_CLOSES,
    CHECKIN_OPENS,
    LATE_AFTER,
    ROSTER_OPENS,
    is_settled,
    takes_corrections,
    takes_marks,
)
from lms.attendance.models import ATTENDED, AttendanceEvent, Mark, Source, Status
from lms.attendance.queries import status_before
from lms.cohorts.actions import ReasonNeeded
from lms.cohorts.models import Cohort, CohortState, Enrolment, EnrolmentState, Session, SessionState
from lms.cohorts.permissions import manages
from lms.common.errors import ActionError
from lms.people.actions import record_audit
from lms.people.models import User


class SessionNotOpen(ActionError):
    """Its cohort is not running."""

    code = "session_not_open"
    message = _("This session takes no marks: its cohort is not open.")


class CohortClosed(SessionNotOpen):
    """Its cohort has come to its end."""

    code = "cohort_closed"
    message = _("This session takes no marks: the cohort is closed.")


class SessionCancelled(SessionNotOpen):
    """It is not held."""

    code = "session_cancelled"
    message = _("This session takes no marks: it was cancelled.")


def no_marks_because(*, session: Session) -> SessionNotOpen:
    """Why no time will do for marking it."""
    if session.state == SessionState.CANCELLED:
        return SessionCancelled()
    return CohortClosed() if session.cohort.state == CohortState.CLOSED else SessionNotOpen()


class AttendanceCounted(ActionError):
    """Its term is over: names stand beside no mark of it any more."""

    code = "attendance_counted"
    message = _("The attendance of this cohort is kept as counts without names by now, so it takes no marks.")


class TooEarly(ActionError):
    """Before the time window."""

    code = "too_early"
    message = _("It is too early: this session begins on %(when)s.")


class NotLateYet(ActionError):
    """Nothing has begun for which she could be late."""

    code = "not_late_yet"
    message = _(
        "Nobody is late before the session begins: %(when)s. If it began earlier than planned, change its time first."
    )


class TooLate(ActionError):
    """After the time window."""

    code = "too_late"
    message = _("The check-in for this session has closed. Ask the trainer to mark you.")


class NotEnrolled(ActionError):
    """The person is not in this cohort."""

    code = "not_enrolled"
    message = _("You are not enrolled in this cohort. Ask the trainer.")


class AlreadyMarked(ActionError):
    """There is a mark already; nothing is lost."""

    code = "already_marked"
    message = _("You are marked already: %(status)s.")


class MarkedAway(ActionError):
    """Whoever keeps the list says that she is not here; a code that she scanned does not overrule it."""

    code = "marked_away"
    message = _("The trainer marked you: %(status)s. If you are here, tell her now: she puts it right.")


class MarkTakenBack(ActionError):
    """She checked in by the room's code, and somebody took that mark back."""

    code = "mark_taken_back"
    message = _("Your mark was taken back. Ask the trainer to mark you.")


class OwnMark(ActionError):
    """Whoever marks takes part herself."""

    code = "own_mark"
    message = _("Nobody corrects her own mark. Ask another trainer or the coordinator.")


class NotOnRoster(ActionError):
    """The person to be marked is not in the session's cohort."""

    code = "not_on_roster"
    message = _("This person is not on the roster of this session.")


class SameIdOtherBody(ActionError):
    """An event with this id exists and says something else."""

    code = "same_id_other_body"
    message = _("This mark was sent before with another content. Open the page again.")


@dataclass(frozen=True, kw_only=True)
class Correction:
    """Which mark she saw when she corrected it (None: there was none), the id of her word, and why."""

    seen: UUID | None
    event_id: UUID
    reason: str = ""


@transaction.atomic
def record_roster(
    *,
    session: Session,
    statuses: Mapping[UUID, str],
    over: Mapping[UUID, str] | None = None,
    batch: UUID,
    by: User,
    at: datetime,
    source: str = Source.ROSTER,
    reason: str = "",
) -> int:
    """Marks many people of one session at once; returns how many marks were new or changed.

    `statuses` maps enrolment ids to one of SAID; those that say what stands already are left alone.  `over` maps them
    to the status that each was said over; whoever is not in it had none.  `batch` names this sheet: sent twice it makes
    the same events.  Who is not enrolled in the session's cohort is passed over, and so is whoever marks: nobody says
    of herself that she was there, except with the room's code.  `reason` is needed where a mark changes that has
    settled.  Raises SessionNotOpen, TooEarly, MarksChanged, MarksDecided, NotLateYet, ReasonNeeded.
    """
    session = _lock(session)
    _check_open(session, at, ROSTER_OPENS)
    standing = Mark.objects.filter(session=session).select_related("event")
    marks = {mark.enrolment_id: mark for mark in standing.select_for_update(of=("self",), no_key=True)}
    others = session.cohort.enrolments.filter(state=EnrolmentState.ENROLLED).exclude(person=by)
    enrolled = set(others.values_list("pk", flat=True))
    said = {
        enrolment_id: Status(status)
        for enrolment_id, status in statuses.items()
        if enrolment_id in enrolled and (enrolment_id not in marks or marks[enrolment_id].status != status)
    }
    events = [
        _event(uuid5(batch, f"{enrolment_id}{status}"), session, enrolment_id, status, source, by, at, reason)
        for enrolment_id, status in said.items()
    ]
    check_overruled(events=events, marks=marks, over=over or {})
    _check_late(session, said.values(), at)
    return _add_events(session, events, marks, by, at)


@transaction.atomic
def check_in(*, session: Session, person: User, event_id: UUID, at: datetime) -> Mark:
    """A participant marks herself with the room's code, present or late by the server's clock.

    Raises SessionNotOpen, TooEarly, TooLate, NotEnrolled, AlreadyMarked, MarkedAway, MarkTakenBack.  `event_id`
    sent twice gives the same mark.
    """
    session = _lock(session)
    check_room_open(session=session, at=at)
    enrolment = session.cohort.enrolments.filter(person=person, state=EnrolmentState.ENROLLED).first()
    if enrolment is None:
        raise NotEnrolled
    marks = {mark.enrolment_id: mark for mark in Mark.objects.filter(session=session, enrolment=enrolment)}
    if standing := marks.get(enrolment.pk):
        if standing.event_id == event_id:
            return standing
        if standing.status in ATTENDED:
            raise AlreadyMarked(status=standing.get_status_display())
        if standing.status != Status.UNMARKED:
            raise MarkedAway(status=standing.get_status_display())
        if session.events.filter(enrolment=enrolment, source=Source.SELF).exists():
            raise MarkTakenBack
    status = Status.LATE if at > session.starts_at + LATE_AFTER else Status.PRESENT
    _add_events(session, [_event(event_id, session, enrolment.pk, status, Source.SELF, person, at)], marks, person, at)
    return Mark.objects.get(session=session, enrolment=enrolment)


def check_room_open(*, session: Session, at: datetime) -> None:
    """Says nothing while participants can check in.  Raises SessionNotOpen, TooEarly, TooLate."""
    _check_open(session, at, CHECKIN_OPENS)
    if at > session.ends_at + CHECKIN_CLOSES:
        raise TooLate


@transaction.atomic
def correct_mark(
    *, session: Session, enrolment: Enrolment, status: str, correction: Correction, by: User, at: datetime
) -> Mark | None:
    """One person's mark says something else, or nothing (UNMARKED); what was said before stays as evidence.

    Whoever trains corrects while the cohort is open, a coordinator also after it has closed.  None: nothing was said
    and nothing is.  The same `event_id` twice is one correction.
    Raises SessionNotOpen, TooEarly, NotLateYet, OwnMark, NotOnRoster, MarkChanged, CoordinatorDecided, ReasonNeeded.
    """
    return _correct("correct_mark", session, enrolment, status, correction, by, at)


@transaction.atomic
def undo_mark(*, session: Session, enrolment: Enrolment, correction: Correction, by: User, at: datetime) -> Mark | None:
    """Says again what stood before the mark that she saw, or takes it back where nothing did.

    Itself a correction, and undone as one.  Raises what `correct_mark` does.
    """
    said = session.events.filter(enrolment=enrolment).select_related("corrects")
    undone = said.filter(pk=correction.seen).first() if correction.seen else None
    if undone is None:
        raise MarkChanged
    return _correct("undo_mark", session, enrolment, status_before(undone), correction, by, at)


def _correct(
    verb: str, session: Session, enrolment: Enrolment, status: str, correction: Correction, by: User, at: datetime
) -> Mark | None:
    session = _lock(session)
    source = Source.COORDINATOR if manages(by, session.cohort) else Source.ROSTER
    if takes_marks(session) or not takes_corrections(session, by_coordinator=source == Source.COORDINATOR):
        _check_open(session, at, ROSTER_OPENS)
    if enrolment.person_id == by.pk:
        raise OwnMark
    if not session.cohort.enrolments.enrolled().filter(pk=enrolment.pk).exists():
        raise NotOnRoster
    mark = Mark.objects.filter(session=session, enrolment=enrolment).select_related("event").first()
    if not session.events.filter(pk=correction.event_id).exists():
        _check_seen(mark, correction.seen, source)
        if status == (mark.status if mark else Status.UNMARKED):
            return mark
        _check_late(session, [status], at)
    marks = {enrolment.pk: mark} if mark else {}
    event = _event(correction.event_id, session, enrolment.pk, status, source, by, at, correction.reason)
    _add_events(session, [event], marks, by, at, verb=verb)
    _note_not_held(session)
    return Mark.objects.get(session=session, enrolment=enrolment)


def _check_seen(mark: Mark | None, seen: UUID | None, source: Source) -> None:
    if (mark.event_id if mark else None) != seen:
        raise MarkChanged
    if mark and mark.event.source == Source.COORDINATOR and source != Source.COORDINATOR:
        raise CoordinatorDecided


def _lock(session: Session) -> Session:
    """The session's row under lock, with its cohort: two sheets for one room are taken one after the other.

    Raises AttendanceCounted.
    """
    locked = (
        Session.objects.select_for_update(of=("self",), no_key=True).select_related("cohort__region").get(pk=session.pk)
    )
    if locked.cohort.attendance_counted_at:
        raise AttendanceCounted
    return locked


def _check_open(session: Session, at: datetime, opens_before: timedelta) -> None:
    if not takes_marks(session):
        raise no_marks_because(session=session)
    if at < session.starts_at - opens_before:
        raise TooEarly(when=_when(session))


def _check_late(session: Session, statuses: Iterable[str], at: datetime) -> None:
    if at < session.starts_at and Status.LATE in statuses:
        raise NotLateYet(when=_when(session))


def _when(session: Session) -> str:
    return date_format(localtime(session.starts_at), "DATETIME_FORMAT")


def _event(
    event_id: UUID,
    session: Session,
    enrolment_id: UUID,
    status: str,
    source: str,
    by: User,
    at: datetime,
    reason: str = "",
) -> AttendanceEvent:
    body = json.dumps([str(session.pk), str(enrolment_id), status, source, str(by.pk), *filter(None, [reason])])
    return AttendanceEvent(
        id=event_id,
        session=session,
        enrolment_id=enrolment_id,
        status=status,
        source=source,
        reason=reason,
        recorded_by=by,
        taken_at=at,
        received_at=at,
        body_hash=hashlib.sha256(body.encode()).hexdigest(),
    )


def _add_events(
    session: Session,
    events: list[AttendanceEvent],
    marks: dict[UUID, Mark],
    by: User,
    at: datetime,
    verb: str = "mark_attendance",
) -> int:
    """Adds what is new, points corrections at what they correct, and derives the marks again."""
    known = dict(AttendanceEvent.objects.filter(pk__in=[event.pk for event in events]).values_list("pk", "body_hash"))
    if any(known.get(event.pk, event.body_hash) != event.body_hash for event in events):
        raise SameIdOtherBody
    new = [event for event in events if event.pk not in known]
    for event in new:
        mark = marks.get(event.enrolment_id)
        event.corrects_id = mark.event_id if mark else None
        if event.corrects_id and not event.reason and is_settled(session, at):
            raise ReasonNeeded
    AttendanceEvent.objects.bulk_create(new)
    derive_marks(session=session, enrolment_ids={event.enrolment_id for event in new}, at=at)
    if new:
        _note_held(session)
        organisation, details = session.cohort.organisation_id, {"events": len(new)}
        record_audit(verb=verb, subject=session, by=by, at=at, organisation_id=organisation, details=details)
    return len(new)


def _note_held(session: Session) -> None:
    """The first mark says that the session takes place and that the cohort runs."""
    if session.state == SessionState.PLANNED:
        Session.objects.filter(pk=session.pk).update(state=SessionState.HELD)
    if session.cohort.state == CohortState.OPEN:
        Cohort.objects.filter(pk=session.cohort_id, state=CohortState.OPEN).update(state=CohortState.RUNNING)


def _note_not_held(session: Session) -> None:
    """Without the last mark nothing says that it took place: whoever marked the wrong session can move this one."""
    if not session.marks.said().exists():
        Session.objects.filter(pk=session.pk, state=SessionState.HELD).update(state=SessionState.PLANNED)


def erase_reasons(*, person: User) -> None:
    """What was written when her marks were corrected; the marks stay, under her number.  A repeat is harmless."""
    AttendanceEvent.objects.filter(enrolment__person=person).update(reason="")
