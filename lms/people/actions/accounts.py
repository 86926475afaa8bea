"""Accounts: staff with a user name and a password, participants with a card."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from lms.common.codes import random_code
from lms.common.crypto import new_person_key
from lms.common.errors import ActionError
from lms.people.actions.audit import record_audit
from lms.people.models import Card, PersonKey, User

# Crockford symbols of a card's code: 40 bits, and five tries a card.
CARD_CODE_LENGTH = 8


class UserNameTaken(ActionError):
    """Another account has this user name or e-mail."""

    code = "user_name_taken"
    message = _("This user name or e-mail is taken. Choose another one.")


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

    Raises UserNameTaken.
    """
    person = User(
        username=username,
        display_name=display_name,
        language=language,
        email=email or None,
        is_demonstration=is_demonstration,
    )
    person.set_password(password)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as error:
        raise UserNameTaken from error
    PersonKey.objects.create(person=person, wrapped=new_person_key())
    record_audit(verb="staff_created", subject=person, by=by, at=at)
    return person


@transaction.atomic
def create_participant(
    *, display_name: str, language: str, by: User | None, at: datetime, is_demonstration: bool = False
) -> User:
    """Somebody who signs in with a card; its PIN is made when it is printed."""
    person = User(display_name=display_name, language=language, is_demonstration=is_demonstration)
    person.set_unusable_password()
    person.save(force_insert=True)
    PersonKey.objects.create(person=person, wrapped=new_person_key())
    issue_card(person, at)
    record_audit(verb="participant_created", subject=person, by=by, at=at)
    return person


def issue_card(person: User, at: datetime) -> Card:
    """A new card with a code that nobody else has."""
    return Card.objects.create(person=person, code=random_code(CARD_CODE_LENGTH), created_at=at)
