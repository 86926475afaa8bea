"""One request after the other, where the server's threads share a connection."""

import threading
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_TURN = threading.Lock()


def take_turns(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A middleware; the first of all, so that nobody's session is read meanwhile."""

    def answer(request: HttpRequest) -> HttpResponse:
        with _TURN:
            return get_response(request)

    return answer
