"""What a stranger sees: every state, and nothing more than it needs."""

import base64
import gzip
import hashlib
import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from lms.certificates.actions import (
    erase_holder,
    revoke_certificate,
    suspend_certificate,
    withdraw_key,
)
from lms.certificates.models import Certificate, CertificateHolder, VerdictReport
from lms.certificates.queries import VerdictState, verdict_of
from lms.cohorts.models import Standing
from lms.common.codes import encode_id
from tests.factories import certificates as make
from tests.factories.people import AT, make_staff

pytestmark = pytest.mark.django_db

TODAY = AT.date()
UNKNOWN = encode_id(bytes(16))


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


def page(client: Client, public_id: str, language: str = "en", **options) -> str:
    return client.get(f"/v/{public_id}?lang={language}", **options).content.decode()


def heading(html: str) -> str:
    return re.search(r"<h1>(.*?)</h1>", html)[1]


def state_of(certificate: Certificate, day=TODAY) -> VerdictState:
    return verdict_of(certificate.public_id, day).state


# ── States ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_genuine_restates_what_was_certified(client):
    certificate = make.make_certificate()
    html = page(client, certificate.public_id)
    said = ["Genuine", "Айгүл Т.", "Module M1 en", "Participant", "24 November 2026", "testserver"]
    assert [word for word in [*said, certificate.organisation.name_en] if word not in html] == []
    assert "Токтосунова" not in html


def test_trainers_verdict_says_what_she_may_train_until_when(client):
    html = page(client, make.make_trainer_certificate().public_id)
    assert "May train this module in Kyrgyz and Russian until 25 November 2029" in html


@pytest.mark.parametrize(
    ("language", "listed"), [("en", "Kyrgyz, Russian"), ("ru", "Кыргызский, русский"), ("ky", "Кыргызча, орусча")]
)
def test_languages_are_listed_as_each_language_writes_them(client, language, listed):
    assert f"<dd>{listed}</dd>" in page(client, make.make_trainer_certificate().public_id, language)


@pytest.mark.parametrize("standing", ["dormant", "suspended", "withdrawn"])
def test_trainer_at_rest_may_not_train_now(client, standing):
    certificate = make.make_trainer_certificate()
    steps = {"en": "Hold one session.", "ru": "Проведите занятие.", "ky": "Сабак өткөрүңүз."}
    Standing.objects.filter(pk=certificate.standing_id).update(state=standing, steps_back=steps)
    assert state_of(certificate) == VerdictState.MAY_NOT_TRAIN
    assert "Hold one session." in page(client, certificate.public_id)


def test_trainers_certificate_expires():
    certificate = make.make_trainer_certificate()
    assert state_of(certificate, certificate.expires_on) == VerdictState.GENUINE
    assert state_of(certificate, certificate.expires_on + timedelta(days=1)) == VerdictState.EXPIRED


def test_superseded_says_when(client):
    certificate = make.make_certificate()
    Certificate.objects.filter(pk=certificate.pk).update(state="superseded", state_since=AT)
    assert state_of(certificate) == VerdictState.SUPERSEDED
    assert "on 24 November 2026" in page(client, certificate.public_id)


@pytest.mark.parametrize(("wording", "shown"), [({}, False), ({"ky": "К", "ru": "Р", "en": "By mistake."}, True)])
def test_revoked_says_when_and_only_what_was_chosen_to_be_said(client, wording, shown):
    certificate = make.make_certificate()
    revoke_certificate(
        certificate=certificate, public_wording=wording, internal_reason="SECRET", by=make_staff(), at=AT
    )
    html = page(client, certificate.public_id)
    assert heading(html) == "Revoked"
    assert "Revoked on 24 November 2026" in html
    assert ("By mistake." in html) is shown
    assert "SECRET" not in html


def test_suspended_says_since_when(client):
    certificate = make.make_certificate()
    suspend_certificate(certificate=certificate, public_wording={}, internal_reason="S", by=make_staff(), at=AT)
    assert "Suspended since 24 November 2026" in page(client, certificate.public_id)


def test_withdrawn_key_is_told_until_the_certificate_is_signed_again():
    certificate = make.make_certificate()
    withdraw_key(key=certificate.key, by=make_staff(), at=AT)
    assert state_of(certificate) == VerdictState.WITHDRAWN_KEY


def test_erased_holder_leaves_a_genuine_certificate_without_a_name(client):
    certificate = make.make_certificate()
    erase_holder(certificate=certificate, by=None, at=AT)
    html = page(client, certificate.public_id)
    assert heading(html) == "Genuine, without a name"
    assert "Айгүл" not in html
    assert 'name="name"' not in html
    assert "Module M1 en" in html


def _other_hours(certificate):
    certificate.claims["modules"][0]["hours"] = "99.0"


