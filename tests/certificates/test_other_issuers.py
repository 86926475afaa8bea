"""Judging other issuers' credentials: by what they publish, from hosts that the operator allows and no other."""

import copy
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import OKPKey, RSAKey

from lms.certificates.actions import credential_file
from lms.certificates.importers import ask_host
from lms.certificates.importers.others import NotAsked
from lms.certificates.models import Certificate
from lms.certificates.signing import Outcome, add_proof, multikey_of
from lms.common.codes import encode_id
from tests.certificates.badges import AT, PLAIN, changed, issued_by_node, judge, reason, signed
from tests.certificates.elsewhere import (
    DID,
    HOST,
    LIST,
    METHOD,
    OTHER_PRIVATE,
    OTHER_PUBLIC,
    STATUS,
    THEIRS,
    Elsewhere,
    compact,
    theirs,
)
from tests.factories import certificates as make
from tests.receiving import Receiver, redirect

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_network")]


@pytest.fixture
def certificate() -> Certificate:
    return make.make_certificate()


@pytest.fixture
def own(certificate) -> dict[str, Any]:
    return json.loads(credential_file(certificate=certificate))


@pytest.mark.parametrize("form", [theirs, compact])
def test_other_issuers_credential_is_good_by_its_own_key_and_list(form):
    there, content = Elsewhere(), form()
    raw = content.encode() if isinstance(content, str) else content
    assert reason(raw, ask=there) == ""
    assert set(there.asked) == {f"{HOST}/.well-known/did.json", LIST}
    there.revoked = {94}
    assert reason(raw, ask=there) == "revoked"
    there.revoked = {93, 95}
    assert reason(raw, ask=there) == ""


def unvouched(there: Elsewhere) -> None:
    there.did["assertionMethod"] = []


def anothers_document(there: Elsewhere) -> None:
    there.did["id"] = "did:web:example.com"


def anothers_key(there: Elsewhere) -> None:
    there.did["verificationMethod"][0]["publicKeyMultibase"] = multikey_of(bytes(32))


def key_under_control_of_another(there: Elsewhere) -> None:
    there.did["verificationMethod"][0]["controller"] = "did:web:example.com"


def key_twice(there: Elsewhere) -> None:
    there.did["verificationMethod"] *= 2


def withdrawn(there: Elsewhere) -> None:
    there.did["verificationMethod"][0]["revoked"] = "2026-11-01T00:00:00Z"


def no_key(there: Elsewhere) -> None:
    there.did["verificationMethod"][0] = {"id": METHOD, "controller": DID, "publicKeyMultibase": "z6Mk"}


def list_of_another(there: Elsewhere) -> None:
    there.list_issuer = "did:web:example.com"


def list_for_another_purpose(there: Elsewhere) -> None:
    there.purpose = "suspension"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (unvouched, "unknown_key"),
        (anothers_document, "unknown_key"),
        (anothers_key, "bad_signature"),
        (key_under_control_of_another, "unknown_key"),
        (key_twice, "unknown_key"),
        (withdrawn, "unknown_key"),
        (no_key, "unknown_key"),
        (list_of_another, "unknown_status"),
        (list_for_another_purpose, "unknown_status"),
    ],
)
def test_what_the_issuer_does_not_vouch_for_is_refused(change, code):
    there = Elsewhere()
    change(there)
    assert reason(theirs(), ask=there) == code


def test_list_beyond_which_the_number_lies_is_not_relied_on():
    entry = STATUS | {"statusListIndex": "99999999"}
    assert reason(theirs(THEIRS | {"credentialStatus": entry}), ask=Elsewhere()) == "unknown_status"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"jwk": {"kty": "OKP", "crv": "Ed25519", "x": encode_id(OTHER_PUBLIC)}}, "key_in_header"),
        ({"jku": "https://example.org/keys"}, "key_in_header"),
        ({"x5u": "https://example.org/key"}, "key_in_header"),
        ({"crit": ["x"], "x": 1}, "bad_proof"),
        ({"b64": False}, "bad_proof"),
        ({"kid": ""}, "bad_proof"),
        ({"kid": "did:web:example.com#key"}, "foreign_key"),
        ({"kid": f"{DID}#other"}, "unknown_key"),
    ],
)
def test_header_that_brings_its_own_key_or_another_one_is_refused(header, code):
    kid = header.pop("kid", METHOD)
    token = with_header(compact(), {"alg": "EdDSA", **({"kid": kid} if kid else {}), **header})
    assert reason(token.encode(), ask=Elsewhere()) == code
    assert header or kid is not None


def with_header(token: str, header: dict[str, Any]) -> str:
    _header, payload, signature = token.split(".")
    return f"{urlsafe_b64encode(json.dumps(header).encode()).rstrip(b'=').decode()}.{payload}.{signature}"


@pytest.mark.parametrize("alg", ["none", "HS256", "RS256", "ES256", "eddsa", ""])
def test_another_algorithm_is_refused_whatever_it_signed(alg):
    token = with_header(compact(), {"alg": alg, "kid": METHOD})
    assert reason(token.encode(), ask=Elsewhere()) == "unsupported_proof"
    unsigned = f"{token.rpartition('.')[0]}.AA"
    assert reason(unsigned.encode(), ask=Elsewhere()) == "unsupported_proof"


def test_public_key_as_a_shared_secret_signs_nothing():
    """The old trick of HS256 with the public key."""
    pair = RSAKey.generate_key(2048)
    token = jws.serialize_compact({"alg": "RS256", "kid": METHOD}, json.dumps(THEIRS), pair, algorithms=["RS256"])
    assert reason(token.encode(), ask=Elsewhere()) == "unsupported_proof"


