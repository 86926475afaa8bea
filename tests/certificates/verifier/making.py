"""Lists and certificates made by the code that signs the real ones, without a database."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lms.certificates.exports.bundle import bundle_of, signed_bundle
from lms.certificates.models import InstallationKey, KeyState, SigningKey
from lms.certificates.queries import ListPart, Trust
from lms.certificates.signing import Claims, kid_of, sign_claims
from lms.common.codes import encode_id
from lms.people.models import Organisation

ORIGIN = "https://yntymak.example"
AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SITE, ISSUER = bytes(range(32)), bytes(range(32, 64))
ID = bytes(range(16))
NUMBER = 77
CLAIMS = Claims(
    issuer="coalition",
    issued_on=date(2026, 11, 1),
    modules=(("M1", Decimal("7.5")),),
    level="certified",
    languages=("ky", "ru"),
    status_index=NUMBER,
    expires_on=date(2029, 11, 1),
    trains_until=date(2029, 11, 1),
    shown_name="Айгүл Т.",
)


def public(private: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def _pair(private: bytes, state: str, **life: Any) -> dict[str, Any]:
    raw = public(private)
    years = {"not_before": AT.replace(month=1, day=1), "not_after": AT.replace(month=12, day=31)}
    return {"kid": kid_of(raw).hex(), "public_key": raw, "state": state, **years, **life}


def site_key(private: bytes = SITE, state: str = KeyState.ACTIVE, **life: Any) -> InstallationKey:
    return InstallationKey(**_pair(private, state, **life))


def issuer_key(private: bytes = ISSUER, state: str = KeyState.ACTIVE, **life: Any) -> SigningKey:
    return SigningKey(organisation=Organisation(code="coalition"), **_pair(private, state, **life))


def make_list(
    said: dict[str, list[int]] | None = None,
    *,
    at: datetime = AT,
    keys: list[SigningKey] | None = None,
    site_keys: list[InstallationKey] | None = None,
    signed_by: bytes = SITE,
    part: int = 0,
    since: dict[str, dict[int, date]] | None = None,
    steps: dict[int, dict[str, str]] | None = None,
    change: Callable[[dict[str, Any]], Any] = lambda bundle: None,
) -> str:
    """The file: what is said of which numbers, {"issued": [77]} if nothing else is."""
    trust = Trust(
        keys=[issuer_key()] if keys is None else keys,
        site_keys=site_keys or [site_key(signed_by)],
        organisations={"coalition": {"ky": "Коалиция", "ru": "Коалиция", "en": "Coalition"}},
        modules={"M1": {"ky": "Биринчи модуль", "ru": "Первый модуль", "en": "First module"}},
        lists=[ListPart("coalition", part, {"issued": [NUMBER]} if said is None else said, since or {}, steps or {})],
    )
    bundle = bundle_of(trust, origin=ORIGIN, at=at)
    change(bundle)
    return signed_bundle(bundle, key=site_key(signed_by), private_key=signed_by).decode()


def make_text(claims: Claims = CLAIMS, *, private_key: bytes = ISSUER) -> str:
    """What the QR says."""
    statement = sign_claims(claims, public_id=ID, private_key=private_key)
    return f"{ORIGIN}/v/{encode_id(ID)}#{encode_id(statement)}"


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def reheaded(text: str, header: dict[str, Any], *, signed_by: bytes = SITE) -> str:
    """The same payload under another header, signed by this key."""
    file = json.loads(text)
    file["protected"] = encode_id(json.dumps(header).encode())
    signature = Ed25519PrivateKey.from_private_bytes(signed_by).sign(f"{file['protected']}.{file['payload']}".encode())
    return json.dumps(file | {"signature": encode_id(signature)})


LATER = AT + timedelta(days=1)
