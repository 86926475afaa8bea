"""A role that may issue certificates: one administrator gives it, another confirms; until then it opens nothing."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.common.errors import ActionError
from lms.people.actions.proposals import confirm_proposal, decline_proposal, withdraw_proposal
from lms.people.actions.roles import end_role
from lms.people.models import Proposal, Role, User
from lms.people.permissions import ask_anew
from lms.people.queries import has_come_since_link


class RoleOver(ActionError):
    code = "role_over"
    message = _("This role has ended meanwhile.")


class NotComeYet(ActionError):
    """Whoever was shown the link, or reads the mail that it went to, could still use it after the signature."""

    code = "not_come_yet"
    message = _(
        "A link to her password was made, and nobody has signed in as she since. Ask her to use it first; then confirm."
    )


@transaction.atomic
def confirm_role(*, proposal: Proposal, by: User, at: datetime) -> Role:
    """The second signature: from now on the role opens what it is for.

    Never hers who got it, for she depends on whoever gave it.

    Raises RoleOver, NotComeYet, MayNotPropose, OwnProposal, ProposalSettled, ProposalLapsed, ProposerGone,
    SignersNotIndependent.
    """
    confirmed = confirm_proposal(proposal=proposal, by=by, at=at)
    roles = Role.objects.select_for_update(of=("self",), no_key=True).select_related("person")
    role = roles.get(pk=int(confirmed.subject_id))
    if role.unconfirmed_since is None or role.has_ended(timezone.localdate(at)):
        raise RoleOver
    if not has_come_since_link(role.person):
        raise NotComeYet
    role.unconfirmed_since = None
    role.save(update_fields=["unconfirmed_since"])
    ask_anew(role.person)
    return role


@transaction.atomic
def refuse_role(*, proposal: Proposal, by: User, at: datetime, own: bool) -> Role:
    """Ends it: another one's by whoever might confirm it, or (`own`) by whoever gave it.

    Raises OwnProposal, NotYourProposal, ProposalSettled.
    """
    settle = withdraw_proposal if own else decline_proposal
    settled = settle(proposal=proposal, by=by, at=at)
    return end_role(role=Role.objects.get(pk=int(settled.subject_id)), by=by, at=at)
