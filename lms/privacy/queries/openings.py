"""Who opened what is kept encrypted about a person, or her card: for herself, with what somebody was and never who."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.certificates.models import Certificate
from lms.cohorts.models import Enrolment
from lms.common.dates import local_day
from lms.people.models import AuditEntry, Card, Organisation, Role, User
from lms.people.permissions import OWN_PIN

# So many are shown, the newest first.
SHOWN = 100
# By the verb of the audit trail; of a name that was read also why.
_SAID: dict[str, str | Promise] = {
    "reveal_legal_name:roster": gettext_lazy("Your full name was shown on your page in a cohort."),
    "reveal_legal_name:certificate": gettext_lazy("Your full name was put on a certificate."),
    "reveal_legal_name:issuing": gettext_lazy("Your full name was shown to whoever issues your certificate."),
    "find_by_name": gettext_lazy("You were found by your full name, your telephone or your e-mail."),
    "compare_names": gettext_lazy("Your full name was compared with that of another entry, without being shown."),
    "set_legal_name": gettext_lazy("Your full name was written for you."),
    "renew_pins": gettext_lazy("Your card was printed with a new PIN: whoever has that paper can sign in with it."),
    "replace_card": gettext_lazy("A new card was made for you; an older one does not work any more."),
    "set_legal_name:replaced": gettext_lazy("Your full name was written anew for you."),
    "correct_enrolment": gettext_lazy("What stands about you in a cohort was corrected."),
    "unlock_card": gettext_lazy("Your card was unlocked after wrong PINs."),
    "open_certificate": gettext_lazy("The paper of your certificate was opened."),
    "export_person": gettext_lazy("A copy of everything that is kept about you was made for you."),
}
# What somebody did who was signed in as she: whoever printed her card could have been it (people.actions.proving).
_AS_SHE: dict[str, str | Promise] = {
    OWN_PIN: gettext_lazy("A new PIN was made for your card."),
    "export_person": gettext_lazy("The copy of everything that is kept about you was taken."),
    "open_certificate": gettext_lazy("The paper of your certificate was opened."),
    "open_certificate:badge": gettext_lazy("The file of your certificate for wallets was taken."),
    "change_name_form": gettext_lazy("How much of your name strangers see on a certificate was changed."),
    "set_legal_name:replaced": gettext_lazy("Your full name for certificates was replaced."),
    "remove_legal_name": gettext_lazy("Your full name for certificates was deleted."),
    "set_contact_rule": gettext_lazy("How messages reach you, and what they say, was changed."),
}
_VERBS, _HERS = ({key.split(":")[0] for key in said} for said in (_SAID, _AS_SHE))


@dataclass(frozen=True)
class Opening:
    """Once, by somebody who had this role then."""

    at: datetime
    said: str
    who: str


def openings_of(person: User) -> list[Opening]:
    """The newest first; of her own acts only those that could be somebody else's.  At most seven queries."""
    entries = list(_entries(person)[:SHOWN])
    roles, houses = _roles_of({entry.actor_id for entry in entries if entry.actor_id}), _houses(entries)
    return [
        Opening(entry.at, str(_AS_SHE[_key(entry)]), _("whoever was signed in as you"))
        if entry.actor_id == person.pk
        else Opening(entry.at, str(_SAID[_key(entry)]), _who(entry, roles, houses))
        for entry in entries
        if _key(entry) in (_AS_SHE if entry.actor_id == person.pk else _SAID)
    ]


def _entries(person: User) -> QuerySet[AuditEntry]:
    rows = [person.pk, *person.merged_from.values_list("pk", flat=True)]
    people = [str(pk) for pk in rows]
    papers = map(str, Certificate.objects.filter(person=person).values_list("pk", flat=True))
    cards = map(str, Card.objects.filter(person__in=rows).values_list("pk", flat=True))
    places = map(str, Enrolment.objects.filter(person__in=rows).values_list("pk", flat=True))
    hers = Q(subject_type=person._meta.label_lower, subject_id__in=people)
    hers |= Q(subject_type=Card._meta.label_lower, subject_id__in=list(cards))
    hers |= Q(subject_type=Certificate._meta.label_lower, subject_id__in=list(papers))
    hers |= Q(subject_type=Enrolment._meta.label_lower, subject_id__in=list(places))
    by_others, as_she = Q(verb__in=_VERBS) & ~Q(actor_id=person.pk), Q(verb__in=_HERS, actor_id=person.pk)
    return AuditEntry.objects.filter(hers).filter(by_others | as_she).order_by("-at", "-pk")


def _key(entry: AuditEntry) -> str:
    why = entry.details.get("why")
    return f"{entry.verb}:{why}" if why else entry.verb


def _roles_of(actors: set[UUID]) -> dict[UUID, list[Role]]:
    held: dict[UUID, list[Role]] = {}
    for role in Role.objects.filter(person__in=actors).select_related("organisation").order_by("kind", "pk"):
        held.setdefault(role.person_id, []).append(role)
    return held


def _houses(entries: Iterable[AuditEntry]) -> dict[UUID, Organisation]:
    return Organisation.objects.in_bulk({entry.organisation_id for entry in entries if entry.organisation_id})


def _who(entry: AuditEntry, roles: dict[UUID, list[Role]], houses: dict[UUID, Organisation]) -> str:
    """What she was on that day, in the organisation for which she did it where that is known."""
    day = local_day(entry.at)
    held = roles.get(entry.actor_id, []) if entry.actor_id else []
    there = (role for role in held if entry.organisation_id in (None, role.organisation_id))
    if role := next((role for role in there if role.valid_from <= day and not role.has_ended(day)), None):
        return _("%(role)s, %(organisation)s") % {
            "role": capfirst(role.get_kind_display()),
            "organisation": role.organisation.name,
        }
    house = houses.get(entry.organisation_id) if entry.organisation_id else None
    return str(house.name) if house else _("somebody who works here")
