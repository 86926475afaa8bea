"""The verdict for programs: what the document promises is what they get, and no more of anybody than the page says."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from lms.certificates.actions import erase_holder, revoke_certificate, suspend_certificate
from lms.certificates.models import Certificate
from lms.certificates.queries import VerdictState
from lms.cohorts.models import Standing
from lms.common.codes import encode_id
from tests.factories import certificates as make
from tests.factories.people import AT, make_staff

pytestmark = pytest.mark.django_db
UNKNOWN = encode_id(bytes(16))
SAID = {"en": "By mistake.", "ru": "Ошибка.", "ky": "Ката."}
MALFORMED = ["x", UNKNOWN[:-1], f"{UNKNOWN}/", f"{UNKNOWN}A", "A" * 22, "а" * 22, "..%2f..%2fetc", "%00", "'", "a/b/c"]


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def document(client) -> dict[str, Any]:
    return client.get("/api/openapi.json").json()


def ask(client: Client, public_id: str, detail: str = "", **options):
    return client.get(f"/api/certificates/{public_id}" + (f"?detail={detail}" if detail else ""), **options)


def require_promised(document: dict[str, Any], answer) -> Any:
    """Is it one of the answers in the document, with its type and its body?"""
    promised = document["paths"]["/api/certificates/{id}"]["get"]["responses"][str(answer.status_code)]
    content = promised["content"][answer.headers["Content-Type"]]
    OAS31Validator(content["schema"] | {"components": document["components"]}).validate(answer.json())
    for name in promised.get("headers", {}):
        assert name in answer.headers or (name == "ETag" and "no-store" in answer.headers["Cache-Control"])
    return answer.json()


def _all_states() -> dict[str, Certificate]:
    staff = {"internal_reason": "SECRET", "by": make_staff(), "at": AT}
    names = ("revoked", "suspended", "erased", "altered", "superseded")
    found = {name: make.make_certificate() for name in names}
    revoke_certificate(certificate=found["revoked"], public_wording=SAID, **staff)
    suspend_certificate(certificate=found["suspended"], public_wording={}, **staff)
    erase_holder(certificate=found["erased"], by=None, at=AT)
    Certificate.objects.filter(pk=found["altered"].pk).update(status_index=4711)
    Certificate.objects.filter(pk=found["superseded"].pk).update(state="superseded")
    found["may_not_train"] = make.make_trainer_certificate()
    Standing.objects.filter(pk=found["may_not_train"].standing_id).update(state="dormant", steps_back=SAID)
    return found | {"genuine": make.make_certificate()}


def test_document_is_openapi_and_every_state_is_as_it_says(client, document):
    validate(document)
    assert document["openapi"] == "3.1.0"
    for state, certificate in _all_states().items():
        cache.clear()
        brief, summary, full = (
            require_promised(document, ask(client, certificate.public_id, detail)) for detail in ("", "summary", "full")
        )
        assert brief["state"] == state
        assert set(brief) < set(summary) < set(full)
        assert brief.items() <= summary.items()
        assert {name: full[name] for name in summary} == summary
        assert (summary["certified"] is None) == (state == "altered")
        assert (full["shown_name"] is None) == (state in ("erased", "altered"))
        assert (full["public_reason"] == SAID) == (state == "revoked")
        assert (full["way_back"] == SAID) == (state == "may_not_train")
        assert (brief["since"] == "2026-11-24") == (state in ("revoked", "suspended", "superseded"))


def test_full_says_what_the_page_says_and_less_says_no_name(client):
    certificate = make.make_trainer_certificate()
    brief, summary, full = (ask(client, certificate.public_id, detail) for detail in ("state", "summary", "full"))
    said = full.json()
    for language in ("en", "ru", "ky"):
        page = client.get(f"/v/{certificate.public_id}?lang={language}").text
        texts = [said["label"], said["sentence"], said["certified"]["issuer"]["names"]]
        texts += [module["titles"] for module in said["certified"]["modules"]]
        assert [one[language] for one in texts if one[language] not in page] == []
        assert said["shown_name"] in page
    assert said["certified"]["trains_until"] == "2029-11-25"
    assert "Айгүл" not in brief.content.decode() + summary.content.decode()
    assert "Токтосунова" not in full.content.decode()


def test_state_may_be_kept_until_it_changes_and_a_name_never(client):
    certificate = make.make_certificate()
    first = ask(client, certificate.public_id, "summary")
    assert first.headers["Cache-Control"] == "public, max-age=60"
    same = ask(client, certificate.public_id, "summary", headers={"if-none-match": first.headers["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["Access-Control-Allow-Origin"] == "*"
    suspend_certificate(certificate=certificate, public_wording={}, internal_reason="S", by=make_staff(), at=AT)
    other = ask(client, certificate.public_id, "summary", headers={"if-none-match": first.headers["ETag"]})
    assert (other.status_code, other.json()["state"]) == (200, "suspended")
    full = ask(client, certificate.public_id, "full")
    assert "no-store" in full.headers["Cache-Control"]
    assert "ETag" not in full.headers


def test_unknown_and_malformed_are_the_same_bytes(client, document):
    make.make_certificate()
    found = {}
    for public_id in [UNKNOWN, *MALFORMED]:
        cache.clear()
        answer = ask(client, public_id)
        headers = {name: value for name, value in answer.headers.items() if name != "Date"}
        found[public_id] = (answer.status_code, answer.content, headers)
    assert {name for name, said in found.items() if said != found[UNKNOWN]} == set()
    cache.clear()
    assert require_promised(document, ask(client, UNKNOWN, "full"))["status"] == 404
    assert found[UNKNOWN][2]["Cache-Control"] == "no-store"


def test_errors_are_problems(client, document):
    public_id = make.make_certificate().public_id
    assert require_promised(document, ask(client, public_id, "everything"))["title"] == "Bad request"
    # The answer does not tell whether there is such a certificate.
    assert ask(client, UNKNOWN, "everything").content == ask(client, public_id, "everything").content
    for method in ("post", "put", "delete", "options"):
        strict = Client(enforce_csrf_checks=True)
        answer = getattr(strict, method)(f"/api/certificates/{public_id}")
        assert require_promised(document, answer)["status"] == 405
        assert answer.headers["Allow"] == "GET, HEAD"


def test_ids_cannot_be_walked_by_turns(client, document):
    """Page and program together: thirty a minute."""
    public_id = make.make_certificate().public_id
    answers = [client.get(f"/v/{UNKNOWN}") if turn % 2 else ask(client, UNKNOWN) for turn in range(30)]
    assert {answer.status_code for answer in answers} == {404}
    refused = ask(client, public_id)
    assert require_promised(document, refused)["status"] == 429
    assert refused.headers["Retry-After"] == "60"
    assert client.get(f"/v/{public_id}").status_code == 429
    assert ask(Client(REMOTE_ADDR="203.0.113.9"), public_id).status_code == 200


def test_any_site_may_read_it_and_no_cookie_is_read_or_set(client, django_assert_num_queries):
    certificate = make.make_certificate()
    client.force_login(make_staff())
    with django_assert_num_queries(1):
        answer = ask(client, certificate.public_id)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    head = client.head(f"/api/certificates/{certificate.public_id}")
    assert (head.status_code, head.content) == (200, b"")


def test_document_names_every_state_that_there_is(document):
    named = set(document["components"]["schemas"]["State"]["properties"]["state"]["enum"])
    assert named == set(VerdictState.values) - {VerdictState.NOT_OURS.value}
