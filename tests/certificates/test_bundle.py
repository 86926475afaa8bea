"""The trust bundle: signed by the site, and all that a verifier without a network has to know."""

import base64
import gzip
import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import OKPKey

from lms.certificates.actions import (
    ensure_installation_key,
    erase_holder,
    lift_suspension,
    revoke_certificate,
    suspend_certificate,
    withdraw_key,
)
from lms.certificates.exports import bundle_of
from lms.certificates.exports.bundle import EPOCH, encode_bits
from lms.certificates.models import LIST_SIZE, Certificate, Ed25519Key, InstallationKey, SigningKey
from lms.certificates.queries import site_key, trust_now, verdict_of
from lms.cohorts.models import Standing
from lms.common.dates import local_day
from tests.factories.certificates import make_graduate, make_issued, make_trainer_certificate
from tests.factories.cohorts import make_cohort
from tests.factories.people import AT, make_staff

pytestmark = pytest.mark.django_db
ADDRESS = "/trust/bundle.json"


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()


def content_of(answer, key: Ed25519Key | None = None) -> dict:
    """What it says, if the site's key signed it."""
    key = key or site_key(timezone.now())
    public = OKPKey.import_key(
        {"kty": "OKP", "crv": "Ed25519", "x": base64.urlsafe_b64encode(key.public_key).decode().rstrip("=")}
    )
    return json.loads(jws.deserialize_json(json.loads(answer.content), public, algorithms=["Ed25519"]).payload)


def places(said: dict, name: str) -> list[int]:
    """Read as the W3C's Bitstring Status List says, by other means than ours."""
    if name not in said:
        return []
    raw = gzip.decompress(base64.urlsafe_b64decode(said[name][1:] + "=" * (-len(said[name][1:]) % 4)))
    bits = "".join(f"{byte:08b}" for byte in raw)
    assert len(bits) == said["size"] == LIST_SIZE
    return [place for place, bit in enumerate(bits) if bit == "1"]


