"""Identifiers: time-ordered UUIDs for rows, unguessable ids for certificates, codes that people type and dictate."""

import base64
import secrets
from uuid import UUID

import uuid_utils

# Crockford's base32: no I, L, O, U.  https://www.crockford.com/base32.html
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# The last five stand on no telephone's first keyboard, and are hard to say.
CHECK_SYMBOLS = ALPHABET + "*~$=U"
# What eye, ear and a Cyrillic keyboard mix up: А В Е К М Н О Р С Т У Х look like Latin letters and are none.
_LOOKALIKES = str.maketrans("OILІАВЕКМНОРСТУХ", "0111ABEKMH0PCTYX")
# The hyphens and dashes that phones and word processors put in the place of "-".
_HYPHENS = str.maketrans("", "", "-\u2010\u2011\u2012\u2013\u2014\u2212")


def new_id() -> UUID:
    """A UUIDv7: unique without asking the database, and in the order in which rows were made."""
    return UUID(int=uuid_utils.uuid7().int)


def random_code(length: int) -> str:
    """`length` symbols of Crockford's base32, 5 bits each."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def clean_code(typed: str) -> str:
    """What somebody typed or dictated, as the code it means: case, spaces, hyphens, look-alikes do not matter."""
    return "".join(typed.upper().split()).translate(_HYPHENS).translate(_LOOKALIKES)


def encode_base32(data: bytes) -> str:
    """Bytes as Crockford base32, most significant first, without padding."""
    number, length = int.from_bytes(data), -(-len(data) * 8 // 5)
    return "".join(ALPHABET[(number >> (5 * place)) & 31] for place in reversed(range(length)))


def decode_base32(code: str, size: int) -> bytes:
    """The `size` bytes that `code` encodes.  Raises ValueError for a foreign symbol, a wrong length or an overflow."""
    if len(code) != -(-size * 8 // 5):
        raise ValueError("wrong length")
    number = 0
    for symbol in code:
        number = number * 32 + ALPHABET.index(symbol)
    if number >= 1 << (8 * size):
        raise ValueError("too large")
    return number.to_bytes(size)


def check_symbol(data: bytes) -> str:
    """Crockford's check symbol: the number modulo 37."""
    return CHECK_SYMBOLS[int.from_bytes(data) % 37]


def dictated(data: bytes) -> str:
    """Bytes in groups of four with the check symbol last: what the certificate prints for the telephone."""
    code = encode_base32(data) + check_symbol(data)
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def undictated(typed: str, size: int) -> bytes:
    """The bytes behind a dictated code.  Raises ValueError if the length, a symbol or the check symbol is wrong."""
    # U is a check symbol only, and * ~ $ = survive cleaning; O/I/L in the last place mean 0/1/1 as elsewhere.
    code = clean_code(typed)
    data = decode_base32(code[:-1], size)
    if code[-1:] != check_symbol(data):
        raise ValueError("check symbol")
    return data


def undictated_but_for_the_last(typed: str, size: int) -> bytes:
    """The same of a code whose check symbol was left out.  Raises ValueError if the length or a symbol is wrong.

    A slip in it is not noticed: whoever reads it so has to ask whether such a thing exists.
    """
    return decode_base32(clean_code(typed), size)


def encode_id(data: bytes) -> str:
    """Bytes as base64url without padding: 16 bytes make 22 characters."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode_id(text: str, size: int = 16) -> bytes:
    """The bytes of `encode_id`; raises ValueError unless `text` is exactly what `encode_id` would have written."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if len(data) != size or encode_id(data) != text:
        raise ValueError("not one of our ids")
    return data
