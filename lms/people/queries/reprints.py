"""A card that others printed again: what was done before with the PIN that they knew, and whom she may ask."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from lms.common.alphabet import alphabetical
from lms.people.models import AuditEntry, Card, Organisation, Role, RoleKind, User
from lms.people.permissions import PRINTED
from lms.people.queries.people import organisation_told
from lms.people.queries.sleeping import Change, changes_in_her_name

# So long she is told at each sign-in by card; whoever printed it could have been the first to sign in.
TOLD = timedelta(days=30)
# So far back the printings before count.
LOOKED_BACK = timedelta(days=90)
# More names than that help nobody.
NAMED = 3


@dataclass(frozen=True)
class Reprint:
    """The newest printing by somebody else, what was done in her name before, and who may be asked; never a printer."""

    at: datetime
    done: list[Change]
    organisation: Organisation | None
    coordinators: list[str]


def reprint_told_to(person: User, at: datetime) -> Reprint | None:
    """None where nobody printed her card again lately, or nothing was done in her name before.  At most ten queries."""
    cards = [str(pk) for pk in Card.objects.filter(person=person).values_list("pk", flat=True)]
    made = AuditEntry.objects.filter(verb=PRINTED, subject_type=Card._meta.label_lower, subject_id__in=cards)
    by_others = made.exclude(actor_id=person.pk).filter(at__gte=at - TOLD - LOOKED_BACK).order_by("at", "pk")
    printed = list(by_others.values_list("at", "actor_id"))
    if len(printed) < 2 or printed[-1][0] < at - TOLD:
        return None
    newest = printed[-1][0]
    since = next(day for day, _printer in printed if day >= newest - LOOKED_BACK)
    done = [change for change in changes_in_her_name(person, since) if change.at < newest]
    if not done:
        return None
    house = organisation_told(person)
    return Reprint(newest, done, house, _coordinators(house, {printer for _day, printer in printed}) if house else [])


def _coordinators(house: Organisation, printers: set[UUID | None]) -> list[str]:
    roles = Role.objects.active(timezone.localdate()).filter(organisation=house, kind=RoleKind.COORDINATOR)
    held = roles.filter(person__is_active=True).exclude(person__in=[pk for pk in printers if pk])
    names = sorted(set(held.values_list("person__display_name", flat=True)), key=alphabetical)
    return names if len(names) <= NAMED else []
