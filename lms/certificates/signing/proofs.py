"""Data Integrity proofs with eddsa-rdfc-2022 (W3C vc-data-integrity, vc-di-eddsa): made, and judged without trust.

What is signed is the meaning of a document, as RDF, and not its bytes.  So a file may be written in many ways that one
signature fits, and some of them read otherwise than they mean: a term that no context defines is not signed at all, and
an own context gives a signed value another name.  `canonical` refuses every file in which JSON and RDF could differ;
what it lets through may be read as the JSON that it is.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyld.canon import URDNA2015
from pyld.jsonld import JsonLdError, JsonLdProcessor

from lms.certificates.signing.contexts import CONTEXTS, CREDENTIALS, document_loader
from lms.certificates.signing.keys import from_multibase, is_signed, to_multibase

type Document = dict[str, Any]

SUITE = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022"}
PURPOSE = "assertionMethod"
_PROOF_TERMS = {*SUITE, "id", "created", "expires", "verificationMethod", "proofPurpose", "proofValue"}
# Of blank nodes that look alike from near by the canonical form has to try the permutations, and theirs again.
MOST_TWINS, MOST_STEPS = 6, 200
MOST_DEPTH, MOST_VALUES = 24, 5_000
# pyld resolves what has no scheme against some address; with this one it is found out.
_NOWHERE = "http://relative.invalid/"
# In N-Quads an IRI stands in "<>" as it is: one with ">" in it could say whole sentences.
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
# Control characters that implementations write in different ways, halves of characters, and what XML does not know.
UNSOUND = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# The keywords with which a text says its language; every other one has a plain name, and a direction is not signed.
_KEYWORDS = {"@context", "@value", "@language"}


class ProofRefused(Exception):
    """`code` says why: malformed, unknown_context, unsigned_term, ambiguous, too_complex, no_proof, unsupported_proof,
    bad_proof, bad_signature.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Proof:
    """A proof of this suite, not judged yet: who is said to have signed, and what beside the document."""

    method: str
    value: bytes
    options: Document


def add_proof(document: Document, *, method: str, private_key: bytes, at: datetime) -> Document:
    """The document with its proof, by a raw Ed25519 key that the verification method `method` publishes."""
    options = {
        **SUITE,
        "created": at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "verificationMethod": method,
        "proofPurpose": PURPOSE,
    }
    about = json.dumps(_with_context(document, options))
    signed = _digest_of_own_options(about) + _digest_of(document)
    signature = Ed25519PrivateKey.from_private_bytes(private_key).sign(signed)
    return {**document, "proof": {**options, "proofValue": to_multibase(signature)}}


def proof_of(document: Mapping[str, Any]) -> Proof:
    """The one proof that this site can judge.  Raises ProofRefused for none, several, or one of another suite."""
    proofs = document.get("proof", [])
    found = proofs if isinstance(proofs, list) else [proofs]
    if not found:
        raise ProofRefused("no_proof")
    if len(found) > 1 or not isinstance(found[0], dict) or any(found[0].get(key) != SUITE[key] for key in SUITE):
        raise ProofRefused("unsupported_proof")
    options = {key: value for key, value in found[0].items() if key not in ("proofValue", "@context")}
    method, value = options.get("verificationMethod"), found[0].get("proofValue")
    if options.get("proofPurpose") != PURPOSE or not isinstance(method, str) or not isinstance(value, str):
        raise ProofRefused("bad_proof")
    if not options.keys() <= _PROOF_TERMS or found[0].get("@context", document["@context"]) != document["@context"]:
        raise ProofRefused("bad_proof")
    try:
        return Proof(method, from_multibase(value, size=64), options)
    except ValueError as error:
        raise ProofRefused("bad_proof") from error


def verify_proof(document: Mapping[str, Any], proof: Proof, *, public_key: bytes) -> None:
    """Says nothing if this key signed exactly what the document says.  Raises ProofRefused."""
    unsecured = {key: value for key, value in document.items() if key != "proof"}
    if not is_signed(public_key, proof.value, _signed_bytes(unsecured, proof.options)):
        raise ProofRefused("bad_signature")


def require_plain(document: Mapping[str, Any]) -> None:
    """Refuses what could be read otherwise than it is signed.  Raises ProofRefused."""
    contexts = document.get("@context")
    if not isinstance(contexts, list) or contexts[:1] != [CREDENTIALS]:
        raise ProofRefused("unknown_context")
    for count, (key, value, depth) in enumerate(_walk(document, 0)):
        if depth > MOST_DEPTH or count > MOST_VALUES:
            raise ProofRefused("too_complex")
        _require_plain_entry(key, value)
    _require_told_once(document)