def _later_day(certificate):
    certificate.claims["issued_on"] = "2020-01-01"


def _longer(certificate):
    certificate.expires_on = AT.date()


def _other_index(certificate):
    certificate.status_index += 1


@pytest.mark.parametrize("change", [_other_hours, _later_day, _longer, _other_index])
def test_row_that_is_not_what_was_signed_is_altered_and_claims_nothing(client, change):
    certificate = make.make_certificate()
    change(certificate)
    certificate.save()
    html = page(client, certificate.public_id)
    assert heading(html) == "Altered"
    assert [word for word in ("Айгүл", "Module M1", "99") if word in html] == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("issuer", {"code": "other", "name": {}}),
        ("level", "master"),
        ("languages", ["ky", "ru", "en"]),
        ("expires_on", "2039-11-24"),
        ("trains_until", "2039-11-24"),
        ("modules", []),
    ],
)
def test_row_with_one_signed_field_exchanged_is_altered(field, value):
    certificate = make.make_trainer_certificate()
    assert certificate.claims[field] != value
    certificate.claims[field] = value
    certificate.save()
    assert state_of(certificate) == VerdictState.ALTERED


def test_statement_of_another_certificate_is_altered():
    certificate, other = make.make_certificate(), make.make_certificate()
    Certificate.objects.filter(pk=certificate.pk).update(claims=other.claims, statement=bytes(other.statement))
    assert state_of(certificate) == VerdictState.ALTERED


def test_name_that_was_not_signed_is_altered():
    certificate, other = make.make_certificate(), make.make_certificate(name="Бермет Асанова")
    CertificateHolder.objects.filter(certificate=certificate).update(
        sealed_shown_name=bytes(other.holder.sealed_shown_name)
    )
    assert state_of(certificate) == VerdictState.ALTERED


# ── Not ours ─────────────────────────────────────────────────────────────────────────────────────────────────────
MALFORMED = ["x", "A" * 21, "A" * 23, "AAAAAAAAAAAAAAAAAAAAAB", "%00", "..%2f..%2fetc", "ңөү", "A/B", "", " "]


@pytest.mark.parametrize("malformed", MALFORMED)
def test_unknown_and_malformed_answer_byte_for_byte_the_same(client, malformed):
    unknown, other = client.get(f"/v/{UNKNOWN}?lang=en"), client.get(f"/v/{malformed}?lang=en")
    assert (other.status_code, other.content) == (404, unknown.content)
    assert dict(other.headers) == dict(unknown.headers)
    assert heading(other.content.decode()) == "Not our certificate"


@pytest.mark.parametrize("public_id", [UNKNOWN, "x", "A" * 500])
def test_unknown_and_malformed_cost_the_same_look_up(client, public_id, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get(f"/v/{public_id}")


def test_code_without_its_last_sign_is_said_until_the_name_is_compared(client):
    """In each language and after each form; and of what is not ours nothing more is said than to others."""
    certificate, remark = make.make_certificate(), "The last sign of the code was not typed"
    short = f"/v/{certificate.public_id}?lang=en&sign=none"
    html = client.get(short).text
    assert remark in html
    assert remark not in page(client, certificate.public_id)
    links = re.findall(r'(?:href|action)="(\?lang=[^"]*)"', html)
    assert len(links) == 4
    assert all("&amp;sign=none" in link for link in links)
    assert remark in client.post(short, {"name": "Бермет Асанова"}).text
    unknown, malformed = (client.get(f"/v/{one}?lang=en&sign=none").text for one in ("A" * 22, "x"))
    assert unknown == malformed
    assert remark not in unknown


def test_name_check_of_what_is_not_ours_says_nothing(client):
    answer = client.post(f"/v/{UNKNOWN}?lang=en", {"name": "Айгүл"})
    assert answer.content == client.get(f"/v/{UNKNOWN}?lang=en").content


# ── Report ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_report_is_kept_without_who_sent_it(client):
    certificate = make.make_certificate()
    html = client.post(f"/v/{certificate.public_id}?lang=en", {"report": "name"}).content.decode()
    assert "has been told" in html
    report = VerdictReport.objects.get()
    assert (report.certificate, report.reason) == (certificate, "name")


@pytest.mark.usefixtures("clock")
def test_report_needs_a_reason_and_is_limited(client):
    certificate = make.make_certificate()
    address = f"/v/{certificate.public_id}?lang=en"
    assert "Choose what is different." in client.post(address, {"report": "x"}).content.decode()
    for _try in range(6):
        client.post(address, {"report": "name"})
    assert VerdictReport.objects.count() == 5


# ── How it is sent ───────────────────────────────────────────────────────────────────────────────────────────────
def test_answer_is_private_small_and_asks_for_nothing_more(client):
    answer = client.get(f"/v/{make.make_certificate().public_id}")
    html = answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.cookies == {}
    assert len(answer.content) <= 15_000
    assert re.findall(r"(?:src|href)=\"(?!\?lang=|/verify/|data:,)[^\"]*\"", html) == []


def test_style_is_the_one_that_the_policy_allows(client):
    answer = client.get(f"/v/{UNKNOWN}")
    style = re.search(r"<style>(.*?)</style>", answer.content.decode(), re.S)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("state", ["valid", "revoked"])
def test_verdict_takes_at_most_two_queries(client, state, django_assert_max_num_queries):
    certificate = make.make_certificate()
    if state == "revoked":
        revoke_certificate(certificate=certificate, public_wording={}, internal_reason="x", by=make_staff(), at=AT)
    page(client, certificate.public_id)
    with django_assert_max_num_queries(2):
        page(client, certificate.public_id)


def test_no_name_in_the_title(client):
    assert "<title>Certificate check · Yntymak</title>" in page(client, make.make_certificate().public_id)


def test_verdict_stands_in_three_languages(client):
    html = page(client, make.make_certificate().public_id, "ky")
    assert '<html lang="ky">' in html
    assert re.findall(r'<span lang="(\w+)">', html) == ["ru", "en"]


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [("", "ru-RU,ru;q=0.9", "ru"), ("", "de", "ky"), ("", "", "ky"), ("en", "ru", "en"), ("de", "en-GB", "en")],
)
def test_language_is_asked_for_or_the_browsers(client, asked, accepted, language):
    answer = client.get(f"/v/{UNKNOWN}?lang={asked}", headers={"Accept-Language": accepted})
    assert f'<html lang="{language}">' in answer.content.decode()


