"""The script and the server judge every statement alike: good ones, and each way of tampering that we know of."""

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lms.certificates.signing import (
    Claims,
    PinnedKey,
    StatementRefused,
    encode_claims,
    kid_of,
    name_digest,
    sign_claims,
    verify_statement,
)
from lms.certificates.signing.statements import EPOCH
from lms.common.codes import encode_id
from tests.certificates.test_signing import CLAIMS, ID, KEYS, PRIVATE, PUBLIC, SIGNED, TAMPERED, rebuilt
from tests.certificates.verifier.conftest import Ask

OTHER = bytes(range(1, 33))
OTHER_PUBLIC = Ed25519PrivateKey.from_private_bytes(OTHER).public_key().public_bytes_raw()
[OURS] = KEYS.values()


def of_python(statement: bytes, *, public_id: bytes = ID, keys: dict[bytes, PinnedKey] = KEYS) -> dict[str, Any]:
    """What the server says, in the words of the script."""
    try:
        claims = verify_statement(statement, public_id=public_id, keys=keys)
    except StatementRefused as refused:
        return {"reason": refused.code}
    return in_script(claims)


def in_script(claims: Claims) -> dict[str, Any]:
    """The same claims as the script has them."""
    return {
        "issuer": claims.issuer,
        "issuedOn": _days(claims.issued_on),
        "expiresOn": _days(claims.expires_on),
        "modules": [[code, int(hours * 10)] for code, hours in claims.modules],
        "level": claims.level,
        "languages": list(claims.languages),
        "trainsUntil": _days(claims.trains_until),
        "statusIndex": claims.status_index,
        "shownName": claims.shown_name,
        "nameDigest": claims.name_digest.hex() or None,
    }


def _days(day: date | None) -> int | None:
    return (day - EPOCH).days if day else None


def question(statement: bytes, *, public_id: bytes = ID, keys: dict[bytes, PinnedKey] = KEYS) -> tuple[str, dict]:
    known = [
        {
            "kid": encode_id(key.kid),
            "publicKey": encode_id(key.public_key),
            "organisation": key.issuer,
            "lastDay": _days(key.not_after),
        }
        for key in keys.values()
    ]
    return "read", {"statement": encode_id(statement), "id": encode_id(public_id), "keys": known}


def assert_alike(ask: Ask, statements: list[bytes], **options: Any) -> list[dict[str, Any]]:
    """Both answer the same to all of them; returns the answers."""
    expected = [of_python(statement, **options) for statement in statements]
    assert ask([question(statement, **options) for statement in statements]) == expected
    return expected


def signed_anew(payload: bytes) -> bytes:
    return rebuilt(payload=payload)


def test_every_changed_byte_is_refused_with_the_same_reason(ask):
    changed = []
    for place in range(len(SIGNED)):
        for bits in (0x01, 0x20, 0x80, 0xFF):
            copy = bytearray(SIGNED)
            copy[place] ^= bits
            changed.append(bytes(copy))
    reasons = {answer["reason"] for answer in assert_alike(ask, changed)}
    assert reasons == {"malformed", "unknown_key", "bad_signature"}


def test_every_cut_lengthened_or_swapped_statement_is_refused_with_the_same_reason(ask):
    protected, _unprotected, payload, signature = cbor2.loads(SIGNED)
    cut = [SIGNED[:length] for length in range(len(SIGNED))]
    longer = [SIGNED[:place] + b"\x00" + SIGNED[place:] for place in range(len(SIGNED) + 1)]
    swapped = [
        cbor2.dumps(parts, canonical=True)
        for parts in (
            [payload, {}, protected, signature],
            [protected, {}, signature, payload],
            [{}, protected, payload, signature],
            [protected, {}, payload],
            [protected, {}, payload, signature, b""],
            [protected, {}, payload, signature[:63]],
            [protected, {}, payload, b""],
            [protected, {}, payload.decode("latin-1"), signature],
            [protected, {}, None, signature],
            [protected, [], payload, signature],
            {1: protected, 2: {}, 3: payload, 4: signature},
            cbor2.CBORTag(18, [protected, {}, payload, signature]),
            [protected, {}, payload + b" " * 1024, signature],
        )
    ]
    rest = [b"\x9f" + SIGNED[1:] + b"\xff", b"\x98\x04" + SIGNED[1:]]
    assert all("reason" in answer for answer in assert_alike(ask, [*cut, *longer, *swapped, *rest]))


