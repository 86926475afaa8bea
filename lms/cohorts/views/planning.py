"""Planning a cohort in four steps, or like one that was."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lms.cohorts.actions import duplicate_cohort, plan_cohort
from lms.cohorts.forms import LABELS, DuplicateForm, PlanWizard, WhoForm
from lms.cohorts.views.shared import changeable_or_403, edit_crumbs
from lms.common.errors import ActionError
from lms.common.languages import LANGUAGE_NAMES, pick
from lms.common.refusals import refusal_in
from lms.people.permissions import SignedInRequest

# Where a button leads without a look at what is typed.
_UNJUDGED = {"back": PlanWizard.go_back, "stay": PlanWizard.stay}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: SignedInRequest) -> HttpResponse:
    """One address for all steps; each is a POST that carries what was typed before."""
    user, now = request.user, timezone.now()
    if request.method != "POST":
        return _show(request, PlanWizard(user, now))
    wizard = PlanWizard.from_post(user, now, request.POST)
    if not wizard.rights:
        raise Http404
    if wizard.expired:
        messages.warning(request, _("This page was open for too long. Please begin the plan again."))
        return redirect("cohorts:plan")
    shown = wizard.step
    if quietly := _UNJUDGED.get(request.POST.get("go", "")):
        quietly(wizard)
        return _show(request, wizard)
    if not wizard.go_on():
        return _show(request, wizard, status=422 if wizard.step == shown else 200)
    try:
        cohort = plan_cohort(**wizard.plan(), by=user, at=now)
    except ActionError as error:
        return _show(request, wizard, status=422, refusal=str(error))
    messages.success(request, _("The cohort is planned. Open it when trainers and dates are right."))
    return redirect(cohort)


def _show(request: SignedInRequest, wizard: PlanWizard, *, status: int = 200, refusal: str = "") -> HttpResponse:
    if not wizard.rights:
        raise Http404
    form = wizard.form
    chosen = {step: built.cleaned_data for step, built in wizard.forms.items() if built.is_bound and built is not form}
    context = {
        **chosen,
        "wizard": wizard,
        "form": form,
        "modules": [
            f"{outline.code} · {pick(outline.titles)}" for outline in chosen.get("what", {}).get("outlines", [])
        ],
        "spoken": [LANGUAGE_NAMES[code] for code in chosen.get("what", {}).get("languages", [])],
        "step": wizard.step,
        "steps": LABELS,
        "refusal": refusal,
        # Only a coordinator comes so far without a trainer, and she may sign for the first ones.
        "nobody_trains": isinstance(form, WhoForm) and not form.people,
        "nobody_stands": isinstance(form, WhoForm) and not form.has_standing,
    }
    return render(request, "cohorts/plan.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def duplicate(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """A new draft like this cohort, from another first day."""
    cohort = changeable_or_403(request, cohort_id)
    now = timezone.now()
    form = DuplicateForm(request.POST if request.method == "POST" else None, today=timezone.localdate(now))
    if form.is_valid():
        with refusal_in(form):
            starts_on = form.cleaned_data["starts_on"]
            copy = duplicate_cohort(cohort=cohort, starts_on=starts_on, by=request.user, at=now)
            messages.success(request, _("The cohort is planned. Open it when trainers and dates are right."))
            return redirect(copy)
    context = {"cohort": cohort, "form": form, "crumbs": edit_crumbs(cohort)}
    return render(request, "cohorts/duplicate.html", context, status=422 if request.method == "POST" else 200)
