"""Who may know how much disk is left and how long the queue is."""

import secrets

from django.conf import settings
from django.http import HttpRequest


def is_operator(request: HttpRequest) -> bool:
    """Does she send `Authorization: Bearer` with settings.OPERATOR_TOKEN?  Without a token nobody is.

    No address is trusted instead: behind a proxy on the same machine the whole world comes from 127.0.0.1.
    """
    kept = settings.OPERATOR_TOKEN
    sent = request.headers.get("Authorization", "")
    return bool(kept) and secrets.compare_digest(sent.encode(), f"Bearer {kept}".encode())
