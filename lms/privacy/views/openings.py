"""Who opened what is kept encrypted about her."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lms.people.permissions import SignedInRequest
from lms.privacy.queries.openings import openings_of


@never_cache
@login_required
@require_safe
def show_openings(request: SignedInRequest) -> HttpResponse:
    """When, what, and in which role; never by whom."""
    crumbs = [(_("My data and consents"), resolve_url("people:profile"))]
    return render(request, "privacy/openings.html", {"openings": openings_of(request.user), "crumbs": crumbs})
