"""Where a request comes from, believing only as many proxies as the operator named."""

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "0.0.0.0"  # noqa: S104 - stands for "no address", nothing is bound to it
_WITH_PORT = re.compile(r"^(?:\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<four>[0-9.]+))(?::\d+)?$")


def client_address(request: HttpRequest) -> str:
    """The client's address: the entry of X-Forwarded-For that our outermost trusted proxy wrote, else the peer's.

    A client can write any X-Forwarded-For; each proxy appends the address it saw.  With n trusted proxies the n-th
    entry from the right is the first that the client could not forge.
    """
    if settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        client = _address(hops[-settings.TRUSTED_PROXIES]) if len(hops) >= settings.TRUSTED_PROXIES else ""
        if client:
            return client
    return _address(request.META.get("REMOTE_ADDR", "")) or UNKNOWN


def client_network(request: HttpRequest) -> str:
    """What every limit counts as one client: an address, of IPv6 the network of one line (RATELIMIT_IPV6_MASK)."""
    return _network(request, settings.RATELIMIT_IPV6_MASK).partition("/")[0]


def client_site(request: HttpRequest) -> str:
    """Of IPv6 the network that one customer may have, as 2001:db8:1::/48, with all its lines; else the address."""
    return _network(request, settings.RATELIMIT_IPV6_SITE_MASK)


def _network(request: HttpRequest, mask: int) -> str:
    address = client_address(request)
    return str(ipaddress.ip_network((address, mask), strict=False)) if ":" in address else address


def _address(text: str) -> str:
    """An address without its port, IPv4 as IPv4 even where a socket for both kinds wrote it; "" for anything else."""
    bracketed = _WITH_PORT.match(text)
    if bracketed:
        text = bracketed["six"] or bracketed["four"]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)
