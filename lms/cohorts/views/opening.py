"""Opening a draft; where it is refused, the ways to what is missing."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lms.cohorts import actions
from lms.cohorts.models import Cohort
from lms.cohorts.permissions import manages
from lms.cohorts.queries import managed_standings_for, run_cohorts_for
from lms.cohorts.views.shared import changeable_or_403
from lms.common.errors import ActionError
from lms.people.models import User
from lms.people.permissions import SignedInRequest

# An address, and what the way there is called.
type Way = tuple[str, str]


@login_required
@require_POST
def open_(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """Draft → open: texts pinned, lineage written, enrolment begins."""
    cohort = changeable_or_403(request, cohort_id)
    try:
        actions.open_cohort(cohort=cohort, by=request.user, at=timezone.now())
    except ActionError as error:
        ways = format_html_join("", ' <a class="tap" href="{}">{}</a>', _ways(request.user, cohort, error))
        messages.error(request, format_html("{}{}", str(error), ways))
    else:
        messages.success(request, _("The cohort is open. Import the list of people."))
    return redirect(cohort)


def _ways(user: User, cohort: Cohort, error: ActionError) -> list[Way]:
    """To where it is mended, as far as these pages are hers: trainers and standings are the coordinator's."""
    anew = (reverse("cohorts:plan"), _("Plan a cohort"))
    match error:
        case actions.NoSessions():
            return [(reverse("cohorts:edit", args=[cohort.pk]), _("Dates and place"))]
        case actions.OneCohortAtATime():
            others = run_cohorts_for(user).filter(code=error.params["cohort"])
            return [(other.get_absolute_url(), other.title or other.code) for other in others]
        case actions.LanguageNotCovered():
            return [*_to_trainers(user, cohort), anew]
        case actions.LeadHasLeft():
            return _to_trainers(user, cohort)
        case actions.LeadWithoutStanding():
            return [*_to_trainers(user, cohort), *_to_standings(user, cohort)]
        case actions.CandidateNeedsCoach():
            coached = managed_standings_for(user).filter(pk=str(error.params["standing"]))
            named = [(reverse("cohorts:standing", args=[one.pk]), _("Name the coach")) for one in coached]
            return named or _to_standings(user, cohort)
    return []


def _to_trainers(user: User, cohort: Cohort) -> list[Way]:
    address = reverse("cohorts:trainers", args=[cohort.pk])
    return [(address, _("Change the trainers"))] if manages(user, cohort) else []


def _to_standings(user: User, cohort: Cohort) -> list[Way]:
    return [(reverse("cohorts:standings"), _("Trainers and their standing"))] if manages(user, cohort) else []
