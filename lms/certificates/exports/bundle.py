"""The trust bundle: what `/verify/` keeps on the phone and mirrors may serve on; signed by the site's own key.

A JSON Web Signature in its flattened form (RFC 7515, section 7.2.2), with Ed25519 (RFC 8037, RFC 9864).  Who reads it
knows the algorithm and the keys beforehand and takes neither from the header.
"""

import gzip
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from joserfc import jws
from joserfc.jwk import OKPKey

from lms.certificates.models import LIST_SIZE, Ed25519Key, SigningKey
from lms.certificates.queries import DECIDED, ListPart, Trust
from lms.common.codes import encode_id

VERSION = 1
ALGORITHM = "Ed25519"
# A verifier asks for the next bundle after a day; one older than a week says so in every verdict.
RENEWED_AFTER = timedelta(days=1)
# Days are counted from here.
EPOCH = date(1970, 1, 1)
# What is said of the numbers of a list, each as a bitstring.
SAYINGS = ("issued", "revoked", "suspended", "superseded", "resting", "resting_some", "erased")


def bundle_of(trust: Trust, *, origin: str, at: datetime) -> dict[str, Any]:
    """The content; `origin` is the one site whose certificates it is about (https://host, without a path)."""
    ways_back = _distinct(steps for one in trust.lists for steps in one.steps.values())
    return {
        "version": VERSION,
        "origin": origin,
        "made_at": moment(at),
        "next_update": moment(at + RENEWED_AFTER),
        # Whose calendar days expire and end: those of the place, not of the phone.
        "time_zone": settings.TIME_ZONE,
        "site_keys": [_key(key) for key in trust.site_keys],
        "keys": [_key(key) | {"organisation": key.organisation.code} for key in trust.keys],
        "organisations": trust.organisations,
        "modules": trust.modules,
        "steps": ways_back,
        "lists": [_list(one, ways_back) for one in trust.lists],
    }


def signed_bundle(bundle: dict[str, Any], *, key: Ed25519Key, private_key: bytes) -> bytes:
    """The file: {"payload", "protected", "signature"}, each base64url."""
    content = json.dumps(bundle, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    pair = OKPKey.import_key(
        {"kty": "OKP", "crv": "Ed25519", "x": encode_id(bytes(key.public_key)), "d": encode_id(private_key)}
    )
    signed = jws.serialize_json(
        {"protected": {"alg": ALGORITHM, "kid": key.kid}}, content, pair, algorithms=[ALGORITHM]
    )
    return json.dumps(signed, separators=(",", ":"), sort_keys=True).encode()


@dataclass(frozen=True)
class BundleFacts:
    """What an administrator sees of the file that verifiers keep."""

    made_at: datetime
    next_update: datetime
    # As it lies in the cache, before anything compresses it.
    size: int


def facts_of_bundle(signed: bytes) -> BundleFacts:
    """Of a file that `signed_bundle` made."""
    payload = json.loads(signed)["payload"]
    content = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    made_at, next_update = (datetime.fromisoformat(content[name]) for name in ("made_at", "next_update"))
    return BundleFacts(made_at, next_update, len(signed))


def encode_bits(places: Iterable[int]) -> str:
    """A list of LIST_SIZE bits in which these are 1: gzip, then multibase base64url ("u…").

    As in the W3C's Bitstring Status List, section 4.3: the first bit is the most significant one of the first byte.
    """
    bits = bytearray(LIST_SIZE // 8)
    for place in places:
        bits[place // 8] |= 0x80 >> place % 8
    return "u" + urlsafe_b64encode(gzip.compress(bits, mtime=0)).rstrip(b"=").decode()


def moment(at: datetime) -> str:
    """UTC, to the second: 2026-11-30T09:30:00Z."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _list(one: ListPart, ways_back: list[dict[str, str]]) -> dict[str, Any]:
    """What is true of none is left out.

    Beside a bitstring stands a list with an entry for each of its ones, in their order: "revoked_on" the days (since
    1970); "steps" what brings the licences back of which "resting" or "resting_some" is true, as a place in the "steps"
    of the bundle, -1 where nothing is written.  A verifier of before these lists passes them over.
    """
    said: dict[str, Any] = {name: encode_bits(one.places[name]) for name in SAYINGS if one.places.get(name)}
    for name in DECIDED:
        if one.since.get(name):
            said[f"{name}_on"] = [(one.since[name][place] - EPOCH).days for place in sorted(one.places[name])]
    if one.steps:
        resting = sorted({*one.places.get("resting", ()), *one.places.get("resting_some", ())})
        said["steps"] = [ways_back.index(one.steps[place]) if place in one.steps else -1 for place in resting]
    return {"organisation": one.organisation, "part": one.part, "size": LIST_SIZE, **said}


def _distinct(texts: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Each once: they differ by module and by rule, not by person."""
    return [dict(one) for one in sorted({tuple(sorted(text.items())) for text in texts})]


def _key(key: Ed25519Key | SigningKey) -> dict[str, Any]:
    return {
        "kid": key.kid,
        "x": encode_id(bytes(key.public_key)),
        "state": key.state,
        "not_before": moment(key.not_before),
        "not_after": moment(key.not_after),
    }
