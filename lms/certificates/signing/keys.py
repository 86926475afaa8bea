"""Ed25519 (RFC 8032): names of keys, and whether one signed."""

import hashlib
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def kid_of(public_key: bytes) -> bytes:
    """8 bytes of the key's SHA-256: enough to find it among ours."""
    return hashlib.sha256(public_key).digest()[:8]


@lru_cache(maxsize=1024)
def is_signed(public_key: bytes, signature: bytes, signed: bytes) -> bool:
    """A pure question of bytes, so the same one needs one answer.

    Whoever checks a certificate opens its page two or three times: to read it, to compare the name, to show it.
    """
    try:
        _public_key(public_key).verify(signature, signed)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=64)
def _public_key(raw: bytes) -> Ed25519PublicKey:
    """A key, read from its bytes once: there are few, and many statements of each."""
    return Ed25519PublicKey.from_public_bytes(raw)