@pytest.mark.usefixtures("clock")
def test_language_stays_after_the_form_and_on_the_pages_that_refuse(client):
    address = f"/v/{make.make_certificate().public_id}?lang=ru"
    assert (
        '<html lang="ru">'
        in client.post(address, {"name": "Бермет"}, headers={"Accept-Language": "en"}).content.decode()
    )
    assert 'action="?lang=ru#name"' in client.get(address).content.decode()
    for _try in range(30):
        busy = client.get(address, headers={"Accept-Language": "en"})
    assert (busy.status_code, '<html lang="ru">' in busy.content.decode()) == (429, True)


def test_language_stays_on_the_page_of_a_request_that_cannot_be_read(client, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 1
    address = f"/v/{make.make_certificate().public_id}"
    for chosen, headers in (("?lang=ky", {"Accept-Language": "ru"}), ("", {"Accept-Language": "ky"})):
        answer = client.post(f"{address}{chosen}", {"name": "a", "other": "b"}, headers=headers)
        assert (answer.status_code, '<html lang="ky">' in answer.content.decode()) == (400, True)


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        *[(said, True) for said in ("gzip, deflate, br", "br;q=1.0, GZIP;q=0.8")],
        *[(said, False) for said in ("identity", "gzip;q=0", "br, gzip; q=0.0", "x-notgzip", "")],
    ],
)
def test_page_is_packed_for_those_who_unpack_it(client, accepted, packed):
    address = f"/v/{make.make_certificate().public_id}?lang=ky"
    plain, answer = client.get(address), client.get(address, headers={"Accept-Encoding": accepted})
    assert (answer.headers.get("Content-Encoding") == "gzip") is packed
    assert (gzip.decompress(answer.content) if packed else answer.content) == plain.content
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert len(answer.content) <= (5_000 if packed else 15_000)


@pytest.mark.usefixtures("clock")
def test_thirty_checks_a_minute_and_then_wait(client):
    codes = [client.get(f"/v/{UNKNOWN}").status_code for _try in range(31)]
    assert (codes[29], codes[30]) == (404, 429)
    assert client.get(f"/v/{UNKNOWN}").headers["Retry-After"] == "60"
    assert client.get(f"/v/{UNKNOWN}", REMOTE_ADDR="192.0.2.7").status_code == 404


@pytest.mark.usefixtures("clock")
def test_addresses_of_one_network_count_together(client):
    for number in range(30):
        client.get(f"/v/{UNKNOWN}", REMOTE_ADDR=f"2001:db8::{number:x}")
    assert client.get(f"/v/{UNKNOWN}", REMOTE_ADDR="2001:db8::ffff").status_code == 429
    assert client.get(f"/v/{UNKNOWN}", REMOTE_ADDR="2001:db8:0:1::1").status_code == 404


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options", "trace"])
def test_other_methods_are_refused(client, method):
    assert getattr(client, method)(f"/v/{UNKNOWN}").status_code == 405


def test_head_is_the_answer_without_its_body(client):
    answer = client.head(f"/v/{make.make_certificate().public_id}")
    assert (answer.status_code, answer.content) == (200, b"")
