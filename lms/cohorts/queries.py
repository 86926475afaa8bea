"""What is read about cohorts.  Whatever a person is shown starts at one of the `*_for(user)` querysets."""

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from lms.cohorts.models import (
    CURRENT_STANDING_STATES,
    Cohort,
    CohortTrainer,
    Enrolment,
    EnrolmentState,
    FoundingProposal,
    Level,
    Pin,
    PinKind,
    Session,
    Standing,
    TrainerPart,
)
from lms.cohorts.permissions import FOUNDING_ROLES, PLANNING_ROLES, managed_by, trained_by
from lms.people.models import RoleKind, User
from lms.people.permissions import scope_filter

if TYPE_CHECKING:
    from wagtail.models import Revision

LEVEL_ORDER = (Level.MASTER, Level.FOUNDING, Level.CERTIFIED, Level.CANDIDATE)


def managed_cohorts_for(user: User) -> QuerySet[Cohort]:
    """Those that she coordinates."""
    return _with_neighbours(Cohort.objects.filter(managed_by(user)))


def run_cohorts_for(user: User) -> QuerySet[Cohort]:
    """Those that she coordinates, leads or helps."""
    return _with_neighbours(Cohort.objects.filter(managed_by(user) | trained_by(user)))


def cohorts_for(user: User) -> QuerySet[Cohort]:
    """Every cohort that she may open as staff.  A monitoring officer sees counts and no cohort's page."""
    return run_cohorts_for(user)


def observed_cohorts_for(user: User) -> QuerySet[Cohort]:
    """Those where she may observe: by a role as observer or coach there, or as the coach of the lead trainer."""
    today = timezone.localdate()
    by_role = scope_filter(user, (RoleKind.OBSERVER, RoleKind.COACH), "organisation", "region__path")
    coached = CohortTrainer.objects.filter(
        part=TrainerPart.LEAD,
        standing__coachings__coach=user,
        standing__coachings__starts_on__lte=today,
        standing__coachings__ends_on__gte=today,
    )
    return _with_neighbours(Cohort.objects.filter(by_role | Q(pk__in=coached.values("cohort"))))


def _with_neighbours(cohorts: QuerySet[Cohort]) -> QuerySet[Cohort]:
    return cohorts.select_related("organisation", "region").order_by("-starts_on", "code")


def get_run_cohort_or_404(user: User, cohort_id: UUID) -> Cohort:
    """A cohort that she runs; anything else does not exist for her."""
    return get_object_or_404(run_cohorts_for(user).prefetch_related("trainers__person"), pk=cohort_id)


def get_managed_cohort_or_404(user: User, cohort_id: UUID) -> Cohort:
    """A cohort that she coordinates."""
    return get_object_or_404(managed_cohorts_for(user).prefetch_related("trainers__person"), pk=cohort_id)


def sessions_for(user: User) -> QuerySet[Session]:
    """The sessions of the cohorts that she runs."""
    cohorts = Cohort.objects.filter(managed_by(user) | trained_by(user))
    return Session.objects.filter(cohort__in=cohorts).select_related("cohort__organisation", "cohort__region")


def own_enrolments(user: User) -> QuerySet[Enrolment]:
    """Where she takes part or waits for a place."""
    enrolments = Enrolment.objects.filter(person=user).exclude(state=EnrolmentState.WITHDRAWN)
    return enrolments.select_related("cohort__organisation", "cohort__region").order_by("-cohort__starts_on")


def roster(cohort: Cohort) -> QuerySet[Enrolment]:
    """The enrolled, by display name, with the person."""
    return cohort.enrolments.enrolled().select_related("person").order_by("person__display_name", "pk")


def waiting_list(cohort: Cohort) -> QuerySet[Enrolment]:
    """Those who wait, the longest first."""
    waiting = cohort.enrolments.filter(state=EnrolmentState.WAITING)
    return waiting.select_related("person").order_by("enrolled_at", "pk")


def places_left(cohort: Cohort) -> int:
    """Free places; 0 where more are enrolled than the capacity says today."""
    return max(0, cohort.capacity - cohort.enrolments.enrolled().count())


def with_counts(cohorts: QuerySet[Cohort]) -> QuerySet[Cohort]:
    """Each with `enrolled_count` and `waiting_count`."""
    return cohorts.annotate(
        enrolled_count=Count("enrolments", filter=Q(enrolments__state=EnrolmentState.ENROLLED)),
        waiting_count=Count("enrolments", filter=Q(enrolments__state=EnrolmentState.WAITING)),
    )


def current_standing(person: User, module_code: str, day: date) -> Standing | None:
    """The highest standing for the module that may be used on `day`."""
    standings = Standing.objects.usable(day).filter(person=person, module_code=module_code)
    ranked = sorted(standings.select_related("region"), key=lambda standing: LEVEL_ORDER.index(Level(standing.level)))
    return ranked[0] if ranked else None


def standings_for(user: User) -> QuerySet[Standing]:
    """Her own, her trainees', and those of the organisation and region that she coordinates or administers."""
    by_role = scope_filter(user, FOUNDING_ROLES, "organisation", "region__path")
    coached = Q(coachings__coach=user, coachings__ends_on__gte=timezone.localdate())
    ids = Standing.objects.filter(by_role | Q(person=user) | coached).values("pk")
    standings = Standing.objects.filter(pk__in=ids, state__in=CURRENT_STANDING_STATES)
    return standings.select_related("person", "organisation", "region", "qualified_in").order_by("module_code", "pk")


def managed_standings_for(user: User) -> QuerySet[Standing]:
    """Those whose coach she may name: standings of what she coordinates."""
    return standings_for(user).filter(scope_filter(user, PLANNING_ROLES, "organisation", "region__path"))


def founding_proposals_for(user: User) -> QuerySet[FoundingProposal]:
    """Proposals that wait for a second signature, where hers could be one."""
    proposals = FoundingProposal.objects.filter(scope_filter(user, FOUNDING_ROLES, "organisation", "region__path"))
    waiting = proposals.filter(confirmed_at__isnull=True, declined_at__isnull=True)
    return waiting.select_related("person", "organisation", "region", "proposed_by").order_by("proposed_at")


def pinned_revision(cohort: Cohort, kind: PinKind, code: str, language: str = "") -> "Revision | None":
    """The revision of a text that the cohort follows."""
    pins = Pin.objects.filter(cohort=cohort, kind=kind, code=code, language=language).select_related("revision")
    pin = pins.first()
    return pin.revision if pin else None
