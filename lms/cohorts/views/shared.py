"""The gate and the ways back that the views of this app share."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from lms.cohorts.actions import tell_of_transfer, tell_of_withdrawal, tell_participants
from lms.cohorts.models import Cohort, Enrolment, EnrolmentState, Session, SessionNotice
from lms.cohorts.permissions import may_change, may_see_to_people
from lms.cohorts.queries import (
    get_run_cohort_or_404,
    run_enrolments_for,
    telling_of_session,
    telling_of_transfer,
    telling_of_withdrawal,
    untold_of,
)
from lms.people.models import User
from lms.people.permissions import SignedInRequest

# Sessions that a message leads to; the page below it lists them all.
LINKED = 4

type Crumbs = list[tuple[str, str]]


def changeable_or_403(request: SignedInRequest, cohort_id: UUID) -> Cohort:
    """A cohort that she coordinates or leads; a co-trainer sees it and changes nothing."""
    cohort = get_run_cohort_or_404(request.user, cohort_id)
    require_may_change(request.user, cohort)
    return cohort


def people_or_403(request: SignedInRequest, cohort_id: UUID) -> Cohort:
    """A cohort that she runs; a trainer who has left its organisation marks attendance and opens nothing else."""
    cohort = get_run_cohort_or_404(request.user, cohort_id)
    if not may_see_to_people(request.user, cohort):
        raise PermissionDenied
    return cohort


def enrolment_or_404(request: SignedInRequest, enrolment_id: UUID) -> Enrolment:
    """Somebody in a cohort that she runs; whoever was erased is nobody's page."""
    return get_object_or_404(run_enrolments_for(request.user).filter(person__erased_at=None), pk=enrolment_id)


def person_or_403(request: SignedInRequest, enrolment_id: UUID) -> Enrolment:
    """The same; 403 for a trainer who has left the organisation."""
    enrolment = enrolment_or_404(request, enrolment_id)
    if not may_see_to_people(request.user, enrolment.cohort):
        raise PermissionDenied
    return enrolment


def remaining_or_404(request: SignedInRequest, enrolment_id: UUID) -> Enrolment:
    """The same, while she is there: her card and her name are no business of a cohort that she has left."""
    enrolment = person_or_403(request, enrolment_id)
    if enrolment.state == EnrolmentState.WITHDRAWN:
        raise Http404
    return enrolment


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
        if concerned := [session for session in sessions if telling_of_session(session, kind, at)]:
            _say_untold_of(request, concerned, at)
        return redirect("cohorts:edit", cohort.pk)
    told = [tell_participants(cohort=cohort, kind=kind, session=session, by=by, at=at) for session in sessions]
    if not any(told):
        messages.info(request, _("Nobody is told of it: nothing changes for the participants."))
        return redirect("cohorts:edit", cohort.pk)
    messages.success(request, _("The participants will be told. This is what will be sent."))
    return redirect("cohorts:notices", cohort.pk)


def say_transferred(request: SignedInRequest, came: Enrolment) -> None:
    """Who goes on where, with the way to that page: the next one may be another."""
    text = _("{name} goes on in {cohort}. Marks of the same lessons came along.")
    page = reverse("cohorts:person", args=[came.pk])
    name = format_html('<a class="tap" href="{}"><bdi>{}</bdi></a>', page, came.person.display_name)
    messages.success(request, format_html(text, name=name, cohort=came.cohort.code))


def after_transfer(request: SignedInRequest, came: Enrolment, at: datetime) -> HttpResponse:
    """The same for her who goes on in another cohort at `at`; else her page there."""
    if "tell" in request.POST and tell_of_transfer(came=came, by=request.user, at=at):
        return _planned(request, came.cohort)
    if telling_of_transfer(came):
        _say_untold(request)
    return redirect("cohorts:person", came.pk)


def after_withdrawal(request: SignedInRequest, cohort: Cohort, were: Sequence[Enrolment], at: datetime) -> HttpResponse:
    """The same for those who left at `at`, their rows as they stood before; else the list of people."""
    if "tell" in request.POST and tell_of_withdrawal(cohort=cohort, were=were, by=request.user, at=at):
        return _planned(request, cohort)
    if telling_of_withdrawal(cohort, were):
        _say_untold(request)
    return redirect("cohorts:roster", cohort.pk)


def _planned(request: SignedInRequest, cohort: Cohort) -> HttpResponse:
    messages.success(request, _("A message is planned. This is what will be sent."))
    return redirect("cohorts:notices", cohort.pk)


def _say_untold_of(request: SignedInRequest, sessions: Sequence[Session], at: datetime) -> None:
    """The same, with the way to where she can still tell them; of another leader she cannot."""
    later = [session for session in sessions if untold_of(session, at)]
    if not later:
        _say_untold(request)
    elif len(later) > LINKED:
        messages.info(
            request,
            _("Nobody is told of it: the box was not ticked. You can still tell them, on the page of each session."),
        )
    else:
        text = _("Nobody is told of it: the box was not ticked. You can still tell them, on the page of the session:")
        links = [(reverse("cohorts:session", args=[one.pk]), one.name) for one in later]
        messages.info(
            request, format_html("{}{}", text, format_html_join("", ' <a class="tap" href="{}">{}</a>', links))
        )


def _say_untold(request: SignedInRequest) -> None:
    messages.info(request, _("Nobody is told of it: the box was not ticked."))


def require_may_change(user: User, cohort: Cohort) -> None:
    """403 for a co-trainer: she sees the cohort and changes nothing."""
    if not may_change(user, cohort):
        raise PermissionDenied
