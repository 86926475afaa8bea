"""Accounts: staff with a user name and a password, participants with a card."""

from datetime import datetime

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from lms.common.codes import random_code
from lms.common.crypto import keyed_index, new_person_key
from lms.common.errors import ActionError
from lms.common.names import clean_name
from lms.common.open_text import is_name_alone
from lms.people.actions.audit import record_audit
from lms.people.actions.roles import doubt_roles
from lms.people.models import CARD_CODE_LENGTH, USER_NAME, USER_NAME_RULE, Card, Organisation, PersonKey, User
from lms.people.permissions import may_give_user_name, may_renew_access


class UserNameTaken(ActionError):
    """Another account has this user name or e-mail."""

    code = "user_name_taken"
    message = _("This user name or e-mail is taken. Choose another one.")


class AccessNotYours(ActionError):
    """She has duties elsewhere: whoever renews her password could sign in as her there."""

    code = "access_not_yours"
    message = _("This person also works for another organisation; her password is not yours to renew.")


class BadUserName(ActionError):
    """It is typed on any keyboard, and capital and small letters of Latin alone are one on every database."""

    code = "bad_user_name"
    message = USER_NAME_RULE


class NotAName(ActionError):
    """How somebody is called stands on lists, on cards and in tables that others open."""

    code = "not_a_name"
    message = _(
        "Only a name or an alias, in letters, with a space after a full stop: no telephone number, no address and no"
        " signs such as / < = @."
    )


def checked_name(*, typed: str) -> str:
    """How somebody is called, as it is kept; forms and importers ask it before they send.  Raises NotAName."""
    name = clean_name(typed)
    if not is_name_alone(name):
        raise NotAName
    return name


@transaction.atomic
def create_staff(
    *,
    username: str,
    display_name: str,
    language: str,
    password: str | None,
    by: User | None,
    at: datetime,
    email: str | None = None,
    is_demonstration: bool = False,
) -> User:
    """An account that signs in by user name or e-mail; without a password she sets one by a link.

    User name and e-mail are kept in small letters: "Aigul" and "aigul" are one account.

    Raises BadUserName, NotAName, UserNameTaken.
    """
    if not USER_NAME.fullmatch(username):
        raise BadUserName
    person = User(
        username=username.lower(),
        display_name=checked_name(typed=display_name),
        language=language,
        email=email.lower() if email else None,
        is_demonstration=is_demonstration,
    )
    person.set_password(password)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as error:
        raise UserNameTaken from error
    PersonKey.objects.create(person=person, wrapped=new_person_key())
    record_audit(verb="create_staff", subject=person, by=by, at=at)
    return person


@transaction.atomic
def give_user_name(
    *, person: User, username: str, email: str | None, organisation: Organisation, by: User, at: datetime
) -> User:
    """To a colleague with a card alone: with a password beside it a lost PIN shuts her out of nothing.

    The link to the password is made like any other; what she issues with waits for a second signature again, since `by`
    says where such links go.  Raises AccessNotYours, BadUserName, UserNameTaken.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if not may_give_user_name(by, person):
        raise AccessNotYours
    if not USER_NAME.fullmatch(username):
        raise BadUserName
    person.username, person.email = username.lower(), email.lower() if email else None
    try:
        with transaction.atomic():
            person.save(update_fields=["username", "email"])
    except IntegrityError as error:
        raise UserNameTaken from error
    record_audit(verb="give_user_name", subject=person, by=by, at=at, organisation_id=organisation.pk)
    doubt_roles(person=person, by=by, at=at)
    return person


class LinkGoesByMail(ActionError):
    """Whoever can be written to gets her link herself."""

    code = "link_goes_by_mail"
    message = _("This person has an e-mail address. The link goes there; nobody else sees it.")


@transaction.atomic
def make_password_key(*, person: User, by: User, at: datetime, organisation: Organisation | None = None) -> str:
    """What the one-time link to set a password carries; using it, or signing in, makes it void.

    For somebody without an e-mail address: it is handed over, and what she issues with waits for a second signature
    again, since `by` could use it herself.  `organisation` is the one for which `by` acts; none is
    the installation.  Raises AccessNotYours, LinkGoesByMail.
    """
    person = _lock_to_renew(person, by)
    if person.email:
        raise LinkGoesByMail
    key = password_key(person=person)
    _note_link("make_password_key", person, by, at, organisation, link=_link_code(key))
    doubt_roles(person=person, by=by, at=at)
    return key


@transaction.atomic
def order_password_mail(*, person: User, by: User, at: datetime, organisation: Organisation | None = None) -> None:
    """Notes that she is to get such a link by e-mail; the worker makes it.  Raises AccessNotYours."""
    _note_link("order_password_mail", _lock_to_renew(person, by), by, at, organisation)


def _lock_to_renew(person: User, by: User) -> User:
    # The key depends on her password, e-mail and last sign-in as they are now.
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if not may_renew_access(by, person):
        raise AccessNotYours
    return person


def _note_link(verb: str, person: User, by: User, at: datetime, organisation: Organisation | None, **more: str) -> None:
    """She and her other administrators are told of it (queries), unless nobody ever signed in with the account."""
    is_first = not person.has_usable_password() and person.last_login is None
    organisation_id = organisation.pk if organisation else None
    # Asked for a moment before she signed in, and made after it under the lock: that sign-in did not make it void.
    at = max(at, person.last_login or at)
    details = {"is_first": is_first, **more}
    record_audit(verb=verb, subject=person, by=by, at=at, organisation_id=organisation_id, details=details)


class LinkUsed(ActionError):
    """Somebody was faster, or signed in since."""

    code = "link_used"
    message = _("This link does not work any more. Ask for another one.")


@transaction.atomic
def use_password_link(*, person: User, token: str, password: str, at: datetime) -> User:
    """Whoever has the link sets the password: from now on only whoever read this link could be she (queries.lines).

    `token`: what follows the person in a link.  Raises LinkUsed.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if not default_token_generator.check_token(person, token):
        raise LinkUsed
    key = _key_of(person, token)
    person.set_password(password)
    person.save(update_fields=["password"])
    record_audit(verb="use_password_link", subject=person, by=None, at=at, details={"link": _link_code(key)})
    return person


def _link_code(key: str) -> str:
    """By which the trail knows the link again; it opens nothing."""
    return keyed_index("password_link", key)


@transaction.atomic
def make_forgotten_password_key(*, person: User, at: datetime) -> str:
    """The same for whoever asked by her e-mail address; it goes there and nowhere else."""
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    record_audit(verb="make_forgotten_password_key", subject=person, by=None, at=at)
    return password_key(person=person)


def password_key(*, person: User) -> str:
    """For the actions that decide who gets it."""
    return _key_of(person, default_token_generator.make_token(person))


def _key_of(person: User, token: str) -> str:
    return f"{user_pk_to_url_str(person)}-{token}"


@transaction.atomic
def create_participant(
    *, display_name: str, language: str, by: User | None, at: datetime, is_demonstration: bool = False
) -> User:
    """Somebody who signs in with a card; its PIN is made when it is printed.  Raises NotAName."""
    person = User(display_name=checked_name(typed=display_name), language=language, is_demonstration=is_demonstration)
    person.set_unusable_password()
    person.save(force_insert=True)
    PersonKey.objects.create(person=person, wrapped=new_person_key())
    issue_card(person=person, at=at)
    record_audit(verb="create_participant", subject=person, by=by, at=at)
    return person


def issue_card(*, person: User, at: datetime) -> Card:
    """A new card with a code that nobody else has."""
    return Card.objects.create(person=person, code=random_code(CARD_CODE_LENGTH), created_at=at)
