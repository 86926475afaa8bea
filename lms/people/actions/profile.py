"""What a person changes about herself: how she is called and addressed, what strangers see, where she signs in."""

import hmac
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from lms.common.crypto import keyed_index, seal, unseal
from lms.common.errors import ActionError
from lms.common.journal import append_entry
from lms.people.actions.accounts import UserNameTaken, checked_name
from lms.people.actions.audit import record_audit
from lms.people.actions.proving import require_may_show
from lms.people.models import LINK_HOLDS, EmailChange, User
from lms.people.permissions import HERSELF, is_in_doubt

# How the journal writes an empty choice.
AS_ORGANISATION = "organisation"


class LinkRunOut(ActionError):
    """The address was asked for too long ago, or another one since."""

    code = "link_run_out"
    message = _("This link does not work any more. Ask for the change again.")


@transaction.atomic
def change_display_name(*, person: User, display_name: str, by: User, at: datetime) -> User:
    """What trainers and colleagues see; certificates that were issued keep what they said.

    The trail says whether it was certainly she: strangers read no other (permissions.is_called_by_herself).
    Raises NotAName.
    """
    certain = {HERSELF: True} if by == person and not is_in_doubt(person) else {}
    return _change(person, "display_name", checked_name(typed=display_name), by, at, **certain)


@transaction.atomic
def change_language(*, person: User, language: str, by: User, at: datetime) -> User:
    """In which language she is addressed."""
    return _change(person, "language", language, by, at)


@transaction.atomic
def choose_name_form(*, person: User, name_form: str, by: User | None, at: datetime) -> User:
    """How much of her name strangers see on certificates to come; "" leaves it to the organisation.

    Raises PinProvesNothing, OwnPinNeeded, OwnPinTooNew, NameNotHers where she shows more of it, and it could
    be somebody else.
    """
    if by == person:
        require_may_show(person=person, form=name_form, now=person.name_form, at=at)
    person = _change(person, "name_form", name_form, by, at)
    append_entry("choose_name_form", str(person.pk), at, form=name_form or AS_ORGANISATION)
    return person


def _change(person: User, field: str, value: str, by: User | None, at: datetime, **more: bool) -> User:
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    setattr(person, field, value)
    person.save(update_fields=[field])
    record_audit(verb="change_profile", subject=person, by=by, at=at, details={"field": field, **more})
    return person


@transaction.atomic
def ask_email_change(*, person: User, email: str, by: User, at: datetime) -> EmailChange:
    """Keeps the address she wants, encrypted, until she confirms it; an earlier wish is forgotten.

    That another account has the address is said to whoever opens its mail, not to whoever typed it.
    """
    change, _made = EmailChange.objects.update_or_create(
        person=person, defaults={"sealed": seal(person.key.wrapped, email.lower()), "asked_at": at}
    )
    record_audit(verb="ask_email_change", subject=person, by=by, at=at)
    return change


@transaction.atomic
def remove_email(*, person: User, by: User, at: datetime) -> User:
    """She signs in by her user name alone, and a forgotten password is renewed by her administrator."""
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    EmailChange.objects.filter(person=person).delete()
    _use(person, None)
    record_audit(verb="remove_email", subject=person, by=by, at=at)
    return person


@transaction.atomic
def confirm_email_change(*, person: User, token: str, by: User, at: datetime) -> User:
    """From now on she signs in with the new address, and links to a password go there.

    Raises LinkRunOut, UserNameTaken.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    change = EmailChange.objects.filter(person=person).first()
    if change is None or at > change.asked_at + LINK_HOLDS or not fits(change=change, token=token):
        raise LinkRunOut
    try:
        with transaction.atomic():
            _use(person, wanted_email(change=change))
    except IntegrityError as error:
        raise UserNameTaken from error
    change.delete()
    record_audit(verb="confirm_email_change", subject=person, by=by, at=at)
    return person


def _use(person: User, email: str | None) -> None:
    person.email = email
    person.save(update_fields=["email"])
    # Where allauth remembered the address before, it would still send links there.
    EmailAddress.objects.filter(user=person).delete()


def wanted_email(*, change: EmailChange) -> str:
    """The address in plain: for the mail that goes there, and no log."""
    return unseal(change.person.key.wrapped, change.sealed)


def email_token(*, change: EmailChange) -> str:
    """What the link to confirm it carries: fits this wish of this person and no other."""
    return keyed_index(
        "email_change", f"{change.person_id} {change.asked_at.isoformat()} {wanted_email(change=change)}"
    )


def fits(*, change: EmailChange, token: str) -> bool:
    """Was this token made for this wish?"""
    return hmac.compare_digest(email_token(change=change).encode(), token.encode())
