"""Asking another machine: over TLS, at an address that was looked up once, judged, and is connected to as judged.

Whoever makes us ask an address of her choice must not reach what only we reach: this machine, its network, its
provider's metadata.  So a name is looked up once, all that it leads to must lie in the public internet, and the
connection goes to exactly that number; a second look-up, which a hostile name server answers otherwise, never happens.
The certificate is verified against the name.  No redirect is followed, no cookie kept, no proxy asked.

By `http.client`, which leaves `connect` to us: of what urllib3 and httpx have beyond it (pools, redirects, retries,
proxies of the environment) nothing may happen here.
"""

import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPException, HTTPSConnection
from time import monotonic
from urllib.parse import urlsplit

HTTPS = 443
# For everything together after the name was looked up, and for one number that does not answer; of each name so many.
SECONDS, CONNECT_SECONDS, MOST_NUMBERS = 10, 4, 4
LONGEST = 500
_PRINTED = re.compile(r"[!-\[\]-~]+")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# The last label begins with a letter, so none of the ways to write a number is a name: 127.1, 0x7f000001, 2130706433.
_NAME = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])")
# In the public internet by the registries, and yet not: 6to4's relays, Azure's metadata; addresses that hold another.
_NOT_PUBLIC_4 = [ipaddress.IPv4Network(net) for net in ("192.88.99.0/24", "168.63.129.16/32")]
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_6 = [ipaddress.IPv6Network(net) for net in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]

# What a name leads to, as numbers.
type LookUp = Callable[[str, int], list[str]]


class Unfit(StrEnum):
    """Why an address is not asked at all."""

    NOT_HTTPS = "not_https"
    USER = "user"
    NOT_A_NAME = "not_a_name"
    PORT = "port"
    UNREADABLE = "unreadable"


class UnfitAddress(Exception):
    def __init__(self, code: Unfit) -> None:
        self.code = code
        super().__init__(code)


class NotReached(Exception):
    """`code`: no_such_host, not_public, unreachable, bad_certificate, slow, no_http, too_large."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Target:
    """`is_named`: whoever runs this installation names its host, so it may lie in a network of her own."""

    host: str
    port: int
    # With the query.
    path: str
    is_named: bool = False


@dataclass(frozen=True)
class Answer:
    status: int
    content: bytes


def target_of(address: str, *, ports: Collection[int] = (HTTPS,), named: Collection[str] = ()) -> Target:
    """What is asked: a name in the public internet at one of the ports, or one of the hosts `named` by the operator.

    A host is named as it stands in the address, with its port where it has one.  Raises UnfitAddress.
    """
    if len(address) > LONGEST or not _PRINTED.fullmatch(address):
        raise UnfitAddress(Unfit.UNREADABLE)
    try:
        parts = urlsplit(address)
        port = HTTPS if parts.port is None else parts.port
    except ValueError as error:
        raise UnfitAddress(Unfit.UNREADABLE) from error
    if parts.scheme != "https":
        raise UnfitAddress(Unfit.NOT_HTTPS)
    if "@" in parts.netloc:
        raise UnfitAddress(Unfit.USER)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    is_named, host = parts.netloc in named, parts.hostname or ""
    if not is_named and not _NAME.fullmatch(host):
        raise UnfitAddress(Unfit.NOT_A_NAME)
    if not is_named and port not in ports:
        raise UnfitAddress(Unfit.PORT)
    return Target(host, port, path, is_named)


def is_public(number: str) -> bool:
    """Does this number, as it was looked up, lie in the public internet, whatever way of writing it was chosen?"""
    try:
        found = ipaddress.ip_address(number)
    except ValueError:
        return False
    if not found.is_global or found.is_multicast or found.is_reserved:
        return False
    if isinstance(found, ipaddress.IPv4Address):
        return not any(found in net for net in _NOT_PUBLIC_4)
    return found in _GLOBAL_6 and not any(found in net for net in _NOT_PUBLIC_6)


def look_up(host: str, port: int) -> list[str]:
    """By this machine's resolver."""
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def ask(
    method: str,
    target: Target,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    most_bytes: int = 0,
    seconds: float = SECONDS,
    look_up: LookUp = look_up,
) -> Answer:
    """What the target answers, of its content at most so many bytes; with none of them it is not read at all.

    A redirect is an answer like others.  Raises NotReached.
    """
    connection = _Judged(target, _numbers(target, look_up), seconds)
    try:
        connection.request(method, target.path, body=body, headers=dict(headers or {}))
        # Closed by name: an answer that ends with the line keeps it open for itself.
        with connection.getresponse() as answer:
            content = answer.read(most_bytes + 1) if most_bytes else b""
    except (OSError, HTTPException, ValueError) as error:
        raise NotReached(connection.failure(error)) from error
    finally:
        connection.end()
    if connection.is_cut:
        raise NotReached("slow")
    if len(content) > most_bytes:
        raise NotReached("too_large")
    return Answer(answer.status, content)


def _numbers(target: Target, look_up: LookUp) -> list[str]:
    """All of them must be public: of a mixed answer no number is asked."""
    try:
        numbers = list(dict.fromkeys(look_up(target.host, target.port)))
    except (OSError, UnicodeError) as error:
        raise NotReached("no_such_host") from error
    if not numbers:
        raise NotReached("no_such_host")
    if not target.is_named and not all(is_public(number) for number in numbers):
        raise NotReached("not_public")
    return numbers[:MOST_NUMBERS]


class _Judged(HTTPSConnection):
    """To the numbers that were judged, under the name that was asked for; cut when the time is over.

    A timeout alone ends nothing: whoever sends a byte every few seconds would hold us for hours.
    """

    def __init__(self, target: Target, numbers: list[str], seconds: float) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(target.host, target.port, timeout=seconds, context=self._tls)
        self._numbers, self._until = numbers, monotonic() + seconds
        self._cutter: threading.Timer | None = None
        self.is_cut = False

    def connect(self) -> None:
        line = self._tls.wrap_socket(self._line(), server_hostname=self.host, do_handshake_on_connect=False)
        self.sock = line
        self._cutter = threading.Timer(max(0.0, self._until - monotonic()), self._cut, [line])
        self._cutter.daemon = True
        self._cutter.start()
        line.do_handshake()

    def _line(self) -> socket.socket:
        """To the first number that answers."""
        failed: OSError = TimeoutError()
        for number in self._numbers:
            left = self._until - monotonic()
            if left <= 0:
                break
            try:
                line = socket.create_connection((number, self.port), timeout=min(left, CONNECT_SECONDS))
            except OSError as error:
                failed = error
            else:
                line.settimeout(left)
                return line
        raise failed

    def _cut(self, line: ssl.SSLSocket) -> None:
        self.is_cut = True
        # The line's own way down would wait for the other side to say goodbye.
        with suppress(OSError):
            socket.socket.shutdown(line, socket.SHUT_RDWR)

    def failure(self, error: Exception) -> str:
        """The code of what went wrong."""
        if self.is_cut or isinstance(error, TimeoutError):
            return "slow"
        if isinstance(error, ssl.SSLCertVerificationError):
            return "bad_certificate"
        return "unreachable" if isinstance(error, OSError) else "no_http"

    def end(self) -> None:
        """Nothing of it is left, nor of a thread that would cut it."""
        if self._cutter:
            self._cutter.cancel()
        self.close()
