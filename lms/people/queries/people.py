"""What is read about people."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet, UUIDField
from django.utils import timezone

from lms.common.alphabet import alphabetical
from lms.common.codes import clean_code
from lms.common.crypto import unseal
from lms.common.prepared import prepared
from lms.people.models import (
    AuditEntry,
    Card,
    Contact,
    ContactKind,
    Feedback,
    Invitation,
    InvitationState,
    LegalName,
    Organisation,
    Role,
    RoleKind,
    RoleOffer,
    RoleQuerySet,
    User,
)
from lms.people.permissions import active_roles, needs_word

# Wagtail's groups, by the role that they mirror.
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


def people_with_cms_roles(day: date) -> QuerySet[Role, UUID]:
    """The ids of those who may enter the editor on `day`."""
    return Role.objects.active(day).filter(kind__in=CMS_GROUPS).values_list("person", flat=True)


def organisations_for(user: User, *kinds: str) -> list[Organisation]:
    """The organisations in which she has one of these roles, each once, by code."""
    ids = {role.organisation_id for role in active_roles(user) if role.kind in kinds}
    return list(Organisation.objects.filter(pk__in=ids).order_by("code"))


# ── Staff, as an administrator sees them ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class StaffMember:
    """Somebody with roles in the organisations of one administrator."""

    person: User
    roles: list[Role]
    has_ended: bool

    @property
    def sleeps(self) -> bool:
        return not self.has_ended and any(role.asleep_since for role in self.roles)

    @property
    def is_unconfirmed(self) -> bool:
        return not self.has_ended and any(role.unconfirmed_since for role in self.roles)


def staff_roles_for(user: User) -> RoleQuerySet:
    """The roles in the organisations that she administers, ended ones too."""
    organisations = organisations_for(user, RoleKind.ADMINISTRATOR)
    roles = Role.objects.filter(organisation__in=organisations)
    return roles.select_related("person", "organisation", "region", "asleep_by", "word_by").order_by("person", "pk")


def staff_for(user: User, day: date) -> list[StaffMember]:
    """Her organisations' staff by name: two queries.  Who has no role left shows the ended ones."""
    held: dict[User, list[Role]] = {}
    for role in staff_roles_for(user):
        held.setdefault(role.person, []).append(role)
    members = [_member(person, roles, day) for person, roles in held.items()]
    return sorted(members, key=lambda member: alphabetical(member.person.display_name))


def _member(person: User, roles: list[Role], day: date) -> StaffMember:
    current = [role for role in roles if not role.has_ended(day)]
    return StaffMember(person, current or roles, has_ended=not current)


@dataclass(frozen=True)
class InvitationRow:
    """An invitation as the list shows it."""

    invitation: Invitation
    state: InvitationState
    # Who was shown its newest link; of one that goes by mail it says nothing.  Empty: whoever runs the installation.
    handed_by: User | None

    @property
    def is_unsettled(self) -> bool:
        """May it be sent again or withdrawn?"""
        return self.state in (InvitationState.OPEN, InvitationState.EXPIRED)


def invitations_for(user: User) -> QuerySet[Invitation]:
    """Those into the organisations that she administers."""
    organisations = organisations_for(user, RoleKind.ADMINISTRATOR)
    invitations = Invitation.objects.filter(organisation__in=organisations)
    return invitations.select_related("person", "organisation", "invited_by").order_by("-invited_at", "pk")


def invitation_rows(user: User, at: datetime) -> list[InvitationRow]:
    """The same with what has become of each, those that wait first."""
    invitations = list(invitations_for(user))
    renewed = _renewers(invitations)
    rows = [InvitationRow(one, one.state_at(at), renewed.get(one.pk, one.invited_by)) for one in invitations]
    return sorted(rows, key=lambda row: not row.is_unsettled)


def _renewers(invitations: Iterable[Invitation]) -> dict[UUID, User]:
    """Whoever made the newest link of each, where it is not the first."""
    made = AuditEntry.objects.filter(verb="renew_invitation", subject_type=User._meta.label_lower)
    made = made.filter(subject_id__in=[str(one.pk) for one in invitations]).order_by("at", "pk")
    actors = {UUID(subject): actor for subject, actor in made.values_list("subject_id", "actor_id")}
    people = User.objects.in_bulk({actor for actor in actors.values() if actor})
    return {subject: people[actor] for subject, actor in actors.items() if actor in people}


# Links to a new password that somebody else made: how long they are told of at sign-in and on desks, and kept in sight.
LINK_TOLD, LINK_SHOWN = timedelta(days=14), timedelta(days=365)
_LINK_VERBS = ("make_password_key", "order_password_mail")


