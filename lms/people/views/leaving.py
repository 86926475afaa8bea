"""Leaving quickly, because somebody comes near: signed out, and on a page that says nothing."""

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from lms.people.permissions import is_participant


@require_POST
def leave_at_once(request: HttpRequest) -> HttpResponse:
    """Ends the session on this device without a word: whoever opens our site next learns nothing of it."""
    logout(request)
    return redirect(settings.NEUTRAL_SITE)


def on_every_page(request: HttpRequest, _subject: None) -> str:
    """The button, for participants.  A page that anybody may have to leave shows it to everybody by itself."""
    # A request that was refused early has not been asked yet whose it is.
    user = getattr(request, "user", AnonymousUser())
    return render_to_string("components/quick_exit.html", request=request) if is_participant(user) else ""
