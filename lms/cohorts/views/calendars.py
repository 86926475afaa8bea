"""Calendar addresses: made, shown and revoked by their owner; the file itself is for whoever knows the address."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lms.cohorts.actions import make_calendar_address, revoke_calendar_address
from lms.cohorts.exports import calendar_file
from lms.cohorts.models import CalendarAddress
from lms.cohorts.queries import (
    calendar_addresses_for,
    calendar_behind,
    sessions_behind,
    token_of,
)
from lms.cohorts.views.shared import people_or_403
from lms.common.refusals import refusal_shown
from lms.notices.models import Reveals
from lms.notices.queries import rule_of
from lms.people.permissions import SignedInRequest

# A calendar without days is none: what each rule leaves in the file (exports.calendars), in words.
SEEN_WITH_ADDRESS: dict[str, str | Promise] = {
    Reveals.NOTHING: gettext_lazy("days and hours of your sessions, but neither the place nor the topic"),
    Reveals.TIME_AND_PLACE: gettext_lazy("days, hours and places of your sessions, but not the topic"),
    Reveals.EVERYTHING: gettext_lazy("days, hours and places of your sessions, which training and which lesson"),
}


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The file, without sign-in and cookie: a calendar has neither.  Any other address is the common 404."""
    address = calendar_behind(token)
    if address is None:
        raise Http404
    now, person = timezone.now(), address.person
    sessions = sessions_behind(address, now)
    with translation.override(person.language):
        content = calendar_file(sessions, reveals=rule_of(person).reveals, at=now)
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": 'inline; filename="sessions.ics"',
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex",
    }
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


@login_required
@never_cache
@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    """Her addresses."""
    rows = [(address, _url(address)) for address in calendar_addresses_for(request.user)]
    context = {
        "rows": rows,
        "has_own": any(address.cohort_id is None for address, _url in rows),
        "sees": SEEN_WITH_ADDRESS[rule_of(request.user).reveals],
        "crumbs": [(_("My data and consents"), reverse("people:profile"))],
    }
    return render(request, "cohorts/calendar.html", context)


def _url(address: CalendarAddress) -> str:
    return settings.PUBLIC_BASE_URL + reverse("feed:calendar", args=[token_of(address)])


@login_required
@require_POST
def make(request: SignedInRequest) -> HttpResponse:
    """An address of all her sessions."""
    with refusal_shown(request):
        make_calendar_address(person=request.user, by=request.user, at=timezone.now())
        messages.success(request, _("Your calendar has an address now. Give it to nobody."))
    return redirect("calendar:mine")


@login_required
@require_POST
def make_of_cohort(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """An address of the sessions of one cohort, for those who run it."""
    cohort = people_or_403(request, cohort_id)
    with refusal_shown(request):
        make_calendar_address(person=request.user, cohort=cohort, by=request.user, at=timezone.now())
        messages.success(request, _("Your calendar has an address now. Give it to nobody."))
    return redirect("calendar:mine")


@login_required
@require_POST
def revoke(request: SignedInRequest, address_id: UUID) -> HttpResponse:
    """The address answers nothing from now on."""
    address = get_object_or_404(calendar_addresses_for(request.user), pk=address_id)
    with refusal_shown(request):
        revoke_calendar_address(address=address, by=request.user, at=timezone.now())
        messages.success(request, _("The address is shut. Calendars that used it get nothing any more."))
    return redirect("calendar:mine")


def on_profile(request: HttpRequest, _subject: None) -> str:
    """The way to her calendar addresses, on her profile."""
    return render_to_string("cohorts/panel_calendar.html", request=request)
