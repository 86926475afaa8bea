"""What stands about a person in a cohort, put right by those who run it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lms.cohorts.actions import NameIsHers, correct_enrolment
from lms.cohorts.forms import CorrectForm
from lms.cohorts.models import Enrolment
from lms.cohorts.queries import home_regions, may_correct_name
from lms.cohorts.views.shared import Crumbs, remaining_or_404, roster_crumbs
from lms.common.refusals import refusal_in
from lms.people.permissions import SignedInRequest


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: SignedInRequest, enrolment_id: UUID) -> HttpResponse:
    """Her display name, language, region, sex, age and part; of a closed cohort nothing."""
    enrolment = remaining_or_404(request, enrolment_id)
    typed, renames = request.POST if request.method == "POST" else None, may_correct_name(request.user, enrolment)
    form = CorrectForm(typed, enrolment=enrolment, regions=home_regions(), may_rename=renames)
    if form.is_valid():
        name, language = form.cleaned_data.get("display_name", ""), form.cleaned_data["language"]
        new = {"language": language, "facts": form.facts(), "display_name": name}
        with refusal_in(form):
            changed = correct_enrolment(enrolment=enrolment, **new, by=request.user, at=timezone.now())
            messages.success(request, _("Saved.") if changed else _("Nothing was different, so nothing was changed."))
            return redirect("cohorts:person", enrolment.pk)
    context = {
        "enrolment": enrolment,
        "form": form,
        "why_not_renamed": "" if renames else NameIsHers.message,
        "crumbs": _crumbs(enrolment),
    }
    return render(request, "cohorts/correct.html", context, status=422 if form.errors else 200)


def _crumbs(enrolment: Enrolment) -> Crumbs:
    here = (_("A person in the cohort"), reverse("cohorts:person", args=[enrolment.pk]))
    return [*roster_crumbs(enrolment.cohort), here]
