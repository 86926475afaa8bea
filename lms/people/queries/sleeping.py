"""Roles that sleep because their holder's card was renewed, and who may wake them."""

from uuid import UUID

from django.utils import timezone

from lms.common.alphabet import alphabetical
from lms.people.models import Role, RoleKind, User
from lms.people.permissions import others_know_pin_of
from lms.people.queries.lines import is_apart
from lms.people.queries.people import live_cards, roles_of, staff_roles_for


def sleepers_for(user: User) -> list[User]:
    """The colleagues whose roles in her organisations sleep, by name."""
    asleep = staff_roles_for(user).asleep(timezone.localdate())
    people = {role.person_id: role.person for role in asleep}
    return sorted(people.values(), key=lambda person: alphabetical(person.display_name))


def stranded_roles_for(user: User) -> list[Role]:
    """Roles that sleep where no administrator of the organisation may wake them: for whoever runs the installation."""
    if not user.is_superuser:
        return []
    asleep = Role.objects.asleep(timezone.localdate()).filter(person__is_active=True)
    roles = asleep.select_related("person", "organisation").order_by("organisation__code", "person", "pk")
    return [role for role in roles if not _has_waker(role)]


def _has_waker(role: Role) -> bool:
    return any(is_apart(role.asleep_by_id, one) for one in _administrators(role) if one != role.person_id)


def may_still_wake(role: Role) -> bool:
    """Does whoever told the word of this role administer there still, or run the installation?  Never the printer."""
    teller = role.word_by
    if teller is None or not teller.is_active or not is_apart(role.asleep_by_id, teller.pk):
        return False
    return teller.is_superuser or teller.pk in _administrators(role)


def _administrators(role: Role) -> set[UUID]:
    there = Role.objects.active(timezone.localdate()).filter(
        organisation=role.organisation_id, kind=RoleKind.ADMINISTRATOR, person__is_active=True
    )
    return set(there.values_list("person", flat=True))


def makes_own_pin(person: User) -> bool:
    """May she make a new PIN for her card herself?  Not while her roles sleep: those a word wakes, and makes one."""
    return bool(live_cards([person])) and not any(role.asleep_since for role in roles_of(person))


def needs_own_pin(person: User) -> bool:
    """Is a PIN of her own the one step before what only she herself may ask for (actions.proving)?"""
    return others_know_pin_of(person) and makes_own_pin(person)
