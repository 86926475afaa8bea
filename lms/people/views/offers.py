"""A role that an organisation offers her: yes or no."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from lms.common.refusals import refusal_shown
from lms.common.views import too_many_requests
from lms.people import actions
from lms.people.actions import accept_offer, decline_offer
from lms.people.models import RoleOffer
from lms.people.permissions import SignedInRequest
from lms.people.queries import makes_own_pin
from lms.people.views.shared import keep_pin, pin_kept, show_pin, show_pin_again, too_many_words


def _here(request: SignedInRequest, path: str) -> str:
    """The address on this site from which she came, else an empty text."""
    is_ours = url_has_allowed_host_and_scheme(path, {request.get_host()}, require_https=request.is_secure())
    return path if is_ours else ""


@never_cache
@login_required
@require_POST
def accept(request: SignedInRequest, offer_id: UUID) -> HttpResponse:
    """The role begins."""
    offer = get_object_or_404(RoleOffer.objects.filter(person=request.user), pk=offer_id)
    if too_many_words(request):
        return too_many_requests(request, retry_after=3600)
    with refusal_shown(request):
        word = request.POST.get("word", "")[:100]
        accepted = accept_offer(offer=offer, by=request.user, at=timezone.now(), word=word)
        if accepted.pin:
            return show_pin(request, accepted.pin, why="accepted")
        messages.success(request, _("You have accepted. What the role opens is on your desk."))
    return redirect(settings.LOGIN_REDIRECT_URL)


@never_cache
@login_required
@require_POST
def make_own_pin(request: SignedInRequest) -> HttpResponse:
    """A PIN for her card that nobody else has seen; then on to what she came for.

    Sent again, a moment later or while it is being made, it shows the same one.
    """
    if not makes_own_pin(request.user):
        raise Http404
    seen, go_on = request.POST.get("seen", ""), _here(request, request.POST.get("next", ""))
    pin = pin_kept(request, seen)
    with refusal_shown(request):
        pin = pin or _new_pin(request, seen)
    return show_pin_again(request, pin, go_on=go_on) if pin else redirect("people:profile")


def _new_pin(request: SignedInRequest, seen: str) -> str:
    """Made now, or by the first of two taps for which this one has waited."""
    try:
        with transaction.atomic():
            pin = actions.make_own_pin(by=request.user, seen=_as_time(seen), at=timezone.now())
            keep_pin(request, seen, pin)  # before the other may look
            return pin
    except actions.PinMadeMeanwhile:
        if kept := pin_kept(request, seen):
            return kept
        raise


def _as_time(text: str) -> datetime | None:
    """None where the card was never printed, or where it is no time at all."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


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
