"""Another address to sign in with: hers to ask for, held only once the link that went there was opened."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.jobs.models import Job
from lms.jobs.tasks import running
from lms.people import actions
from lms.people.models import AuditEntry, EmailChange, User
from lms.people.tasks import SEND_EMAIL_CHANGE, send_email_change
from tests.factories.people import PASSWORD, browser, make_person, make_staff

pytestmark = pytest.mark.django_db
OLD, NEW = "old@example.org", "New.Address@example.org"


@pytest.fixture(autouse=True)
def _no_tries_yet():
    cache.clear()


@pytest.fixture
def staff() -> User:
    person = make_staff("aigul", "Айгүл", "ky")
    User.objects.filter(pk=person.pk).update(email=OLD)
    EmailAddress.objects.create(user=person, email=OLD, verified=True)
    person.refresh_from_db()
    return person


def ask(client: Client, email: str = NEW, password: str = PASSWORD):
    answer = client.post(reverse("people:email"), {"email": email, "password": password})
    for job in Job.objects.filter(task=SEND_EMAIL_CHANGE):
        send_email_change(str(job.pk))
    return answer


def link() -> str:
    body = next(message.body for message in mail.outbox if message.to == [NEW.lower()])
    return next(word for word in body.split() if word.startswith("http")).replace("http://testserver", "")


def test_the_address_holds_once_its_link_was_opened(staff):
    client = browser(staff)
    answer = ask(client)
    assert (answer.status_code, answer.url) == (302, "/en/me/#signing-in")
    staff.refresh_from_db()
    assert staff.email == OLD
    assert sorted(message.to[0] for message in mail.outbox) == [NEW.lower(), OLD]
    assert not any("Айгүл" in message.body for message in mail.outbox)
    assert client.get(link()).status_code == 200
    staff.refresh_from_db()
    assert staff.email == OLD
    assert client.post(link()).status_code == 302
    staff.refresh_from_db()
    assert staff.email == NEW.lower()
    # A link to a password goes to the new one alone.
    assert not EmailAddress.objects.exists()
    assert not EmailChange.objects.exists()


def test_the_link_works_once_and_for_her_alone(staff):
    client = browser(staff)
    ask(client)
    stranger = make_staff("stranger")
    assert (
        "This link does not work any more" in browser(stranger).post(link().replace("/ky/", "/en/"), follow=True).text
    )
    assert Client().post(link()).url.startswith("/ky/accounts/login/")
    staff.refresh_from_db()
    stranger.refresh_from_db()
    assert (staff.email, stranger.email) == (OLD, None)
    client.post(link())
    User.objects.filter(pk=staff.pk).update(email=OLD)
    assert "does not work any more" in client.post(link().replace("/ky/", "/en/"), follow=True).text
    staff.refresh_from_db()
    assert staff.email == OLD


def test_the_link_runs_out_after_three_days(staff):
    client = browser(staff)
    ask(client)
    EmailChange.objects.update(asked_at=timezone.now() - timedelta(days=3, minutes=1))
    client.post(link())
    staff.refresh_from_db()
    assert staff.email == OLD


def test_a_second_wish_makes_the_first_link_void(staff):
    client = browser(staff)
    ask(client)
    first = link()
    ask(client, "other@example.org")
    client.post(first)
    staff.refresh_from_db()
    assert staff.email == OLD


def test_a_second_wish_while_the_first_mail_is_being_sent_goes_out_too(staff):
    client, address = browser(staff), reverse("people:email")
    client.post(address, {"email": "wrong@example.org", "password": PASSWORD})
    with running(Job.objects.get(task=SEND_EMAIL_CHANGE).pk):
        client.post(address, {"email": NEW, "password": PASSWORD})
    for job in Job.objects.open().filter(task=SEND_EMAIL_CHANGE):
        send_email_change(str(job.pk))
    assert client.post(link()).status_code == 302
    staff.refresh_from_db()
    assert staff.email == NEW.lower()


@pytest.mark.parametrize(("email", "password", "field"), [("no address", PASSWORD, "email"), (NEW, "x", "password")])
def test_what_is_wrong_is_said_beside_its_field_and_the_address_kept(staff, email, password, field):
    answer = ask(browser(staff), email, password)
    assert answer.status_code == 422
    assert list(answer.context["email_form"].errors) == [field]
    assert f'value="{email}"' in answer.text
    assert not EmailChange.objects.exists()


@pytest.mark.usefixtures("clock")
def test_whoever_tries_passwords_at_an_open_session_is_stopped(staff):
    client = browser(staff)
    for _ in range(5):
        assert ask(client, password="guess").status_code == 422
    assert ask(client).status_code == 429
    assert not EmailChange.objects.exists()


def test_an_empty_address_is_removed_at_once(staff):
    assert ask(browser(staff), "").status_code == 302
    staff.refresh_from_db()
    assert staff.email is None
    assert not EmailAddress.objects.exists()
    assert mail.outbox == []


def test_an_address_of_somebody_else_is_refused_where_its_owner_alone_reads_it(staff):
    make = make_staff("other")
    User.objects.filter(pk=make.pk).update(email=NEW.lower())
    client = browser(staff)
    assert ask(client).status_code == 302
    assert "is taken" in client.post(link().replace("/ky/", "/en/"), follow=True).text
    staff.refresh_from_db()
    assert staff.email == OLD


def test_neither_trail_nor_job_holds_the_address(staff):
    client = browser(staff)
    ask(client)
    client.post(link())
    kept = str(list(AuditEntry.objects.values())) + str(list(Job.objects.values()))
    assert "example.org" not in kept
    assert "example.org" not in str(list(EmailChange.objects.values()))


def test_a_participant_has_no_such_form(staff):
    text = browser(make_person()).get(reverse("people:profile")).text
    assert reverse("people:email") not in text
    assert ask(browser(make_person())).status_code == 422


def test_a_superuser_has_a_key_of_her_own():
    root = User.objects.create_superuser("root", PASSWORD)
    assert actions.ask_email_change(person=root, email=NEW, by=root, at=timezone.now())
