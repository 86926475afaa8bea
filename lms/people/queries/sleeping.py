"""Roles that sleep because their holder's card was renewed, and who may wake them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.common.alphabet import alphabetical
from lms.people.models import VERB_WORDS, AuditEntry, Card, Role, RoleKind, User
from lms.people.permissions import OWN_PIN, PRINTED, others_know_pin_of, own_pin_holds_from
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


@dataclass(frozen=True)
class Change:
    """Something that was done by whoever was signed in as she, and where it stands: a page by its name, and a part."""

    at: datetime
    said: str
    part: str = ""
    page: str = "people:profile"


# What an app above knows of it, since then.
type Known = Callable[[User, datetime], list[Change]]
_known: dict[str, Known] = {}


# By the verb of the audit trail, of her profile by the field: the part of her page where it is looked through.
_PARTS = {
    "display_name": "",
    "language": "",
    "name_form": "certificate",
    "set_legal_name": "certificate",
    "remove_legal_name": "certificate",
    "give_consent": "consents",
    "withdraw_consent": "consents",
    "ask_email_change": "signing-in",
    "confirm_email_change": "signing-in",
    "remove_email": "signing-in",
    "set_contact_rule": "messages",
    "export_person": "own-data",
    OWN_PIN: "signing-in",
}
_FIELD_WORDS: dict[str, str | Promise] = {
    "display_name": _("display name changed"),
    "language": _("language changed"),
    "name_form": _("how much of the name strangers see changed"),
}


def asleep_since(person: User) -> datetime | None:
    """Since when another may have signed in as she: the oldest of her roles that sleep."""
    asleep = Role.objects.asleep(timezone.localdate()).filter(person=person)
    return asleep.order_by("asleep_since").values_list("asleep_since", flat=True).first()


def name_changes(name: str, known: Known) -> None:
    """An app above registers itself in `AppConfig.ready`; the same name twice is one."""
    _known[name] = known


def changes_in_her_name(person: User, since: datetime | None) -> list[Change]:
    """What whoever was signed in as she did since then with her particulars, her card and what apps above know of, the
    newest first.  Lessons, tests and marks are not looked at.
    """
    if since is None:
        return []
    cards = [str(pk) for pk in Card.objects.filter(person=person).values_list("pk", flat=True)]
    hers = Q(subject_type=person._meta.label_lower, subject_id=str(person.pk))
    hers |= Q(subject_type=Card._meta.label_lower, subject_id__in=cards)
    entries = AuditEntry.objects.filter(hers, actor_id=person.pk, at__gte=since).order_by("-at", "-pk")
    words = VERB_WORDS | _FIELD_WORDS
    changed = [(one.at, one.details.get("field", one.verb)) for one in entries]
    own = [Change(at, str(words[what]), _PARTS[what]) for at, what in changed if what in _PARTS]
    above = [change for known in _known.values() for change in known(person, since)]
    return sorted(own + above, key=lambda change: change.at, reverse=True)


def makes_own_pin(person: User) -> bool:
    """May she make a new PIN for her card herself?  Not while her roles sleep: those a word wakes, and makes one."""
    return bool(live_cards([person])) and not any(role.asleep_since for role in roles_of(person))


def own_pin_waits_until(person: User, at: datetime) -> datetime | None:
    """Until when her own PIN is too new for what nobody takes back; None: it is not."""
    until = own_pin_holds_from(person)
    return until if until and at < until else None


def card_others_know(person: User) -> Card | None:
    """Her card, where a PIN of her own is the one step before what only she herself may ask for (actions.proving)."""
    return live_cards([person])[person.pk] if others_know_pin_of(person) and makes_own_pin(person) else None


def own_pins_among(cards: Iterable[Card]) -> set[UUID]:
    """The holders of these cards who made the PIN of today themselves: a new printing takes it from them."""
    holders = {str(card.pk): card.person_id for card in cards}
    made = AuditEntry.objects.filter(verb__in=(PRINTED, OWN_PIN), subject_type=Card._meta.label_lower)
    entries = made.filter(subject_id__in=list(holders)).order_by("at", "pk")
    # Of several the newest is the last.
    makers = dict(entries.values_list("subject_id", "actor_id"))
    return {holder for card, holder in holders.items() if makers.get(card) == holder}
