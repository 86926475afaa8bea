"""Which lists a phone takes, and what it reads in them."""

import base64
import gzip
import json
from datetime import timedelta
from typing import Any

import pytest

from lms.certificates.models import LIST_SIZE, KeyState
from lms.certificates.signing import kid_of
from lms.common.codes import encode_id
from tests.certificates.verifier.conftest import Ask
from tests.certificates.verifier.making import (
    AT,
    ISSUER,
    LATER,
    ORIGIN,
    SITE,
    make_list,
    milliseconds,
    public,
    reheaded,
    site_key,
)

NEXT, FOREIGN = bytes([1] * 32), bytes([2] * 32)
KID = kid_of(public(SITE)).hex()


def taken(ask: Ask, *texts: str, origin: str = ORIGIN) -> Any:
    """What becomes of the last one, after those before it: when it was made, or why it is refused."""
    [answer] = ask([("take", {"texts": texts, "origin": origin})])
    return answer.get("refused") or answer["madeAt"]


def test_first_list_and_a_later_one_are_taken(ask):
    assert taken(ask, make_list()) == milliseconds(AT)
    assert taken(ask, make_list(), make_list(at=LATER)) == milliseconds(LATER)


def test_older_list_is_refused_and_the_same_one_is_not(ask):
    assert taken(ask, make_list(at=LATER), make_list()) == "older"
    assert taken(ask, make_list(), make_list()) == milliseconds(AT)


def test_list_of_another_site_is_refused(ask):
    assert taken(ask, make_list(), origin="https://yntymak.example.evil.example") == "other_origin"


def test_later_list_needs_a_pinned_key_even_if_it_names_its_own(ask):
    assert taken(ask, make_list(), make_list(at=LATER, signed_by=FOREIGN)) == "unknown_key"
    both = [site_key(), site_key(FOREIGN)]
    assert taken(ask, make_list(), make_list(at=LATER, signed_by=FOREIGN, site_keys=both)) == "unknown_key"


def test_next_years_key_is_believed_once_a_pinned_one_has_named_it(ask):
    begins = AT + timedelta(days=10)
    following = site_key(NEXT, not_before=begins, not_after=begins + timedelta(days=365))
    names_it = make_list(at=LATER, site_keys=[site_key(), following])
    signed_with_it = make_list(at=begins + timedelta(days=1), signed_by=NEXT, site_keys=[following])
    assert taken(ask, make_list(), names_it, signed_with_it) == milliseconds(begins + timedelta(days=1))
    assert taken(ask, make_list(), signed_with_it) == "unknown_key"
    too_early = make_list(at=LATER, signed_by=NEXT, site_keys=[following])
    assert taken(ask, names_it, too_early) == "unknown_key"


def test_withdrawn_key_signs_no_list_any_more(ask):
    withdrawn = [site_key(state=KeyState.COMPROMISED), site_key(NEXT)]
    tells = make_list(at=LATER, signed_by=NEXT, site_keys=withdrawn)
    first = make_list(site_keys=[site_key(), site_key(NEXT)])
    assert taken(ask, first, tells) == milliseconds(LATER)
    assert taken(ask, first, tells, make_list(at=LATER + timedelta(days=1))) == "unknown_key"
    assert taken(ask, make_list(site_keys=withdrawn)) == "unknown_key"


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "kid": KID},
        {"alg": "HS256", "kid": KID},
        {"alg": "EdDSA", "kid": KID},
        {"alg": "ed25519", "kid": KID},
        {"alg": ["Ed25519"], "kid": KID},
        {"kid": KID},
        {"alg": "Ed25519", "kid": KID, "crit": ["b64"], "b64": False},
    ],
)
def test_another_algorithm_is_refused(ask, header):
    assert taken(ask, make_list(), reheaded(make_list(at=LATER), header)) == "malformed"


def test_key_in_the_header_changes_nothing(ask):
    header = {"alg": "Ed25519", "kid": KID, "jwk": {"kty": "OKP", "crv": "Ed25519", "x": encode_id(public(FOREIGN))}}
    forged = reheaded(make_list(at=LATER), header, signed_by=FOREIGN)
    assert taken(ask, make_list(), forged) == "bad_signature"
    assert taken(ask, forged) == "bad_signature"
    assert taken(ask, make_list(), reheaded(make_list(at=LATER), header)) == milliseconds(LATER)
    nameless = {name: value for name, value in header.items() if name != "kid"}
    assert taken(ask, make_list(), reheaded(make_list(at=LATER), nameless, signed_by=FOREIGN)) == "unknown_key"


def rewritten(text: str, **change: Any) -> str:
    """The payload edited, the signature left as it was."""
    file = json.loads(text)
    payload = json.loads(base64.urlsafe_b64decode(file["payload"] + "=="))
    return json.dumps(file | {"payload": encode_id(json.dumps(payload | change).encode())})


def test_changed_list_is_refused(ask):
    later = make_list(at=LATER)
    assert taken(ask, make_list(), rewritten(later, lists=[])) == "bad_signature"
    file = json.loads(later)
    signature = bytearray(base64.urlsafe_b64decode(file["signature"] + "=="))
    for place in range(0, 64, 7):
        changed = bytearray(signature)
        changed[place] ^= 1
        assert taken(ask, make_list(), json.dumps(file | {"signature": encode_id(bytes(changed))})) == "bad_signature"
    none = json.dumps(file | {"signature": ""})
    assert taken(ask, make_list(), none) == "bad_signature"


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "<html>Sign in to this network</html>", '{"payload": 1}'])
def test_what_is_no_list_is_malformed(ask, text):
    assert taken(ask, make_list(), text) == "malformed"


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"made_at": "soon"},
        {"keys": None},
        {"site_keys": [{"kid": "00"}]},
        {"time_zone": "Nowhere/Village"},
    ],
)
def test_list_of_another_shape_is_refused(ask, change):
    assert taken(ask, make_list(change=lambda bundle: bundle.update(change))) == "bad_content"


def test_each_place_of_a_list_is_read_as_it_was_written(ask):
    places = [0, 1, 7, 8, 1000, LIST_SIZE - 1]
    text = make_list({"issued": places, "revoked": [8]}, part=1)
    asked = [0, 1, 2, 7, 8, 9, 999, 1000, LIST_SIZE - 1]
    questions = [
        ("status", {"texts": [text], "origin": ORIGIN, "organisation": "coalition", "index": LIST_SIZE + place})
        for place in asked
    ]
    assert ask(questions) == [{"issued": place in places, "revoked": place == 8} for place in asked]
    elsewhere = [("status", {"texts": [text], "origin": ORIGIN, "organisation": who, "index": index}) for who, index in
                 (("coalition", 7), ("coalition", 2 * LIST_SIZE), ("other", LIST_SIZE + 7))]  # fmt: skip
    assert ask(elsewhere) == [{}, {}, {}]


@pytest.mark.parametrize("size", [LIST_SIZE // 8 + 1, LIST_SIZE // 8 - 1, 50_000_000])
def test_bits_of_another_size_than_the_list_says_are_refused(ask, size):
    packed = "u" + encode_id(gzip.compress(bytes(size)))
    text = make_list(change=lambda bundle: bundle["lists"][0].update(issued=packed))
    question = {"texts": [text], "origin": ORIGIN, "text": None, "organisation": "coalition", "index": 7}
    [answer] = ask([("status", question)])
    assert answer == {"refused": "bad_content"}


def test_issuers_key_signs_no_list(ask):
    assert taken(ask, make_list(), make_list(at=LATER, signed_by=ISSUER)) == "unknown_key"
