"""Printed cards: signing in, unlocking, replacing, and PINs that exist on paper and as a hash only."""

from collections.abc import Iterable
from datetime import datetime
from typing import NoReturn
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from lms.common.codes import clean_code
from lms.common.crypto import keyed_index
from lms.common.errors import ActionError
from lms.common.journal import append_entry
from lms.people.actions.accounts import issue_card
from lms.people.actions.audit import record_audit
from lms.people.actions.living import lock_living
from lms.people.models import TRIES, Card, User, lock_lasts
from lms.people.signing import check_pin, hash_pin, new_pin

# How long the tries at a code that is no card's are remembered, in seconds: longer than any lock.
UNKNOWN_KEPT = 2 * 24 * 60 * 60
# In the journal.
RENEW_PINS = "renew_pins"


class CardRefused(ActionError):
    """Unknown code or wrong PIN: which of the two is not said."""

    code = "card_refused"
    message = _(
        "This code and PIN do not belong together. Look at the card, or at the PIN of your own if you made one, and "
        "try again. Tries left: %(left)s."
    )


class CardMerged(ActionError):
    """Its holder had two rows here; this card belonged to the one that gave way."""

    code = "card_merged"
    message = _(
        "You had two cards here, and now you have one. Use your other card. If you do not have it, ask your trainer "
        "for a new one."
    )


class CardLocked(ActionError):
    """Five wrong PINs; it opens again by itself, later each time, or by the trainer at once."""

    code = "card_locked"
    message = _("After five wrong PINs this card waits at least 15 minutes. Your trainer can unlock it at once.")


def sign_in_with_card(*, code: str, pin: str, at: datetime) -> User:
    """The holder of the card.  Raises CardRefused, CardLocked, or to whoever knows the PIN CardMerged.

    A code that is no card's gives the same answers in the same time.  The try is written, and the lock with it, before
    the PIN is judged, so that parallel guesses cannot share one try.
    """
    code = clean_code(code)
    card = _answering_cards().filter(code=code).first()
    if card is None:
        _refuse_unknown(code, pin)
    tries = _count_try(card, at)
    if check_pin(pin, card.pin_hash):
        Card.objects.filter(pk=card.pk).update(failed_tries=0, locked_at=None)
        if card.replaced_at is not None:
            raise CardMerged
        return card.person
    if tries % TRIES == 0:
        record_audit(verb="lock_card", subject=card, by=None, at=at)
        raise CardLocked
    raise CardRefused(left=TRIES - tries % TRIES)


def _answering_cards() -> QuerySet[Card]:
    """The live cards, and those of rows that gave way to another of a person who is still here."""
    live = Q(replaced_at__isnull=True, person__is_active=True)
    merged = Q(replaced_at__isnull=False, person__merged_into__is_active=True)
    return Card.objects.filter(live | merged).select_related("person")


def _count_try(card: Card, at: datetime) -> int:
    """Which try in a row it is; each fifth locks.  Raises CardLocked."""
    while not card.is_locked_at(at):
        tries = card.failed_tries + 1
        as_read = Card.objects.filter(pk=card.pk, failed_tries=card.failed_tries, locked_at=card.locked_at)
        if as_read.update(failed_tries=tries, locked_at=at if tries % TRIES == 0 else None):
            return tries
        # Somebody else tried in between.
        card.refresh_from_db(fields=["failed_tries", "locked_at"])
    raise CardLocked


