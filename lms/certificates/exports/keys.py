"""Our public keys in the forms that other verifiers read: did:web and JSON Web Keys (RFC 7517, RFC 8037).

A whole one, its private part too, for another installation.
"""

from collections.abc import Iterable
from typing import Any

from lms.certificates.models import Ed25519Key, KeyState, SigningKey
from lms.certificates.signing import KEY_FILE, did_of, method_of, multikey_of
from lms.common.codes import encode_id

# The issuer's DID is the domain; which organisation a key belongs to is a property of the key, named in our own terms.
TERMS = {"organisation": "#organisation", "notBefore": "#notBefore", "notAfter": "#notAfter"}


def did_document_of(base_url: str, keys: Iterable[Ed25519Key]) -> dict[str, Any]:
    """The DID document: every key in two spellings; withdrawn ones vouch for nothing any more.

    Signed JSON names a key by its `kid`, a Data Integrity proof by its Multikey.
    """
    did, all_keys = did_of(base_url), list(keys)
    terms = {name: f"{base_url}/.well-known/did.json{term}" for name, term in TERMS.items()}
    return {
        "@context": [
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/suites/jws-2020/v1",
            "https://w3id.org/security/multikey/v1",
            terms,
        ],
        "id": did,
        "verificationMethod": [
            method for key in all_keys for method in (_jwk_method(did, key), _multikey_method(base_url, key))
        ],
        "assertionMethod": [
            name
            for key in all_keys
            if key.state != KeyState.COMPROMISED
            for name in (f"{did}#{key.kid}", method_of(base_url, bytes(key.public_key)))
        ],
    }


def key_set_of(keys: Iterable[Ed25519Key]) -> dict[str, Any]:
    """A JWK set; `exp` is when a key stopped signing, and a withdrawn one says so."""
    return {"keys": [_jwk(key) | _life(key) for key in keys]}


def key_file_of(key: SigningKey, private_key: bytes, base_url: str) -> dict[str, Any]:
    """All that another installation needs to sign with it: for an encrypted file, and nothing else."""
    return {
        "format": KEY_FILE,
        "organisation": key.organisation.code,
        "from": base_url,
        "not_before": key.not_before.isoformat(),
        "not_after": key.not_after.isoformat(),
        "key": _jwk(key) | {"d": encode_id(private_key)},
    }


def _jwk_method(did: str, key: Ed25519Key) -> dict[str, Any]:
    method = {"id": f"{did}#{key.kid}", "type": "JsonWebKey2020", "controller": did, "publicKeyJwk": _jwk(key)}
    return method | _times(key)


def _multikey_method(base_url: str, key: Ed25519Key) -> dict[str, Any]:
    public_key = bytes(key.public_key)
    method = {"id": method_of(base_url, public_key), "type": "Multikey", "controller": did_of(base_url)}
    return method | {"publicKeyMultibase": multikey_of(public_key)} | _times(key)


def _times(key: Ed25519Key) -> dict[str, str]:
    days = {
        "notBefore": key.not_before.isoformat(timespec="seconds"),
        "notAfter": key.not_after.isoformat(timespec="seconds"),
    }
    return _owner(key) | days


def _jwk(key: Ed25519Key) -> dict[str, Any]:
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": encode_id(bytes(key.public_key)),
        "kid": key.kid,
        "alg": "Ed25519",
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
