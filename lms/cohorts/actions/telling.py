"""Telling the participants: a reminder before each session, and what was changed.

A notice is planned here and can be seen, moved and cancelled until it is due; then `settle_notice` looks
whether it still holds.
"""

from datetime import datetime, timedelta

from django.db import transaction

from lms.cohorts.actions.opening import lock_unended
from lms.cohorts.checks import batch_name
from lms.cohorts.models import LIVE_STATES, Cohort, DropReason, Session, SessionNotice, SessionState
from lms.cohorts.queries import reason_to_drop, tellable, time_known
from lms.notices.actions import BatchPlan, cancel_batch, cancel_notice, move_batch, plan_batch, send_notice
from lms.notices.models import Notice
from lms.people.actions import record_audit
from lms.people.models import User

# The Celery task that checks our notices (lms.cohorts.tasks).
CHECK_NOTICE = "cohorts.check_notice"
REMINDED_BEFORE = timedelta(days=2)
# Reminders can be seen so long before their session.
SEEN_BEFORE = timedelta(days=14)
# Time to think again after a tick at "tell the participants".
GRACE = timedelta(minutes=10)


@transaction.atomic
def tell_participants(*, cohort: Cohort, kind: str, session: Session, by: User, at: datetime) -> int:
    """Tells those who are enrolled, in ten minutes, that the session is as it is now; says how many they are.

    `kind` is one of SessionNotice but REMINDER.  What waited about this session gives way to it.  Nobody is told of a
    cohort that is still a draft.  Raises CohortEnded.
    """
    locked = lock_unended(cohort=cohort)
    if not locked.is_live:
        return 0
    _give_way(SessionNotice(kind), session, at)
    plan = _plan(SessionNotice(kind), session, at + GRACE)
    told = plan_batch(plan=plan, people=tellable(locked), at=at)
    note_telling(verb="tell_participants", cohort=locked, batch=plan.name, by=by, at=at)
    return told


@transaction.atomic
def tell_of_calling_off(*, cohort: Cohort, by: User, at: datetime) -> int:
    """Together with `cancel_cohort`, before it: that none of the meetings to come takes place; says to how many.

    One message, about the first of them.  Raises CohortEnded.
    """
    taking_place = cohort.sessions.exclude(state=SessionState.CANCELLED)
    coming = taking_place.filter(starts_at__gt=at + GRACE).order_by("starts_at").first()
    if coming is None:
        return 0
    return tell_participants(cohort=cohort, kind=SessionNotice.CALLED_OFF, session=coming, by=by, at=at)


@transaction.atomic
def plan_reminders(*, at: datetime) -> int:
    """A reminder two days before each session to come, for everyone enrolled who has none yet; says how many are new.

    Whoever enrols later than that has just been told when the sessions are.
    """
    soon = Session.objects.filter(
        state=SessionState.PLANNED,
        cohort__state__in=LIVE_STATES,
        starts_at__gt=at + REMINDED_BEFORE,
        starts_at__lte=at + SEEN_BEFORE,
    )
    sessions = list(soon.select_related("cohort").order_by("starts_at"))
    people = {session.cohort_id: list(tellable(session.cohort)) for session in sessions}
    return sum(
        plan_batch(
            plan=_plan(SessionNotice.REMINDER, session, session.starts_at - REMINDED_BEFORE),
            people=people[session.cohort_id],
            at=at,
        )
        for session in sessions
    )


def _give_way(kind: SessionNotice, session: Session, at: datetime) -> None:
    """What waits about this session and says less than the new message is not sent.

    Who leads it and when it is are two things: neither takes the other's place.
    """
    waiting = Notice.objects.filter(group_id=session.cohort_id, subject_id=str(session.pk)).waiting()
    if kind == SessionNotice.LED:
        waiting = waiting.filter(kind=kind)
    elif kind not in (SessionNotice.CANCELLED, SessionNotice.CALLED_OFF):
        waiting = waiting.exclude(kind=SessionNotice.LED)
    still_true = {batch_name(kind, session), batch_name(SessionNotice.REMINDER, session)}
    for batch in set(waiting.values_list("batch", flat=True)) - still_true:
        cancel_batch(batch=batch, reason=DropReason.REPLACED, at=at)


def settle_notice(*, notice: Notice, at: datetime) -> None:
    """Sends it if it still holds, else cancels it and says why.  Never within a transaction: see send_notice."""
    reason = reason_to_drop(notice, at)
    if reason is None:
        send_notice(notice=notice, at=at)
    else:
        cancel_notice(notice=notice, reason=reason, at=at)


@transaction.atomic
def move_telling(*, cohort: Cohort, batch: str, due_at: datetime, by: User, at: datetime) -> int:
    """Another time for a message that waits; says to how many.  Raises BatchDone."""
    moved = move_batch(batch=batch, due_at=due_at, at=at)
    note_telling(verb="move_notices", cohort=cohort, batch=batch, by=by, at=at)
    return moved


@transaction.atomic
def cancel_telling(*, cohort: Cohort, batch: str, by: User, at: datetime) -> int:
    """A message that waits is not sent; says to how many.  Raises BatchDone."""
    cancelled = cancel_batch(batch=batch, at=at)
    note_telling(verb="cancel_notices", cohort=cohort, batch=batch, by=by, at=at)
    return cancelled


def _plan(kind: SessionNotice, session: Session, due_at: datetime) -> BatchPlan:
    return BatchPlan(
        kind=kind,
        subject=session,
        name=batch_name(kind, session),
        due_at=due_at,
        checked_by=CHECK_NOTICE,
        group_id=session.cohort_id,
        parameters={"revision": session.revision, **_time_before(kind, session)},
    )


def _time_before(kind: SessionNotice, session: Session) -> dict[str, str]:
    """The time by which they know a session that was moved."""
    was = time_known(session) if kind == SessionNotice.MOVED else None
    return {"was": was.isoformat()} if was else {}


def note_telling(*, verb: str, cohort: Cohort, batch: str, by: User, at: datetime) -> None:
    """In the audit trail: who had which message planned, moved or stopped."""
    record_audit(
        verb=verb, subject=cohort, by=by, at=at, organisation_id=cohort.organisation_id, details={"batch": batch}
    )
