"""Standing: granted, suspended and resumed, dormant and woken, withdrawn; accompanied by a coach."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.cohorts.models import (
    CURRENT_STANDING_STATES,
    Coaching,
    Cohort,
    Level,
    Standing,
    StandingState,
)
from lms.common.errors import ActionError
from lms.common.journal import append_entry
from lms.people.actions import note_engagement, record_audit
from lms.people.models import Organisation, User
from lms.regions.models import Region


class StandingAlreadyHigher(ActionError):
    code = "standing_already_higher"
    message = _("This person already has a higher standing for this module.")


class StandingNotCurrent(ActionError):
    code = "standing_not_current"
    message = _("This standing has ended.")


class CoachIsHerself(ActionError):
    code = "coach_is_herself"
    message = _("Nobody can coach themselves. Choose another person.")


class CoachingDates(ActionError):
    code = "coaching_dates"
    message = _("The coaching must end on or after the day on which it starts.")


class ReasonNeeded(ActionError):
    code = "reason_needed"
    message = _("Write the reason: who will read it later was not there.")


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What is granted; the fields are those of the standing that comes of it."""

    person: User
    organisation: Organisation
    module_code: str
    level: str
    languages: list[str]
    starts_on: date
    ends_on: date | None = None
    region: Region | None = None
    qualified_in: Cohort | None = None
    granted_by: UUID | None = None
    reason: str = ""


@transaction.atomic
def grant_standing(*, grant: Grant, by: User, at: datetime) -> Standing:
    """What she may train from now on, in place of her current standing for the module.

    `granted_by` is the certificate's or the proposal's id; the same one twice gives the same standing.
    Raises StandingAlreadyHigher where a candidate's would replace more.
    """
    User.objects.select_for_update(no_key=True).get(pk=grant.person.pk)
    hers = Standing.objects.filter(person=grant.person, module_code=grant.module_code, organisation=grant.organisation)
    if grant.granted_by and (known := hers.filter(granted_by=grant.granted_by, level=grant.level).first()):
        return known
    if current := hers.filter(state__in=CURRENT_STANDING_STATES).first():
        _replace(current, grant)
    standing = Standing.objects.create(**vars(grant), created_at=at)
    note_engagement(people=[grant.person], organisation=grant.organisation)
    _note("grant_standing", standing, by, at)
    return standing


def _replace(current: Standing, grant: Grant) -> None:
    lowers = grant.level == Level.CANDIDATE and current.level != Level.CANDIDATE
    if lowers and current.lasts_until(grant.starts_on):
        raise StandingAlreadyHigher
    _move(current, StandingState.REPLACED)


@transaction.atomic
def suspend_standing(*, standing: Standing, by: User | None, at: datetime) -> Standing:
    """Until it is resumed, no cohort is opened with it.  A repeat is harmless.  Raises StandingNotCurrent."""
    locked = _lock_current(standing)
    if locked.state != StandingState.SUSPENDED:
        _move(locked, StandingState.SUSPENDED)
        _note("suspend_standing", locked, by, at)
    return locked


@transaction.atomic
def resume_standing(*, standing: Standing, by: User | None, at: datetime) -> Standing:
    """Good again; whether it rests, the nightly task of the cascade says.

    A standing that is not suspended stays as it is.  Raises StandingNotCurrent.
    """
    locked = _lock_current(standing)
    if locked.state == StandingState.SUSPENDED:
        _move(locked, StandingState.ACTIVE)
        _note("resume_standing", locked, by, at)
    return locked


@transaction.atomic
def rest_standing(*, standing: Standing, steps_back: Mapping[str, str], at: datetime) -> Standing:
    """Dormant: no cohort is opened with it until she has walked the `steps_back`, which strangers read as well.

    Nobody decides it: the rule of the module does.  A repeat is harmless, and one that was suspended or has ended
    stays as it is.
    """
    locked = _lock(standing)
    rests = locked.state == StandingState.DORMANT
    if not (rests or locked.state == StandingState.ACTIVE) or locked.steps_back == steps_back:
        return locked
    locked.steps_back = dict(steps_back)
    _move(locked, StandingState.DORMANT)
    if not rests:
        _note("rest_standing", locked, None, at)
    return locked


@transaction.atomic
def wake_standing(*, standing: Standing, at: datetime) -> Standing:
    """Active again, as the rule of the module says.  One that does not rest stays as it is."""
    locked = _lock(standing)
    if locked.state == StandingState.DORMANT:
        _move(locked, StandingState.ACTIVE)
        _note("wake_standing", locked, None, at)
    return locked


@transaction.atomic
def withdraw_standing(*, standing: Standing, reason: str, by: User | None, at: datetime) -> Standing:
    """Takes it away; a repeat is harmless.  Raises ReasonNeeded."""
    if not reason.strip():
        raise ReasonNeeded
    locked = _lock(standing)
    if locked.state in CURRENT_STANDING_STATES:
        locked.reason = reason.strip()
        _move(locked, StandingState.WITHDRAWN)
        _note("withdraw_standing", locked, by, at)
        append_entry("withdraw_standing", str(locked.pk), at)
    return locked


@transaction.atomic
def end_standings(*, person: User, by: User | None, at: datetime) -> None:
    """Of somebody who is erased: withdrawn without a reason, and what was written about her is forgotten."""
    for standing in Standing.objects.select_for_update(no_key=True).filter(
        person=person, state__in=CURRENT_STANDING_STATES
    ):
        _move(standing, StandingState.WITHDRAWN)
        _note("withdraw_standing", standing, by, at)
    Standing.objects.filter(person=person).update(reason="")


@transaction.atomic
def appoint_coach(
    *,
    standing: Standing,
    coach: User,
    by: User,
    at: datetime,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Coaching:
    """Names the coach, by default from today to the end of the standing.  An earlier coach's time ends.

    Raises StandingNotCurrent, CoachIsHerself, CoachingDates.
    """
    locked = _lock_current(standing)
    first = starts_on or timezone.localdate(at)
    last = ends_on or locked.ends_on or first
    if coach.pk == locked.person_id:
        raise CoachIsHerself
    if last < first:
        raise CoachingDates
    others = locked.coachings.exclude(coach=coach, starts_on=first)
    others.filter(ends_on__gte=first, starts_on__lt=first).update(ends_on=first)
    coaching, _made = Coaching.objects.update_or_create(
        standing=locked, coach=coach, starts_on=first, defaults={"ends_on": last}
    )
    note_engagement(people=[coach], organisation=locked.organisation_id)
    _note("appoint_coach", locked, by, at, {"coach": str(coach.pk)})
    return coaching


def _lock(standing: Standing) -> Standing:
    return Standing.objects.select_for_update(no_key=True).get(pk=standing.pk)


def _lock_current(standing: Standing) -> Standing:
    locked = _lock(standing)
    if locked.state not in CURRENT_STANDING_STATES:
        raise StandingNotCurrent
    return locked


def _move(standing: Standing, state: StandingState) -> None:
    standing.state = state
    if state != StandingState.DORMANT:
        standing.steps_back = {}
    standing.save(update_fields=["state", "reason", "steps_back"])


def _note(verb: str, standing: Standing, by: User | None, at: datetime, details: dict | None = None) -> None:
    facts = {"module": standing.module_code, "level": standing.level, **(details or {})}
    record_audit(verb=verb, subject=standing, by=by, at=at, organisation_id=standing.organisation_id, details=facts)
