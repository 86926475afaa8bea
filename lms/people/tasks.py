"""What Celery does for people's accounts: the mails, and what comes round at night.

A worker killed between a mail and its note sends the mail again: two links instead of none, and one of them is enough.
"""

from smtplib import SMTPRecipientsRefused

from celery import shared_task
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from lms.jobs.tasks import running
from lms.people import actions
from lms.people.adapters import mail_to, password_address
from lms.people.models import EmailChange, Invitation, MailState, Organisation, User

SEND_INVITATION = "people.send_invitation"
SEND_PASSWORD_LINK = "people.send_password_link"  # noqa: S105 - the name of a task
# Who had a link sent, where it was no organisation's administrator.
INSTALLATION = "installation"
SEND_EMAIL_CHANGE = "people.send_email_change"


@shared_task(name=SEND_INVITATION)
def send_invitation(job_id: str, **kwargs: object) -> None:
    """Mails payload["person"] the link with which she sets her first password."""
    with running(job_id) as job:
        if job:
            invitation = Invitation.objects.select_related("person", "organisation").get(pk=job.payload["person"])
            try:
                _mail_invitation(invitation)
            except actions.InvitationSettled as error:
                job.result = {"refused": error.code}
            except SMTPRecipientsRefused:
                actions.note_invitation_mail(invitation=invitation, state=MailState.REFUSED)


def _mail_invitation(invitation: Invitation) -> None:
    key = actions.make_invitation_key(invitation=invitation, at=timezone.now())
    person = invitation.person
    with translation.override(person.language):
        context = {"address": password_address(key), "organisation": invitation.organisation.name}
    mail_to(person, person.email or "", "invitation", username=person.username, **context)
    actions.note_invitation_mail(invitation=invitation, state=MailState.SENT)


@shared_task(name=SEND_PASSWORD_LINK)
def send_password_link(job_id: str, **kwargs: object) -> None:
    """Mails payload["person"] a link to a new password; "" where nobody has the address, so that both take as long."""
    with running(job_id) as job:
        if job and job.payload["person"]:
            _mail_password_link(User.objects.get(pk=job.payload["person"]), job.payload.get("asked_by", ""))


def _mail_password_link(person: User, asked_by: str) -> None:
    """`asked_by`: an organisation whose administrator had it sent, INSTALLATION, or "": whoever typed the address."""
    if not person.is_active or not person.email:
        return
    key = actions.make_forgotten_password_key(person=person, at=timezone.now())
    with translation.override(person.language):
        context = {"address": password_address(key), "by_installation": asked_by == INSTALLATION}
        if asked_by and asked_by != INSTALLATION:
            context["organisation"] = Organisation.objects.get(pk=asked_by).name
    mail_to(person, person.email, "password", username=person.username, **context)


@shared_task(name=SEND_EMAIL_CHANGE)
def send_email_change(job_id: str, **kwargs: object) -> None:
    """Mails payload["person"] the link to confirm a new address, there, and a warning to the address of until now."""
    with running(job_id) as job:
        wishes = EmailChange.objects.select_related("person__key")
        change = wishes.filter(pk=job.payload["person"]).first() if job else None
        if change:
            person, token = change.person, actions.email_token(change=change)
            with translation.override(person.language):
                address = settings.PUBLIC_BASE_URL + reverse("people:confirm_email", args=[token])
            mail_to(person, actions.wanted_email(change=change), "email_change", address=address)
            if person.email:
                mail_to(person, person.email, "email_warning")


@shared_task(name="people.mirror_roles")
def mirror_roles(**kwargs: object) -> None:
    """At night: roles that began or ended by date become groups of Wagtail, or cease to be."""
    actions.mirror_all_roles(at=timezone.now())


@shared_task(name="people.forget_feedback")
def forget_feedback(**kwargs: object) -> None:
    """At night: what people told us is kept for a year."""
    actions.forget_feedback(at=timezone.now())


@shared_task(name="people.forget_offers")
def forget_offers(**kwargs: object) -> None:
    """At night: a role that was offered waits for thirty days."""
    actions.forget_offers(at=timezone.now())
