"""A cohort's life: changed, closed and opened again, cancelled."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lms.cohorts import actions
from lms.cohorts.checks import may_reopen
from lms.cohorts.forms import ChangeForm, CloseForm, ReasonForm, TellingForm, TrainersForm
from lms.cohorts.models import Cohort, CohortState, Session, SessionNotice, TrainerPart
from lms.cohorts.permissions import manages
from lms.cohorts.queries import ends_with, get_run_cohort_or_404, loose_ends, telling_of, trainer_choices
from lms.cohorts.views.shared import after_change, changeable_or_403, cohort_crumbs, edit_crumbs
from lms.common.errors import ActionError
from lms.common.refusals import refusal_in, refusal_shown
from lms.people.permissions import SignedInRequest


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """Place, places, title and times; below, what ends or calls off."""
    cohort = changeable_or_403(request, cohort_id)
    sessions = list(cohort.sessions.all())
    typed = request.POST if request.method == "POST" else None
    telling = telling_of(cohort, SessionNotice.MOVED)
    form = ChangeForm(typed, cohort=cohort, sessions=sessions, telling=telling)
    refusal = ""
    if form.is_valid():
        before = {session.pk: session.revision for session in sessions}
        try:
            with transaction.atomic():
                _change(request, cohort, form)
                found = [row for row in cohort.sessions.all() if row.pk in before]
                moved = [row for row in found if row.revision != before[row.pk]]
                messages.success(request, _("Saved."))
                return after_change(request, cohort, SessionNotice.MOVED, moved)
        except ActionError as error:
            refusal = str(error)
    return _render_edit(request, cohort, sessions, form, refusal)


def _change(request: SignedInRequest, cohort: Cohort, form: ChangeForm) -> None:
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


def _render_edit(
    request: SignedInRequest, cohort: Cohort, sessions: list[Session], form: ChangeForm, refusal: str
) -> HttpResponse:
    context = {
        "cohort": cohort,
        "form": form,
        "calling_off": TellingForm(telling=telling_of(cohort, SessionNotice.CALLED_OFF), auto_id="off_%s"),
        "sessions": sessions,
        "is_draft": cohort.state == CohortState.DRAFT,
        "has_ended": cohort.has_ended,
        "coordinates": manages(request.user, cohort),
        "may_reopen": manages(request.user, cohort) and may_reopen(cohort, timezone.now()),
        "ends_with": ends_with(request.user, cohort),
        "refusal": refusal,
        "crumbs": cohort_crumbs(cohort),
    }
    return render(request, "cohorts/edit.html", context, status=422 if request.method == "POST" else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def trainers(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """Who trains; for the coordinator."""
    cohort = get_run_cohort_or_404(request.user, cohort_id)
    if not manages(request.user, cohort):
        raise PermissionDenied
    form = _trainers_form(request, cohort)
    if form.is_valid():
        lead, helpers = form.cleaned_data["lead"], form.cleaned_data.get("co_trainers", [])
        with refusal_in(form, "lead"):
            actions.change_trainers(cohort=cohort, lead=lead, co_trainers=helpers, by=request.user, at=timezone.now())
            messages.success(request, _("Saved."))
            return redirect(cohort)
    context = {"cohort": cohort, "form": form, "crumbs": edit_crumbs(cohort)}
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
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """The training is over: what is still open is named first."""
    cohort = changeable_or_403(request, cohort_id)
    form = CloseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusal_in(form, "anyway"):
            anyway = form.cleaned_data["anyway"]
            actions.close_cohort(cohort=cohort, anyway=anyway, by=request.user, at=timezone.now())
            messages.success(request, _("The cohort is closed."))
            return redirect(cohort)
    context = {
        "cohort": cohort,
        "form": form,
        "ends": loose_ends(request.user, cohort) if cohort.is_live else [],
        "crumbs": edit_crumbs(cohort),
    }
    return render(request, "cohorts/close.html", context, status=422 if request.method == "POST" else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """The coordinator opens it again, with a reason."""
    cohort = get_run_cohort_or_404(request.user, cohort_id)
    if not manages(request.user, cohort):
        raise PermissionDenied
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusal_in(form, "reason"):
            reason = form.cleaned_data["reason"]
            actions.reopen_cohort(cohort=cohort, reason=reason, by=request.user, at=timezone.now())
            messages.success(request, _("The cohort is open again."))
            return redirect(cohort)
    context = {"cohort": cohort, "form": form, "may": may_reopen(cohort, timezone.now()), "crumbs": edit_crumbs(cohort)}
    return render(request, "cohorts/reopen.html", context, status=422 if request.method == "POST" else 200)


@login_required
@require_POST
def cancel(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """It will not take place; the participants are told where she ticked it."""
    cohort, by, at = changeable_or_403(request, cohort_id), request.user, timezone.now()
    with refusal_shown(request), transaction.atomic():
        told = "tell" in request.POST and actions.tell_of_calling_off(cohort=cohort, by=by, at=at)
        actions.cancel_cohort(cohort=cohort, by=by, at=at)
        messages.success(request, _("The cohort is cancelled."))
        if told:
            return redirect("cohorts:notices", cohort.pk)
        if cohort.enrolments.enrolled().exists():
            messages.warning(request, _("Its participants were sent nothing: tell them yourself."))
    return redirect(cohort)
