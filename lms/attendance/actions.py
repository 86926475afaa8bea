"""Marking: by the trainer for the whole room, by a participant for herself, by a coordinator as a correction."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from lms.attendance.models import AttendanceEvent, Mark, Source, Status
from lms.attendance.scoring import weigh_events
from lms.cohorts.models import Cohort, CohortState, EnrolmentState, Session, SessionState
from lms.common.errors import ActionError
from lms.people.actions import record_audit
from lms.people.models import User

# A room may be marked, and a participant may check in, from this long before the planned beginning.
ROSTER_OPENS = timedelta(hours=2)
CHECKIN_OPENS = timedelta(minutes=30)
# Who checks in later than this after the beginning is late; after the end the room's code closes.
LATE_AFTER = timedelta(minutes=15)
CHECKIN_CLOSES = timedelta(minutes=15)


class SessionNotOpen(ActionError):
    """Cancelled, or its cohort is not running."""

    code = "session_not_open"
    message = _("This session takes no marks: it was cancelled, or its cohort is not open.")


class TooEarly(ActionError):
    """Before the time window."""

    code = "too_early"
    message = _("It is too early: this session begins on %(when)s.")


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


class SameIdOtherBody(ActionError):
    """An event with this id exists and says something else."""

    code = "same_id_other_body"
    message = _("This mark was sent before with another content. Open the page again.")


@transaction.atomic
def record_roster(
    *, session: Session, statuses: Mapping[UUID, str], batch: UUID, by: User, at: datetime, source: str = Source.ROSTER
) -> int:
    """Marks many people of one session at once; returns how many marks were new or changed.

    `statuses` maps enrolment ids to a Status; those that say what stands already are left alone.  `batch` names this
    sheet: sent twice it makes the same events.  Who is not enrolled in the session's cohort is passed over, and so is
    whoever marks: nobody says of herself that she was there, except with the room's code.
    Raises SessionNotOpen, TooEarly.
    """
    session = _lock(session)
    _check_open(session, at, ROSTER_OPENS)
    marks = {mark.enrolment_id: mark for mark in Mark.objects.filter(session=session).select_for_update()}
    others = session.cohort.enrolments.filter(state=EnrolmentState.ENROLLED).exclude(person=by)
    enrolled = set(others.values_list("pk", flat=True))
    said = {
        enrolment_id: Status(status)
        for enrolment_id, status in statuses.items()
        if enrolment_id in enrolled and (enrolment_id not in marks or marks[enrolment_id].status != status)
    }
    events = [
        _event(uuid5(batch, f"{enrolment_id}{status}"), session, enrolment_id, status, source, by, at)
        for enrolment_id, status in said.items()
    ]
    return _add_events(session, events, marks, by, at)


@transaction.atomic
def check_in(*, session: Session, person: User, event_id: UUID, at: datetime) -> Mark:
    """A participant marks herself with the room's code, present or late by the server's clock.

    Raises SessionNotOpen, TooEarly, TooLate, NotEnrolled, AlreadyMarked.  `event_id` sent twice gives the same mark.
    """
    session = _lock(session)
    check_room_open(session=session, at=at)
    enrolment = session.cohort.enrolments.filter(person=person, state=EnrolmentState.ENROLLED).first()
    if enrolment is None:
        raise NotEnrolled
    standing = Mark.objects.filter(session=session, enrolment=enrolment).first()
    if standing is not None:
        if standing.event_id == event_id:
            return standing
        raise AlreadyMarked(status=standing.get_status_display())
    status = Status.LATE if at > session.starts_at + LATE_AFTER else Status.PRESENT
    _add_events(session, [_event(event_id, session, enrolment.pk, status, Source.SELF, person, at)], {}, person, at)
    return Mark.objects.get(session=session, enrolment=enrolment)


def check_room_open(*, session: Session, at: datetime) -> None:
    """Says nothing while participants can check in.  Raises SessionNotOpen, TooEarly, TooLate."""
    _check_open(session, at, CHECKIN_OPENS)
    if at > session.ends_at + CHECKIN_CLOSES:
        raise TooLate


def _lock(session: Session) -> Session:
    """The session's row under lock, with its cohort: two sheets for one room are taken one after the other."""
    return Session.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=session.pk)


def _check_open(session: Session, at: datetime, opens_before: timedelta) -> None:
    if session.state == SessionState.CANCELLED or not session.cohort.is_live:
        raise SessionNotOpen
    if at < session.starts_at - opens_before:
        raise TooEarly(when=_when(session))


def _when(session: Session) -> str:
    return date_format(localtime(session.starts_at), "DATETIME_FORMAT")


def _event(
    event_id: UUID, session: Session, enrolment_id: UUID, status: str, source: str, by: User, at: datetime
) -> AttendanceEvent:
    body = json.dumps([str(session.pk), str(enrolment_id), status, source, str(by.pk)])
    return AttendanceEvent(
        id=event_id,
        session=session,
        enrolment_id=enrolment_id,
        status=status,
        source=source,
        recorded_by=by,
        taken_at=at,
        received_at=at,
        body_hash=hashlib.sha256(body.encode()).hexdigest(),
    )


def _add_events(
    session: Session, events: list[AttendanceEvent], marks: dict[UUID, Mark], by: User, at: datetime
) -> int:
    """Adds what is new, points corrections at what they correct, and derives the marks again."""
    known = dict(AttendanceEvent.objects.filter(pk__in=[event.pk for event in events]).values_list("pk", "body_hash"))
    if any(known.get(event.pk, event.body_hash) != event.body_hash for event in events):
        raise SameIdOtherBody
    new = [event for event in events if event.pk not in known]
    for event in new:
        mark = marks.get(event.enrolment_id)
        event.corrects_id = mark.event_id if mark else None
    AttendanceEvent.objects.bulk_create(new)
    _derive_marks(session, {event.enrolment_id for event in new}, at)
    if new:
        _note_held(session)
        record_audit(verb="mark_attendance", subject=session, by=by, at=at, details={"events": len(new)})
    return len(new)


def _derive_marks(session: Session, enrolment_ids: set[UUID], at: datetime) -> None:
    evidence: dict[UUID, list[AttendanceEvent]] = defaultdict(list)
    for event in AttendanceEvent.objects.filter(session=session, enrolment__in=enrolment_ids):
        evidence[event.enrolment_id].append(event)
    fresh = []
    for enrolment_id, events in evidence.items():
        event, disputed = weigh_events(events)
        fresh.append(
            Mark(
                session=session,
                enrolment_id=enrolment_id,
                status=event.status,
                event=event,
                is_disputed=disputed,
                updated_at=at,
            )
        )
    Mark.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["session", "enrolment"],
        update_fields=["status", "event", "is_disputed", "updated_at"],
    )


def _note_held(session: Session) -> None:
    """The first mark says that the session takes place and that the cohort runs."""
    if session.state == SessionState.PLANNED:
        Session.objects.filter(pk=session.pk).update(state=SessionState.HELD)
    if session.cohort.state == CohortState.OPEN:
        Cohort.objects.filter(pk=session.cohort_id, state=CohortState.OPEN).update(state=CohortState.RUNNING)
