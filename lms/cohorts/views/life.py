"""A cohort's life: changed, opened, closed, cancelled; its sessions cancelled and planned again."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lms.cohorts import actions
from lms.cohorts.forms import ChangeForm, SessionAgainForm, TrainersForm
from lms.cohorts.models import Cohort, CohortState, Session, TrainerPart
from lms.cohorts.permissions import leads, manages
from lms.cohorts.queries import get_run_cohort_or_404, trainer_choices
from lms.cohorts.views.shared import cohort_crumbs, refuse, signed_in
from lms.common.errors import ActionError


def changeable_or_403(request: HttpRequest, cohort_id: UUID) -> Cohort:
    """A cohort that she coordinates or leads; a co-trainer sees it and changes nothing."""
    user = signed_in(request)
    cohort = get_run_cohort_or_404(user, cohort_id)
    if not (manages(user, cohort) or leads(user, cohort)):
        raise PermissionDenied
    return cohort


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Place, places, title and times; below, what ends or calls off."""
    cohort = changeable_or_403(request, cohort_id)
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
                sessions=form.changes(),
                by=signed_in(request),
                at=timezone.now(),
            )
        except ActionError as error:
            refusal = str(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("cohorts:edit", cohort.pk)
    return _render_edit(request, cohort, sessions, form, refusal)


def _render_edit(
    request: HttpRequest, cohort: Cohort, sessions: list[Session], form: ChangeForm, refusal: str
) -> HttpResponse:
    planned_again = {session.lesson_code for session in sessions if session.counts}
    context = {
        "cohort": cohort,
        "form": form,
        "sessions": sessions,
        "cancelled": [s for s in sessions if not s.counts and s.lesson_code not in planned_again],
        "is_draft": cohort.state == CohortState.DRAFT,
        "has_ended": cohort.state in (CohortState.CLOSED, CohortState.CANCELLED),
        "refusal": refusal,
        "crumbs": cohort_crumbs(cohort),
    }
    return render(request, "cohorts/edit.html", context, status=422 if request.method == "POST" else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def trainers(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Who trains, while the cohort is a draft; for the coordinator."""
    user = signed_in(request)
    cohort = get_run_cohort_or_404(user, cohort_id)
    if not manages(user, cohort):
        raise PermissionDenied
    form = _trainers_form(request, cohort)
    if request.method == "POST" and form.is_valid():
        helpers = form.cleaned_data.get("co_trainers", [])
        lead = form.cleaned_data["lead"]
        try:
            actions.change_trainers(cohort=cohort, lead=lead, co_trainers=helpers, by=user, at=timezone.now())
        except ActionError as error:
            return refuse(request, error, cohort.get_absolute_url())
        messages.success(request, _("Saved."))
        return redirect(cohort)
    context = {"cohort": cohort, "form": form, "crumbs": cohort_crumbs(cohort)}
    return render(request, "cohorts/trainers.html", context, status=422 if request.method == "POST" else 200)


def _trainers_form(request: HttpRequest, cohort: Cohort) -> TrainersForm:
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


def _change_state(request: HttpRequest, cohort_id: UUID, act: Callable[..., Cohort], said: str) -> HttpResponse:
    cohort = changeable_or_403(request, cohort_id)
    try:
        act(cohort=cohort, by=signed_in(request), at=timezone.now())
    except ActionError as error:
        return refuse(request, error, cohort.get_absolute_url())
    messages.success(request, said)
    return redirect(cohort)


@login_required
@require_POST
def open_(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """Draft → open: texts pinned, lineage written, enrolment begins."""
    return _change_state(request, cohort_id, actions.open_cohort, _("The cohort is open. Import the list of people."))


@login_required
@require_POST
def close(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """The training is over."""
    return _change_state(request, cohort_id, actions.close_cohort, _("The cohort is closed."))


@login_required
@require_POST
def cancel(request: HttpRequest, cohort_id: UUID) -> HttpResponse:
    """It will not take place."""
    return _change_state(request, cohort_id, actions.cancel_cohort, _("The cohort is cancelled."))


def _session_or_404(request: HttpRequest, session_id: UUID) -> Session:
    session = get_object_or_404(Session, pk=session_id)
    session.cohort = changeable_or_403(request, session.cohort_id)
    return session


@login_required
@require_POST
def cancel_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """This session does not take place and does not count."""
    session = _session_or_404(request, session_id)
    back = reverse("cohorts:edit", args=[session.cohort_id])
    try:
        actions.cancel_session(session=session, by=signed_in(request), at=timezone.now())
    except ActionError as error:
        return refuse(request, error, back)
    messages.success(request, _("The session is cancelled. It does not count for attendance."))
    return redirect(back)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def plan_session_again(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """A new time for the lesson of a cancelled session."""
    session = _session_or_404(request, session_id)
    typed = request.POST if request.method == "POST" else None
    form = SessionAgainForm(typed, initial={"starts_at": session.starts_at, "place": session.place})
    if request.method == "POST" and form.is_valid():
        try:
            actions.plan_session_again(session=session, **form.cleaned_data, by=signed_in(request), at=timezone.now())
        except ActionError as error:
            form.add_error("starts_at", str(error))
        else:
            messages.success(request, _("The lesson has a new time."))
            return redirect("cohorts:edit", session.cohort_id)
    crumbs = [*cohort_crumbs(session.cohort), (_("Dates and place"), reverse("cohorts:edit", args=[session.cohort_id]))]
    context = {"session": session, "form": form, "crumbs": crumbs}
    return render(request, "cohorts/session_again.html", context, status=422 if request.method == "POST" else 200)
