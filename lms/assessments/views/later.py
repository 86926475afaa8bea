"""A post-test that is over, given to one person once more by those who run her cohort."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lms.assessments.actions import allow_later
from lms.assessments.checks import may_be_given, proposed_end
from lms.assessments.forms import LaterForm
from lms.assessments.models import Allowance, Paper
from lms.assessments.queries import allowance_of, module_title
from lms.cohorts.views.shared import cohort_crumbs, remaining_or_404
from lms.common.refusals import refusal_in
from lms.people.permissions import SignedInRequest


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def allow(request: SignedInRequest, paper_id: UUID, enrolment_id: UUID) -> HttpResponse:
    """Until when, and why; she is told by her trainer and by her own page."""
    enrolment = remaining_or_404(request, enrolment_id)
    paper = get_object_or_404(Paper.objects.defer("content"), pk=paper_id, cohort=enrolment.cohort)
    given = allowance_of(paper, enrolment)
    form = LaterForm(request.POST if request.method == "POST" else None, initial=_proposed(given))
    if form.is_valid():
        with refusal_in(form, "until"):
            allow_later(paper=paper, enrolment=enrolment, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("She finds the test on the page of the cohort. Tell her: nobody else does."))
            return redirect("assessments:tests", enrolment.cohort_id)
    tests = (_("Tests"), reverse("assessments:tests", args=[enrolment.cohort_id]))
    context = {
        "paper": paper,
        "enrolment": enrolment,
        "module_title": module_title(paper),
        "given": given,
        "is_shown": paper.closed_at and not may_be_given(paper.closed_at, enrolment.cohort),
        "form": form,
        "crumbs": [*cohort_crumbs(enrolment.cohort), tests],
    }
    return render(request, "assessments/later.html", context, status=422 if form.errors else 200)


def _proposed(given: Allowance | None) -> dict[str, Any]:
    """What stands already while she may still write; else a week."""
    now = timezone.localtime()
    if given and given.until > now:
        return {"until": given.until, "reason": given.reason}
    return {"until": proposed_end(now)}
