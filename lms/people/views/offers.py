"""A role that an organisation offers her: yes or no."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from lms.common.refusals import refusal_shown
from lms.common.throttling import too_many
from lms.common.views import too_many_requests
from lms.people.actions import accept_offer, decline_offer, renew_pins
from lms.people.models import RoleOffer, User
from lms.people.permissions import SignedInRequest
from lms.people.queries import live_cards, roles_of

# Words that somebody may try in an hour.
RATE = "10/h"


@never_cache
@login_required
@require_POST
def accept(request: SignedInRequest, offer_id: UUID) -> HttpResponse:
    """The role begins."""
    offer = get_object_or_404(RoleOffer.objects.filter(person=request.user), pk=offer_id)
    if too_many(request, group="offer-word", rate=RATE, key=str(request.user.pk)):
        return too_many_requests(request, retry_after=3600)
    with refusal_shown(request):
        word = request.POST.get("word", "")[:100]
        accepted = accept_offer(offer=offer, by=request.user, at=timezone.now(), word=word)
        if accepted.pin:
            return _show_pin(request, accepted.pin, has_accepted=True)
        messages.success(request, _("You have accepted. What the role opens is on your desk."))
    return redirect(settings.LOGIN_REDIRECT_URL)


@never_cache
@login_required
@require_POST
def make_own_pin(request: SignedInRequest) -> HttpResponse:
    """A PIN for the card of somebody with duties that nobody else has seen; her roles may sleep until she has it."""
    person = request.user
    if person.pk not in live_cards([person]) or not roles_of(person).exists():
        raise Http404
    pins = renew_pins(people=[person], by=person, at=timezone.now())
    return _show_pin(request, pins[person.pk], has_accepted=False)


def _show_pin(request: SignedInRequest, pin: str, *, has_accepted: bool) -> HttpResponse:
    """Once, and nowhere else.  What the old PIN opened is over, but for this session."""
    person = User.objects.get(pk=request.user.pk)
    update_session_auth_hash(request, person)
    code = live_cards([person])[person.pk].code
    return render(request, "people/new_pin.html", {"pin": pin, "code": code, "has_accepted": has_accepted})


@never_cache
@login_required
@require_POST
def decline(request: SignedInRequest, offer_id: UUID) -> HttpResponse:
    """Nobody is told."""
    offer = get_object_or_404(RoleOffer.objects.filter(person=request.user), pk=offer_id)
    with refusal_shown(request):
        decline_offer(offer=offer, by=request.user, at=timezone.now())
        messages.success(request, _("You have declined. The organisation is not told."))
    return redirect(settings.LOGIN_REDIRECT_URL)
