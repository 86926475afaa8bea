"""Limits on how often one address, card or code may try; see "Who" in the architecture for the figures."""

from django.conf import settings
from django.http import HttpRequest
from django_ratelimit.core import get_usage

from lms.common.clients import client_address, client_network, client_site


def tries_left(request: HttpRequest, *, group: str, rate: str, key: str | None = None, counted: bool = True) -> int:
    """Counts this try and says how many more there are within `rate` ("30/m", "300/10m"); -1: this was one too many.

    Not `counted`: only says how many there are.

    Counted per `key` where one is given (a card code, a certificate), otherwise per client address; of IPv6 per /64,
    and per /48 beside it, for whoever has one of those has a new /64 for each try.
    """
    if key is not None:
        return _left(request, group, rate, key, counted)
    network, site = client_network(request), client_site(request)
    left = _left(request, group, rate, network, counted)
    # What a line has no try for any more takes nothing from its neighbours.
    if left < 0 or site == network:
        return left
    tries, _slash, period = rate.partition("/")
    of_site = f"{int(tries) * settings.RATELIMIT_SITE_TIMES}/{period}"
    return min(left, _left(request, group, of_site, site, counted))


def _left(request: HttpRequest, group: str, rate: str, counted_by: str, counted: bool) -> int:
    usage = get_usage(request, group=group, key=lambda _group, _request: counted_by, rate=rate, increment=counted)
    return -1 if usage["should_limit"] else usage["limit"] - usage["count"]


def too_many(request: HttpRequest, *, group: str, rate: str, key: str | None = None) -> bool:
    """Counts this try and says whether it is over `rate`, as `tries_left` counts."""
    return tries_left(request, group=group, rate=rate, key=key) < 0


__all__ = ["client_address", "too_many", "tries_left"]
