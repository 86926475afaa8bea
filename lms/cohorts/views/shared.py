"""The gate and the ways back that the views of this app share."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import gettext as _

from lms.cohorts.models import Cohort
from lms.cohorts.permissions import may_change
from lms.cohorts.queries import get_run_cohort_or_404
from lms.people.models import User
from lms.people.permissions import SignedInRequest

type Crumbs = list[tuple[str, str]]


def changeable_or_403(request: SignedInRequest, cohort_id: UUID) -> Cohort:
    """A cohort that she coordinates or leads; a co-trainer sees it and changes nothing."""
    cohort = get_run_cohort_or_404(request.user, cohort_id)
    require_may_change(request.user, cohort)
    return cohort


def cohort_crumbs(cohort: Cohort) -> Crumbs:
    """What stands between the desk and a page below the cohort's own, here and in the apps above."""
    return [(cohort.title or cohort.code, cohort.get_absolute_url())]


def roster_crumbs(cohort: Cohort) -> Crumbs:
    """The same, for a page below the roster."""
    return [*cohort_crumbs(cohort), (_("People"), reverse("cohorts:roster", args=[cohort.pk]))]


def edit_crumbs(cohort: Cohort) -> Crumbs:
    """The same, for a page below the one with the dates."""
    return [*cohort_crumbs(cohort), (_("Dates and place"), reverse("cohorts:edit", args=[cohort.pk]))]


def require_may_change(user: User, cohort: Cohort) -> None:
    """403 for a co-trainer: she sees the cohort and changes nothing."""
    if not may_change(user, cohort):
        raise PermissionDenied
