"""The record of a certificate (Certificate.claims): what it holds, signature, digest, line in the issue log."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lms.certificates.signing.keys import is_signed
from lms.common.languages import texts_of
from lms.people.models import Organisation

# What the first line of the issue log has for the hash of the line before.
FIRST_HASH = "0" * 64


def record_of(
    *,
    organisation: Organisation,
    modules: list[dict[str, Any]],
    level: str,
    languages: list[str],
    issued_on: date,
    trains_until: date | None = None,
) -> dict[str, Any]:
    """Everything that is printed, shown and signed, with its titles, frozen.  A trainer's expires when it stops her."""
    until = trains_until.isoformat() if trains_until else None
    return {
        "issuer": {
            "code": organisation.code,
            "names": texts_of(organisation, "name"),
            "signatory": texts_of(organisation, "signatory"),
            "signatory_name": organisation.signatory_name,
            **_second_signatory(organisation),
        },
        "issued_on": issued_on.isoformat(),
        "expires_on": until,
        "trains_until": until,
        "level": level,
        "languages": languages,
        "modules": modules,
    }


def _second_signatory(organisation: Organisation) -> dict[str, Any]:
    """Nothing where one signs alone: so read the records of before two could."""
    positions, name = texts_of(organisation, "second_signatory"), organisation.second_signatory_name
    return {"second_signatory": positions, "second_signatory_name": name} if name or any(positions.values()) else {}


def sign_record(record: Mapping[str, Any], *, public_id: bytes, private_key: bytes) -> bytes:
    """A signature of everything that Certificate.claims holds, for one address."""
    return Ed25519PrivateKey.from_private_bytes(private_key).sign(_record_bytes(record, public_id))


def is_record_signed(record: Mapping[str, Any], signature: bytes, *, public_id: bytes, public_key: bytes) -> bool:
    """Did this key sign exactly this record for this address?"""
    return is_signed(public_key, signature, _record_bytes(record, public_id))


def bare_record(record: Mapping[str, Any]) -> dict[str, Any]:
    """The same with what the statement alone says: codes where titles and names would stand."""
    issuer = record["issuer"]["code"]
    modules = [
        {"code": module["code"], "hours": module["hours"], "titles": {"en": module["code"]}}
        for module in record["modules"]
    ]
    names = {"names": {"en": issuer}, "signatory": {}, "signatory_name": ""}
    return {**record, "issuer": {"code": issuer, **names}, "modules": modules}


def record_digest(record: Mapping[str, Any]) -> str:
    """SHA-256 of Certificate.claims in one spelling: keys sorted, no spaces, UTF-8."""
    text = json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def log_hash(*, sequence: int, previous: str, certificate: str, claims: str, statement: str, at: datetime) -> str:
    """A line of the issue log: SHA-256 over its fields and the hash of the line before; the time is told in UTC."""
    line = "|".join((str(sequence), previous, certificate, claims, statement, at.astimezone(UTC).isoformat()))
    return hashlib.sha256(line.encode()).hexdigest()


def _record_bytes(record: Mapping[str, Any], public_id: bytes) -> bytes:
    """Begins as no Sig_structure does, so that neither signature passes for the other."""
    return cbor2.dumps(["Record1", public_id, bytes.fromhex(record_digest(record))], canonical=True)
