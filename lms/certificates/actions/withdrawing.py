"""A signing key that others may have seen: one administrator proposes to withdraw it, another confirms."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.certificates.actions.keys import withdraw_key
from lms.certificates.models import KeyNotice, KeyState, ProposalKind, SigningKey
from lms.certificates.queries import key_notice_holds
from lms.common.errors import ActionError
from lms.notices.actions import BatchPlan, cancel_notice, plan_batch, send_notice
from lms.notices.models import Notice
from lms.people.actions import confirm_proposal, decline_proposal, make_proposal, withdraw_proposal
from lms.people.models import Proposal, User
from lms.people.queries import second_signers_of

# The Celery task that checks our notices (lms.certificates.tasks).
CHECK_KEY_NOTICE = "certificates.check_key_notice"
# Why a notice was not sent: answered before it could be.
ANSWERED = "answered"


class KeyWithdrawn(ActionError):
    code = "key_withdrawn"
    message = _("This key is withdrawn already.")


class NobodyConfirms(ActionError):
    """Said before it waits in vain."""

    code = "nobody_confirms"
    message = _(
        "Nobody could confirm it: a second administrator is needed who has her role from somebody else than you. "
        "Whoever runs this site invites her under “Organisations”, or withdraws the key herself on the server."
    )


@transaction.atomic
def propose_key_withdrawal(*, key: SigningKey, reason: str, by: User, at: datetime) -> Proposal:
    """The first signature; those whose the second may be are told.

    Raises KeyWithdrawn, NobodyConfirms, MayNotPropose, WhyMissing, AlreadyProposed.
    """
    proposal = make_proposal(
        kind=ProposalKind.WITHDRAW_KEY, subject=key, organisation=key.organisation, reason=reason, by=by, at=at
    )
    if SigningKey.objects.get(pk=key.pk).state == KeyState.COMPROMISED:
        raise KeyWithdrawn
    others = second_signers_of(key.organisation_id, by)
    if not others:
        raise NobodyConfirms
    _tell(KeyNotice.ASKED, proposal, [person.pk for person in others], at)
    return proposal


@transaction.atomic
def confirm_key_withdrawal(*, proposal: Proposal, by: User, at: datetime) -> SigningKey:
    """The second signature withdraws the key; the caller has its certificates signed again (tasks.sign_key_again).

    Raises MayNotPropose, OwnProposal, ProposalSettled, ProposalLapsed, ProposerGone, SignersNotIndependent;
    JournalUnwritable, and then nothing is withdrawn.
    """
    confirmed = confirm_proposal(proposal=proposal, by=by, at=at)
    key = withdraw_key(key=SigningKey.objects.get(pk=confirmed.subject_id), by=by, at=at)
    _tell(KeyNotice.ANSWERED, confirmed, [confirmed.proposed_by_id, by.pk], at)
    return key


@transaction.atomic
def decline_key_withdrawal(*, proposal: Proposal, by: User, at: datetime) -> Proposal:
    """The key goes on; whoever proposed it is told.  Raises OwnProposal, ProposalSettled."""
    declined = decline_proposal(proposal=proposal, by=by, at=at)
    _tell(KeyNotice.ANSWERED, declined, [declined.proposed_by_id], at)
    return declined


@transaction.atomic
def take_back_key_withdrawal(*, proposal: Proposal, by: User, at: datetime) -> Proposal:
    """Her own proposal.  Raises NotYourProposal, ProposalSettled."""
    return withdraw_proposal(proposal=proposal, by=by, at=at)


def settle_key_notice(*, notice: Notice, at: datetime) -> None:
    """Sends it if it still holds, else cancels it.  Never within a transaction: see send_notice."""
    if key_notice_holds(notice, at):
        send_notice(notice=notice, at=at)
    else:
        cancel_notice(notice=notice, reason=ANSWERED, at=at)


def _tell(kind: KeyNotice, proposal: Proposal, people: Iterable[UUID], at: datetime) -> None:
    plan = BatchPlan(kind=kind, subject=proposal, name=f"{kind}:{proposal.pk}", due_at=at, checked_by=CHECK_KEY_NOTICE)
    plan_batch(plan=plan, people=people, at=at)
