"""A session that a card opened ends when nobody has used it for long: participants share phones."""

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# In such a session: when its holder was last seen, in seconds.
CARD_SEEN = "card_seen"
# When somebody had signed in as she before, in ISO form; empty: nobody had.
CARD_BEFORE = "card_before"
CARD_IDLE_HOURS = 12
# No row is written for each page.
NOTED_EVERY = 15 * 60


class CardSessionMiddleware:
    """Ends it before anything asks who she is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Without the cookie there is nothing to look up.
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            _note(request, time.time())
        return self.get_response(request)


def _note(request: HttpRequest, now: float) -> None:
    seen = request.session.get(CARD_SEEN)
    if seen is not None and now - seen > CARD_IDLE_HOURS * 3600:
        request.session.flush()
    elif seen is not None and now - seen > NOTED_EVERY:
        request.session[CARD_SEEN] = now
