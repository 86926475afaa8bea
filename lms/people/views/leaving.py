"""Leaving quickly, because somebody comes near: signed out, and on a page that says nothing."""

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST


@require_POST
def leave_at_once(request: HttpRequest) -> HttpResponse:
    """Ends the session on this device without a word: whoever opens our site next learns nothing of it."""
    logout(request)
    return redirect(settings.NEUTRAL_SITE)
