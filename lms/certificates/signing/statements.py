"""The statement in a certificate's QR: COSE_Sign1 (RFC 9052) over CBOR (RFC 8949), Ed25519 (RFC 8032).  Pure functions.

    [ protected: {1: -8, 4: kid}, unprotected: {}, payload: claims with integer keys, signature ]

untagged, in deterministic encoding.  The certificate's public id is not inside: it is bound as `external_aad`, so a
statement is good for the address it was printed with and no other.  The verifier knows one algorithm and the keys that
it was given; it reads neither from the statement.

What a page shows beyond the statement, since a QR has no room for it (titles and names in three languages), is the
record, which the same key signs for the same address (records.py).
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lms.certificates.signing.keys import is_signed, kid_of
from lms.certificates.signing.names import DIGEST_BYTES

ALGORITHM, KEY_ID = 1, 4
EDDSA = -8
EPOCH = date(1970, 1, 1)
# A statement in a QR of version 14-M is half of this long.
MAX_BYTES = 1024
LEVEL_NUMBERS = {"participant": 1, "candidate": 2, "certified": 3, "master": 4}
_LEVELS = {number: level for level, number in LEVEL_NUMBERS.items()}
# Keys of the claims.
ISSUER, ISSUED, EXPIRES, MODULES, LEVEL, LANGUAGES, TRAINS_UNTIL, STATUS_INDEX, SHOWN_NAME, NAME_DIGEST = range(1, 11)


class StatementRefused(Exception):
    """Not a statement of ours for this address.  `code` says why: malformed, unknown_key, bad_signature, bad_claims."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Claims:
    """What a statement says.  Hours in tenths; `shown_name` is "" and `name_digest` b"" where nothing is said."""

    issuer: str
    issued_on: date
    modules: tuple[tuple[str, Decimal], ...]
    level: str
    languages: tuple[str, ...]
    status_index: int
    expires_on: date | None = None
    trains_until: date | None = None
    shown_name: str = ""
    name_digest: bytes = b""


@dataclass(frozen=True)
class PinnedKey:
    """A public key that this verifier believes: for one issuer, and for certificates issued until `not_after`.

    There is no first day: a certificate of an earlier year is signed again when its key was withdrawn.
    """

    kid: bytes
    issuer: str
    public_key: bytes
    not_after: date


def claims_of(
    record: Mapping[str, Any], *, status_index: int, shown_name: str = "", name_digest: bytes = b""
) -> Claims:
    """The claims of a stored record (Certificate.claims), in which days and hours are text."""
    return Claims(
        issuer=record["issuer"]["code"],
        issued_on=date.fromisoformat(record["issued_on"]),
        modules=tuple((module["code"], Decimal(module["hours"])) for module in record["modules"]),
        level=record["level"],
        languages=tuple(record["languages"]),
        status_index=status_index,
        expires_on=_from_iso(record["expires_on"]),
        trains_until=_from_iso(record["trains_until"]),
        shown_name=shown_name,
        name_digest=name_digest,
    )