def test_another_header_id_or_key_is_refused_with_the_same_reason(ask):
    headers: list[dict[Any, Any]] = [
        {1: -7, 4: kid_of(PUBLIC)},
        {1: "none", 4: kid_of(PUBLIC)},
        {4: kid_of(PUBLIC)},
        {1: -8},
        {},
        {1: -8, 4: kid_of(PUBLIC), -1: PUBLIC},
        {1: -8, 4: kid_of(OTHER_PUBLIC)},
        {1: -8, 4: kid_of(PUBLIC)[:7]},
    ]
    told = [rebuilt(protected=cbor2.dumps(header, canonical=True)) for header in headers]
    order = b"\xa2\x04\x48" + kid_of(PUBLIC) + b"\x01\x27"
    forged = sign_claims(CLAIMS, public_id=ID, private_key=OTHER)
    statements = [*told, rebuilt(protected=order), rebuilt(unprotected={4: kid_of(PUBLIC)}), forged]
    assert all("reason" in answer for answer in assert_alike(ask, statements))
    assert assert_alike(ask, [SIGNED], public_id=bytes(16)) == [{"reason": "bad_signature"}]
    assert assert_alike(ask, [SIGNED], keys={}) == [{"reason": "unknown_key"}]
    # Our key for another issuer, and after its last day; somebody else's under the name of ours.
    for key in (replace(OURS, issuer="other"), replace(OURS, not_after=CLAIMS.issued_on - timedelta(days=1))):
        assert assert_alike(ask, [SIGNED], keys={key.kid: key}) == [{"reason": "unknown_key"}]
    swapped = replace(OURS, public_key=OTHER_PUBLIC)
    assert assert_alike(ask, [SIGNED], keys={OURS.kid: swapped}) == [{"reason": "bad_signature"}]


def test_every_claim_exchanged_after_signing_is_refused(ask):
    protected, _unprotected, _payload, signature = cbor2.loads(SIGNED)
    exchanged = [
        cbor2.dumps([protected, {}, encode_claims(replace(CLAIMS, **{name: value})), signature], canonical=True)
        for name, values in TAMPERED.items()
        for value in values
    ]
    assert {answer["reason"] for answer in assert_alike(ask, exchanged)} == {"bad_signature"}


# What our own key could sign and our own encoder would never write.
SHAPES: list[dict[Any, Any]] = [
    {1: 5}, {1: ""}, {1: None}, {2: -1}, {2: "20000"}, {2: 2932897}, {2: 20000.0}, {2: True}, {3: -1}, {3: None},
    {4: [["M1"]]}, {4: [["M1", 7.5]]}, {4: [["M1", 75, 1]]}, {4: "M1"}, {4: {"M1": 75}}, {4: [[b"M1", 75]]},
    {4: [["M1", -1]]}, {5: 0}, {5: 5}, {5: True}, {5: 1.0}, {5: "certified"}, {6: "ky"}, {6: [1]}, {6: {}}, {7: "x"},
    {8: -1}, {8: 1.5}, {8: cbor2.CBORTag(2, b"\x01")}, {9: ""}, {9: 7}, {9: b"x"}, {10: b""}, {10: b"x"},
    {10: "x" * 16}, {11: 1}, {0: 1}, {-1: 1}, {"1": 1}, {b"": 1}, {cbor2.undefined: 1},
]  # fmt: skip


def test_claims_of_another_shape_are_refused_with_the_same_reason(ask):
    said = cbor2.loads(encode_claims(CLAIMS))
    payloads = [cbor2.dumps(said | change, canonical=True) for change in SHAPES]
    payloads += [cbor2.dumps({key: value for key, value in said.items() if key != left}) for left in (1, 2, 4, 5, 6, 8)]
    payloads += [cbor2.dumps(value) for value in ([], 5, "x", None, {}, [said])]
    answers = assert_alike(ask, [signed_anew(payload) for payload in payloads])
    assert {answer["reason"] for answer in answers} == {"bad_claims"}


