"""A cohort's life: changed, opened, closed, cancelled; its sessions cancelled and planned again."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lms.cohorts import actions
from lms.cohorts.forms import ChangeForm, SessionAgainForm, TrainersForm
from lms.cohorts.models import Cohort, CohortState, Session, SessionNotice, TrainerPart
from lms.cohorts.permissions import manages
from lms.cohorts.queries import get_run_cohort_or_404, trainer_choices
from lms.cohorts.views.shared import cohort_crumbs, require_may_change
from lms.common.errors import ActionError
from lms.common.refusals import refusal_in, refusal_shown
from lms.people.permissions import SignedInRequest


def _changeable_or_403(request: SignedInRequest, cohort_id: UUID) -> Cohort:
    """A cohort that she coordinates or leads; a co-trainer sees it and changes nothing."""
    cohort = get_run_cohort_or_404(request.user, cohort_id)
    require_may_change(request.user, cohort)
    return cohort


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """Place, places, title and times; below, what ends or calls off."""
    cohort = _changeable_or_403(request, cohort_id)
    sessions = list(cohort.sessions.all())
    form = ChangeForm(request.POST if request.method == "POST" else None, cohort=cohort, sessions=sessions)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_cohort(
                cohort=cohort,
                capacity=form.cleaned_data["capacity"],
                place=form.cleaned_data["place"],
                title=form.titles(),
                listed_publicly=form.cleaned_data["listed_publicly"],
                sessions=form.changes(),
                by=request.user,
                at=timezone.now(),
            )
        except ActionError as error:
            refusal = str(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("cohorts:edit", cohort.pk)
    return _render_edit(request, cohort, sessions, form, refusal)


def _render_edit(
    request: SignedInRequest, cohort: Cohort, sessions: list[Session], form: ChangeForm, refusal: str
) -> HttpResponse:
    planned_again = {session.lesson_code for session in sessions if session.counts}
    context = {
        "cohort": cohort,
        "form": form,
        "sessions": sessions,
        "cancelled": [s for s in sessions if not s.counts and s.lesson_code not in planned_again],
        "is_draft": cohort.state == CohortState.DRAFT,
        "has_ended": cohort.has_ended,
        "refusal": refusal,
        "crumbs": cohort_crumbs(cohort),
    }
    return render(request, "cohorts/edit.html", context, status=422 if request.method == "POST" else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def trainers(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """Who trains, while the cohort is a draft; for the coordinator."""
    cohort = get_run_cohort_or_404(request.user, cohort_id)
    if not manages(request.user, cohort):
        raise PermissionDenied
    form = _trainers_form(request, cohort)
    if form.is_valid():
        lead, helpers = form.cleaned_data["lead"], form.cleaned_data.get("co_trainers", [])
        with refusal_shown(request):
            actions.change_trainers(cohort=cohort, lead=lead, co_trainers=helpers, by=request.user, at=timezone.now())
            messages.success(request, _("Saved."))
        return redirect(cohort)
    context = {"cohort": cohort, "form": form, "crumbs": cohort_crumbs(cohort)}
    return render(request, "cohorts/trainers.html", context, status=422 if request.method == "POST" else 200)


def _trainers_form(request: SignedInRequest, cohort: Cohort) -> TrainersForm:
    parts = cohort.trainers.all()
    initial = {
        "lead": next((str(part.person_id) for part in parts if part.part == TrainerPart.LEAD), ""),
        "co_trainers": [str(part.person_id) for part in parts if part.part == TrainerPart.CO],
    }
    return TrainersForm(
        request.POST if request.method == "POST" else None,
        choices=trainer_choices(cohort.organisation, timezone.localdate()),
        module_codes=[module.module_code for module in cohort.modules.all()],
        region=cohort.region,
        initial=initial,
    )


@login_required
@require_POST
def open_(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """Draft → open: texts pinned, lineage written, enrolment begins."""
    cohort = _changeable_or_403(request, cohort_id)
    with refusal_shown(request):
        actions.open_cohort(cohort=cohort, by=request.user, at=timezone.now())
        messages.success(request, _("The cohort is open. Import the list of people."))
    return redirect(cohort)


@login_required
@require_POST
def close(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """The training is over."""
    cohort = _changeable_or_403(request, cohort_id)
    with refusal_shown(request):
        actions.close_cohort(cohort=cohort, by=request.user, at=timezone.now())
        messages.success(request, _("The cohort is closed."))
    return redirect(cohort)


@login_required
@require_POST
def cancel(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """It will not take place."""
    cohort = _changeable_or_403(request, cohort_id)
    with refusal_shown(request):
        actions.cancel_cohort(cohort=cohort, by=request.user, at=timezone.now())
        messages.success(request, _("The cohort is cancelled."))
    return redirect(cohort)


def _session_or_404(request: SignedInRequest, session_id: UUID) -> Session:
    session = get_object_or_404(Session, pk=session_id)
    session.cohort = _changeable_or_403(request, session.cohort_id)
    return session


@login_required
@require_POST
def cancel_session(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """This session does not take place and does not count; the participants are told where she ticked it."""
    session = _session_or_404(request, session_id)
    by, at = request.user, timezone.now()
    with refusal_shown(request), transaction.atomic():
        session = actions.cancel_session(session=session, by=by, at=at)
        if "tell" in request.POST:
            told = SessionNotice.CANCELLED
            actions.tell_participants(cohort=session.cohort, kind=told, session=session, by=by, at=at)
        messages.success(request, _("The session is cancelled. It does not count for attendance."))
    return redirect("cohorts:edit", session.cohort_id)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def plan_session_again(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """A new time for the lesson of a cancelled session."""
    session = _session_or_404(request, session_id)
    typed = request.POST if request.method == "POST" else None
    form = SessionAgainForm(typed, initial={"starts_at": session.starts_at, "place": session.place})
    if form.is_valid():
        with refusal_in(form, "starts_at"):
            actions.plan_session_again(session=session, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("The lesson has a new time."))
            return redirect("cohorts:edit", session.cohort_id)
    crumbs = [*cohort_crumbs(session.cohort), (_("Dates and place"), reverse("cohorts:edit", args=[session.cohort_id]))]
    context = {"session": session, "form": form, "crumbs": crumbs}
    return render(request, "cohorts/session_again.html", context, status=422 if request.method == "POST" else 200)
