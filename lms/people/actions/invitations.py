"""Inviting a colleague: an account without a password, its first role, and a link that is made when it is sent."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.common.errors import ActionError
from lms.common.journal import append_entry
from lms.people.actions.accounts import UserNameTaken, create_staff, password_key
from lms.people.actions.audit import record_audit
from lms.people.actions.closing import close_or_keep
from lms.people.actions.roles import begin_role, end_role
from lms.people.models import Invitation, InvitationState, MailState, Organisation, Role, User
from lms.regions.models import Region


class InvitationSettled(ActionError):
    """She has set her password, or the invitation was withdrawn."""

    code = "invitation_settled"
    message = _("This invitation is settled: she has set a password, or it was withdrawn.")


class AccountTaken(UserNameTaken):
    """Which of the two is taken is not said, and whoever tries many names is seen to."""

    message = _(
        "An account with this user name or e-mail exists already. If it is your colleague's, give her the role instead:"
        " she finds an offer. If not, choose another user name."
    )


def invite_staff(
    *,
    username: str,
    display_name: str,
    language: str,
    kind: str,
    organisation: Organisation,
    by: User,
    at: datetime,
    email: str | None = None,
    region: Region | None = None,
    valid_until: date | None = None,
) -> Invitation:
    """An account without a password and its first role; a refused try is written down.

    Raises AccountTaken, NotAName.
    """
    try:
        return make_invitation(
            username=username,
            display_name=display_name,
            language=language,
            kind=kind,
            organisation=organisation,
            by=by,
            at=at,
            email=email,
            region=region,
            valid_until=valid_until,
        )
    except UserNameTaken as error:
        record_audit(verb="refuse_invitation", subject=organisation, by=by, at=at, organisation_id=organisation.pk)
        raise AccountTaken from error


@transaction.atomic
def make_invitation(
    *,
    username: str,
    display_name: str,
    language: str,
    kind: str,
    organisation: Organisation,
    by: User | None,
    at: datetime,
    email: str | None = None,
    region: Region | None = None,
    valid_until: date | None = None,
) -> Invitation:
    """The same for the action that founds an organisation, too.  Raises NotAName, UserNameTaken."""
    person = create_staff(
        username=username, display_name=display_name, language=language, password=None, email=email, by=by, at=at
    )
    begin_role(
        person=person, kind=kind, organisation=organisation, region=region, valid_until=valid_until, by=by, at=at
    )
    return Invitation.objects.create(
        person=person, organisation=organisation, invited_by=by, invited_at=at, mail_state=_mail_state(person)
    )


@transaction.atomic
def renew_invitation(*, invitation: Invitation, by: User, at: datetime) -> Invitation:
    """Three more days.  Raises InvitationSettled."""
    locked = _lock_unsettled(invitation, at)
    locked.invited_at, locked.mail_state = at, _mail_state(locked.person)
    locked.save(update_fields=["invited_at", "mail_state"])
    record_audit(verb="renew_invitation", subject=locked.person, by=by, at=at, organisation_id=locked.organisation_id)
    return locked


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: User | None, at: datetime) -> Invitation:
    """Its link is void, its role ends, and its user name is free again.  A repeat is harmless.

    Raises InvitationSettled, LastAdministrator.
    """
    if Invitation.objects.filter(pk=invitation.pk, withdrawn_at__isnull=False).exists():
        return invitation
    locked = _lock_unsettled(invitation, at)
    for role in Role.objects.filter(person=locked.person, organisation=locked.organisation_id):
        end_role(role=role, by=by, at=at)
    if close_or_keep(person=locked.person, organisations=[locked.organisation], at=at).is_closed:
        User.objects.filter(pk=locked.person_id).update(username=None, email=None)
    locked.withdrawn_at = at
    locked.save(update_fields=["withdrawn_at"])
    record_audit(
        verb="withdraw_invitation", subject=locked.person, by=by, at=at, organisation_id=locked.organisation_id
    )
    append_entry("withdraw_invitation", str(locked.pk), at)
    return locked


@transaction.atomic
def make_invitation_key(*, invitation: Invitation, at: datetime) -> str:
    """What the link carries that is mailed to her.  Raises InvitationSettled."""
    locked = _lock_unsettled(invitation, at)
    record_audit(
        verb="make_invitation_key", subject=locked.person, by=None, at=at, organisation_id=locked.organisation_id
    )
    return password_key(person=locked.person)


def note_invitation_mail(*, invitation: Invitation, state: MailState) -> None:
    """How it went with the mail: for the worker."""
    Invitation.objects.filter(pk=invitation.pk).update(mail_state=state)


def _mail_state(person: User) -> MailState:
    return MailState.WAITING if person.email else MailState.NONE


def _lock_unsettled(invitation: Invitation, at: datetime) -> Invitation:
    User.objects.select_for_update(no_key=True).get(pk=invitation.pk)
    locked = Invitation.objects.select_related("person", "organisation").get(pk=invitation.pk)
    if locked.state_at(at) not in (InvitationState.OPEN, InvitationState.EXPIRED):
        raise InvitationSettled
    return locked
