"""Changes to a cohort that is planned or under way: place, places, times; sessions are cancelled and never removed."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.cohorts.actions.opening import lock_unended
from lms.cohorts.actions.planning import BadCapacity, require_apart
from lms.cohorts.checks import Slot
from lms.cohorts.models import MAX_CAPACITY, Cohort, Session, SessionState
from lms.common.errors import ActionError
from lms.people.actions import record_audit
from lms.people.models import User


class SessionHeld(ActionError):
    code = "session_held"
    message = _("This session has taken place; it stays as it was.")


class SessionIsCancelled(ActionError):
    code = "session_is_cancelled"
    message = _("This session is cancelled. Plan the lesson once more instead.")


@dataclass(frozen=True)
class SessionChange:
    """Where and when a session is now planned."""

    starts_at: datetime
    place: str


@dataclass(frozen=True, kw_only=True)
class ExtraSession:
    """What is planned beside the lessons; `titles` in whatever languages it has one."""

    module_code: str
    titles: Mapping[str, str]
    starts_at: datetime
    minutes: int
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
    were = {session.pk: session.starts_at for session in sessions}
    moved = [session for session, change in sessions.items() if _move(session, change, at)]
    if locked.place != place:
        _move_along(locked, place, but=[session.pk for session in moved], at=at)
    locked.capacity, locked.place, locked.listed_publicly = capacity, place, listed_publicly
    for language, text in title.items():
        setattr(locked, f"title_{language}", text)
    _fit_dates(locked)
    locked.save()
    record_audit(verb="change_cohort", subject=locked, by=by, at=at, organisation_id=locked.organisation_id)
    for session in moved:
        _note("move_session", session, locked, by, at, was=were[session.pk].isoformat())
    return locked


@transaction.atomic
def move_session(*, session: Session, change: SessionChange, by: User, at: datetime) -> Session:
    """Another time or place, as long as it is; what is the same already is no change.

    Raises CohortEnded, SessionHeld, SessionIsCancelled, SessionsOverlap.
    """
    cohort = lock_unended(cohort=session.cohort)
    locked = Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    was = locked.starts_at.isoformat()
    if _move(locked, change, at):
        _save_dates(cohort)
        # By the old time they know which one it is, if they are told: see `time_known`.
        _note("move_session", locked, cohort, by, at, was=was)
    return locked


def _move(session: Session, change: SessionChange, at: datetime) -> bool:
    """Did it move?  Marks of those who came early stay; it has not taken place by them."""
    if (session.starts_at, session.place) == (change.starts_at, change.place):
        return False
    if session.state == SessionState.CANCELLED:
        raise SessionIsCancelled
    if session.took_place_by(at):
        raise SessionHeld
    length = session.ends_at - session.starts_at
    session.starts_at, session.ends_at = change.starts_at, change.starts_at + length
    session.place, session.revision, session.state = change.place, session.revision + 1, SessionState.PLANNED
    session.save(update_fields=["starts_at", "ends_at", "place", "revision", "state"])
    return True


def _move_along(cohort: Cohort, place: str, *, but: Collection[UUID], at: datetime) -> None:
    """Sessions to come that are where the cohort was until now are where it will be, `but` these."""
    to_come = Q(state=SessionState.PLANNED) | Q(state=SessionState.HELD, starts_at__gt=at)
    there = cohort.sessions.filter(to_come, place__in={"", cohort.place}).exclude(pk__in=but)
    following = cohort.sessions.filter(pk__in=list(there.values_list("pk", flat=True)))
    following.update(revision=F("revision") + 1)
    following.exclude(place="").update(place=place)


@transaction.atomic
def cancel_session(*, session: Session, by: User, at: datetime) -> Session:
    """It will not take place and does not count; a repeat is harmless.  Raises CohortEnded, SessionHeld."""
    cohort = lock_unended(cohort=session.cohort)
    locked = Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    if locked.state == SessionState.CANCELLED:
        return locked
    if locked.took_place_by(at):
        raise SessionHeld
    locked.state, locked.revision = SessionState.CANCELLED, locked.revision + 1
    locked.save(update_fields=["state", "revision"])
    _save_dates(cohort)
    _note("cancel_session", locked, cohort, by, at)
    return locked


@transaction.atomic
def plan_session_again(*, session: Session, starts_at: datetime, place: str, by: User, at: datetime) -> Session:
    """The lesson of this session once more, after it was cancelled or for those who missed it.

    Raises CohortEnded, SessionsOverlap.
    """
    cohort = lock_unended(cohort=session.cohort)
    again = _new_session(
        cohort,
        module_code=session.module_code,
        lesson_code=session.lesson_code,
        is_extra=session.is_extra,
        titles=session.titles,
        starts_at=starts_at,
        ends_at=starts_at + (session.ends_at - session.starts_at),
        place=place,
    )
    _note("plan_session_again", again, cohort, by, at)
    return again


@transaction.atomic
def add_extra_session(*, cohort: Cohort, extra: ExtraSession, by: User, at: datetime) -> Session:
    """A session beside the lessons: marked like any other, and no part of what the certificate asks.

    Raises CohortEnded, SessionsOverlap.
    """
    locked = lock_unended(cohort=cohort)
    number = locked.sessions.filter(is_extra=True).values("lesson_code").distinct().count() + 1
    session = _new_session(
        locked,
        module_code=extra.module_code,
        lesson_code=f"{extra.module_code}+{number}",
        is_extra=True,
        titles=dict(extra.titles),
        starts_at=extra.starts_at,
        ends_at=extra.starts_at + timedelta(minutes=extra.minutes),
        place=extra.place,
    )
    _note("add_extra_session", session, locked, by, at)
    return session


def _new_session(cohort: Cohort, **fields: Any) -> Session:
    session = Session.objects.create(cohort=cohort, checkin_seed=secrets.token_urlsafe(32), **fields)
    _save_dates(cohort)
    return session


def _save_dates(cohort: Cohort) -> None:
    _fit_dates(cohort)
    cohort.save(update_fields=["starts_on", "ends_on"])


def _note(verb: str, session: Session, cohort: Cohort, by: User, at: datetime, **details: str) -> None:
    record_audit(verb=verb, subject=session, by=by, at=at, organisation_id=cohort.organisation_id, details=details)


def _fit_dates(cohort: Cohort) -> None:
    """The cohort lasts from its first session that counts to its last."""
    sessions = Session.objects.filter(cohort=cohort).exclude(state=SessionState.CANCELLED)
    slots = [Slot(session.starts_at, session.ends_at, session.name) for session in sessions]
    require_apart(slots=slots)
    if slots:
        cohort.starts_on = min(timezone.localdate(slot.starts_at) for slot in slots)
        cohort.ends_on = max(timezone.localdate(slot.ends_at) for slot in slots)
