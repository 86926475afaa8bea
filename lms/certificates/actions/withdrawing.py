"""A signing key that others may have seen: one administrator proposes to withdraw it, another confirms."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.certificates.actions.keys import withdraw_key
from lms.certificates.actions.signatures import ask_second
from lms.certificates.models import KeyState, ProposalKind, SigningKey
from lms.common.errors import ActionError
from lms.people.actions import confirm_proposal, make_proposal
from lms.people.models import Proposal, User


class KeyWithdrawn(ActionError):
    code = "key_withdrawn"
    message = _("This key is withdrawn already.")


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
    ask_second(proposal=proposal, at=at)
    return proposal


@transaction.atomic
def confirm_key_withdrawal(*, proposal: Proposal, by: User, at: datetime) -> SigningKey:
    """The second signature withdraws the key; the caller has its certificates signed again (tasks.sign_key_again).

    Raises MayNotPropose, OwnProposal, ProposalSettled, ProposalLapsed, ProposerGone, SignersNotIndependent;
    JournalUnwritable, and then nothing is withdrawn.
    """
    confirmed = confirm_proposal(proposal=proposal, by=by, at=at)
    return withdraw_key(key=SigningKey.objects.get(pk=confirmed.subject_id), by=by, at=at)
