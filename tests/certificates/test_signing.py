"""The statement: what goes in comes out, and nothing else does."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from lms.certificates.signing import (
    Claims,
    PinnedKey,
    StatementRefused,
    encode_claims,
    kid_of,
    log_hash,
    name_digest,
    parse_claims,
    sign_claims,
    verify_statement,
)
from lms.common.codes import encode_id
from lms.common.qr import qr_version

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

PRIVATE = bytes(range(32))
PUBLIC = Ed25519PrivateKey.from_private_bytes(PRIVATE).public_key().public_bytes_raw()
ID = bytes(range(16))
KEYS = {kid_of(PUBLIC): PinnedKey(kid_of(PUBLIC), "coalition", PUBLIC, date(2026, 12, 31))}
CLAIMS = Claims(
    issuer="coalition",
    issued_on=date(2026, 11, 24),
    modules=(("M1", Decimal("7.5")),),
    level="certified",
    languages=("ky", "ru"),
    status_index=77_777,
    expires_on=date(2029, 11, 24),
    trains_until=date(2029, 11, 24),
    shown_name="Айгүл Т.",
    name_digest=name_digest("Айгүл Токтосунова", b"s" * 16),
)
SIGNED = sign_claims(CLAIMS, public_id=ID, private_key=PRIVATE)


def verify(statement: bytes, *, public_id: bytes = ID, keys: dict = KEYS) -> Claims:
    return verify_statement(statement, public_id=public_id, keys=keys)


def refusal(statement: bytes, **options) -> str:
    with pytest.raises(StatementRefused) as error:
        verify(statement, **options)
    return error.value.code


def rebuilt(*, protected: bytes | None = None, unprotected: dict | None = None, payload: bytes | None = None) -> bytes:
    """The statement with one part exchanged, signed by our own key over what it says then."""
    old = cbor2.loads(SIGNED)
    parts = [protected or old[0], unprotected or {}, payload or old[2]]
    signed = cbor2.dumps(["Signature1", parts[0], ID, parts[2]], canonical=True)
    return cbor2.dumps([*parts, Ed25519PrivateKey.from_private_bytes(PRIVATE).sign(signed)], canonical=True)


def test_statement_says_what_was_signed():
    assert verify(SIGNED) == CLAIMS


def test_participants_statement_leaves_out_what_is_not_said():
    claims = replace(CLAIMS, level="participant", expires_on=None, trains_until=None, shown_name="", name_digest=b"")
    assert verify(sign_claims(claims, public_id=ID, private_key=PRIVATE)) == claims
    assert set(cbor2.loads(encode_claims(claims))) == {1, 2, 4, 5, 6, 8}


def test_statement_fits_the_qr_that_is_printed():
    participant = replace(CLAIMS, level="participant", expires_on=None, trains_until=None, languages=("ky",))
    statement = sign_claims(participant, public_id=ID, private_key=PRIVATE)
    assert len(statement) <= 155
    assert qr_version(f"https://yntymak.kg/v/{encode_id(ID)}#{encode_id(statement)}") <= 12
    assert qr_version(f"https://yntymak.kg/v/{encode_id(ID)}#{encode_id(SIGNED)}") <= 14


@pytest.mark.parametrize("place", range(len(SIGNED)))
def test_any_changed_byte_is_refused(place):
    changed = bytearray(SIGNED)
    changed[place] ^= 1
    assert refusal(bytes(changed)) in {"malformed", "unknown_key", "bad_signature", "bad_claims"}


# What somebody would write in place of what was signed, each as the issuer itself would have written it.
TAMPERED = {
    "issuer": ["other"],
    "issued_on": [date(2026, 11, 25), date(2020, 1, 1)],
    "modules": [(("M2", Decimal("7.5")),), (("M1", Decimal("75")),), (*CLAIMS.modules, ("M2", Decimal(1))), ()],
    "level": ["master", "participant"],
    "languages": [("ky", "ru", "en"), ("ru", "ky"), ()],
    "status_index": [77_778, 0],
    "expires_on": [date(2039, 11, 24), None],
    "trains_until": [date(2039, 11, 24), None],
    "shown_name": ["Башка К.", ""],
    "name_digest": [name_digest("Башка Киши", b"s" * 16), b""],
}


@pytest.mark.parametrize(("field", "value"), [(name, value) for name, values in TAMPERED.items() for value in values])
def test_statement_with_one_field_exchanged_is_refused(field, value):
    protected, unprotected, payload, signature = cbor2.loads(SIGNED)
    exchanged = encode_claims(replace(CLAIMS, **{field: value}))
    assert exchanged != payload
    assert refusal(cbor2.dumps([protected, unprotected, exchanged, signature], canonical=True)) == "bad_signature"


def test_every_field_of_the_claims_is_tampered_with():
    assert set(TAMPERED) == {field.name for field in fields(Claims)}


@pytest.mark.parametrize("statement", [b"", b"\x00", SIGNED[:-1], SIGNED + b"\x00", b"\xff" * 40, b"\xd2" + SIGNED])
def test_foreign_bytes_are_malformed(statement):
    assert refusal(statement) == "malformed"


@given(st.binary(max_size=300))
def test_random_bytes_never_pass_and_never_crash(statement):
    assert refusal(statement) in {"malformed", "unknown_key"}


def test_statement_of_another_address_is_refused():
    assert refusal(SIGNED, public_id=bytes(16)) == "bad_signature"


def test_key_that_is_not_pinned_is_refused():
    assert refusal(SIGNED, keys={}) == "unknown_key"


def test_key_of_another_organisation_is_refused():
    stranger = {kid: replace(key, issuer="other") for kid, key in KEYS.items()}
    assert refusal(SIGNED, keys=stranger) == "unknown_key"


def test_certificate_issued_after_the_keys_end_is_refused():
    ended = {kid: replace(key, not_after=date(2026, 11, 23)) for kid, key in KEYS.items()}
    assert refusal(SIGNED, keys=ended) == "unknown_key"


@pytest.mark.parametrize(
    "header",
    [
        {1: -7, 4: kid_of(PUBLIC)},
        {1: "none", 4: kid_of(PUBLIC)},
        {4: kid_of(PUBLIC)},
        {1: -8},
        {1: -8, 4: kid_of(PUBLIC), -1: PUBLIC},
        {1: -8, 4: b"12345678"},
    ],
)
def test_header_with_another_algorithm_or_its_own_key_is_refused(header):
    assert refusal(rebuilt(protected=cbor2.dumps(header, canonical=True))) == "unknown_key"


def test_header_outside_the_signature_is_refused():
    assert refusal(rebuilt(unprotected={4: kid_of(PUBLIC)})) == "malformed"


def test_encoding_that_is_not_the_shortest_is_refused():
    payload = encode_claims(CLAIMS)
    longer = payload.replace(b"\x08\x1a\x00\x01\x2f\xd1", b"\x08\x1b\x00\x00\x00\x00\x00\x01\x2f\xd1")
    assert longer != payload
    assert refusal(rebuilt(payload=longer)) == "bad_claims"


@pytest.mark.parametrize(
    "change",
    [{1: 5}, {2: -1}, {2: "20000"}, {4: [["M1"]]}, {4: [["M1", 7.5]]}, {5: 9}, {6: "ky"}, {8: -1}, {10: b"x"}, {11: 1}],
)
def test_claims_of_another_shape_are_refused(change):
    said = cbor2.loads(encode_claims(CLAIMS)) | change
    assert refusal(rebuilt(payload=cbor2.dumps(said, canonical=True))) == "bad_claims"


@pytest.mark.parametrize("payload", [[], [1, "coalition"], "coalition", 5, None])
def test_claims_that_are_no_map_are_refused(payload):
    assert refusal(rebuilt(payload=cbor2.dumps(payload))) == "bad_claims"


@given(
    st.builds(
        Claims,
        issuer=st.text(min_size=1, max_size=40),
        issued_on=st.dates(min_value=date(1970, 1, 1)),
        modules=st.lists(
            st.tuples(st.text(max_size=10), st.integers(0, 9999).map(lambda tenths: Decimal(tenths) / 10)), max_size=5
        ).map(tuple),
        level=st.sampled_from(["participant", "candidate", "certified", "master"]),
        languages=st.lists(st.sampled_from(["ky", "ru", "en"]), max_size=3).map(tuple),
        status_index=st.integers(0, 2**32),
        expires_on=st.none() | st.dates(min_value=date(1970, 1, 1)),
        trains_until=st.none() | st.dates(min_value=date(1970, 1, 1)),
        shown_name=st.text(max_size=60),
        name_digest=st.just(b"") | st.binary(min_size=16, max_size=16),
    )
)
def test_claims_survive_the_encoding(claims):
    assert parse_claims(encode_claims(claims)) == claims


@pytest.mark.parametrize(
    "typed",
    [
        "  айгүл  ТОКТОСУНОВА ",
        "Токтосунова Айгүл",
        "ТОКТОСУНОВА-Айгүл",
        "\u200bАйгүл\u00a0Токтосунова",
        # A Latin o, c and a, as a keyboard in the wrong language leaves them.
        "Тoктоcуновa Айгүл",
    ],
)
def test_name_digest_folds_what_people_do_not_mean(typed):
    assert name_digest(typed, b"s" * 16) == name_digest("Айгүл Токтосунова", b"s" * 16)


@pytest.mark.parametrize(
    "typed",
    [
        "Айгуль Токтосунова",
        "Айгул Токтосунова",
        "Айгүл Токтосунов",
        "Айгүл",
        "Айгүл Айгүл Токтосунова",
        "Айгүл Токтосунова Маратовна",
        "Айгүлтоктосунова",
        "Aigul Toktosunova",
    ],
)
def test_name_digest_tells_other_names_apart(typed):
    assert name_digest(typed, b"s" * 16) != name_digest("Айгүл Токтосунова", b"s" * 16)


def test_name_digest_is_short_and_hides_behind_its_salt():
    digest = name_digest("Айгүл Токтосунова", b"s" * 16)
    assert len(digest) == 16
    assert name_digest("Айгүл Токтосунова", b"t" * 16) != digest


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Асан кызы Айгүл", "Айгүл Асан кызы"),
        ("Алёна Семёнова", "Семенова Алена"),
        ("Асан Асан уулу", "асан уулу асан"),
    ],
)
def test_same_words_in_another_order_are_the_same_name(one, other):
    assert name_digest(one, b"s" * 16) == name_digest(other, b"s" * 16)


def test_log_line_depends_on_everything_in_it():
    line = {"sequence": 2, "previous": "a", "certificate": "b", "claims": "c", "statement": "d", "at": AT}
    changes = [{**line, name: AT + timedelta(seconds=1) if name == "at" else "x"} for name in line]
    assert len({log_hash(**change) for change in [line, *changes]}) == len(line) + 1


def test_log_line_is_the_same_wherever_its_moment_is_told():
    line = {"sequence": 2, "previous": "a", "certificate": "b", "claims": "c", "statement": "d"}
    assert log_hash(**line, at=AT) == log_hash(**line, at=AT.astimezone(ZoneInfo("Asia/Bishkek")))
