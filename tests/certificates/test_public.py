"""The form for a dictated code, and the keys."""

import pytest
from django.core.cache import cache
from django.test import Client

from lms.certificates.actions import ensure_signing_key, withdraw_key
from lms.certificates.signing import multikey_of
from lms.common.codes import decode_id, dictated, encode_id
from tests.factories import certificates as make
from tests.factories.people import AT, make_organisation, make_staff

pytestmark = pytest.mark.django_db

ID = bytes(range(240, 256))


def ask(client: Client, code: str):
    return client.get("/verify/", {"code": code, "lang": "en"})


@pytest.mark.parametrize(
    "spoken",
    [
        dictated(ID),
        dictated(ID).lower(),
        dictated(ID).replace("-", " "),
        dictated(ID).replace("0", "O").replace("1", "l"),
    ],
)
def test_typed_code_leads_to_its_verdict_however_it_is_typed(client, spoken):
    answer = ask(client, spoken)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/v/{encode_id(ID)}?lang=en")


@pytest.mark.parametrize(
    "pasted",
    [
        "{id}",
        " {id} ",
        "{id}.",
        "http://testserver/v/{id}. ",
        "/v/{id}",
        "testserver/v/{id}",
        "http://testserver/v/{id}",
        "http://testserver/v/{id}/?lang=ru#name",
    ],
)
def test_pasted_address_leads_to_its_verdict_too(client, pasted):
    answer = ask(client, pasted.format(id=encode_id(ID)))
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/v/{encode_id(ID)}?lang=en")


@pytest.mark.parametrize(
    "pasted", ["https://elsewhere.example/v/{id}", "http://testserver/w/{id}", "/v/{id}x", "{id}="]
)
def test_address_of_somebody_else_is_none_of_ours(client, pasted):
    answer = ask(client, pasted.format(id=encode_id(ID)))
    assert answer.status_code == 422
    assert answer.content.decode().count("letters and digits; here are") == 1


def test_wrong_symbol_is_told_beside_the_field_without_a_look_up(client, django_assert_num_queries):
    code = dictated(ID)
    wrong = ("Z" if code[0] != "Z" else "Y") + code[1:]
    with django_assert_num_queries(0):
        answer = ask(client, wrong)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "One letter or digit is not right." in html
    assert wrong in html
    assert 'aria-invalid="true"' in html
    assert "saved" not in html


def test_last_sign_may_be_left_out_where_there_is_such_a_certificate(client):
    certificate = make.make_certificate()
    code = dictated(decode_id(certificate.public_id))[:-1]
    answer = ask(client, code.lower())
    assert answer.headers["Location"] == f"/v/{certificate.public_id}?lang=en&sign=none"
    # Which of its signs a slip met, nothing tells: there is only no such certificate.
    for slip in (("Z" if code[5] != "Z" else "Y").join((code[:5], code[6:])), f"{code[0]}{code[2:]}7"):
        refused = ask(client, slip)
        assert refused.status_code == 422
        assert "The last sign is missing" in refused.text
        assert slip in refused.text


def test_look_up_of_a_code_without_its_last_sign_counts_as_a_verdict(client):
    cache.clear()
    certificate = make.make_certificate()
    code = dictated(decode_id(certificate.public_id))
    assert [ask(client, code[:-1]).status_code for _try in range(31)] == [302] * 30 + [422]
    assert "Wait a minute" in ask(client, code[:-1]).text
    assert ask(client, code).status_code == 302
    assert client.get(f"/v/{certificate.public_id}").status_code == 429


@pytest.mark.parametrize(("code", "says"), [("", "Type the code"), ("ABCD", "here are 4"), ("<b>", "here are 3")])
def test_what_is_no_code_is_told(client, code, says):
    answer = ask(client, code)
    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_every_id_survives_being_dictated():
    for number in (0, 1, 2**128 - 1, 36, 2**127):
        data = number.to_bytes(16)
        assert decode_id(encode_id(data)) == data


def test_form_is_shown_without_a_cookie(client):
    answer = client.get("/verify/")
    assert (answer.status_code, answer.cookies) == (200, {})


def test_keys_are_published_with_the_organisation_that_they_belong_to(client):
    organisation = make_organisation("coalition")
    key = ensure_signing_key(organisation=organisation, by=None, at=AT)
    document = client.get("/.well-known/did.json").json()
    method, multikey = document["verificationMethod"]
    assert document["id"] == "did:web:testserver"
    assert method["id"] == f"did:web:testserver#{key.kid}"
    assert (method["organisation"], method["publicKeyJwk"]["crv"]) == ("coalition", "Ed25519")
    assert document["assertionMethod"] == [method["id"], multikey["id"]]
    assert multikey["publicKeyMultibase"] == multikey_of(bytes(key.public_key))
    [jwk] = client.get("/.well-known/jwks.json").json()["keys"]
    assert jwk["x"] == method["publicKeyJwk"]["x"] == encode_id(bytes(key.public_key))
    # As it stands in what is signed with such keys as JSON (the trust bundle): strict libraries compare the two.
    assert jwk["alg"] == "Ed25519"
    assert "d" not in jwk


def test_withdrawn_key_stays_published_and_vouches_for_nothing(client):
    key = ensure_signing_key(organisation=make_organisation(), by=None, at=AT)
    withdraw_key(key=key, by=make_staff(), at=AT)
    document = client.get("/.well-known/did.json").json()
    assert (len(document["verificationMethod"]), document["assertionMethod"]) == (2, [])
    [jwk] = client.get("/.well-known/jwks.json").json()["keys"]
    assert jwk["revoked"]["reason"] == "compromised"


@pytest.mark.parametrize("address", ["/.well-known/did.json", "/.well-known/jwks.json"])
def test_keys_may_be_kept_and_read_from_elsewhere(client, address):
    answer = client.get(address)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "max-age=3600" in answer.headers["Cache-Control"]
    assert answer.cookies == {}
