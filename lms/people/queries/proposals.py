"""What waits for a second signature, and whose it may be."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from lms.common.alphabet import alphabetical
from lms.people.models import (
    CONFIRM_ROLE,
    AuditEntry,
    Invitation,
    Proposal,
    Role,
    RoleKind,
    TwoSignaturesQuerySet,
    User,
)
from lms.people.permissions import active_roles
from lms.people.queries.lines import are_independent, could_be


def proposals_for(user: User, kinds: Collection[str]) -> TwoSignaturesQuerySet[Proposal]:
    """Of the organisations that she administers, whatever has become of them; the newest first."""
    houses = {role.organisation_id for role in active_roles(user) if role.kind == RoleKind.ADMINISTRATOR}
    found = Proposal.objects.filter(organisation__in=houses, kind__in=kinds)
    people = ("organisation", "proposed_by", "confirmed_by", "declined_by")
    return found.select_related(*people).order_by("-proposed_at", "-pk")


def role_proposals_for(user: User) -> TwoSignaturesQuerySet[Proposal]:
    """Roles in the organisations that she administers, of which the second signature was asked."""
    return proposals_for(user, [CONFIRM_ROLE])


# Each makes a way to her password at the wish of somebody else.
_LINKS = ("make_password_key", "order_password_mail", "make_invitation_key")


def has_come_since_link(person: User) -> bool:
    """Did somebody use the link that others last had made to her password, or sign in as she?  Both make it void.

    Of whoever was invited one is made in any case, perhaps a moment later.  Whether it was she, nobody but she can
    tell: whoever confirms asks her.
    """
    newest = _newest(person, *_LINKS)
    if (set_at := password_set_at(person)) and (newest is None or set_at >= newest.at):
        return True
    if person.last_login is None:
        return newest is None and not Invitation.objects.filter(pk=person.pk).exists()
    return newest is None or person.last_login > newest.at


def password_set_at(person: User) -> datetime | None:
    """When somebody last set her password with a link.  A card signs in without that, so this is asked apart."""
    used = _newest(person, "use_password_link")
    return used.at if used else None


def _newest(person: User, *verbs: str) -> AuditEntry | None:
    about = AuditEntry.objects.filter(subject_type=User._meta.label_lower, subject_id=str(person.pk))
    return about.filter(verb__in=verbs).order_by("at", "pk").last()


@dataclass(frozen=True)
class WaitingRole:
    """A role that opens nothing yet, and whether the second signature may be hers who looks."""

    proposal: Proposal
    role: Role
    is_hers: bool


def waiting_roles_for(user: User, at: datetime) -> list[WaitingRole]:
    """The oldest first; those that have lapsed are not among them."""
    waiting = list(role_proposals_for(user).waiting(at))
    roles = Role.objects.select_related("person", "organisation").in_bulk([int(one.subject_id) for one in waiting])
    found = [(one, roles[int(one.subject_id)]) for one in reversed(waiting) if int(one.subject_id) in roles]
    return [WaitingRole(one, role, _is_hers(user, one, role, at)) for one, role in found if role.unconfirmed_since]


def _is_hers(user: User, proposal: Proposal, role: Role, at: datetime) -> bool:
    may = may_confirm(user, proposal, at) and has_come_since_link(role.person)
    return may and not could_be(user.pk, role.person_id)


def may_confirm(user: User, proposal: Proposal, at: datetime) -> bool:
    """Could the second signature be hers?  The action looks again."""
    in_time = proposal.confirmed_at is None and proposal.declined_at is None and at < proposal.lapses_at
    if not in_time or user.pk == proposal.proposed_by_id:
        return False
    return are_independent(user.pk, proposal.proposed_by_id, since=proposal.proposed_at)


def second_signers_of(organisation_id: UUID, first: User) -> list[User]:
    """The administrators there who may confirm what she proposes, by name."""
    roles = Role.objects.active(timezone.localdate()).filter(
        organisation=organisation_id, kind=RoleKind.ADMINISTRATOR, person__is_active=True
    )
    others = User.objects.filter(pk__in=roles.values("person")).exclude(pk=first.pk)
    found = [one for one in others if are_independent(one.pk, first.pk)]
    return sorted(found, key=lambda person: alphabetical(person.display_name))
