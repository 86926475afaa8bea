"""Limits on how often one address, card or code may try; see "Who" in the architecture for the figures."""

from django.http import HttpRequest
from django_ratelimit.core import get_usage

from lms.common.clients import client_address, client_network


def tries_left(request: HttpRequest, *, group: str, rate: str, key: str | None = None, counted: bool = True) -> int:
    """Counts this try and says how many more there are within `rate` ("30/m", "300/10m"); -1: this was one too many.

    Not `counted`: only says how many there are.

    Counted per `key` where one is given (a card code, a certificate), otherwise per client address (IPv6: per /64).
    """
    counted_by = client_network(request) if key is None else key
    usage = get_usage(request, group=group, key=lambda _group, _request: counted_by, rate=rate, increment=counted)
    return -1 if usage["should_limit"] else usage["limit"] - usage["count"]


def too_many(request: HttpRequest, *, group: str, rate: str, key: str | None = None) -> bool:
    """Counts this try and says whether it is over `rate`, as `tries_left` counts."""
    return tries_left(request, group=group, rate=rate, key=key) < 0


__all__ = ["client_address", "too_many", "tries_left"]
