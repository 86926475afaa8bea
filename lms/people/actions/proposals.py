"""One proposes, another confirms: what is the same of everything that takes two people.

The app whose verb it is checks who may sign there, calls these within its transaction, and does the thing.
"""

from collections.abc import Callable
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from lms.common.errors import ActionError
from lms.people.actions.audit import record_audit
from lms.people.models import Organisation, Proposal, RoleKind, TwoSignatures, User
from lms.people.permissions import ask_anew, has_role
from lms.people.queries import are_independent


class ProposalSettled(ActionError):
    code = "proposal_settled"
    message = _("This proposal was confirmed, declined or withdrawn before.")


class ProposalLapsed(ActionError):
    """A yes of long ago is none to what is the case today."""

    code = "proposal_lapsed"
    message = _("Nobody confirmed this proposal in time, so it has lapsed. Propose it anew if it is still needed.")


class AlreadyProposed(ActionError):
    code = "already_proposed"
    message = _("The same is proposed already and waits for its second signature.")


class OwnProposal(ActionError):
    code = "own_proposal"
    message = _("You made this proposal yourself. You can withdraw it.")


class NotYourProposal(ActionError):
    code = "not_your_proposal"
    message = _("Somebody else made this proposal. You can decline it.")


class ProposerGone(ActionError):
    """Her signature counts as long as she may sign there."""

    code = "proposer_gone"
    message = _("Whoever proposed this may not sign here any more. Propose it anew yourself; another person confirms.")


class SignersNotIndependent(ActionError):
    """One person stands behind both signers: who gives roles could have made both signatures herself."""

    code = "signers_not_independent"
    message = _(
        "One person could have made both signatures. Both of you have your role, the link to your password, a renewed"
        " card or the word that woke your roles from the same person, or one from the other. The second signature must"
        " come from elsewhere: whoever runs the installation can invite a second administrator or, where it is about a"
        " link, make one of you a new one; it counts once it has been used. What was proposed before that is proposed"
        " anew."
    )


class MayNotPropose(ActionError):
    code = "may_not_propose"
    message = _("Only an administrator of this organisation may do this.")


class WhyMissing(ActionError):
    """The second person reads it, and whoever asks in a year."""

    code = "why_missing"
    message = _("Write why: the second person reads it before she confirms.")


class DeclinedWithoutWhy(ActionError):
    """Whoever proposed it would have to guess."""

    code = "declined_without_why"
    message = _("Write why you decline: whoever proposed it reads it.")


def lock_house(*, organisation_id: UUID) -> None:
    """Two who propose or do the same at once wait for one another."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)


@transaction.atomic
def make_proposal(
    *,
    kind: str,
    subject: Model,
    organisation: Organisation,
    reason: str,
    by: User,
    at: datetime,
    parameters: dict | None = None,
) -> Proposal:
    """The first signature, of an administrator.  Raises MayNotPropose, WhyMissing, AlreadyProposed."""
    lock_house(organisation_id=organisation.pk)
    ask_anew(by)
    if not _administers(by, organisation.pk):
        raise MayNotPropose
    if not reason.strip():
        raise WhyMissing
    about = {"kind": kind, "subject_type": subject._meta.label_lower, "subject_id": str(subject.pk)}
    if Proposal.objects.waiting(at).filter(**about).exists():
        raise AlreadyProposed
    proposal = Proposal.objects.create(
        organisation=organisation,
        reason=reason.strip(),
        proposed_by=by,
        proposed_at=at,
        parameters=parameters or {},
        **about,
    )
    record_audit(
        verb="make_proposal", subject=proposal, by=by, at=at, organisation_id=organisation.pk, details={"kind": kind}
    )
    return proposal


@transaction.atomic
def confirm_proposal(*, proposal: Proposal, by: User, at: datetime) -> Proposal:
    """The second signature, of another administrator; the caller does the thing in the same transaction.

    Raises MayNotPropose, OwnProposal, ProposalSettled, ProposalLapsed, ProposerGone, SignersNotIndependent.
    """
    locked = lock_proposal(proposal=proposal)
    house = locked.organisation_id
    sign_second(proposal=locked, by=by, at=at, may_sign=lambda one: _administers(one, house), refused=MayNotPropose())
    record_audit(
        verb="confirm_proposal", subject=locked, by=by, at=at, organisation_id=house, details={"kind": locked.kind}
    )
    return locked


def _administers(person: User, organisation_id: UUID) -> bool:
    """May she sign for what takes two administrators there?"""
    return has_role(person, RoleKind.ADMINISTRATOR, organisation_id=organisation_id)


def lock_proposal[P: TwoSignatures](*, proposal: P) -> P:
    """The row under lock.  Raises ProposalSettled."""
    locked = cast(P, type(proposal)._default_manager.select_for_update(no_key=True).get(pk=proposal.pk))
    if locked.confirmed_at or locked.declined_at:
        raise ProposalSettled
    return locked


def sign_second(
    *, proposal: TwoSignatures, by: User, at: datetime, may_sign: Callable[[User], bool], refused: ActionError
) -> None:
    """The second signature, under the caller's lock: by another person, who does not depend on the first.

    `may_sign` is asked about both, by their roles as they are now; `refused` is raised where `by` may not.
    Raises OwnProposal, ProposalLapsed, ProposerGone, SignersNotIndependent.
    """
    ask_anew(by)
    if not may_sign(by):
        raise refused
    if by.pk == proposal.proposed_by_id:
        raise OwnProposal
    if at >= proposal.lapses_at:
        raise ProposalLapsed
    proposer = User.objects.get(pk=proposal.proposed_by_id)
    if not proposer.is_active or not may_sign(proposer):
        raise ProposerGone
    if not are_independent(by.pk, proposer.pk, since=proposal.proposed_at):
        raise SignersNotIndependent
    proposal.confirmed_by, proposal.confirmed_at = by, at
    proposal.save(update_fields=["confirmed_by", "confirmed_at"])


@transaction.atomic
def decline_proposal[P: TwoSignatures](
    *, proposal: P, why: str, by: User, at: datetime, verb: str = "decline_proposal"
) -> P:
    """Another one's; the caller knows that she might sign it.

    Raises OwnProposal, DeclinedWithoutWhy, ProposalSettled.
    """
    locked = lock_proposal(proposal=proposal)
    if by.pk == locked.proposed_by_id:
        raise OwnProposal
    if not why.strip():
        raise DeclinedWithoutWhy
    locked.declined_because = why.strip()
    return _take_off_the_table(locked, verb, by, at)


@transaction.atomic
def withdraw_proposal[P: TwoSignatures](*, proposal: P, by: User, at: datetime, verb: str = "withdraw_proposal") -> P:
    """Her own.  Raises NotYourProposal, ProposalSettled."""
    locked = lock_proposal(proposal=proposal)
    if by.pk != locked.proposed_by_id:
        raise NotYourProposal
    return _take_off_the_table(locked, verb, by, at)


def _take_off_the_table[P: TwoSignatures](proposal: P, verb: str, by: User, at: datetime) -> P:
    proposal.declined_by, proposal.declined_at = by, at
    proposal.save(update_fields=["declined_by", "declined_at", "declined_because"])
    record_audit(verb=verb, subject=proposal, by=by, at=at, organisation_id=proposal.organisation_id)
    return proposal
