"""Status lists: what is revoked or suspended is told by number, signed by the site, in a form that others read."""

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openbadgeslib.ob3.contexts import load_context
from openbadgeslib.ob3.status import decode_encoded_list, set_indices
from pyld.documentloader.frozen import BUNDLED_CONTEXTS, FrozenDocumentLoader
from pyld.jsonld import JsonLdProcessor

from lms.certificates.actions import (
    furnish_certificates,
    lift_suspension,
    revoke_certificate,
    suspend_certificate,
    withdraw_key,
)
from lms.certificates.models import (
    LIST_SIZE,
    Certificate,
    CertificateHolder,
    InstallationKey,
    SigningKey,
    StatusList,
)
from lms.certificates.queries import site_key
from lms.certificates.signing import ProofRefused, method_of, proof_of, verify_proof
from tests.certificates.badges import documents_of, judged_by_node
from tests.factories.certificates import make_certificate, make_graduate, make_issued
from tests.factories.cohorts import make_cohort
from tests.factories.people import AT, make_staff

pytestmark = pytest.mark.django_db
SITE = "http://testserver"


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()


def told(client, purpose: str) -> dict:
    """The list as it is served."""
    number = StatusList.objects.get(purpose=purpose).pk
    return json.loads(client.get(f"/trust/status/{number}").content)


def places(credential: dict) -> list[int]:
    """Read by another implementation than ours."""
    return sorted(set_indices(decode_encoded_list(credential["credentialSubject"]["encodedList"])))


def test_each_thing_said_of_a_number_has_a_list_of_its_own(client):
    certificate = make_issued()
    assert StatusList.objects.count() == 2
    for purpose in ("revocation", "suspension"):
        said = told(client, purpose)
        assert (said["credentialSubject"]["statusPurpose"], places(said)) == (purpose, [])
        assert StatusList.objects.get(purpose=purpose).organisation == certificate.organisation


def test_lists_are_asked_for_once_for_many():
    cohort = make_cohort()
    certificates = [make_certificate(make_graduate(cohort)) for _number in range(3)]
    CertificateHolder.objects.update(sealed_credential=None)
    with CaptureQueriesContext(connection) as asked:
        furnish_certificates(certificates=certificates, at=AT)
    assert sum('FROM "certificates_statuslist"' in query["sql"] for query in asked) == 1
    assert CertificateHolder.objects.exclude(sealed_credential=None).count() == len(certificates)


@pytest.mark.parametrize(
    ("verb", "purpose", "other"),
    [(revoke_certificate, "revocation", "suspension"), (suspend_certificate, "suspension", "revocation")],
)
def test_what_was_decided_about_a_number_is_told_in_its_list_and_no_other(client, verb, purpose, other):
    certificate = make_issued()
    verb(certificate=certificate, public_wording={}, internal_reason="a reason", by=make_staff(), at=AT)
    assert places(told(client, purpose)) == [certificate.status_index % LIST_SIZE]
    assert places(told(client, other)) == []


def test_lifted_suspension_is_told(client):
    certificate = make_issued()
    suspend_certificate(certificate=certificate, public_wording={}, internal_reason="a", by=make_staff(), at=AT)
    lift_suspension(certificate=certificate, internal_reason="b", by=make_staff(), at=AT)
    assert places(told(client, "suspension")) == []


def test_certificates_of_another_part_stand_in_another_list(client):
    certificate = make_issued()
    revoke_certificate(certificate=certificate, public_wording={}, internal_reason="a", by=make_staff(), at=AT)
    Certificate.objects.update(status_index=certificate.status_index + LIST_SIZE)
    assert places(told(client, "revocation")) == []


def test_list_is_signed_by_the_site_and_by_no_organisation(client):
    certificate = make_issued()
    said, key = told(client, "revocation"), site_key(timezone.now())
    proof = proof_of(said)
    verify_proof(said, proof, public_key=bytes(key.public_key))
    assert proof.method == method_of(SITE, bytes(key.public_key))
    with pytest.raises(ProofRefused):
        verify_proof(said, proof, public_key=bytes(SigningKey.objects.get(pk=certificate.key_id).public_key))
    changed = said | {"credentialSubject": said["credentialSubject"] | {"encodedList": "uH4sI"}}
    with pytest.raises(ProofRefused):
        verify_proof(changed, proof, public_key=bytes(key.public_key))


def test_other_software_finds_the_sites_key_and_accepts_the_list(client):
    make_issued()
    documents = documents_of(client.get("/.well-known/did.json").json())
    assert judged_by_node(told(client, "revocation"), documents=documents) == [
        {"verified": True, "error": "", "flags": []}
    ]


def test_list_says_for_how_long_it_holds(client):
    make_issued()
    said = told(client, "revocation")
    begin, end = (timezone.datetime.fromisoformat(said[name]) for name in ("validFrom", "validUntil"))
    assert end - begin == timedelta(days=1)
    assert said["credentialSubject"]["ttl"] == 300_000


def test_list_may_be_kept_for_minutes_and_asked_for_again_without_a_body(client):
    make_issued()
    address = StatusList.objects.get(purpose="revocation").address("")
    first = client.get(address)
    assert (first.headers["Access-Control-Allow-Origin"], first.cookies) == ("*", {})
    assert (first.headers["Content-Type"], "max-age=300" in first.headers["Cache-Control"]) == ("application/vc", True)
    again = client.get(address, headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("number", [0, 4711, 10**30])
def test_list_that_does_not_exist_is_not_found(client, number):
    assert client.get(f"/trust/status/{number}", follow=True).status_code == 404


def test_site_whose_key_ended_says_later_and_makes_no_key(client):
    make_issued()
    InstallationKey.objects.update(not_after=timezone.now() - timedelta(days=1), not_before=AT - timedelta(days=900))
    keys = InstallationKey.objects.count()
    answer = client.get(StatusList.objects.get(purpose="revocation").address(""))
    assert (answer.status_code, InstallationKey.objects.count()) == (503, keys)


def test_did_document_says_in_json_ld_all_that_it_says_in_json(client):
    certificate = make_issued()
    withdraw_key(key=SigningKey.objects.get(pk=certificate.key_id), by=make_staff(), at=AT)
    document = client.get("/.well-known/did.json").json()
    multikey = "https://w3id.org/security/multikey/v1"
    loader = FrozenDocumentLoader({**BUNDLED_CONTEXTS, multikey: load_context(multikey)})
    dropped: list[object] = []
    JsonLdProcessor(on_property_dropped=dropped.append).expand(document, {"documentLoader": loader})
    assert dropped == []
    withdrawn = method_of(SITE, bytes(SigningKey.objects.get(pk=certificate.key_id).public_key))
    assert withdrawn in {method["id"] for method in document["verificationMethod"]}
    assert withdrawn not in document["assertionMethod"]
