"""Session plans: a candidate hands hers in, her coach or coordinator answers."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from lms.assessments.actions import decide_plan, hand_in_plan
from lms.assessments.forms import DecisionForm, PlanForm
from lms.assessments.models import SubmissionState
from lms.assessments.queries import own_submissions, plan_cohorts, submissions_for
from lms.cohorts.models import EnrolmentState
from lms.cohorts.queries import current_standing, own_enrolments
from lms.cohorts.views.shared import cohort_crumbs
from lms.common.refusals import refusal_in
from lms.people.permissions import SignedInRequest


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_plan(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """Where a candidate hands in her plan and reads the answer."""
    mine = own_enrolments(request.user).filter(state=EnrolmentState.ENROLLED)
    cohort = get_object_or_404(mine, cohort=cohort_id).cohort
    today = timezone.localdate()
    open_to_her = [
        module for module in cohort.modules.all() if current_standing(request.user, module.module_code, today)
    ]
    form = PlanForm(open_to_her, data=request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusal_in(form):
            hand_in_plan(cohort=cohort, by=request.user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Your plan is handed in. Your coach or coordinator will answer here."))
            return redirect("assessments:my_plan", cohort.pk)
    plans = list(own_submissions(request.user, cohort))
    context = {
        "cohort": cohort,
        "crumbs": cohort_crumbs(cohort),
        "form": form if open_to_her else None,
        "waits": any(plan.state == SubmissionState.HANDED_IN for plan in plans) and not form.is_bound,
        "plans": plans,
    }
    return render(request, "assessments/my_plan.html", context, status=422 if form.is_bound else 200)


@login_required
@never_cache
@require_safe
def submissions(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """The plans of this cohort that she decides about."""
    cohort = get_object_or_404(plan_cohorts(request.user), pk=cohort_id)
    plans = submissions_for(request.user, timezone.localdate()).filter(cohort=cohort)
    context = {
        "cohort": cohort,
        "crumbs": cohort_crumbs(cohort),
        "waiting": [plan for plan in plans if plan.state == SubmissionState.HANDED_IN],
        "answered": [plan for plan in plans if plan.state != SubmissionState.HANDED_IN],
    }
    return render(request, "assessments/submissions.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: SignedInRequest, submission_id: UUID) -> HttpResponse:
    """One plan, read and answered."""
    plan = get_object_or_404(submissions_for(request.user, timezone.localdate()), pk=submission_id)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        accepted, comment = form.cleaned_data["decision"] == "accept", form.cleaned_data["comment"]
        with refusal_in(form):
            decide_plan(submission=plan, accepted=accepted, comment=comment, by=request.user, at=timezone.now())
            messages.success(request, _("Your answer is recorded."))
            return redirect("assessments:submissions", plan.cohort_id)
    context = {"plan": plan, "form": form, "is_open": plan.state == SubmissionState.HANDED_IN or form.is_bound}
    context["crumbs"] = cohort_crumbs(plan.cohort)
    return render(request, "assessments/decide.html", context, status=422 if form.is_bound else 200)