@dataclass(frozen=True)
class PasswordLink:
    """Somebody made, or had mailed, a link to a person's new password."""

    at: datetime
    # Empty: whoever runs the installation.
    organisation: Organisation | None
    person: User | None
    by: User | None


def password_links_of(person: User, since: datetime) -> list[PasswordLink]:
    """Those that others made for her, the newest first: for her own eyes."""
    entries = _link_entries(since).filter(subject_type=User._meta.label_lower, subject_id=str(person.pk))
    return _links(entries.exclude(actor_id=person.pk))


def password_links_for(user: User, since: datetime) -> list[PasswordLink]:
    """Those that others made for the people of the organisations that she administers, the newest first.

    Whoever runs the installation makes them for administrators only.
    """
    organisations = {role.organisation_id for role in active_roles(user) if role.kind == RoleKind.ADMINISTRATOR}
    colleagues = Role.objects.filter(organisation__in=organisations, kind=RoleKind.ADMINISTRATOR)
    ids = [str(pk) for pk in colleagues.values_list("person", flat=True)]
    hers = Q(organisation_id__in=organisations) | Q(organisation_id=None, subject_id__in=ids)
    return _links(_link_entries(since).filter(hers).exclude(actor_id=user.pk).exclude(subject_id=str(user.pk)))


def _link_entries(since: datetime) -> QuerySet[AuditEntry]:
    entries = AuditEntry.objects.filter(verb__in=_LINK_VERBS, at__gte=since, details__is_first=False)
    return entries.order_by("-at", "-pk")


def _links(entries: QuerySet[AuditEntry]) -> list[PasswordLink]:
    found = list(entries)
    if not found:
        return []
    organisations = Organisation.objects.in_bulk({entry.organisation_id for entry in found if entry.organisation_id})
    ids = {UUID(entry.subject_id) for entry in found} | {entry.actor_id for entry in found if entry.actor_id}
    people = User.objects.in_bulk(ids)
    return [
        PasswordLink(
            entry.at,
            organisations.get(entry.organisation_id) if entry.organisation_id else None,
            people.get(UUID(entry.subject_id)),
            people.get(entry.actor_id) if entry.actor_id else None,
        )
        for entry in found
    ]


# ── Organisations, as whoever runs the installation sees them ────────────────────────────────────────────────────


@dataclass(frozen=True)
class FoundedOrganisation:
    """An organisation and who administers it."""

    organisation: Organisation
    administrators: list[User]


def unconfirmed_role_of(person: User, day: date) -> Role | None:
    """A role of hers that opens nothing until a second administrator has signed."""
    roles = Role.objects.not_ended(day).filter(person=person, unconfirmed_since__isnull=False)
    return roles.order_by("pk").first()


def administrators_for(user: User, day: date) -> QuerySet[User]:
    """Whoever administers an organisation on `day`: for those who run the installation."""
    if not user.is_superuser:
        return User.objects.none()
    roles = Role.objects.active(day).filter(kind=RoleKind.ADMINISTRATOR)
    return User.objects.filter(pk__in=roles.values("person"))


def founded_organisations(user: User, day: date) -> list[FoundedOrganisation]:
    """All of them by code, each with its administrators: two queries."""
    if not user.is_superuser:
        return []
    roles = Role.objects.active(day).filter(kind=RoleKind.ADMINISTRATOR).select_related("person").order_by("pk")
    held: dict[UUID, list[User]] = {}
    for role in roles:
        held.setdefault(role.organisation_id, []).append(role.person)
    return [FoundedOrganisation(one, held.get(one.pk, [])) for one in Organisation.objects.order_by("code")]


def administrators_sent(user: User, since: datetime) -> list[Role]:
    """Who came to administer her organisations after her without owing it to anybody there: she is told of it.

    Whoever runs the installation makes them.
    """
    sent = Q(granted_by__isnull=True) | Q(granted_by__is_superuser=True)
    roles = Role.objects.active(timezone.localdate()).filter(sent, kind=RoleKind.ADMINISTRATOR, granted_at__gte=since)
    hers = Role.objects.filter(
        person=user,
        kind=RoleKind.ADMINISTRATOR,
        organisation=OuterRef("organisation"),
        granted_at__lt=OuterRef("granted_at"),
    )
    mine = [organisation.pk for organisation in organisations_for(user, RoleKind.ADMINISTRATOR)]
    later = roles.filter(Exists(hers), organisation__in=mine).exclude(person=user)
    return list(later.select_related("person", "organisation").order_by("granted_at", "pk"))


def account_named(typed: str) -> User | None:
    """The person with exactly this user name or this card code."""
    people = User.objects.filter(is_active=True)
    found = people.filter(username=typed.strip().lower()).first()
    return found or people.filter(cards__code=clean_code(typed), cards__replaced_at__isnull=True).first()


