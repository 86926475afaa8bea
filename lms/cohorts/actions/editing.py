"""Changes to a cohort that is planned or under way: place, places, times; sessions are cancelled and never removed."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.cohorts.actions.opening import lock_unended
from lms.cohorts.actions.planning import BadCapacity, SessionsOverlap, save_trainers
from lms.cohorts.checks import overlapping
from lms.cohorts.models import MAX_CAPACITY, Cohort, CohortState, Session, SessionState
from lms.common.errors import ActionError
from lms.people.actions import record_audit
from lms.people.models import User


class SessionHeld(ActionError):
    code = "session_held"
    message = _("This session has taken place; it stays as it was.")


class TrainersFixed(ActionError):
    code = "trainers_fixed"
    message = _("The trainers are fixed once the cohort is open.")


class LessonPlanned(ActionError):
    code = "lesson_planned"
    message = _("This lesson has a session already.")


@dataclass(frozen=True)
class SessionChange:
    """Where and when a session is now planned."""

    starts_at: datetime
    place: str


@transaction.atomic
def change_cohort(
    *,
    cohort: Cohort,
    capacity: int,
    place: str,
    title: Mapping[str, str],
    listed_publicly: bool,
    sessions: Mapping[Session, SessionChange],
    by: User,
    at: datetime,
) -> Cohort:
    """New capacity, place, title, whether the public sees it, and times of sessions that have not taken place.

    Raises CohortEnded, BadCapacity, SessionHeld, SessionsOverlap.
    """
    locked = lock_unended(cohort=cohort)
    if not 1 <= capacity <= MAX_CAPACITY:
        raise BadCapacity
    locked.capacity, locked.place, locked.listed_publicly = capacity, place, listed_publicly
    for language, text in title.items():
        setattr(locked, f"title_{language}", text)
    for session, change in sessions.items():
        _move(session, change)
    _fit_dates(locked)
    locked.save()
    record_audit(verb="change_cohort", subject=locked, by=by, at=at, organisation_id=locked.organisation_id)
    return locked


def _move(session: Session, change: SessionChange) -> None:
    if (session.starts_at, session.place) == (change.starts_at, change.place):
        return
    if session.state != SessionState.PLANNED:
        raise SessionHeld
    length = session.ends_at - session.starts_at
    session.starts_at, session.ends_at = change.starts_at, change.starts_at + length
    session.place, session.revision = change.place, session.revision + 1
    session.save(update_fields=["starts_at", "ends_at", "place", "revision"])


@transaction.atomic
def change_trainers(*, cohort: Cohort, lead: User, co_trainers: Sequence[User], by: User, at: datetime) -> Cohort:
    """Who trains, while the cohort is a draft.  Raises TrainersFixed."""
    locked = lock_unended(cohort=cohort)
    if locked.state != CohortState.DRAFT:
        raise TrainersFixed
    save_trainers(cohort=locked, lead=lead, co_trainers=co_trainers)
    record_audit(verb="change_trainers", subject=locked, by=by, at=at, organisation_id=locked.organisation_id)
    return locked


@transaction.atomic
def cancel_session(*, session: Session, by: User, at: datetime) -> Session:
    """It will not take place and does not count; a repeat is harmless.  Raises CohortEnded, SessionHeld."""
    cohort = lock_unended(cohort=session.cohort)
    locked = Session.objects.select_for_update().get(pk=session.pk)
    if locked.state == SessionState.CANCELLED:
        return locked
    if locked.state == SessionState.HELD:
        raise SessionHeld
    locked.state, locked.revision = SessionState.CANCELLED, locked.revision + 1
    locked.save(update_fields=["state", "revision"])
    _fit_dates(cohort)
    cohort.save(update_fields=["starts_on", "ends_on"])
    record_audit(verb="cancel_session", subject=locked, by=by, at=at, organisation_id=cohort.organisation_id)
    return locked


@transaction.atomic
def plan_session_again(*, session: Session, starts_at: datetime, place: str, by: User, at: datetime) -> Session:
    """A new session for the lesson of a cancelled one.  Raises CohortEnded, LessonPlanned, SessionsOverlap."""
    cohort = lock_unended(cohort=session.cohort)
    if cohort.sessions.filter(lesson_code=session.lesson_code).exclude(state=SessionState.CANCELLED).exists():
        raise LessonPlanned
    again = Session.objects.create(
        cohort=cohort,
        module_code=session.module_code,
        lesson_code=session.lesson_code,
        titles=session.titles,
        starts_at=starts_at,
        ends_at=starts_at + (session.ends_at - session.starts_at),
        place=place,
        checkin_seed=secrets.token_urlsafe(32),
    )
    _fit_dates(cohort)
    cohort.save(update_fields=["starts_on", "ends_on"])
    record_audit(verb="plan_session_again", subject=again, by=by, at=at, organisation_id=cohort.organisation_id)
    return again


def _fit_dates(cohort: Cohort) -> None:
    """The cohort lasts from its first session that counts to its last."""
    times = list(
        Session.objects.filter(cohort=cohort).exclude(state=SessionState.CANCELLED).values_list("starts_at", "ends_at")
    )
    if overlapping(times):
        raise SessionsOverlap
    if times:
        cohort.starts_on = min(timezone.localdate(start) for start, _end in times)
        cohort.ends_on = max(timezone.localdate(end) for _start, end in times)
