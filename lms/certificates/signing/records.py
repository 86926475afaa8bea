"""The record of a certificate (Certificate.claims): its signature, its digest, its line in the issue log."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lms.certificates.signing.keys import is_signed

# What the first line of the issue log has for the hash of the line before.
FIRST_HASH = "0" * 64


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