def test_bundle_names_keys_titles_and_numbers(client):
    certificate = make_issued()
    said = content_of(client.get(ADDRESS))
    organisation = certificate.organisation
    [key] = said["keys"]
    assert (key["kid"], key["organisation"], key["state"]) == (certificate.key_id, organisation.code, "active")
    assert said["organisations"][organisation.code]["ky"] == organisation.name_ky
    assert set(said["modules"]["M1"]) == {"ky", "ru", "en"}
    assert said["origin"] == "http://testserver"
    [numbers] = said["lists"]
    assert (numbers["organisation"], numbers["part"]) == (organisation.code, certificate.status_index // LIST_SIZE)
    assert places(numbers, "issued") == [certificate.status_index % LIST_SIZE]
    assert {"revoked", "suspended", "superseded", "resting", "erased"} & set(numbers) == set()


def test_bundle_holds_nothing_of_a_person_and_no_private_key(client):
    certificate = make_issued()
    text = json.dumps(content_of(client.get(ADDRESS)), ensure_ascii=False)
    assert certificate.person.display_name not in text
    assert certificate.public_id not in text
    assert '"d"' not in text


@pytest.mark.parametrize(("verb", "name"), [(revoke_certificate, "revoked"), (suspend_certificate, "suspended")])
def test_what_was_decided_about_a_number_is_told(client, verb, name):
    certificate = make_issued()
    verb(certificate=certificate, public_wording={}, internal_reason="a reason", by=make_staff(), at=AT)
    [numbers] = content_of(client.get(ADDRESS))["lists"]
    assert places(numbers, name) == places(numbers, "issued") == [certificate.status_index % LIST_SIZE]


@pytest.mark.parametrize("verb", [revoke_certificate, suspend_certificate])
def test_day_of_a_decision_is_the_one_that_the_verdict_tells(client, verb):
    certificate = make_issued()
    evening = AT.replace(hour=19)  # in Bishkek the next day
    verb(certificate=certificate, public_wording={}, internal_reason="a reason", by=make_staff(), at=evening)
    [numbers] = content_of(client.get(ADDRESS))["lists"]
    [[name, days]] = [(name, said) for name, said in numbers.items() if name.endswith("_on")]
    since = verdict_of(certificate.public_id, AT.date()).since
    assert (name.removesuffix("_on") in numbers, [EPOCH + timedelta(days=day) for day in days]) == (
        True,
        [local_day(since)],
    )
    assert local_day(since) == AT.date() + timedelta(days=1)


def test_steps_back_are_told_once_as_the_verdict_tells_them():
    enrolments = [make_graduate(make_cohort()) for _trainer in range(2)]
    trainers = [make_trainer_certificate(enrolment) for enrolment in enrolments]
    steps = {"ky": "Кайра", "ru": "Снова", "en": "Again"}
    Standing.objects.filter(pk__in=[one.standing_id for one in trainers]).update(state="dormant", steps_back=steps)
    bundle = bundle_of(trust_now(), origin="https://example.org", at=AT)
    assert bundle["steps"] == [steps]
    assert [one["steps"] for one in bundle["lists"] if "resting" in one] == [[0], [0]]
    assert verdict_of(trainers[0].public_id, AT.date()).steps_back == steps


def test_lifted_suspension_and_erased_holder_are_told(client):
    certificate = make_issued()
    suspend_certificate(certificate=certificate, public_wording={}, internal_reason="a", by=make_staff(), at=AT)
    lift_suspension(certificate=certificate, internal_reason="b", by=make_staff(), at=AT)
    erase_holder(certificate=certificate, by=None, at=AT)
    [numbers] = content_of(client.get(ADDRESS))["lists"]
    assert places(numbers, "suspended") == []
    assert places(numbers, "erased") == [certificate.status_index % LIST_SIZE]


@pytest.mark.parametrize(("rests", "said"), [("M1", "resting_some"), ("M2", "resting_some"), ("M1 M2", "resting")])
def test_modules_that_rest_are_told_as_the_verdict_tells_them(rests, said):
    enrolment = make_graduate(make_cohort(module_codes=("M1", "M2")))
    make_trainer_certificate(enrolment)
    make_trainer_certificate(enrolment, "M2")
    both = Certificate.objects.get(kind="trainer", person=enrolment.person, state="valid")
    standings = Standing.objects.filter(person=enrolment.person, level="certified", module_code__in=rests.split())
    standings.update(state="dormant")
    numbers = next(part for part in trust_now().lists if part.part == both.status_index // LIST_SIZE)
    place = both.status_index % LIST_SIZE
    assert [name for name, places in numbers.places.items() if place in places and "rest" in name] == [said]
    assert verdict_of(both.public_id, AT.date()).state == {"resting": "may_not_train"}.get(said, "may_train_some")


def test_withdrawn_key_is_told(client):
    certificate = make_issued()
    withdraw_key(key=SigningKey.objects.get(pk=certificate.key_id), by=make_staff(), at=AT)
    assert [key["state"] for key in content_of(client.get(ADDRESS))["keys"]] == ["compromised"]


def test_no_organisations_key_signs_for_the_site(client):
    certificate = make_issued()
    answer = client.get(ADDRESS)
    with pytest.raises(BadSignatureError):
        content_of(answer, SigningKey.objects.get(pk=certificate.key_id))


def test_bundle_is_a_small_file_for_a_thousand_certificates():
    thousand = encode_bits(range(0, LIST_SIZE, 131))
    assert len(thousand) < 6_000


def test_bundle_may_be_kept_for_minutes_and_asked_for_again_without_a_body(client):
    make_issued()
    first = client.get(ADDRESS)
    assert (first.headers["Access-Control-Allow-Origin"], first.cookies) == ("*", {})
    assert "max-age=300" in first.headers["Cache-Control"]
    again = client.get(ADDRESS, headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_site_without_a_certificate_has_no_bundle_and_makes_no_key(client):
    answer = client.get(ADDRESS)
    assert (answer.status_code, InstallationKey.objects.count()) == (503, 0)


def test_next_years_key_is_known_a_month_before_it_signs():
    november, december, january = [AT.replace(month=month, day=3) for month in (11, 12, 1)]
    first = ensure_installation_key(at=november)
    assert ensure_installation_key(at=december) == first
    assert InstallationKey.objects.count() == 2
    second = ensure_installation_key(at=january.replace(year=january.year + 1))
    assert second != first
    assert InstallationKey.objects.count() == 2
    bundle = bundle_of(trust_now(), origin="https://example.org", at=december)
    assert {key["kid"] for key in bundle["site_keys"]} == {first.kid, second.kid}


def test_changed_bundle_is_no_longer_signed(client):
    make_issued()
    file = json.loads(client.get(ADDRESS).content)
    payload = json.loads(base64.urlsafe_b64decode(file["payload"] + "=" * (-len(file["payload"]) % 4)))
    payload["lists"] = []
    file["payload"] = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")

    class Changed:
        content = json.dumps(file).encode()

    with pytest.raises(BadSignatureError):
        content_of(Changed)