def test_another_spelling_of_the_same_claims_is_refused_with_the_same_reason(ask):
    payload = encode_claims(CLAIMS)
    said = cbor2.loads(payload)
    text = "Айгүл Т.".encode()
    index, at = b"\x08\x1a\x00\x01\x2f\xd1", payload.index
    spellings = [
        payload.replace(index, b"\x08\x1b\x00\x00\x00\x00\x00\x01\x2f\xd1"),
        payload.replace(b"\x05\x03", b"\x05\x18\x03"),
        payload.replace(b"\x05\x03", b"\x05\x19\x00\x03"),
        payload.replace(b"\x05\x03", b"\x18\x05\x03"),
        payload.replace(b"\x06\x82", b"\x06\x98\x02"),
        payload.replace(b"\x62ky", b"\x78\x02ky"),
        payload.replace(b"\x62ky", b"\x7f\x62ky\xff"),
        payload.replace(text, b"\xff" + text[1:]),
        payload.replace(text, b"\xed\xa0\x80" + text[3:]),
        b"\xbf" + payload[1:] + b"\xff",
        b"\xb8" + bytes([payload[0] & 31]) + payload[1:],
        cbor2.dumps(dict(reversed(said.items()))),
        # The same key twice, with the same value.
        bytes([payload[0] + 1]) + payload[1 : at(b"\x05\x03")] + b"\x05\x03" + payload[at(b"\x05\x03") :],
        payload + b"\x00",
        b"\xd9\xd9\xf7" + payload,
    ]
    assert payload not in spellings
    answers = assert_alike(ask, [signed_anew(spelling) for spelling in spellings])
    assert {answer["reason"] for answer in answers} == {"bad_claims"}


def random_claims(dice: random.Random) -> Claims:
    """Any claims that the encoder takes, strange ones among them."""

    def text(least: int, most: int) -> str:
        return "".join(dice.choice("Айгүл-Ө «»'. aZ0\u0301\ufeff\u200f😀<") for _ in range(dice.randint(least, most)))

    def day() -> date:
        return date(1970, 1, 1) + timedelta(days=dice.choice((0, 23, 24, 255, 256, 65535, 65536, 2932896)))

    codes = ("ky", "ru", "en")
    return Claims(
        issuer=text(1, 30),
        issued_on=day(),
        modules=tuple((text(0, 5), Decimal(dice.choice((0, 75, 9999))) / 10) for _ in range(dice.randint(0, 30))),
        level=dice.choice(("participant", "candidate", "certified", "master")),
        languages=tuple(dice.sample(codes, dice.randint(0, 3))),
        status_index=dice.choice((0, 23, 24, 131_071, 131_072, 2**31, 2**32, 2**53 - 1)),
        expires_on=dice.choice((None, day())),
        trains_until=dice.choice((None, day())),
        shown_name=text(0, 60),
        name_digest=dice.choice((b"", name_digest("Айгүл", b"s" * 16))),
    )


def test_every_good_statement_passes(ask):
    dice = random.Random(4)
    claims = [replace(random_claims(dice), issuer="coalition", issued_on=EPOCH) for _ in range(100)]
    signed = [sign_claims(one, public_id=ID, private_key=PRIVATE) for one in [CLAIMS, *claims]]
    fitting = [statement for statement in signed if len(statement) <= 1024]
    assert len(fitting) > 80
    assert [answer for answer in assert_alike(ask, fitting) if "reason" in answer] == []
    anybody = [sign_claims(random_claims(dice), public_id=ID, private_key=PRIVATE) for _ in range(60)]
    assert {answer.get("reason") for answer in assert_alike(ask, anybody)} <= {"unknown_key", "malformed"}


def test_random_bytes_are_refused_with_the_same_reason(ask):
    dice = random.Random(5)
    noise = [dice.randbytes(dice.randint(0, 200)) for _ in range(300)]
    nested = [b"\x84" * depth + b"\x40" for depth in (5, 100, 1000)]
    assert {answer["reason"] for answer in assert_alike(ask, [*noise, *nested])} == {"malformed"}


@pytest.mark.parametrize("depth", [200, 900])
def test_payload_nested_deeply_is_refused(ask, depth):
    assert_alike(ask, [signed_anew(b"\x81" * depth + b"\x00")])
