"""What takes two people: whose the second signature may be is asked for it, and all are told what became of it.

And what one person may do alone, but not unseen: to change who signs the certificates.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.certificates.models import KeyNotice, SignatoryNotice
from lms.certificates.queries import (
    changed_since,
    other_administrators,
    settled_since,
    signature_notice_holds,
    told_of,
)
from lms.common.dates import local_day
from lms.common.errors import ActionError
from lms.notices.actions import BatchPlan, cancel_notice, plan_batch, send_notice
from lms.notices.models import Notice
from lms.people.models import Proposal, SignatoryChange, TwoSignatures
from lms.people.queries import second_signers_of

# The Celery task that checks our notices (lms.certificates.tasks).
CHECK_KEY_NOTICE = "certificates.check_key_notice"
# Why a notice was not sent: answered before it could be.
ANSWERED = "answered"
# What was settled longer ago is no news: so long the schedule may have stood still.
TOLD_WITHIN = timedelta(days=2)


class NobodyConfirms(ActionError):
    """Said before it waits in vain."""

    code = "nobody_confirms"
    message = _(
        "Nobody could confirm it: a second administrator is needed who has her role from somebody else than you. "
        "Whoever runs this site invites her under “Organisations”."
    )


def ask_second(*, proposal: Proposal, at: datetime) -> None:
    """Tells those whose the second signature may be, within the caller's transaction.  Raises NobodyConfirms."""
    others = second_signers_of(proposal.organisation_id, proposal.proposed_by)
    if not others:
        raise NobodyConfirms
    plan_batch(plan=_plan(KeyNotice.ASKED, proposal, at), people=[person.pk for person in others], at=at)


@transaction.atomic
def plan_outcomes(*, at: datetime) -> int:
    """Whoever signed is told what became of it, and so is whose role it is about; says how many messages are new.

    Of everything that takes two people, once for each: pulled from what is written down, for a proposal lapses without
    anybody doing anything.  A repeat is harmless.
    """
    return sum(
        plan_batch(plan=_plan(kind, proposal, at), people=people, at=at)
        for proposal in settled_since(at - TOLD_WITHIN, at)
        for kind, people in told_of(proposal, at).items()
    )


@transaction.atomic
def plan_signatory_notices(*, at: datetime) -> int:
    """The other administrators are told that one of them changed who signs; says how many messages are new.

    One person alone changes what stands above the line on every paper to come, so that an organisation with one
    administrator can begin; the others hear of it within minutes, and whoever issues reads it where she does.
    """
    return sum(
        plan_batch(plan=_plan(SignatoryNotice.CHANGED, one, at), people=other_administrators(one, local_day(at)), at=at)
        for one in changed_since(at - TOLD_WITHIN)
    )


def settle_signature_notice(*, notice: Notice, at: datetime) -> None:
    """Sends it if it still holds, else cancels it.  Never within a transaction: see send_notice."""
    if signature_notice_holds(notice, at):
        send_notice(notice=notice, at=at)
    else:
        cancel_notice(notice=notice, reason=ANSWERED, at=at)


def _plan(kind: str, subject: TwoSignatures | SignatoryChange, at: datetime) -> BatchPlan:
    return BatchPlan(kind=kind, subject=subject, name=f"{kind}:{subject.pk}", due_at=at, checked_by=CHECK_KEY_NOTICE)
