"""Another issuer of badges, with its key and a status list: what its credentials look like, and what it publishes."""

import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.jwk import OKPKey
from openbadgeslib.ob3.status_list import encode_bitstring

from lms.certificates.importers.others import NotAsked
from lms.certificates.signing import add_proof, multikey_of
from lms.common.codes import encode_id
from tests.certificates.badges import AT, PLAIN

OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
OTHER_PUBLIC, OTHER_PRIVATE = OTHER.public_key().public_bytes_raw(), b"o" * 32
DID, HOST = "did:web:example.org", "https://example.org"
METHOD = f"{DID}#key"
LIST = f"{HOST}/status/3"


class Elsewhere:
    """Another issuer, with its key and a status list: what is there, and what of it was asked for."""

    def __init__(self) -> None:
        method = {"id": METHOD, "type": "Multikey", "controller": DID, "publicKeyMultibase": multikey_of(OTHER_PUBLIC)}
        self.did: dict[str, Any] = {"id": DID, "verificationMethod": [method], "assertionMethod": [METHOD]}
        self.revoked: set[int] = set()
        self.list_issuer, self.purpose = DID, "revocation"
        self.asked: list[str] = []

    def __call__(self, address: str) -> bytes:
        self.asked.append(address)
        found = {f"{HOST}/.well-known/did.json": self.did, LIST: self.status()}
        if address not in found:
            raise NotAsked("unreachable")
        return json.dumps(found[address]).encode()

    def status(self) -> dict[str, Any]:
        subject = {"type": "BitstringStatusList", "statusPurpose": self.purpose}
        subject["encodedList"] = encode_bitstring(self.revoked)
        said = {
            "@context": [PLAIN["@context"][0]],
            "id": LIST,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": self.list_issuer,
            "validFrom": PLAIN["validFrom"],
            "credentialSubject": {"id": f"{LIST}#list", **subject},
        }
        return add_proof(said, method=METHOD, private_key=OTHER_PRIVATE, at=AT)


STATUS = {
    "id": f"{LIST}#94",
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "94",
    "statusListCredential": LIST,
}
THEIRS = PLAIN | {"issuer": {"id": DID, "type": ["Profile"], "name": "Example"}, "credentialStatus": STATUS}


def theirs(document: dict[str, Any] = THEIRS) -> dict[str, Any]:
    return add_proof(document, method=METHOD, private_key=OTHER_PRIVATE, at=AT)


def compact(document: dict[str, Any] = THEIRS, *, kid: str = METHOD, alg: str = "EdDSA", **header: Any) -> str:
    pair = OKPKey.import_key(
        {"kty": "OKP", "crv": "Ed25519", "x": encode_id(OTHER_PUBLIC), "d": encode_id(OTHER_PRIVATE)}
    )
    registered = {"iss": document["issuer"]["id"], "jti": document["id"], "nbf": 1_700_000_000}
    payload = json.dumps(document | registered).encode()
    protected = {"alg": alg, "typ": "JWT", **({"kid": kid} if kid else {}), **header}
    registry = jws.JWSRegistry(algorithms=["EdDSA", "Ed25519"], strict_check_header=False)
    return jws.serialize_compact(protected, payload, pair, registry=registry)
