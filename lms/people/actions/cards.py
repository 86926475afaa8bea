"""Printed cards: signing in, unlocking, replacing, and PINs that exist on paper and as a hash only."""

from collections.abc import Iterable
from datetime import datetime
from typing import NoReturn
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from lms.common.codes import clean_code
from lms.common.crypto import keyed_index
from lms.common.errors import ActionError
from lms.people.actions.accounts import issue_card
from lms.people.actions.audit import record_audit
from lms.people.models import Card, User
from lms.people.signing import check_pin, hash_pin, new_pin

# Wrong PINs in a row before the trainer has to unlock the card.
TRIES = 5
# How long a code that is no card's looks locked, in seconds.
UNKNOWN_LOCKED = 24 * 60 * 60


class CardRefused(ActionError):
    """Unknown code or wrong PIN: which of the two is not said."""

    code = "card_refused"
    message = _("This code and PIN do not belong together. Look at the card and try again. Tries left: %(left)s.")


class CardLocked(ActionError):
    """Five wrong PINs; only the trainer opens it again."""

    code = "card_locked"
    message = _("This card is locked after five wrong PINs. Your trainer can unlock it.")


def sign_in_with_card(*, code: str, pin: str, at: datetime) -> User:
    """The holder of the card.  Raises CardRefused or CardLocked.

    A code that is no card's gives the same answers in the same time.  The count of tries is written before the PIN is
    judged, so that parallel guesses cannot share one try.
    """
    code = clean_code(code)
    card = Card.objects.select_related("person").filter(code=code, replaced_at__isnull=True).first()
    if card is None or not card.person.is_active:
        _refuse_unknown(code, pin)
    counted = Card.objects.filter(pk=card.pk, locked_at__isnull=True, failed_tries__lt=TRIES)
    if not counted.update(failed_tries=F("failed_tries") + 1):
        raise CardLocked
    if check_pin(pin, card.pin_hash):
        Card.objects.filter(pk=card.pk).update(failed_tries=0)
        return card.person
    if Card.objects.filter(pk=card.pk, failed_tries__gte=TRIES).update(locked_at=at):
        record_audit(verb="lock_card", subject=card, by=None, at=at)
        raise CardLocked
    raise CardRefused(left=max(1, TRIES - card.failed_tries - 1))


def _refuse_unknown(code: str, pin: str) -> NoReturn:
    """Counts the tries as a card would, under a keyed hash: what somebody typed is not kept.

    In the cache, unlike a card's own tries: a row per code would let strangers fill the database.  So such a lock ends
    after a day, at a restart of the one process that has no shared cache (tools/serve.py starts several only with
    one), or when 20,000 newer entries push it out; a card stays locked.  That tells who asked again afterwards, five
    tries each time, that a code is no card's, and a code that is one she has locked for good.  At 300 tries in ten
    minutes, and 10,000 cards among 2 to the 40 codes, finding one takes an address years, and its PIN is no nearer.
    """
    key = f"unknown-card:{keyed_index('card', code)}"
    cache.add(key, 0, UNKNOWN_LOCKED)
    try:
        tries = cache.incr(key)
    except ValueError:  # thrown out of the cache between the two lines
        tries = 1
    if tries > TRIES:
        raise CardLocked
    check_pin(pin, "")
    raise CardLocked if tries == TRIES else CardRefused(left=TRIES - tries)


@transaction.atomic
def unlock_card(*, card: Card, by: User, at: datetime) -> Card:
    """Gives five new tries."""
    card = Card.objects.select_for_update().get(pk=card.pk)
    card.failed_tries, card.locked_at = 0, None
    card.save(update_fields=["failed_tries", "locked_at"])
    record_audit(verb="unlock_card", subject=card, by=by, at=at)
    return card


@transaction.atomic
def replace_card(*, person: User, by: User, at: datetime) -> Card:
    """A lost card stops working, and so does what it opened; the new one has another code and waits to be printed."""
    Card.objects.select_for_update().filter(person=person, replaced_at__isnull=True).update(replaced_at=at)
    _end_sessions([person.pk])
    card = issue_card(person=person, at=at)
    record_audit(verb="replace_card", subject=card, by=by, at=at)
    return card


@transaction.atomic
def renew_pins(*, people: Iterable[User], by: User, at: datetime) -> dict[UUID, str]:
    """New PINs for the live cards of these people: {person id: PIN}, for the sheet that is being printed and for
    nothing else.  Older PINs stop working, and so does what they opened; a locked card is open again.
    """
    cards = list(Card.objects.select_for_update(of=("self",)).filter(person__in=people, replaced_at__isnull=True))
    pins = {card.person_id: new_pin() for card in cards}
    for card in cards:
        card.pin_hash = hash_pin(pins[card.person_id])
        card.printed_at, card.failed_tries, card.locked_at = at, 0, None
    Card.objects.bulk_update(cards, ["pin_hash", "printed_at", "failed_tries", "locked_at"])
    _end_sessions(pins)
    for card in cards:
        record_audit(verb="renew_pins", subject=card, by=by, at=at)
    return pins


def _end_sessions(people: Iterable[UUID]) -> None:
    """Whoever found or copied a card may still be signed in with it."""
    User.objects.filter(pk__in=people).update(session_epoch=F("session_epoch") + 1)
