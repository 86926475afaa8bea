"""Limits on how often one address, card or code may try; see "Who" in the architecture for the figures."""

from django.http import HttpRequest
from django_ratelimit.core import is_ratelimited

from lms.common.clients import client_address


def too_many(request: HttpRequest, *, group: str, rate: str, key: str | None = None) -> bool:
    """Counts this try and says whether it is over `rate` ("30/m", "300/10m").

    Counted per `key` where one is given (a card code, a certificate), otherwise per client address (IPv6: per /64).
    """
    counted_by = (lambda _group, _request: key) if key is not None else "ip"
    return is_ratelimited(request, group=group, key=counted_by, rate=rate, increment=True)


__all__ = ["client_address", "too_many"]
