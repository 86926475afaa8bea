"""Webhooks on the desk: for whoever administers the organisation, and for nobody else."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from lms.certificates.models import Webhook
from lms.common.codes import new_id
from lms.people.models import AuditEntry, Organisation, RoleKind
from tests.certificates.hooks import revoke, sweep
from tests.factories import certificates as make
from tests.factories.people import browser, make_organisation, make_role, make_staff
from tests.factories.webhooks import make_administrator, make_webhook

pytestmark = pytest.mark.django_db
SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{43}=")
POSTS = ("test", "secret", "off", "on")


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation("ours")


@pytest.fixture
def hers(organisation) -> Client:
    return browser(make_administrator(organisation))


def form(**changes: Any) -> dict[str, Any]:
    said = {"webhook_id": new_id(), "address": "https://hooks.example.org/in", "events": ["certificate.revoked"]}
    return said | changes


def test_hers_a_colleagues_and_a_strangers(organisation, hers):
    webhook = make_webhook(organisation).webhook
    coordinator, stranger = make_staff(), make_administrator(make_organisation("theirs"))
    make_role(coordinator, RoleKind.COORDINATOR, organisation)
    pages = [
        reverse("webhooks:list", args=[organisation.pk]),
        reverse("webhooks:add", args=[organisation.pk]),
        reverse("webhooks:webhook", args=[webhook.pk]),
    ]
    for page in pages:
        assert hers.get(page).status_code == 200
        for other in (coordinator, stranger):
            assert browser(other).get(page).status_code == 404
            assert browser(other).post(page, form()).status_code in (404, 405)
    for name in POSTS:
        address = reverse(f"webhooks:{name}", args=[webhook.pk])
        assert hers.get(address).status_code == 405
        for other in (coordinator, stranger):
            assert browser(other).post(address).status_code == 404
    assert Webhook.objects.count() == 1
    assert not AuditEntry.objects.exclude(verb="add_webhook").filter(subject_type="certificates.webhook").exists()


def test_the_way_begins_at_the_organisation(organisation, hers):
    page = hers.get(reverse("people:organisation", args=[organisation.pk])).content.decode()
    listed = reverse("webhooks:list", args=[organisation.pk])
    assert listed in page
    assert reverse("webhooks:add", args=[organisation.pk]) in hers.get(listed).content.decode()


def test_added_one_is_on_and_its_secret_stands_in_that_answer_only(organisation, hers):
    answer = hers.post(reverse("webhooks:add", args=[organisation.pk]), form())
    [secret] = SECRET.findall(answer.content.decode())
    webhook = Webhook.objects.get()
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert (webhook.is_on, webhook.organisation, list(webhook.events)) == (True, organisation, ["certificate.revoked"])
    for page in (reverse("webhooks:webhook", args=[webhook.pk]), reverse("webhooks:list", args=[organisation.pk])):
        assert secret not in hers.get(page).content.decode()
    entry = AuditEntry.objects.get(verb="add_webhook")
    assert entry.details == {"host": "hooks.example.org", "events": ["certificate.revoked"]}


def test_form_sent_twice_is_one_webhook(organisation, hers):
    said, address = form(), reverse("webhooks:add", args=[organisation.pk])
    hers.post(address, said)
    again = hers.post(address, said)
    assert again.status_code == 422
    assert "there already" in again.content.decode()
    assert Webhook.objects.count() == 1


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://hooks.example.org/", "must begin with https://"),
        ("https://127.0.0.1/", "write the name of a site"),
        ("https://user:word@hooks.example.org/", "no user name"),
        ("https://hooks.example.org:8443/", "usual port"),
        ("https://хук.example.org/", "cannot be read"),
        ("", "required"),
    ],
)
def test_unfit_address_is_said_beside_the_field_and_what_was_typed_is_kept(organisation, hers, address, words):
    answer = hers.post(reverse("webhooks:add", args=[organisation.pk]), form(address=address))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert f'value="{address}"' in page or not address
    assert not Webhook.objects.exists()


def test_it_is_offered_in_her_language(organisation, hers):
    address = reverse("webhooks:add", args=[organisation.pk])
    pages = {code: hers.get(address.replace("/en/", f"/{code}/")).content.decode() for code in ("en", "ru", "ky")}
    assert ["Suspension lifted" in page for page in pages.values()] == [True, False, False]
    assert "Токтотуу алынып салынды" in pages["ky"]


@pytest.mark.parametrize("events", [[], ["webhook.test"], ["certificate.issued"]])
def test_something_that_is_offered_must_be_chosen(organisation, hers, events):
    answer = hers.post(reverse("webhooks:add", args=[organisation.pk]), form(events=events))
    assert answer.status_code == 422
    assert not Webhook.objects.exists()


def test_an_organisation_has_so_many_and_no_more(organisation, hers):
    for _number in range(20):
        make_webhook(organisation)
    answer = hers.post(reverse("webhooks:add", args=[organisation.pk]), form())
    assert answer.status_code == 422
    assert Webhook.objects.count() == 20


def test_events_are_changed_and_refused_without_any(organisation, hers):
    webhook = make_webhook(organisation).webhook
    address = reverse("webhooks:webhook", args=[webhook.pk])
    assert hers.post(address, {"events": ["nothing"]}).status_code == 422
    answer = hers.post(address, {"events": ["certificate.suspended", "certificate.suspension_lifted"]})
    assert answer.status_code == 302
    webhook.refresh_from_db()
    assert list(webhook.events) == ["certificate.suspended", "certificate.suspension_lifted"]


def test_another_secret_is_shown_with_how_long_the_one_before_holds(organisation, hers):
    made = make_webhook(organisation)
    answer = hers.post(reverse("webhooks:secret", args=[made.webhook.pk]))
    [secret] = SECRET.findall(answer.content.decode())
    assert secret != made.secret
    assert "The secret before holds until" in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]


def test_switching_and_testing_by_button(organisation, hers):
    webhook = make_webhook(organisation).webhook
    hers.post(reverse("webhooks:off", args=[webhook.pk]))
    page = hers.post(reverse("webhooks:test", args=[webhook.pk]), follow=True).content.decode()
    assert "switch it on first" in page
    assert reverse("webhooks:test", args=[webhook.pk]) not in page
    hers.post(reverse("webhooks:on", args=[webhook.pk]))
    page = hers.post(reverse("webhooks:test", args=[webhook.pk]), follow=True).content.decode()
    assert "on its way" in page
    assert webhook.deliveries.get().event == "webhook.test"


def test_log_says_what_became_of_each_and_names_nobody(receiver):
    certificate = make.make_certificate()
    administrator = make_administrator(certificate.organisation)
    hook = make_webhook(certificate.organisation, f"https://localhost:{receiver.port}/in", by=administrator)
    receiver.answers = [503]
    revoke(certificate)
    sweep(hook.webhook)
    page = browser(administrator).get(reverse("webhooks:webhook", args=[hook.webhook.pk])).content.decode()
    for words in ("Revoked", "waiting", "answer 503", "The receiver answered with an error"):
        assert words in page
    assert certificate.public_id not in page
    assert make.FULL_NAME not in page
    listed = browser(administrator).get(reverse("webhooks:list", args=[certificate.organisation_id]))
    assert "nothing arrives at present" in listed.content.decode()


def test_tests_have_a_limit(organisation, hers, clock):
    address = reverse("webhooks:test", args=[make_webhook(organisation).webhook.pk])
    assert [hers.post(address).status_code for _try in range(31)] == [302] * 30 + [429]
