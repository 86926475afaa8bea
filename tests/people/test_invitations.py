"""Inviting by mail or by hand; sending again, withdrawing; what the list says."""

import re
import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from lms.jobs.models import Job, JobState
from lms.people import actions
from lms.people.models import AuditEntry, Invitation, InvitationState, RoleKind, User
from lms.people.tasks import SEND_INVITATION, send_invitation
from tests.factories.people import browser, make_person, make_role, make_staff

pytestmark = pytest.mark.django_db
NEW = "kyzyl-alma-bagy-2026"


def invite(admin: User, ours, email: str = "anna@example.org"):
    typed = {"display_name": "Анна", "username": "anna", "email": email, "language": "ru", "kind": "coordinator"}
    answer = browser(admin).post(reverse("people:invite"), {**typed, "organisation": str(ours.pk), "region": ""})
    work()
    return answer


def work() -> None:
    """What the worker does."""
    for job in Job.objects.filter(task=SEND_INVITATION, state=JobState.QUEUED):
        send_invitation(str(job.pk))


def link(number: int = -1) -> str:
    found = re.search(r"http://testserver(/\S+)", mail.outbox[number].body)
    assert found
    return found[1]


def set_password(address: str) -> bool:
    """Does the link set a password?"""
    client = Client()
    with translation.override("en"):
        form = client.get(address, follow=True)
        if form.context.get("token_fail"):
            return False
        return client.post(form.redirect_chain[-1][0], {"password1": NEW, "password2": NEW}).status_code == 302


def act(person: User, name: str, invitation: Invitation):
    return browser(person).post(reverse(f"people:{name}", args=[invitation.pk]))


def test_a_coordinator_s_invitation_says_at_once_that_two_people_make_her(admin, ours):
    page = browser(admin).get(reverse("people:invite")).text
    assert "once a second administrator has confirmed her role" in page
    alone = invite(admin, ours, "").text
    assert "there is nobody who could" in alone
    User.objects.filter(username="anna").update(username="before")
    second = make_staff(display_name="Бермет")
    make_role(second, RoleKind.ADMINISTRATOR, ours)
    assert "after she has come in: Бермет." in invite(admin, ours, "").text


def test_the_invitation_goes_by_mail_in_her_language_and_names_nobody(admin, ours):
    answer = invite(admin, ours)
    assert (answer.status_code, answer.url) == (302, reverse("people:invitations"))
    [message] = mail.outbox
    assert message.to == ["anna@example.org"]
    assert link().startswith("/ru/accounts/password/reset/key/")
    assert "ours (ru)" in message.body
    assert "Анна" not in message.body + message.subject
    assert "Admin" not in message.body
    assert set_password(link())
    assert not set_password(link())
    assert Invitation.objects.get().state_at(timezone.now()) == InvitationState.ACCEPTED


def test_without_an_address_the_link_is_shown_once(admin, ours):
    answer = invite(admin, ours, email="")
    assert answer.status_code == 200
    assert ">http://testserver/ru/accounts/password/reset/key/" in answer.text
    assert mail.outbox == []
    second = make_staff(display_name="Бермет")
    make_role(second, RoleKind.ADMINISTRATOR, ours)
    lists = [browser(one).get(reverse("people:invitations")).text for one in (admin, second)]
    assert "you handed the link over" in lists[0]
    assert "you handed the link over" not in lists[1]
    assert f"<bdi>{admin.display_name}</bdi> handed the link over" in lists[1]
    act(second, "send_again", Invitation.objects.get())
    assert "<bdi>Бермет</bdi> handed the link over" in browser(admin).get(reverse("people:invitations")).text
    Invitation.objects.update(invited_by=None)
    AuditEntry.objects.filter(verb="renew_invitation").delete()
    assert "whoever runs this site handed the link over" in browser(admin).get(reverse("people:invitations")).text


def test_neither_job_nor_trail_holds_the_link_or_the_address(admin, ours):
    invite(admin, ours)
    token = link().rstrip("/").rsplit("-", 1)[-1]
    kept = "".join(str(list(model.objects.values())) for model in (AuditEntry, Job, Invitation))
    assert token not in kept
    assert "example.org" not in kept


def test_the_list_says_what_has_become_of_each(admin, ours):
    invite(admin, ours)
    invitation = Invitation.objects.get()
    assert "waits for her" in browser(admin).get(reverse("people:invitations")).text
    now = timezone.now()
    assert invitation.state_at(now + timedelta(days=2)) == InvitationState.OPEN
    assert invitation.state_at(now + timedelta(days=4)) == InvitationState.EXPIRED
    Invitation.objects.update(invited_at=now - timedelta(days=4))
    assert "its link has run out" in browser(admin).get(reverse("people:invitations")).text


