"""Cards of a cohort's people: printed, replaced, unlocked by those who run it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.cohorts.models import Cohort, Enrolment
from lms.cohorts.queries import card_holders, locked_cards
from lms.common.errors import ActionError
from lms.people import actions as people_actions
from lms.people.models import Card, User
from lms.people.queries import live_cards


class CardNotYours(ActionError):
    code = "card_not_yours"
    message = _(
        "Whoever prints a card can sign in with it. So a card that another organisation gave, or of somebody with "
        "duties of her own, is not yours to print: it works as before. Who lost it asks there, or an administrator."
    )


def renew_cards(*, cohort: Cohort, enrolments: Sequence[Enrolment], by: User, at: datetime) -> dict[UUID, str]:
    """New PINs for printing, {person id: PIN}, in memory only.  Raises CardNotYours (see `card_holders`)."""
    holders = _require_holders(cohort, enrolments, by)
    _issue_missing(holders, by, at)
    return people_actions.renew_pins(people=holders, by=by, at=at)


def replace_card_of(*, enrolment: Enrolment, by: User, at: datetime) -> Card:
    """A lost card stops working; the new one must be printed.  Raises CardNotYours, PersonErased, PersonMerged."""
    _require_holders(enrolment.cohort, [enrolment], by)
    return people_actions.replace_card(person=enrolment.person, by=by, at=at)


def unlock_card_of(*, enrolment: Enrolment, by: User, at: datetime) -> Card | None:
    """After wrong PINs; it shows nobody a PIN, so any card may be unlocked.  A repeat is harmless."""
    card = live_cards([enrolment.person]).get(enrolment.person_id)
    return people_actions.unlock_card(card=card, by=by, at=at) if card else None


@transaction.atomic
def unlock_cards_of(*, cohort: Cohort, by: User, at: datetime) -> int:
    """Every locked card of the people in the cohort, after somebody tried PINs in a hall; returns how many."""
    locked = locked_cards(cohort, at)
    for card in sorted(locked, key=lambda one: one.pk):
        people_actions.unlock_card(card=card, by=by, at=at)
    return len(locked)


def _require_holders(cohort: Cohort, enrolments: Sequence[Enrolment], by: User) -> list[User]:
    people = [enrolment.person for enrolment in enrolments]
    allowed = card_holders(people, cohort, by=by)
    if {person.pk for person in allowed} != {person.pk for person in people}:
        raise CardNotYours
    return people


@transaction.atomic
def _issue_missing(people: Iterable[User], by: User, at: datetime) -> None:
    """Somebody who so far signed in with a user name gets a card."""
    have = live_cards(people)
    for person in people:
        if person.pk not in have:
            people_actions.replace_card(person=person, by=by, at=at)
