"""Doors that other packages bring along and that lead nowhere, or to ours."""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages import get_messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect


def closed(request: HttpRequest, *_args: object, **_kwargs: object) -> HttpResponse:
    """There is no such page."""
    raise Http404


def to_profile(request: HttpRequest) -> HttpResponse:
    """One place for one's own data."""
    return redirect("people:profile")


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """The editor's own login page would know nothing of limits and second steps.

    Wagtail also sends here whoever is signed in without a role in the editor; for her there is no such page.
    """
    if request.user.is_authenticated:
        # Wagtail left a message that speaks of permissions.
        list(get_messages(request))
        raise Http404
    return redirect_to_login(request.GET.get("next", "/cms/"), login_url=settings.LOGIN_URL)