def test_token_that_was_changed_is_refused():
    header, payload, signature = compact().split(".")
    for token in (
        f"{header}.{payload}.{signature[:-2]}AA",
        f"{header}.{payload[:-8]}{payload[-8:].swapcase()}.{signature}",
    ):
        assert reason(token.encode(), ask=Elsewhere()) in {"bad_signature", "not_json"}


def test_token_that_names_another_issuer_than_its_credential_is_refused():
    pair = OKPKey.import_key(
        {"kty": "OKP", "crv": "Ed25519", "x": encode_id(OTHER_PUBLIC), "d": encode_id(OTHER_PRIVATE)}
    )
    for said, code in (
        ({"iss": "did:web:example.com"}, "foreign_key"),
        ({"exp": 1_700_000_000}, "expired"),
        ({"nbf": 4_000_000_000}, "not_yet_valid"),
        ({"nbf": "soon"}, "bad_dates"),
    ):
        payload = json.dumps(THEIRS | said)
        token = jws.serialize_compact({"alg": "EdDSA", "kid": METHOD}, payload, pair, algorithms=["EdDSA"])
        assert reason(token.encode(), ask=Elsewhere()) == code


def test_foreign_issuer_with_our_name_or_our_key_is_refused(own):
    """Whoever signs with her own key names herself, or is refused; nor does our key vouch for another issuer."""
    impostor = PLAIN | {"issuer": own["issuer"]}
    assert reason(add_proof(impostor, method=METHOD, private_key=OTHER_PRIVATE, at=AT)) == "foreign_key"
    claimed = f"did:web:testserver#{multikey_of(OTHER_PUBLIC)}"
    assert reason(add_proof(impostor, method=claimed, private_key=OTHER_PRIVATE, at=AT)) == "unknown_key"
    assert reason(own | {"issuer": THEIRS["issuer"]}, ask=Elsewhere()) == "foreign_key"


@pytest.mark.parametrize(
    "issuer",
    [
        "did:web:example.org:..:..:x",
        "did:web:",
        "did:ion:x",
        "http://example.org",
        "urn:x",
        "did:web:x%2Fy",
    ],
)
def test_issuer_that_leads_nowhere_is_not_asked(issuer):
    document = PLAIN | {"issuer": {"id": issuer, "type": ["Profile"]}}
    signed_one = add_proof(document, method=f"{issuer}#key", private_key=OTHER_PRIVATE, at=AT)
    assert reason(signed_one) in {"unknown_key", "unsigned_term", "malformed"}


def test_nobody_is_asked_whom_the_operator_does_not_allow(settings):
    said = judge(theirs(), ask=ask_host)
    assert (said.outcome, said.code, said.issuer_name) == (Outcome.OPEN, "host_not_allowed", "Example")
    settings.CREDENTIAL_HOSTS = ["example.org.evil.example", "ample.org"]
    assert reason(theirs(), ask=ask_host) == "host_not_allowed"


def test_unknown_context_is_refused_and_not_asked_for(settings):
    settings.CREDENTIAL_HOSTS = ["example.org"]
    context = [*PLAIN["@context"], "https://example.org/context.json"]
    assert reason(signed() | {"@context": context}, ask=ask_host) == "unknown_context"


def test_issuer_that_is_only_a_key_is_vouched_for_by_nobody():
    said = judge(signed())
    assert (said.outcome, said.code) == (Outcome.OPEN, "nobody_vouches")
    assert reason(changed(signed(), ("name",))) == "bad_signature"


def test_credential_of_other_software_is_read_as_it_was_signed():
    issued = issued_by_node(copy.deepcopy(PLAIN))
    assert reason(issued) == "nobody_vouches"
    assert reason(changed(issued, ("validUntil",), "2039-11-24T00:00:00Z")) == "bad_signature"


# ── The network, where it is allowed ─────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def elsewhere(tmp_path, monkeypatch, settings) -> Iterator[str]:
    """A server of this machine over TLS that this process trusts, and the operator allows: its host."""
    receiver = Receiver(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(receiver.certificate))
    host = f"127.0.0.1:{receiver.port}"
    settings.CREDENTIAL_HOSTS = [host]
    receiver.answers = [said, redirect, too_long]
    yield host
    receiver.close()


def said(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(handler.path.encode())


def too_long(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(b"x" * 2_000_001)


def test_allowed_host_is_asked_over_tls_and_led_on_to_no_other(elsewhere):
    assert ask_host(f"https://{elsewhere}/a/b?c=d#e") == b"/a/b?c=d"
    for path in ("/moved", "/long"):
        with pytest.raises(NotAsked, match="unreachable"):
            ask_host(f"https://{elsewhere}{path}")
    for address in (f"http://{elsewhere}/", f"https://user@{elsewhere}/", "https://127.0.0.1:1/", "file:///etc/passwd"):
        with pytest.raises(NotAsked, match="host_not_allowed"):
            ask_host(address)


def test_host_that_does_not_answer_leaves_it_open(elsewhere, settings):
    settings.CREDENTIAL_HOSTS = ["127.0.0.1:1"]
    document = PLAIN | {"issuer": {"id": "did:web:127.0.0.1%3A1", "type": ["Profile"]}}
    one = add_proof(document, method="did:web:127.0.0.1%3A1#key", private_key=OTHER_PRIVATE, at=AT)
    assert reason(one, ask=ask_host) == "unreachable"
