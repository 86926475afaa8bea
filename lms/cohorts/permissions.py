"""Who may plan, manage and run a cohort.  Lists start in `queries.py`; these answer for one thing at hand."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from lms.cohorts.models import (
    ENDED_STATES,
    LIVING_STATES,
    Cohort,
    CohortTrainer,
    Session,
    Standing,
    StandingState,
    TrainerPart,
)
from lms.people.models import Organisation, RoleKind, User
from lms.people.permissions import NOTHING, active_roles, engagements, has_left, has_role, left_by, scope_filter
from lms.regions.models import Region

# How long a trainer still opens a cohort that has ended: for certificates and reports; a coordinator always may.
TRAINER_KEEPS = timedelta(days=90)
PLANNING_ROLES = (RoleKind.COORDINATOR,)
# Whose signature a founding standing may bear (two different people).
FOUNDING_ROLES = (RoleKind.COORDINATOR, RoleKind.ADMINISTRATOR)


def managed_by(user: User) -> Q:
    """Filter on Cohort: those that this coordinator plans, issues for and revokes."""
    return scope_filter(user, PLANNING_ROLES, "organisation", "region__path")


def trained_by(user: User) -> Q:
    """Filter on Cohort: those that she leads or helps, and for a while those that have ended.

    While one lives a coordinator can put somebody else in her place; of what has ended the names would stay with her.
    Whoever has left the organisation keeps none that has ended.
    """
    if not engagements(user):
        return NOTHING
    lasting = Q(closed_at=None) | Q(closed_at__gte=Now() - TRAINER_KEEPS)
    hers = Q(pk__in=CohortTrainer.objects.filter(person=user).values("cohort")) & lasting
    left = left_by(user)
    return hers & ~Q(state__in=ENDED_STATES, organisation__id__in=left) if left else hers


def tended_by(user: User) -> Q:
    """Filter on Cohort: those whose people she sees to, as `may_see_to_people` says it of one."""
    left, hers = left_by(user), trained_by(user)
    return managed_by(user) | (hers & ~Q(organisation__id__in=left) if left else hers)


def may_run(user: User) -> bool:
    """Can there be cohorts that she runs?  Asks nothing about them."""
    return has_role(user, *PLANNING_ROLES) or bool(engagements(user))


def may_find_people(user: User) -> bool:
    """Has she people to look for: as a coordinator, or in cohorts that she trains?"""
    return has_role(user, *PLANNING_ROLES) or Cohort.objects.filter(trained_by(user)).exists()


def manages(user: User, cohort: Cohort) -> bool:
    """Is she a coordinator of the cohort's organisation whose region holds the cohort's?"""
    return _covers(user, cohort.organisation_id, cohort.region, PLANNING_ROLES)


def leads(user: User, cohort: Cohort) -> bool:
    """Is she the lead trainer?"""
    return has_lead(user, cohort.trainers.all())


def has_lead(user: User, trainers: Iterable[CohortTrainer]) -> bool:
    """The same, where a cohort's trainers are at hand."""
    return any(part.person_id == user.pk and part.part == TrainerPart.LEAD for part in trainers)


def may_change(user: User, cohort: Cohort) -> bool:
    """May she change its sessions and what is told about them?  A co-trainer sees it and changes nothing."""
    return manages(user, cohort) or (leads(user, cohort) and not has_left(user, cohort.organisation_id))


def runs(user: User, cohort: Cohort) -> bool:
    """May she do a trainer's work there: mark, admit?"""
    if manages(user, cohort):
        return True
    trains_it = any(part.person_id == user.pk for part in cohort.trainers.all())
    return trains_it and not (cohort.has_ended and has_left(user, cohort.organisation_id))


def may_see_to_people(user: User, cohort: Cohort) -> bool:
    """Of whoever runs it: people, cards and names, tests and messages too?

    A trainer who has left the organisation marks attendance until she is replaced, and does nothing else.
    """
    return manages(user, cohort) or not has_left(user, cohort.organisation_id)


def trains(user: User, session: Session) -> bool:
    """Is she a trainer of its cohort, or does she stand in for this session?"""
    return session.led_by_id == user.pk or session.cohort.trainers.filter(person=user).exists()


def covers(user: User, organisation: Organisation, region: Region | None, kinds: tuple[str, ...]) -> bool:
    """Has she one of these roles for the organisation, in a region at or above this one (None: the country)?"""
    return _covers(user, organisation.pk, region, kinds)


def _covers(user: User, organisation_id: UUID, region: Region | None, kinds: tuple[str, ...]) -> bool:
    return any(
        role.kind in kinds
        and role.organisation_id == organisation_id
        and (not role.region_path or (region is not None and region.path.startswith(role.region_path)))
        for role in active_roles(user)
    )


def standings_held(user: User, day: date) -> QuerySet[Standing]:
    """What she may train on `day`: nothing for an organisation that she has left."""
    return licences_held(user, day).filter(state=StandingState.ACTIVE)


def licences_held(user: User, day: date) -> QuerySet[Standing]:
    """The same with what rests."""
    return own_standings(user, day).filter(state__in=LIVING_STATES)


def own_standings(user: User, day: date) -> QuerySet[Standing]:
    """The same with what somebody suspended: hers to read, and of no use until it is lifted."""
    if not engagements(user):
        return Standing.objects.none()
    return Standing.objects.current(day).filter(person=user).exclude(organisation__id__in=left_by(user))


def usable_standings(user: User, day: date) -> list[Standing]:
    """Her standings with which she may open a cohort on `day`."""
    return list(standings_held(user, day).select_related("region", "organisation"))


def may_read_plan(user: User, cohort: Cohort, module_code: str) -> bool:
    """The facilitator's plan is for those who run the cohort, and for whoever has standing for the module there."""
    if runs(user, cohort):
        return True
    held = standings_held(user, timezone.localdate())
    return held.filter(module_code=module_code, organisation=cohort.organisation_id).exists()
