"""Finding a participant.  What is sought stays out of addresses, logs and the history of the browser."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lms.cohorts import queries
from lms.cohorts.actions import note_recognised
from lms.cohorts.forms import FindForm
from lms.cohorts.permissions import PLANNING_ROLES, may_find_people
from lms.common.throttling import too_many
from lms.common.views import too_many_requests
from lms.people.permissions import SignedInRequest, has_role

RATE = "60/10m"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find_people(request: SignedInRequest) -> HttpResponse:
    """The people of the cohorts that she runs; the search changes nothing, it is sent as a form for the address."""
    if not may_find_people(request.user):
        raise Http404
    typed = request.POST if request.method == "POST" else None
    if typed is not None and too_many(request, group="find-people", rate=RATE, key=str(request.user.pk)):
        return too_many_requests(request, retry_after=600)
    form = FindForm(typed, coordinates=has_role(request.user, *PLANNING_ROLES))
    found = None
    if form.is_valid():
        found = queries.find_people(request.user, form.cleaned_data["sought"])
        note_recognised(found=found.recognised, by=request.user, at=timezone.now())
    return render(request, "cohorts/find.html", {"form": form, "found": found}, status=422 if form.errors else 200)
