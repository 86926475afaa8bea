"""The ways back that the views of this app share."""

from django.urls import reverse
from django.utils.translation import gettext as _

from lms.cohorts.models import Cohort

type Crumbs = list[tuple[str, str]]


def cohort_crumbs(cohort: Cohort) -> Crumbs:
    """What stands between the desk and a page below the cohort's own, here and in the apps above."""
    return [(cohort.title or cohort.code, cohort.get_absolute_url())]


def roster_crumbs(cohort: Cohort) -> Crumbs:
    """The same, for a page below the roster."""
    return [*cohort_crumbs(cohort), (_("People"), reverse("cohorts:roster", args=[cohort.pk]))]
