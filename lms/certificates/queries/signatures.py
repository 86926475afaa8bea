"""What has become of everything that takes two people, and who is told of it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from lms.certificates.models import KeyNotice, ProposalKind, SignatoryNotice, SignatureNotice
from lms.cohorts.models import FoundingProposal
from lms.notices.models import Notice
from lms.people.models import (
    CONFIRM_ROLE,
    PROPOSAL_HOLDS,
    Proposal,
    ProposalState,
    Role,
    RoleKind,
    SignatoryChange,
    TwoSignatures,
)
from lms.people.queries import is_living

_TABLES: dict[str, type[TwoSignatures]] = {model._meta.label_lower: model for model in (Proposal, FoundingProposal)}


def settled_since(since: datetime, at: datetime) -> Iterator[TwoSignatures]:
    """What was confirmed, declined, taken back or has lapsed between then and now."""
    lapsed = Q(
        confirmed_at__isnull=True,
        declined_at__isnull=True,
        proposed_at__gt=since - PROPOSAL_HOLDS,
        proposed_at__lte=at - PROPOSAL_HOLDS,
    )
    answered = Q(confirmed_at__gte=since) | Q(declined_at__gte=since)
    yield from Proposal.objects.filter(answered | lapsed, kind__in=[*ProposalKind.values, CONFIRM_ROLE])
    yield from FoundingProposal.objects.filter(answered | lapsed)


def told_of(proposal: TwoSignatures, at: datetime) -> Mapping[str, set[UUID]]:
    """By the kind of the message: who learns what became of it.

    Whoever declined it or took it back knows; so whoever proposed it is told of all but what she took back herself.
    """
    people: dict[str, set[UUID]] = defaultdict(set)
    kind, state = kind_for_signers(proposal), proposal.state_at(at)
    if state != ProposalState.WITHDRAWN:
        people[kind].add(proposal.proposed_by_id)
    if proposal.confirmed_by_id:
        people[kind].add(proposal.confirmed_by_id)
    if kind == SignatureNotice.ROLE:
        role = role_of(proposal)
        people[SignatureNotice.OWN_ROLE].update([role.person_id] if role else [])
    return people


def kind_for_signers(proposal: TwoSignatures) -> str:
    """What the message to whoever signed is about."""
    if isinstance(proposal, FoundingProposal):
        return SignatureNotice.FOUNDING
    is_role = isinstance(proposal, Proposal) and proposal.kind == CONFIRM_ROLE
    return SignatureNotice.ROLE if is_role else KeyNotice.ANSWERED


def role_of(proposal: TwoSignatures) -> Role | None:
    """The role that waits for the second signature."""
    if not isinstance(proposal, Proposal) or proposal.kind != CONFIRM_ROLE:
        return None
    roles = Role.objects.select_related("person", "organisation")
    return roles.filter(pk=int(proposal.subject_id)).first()


def changed_since(since: datetime) -> QuerySet[SignatoryChange]:
    """Changes of who signs the certificates, since then."""
    return SignatoryChange.objects.filter(at__gte=since)


def other_administrators(change: SignatoryChange, day: date) -> set[UUID]:
    """Of the organisation, but for whoever made the change."""
    roles = Role.objects.active(day).filter(organisation=change.organisation_id, kind=RoleKind.ADMINISTRATOR)
    people = roles.filter(person__is_active=True).values_list("person", flat=True)
    return set(people) - {change.by_id}


def changed_signatories(notices: list[Notice]) -> dict[UUID, SignatoryChange]:
    """By notice: the change that it tells of."""
    rows = SignatoryChange.objects.select_related("organisation").in_bulk([UUID(one.subject_id) for one in notices])
    return {one.pk: rows[UUID(one.subject_id)] for one in notices if UUID(one.subject_id) in rows}


def signed_things(notices: list[Notice]) -> dict[UUID, TwoSignatures]:
    """By notice: what it is about.  A query for each table that they speak of."""
    found: dict[UUID, TwoSignatures] = {}
    for label, model in _TABLES.items():
        about = [one for one in notices if one.subject_type == label]
        rows = model._default_manager.select_related("organisation").in_bulk([UUID(one.subject_id) for one in about])
        found |= {one.pk: rows[UUID(one.subject_id)] for one in about if UUID(one.subject_id) in rows}
    return found


def signature_notice_holds(notice: Notice, at: datetime) -> bool:
    """Is there still something to say to her?"""
    if notice.kind == SignatoryNotice.CHANGED:
        return is_living(notice.person) and bool(changed_signatories([notice]))
    proposal = signed_things([notice]).get(notice.pk)
    if proposal is None or not is_living(notice.person):
        return False
    waits = proposal.state_at(at) == ProposalState.WAITING
    return waits if notice.kind == KeyNotice.ASKED else not waits