def canonical(document: Document) -> str:
    """RDFC-1.0 of a plain document, as N-Quads.  Raises ProofRefused."""
    require_plain(document)
    options = {"documentLoader": document_loader(), "base": _NOWHERE}
    dropped: list[object] = []
    try:
        dataset = _Processor(on_property_dropped=dropped.append).to_rdf(document, options)
    except (JsonLdError, RecursionError, TypeError, ValueError, AttributeError, KeyError) as error:
        raise ProofRefused("malformed") from error
    if dropped:
        raise ProofRefused("unsigned_term")
    _require_sound(dataset)
    quads: str = _Bounded().main(dataset, {"format": "application/n-quads"})
    return quads


class _Processor(JsonLdProcessor):
    """Looks at what a document means on its way into RDF: to expand it a second time costs a third of a signature."""

    def expand(self, input_: Any, options: Document) -> Any:
        expanded = super().expand(input_, options)
        _require_absolute(expanded)
        return expanded


class _Bounded(URDNA2015):
    """The same algorithm, which gives up on a document that was made to keep it busy."""

    steps = 0

    def hash_n_degree_quads(self, id_: str, issuer: Any) -> Any:
        self.steps += 1
        twins = sum(map(len, self.hash_to_blank_nodes.values()))
        if twins > MOST_TWINS or self.steps > MOST_STEPS:
            raise ProofRefused("too_complex")
        return super().hash_n_degree_quads(id_, issuer)


def _signed_bytes(document: Document, options: Document) -> bytes:
    """The hash of the proof's options, then the document's: vc-di-eddsa, section 3.2.4."""
    return _digest_of(_with_context(document, options)) + _digest_of(document)


def _with_context(document: Document, options: Document) -> Document:
    return {"@context": document.get("@context"), **options}


def _digest_of(document: Document) -> bytes:
    return hashlib.sha256(canonical(document).encode()).digest()


@lru_cache(maxsize=8)
def _digest_of_own_options(text: str) -> bytes:
    """As JSON: what is signed in one go has the same options."""
    return _digest_of(json.loads(text))


def _walk(value: Any, depth: int, key: str = "") -> Iterator[tuple[str, Any, int]]:
    """Every value within, under the key in whose list or object it stands."""
    yield key, value, depth
    if depth > MOST_DEPTH:
        return
    if isinstance(value, dict):
        for inner, one in value.items():
            yield from _walk(one, depth + 1, inner)
    elif isinstance(value, list):
        for one in value:
            yield from _walk(one, depth + 1, key)


def _require_plain_entry(key: str, value: Any) -> None:
    if key == "@context" and not isinstance(value, list) and not (isinstance(value, str) and value in CONTEXTS):
        raise ProofRefused("unknown_context")
    # "@id" for "id", or a whole address for a term, would be signed as the same and read as something else.
    if (key.startswith("@") and key not in _KEYWORDS) or ":" in key:
        raise ProofRefused("unsigned_term")
    if not isinstance(value, str | int | float | list | dict | None):
        raise ProofRefused("malformed")
    if isinstance(value, str) and (UNSOUND.search(value) or (key == "id" and value.startswith("_:"))):
        raise ProofRefused("malformed")


def _require_told_once(document: Mapping[str, Any]) -> None:
    """What is described in two places is one thing in RDF: whoever reads one place misses half of it.

    That of an issuer who is also the creator may differ: of her it is her id that counts.
    """
    told: dict[str, Any] = {}
    for _key, value, _depth in _walk(document, 0):
        if isinstance(value, dict) and value.keys() - {"id", "type"} and isinstance(value.get("id"), str):
            same = value is told.setdefault(value["id"], value) or value == told[value["id"]]
            if not same and value["id"] in _ids_that_count(document):
                raise ProofRefused("ambiguous")


def _ids_that_count(document: Mapping[str, Any]) -> set[object]:
    parts = [document]
    for name in ("credentialSubject", "credentialStatus"):
        part = document.get(name, [])
        parts += part if isinstance(part, list) else [part]
    return {part["id"] for part in parts if isinstance(part, dict) and isinstance(part.get("id"), str)}


def _require_absolute(expanded: Any) -> None:
    """A type that no context defines, or an id without a scheme, would silently not be signed."""
    for key, value, _depth in _walk(expanded, -MOST_DEPTH):
        is_name = key in ("@id", "@type") and isinstance(value, str)
        if is_name and (value.startswith(_NOWHERE) or not _IRI.fullmatch(value)):
            raise ProofRefused("unsigned_term")


def _require_sound(dataset: Mapping[str, list[Mapping[str, Any]]]) -> None:
    for triples in dataset.values():
        for triple in triples:
            for node in triple.values():
                said = (node["value"] if node["type"] == "IRI" else None, node.get("datatype"))
                if any(iri is not None and not _IRI.fullmatch(iri) for iri in said):
                    raise ProofRefused("malformed")
                if node.get("language") and not _LANGUAGE.fullmatch(node["language"]):
                    raise ProofRefused("malformed")
