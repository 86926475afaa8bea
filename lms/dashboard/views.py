"""The first page after signing in, and the page of one cohort.  Nothing is written here."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lms.dashboard.queries import StaffHub, desk_for, hub_for
from lms.dashboard.rendering import session_to_mark
from lms.people.permissions import SignedInRequest


@require_safe
@login_required
def desk(request: SignedInRequest) -> HttpResponse:
    """Mine and next."""
    now = timezone.now()
    found = desk_for(request.user, now)
    return render(request, "dashboard/desk.html", {"desk": found, "to_mark": session_to_mark(found, now)})


@require_safe
@login_required
def cohort(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """A cohort's hub, for its staff or for one of its participants."""
    hub = hub_for(request.user, cohort_id, timezone.now())
    template = "dashboard/hub_staff.html" if isinstance(hub, StaffHub) else "dashboard/hub_participant.html"
    return render(request, template, {"hub": hub, "cohort": hub.cohort})
