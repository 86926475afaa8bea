"""The first page after signing in, and the page of one cohort.  Nothing is written here."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lms.assessments.rendering import tag_of
from lms.attendance.scoring import COUNTED_HOW
from lms.dashboard.queries import PARTS, StaffHub, archive_for, desk_for, followed_cohorts, hub_for
from lms.dashboard.rendering import help_page_of, hub_session_to_mark, session_to_mark, told_of_certificates
from lms.people.permissions import SignedInRequest, has_sleeping_roles, has_unconfirmed_roles

# Cohorts on one page of the whole list.
PER_PAGE = 25


@require_safe
@login_required
def desk(request: SignedInRequest) -> HttpResponse:
    """Mine and next."""
    now = timezone.now()
    found = desk_for(request.user, now)
    unconfirmed = has_unconfirmed_roles(request.user)
    context = {
        "desk": found,
        "sleeps": has_sleeping_roles(request.user),
        "unconfirmed": unconfirmed,
        "help_page": help_page_of(found, waits=unconfirmed),
        "to_mark": session_to_mark(found, now),
        "told": told_of_certificates(request.user, found, now),
        "at": now,
        # What this phone keeps of her tests, it keeps under this name.
        "owner": tag_of(request.user.pk),
    }
    return render(request, "dashboard/desk.html", context)


@require_safe
@login_required
def cohorts(request: SignedInRequest) -> HttpResponse:
    """Every cohort that she runs, page by page, and those that she follows."""
    part = request.GET.get("part", "")
    part = part if part in PARTS else ""
    tabs = [(name, f"?part={key}" if key else "?", key == part) for key, (name, _states) in PARTS.items()]
    page = Paginator(archive_for(request.user, part), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "dashboard/cohorts.html", {"page": page, "tabs": tabs, "followed": followed_cohorts(request.user)}
    )


@require_safe
@login_required
def cohort(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """A cohort's hub, for its staff or for one of its participants."""
    now = timezone.now()
    hub = hub_for(request.user, cohort_id, now)
    context = {"hub": hub, "cohort": hub.cohort}
    if not isinstance(hub, StaffHub):
        return render(request, "dashboard/hub_participant.html", {**context, "counted_how": COUNTED_HOW})
    return render(request, "dashboard/hub_staff.html", {**context, "to_mark": hub_session_to_mark(hub, now)})
