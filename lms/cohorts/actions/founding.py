"""Founding standings: how the first trainers begin, by the signatures of two people who do not depend on each other."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.cohorts.actions.standings import Grant, ReasonNeeded, grant_standing
from lms.cohorts.models import FoundingProposal, Level, Standing
from lms.cohorts.permissions import FOUNDING_ROLES, covers
from lms.common.errors import ActionError
from lms.people.actions import NotOfHere, record_audit
from lms.people.models import Organisation, User
from lms.people.permissions import belongs_to
from lms.people.queries import signing_line
from lms.regions.models import Region


class MayNotSign(ActionError):
    code = "may_not_sign"
    message = _("Only a coordinator or administrator of this organisation and region may sign.")


class TwoPeopleNeeded(ActionError):
    code = "two_people_needed"
    message = _("A founding standing needs two people, and neither of them may be the trainer in question.")


class SignersNotIndependent(ActionError):
    """One person stands behind both signers: who gives roles could have made both signatures herself."""

    code = "signers_not_independent"
    message = _(
        "One person could have made both signatures. Both of you have your role, the link to your password, a renewed"
        " card or the word that woke your roles from the same person, or one from the other. The second signature must"
        " come from elsewhere: whoever runs the installation can invite a second administrator or, where it is about a"
        " link, make one of you a new one."
    )


class ProposalSettled(ActionError):
    code = "proposal_settled"
    message = _("This proposal was confirmed, declined or withdrawn before.")


class OwnProposal(ActionError):
    code = "own_proposal"
    message = _("You made this proposal yourself. You can withdraw it.")


class NotYourProposal(ActionError):
    code = "not_your_proposal"
    message = _("Somebody else made this proposal. You can decline it.")


class AlreadyProposed(ActionError):
    code = "already_proposed"
    message = _("A proposal for this person and module waits for its second signature.")


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
    if same.filter(confirmed_at__isnull=True, declined_at__isnull=True).exists():
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

    Raises MayNotSign, TwoPeopleNeeded, NotOfHere, SignersNotIndependent, ProposalSettled.
    """
    locked = _lock_proposal(proposal)
    _require_signer(by=by, person=locked.person, organisation=locked.organisation, region=locked.region)
    if by.pk == locked.proposed_by_id:
        raise TwoPeopleNeeded
    _require_independent(by.pk, locked.proposed_by_id)
    locked.confirmed_by, locked.confirmed_at = by, at
    locked.save(update_fields=["confirmed_by", "confirmed_at"])
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
def decline_founding(*, proposal: FoundingProposal, by: User, at: datetime) -> FoundingProposal:
    """Another one's proposal, by whoever might sign it.  Raises MayNotSign, OwnProposal, ProposalSettled."""
    locked = _lock_proposal(proposal)
    if not covers(by, locked.organisation, locked.region, FOUNDING_ROLES):
        raise MayNotSign
    if by.pk == locked.proposed_by_id:
        raise OwnProposal
    return _take_off_the_table(locked, "decline_founding", by, at)


@transaction.atomic
def withdraw_founding(*, proposal: FoundingProposal, by: User, at: datetime) -> FoundingProposal:
    """Her own proposal.  Raises NotYourProposal, ProposalSettled."""
    locked = _lock_proposal(proposal)
    if by.pk != locked.proposed_by_id:
        raise NotYourProposal
    return _take_off_the_table(locked, "withdraw_founding", by, at)


def _take_off_the_table(proposal: FoundingProposal, verb: str, by: User, at: datetime) -> FoundingProposal:
    proposal.declined_at = at
    proposal.save(update_fields=["declined_at"])
    record_audit(verb=verb, subject=proposal, by=by, at=at, organisation_id=proposal.organisation_id)
    return proposal


def _lock_proposal(proposal: FoundingProposal) -> FoundingProposal:
    locked = FoundingProposal.objects.select_for_update(no_key=True).get(pk=proposal.pk)
    if locked.confirmed_at or locked.declined_at:
        raise ProposalSettled
    return locked


def _require_signer(*, by: User, person: User, organisation: Organisation, region: Region | None) -> None:
    if not covers(by, organisation, region, FOUNDING_ROLES):
        raise MayNotSign
    if by.pk == person.pk:
        raise TwoPeopleNeeded
    # A standing says that she works here: it shuts others out of her account and card, and nobody asked her.
    if not belongs_to(person, organisation):
        raise NotOfHere


def _require_independent(one: UUID, other: UUID) -> None:
    """Their roles go back to different people whom the installation itself invited."""
    if signing_line(one) & signing_line(other):
        raise SignersNotIndependent
