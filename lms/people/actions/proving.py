"""Before something that cannot be undone: is it really she who sits there?"""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from lms.common.errors import ActionError
from lms.people.actions.cards import sign_in_with_card
from lms.people.models import User
from lms.people.queries import live_cards


class WrongPassword(ActionError):
    code = "wrong_password"
    message = _("This is not your password.")


class NoSecret(ActionError):
    """Neither a password nor a card."""

    code = "no_secret"
    message = _("This account has neither a password nor a card with a PIN. Ask your trainer or the coordinator.")


def prove_identity(*, person: User, secret: str, at: datetime) -> None:
    """Her password, or the PIN of her card with the same five tries.

    Raises WrongPassword, NoSecret, CardRefused, CardLocked.
    """
    if person.has_usable_password():
        if not person.check_password(secret):
            raise WrongPassword
        return
    card = live_cards([person]).get(person.pk)
    if card is None:
        raise NoSecret
    sign_in_with_card(code=card.code, pin="".join(secret.split()), at=at)