def _from_iso(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def encode_claims(claims: Claims) -> bytes:
    """The payload, deterministic; what is empty is left out."""
    said = {
        ISSUER: claims.issuer,
        ISSUED: _days(claims.issued_on),
        EXPIRES: _days(claims.expires_on),
        MODULES: [[code, int(hours * 10)] for code, hours in claims.modules],
        LEVEL: LEVEL_NUMBERS[claims.level],
        LANGUAGES: list(claims.languages),
        TRAINS_UNTIL: _days(claims.trains_until),
        STATUS_INDEX: claims.status_index,
        SHOWN_NAME: claims.shown_name,
        NAME_DIGEST: claims.name_digest,
    }
    return cbor2.dumps({key: value for key, value in said.items() if value not in (None, "", b"")}, canonical=True)


def parse_claims(payload: bytes) -> Claims:
    """The inverse of `encode_claims`; raises StatementRefused("bad_claims") for anything it would not have written."""
    try:
        said = cbor2.loads(payload)
        claims = Claims(
            issuer=_text(said[ISSUER]),
            issued_on=_day(said[ISSUED]),
            expires_on=_optional_day(said, EXPIRES),
            modules=tuple((_text(code), Decimal(_number(tenths)) / 10) for code, tenths in said[MODULES]),
            level=_LEVELS[said[LEVEL]],
            languages=tuple(_text(language) for language in said[LANGUAGES]),
            trains_until=_optional_day(said, TRAINS_UNTIL),
            status_index=_number(said[STATUS_INDEX]),
            shown_name=_text(said.get(SHOWN_NAME, "")),
            name_digest=_digest(said.get(NAME_DIGEST, b"")),
        )
        written = encode_claims(claims)
    except _MALFORMED as error:
        raise StatementRefused("bad_claims") from error
    if written != payload:
        raise StatementRefused("bad_claims")
    return claims


def sign_claims(claims: Claims, *, public_id: bytes, private_key: bytes) -> bytes:
    """The statement for one address, signed with a raw Ed25519 private key of 32 bytes."""
    key = Ed25519PrivateKey.from_private_bytes(private_key)
    protected = _protected(kid_of(key.public_key().public_bytes_raw()))
    payload = encode_claims(claims)
    signature = key.sign(_signed_bytes(protected, public_id, payload))
    return cbor2.dumps([protected, {}, payload, signature], canonical=True)


def verify_statement(statement: bytes, *, public_id: bytes, keys: Mapping[bytes, PinnedKey]) -> Claims:
    """What `statement` says, if a key of `keys` signed exactly this for `public_id`.  Raises StatementRefused."""
    protected, payload, signature = _parts(statement)
    key = _key_for(protected, keys)
    if not is_signed(key.public_key, signature, _signed_bytes(protected, public_id, payload)):
        raise StatementRefused("bad_signature")
    claims = parse_claims(payload)
    if claims.issuer != key.issuer or claims.issued_on > key.not_after:
        raise StatementRefused("unknown_key")
    return claims


# cbor2 raises its own errors for bad bytes, and the rest comes from values of another shape than ours.
_MALFORMED = (
    cbor2.CBORDecodeError,
    cbor2.CBOREncodeError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    OverflowError,
    RecursionError,
)


def _parts(statement: bytes) -> tuple[bytes, bytes, bytes]:
    try:
        if len(statement) > MAX_BYTES:
            raise ValueError("too long")
        protected, unprotected, payload, signature = cbor2.loads(statement)
        written = cbor2.dumps([protected, {}, payload, signature], canonical=True)
    except _MALFORMED as error:
        raise StatementRefused("malformed") from error
    of_bytes = all(type(part) is bytes for part in (protected, payload, signature))
    if not of_bytes or unprotected != {} or written != statement:
        raise StatementRefused("malformed")
    return protected, payload, signature


def _key_for(protected: bytes, keys: Mapping[bytes, PinnedKey]) -> PinnedKey:
    """The pinned key whose header this is, byte for byte: another algorithm or parameter fits none."""
    for kid, key in keys.items():
        if hmac.compare_digest(protected, _protected(kid)):
            return key
    raise StatementRefused("unknown_key")


def _protected(kid: bytes) -> bytes:
    return cbor2.dumps({ALGORITHM: EDDSA, KEY_ID: kid}, canonical=True)


def _signed_bytes(protected: bytes, public_id: bytes, payload: bytes) -> bytes:
    """Sig_structure of RFC 9052, section 4.4."""
    return cbor2.dumps(["Signature1", protected, public_id, payload], canonical=True)


def _days(day: date | None) -> int | None:
    return (day - EPOCH).days if day else None


def _day(value: Any) -> date:
    return EPOCH + timedelta(days=_number(value))


def _optional_day(said: dict[int, Any], key: int) -> date | None:
    return _day(said[key]) if key in said else None


def _number(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("not a number")
    return value


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError("not a text")
    return value


def _digest(value: Any) -> bytes:
    if type(value) is not bytes or len(value) not in (0, DIGEST_BYTES):
        raise ValueError("not a digest")
    return value
