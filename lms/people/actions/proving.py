"""Before something that cannot be undone or taken back: is it really she who sits there?

Whoever prints a card knows its PIN until its holder makes one of her own.  So her copy, her erasure, whatever shows
more of her or sends her messages elsewhere, and the end of her name for certificates ask for that first; lessons and
tests do not.  What it does not stop: the printer signs in before her and makes "her own" PIN.  Then the card in her
hand opens nothing, and she has a day to say so before the copy, the erasure and what shows more of her open
(require_settled).  If the printer prints again meanwhile, that begins anew; she reads at her sign-in what was done
before (queries.reprints), and both the PIN and the copy stand on her page of who opened what
(lms.privacy.queries.openings).
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from lms.common.errors import ActionError
from lms.people.actions.cards import renew_pins, sign_in_with_card
from lms.people.models import NameForm, User
from lms.people.permissions import (
    OWN_PIN,
    PRINTED,
    has_sleeping_roles,
    is_called_by_herself,
    others_know_pin_of,
    own_pin_holds_from,
)
from lms.people.queries import live_cards, makes_own_pin, roles_of


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


class OwnPinNeeded(ActionError):
    """Whoever printed her card knows its PIN."""

    code = "own_pin_needed"
    message = _(
        "Somebody else printed your card and knows its PIN. First make a PIN of your own under “My data and consents”; "
        "then this is open to you."
    )


class OwnPinTooNew(ActionError):
    """Made less than a day ago, on a card that somebody else had printed."""

    code = "own_pin_too_new"
    message = _(
        "You made your PIN a short time ago, on a card that somebody else had printed. For your safety this opens one"
        " day later: %(until)s. Come back then; everything else works now."
    )


class NameNotHers(ActionError):
    """Somebody else wrote her display name, or could have: a stranger would read it as her own word."""

    code = "name_not_hers"
    message = _(
        "Strangers would read your display name, and somebody else could have written it. Look at it under “My data "
        "and consents” and save it there once; then this is open to you."
    )


class PinMadeMeanwhile(ActionError):
    """Her page was sent twice, or stood open while her card got another PIN: making one more would void that."""

    code = "pin_made_meanwhile"
    message = _(
        "Your card has had another PIN since you opened that page, so no new one was made. If you have not written it "
        "down, make a new one on this page, under “How you sign in”."
    )


def require_awake(*, person: User) -> None:
    """Her roles do not sleep.  Raises PinProvesNothing."""
    if has_sleeping_roles(person):
        raise PinProvesNothing


def require_herself(*, person: User) -> None:
    """What she asks for is asked by her and not by whoever printed her card.

    Raises PinProvesNothing, OwnPinNeeded.
    """
    require_awake(person=person)
    if others_know_pin_of(person):
        raise OwnPinNeeded


def require_settled(*, person: User, at: datetime) -> None:
    """The same, and had it not been she who made the PIN, she would have noticed by now: for what nobody takes back.

    Raises PinProvesNothing, OwnPinNeeded, OwnPinTooNew.
    """
    require_herself(person=person)
    until = own_pin_holds_from(person)
    if until and at < until:
        raise OwnPinTooNew(until=date_format(timezone.localtime(until), "DATETIME_FORMAT"))


def require_may_show(*, person: User, form: str, now: str, at: datetime) -> None:
    """Before she shows more of her name to strangers than `now`; less is always open.

    Raises PinProvesNothing, OwnPinNeeded, OwnPinTooNew, NameNotHers.
    """
    if not NameForm.shows_more(form, than=now):
        return
    require_settled(person=person, at=at)
    if form == NameForm.ALIAS and not is_called_by_herself(person):
        raise NameNotHers


@transaction.atomic
def make_own_pin(*, by: User, seen: datetime | None, at: datetime) -> str:
    """Another PIN for her own card, for her eyes alone; what the old one opened is over.

    `seen`: when the PIN of until now was made, as the page told her; of two taps the second makes none.

    Where she has no role the trail says it by a verb of its own: such a PIN could be the printer's, and brings no role
    (permissions.needs_word).  Raises NoSecret, PinProvesNothing, PinMadeMeanwhile.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    card = live_cards([by]).get(by.pk)
    if card is None:
        raise NoSecret
    if not makes_own_pin(by):
        raise PinProvesNothing
    if card.printed_at != seen:
        raise PinMadeMeanwhile
    has_duties = roles_of(by).exists()
    return renew_pins(people=[by], by=by, at=at, verb=PRINTED if has_duties else OWN_PIN)[by.pk]


def prove_identity(*, person: User, secret: str, at: datetime) -> None:
    """Her password, or the PIN of her card with the same five tries.

    Raises WrongPassword, NoSecret, PinProvesNothing, OwnPinNeeded, OwnPinTooNew, CardRefused, CardLocked.
    """
    if person.has_usable_password():
        if not person.check_password(secret):
            raise WrongPassword
        return
    card = live_cards([person]).get(person.pk)
    if card is None:
        raise NoSecret
    require_settled(person=person, at=at)
    sign_in_with_card(code=card.code, pin="".join(secret.split()), at=at)
