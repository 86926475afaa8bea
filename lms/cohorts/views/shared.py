"""The gate and the ways back that the views of this app share."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.cohorts.actions import tell_participants
from lms.cohorts.models import Cohort, Session, SessionNotice
from lms.cohorts.permissions import may_change, may_see_to_people
from lms.cohorts.queries import get_run_cohort_or_404, telling_of_session
from lms.people.models import User
from lms.people.permissions import SignedInRequest

type Crumbs = list[tuple[str, str]]


def changeable_or_403(request: SignedInRequest, cohort_id: UUID) -> Cohort:
    """A cohort that she coordinates or leads; a co-trainer sees it and changes nothing."""
    cohort = get_run_cohort_or_404(request.user, cohort_id)
    require_may_change(request.user, cohort)
    return cohort


def people_or_403(request: SignedInRequest, cohort_id: UUID) -> Cohort:
    """A cohort whose cards and names she sees to; a trainer who has left the organisation does not."""
    cohort = get_run_cohort_or_404(request.user, cohort_id)
    if not may_see_to_people(request.user, cohort):
        raise PermissionDenied
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


def after_change(
    request: SignedInRequest, cohort: Cohort, kind: SessionNotice, sessions: Iterable[Session]
) -> HttpResponse:
    """Where she ticked it, each of these sessions is told of, and what will be sent is shown; else back to the dates.

    Called within the transaction of the change: one is not kept without the other.
    """
    by, at = request.user, timezone.now()
    if "tell" not in request.POST:
        if any(telling_of_session(session, kind, at) for session in sessions):
            messages.info(request, _("Nobody is told of it: the box was not ticked."))
        return redirect("cohorts:edit", cohort.pk)
    told = [tell_participants(cohort=cohort, kind=kind, session=session, by=by, at=at) for session in sessions]
    if not any(told):
        return redirect("cohorts:edit", cohort.pk)
    messages.success(request, _("The participants will be told. This is what will be sent."))
    return redirect("cohorts:notices", cohort.pk)


def require_may_change(user: User, cohort: Cohort) -> None:
    """403 for a co-trainer: she sees the cohort and changes nothing."""
    if not may_change(user, cohort):
        raise PermissionDenied
