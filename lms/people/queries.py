"""What is read about people."""

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from lms.people.models import Card, Consent, Organisation, Role, RoleKind, User
from lms.people.permissions import active_roles

# Wagtail's groups, by the role that they mirror; made by a data migration.
CMS_GROUPS = {
    RoleKind.EDITOR: "Editors",
    RoleKind.TRANSLATOR: "Translators",
    RoleKind.REGIONAL_AUTHOR: "Translators",
    RoleKind.ADMINISTRATOR: "Administrators",
}


def cms_groups_of(person: User, day: date) -> set[str]:
    """The names of the groups that mirror her roles on `day`."""
    kinds = Role.objects.active(day).filter(person=person, kind__in=CMS_GROUPS).values_list("kind", flat=True)
    return {CMS_GROUPS[RoleKind(kind)] for kind in kinds}


def organisations_for(user: User, *kinds: str) -> list[Organisation]:
    """The organisations in which she has one of these roles, each once, by code."""
    found = {role.organisation_id: role.organisation for role in active_roles(user) if role.kind in kinds}
    return sorted(found.values(), key=lambda organisation: organisation.code)


def staff_roles_for(user: User) -> QuerySet[Role]:
    """The roles in the organisations that she administers."""
    organisations = organisations_for(user, RoleKind.ADMINISTRATOR)
    roles = Role.objects.filter(organisation__in=organisations)
    return roles.select_related("person", "organisation", "region").order_by("person__display_name", "kind", "pk")


def live_cards(people: Iterable[User]) -> dict:
    """The live card of each person that has one: {person id: card}."""
    return {card.person_id: card for card in Card.objects.filter(person__in=people, replaced_at__isnull=True)}


def consents_of(person: User) -> dict[str, Consent]:
    """Her newest answer per purpose."""
    newest: dict[str, Consent] = {}
    for consent in Consent.objects.filter(person=person).order_by("at", "pk"):
        newest[consent.purpose] = consent
    return newest
