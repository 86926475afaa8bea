"""The bits of somebody else's status list (W3C Bitstring Status List, section 3.2)."""

import zlib
from base64 import urlsafe_b64decode
from typing import Any

# 131,072 entries at least, by the specification; and an end to what is inflated.
LEAST_BYTES, MOST_BYTES = 16_384, 4_000_000


class BadList(Exception):
    """Not a list for this purpose, or none that holds this place."""


def is_set(subject: Any, purpose: str, index: int) -> bool:
    """Is the bit at this place 1?  Raises BadList."""
    if not isinstance(subject, dict) or subject.get("type") not in ("BitstringStatusList", ["BitstringStatusList"]):
        raise BadList
    purposes = subject.get("statusPurpose")
    if purpose not in (purposes if isinstance(purposes, list) else [purposes]):
        raise BadList
    bits = _inflated(subject.get("encodedList"))
    if subject.get("statusSize", 1) != 1 or index >= len(bits) * 8:
        raise BadList
    return bool(bits[index // 8] & 0x80 >> index % 8)


def _inflated(encoded: Any) -> bytes:
    if not isinstance(encoded, str) or not encoded.startswith("u"):
        raise BadList
    try:
        packed = urlsafe_b64decode(encoded[1:] + "=" * (-(len(encoded) - 1) % 4))
        inflater = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        bits = inflater.decompress(packed, MOST_BYTES)
    except (ValueError, zlib.error) as error:
        raise BadList from error
    if inflater.unconsumed_tail or not inflater.eof or len(bits) < LEAST_BYTES:
        raise BadList
    return bits
