"""Where a request comes from, believing only as many proxies as the operator named."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The client's address: the entry of X-Forwarded-For that our outermost trusted proxy wrote, else the peer's.

    A client can write any X-Forwarded-For; each proxy appends the address it saw.  With n trusted proxies the n-th
    entry from the right is the first that the client could not forge.
    """
    peer = request.META.get("REMOTE_ADDR") or "0.0.0.0"  # noqa: S104 - a placeholder, nothing is bound to it
    if not settings.TRUSTED_PROXIES:
        return peer
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    return hops[-settings.TRUSTED_PROXIES] if len(hops) >= settings.TRUSTED_PROXIES else peer
