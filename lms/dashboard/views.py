"""The first page after signing in, and the page of one cohort.  Nothing is written here."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lms.cohorts.queries import ended_cohorts_for
from lms.dashboard.queries import StaffHub, desk_for, hub_for
from lms.dashboard.rendering import hub_session_to_mark, session_to_mark
from lms.people.permissions import SignedInRequest

PAGE_SIZE = 25


@require_safe
@login_required
def desk(request: SignedInRequest) -> HttpResponse:
    """Mine and next."""
    now = timezone.now()
    found = desk_for(request.user, now)
    return render(request, "dashboard/desk.html", {"desk": found, "to_mark": session_to_mark(found, now)})


@require_safe
@login_required
def ended(request: SignedInRequest) -> HttpResponse:
    """The cohorts that are over and no longer lie on the desk."""
    page = Paginator(ended_cohorts_for(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "dashboard/ended.html", {"page": page})


@require_safe
@login_required
def cohort(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """A cohort's hub, for its staff or for one of its participants."""
    now = timezone.now()
    hub = hub_for(request.user, cohort_id, now)
    context = {"hub": hub, "cohort": hub.cohort}
    if not isinstance(hub, StaffHub):
        return render(request, "dashboard/hub_participant.html", context)
    return render(request, "dashboard/hub_staff.html", {**context, "to_mark": hub_session_to_mark(hub, now)})
