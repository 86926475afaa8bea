"""Founding standings: how the first trainers begin, by the signatures of two people who do not depend on each other."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.cohorts.actions.standings import Grant, ReasonNeeded, grant_standing
from lms.cohorts.models import FoundingProposal, Level, Standing
from lms.cohorts.permissions import FOUNDING_ROLES, covers
from lms.common.errors import ActionError
from lms.people.actions import (
    AlreadyProposed,
    NotOfHere,
    decline_proposal,
    lock_proposal,
    record_audit,
    sign_second,
    withdraw_proposal,
)
from lms.people.models import Organisation, User
from lms.people.permissions import belongs_to
from lms.regions.models import Region


class MayNotSign(ActionError):
    code = "may_not_sign"
    message = _("Only a coordinator or administrator of this organisation and region may sign.")


class TwoPeopleNeeded(ActionError):
    code = "two_people_needed"
    message = _("A founding standing needs two people, and neither of them may be the trainer in question.")


@transaction.atomic
def propose_founding(
    *,
    person: User,
    organisation: Organisation,
    module_code: str,
    languages: Sequence[str],
    reason: str,
    by: User,
    at: datetime,
    region: Region | None = None,
) -> FoundingProposal:
    """The first signature.  Raises MayNotSign, TwoPeopleNeeded, NotOfHere, ReasonNeeded, AlreadyProposed."""
    _require_signer(by=by, person=person, organisation=organisation, region=region)
    if not reason.strip():
        raise ReasonNeeded
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    same = FoundingProposal.objects.filter(person=person, organisation=organisation, module_code=module_code)
    if same.waiting(at).exists():
        raise AlreadyProposed
    proposal = FoundingProposal.objects.create(
        person=person,
        organisation=organisation,
        module_code=module_code,
        languages=list(languages),
        region=region,
        reason=reason.strip(),
        proposed_by=by,
        proposed_at=at,
    )
    record_audit(verb="propose_founding", subject=proposal, by=by, at=at, organisation_id=organisation.pk)
    return proposal


@transaction.atomic
def confirm_founding(*, proposal: FoundingProposal, by: User, at: datetime) -> Standing:
    """The second signature makes the standing.

    Raises MayNotSign, TwoPeopleNeeded, NotOfHere, ProposalLapsed, ProposerGone, SignersNotIndependent, ProposalSettled.
    """
    locked = lock_proposal(proposal=proposal)
    _require_signer(by=by, person=locked.person, organisation=locked.organisation, region=locked.region)
    if by.pk == locked.proposed_by_id:
        raise TwoPeopleNeeded
    sign_second(proposal=locked, by=by, at=at, may_sign=partial(_may_sign, locked), refused=MayNotSign())
    return grant_standing(grant=_granted_by(locked, at), by=by, at=at)


def _granted_by(proposal: FoundingProposal, at: datetime) -> Grant:
    return Grant(
        person=proposal.person,
        organisation=proposal.organisation,
        module_code=proposal.module_code,
        level=Level.FOUNDING,
        languages=proposal.languages,
        region=proposal.region,
        starts_on=timezone.localdate(at),
        granted_by=proposal.pk,
        reason=proposal.reason,
    )


@transaction.atomic
def decline_founding(*, proposal: FoundingProposal, why: str, by: User, at: datetime) -> FoundingProposal:
    """Another one's proposal, by whoever might sign it.

    Raises MayNotSign, OwnProposal, DeclinedWithoutWhy, ProposalSettled.
    """
    if not _may_sign(proposal, by):
        raise MayNotSign
    return decline_proposal(proposal=proposal, why=why, verb="decline_founding", by=by, at=at)


@transaction.atomic
def withdraw_founding(*, proposal: FoundingProposal, by: User, at: datetime) -> FoundingProposal:
    """Her own proposal.  Raises NotYourProposal, ProposalSettled."""
    return withdraw_proposal(proposal=proposal, verb="withdraw_founding", by=by, at=at)


def _may_sign(proposal: FoundingProposal, person: User) -> bool:
    return covers(person, proposal.organisation, proposal.region, FOUNDING_ROLES)


def _require_signer(*, by: User, person: User, organisation: Organisation, region: Region | None) -> None:
    if not covers(by, organisation, region, FOUNDING_ROLES):
        raise MayNotSign
    if by.pk == person.pk:
        raise TwoPeopleNeeded
    # A standing says that she works here: it shuts others out of her account and card, and nobody asked her.
    if not belongs_to(person, organisation):
        raise NotOfHere
