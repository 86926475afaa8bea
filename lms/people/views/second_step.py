"""The second step belongs to a password: with a card, which others may have printed, nobody locks its holder out."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from lms.people.middleware import CARD_SEEN

type View = Callable[..., HttpResponseBase]


def after_password(view: View) -> View:
    """Only for whoever signed in with a password; others are told so on their page, and visitors sign in first."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if user.is_authenticated and (CARD_SEEN in request.session or not user.has_usable_password()):
            messages.error(
                request, _("The second step belongs to a password: sign in with your user name and password first.")
            )
            return redirect("people:profile")
        return view(request, *args, **kwargs)

    return answer
