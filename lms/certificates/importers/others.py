"""Other issuers: their keys and lists, from hosts that whoever runs this installation allows and from no other."""

import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings

from lms.certificates.importers.files import Unreadable, read_json
from lms.certificates.signing import from_multikey
from lms.common import outgoing

type Ask = Callable[[str], bytes]

MOST_BYTES = 2_000_000
_HOST = re.compile(r"[a-z0-9.-]+(:\d{1,5})?")
_STEP = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")


class NotAsked(Exception):
    """`code` says why there is no answer: host_not_allowed, unreachable."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def ask_host(address: str) -> bytes:
    """What an allowed host answers to GET, over TLS and at once: no redirect leads on to another.  Raises NotAsked."""
    if not _is_allowed(address):
        raise NotAsked("host_not_allowed")
    try:
        target = outgoing.target_of(address, named=settings.CREDENTIAL_HOSTS)
        answer = outgoing.ask("GET", target, most_bytes=MOST_BYTES)
    except (outgoing.UnfitAddress, outgoing.NotReached) as error:
        raise NotAsked("unreachable") from error
    if answer.status != 200:
        raise NotAsked("unreachable")
    return answer.content


def _is_allowed(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" and parts.netloc in settings.CREDENTIAL_HOSTS


def may_be_asked(issuer: str) -> bool:
    """Whether the issuer's own document lies on a host that may be asked."""
    address = _document_address(issuer)
    return address is not None and _is_allowed(address)


def key_of_other(issuer: str, method: str, ask: Ask) -> bytes | None:
    """The raw Ed25519 key under which the issuer signs as `method`; None if it does not, or no more.

    Raises NotAsked.
    """
    if issuer.startswith("did:key:"):
        return _key_in_name(issuer, method)
    address = _document_address(issuer)
    if address is None:
        return None
    try:
        document = read_json(ask(address).decode())
    except (Unreadable, UnicodeDecodeError) as error:
        raise NotAsked("unreachable") from error
    return _key_in_document(document, issuer, method)


def _key_in_name(issuer: str, method: str) -> bytes | None:
    name = issuer.removeprefix("did:key:")
    try:
        return from_multikey(name) if method == f"{issuer}#{name}" else None
    except ValueError:
        return None


def _document_address(issuer: str) -> str | None:
    """Where a did:web or an https issuer publishes its keys."""
    if issuer.startswith("https://"):
        return issuer.partition("#")[0]
    host, *steps = issuer.removeprefix("did:web:").split(":")
    named = issuer.startswith("did:web:") and _HOST.fullmatch(unquote(host))
    if not named or not all(_STEP.fullmatch(step) for step in steps):
        return None
    return f"https://{unquote(host)}/{'/'.join(steps) or '.well-known'}/did.json"


def _key_in_document(document: Mapping[str, Any], issuer: str, method: str) -> bytes | None:
    """The document must be the issuer's own, vouch for the key, and not have withdrawn it."""
    vouched = _listed(document.get("assertionMethod"))
    keys = [one for one in [*_listed(document.get("verificationMethod")), *vouched] if isinstance(one, dict)]
    found = [one for one in keys if _full_name(one.get("id"), issuer) == method]
    names = [_full_name(one.get("id") if isinstance(one, dict) else one, issuer) for one in vouched]
    if document.get("id") != issuer or method not in names or len(found) != 1 or found[0].get("controller") != issuer:
        return None
    return None if "revoked" in found[0] else _raw_key(found[0])


def _full_name(name: Any, issuer: str) -> str:
    """A document may name its own keys by their fragments."""
    if not isinstance(name, str):
        return ""
    return f"{issuer}{name}" if name.startswith("#") else name


def _raw_key(method: Mapping[str, Any]) -> bytes | None:
    jwk = method.get("publicKeyJwk")
    try:
        if isinstance(jwk, dict) and (jwk.get("kty"), jwk.get("crv")) == ("OKP", "Ed25519"):
            raw = urlsafe_b64decode(jwk["x"] + "=" * (-len(jwk["x"]) % 4))
            return raw if len(raw) == 32 else None
        return from_multikey(method["publicKeyMultibase"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