def _refuse_unknown(code: str, pin: str) -> NoReturn:
    """Counts and locks as a card would, under a keyed hash: what somebody typed is not kept.

    In the cache, unlike a card's own tries: a row per code would let strangers fill the database.  So the count ends
    after two days, at a restart of the one process that has no shared cache (tools/serve.py starts several only with
    one), or when 20,000 newer entries push it out; a card's stays.  That tells who asked again afterwards, five
    tries each time, that a code is no card's, and a code that is one she has locked for long.  At 300 tries in ten
    minutes, and 10,000 cards among 2 to the 40 codes, finding one takes an address years, and its PIN is no nearer.
    """
    key = f"unknown-card:{keyed_index('card', code)}"
    if cache.get(f"{key}:locked"):
        raise CardLocked
    cache.add(key, 0, UNKNOWN_KEPT)
    try:
        tries = cache.incr(key)
    except ValueError:  # thrown out of the cache between the two lines
        tries = 1
    check_pin(pin, "")
    if tries % TRIES == 0:
        cache.set(f"{key}:locked", True, int(lock_lasts(tries).total_seconds()))
        raise CardLocked
    raise CardRefused(left=TRIES - tries % TRIES)


@transaction.atomic
def unlock_card(*, card: Card, by: User, at: datetime, organisation_id: UUID | None = None) -> Card:
    """Gives five new tries.  Its holder reads of it, with the organisation for which it was done."""
    card = Card.objects.select_for_update(no_key=True).get(pk=card.pk)
    card.failed_tries, card.locked_at = 0, None
    card.save(update_fields=["failed_tries", "locked_at"])
    record_audit(verb="unlock_card", subject=card, by=by, at=at, organisation_id=organisation_id)
    return card


@transaction.atomic
def replace_card(*, person: User, by: User | None, at: datetime, organisation_id: UUID | None = None) -> Card:
    """A lost card stops working, and so does what it opened; the new one has another code and waits to be printed.

    Its holder reads of it, with the organisation for which it was done.
    Raises PersonErased, PersonMerged.
    """
    lock_living(person=person)
    Card.objects.select_for_update(no_key=True).filter(person=person, replaced_at__isnull=True).update(replaced_at=at)
    end_sessions(people=[person.pk])
    card = issue_card(person=person, at=at)
    record_audit(verb="replace_card", subject=card, by=by, at=at, organisation_id=organisation_id)
    append_entry("replace_card", str(person.pk), at)
    return card


@transaction.atomic
def renew_pins(
    *, people: Iterable[User], by: User, at: datetime, organisation_id: UUID | None = None, verb: str = "renew_pins"
) -> dict[UUID, str]:
    """New PINs for the live cards of these people: {person id: PIN}, for the sheet that is being printed and for
    nothing else.  Older PINs stop working, and so does what they opened; a locked card is open again.

    Its holder reads of it, with the organisation for which it was done: whoever printed the PIN could sign in with it.
    """
    cards = list(
        Card.objects.select_for_update(of=("self",), no_key=True).filter(person__in=people, replaced_at__isnull=True)
    )
    pins = {card.person_id: new_pin() for card in cards}
    for card in cards:
        card.pin_hash = hash_pin(pins[card.person_id])
        card.printed_at, card.failed_tries, card.locked_at = at, 0, None
    Card.objects.bulk_update(cards, ["pin_hash", "printed_at", "failed_tries", "locked_at"])
    end_sessions(people=pins)
    for card in cards:
        record_audit(verb=verb, subject=card, by=by, at=at, organisation_id=organisation_id)
    for card in cards:
        append_entry(RENEW_PINS, str(card.person_id), at)
    return pins


@transaction.atomic
def void_old_pin(*, person: User, renewed_at: datetime) -> None:
    """After a restore: a PIN from before `renewed_at` is known to whoever it was taken from, and the new one to nobody.

    So the card opens nothing until it is printed again, and says so; its code stays.
    """
    old = Card.objects.select_for_update(no_key=True).filter(person=person, replaced_at=None, printed_at__lt=renewed_at)
    for card in old:
        card.pin_hash, card.printed_at = "", None
        card.save(update_fields=["pin_hash", "printed_at"])
        end_sessions(people=[person.pk])
        record_audit(verb="void_pin", subject=card, by=None, at=renewed_at)


def end_sessions(*, people: Iterable[UUID]) -> None:
    """Whoever found or copied a card may still be signed in with it."""
    User.objects.filter(pk__in=people).update(session_epoch=F("session_epoch") + 1)
