"""When a colleague leaves: her roles end, and where she has no other house here, so does her way in."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.common.errors import ActionError
from lms.common.journal import append_entry
from lms.people.actions.audit import record_audit
from lms.people.actions.roles import end_role
from lms.people.models import Card, EmailChange, Engagement, Organisation, Role, User
from lms.people.permissions import may_open_again, works_elsewhere

# In the journal, and opening again in the audit trail too: a replay closes, and opens nothing.
CLOSE_ACCOUNT, REOPEN_ACCOUNT = "close_account", "reopen_account"
LEAVE_ORGANISATION = "leave_organisation"


class OwnAccount(ActionError):
    """Whoever ends her own account cannot mend it."""

    code = "own_account"
    message = _("You cannot end your own account. Ask another administrator.")


class AccountNotYours(ActionError):
    code = "account_not_yours"
    message = _("Only the organisation that closed this account may open it again.")


class NoCard(ActionError):
    """Without one nobody could come in any more."""

    code = "no_card"
    message = _("She has no card, so her password cannot be ended: she would have no way in.")


class Closing(NamedTuple):
    """What became of the way in: closed; or a card is left, or roles elsewhere."""

    is_closed: bool
    keeps_card: bool


@transaction.atomic
def end_account(*, person: User, organisations: Collection[Organisation], by: User, at: datetime) -> Closing:
    """Ends all her roles in these organisations at once; closes the account where she never had one elsewhere.

    What she did stays: evidence, certificates, audit trail; the cohorts that she still trains know that she left.
    Raises OwnAccount, LastAdministrator.
    """
    if by.pk == person.pk:
        raise OwnAccount
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    held = Role.objects.filter(person=person, organisation__in=organisations)
    for role in held.not_ended(timezone.localdate(at)):
        end_role(role=role, by=by, at=at)
    closing = close_or_keep(person=person, organisations=organisations, at=at)
    for organisation in organisations:
        leave_organisation(person=person, organisation_id=organisation.pk, at=at)
        append_entry(LEAVE_ORGANISATION, str(person.pk), at, organisation=str(organisation.pk))
        record_audit(
            verb="end_account",
            subject=person,
            by=by,
            at=at,
            organisation_id=organisation.pk,
            details=closing._asdict(),
        )
    if closing.is_closed or closing.keeps_card:
        append_entry(CLOSE_ACCOUNT, str(person.pk), at)
    return closing


def leave_organisation(*, person: User, organisation_id: UUID, at: datetime) -> None:
    """For actions that know that she left, within their transaction, which write it down."""
    Engagement.objects.filter(person=person, organisation=organisation_id).update(left_at=at)


def close_or_keep(*, person: User, organisations: Collection[Organisation], at: datetime) -> Closing:
    """Takes the way in away, unless she works or worked elsewhere too: shutting her out there is nobody's here.

    Her sessions end with it: they hold only while the password is the one they began with.  Somebody with a card is a
    participant as well; the card stays hers, with all that she learned, while user name, e-mail and password go.
    """
    if works_elsewhere(person, organisations) or person.is_superuser:
        return Closing(is_closed=False, keeps_card=False)
    return close_account(person=person)


def close_account(*, person: User) -> Closing:
    """For actions that know that nobody else answers for her, within their transaction, which write it down."""
    keeps_card = _has_card(person)
    if keeps_card:
        person.username = person.email = None
    person.is_active = keeps_card
    person.set_unusable_password()
    person.save(update_fields=["username", "email", "is_active", "password"])
    for model in (EmailAddress, Authenticator):
        model.objects.filter(user=person).delete()
    EmailChange.objects.filter(person=person).delete()
    return Closing(is_closed=not keeps_card, keeps_card=keeps_card)


def _has_card(person: User) -> bool:
    return Card.objects.filter(person=person, replaced_at__isnull=True).exists()


@transaction.atomic
def end_password(*, person: User, by: User, at: datetime) -> None:
    """She signs in with her card alone, as before somebody gave her a user name; whoever used that is signed out.

    Raises NoCard.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if not _has_card(person):
        raise NoCard
    close_account(person=person)
    append_entry(CLOSE_ACCOUNT, str(person.pk), at)
    record_audit(verb="end_password", subject=person, by=by, at=at)


@transaction.atomic
def reopen_account(*, person: User, by: User, at: datetime) -> User:
    """She may be offered a role and get a link to a password again; neither comes by itself.  Raises AccountNotYours.

    Her e-mail address is gone: who cannot read it any more is helped in this way, which everybody sees.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if person.is_active:
        return person
    if not may_open_again(by, person):
        raise AccountNotYours
    person.is_active, person.email = True, None
    person.set_unusable_password()
    person.save(update_fields=["is_active", "email", "password"])
    record_audit(verb=REOPEN_ACCOUNT, subject=person, by=by, at=at)
    append_entry(REOPEN_ACCOUNT, str(person.pk), at)
    return person