def test_sending_again_gives_three_more_days(admin, ours):
    invite(admin, ours)
    Invitation.objects.update(invited_at=timezone.now() - timedelta(days=4))
    assert act(admin, "send_again", Invitation.objects.get()).status_code == 302
    work()
    assert len(mail.outbox) == 2
    assert Invitation.objects.get().state_at(timezone.now()) == InvitationState.OPEN
    assert set_password(link())


def test_withdrawing_voids_the_link_ends_the_role_and_frees_the_name(admin, ours):
    invite(admin, ours)
    invitation = Invitation.objects.get()
    address = link()
    for _ in range(2):
        assert act(admin, "withdraw_invitation", invitation).status_code == 302
    assert not set_password(address)
    role = invitation.person.roles.get()
    assert role.has_ended(timezone.localdate())
    assert AuditEntry.objects.filter(verb="withdraw_invitation").count() == 1
    assert act(admin, "send_again", invitation).status_code == 302
    work()
    assert len(mail.outbox) == 1
    assert invite(admin, ours).status_code == 302
    assert User.objects.get(username="anna") != invitation.person


def test_whoever_has_set_her_password_is_not_withdrawn_but_ended(admin, ours):
    invite(admin, ours)
    assert set_password(link())
    invitation = Invitation.objects.get()
    for name in ("withdraw_invitation", "send_again"):
        answer = browser(admin).post(reverse(f"people:{name}", args=[invitation.pk]), follow=True)
        assert "This invitation is settled" in answer.text
    assert User.objects.get(username="anna").check_password(NEW)


def test_a_role_elsewhere_survives_a_withdrawn_invitation(admin, ours, stranger):
    invite(admin, ours)
    invitation = Invitation.objects.select_related("person").get()
    elsewhere = make_role(invitation.person, RoleKind.TRAINER, stranger.roles.get().organisation)
    act(admin, "withdraw_invitation", invitation)
    elsewhere.refresh_from_db()
    invitation.person.refresh_from_db()
    assert elsewhere.valid_until is None
    assert (invitation.person.is_active, invitation.person.username) == (True, "anna")


def test_only_her_own_administrator_finds_an_invitation(admin, ours, stranger, client):
    invite(admin, ours)
    invitation = Invitation.objects.get()
    trainer = make_staff("trainer")
    make_role(trainer, RoleKind.TRAINER, ours)
    assert "Анна" in browser(admin).get(reverse("people:invitations")).text
    assert "Анна" not in browser(stranger).get(reverse("people:invitations")).text
    for other in (trainer, make_person()):
        assert browser(other).get(reverse("people:invitations")).status_code == 404
    for name in ("send_again", "withdraw_invitation"):
        for other in (stranger, trainer, make_person()):
            assert act(other, name, invitation).status_code == 404
        assert browser(admin).get(reverse(f"people:{name}", args=[invitation.pk])).status_code == 405
    assert invitation.person.roles.get().valid_until is None


class Refusing(EmailBackend):
    """A mail server that knows no such address."""

    def send_messages(self, messages):
        raise smtplib.SMTPRecipientsRefused({"anna@example.org": (550, b"unknown")})


class Silent(EmailBackend):
    """A mail server that does not answer."""

    def send_messages(self, messages):
        raise OSError


def use_mailer(settings, backend: type) -> None:
    settings.MAILERS = {"default": {"BACKEND": f"{__name__}.{backend.__name__}"}}


def test_a_refused_address_is_said_in_the_list(admin, ours, settings):
    use_mailer(settings, Refusing)
    invite(admin, ours)
    assert "the e-mail address was refused" in browser(admin).get(reverse("people:invitations")).text
    assert Job.objects.get().state == JobState.DONE


def test_a_silent_mail_server_is_tried_again(admin, ours, settings):
    use_mailer(settings, Silent)
    invite(admin, ours)
    job = Job.objects.get()
    assert (job.state, job.tries) == (JobState.QUEUED, 1)
    assert "e-mail about to be sent" in browser(admin).get(reverse("people:invitations")).text
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    send_invitation(str(job.pk))
    assert len(mail.outbox) == 1


def test_a_mail_that_comes_too_late_is_not_sent(admin, ours):
    """Withdrawn between the click and the worker."""
    at = timezone.now()
    fields = {"display_name": "A", "language": "ru", "kind": "trainer", "email": "anna@example.org"}
    invitation = actions.invite_staff(username="anna", organisation=ours, by=admin, at=at, **fields)
    browser(admin).post(reverse("people:send_again", args=[invitation.pk]))
    actions.withdraw_invitation(invitation=invitation, by=admin, at=at)
    work()
    assert mail.outbox == []
    assert Job.objects.get().result == {"refused": "invitation_settled"}
