"""A role that may issue certificates: one administrator gives it, another confirms; until then it opens nothing."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.common.errors import ActionError
from lms.people.actions.closing import end_password
from lms.people.actions.proposals import confirm_proposal, decline_proposal, withdraw_proposal
from lms.people.actions.roles import end_role
from lms.people.models import Proposal, Role, User
from lms.people.permissions import ask_anew
from lms.people.queries import could_be, has_come_since_link


class RoleOver(ActionError):
    code = "role_over"
    message = _("This role has ended meanwhile.")


class NotComeYet(ActionError):
    """Whoever was shown the link, or reads the mail that it went to, could still use it after the signature."""

    code = "not_come_yet"
    message = _(
        "A link to her password was made, and nobody has signed in as she since. Ask her to use it first; then confirm."
    )


class CouldBeShe(ActionError):
    """One person would plan and issue with an account that she holds."""

    code = "could_be_she"
    message = _(
        "You could be she: a link to her password was shown to you or to somebody who depends on you, or you said where"
        " such links go, renewed her card or told the word that woke her roles. So another administrator confirms."
        " Where it is about a link, that one can also make her a new one; once she has used it, you may."
    )


@transaction.atomic
def confirm_role(*, proposal: Proposal, by: User, at: datetime, ends_password: bool = False) -> Role:
    """The second signature: from now on the role opens what it is for.

    Never hers who got it, for she depends on whoever gave it.  `ends_password`: she did not set it herself, so that
    only her card is left.

    Raises RoleOver, NotComeYet, CouldBeShe, NoCard, MayNotPropose, OwnProposal, ProposalSettled, ProposalLapsed,
    ProposerGone, SignersNotIndependent.
    """
    # Her row first, as whoever makes a link: none is made between the look and the signature.
    User.objects.select_for_update(no_key=True).filter(pk__in=_holder_of(proposal)).first()
    confirmed = confirm_proposal(proposal=proposal, by=by, at=at)
    roles = Role.objects.select_for_update(of=("self",), no_key=True).select_related("person")
    role = roles.get(pk=int(confirmed.subject_id))
    if role.unconfirmed_since is None or role.has_ended(timezone.localdate(at)):
        raise RoleOver
    if could_be(by.pk, role.person_id):
        raise CouldBeShe
    if not has_come_since_link(role.person):
        raise NotComeYet
    if ends_password:
        end_password(person=role.person, by=by, at=at)
    role.unconfirmed_since = None
    role.save(update_fields=["unconfirmed_since"])
    ask_anew(role.person)
    return role


def _holder_of(proposal: Proposal) -> QuerySet[Role, tuple[UUID]]:
    return Role.objects.filter(pk=int(proposal.subject_id)).values_list("person")


@transaction.atomic
def refuse_role(*, proposal: Proposal, why: str, by: User, at: datetime) -> Role:
    """Ends it: another one's, by whoever might confirm it.  Raises OwnProposal, DeclinedWithoutWhy, ProposalSettled."""
    settled = decline_proposal(proposal=proposal, why=why, by=by, at=at)
    return end_role(role=Role.objects.get(pk=int(settled.subject_id)), by=by, at=at)


@transaction.atomic
def take_role_back(*, proposal: Proposal, by: User, at: datetime) -> Role:
    """Ends it: by whoever gave it, before anybody confirmed.  Raises NotYourProposal, ProposalSettled."""
    settled = withdraw_proposal(proposal=proposal, by=by, at=at)
    return end_role(role=Role.objects.get(pk=int(settled.subject_id)), by=by, at=at)
