"""Our public keys in the forms that other verifiers read: did:web and JSON Web Keys (RFC 7517, RFC 8037)."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urlsplit

from lms.certificates.models import Ed25519Key, KeyState, SigningKey
from lms.common.codes import encode_id

# The issuer's DID is the domain; which organisation a key belongs to is a property of the key, named in our own terms.
TERMS = {"organisation": "#organisation", "notBefore": "#notBefore", "notAfter": "#notAfter"}


def did_of(base_url: str) -> str:
    """did:web of the domain; a port is percent-encoded, as the method's specification asks."""
    return f"did:web:{quote(urlsplit(base_url).netloc, safe='')}"


def did_document_of(base_url: str, keys: Iterable[Ed25519Key]) -> dict[str, Any]:
    """The DID document: every key as a verification method; withdrawn ones vouch for nothing any more."""
    did, all_keys = did_of(base_url), list(keys)
    terms = {name: f"{base_url}/.well-known/did.json{term}" for name, term in TERMS.items()}
    return {
        "@context": [
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/suites/jws-2020/v1",
            terms,
        ],
        "id": did,
        "verificationMethod": [_method(did, key) for key in all_keys],
        "assertionMethod": [f"{did}#{key.kid}" for key in all_keys if key.state != KeyState.COMPROMISED],
    }


def key_set_of(keys: Iterable[Ed25519Key]) -> dict[str, Any]:
    """A JWK set; `exp` is when a key stopped signing, and a withdrawn one says so."""
    return {"keys": [_jwk(key) | _life(key) for key in keys]}


def _method(did: str, key: Ed25519Key) -> dict[str, Any]:
    return {
        "id": f"{did}#{key.kid}",
        "type": "JsonWebKey2020",
        "controller": did,
        "publicKeyJwk": _jwk(key),
        **_owner(key),
        "notBefore": key.not_before.isoformat(timespec="seconds"),
        "notAfter": key.not_after.isoformat(timespec="seconds"),
    }


def _jwk(key: Ed25519Key) -> dict[str, Any]:
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": encode_id(bytes(key.public_key)),
        "kid": key.kid,
        "alg": "EdDSA",
        "use": "sig",
    }


def _life(key: Ed25519Key) -> dict[str, Any]:
    said: dict[str, Any] = {
        **_owner(key),
        "iat": int(key.not_before.timestamp()),
        "exp": int(key.not_after.timestamp()),
    }
    if key.state == KeyState.COMPROMISED:
        said["revoked"] = {"revoked_at": int(key.not_after.timestamp()), "reason": "compromised"}
    return said


def _owner(key: Ed25519Key) -> dict[str, str]:
    """The organisation that a key is for; the site's own has none, and signs no certificate."""
    return {"organisation": key.organisation.code} if isinstance(key, SigningKey) else {}
