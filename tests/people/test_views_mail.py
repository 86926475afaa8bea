"""An administrator tries out whether mail arrives; nobody else finds the page."""

import socket

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from lms.people.actions import send_test_mail
from lms.people.models import AuditEntry, RoleKind, User
from tests.factories.people import browser, make_organisation, make_person, make_role, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    admin = make_staff("admin")
    admin.email = "admin@example.org"
    admin.save()
    make_role(admin, RoleKind.ADMINISTRATOR, make_organisation("ours"))
    return admin


@pytest.fixture
def page() -> str:
    return reverse("people:test_mail")


def test_only_administrators_find_the_page(admin, page, client):
    coordinator = make_staff("coordinator")
    make_role(coordinator, RoleKind.COORDINATOR, admin.roles.get().organisation)
    assert browser(admin).get(page).status_code == 200
    for other in (coordinator, make_person()):
        assert browser(other).get(page).status_code == 404
        assert browser(other).post(page, {"address": "a@example.org"}).status_code == 404
    assert client.post(page, {"address": "a@example.org"}).status_code == 302
    assert mail.outbox == []


def test_mail_goes_to_the_address_that_she_typed_and_names_nobody(admin, page):
    assert 'value="admin@example.org"' in browser(admin).get(page).text
    answer = browser(admin).post(page, {"address": "other@example.org"}, follow=True)
    assert "has left" in answer.text
    # What to do if it does not come stands where she comes back to.
    assert "If it does not come" in answer.text
    [sent] = mail.outbox
    assert sent.to == ["other@example.org"]
    assert admin.display_name not in f"{sent.subject} {sent.body}"
    entry = AuditEntry.objects.get(verb="send_test_mail")
    assert (entry.actor_id, entry.details) == (admin.pk, {})


@pytest.mark.parametrize(("language", "folder"), [("en", "spam"), ("ru", "спам"), ("ky", "спам")])
def test_whoever_reads_the_mail_learns_from_where_it_came_and_what_it_proves(admin, language, folder, settings):
    with override(language):
        send_test_mail(address="other@example.org", by=admin, at=timezone.now())
    [sent] = mail.outbox
    came_from, proves, else_do = sent.body.split("\n\n")
    assert settings.PUBLIC_BASE_URL in came_from
    assert folder in else_do.lower()
    assert "SPF" in else_do
    assert proves


def test_a_wrong_address_is_said_beside_the_field(admin, page):
    answer = browser(admin).post(page, {"address": "not an address"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["address"])
    assert 'value="not an address"' in answer.text
    assert mail.outbox == []


def test_a_server_that_does_not_answer_is_said_and_nothing_is_noted(admin, page, settings):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        options = {"host": "127.0.0.1", "port": nobody.getsockname()[1], "timeout": 5}
        settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
        answer = browser(admin).post(page, {"address": "a@example.org"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["address"])
    assert "Connection refused" in answer.text
    assert not AuditEntry.objects.filter(verb="send_test_mail").exists()


def test_there_is_an_end_to_it(admin, page):
    client = browser(admin)
    answers = [client.post(page, {"address": "a@example.org"}).status_code for _ in range(11)]
    assert answers == [302] * 10 + [429]
