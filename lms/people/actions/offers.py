"""A role for somebody who is not of the organisation yet: she says yes or no, and nobody is told that she exists."""

from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.common.errors import ActionError
from lms.people.actions.audit import record_audit
from lms.people.actions.cards import renew_pins
from lms.people.actions.roles import begin_role, require_other, require_whole_country, same_role
from lms.people.actions.words import WordNeeded, is_word, new_word
from lms.people.models import OFFER_HOLDS, Organisation, Role, RoleOffer, User
from lms.people.permissions import needs_word
from lms.people.queries import is_apart
from lms.regions.models import Region


class OfferGone(ActionError):
    """Answered, run out, or made by somebody who could not grant it any more."""

    code = "offer_gone"
    message = _("This offer does not stand any more. Ask the organisation to make it again.")


class RolesSleep(ActionError):
    """Whoever printed her card would be told no word that she does not know."""

    code = "roles_sleep"
    message = _("Your roles sleep, and whoever offers this one printed your card. Wake your roles first, then accept.")


@transaction.atomic
def offer_role(
    *,
    person: User | None,
    kind: str,
    organisation: Organisation,
    by: User,
    at: datetime,
    region: Region | None = None,
    valid_until: date | None = None,
) -> str:
    """Asks her; made again, it waits as long again.  Without a person it does the same work and takes it back, so that
    the time says next to nothing about whether there is one.

    Gives the word that `by` tells her: whoever printed her card could accept in her place, and does not know it.
    Raises OwnRole, AdministratorEverywhere.
    """
    require_whole_country(kind=kind, region=region)
    word = new_word()
    if person is not None:
        require_other(person=person, by=by)
    with transaction.atomic():
        RoleOffer.objects.update_or_create(
            person=User.objects.select_for_update(no_key=True).get(pk=(person or by).pk),
            kind=kind,
            organisation=organisation,
            region=region,
            defaults={
                "valid_until": valid_until,
                "offered_by": by,
                "offered_at": at,
                "word_index": word.kept,
            },
        )
        if person is None:
            transaction.set_rollback(True)
    record_audit(
        verb="offer_role", subject=organisation, by=by, at=at, organisation_id=organisation.pk, details={"role": kind}
    )
    return word.told


class Accepted(NamedTuple):
    """Her role, and the new PIN of her card for her eyes alone; empty where she keeps hers, or has no card."""

    role: Role
    pin: str


@transaction.atomic
def accept_offer(*, offer: RoleOffer, by: User, at: datetime, word: str = "") -> Accepted:
    """Her role begins today, as if whoever offered it had granted it now.

    Whoever printed her card for a training knows its PIN, and would have the role with it: she is asked for the word of
    the offer, and the card gets another PIN; she depends on whoever told her the word.

    Raises OfferGone, WordNeeded, RolesSleep.
    """
    locked = _locked(offer, at)
    in_doubt = needs_word(by)
    if in_doubt:
        _require_word(locked, word, at)
    role = same_role(
        person=by, kind=locked.kind, organisation=locked.organisation, region=locked.region, day=timezone.localdate(at)
    )
    if role is None:
        role = begin_role(
            person=by,
            kind=locked.kind,
            organisation=locked.organisation,
            region=locked.region,
            valid_until=locked.valid_until,
            by=locked.offered_by,
            at=at,
        )
    if in_doubt:
        role.in_hands_of.add(locked.offered_by)
    locked.delete()
    record_audit(verb="accept_offer", subject=role, by=by, at=at, organisation_id=role.organisation_id)
    pins = renew_pins(people=[by], by=by, at=at) if in_doubt else {}
    return Accepted(role, pins.get(by.pk, ""))


@transaction.atomic
def decline_offer(*, offer: RoleOffer, by: User, at: datetime) -> None:
    """She stays a stranger there.  Raises OfferGone."""
    locked = _locked(offer, at)
    record_audit(verb="decline_offer", subject=by, by=by, at=at, organisation_id=None, details={"role": locked.kind})
    locked.delete()


def forget_offers(*, at: datetime) -> int:
    """Those that nobody answered in time; returns how many."""
    return RoleOffer.objects.filter(offered_at__lte=at - OFFER_HOLDS).delete()[0]


def _require_word(offer: RoleOffer, word: str, at: datetime) -> None:
    if not is_word(kept=offer.word_index, typed=word):
        raise WordNeeded
    asleep = Role.objects.asleep(timezone.localdate(at)).filter(person=offer.person)
    if not all(is_apart(role.asleep_by_id, offer.offered_by_id) for role in asleep):
        raise RolesSleep


def _locked(offer: RoleOffer, at: datetime) -> RoleOffer:
    User.objects.select_for_update(no_key=True).get(pk=offer.person_id)
    offers = RoleOffer.objects.open_at(at).select_related("organisation", "region", "offered_by")
    found = offers.filter(pk=offer.pk).first()
    if found is None:
        raise OfferGone
    return found