# ── What people told us ──────────────────────────────────────────────────────────────────────────────────────────


def feedback_for(user: User) -> QuerySet[Feedback]:
    """For whom she answers: her organisations' administrators, or those who run the installation; the newest first."""
    hers = Q(organisation__in=organisations_for(user, RoleKind.ADMINISTRATOR))
    if user.is_superuser:
        hers |= Q(organisation__isnull=True)
    return Feedback.objects.filter(hers).select_related("organisation").order_by("-sent_at", "-pk")


# The organisation in whose trainings somebody last took part, for those who have no role: an app above knows it.
type HostOf = Callable[[User], UUID | None]
_hosts: dict[str, HostOf] = {}


def name_hosts(name: str, host_of: HostOf) -> None:
    """An app above registers itself in `AppConfig.ready`; the same name twice is one."""
    _hosts[name] = host_of


def organisation_told(user: User | AnonymousUser) -> Organisation | None:
    """Who reads what this visitor tells: the one she works for, or whose training she takes, or the only one there is.

    None: those who run the installation.
    """
    known = {role.organisation_id for role in active_roles(user)} or _hosts_of(user)
    organisations = Organisation.objects.filter(pk__in=known) if known else Organisation.objects.all()
    found = list(organisations.order_by("code")[:2])
    return found[0] if len(found) == 1 else None


def _hosts_of(user: User | AnonymousUser) -> set[UUID]:
    if not isinstance(user, User):
        return set()
    return {host for host_of in _hosts.values() if (host := host_of(user))}


# ── One person ───────────────────────────────────────────────────────────────────────────────────────────────────


def live_cards(people: Iterable[User]) -> dict[UUID, Card]:
    """The live card of each person that has one: {person id: card}."""
    return {card.person_id: card for card in Card.objects.filter(person__in=people, replaced_at__isnull=True)}


def own_legal_name(person: User) -> str:
    """Her name for her own eyes, or an empty text; others get it by `reveal_legal_name`, which is noted."""
    kept = LegalName.objects.filter(person=person).select_related("person__key").first()
    return unseal(kept.person.key.wrapped, kept.sealed) if kept else ""


def masked_legal_name(person: User) -> str:
    """Enough of it that she knows which name is kept, too little for whoever looks at her screen: "А… Ө…"."""
    return " ".join(f"{word[0]}…" for word in own_legal_name(person).split())


def name_in_use_since(person: User) -> datetime | None:
    """When her name first came onto a certificate; None while she may still correct it herself."""
    return LegalName.objects.filter(person=person).values_list("used_at", flat=True).first()


def address_of(person: User, kind: str) -> str:
    """Where she is reached by this kind of contact, else an empty text.  For the gateway alone, never for a log.

    An e-mail address with which staff sign in counts where she gave no other.
    """
    kept = Contact.objects.filter(person=person, kind=kind, person__key__isnull=False).select_related("person__key")
    contact = kept.order_by("pk").last()
    if contact is not None:
        return unseal(contact.person.key.wrapped, contact.sealed)
    return (person.email or "") if kind == ContactKind.EMAIL else ""


def masked_address(person: User, kind: str) -> str:
    """Enough of it that she knows which one is kept, too little for whoever looks at her screen: "+9…89"."""
    address = address_of(person, kind)
    return f"{address[:2]}…{address[-2:]}" if address else ""


def is_living(person: User) -> bool:
    """Is this row somebody's: neither erased nor merged into another, and not shut out?"""
    return person.is_active and person.erased_at is None and person.merged_into_id is None


def rows_of(person: User) -> QuerySet[User, UUID]:
    """The ids of her row and of those that gave way to it: some evidence stays with these."""
    return User.objects.filter(Q(pk=person.pk) | Q(merged_into=person)).values_list("pk", flat=True)


def roles_of(person: User) -> QuerySet[Role]:
    """Her roles of today and those to come."""
    roles = Role.objects.not_ended(timezone.localdate()).filter(person=person)
    return roles.select_related("organisation", "region").order_by("organisation__code", "kind")


def offers_for(user: User, at: datetime) -> list[RoleOffer]:
    """The roles that she may say yes or no to.  Hardly anybody has one, so that is asked first, in short."""
    if not _offered(person=user.pk):
        return []
    hers = RoleOffer.objects.filter(person=user)
    offers = list(hers.open_at(at).select_related("organisation", "region").order_by("offered_at", "pk"))
    asks_word = bool(offers) and needs_word(user)
    for offer in offers:
        offer.asks_word = asks_word
    return offers


@prepared(person=UUIDField())
def _offered(person: Any) -> QuerySet[RoleOffer, UUID]:
    return RoleOffer.objects.filter(person=person).values_list("pk", flat=True)[:1]
