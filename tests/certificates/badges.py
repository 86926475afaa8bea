"""What the tests of credentials share: a plain credential, changes to it, and other people's software."""

import copy
import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lms.certificates.importers import judge_credential
from lms.certificates.signing import Judgement, Outcome, add_proof, multikey_of
from lms.certificates.signing.contexts import CREDENTIALS, OPEN_BADGES

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
PRIVATE = bytes(range(32))
PUBLIC = Ed25519PrivateKey.from_private_bytes(PRIVATE).public_key().public_bytes_raw()
DID = f"did:key:{multikey_of(PUBLIC)}"
METHOD = f"{DID}#{multikey_of(PUBLIC)}"
PLAIN: dict[str, Any] = {
    "@context": [CREDENTIALS, OPEN_BADGES],
    "id": "urn:uuid:7c8a2a0e-3c47-4ab2-8f3c-0f6a5ab1f0f1",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "name": "Тастыктама",
    "issuer": {"id": DID, "type": ["Profile"], "name": "Уюм"},
    "validFrom": "2026-11-24T00:00:00Z",
    "validUntil": "2029-11-24T00:00:00Z",
    "credentialSubject": {
        "id": "urn:uuid:2a0b6d34-74b8-4dbb-a1c2-2a3a1d1b77aa",
        "type": ["AchievementSubject"],
        "identifier": [
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityHash": "sha256$00",
                "identityType": "name",
                "salt": "a",
            },
            {"type": "IdentityObject", "hashed": False, "identityHash": "Айгүл Т.", "identityType": "name"},
        ],
        "achievement": {
            "id": "urn:uuid:5e1b2f64-5c0e-4f7f-9c62-51a3c9f5b0bb",
            "type": ["Achievement"],
            "name": "M1",
            "description": "Ө, ү, ң",
            "criteria": {"narrative": 'One line\n\tand "another" \\ one.'},
            "tag": ["M1", "M2"],
        },
    },
    "evidence": [{"id": "https://yntymak.kg/v/x", "type": ["Evidence"], "name": "Check"}],
}


def signed(document: dict[str, Any] = PLAIN) -> dict[str, Any]:
    """With the proof of the tests' own key."""
    return add_proof(document, method=METHOD, private_key=PRIVATE, at=AT)


def leaves(value: Any, path: tuple = ()) -> Iterator[tuple]:
    """The path to each value that is no list and no object."""
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(one, (*path, key))
    else:
        yield path


def changed(document: dict[str, Any], path: tuple, value: Any = ...) -> dict[str, Any]:
    """A copy in which one value is another one; without a value, the smallest change of it."""
    found = copy.deepcopy(document)
    place = found
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = _other(place[path[-1]]) if value is ... else value
    return found


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    return value[:-1] + ("1" if value[-1:] == "0" else "0") if isinstance(value, str) else value + 1


def judged_by_node(*credentials: dict[str, Any], documents: dict[str, Any]) -> list[dict[str, Any]]:
    """What Digital Bazaar's software says of each; `documents` are all that it may read beside the contexts."""
    answers: list[dict[str, Any]] = _node("verify.mjs", {"credentials": credentials, "documents": documents})
    return answers


def issued_by_node(credential: dict[str, Any]) -> dict[str, Any]:
    """The same credential, signed by Digital Bazaar's software with a key of its own."""
    issued: dict[str, Any] = _node("issue.mjs", {"credential": credential})
    return issued


def _node(script: str, asked: Any) -> Any:
    path = Path(__file__).parent / "node" / script
    answer = subprocess.run(
        ["node", str(path)], input=json.dumps(asked), capture_output=True, text=True, timeout=60, check=True
    )
    return json.loads(answer.stdout)


def documents_of(did: dict[str, Any]) -> dict[str, Any]:
    """A DID document and each of its Multikeys, by address."""
    keys = [method for method in did["verificationMethod"] if method["type"] == "Multikey"]
    multikey = {"@context": "https://w3id.org/security/multikey/v1"}
    return {did["id"]: did} | {key["id"]: multikey | key for key in keys}


NOW = AT + timedelta(days=3)


def nobody(address: str) -> bytes:
    """Who is asked by no test that does not say so."""
    raise AssertionError(f"asked {address}")


def judge(content: Any, *, at: datetime = NOW, ask: Any = nobody) -> Judgement:
    """What we think of a file, or of a credential as one."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return judge_credential(raw, base_url="http://testserver", at=at, ask=ask)


def reason(content: Any, **how: Any) -> str:
    """Why it is not good; "" for a good one."""
    said = judge(content, **how)
    assert (said.outcome == Outcome.GOOD) == (said.code == "")
    return said.code
