"""Ed25519 (RFC 8032): names and spellings of keys, and whether one signed."""

import hashlib
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lms.common.memory import kept_a_while

# What the file with the copy of a signing key says of itself.
KEY_FILE = "yntymak-signing-key-1"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
# What a Multikey begins with when it is Ed25519 (multicodec 0xed, as a varint).
_ED25519 = b"\xed\x01"


def kid_of(public_key: bytes) -> bytes:
    """8 bytes of the key's SHA-256: enough to find it among ours."""
    return hashlib.sha256(public_key).digest()[:8]


def multikey_of(public_key: bytes) -> str:
    """The key as a Multikey (W3C Controlled Identifiers, section 2.2.2): "z6Mk…"."""
    return to_multibase(_ED25519 + public_key)


def from_multikey(text: str) -> bytes:
    """The raw Ed25519 key of a Multikey.  Raises ValueError for anything else."""
    raw = from_multibase(text, size=34)
    if not raw.startswith(_ED25519):
        raise ValueError("not an Ed25519 key")
    return raw[2:]


def to_multibase(data: bytes) -> str:
    """Multibase base58btc: "z", and Bitcoin's alphabet; a leading zero byte is a "1"."""
    number, text = int.from_bytes(data), ""
    while number:
        number, place = divmod(number, 58)
        text = BASE58[place] + text
    return "z" + "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def from_multibase(text: str, *, size: int) -> bytes:
    """The `size` bytes that `to_multibase` writes as `text`.  Raises ValueError."""
    if not text.startswith("z") or len(text) > 2 * size:
        raise ValueError("not multibase base58btc")
    number = 0
    for symbol in text[1:]:
        number = number * 58 + BASE58.index(symbol)
    try:
        data = number.to_bytes(size)
    except OverflowError as error:
        raise ValueError("too long") from error
    if to_multibase(data) != text:
        raise ValueError("another spelling")
    return data


@kept_a_while(maxsize=1024)
def is_signed(public_key: bytes, signature: bytes, signed: bytes) -> bool:
    """A pure question of bytes, so the same one needs one answer.

    Whoever checks a certificate opens its page two or three times: to read it, to compare the name, to show it.  What
    is signed holds a name form, so it is not remembered for long.
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
