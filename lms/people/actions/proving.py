"""Before something that cannot be undone: is it really she who sits there?"""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from lms.common.errors import ActionError
from lms.people.actions.cards import sign_in_with_card
from lms.people.models import User
from lms.people.permissions import has_sleeping_roles
from lms.people.queries import live_cards


class WrongPassword(ActionError):
    code = "wrong_password"
    message = _("This is not your password.")


class NoSecret(ActionError):
    """Neither a password nor a card."""

    code = "no_secret"
    message = _("This account has neither a password nor a card with a PIN. Ask your trainer or the coordinator.")


class PinProvesNothing(ActionError):
    """Whoever printed her card may have signed in with it: what cannot be taken back waits."""

    code = "pin_proves_nothing"
    message = _("Your roles sleep, because a colleague printed your card. Wake them first; then this is open to you.")


def require_awake(*, person: User) -> None:
    """Her roles do not sleep: what she asks for is asked by her and not by whoever printed her card.

    Raises PinProvesNothing.
    """
    if has_sleeping_roles(person):
        raise PinProvesNothing


def prove_identity(*, person: User, secret: str, at: datetime) -> None:
    """Her password, or the PIN of her card with the same five tries.

    Raises WrongPassword, NoSecret, PinProvesNothing, CardRefused, CardLocked.
    """
    if person.has_usable_password():
        if not person.check_password(secret):
            raise WrongPassword
        return
    card = live_cards([person]).get(person.pk)
    if card is None:
        raise NoSecret
    require_awake(person=person)
    sign_in_with_card(code=card.code, pin="".join(secret.split()), at=at)
