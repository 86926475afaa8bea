"""Cards of a cohort's people: printed, replaced, unlocked by those who run it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.cohorts.actions.calendars import shut_calendars
from lms.cohorts.models import Cohort, Enrolment
from lms.cohorts.queries import card_holders, colleagues_with_cards, is_peer, locked_cards
from lms.common.errors import ActionError
from lms.people import actions as people_actions
from lms.people.models import AuditEntry, Card, User
from lms.people.queries import live_cards

# How often a card is unlocked by somebody who may not print it.
UNLOCKED_ONCE_IN = timedelta(days=1)


class CardNotYours(ActionError):
    code = "card_not_yours"
    message = _(
        "Whoever prints a card can sign in with it. So a card that another organisation gave, or of somebody with "
        "duties of her own, is not yours to print: it works as before. Who lost it asks there, or an administrator."
    )


class CardOfAPeer(CardNotYours):
    """Whoever renews a card puts its holder to sleep: nobody does that to whom she does not stand above."""

    code = "card_of_a_peer"
    message = _(
        "She coordinates as much as you or more, or administers, so her card is not yours to renew: it works as before."
        " If she forgot the PIN, an administrator gives her a link to a password, on her page under “Staff and roles”;"
        " with it she makes a new PIN herself. Where there is no other administrator, whoever runs this site invites"
        " one under “Organisations”."
    )


class HasNoCard(ActionError):
    """A card would be one more way in, which she did not ask for."""

    code = "has_no_card"
    message = _(
        "She has no card, so there is none to renew: she signs in with her user name and password. Without the"
        " password: “I forgot my password”, or an administrator."
    )


class UnlockedToday(ActionError):
    code = "unlocked_today"
    message = _(
        "This card was unlocked already within the last day. It opens again by itself, or whoever gave her the card "
        "unlocks it."
    )


class Unlocking(NamedTuple):
    """How many cards are open again, and how many stay locked because they were opened a short while ago."""

    opened: int
    left: int


@transaction.atomic
def renew_cards(*, cohort: Cohort, enrolments: Sequence[Enrolment], by: User, at: datetime) -> dict[UUID, str]:
    """New PINs for printing, {person id: PIN}, in memory only.  Raises CardNotYours, HasNoCard (see `card_holders`)."""
    holders = _require_holders(cohort, enrolments, by)
    _issue_missing(holders, cohort.organisation_id, by, at)
    return people_actions.renew_pins(people=holders, by=by, at=at, organisation_id=cohort.organisation_id)


@transaction.atomic
def renew_colleagues_card(*, enrolment: Enrolment, by: User, at: datetime) -> dict[UUID, str]:
    """A new card for somebody with duties here: its PIN for printing.  Her roles sleep until another person wakes them.

    Raises CardNotYours, CardOfAPeer, HasNoCard (see `colleagues_with_cards`).
    """
    cohort, person = enrolment.cohort, enrolment.person
    people_actions.lock_people(people=[person])
    if not colleagues_with_cards([person], cohort, by=by).exists():
        raise why_not_renewed(person=person, by=by)
    people_actions.put_to_sleep(person=person, by=by, at=at)
    shut_calendars(person=person, by=by, at=at)
    people_actions.replace_card(person=person, by=by, at=at, organisation_id=cohort.organisation_id)
    return people_actions.renew_pins(people=[person], by=by, at=at, organisation_id=cohort.organisation_id)


def why_not_renewed(*, person: User, by: User) -> ActionError:
    """What to say where a card is not hers to renew or to print."""
    if is_peer(person, by=by):
        return CardOfAPeer()
    return CardNotYours() if live_cards([person]) else HasNoCard()


@transaction.atomic
def replace_card_of(*, enrolment: Enrolment, by: User, at: datetime) -> Card:
    """A lost card stops working; the new one must be printed.

    Raises CardNotYours, HasNoCard, PersonErased, PersonMerged.
    """
    _require_holders(enrolment.cohort, [enrolment], by)
    return people_actions.replace_card(
        person=enrolment.person, by=by, at=at, organisation_id=enrolment.cohort.organisation_id
    )


@transaction.atomic
def unlock_card_of(*, enrolment: Enrolment, by: User, at: datetime) -> Card | None:
    """After wrong PINs.  It shows nobody a PIN, so any card may be unlocked; one that is not hers to print once a day.

    Raises UnlockedToday.
    """
    card = live_cards([enrolment.person]).get(enrolment.person_id)
    if card is None:
        return None
    if not _unlockable([card], enrolment.cohort, by, at):
        raise UnlockedToday
    return people_actions.unlock_card(card=card, by=by, at=at, organisation_id=enrolment.cohort.organisation_id)


@transaction.atomic
def unlock_cards_of(*, cohort: Cohort, by: User, at: datetime) -> Unlocking:
    """The locked cards of the people in the cohort, after somebody tried PINs in a hall."""
    locked = locked_cards(cohort, at)
    unlockable = _unlockable(locked, cohort, by, at)
    for card in unlockable:
        people_actions.unlock_card(card=card, by=by, at=at, organisation_id=cohort.organisation_id)
    return Unlocking(len(unlockable), len(locked) - len(unlockable))


def _unlockable(cards: Iterable[Card], cohort: Cohort, by: User, at: datetime) -> list[Card]:
    """Those of them that she may open now: hers to print, or not opened by anybody since a day ago.

    Whoever guesses PINs must not be able to give herself new tries.
    """
    ids = [card.pk for card in cards]
    locked = list(
        Card.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=ids)
        .select_related("person")
        .order_by("pk")
    )
    hers = set(card_holders([card.person for card in locked], cohort, by=by).values_list("pk", flat=True))
    opened = AuditEntry.objects.filter(verb="unlock_card", subject_type=Card._meta.label_lower)
    opened = opened.filter(subject_id__in=[str(pk) for pk in ids], at__gt=at - UNLOCKED_ONCE_IN)
    lately = set(opened.values_list("subject_id", flat=True))
    return [card for card in locked if card.person_id in hers or str(card.pk) not in lately]


def _require_holders(cohort: Cohort, enrolments: Sequence[Enrolment], by: User) -> list[User]:
    """Locked before they are looked at: a role that is given meanwhile waits, and finds the PIN known to others."""
    people = [enrolment.person for enrolment in enrolments]
    people_actions.lock_people(people=people)
    allowed = {person.pk for person in card_holders(people, cohort, by=by)}
    if refused := [person for person in people if person.pk not in allowed]:
        raise CardNotYours() if len(live_cards(refused)) == len(refused) else HasNoCard()
    return people


def _issue_missing(people: Iterable[User], organisation_id: UUID, by: User, at: datetime) -> None:
    """Whoever has neither a card nor a user name has no other way in."""
    have = live_cards(people)
    for person in people:
        if person.pk not in have:
            people_actions.replace_card(person=person, by=by, at=at, organisation_id=organisation_id)
