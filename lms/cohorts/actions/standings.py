"""Standing: granted by a certificate or by two people, withdrawn, accompanied by a coach."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.cohorts.models import (
    CURRENT_STANDING_STATES,
    Coaching,
    Cohort,
    FoundingProposal,
    Level,
    Standing,
    StandingState,
)
from lms.cohorts.permissions import FOUNDING_ROLES, covers
from lms.common.errors import ActionError
from lms.people.actions import record_audit
from lms.people.models import Organisation, Role, User
from lms.regions.models import Region


class StandingAlreadyHigher(ActionError):
    code = "standing_already_higher"
    message = _("This person already has a higher standing for this module.")


class StandingNotCurrent(ActionError):
    code = "standing_not_current"
    message = _("This standing has ended.")


class CoachIsHerself(ActionError):
    code = "coach_is_herself"
    message = _("Nobody can coach themselves. Choose another person.")


class CoachingDates(ActionError):
    code = "coaching_dates"
    message = _("The coaching must end on or after the day on which it starts.")


class MayNotSign(ActionError):
    code = "may_not_sign"
    message = _("Only a coordinator or administrator of this organisation and region may sign.")


class TwoPeopleNeeded(ActionError):
    code = "two_people_needed"
    message = _("A founding standing needs two people, and neither of them may be the trainer in question.")


class SignersNotIndependent(ActionError):
    """One signer gave the other her role: she could have made the second signature herself."""

    code = "signers_not_independent"
    message = _("One of you two gave the other her role. The second signature must come from somebody else.")


class ReasonNeeded(ActionError):
    code = "reason_needed"
    message = _("Write the reason: who will read it later was not there.")


class ProposalSettled(ActionError):
    code = "proposal_settled"
    message = _("This proposal was confirmed or declined before.")


class AlreadyProposed(ActionError):
    code = "already_proposed"
    message = _("A proposal for this person and module waits for its second signature.")


@transaction.atomic
def grant_standing(
    *,
    person: User,
    organisation: Organisation,
    module_code: str,
    level: str,
    languages: Sequence[str],
    starts_on: date,
    by: User,
    at: datetime,
    region: Region | None = None,
    ends_on: date | None = None,
    qualified_in: Cohort | None = None,
    granted_by: UUID | None = None,
    reason: str = "",
) -> Standing:
    """What she may train from now on, in place of her current standing for the module.

    `granted_by` is the certificate's or the proposal's id; the same one twice gives the same standing.
    Raises StandingAlreadyHigher where a candidate's would replace more.
    """
    User.objects.select_for_update().get(pk=person.pk)
    same = Standing.objects.filter(person=person, module_code=module_code, organisation=organisation)
    if granted_by and (known := same.filter(granted_by=granted_by, level=level).first()):
        return known
    current = same.filter(state__in=CURRENT_STANDING_STATES).first()
    if current:
        _replace(current, level, starts_on)
    standing = Standing.objects.create(
        person=person,
        organisation=organisation,
        module_code=module_code,
        level=level,
        languages=list(languages),
        region=region,
        starts_on=starts_on,
        ends_on=ends_on,
        qualified_in=qualified_in,
        granted_by=granted_by,
        reason=reason,
        created_at=at,
    )
    _note("grant_standing", standing, by, at)
    return standing


def _replace(current: Standing, level: str, day: date) -> None:
    if level == Level.CANDIDATE and current.level != Level.CANDIDATE and current.lasts_until(day):
        raise StandingAlreadyHigher
    current.state = StandingState.REPLACED
    current.save(update_fields=["state"])


@transaction.atomic
def withdraw_standing(*, standing: Standing, reason: str, by: User, at: datetime) -> Standing:
    """Takes it away; a repeat is harmless.  Raises ReasonNeeded."""
    if not reason.strip():
        raise ReasonNeeded
    locked = Standing.objects.select_for_update().get(pk=standing.pk)
    if locked.state not in CURRENT_STANDING_STATES:
        return locked
    locked.state, locked.reason = StandingState.WITHDRAWN, reason.strip()
    locked.save(update_fields=["state", "reason"])
    _note("withdraw_standing", locked, by, at)
    return locked


@transaction.atomic
def appoint_coach(
    *,
    standing: Standing,
    coach: User,
    by: User,
    at: datetime,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Coaching:
    """Names the coach, by default from today to the end of the standing.  An earlier coach's time ends.

    Raises StandingNotCurrent, CoachIsHerself, CoachingDates.
    """
    locked = Standing.objects.select_for_update().get(pk=standing.pk)
    first = starts_on or timezone.localdate(at)
    last = ends_on or locked.ends_on or first
    if locked.state not in CURRENT_STANDING_STATES:
        raise StandingNotCurrent
    if coach.pk == locked.person_id:
        raise CoachIsHerself
    if last < first:
        raise CoachingDates
    others = locked.coachings.exclude(coach=coach, starts_on=first)
    others.filter(ends_on__gte=first, starts_on__lt=first).update(ends_on=first)
    coaching, _made = Coaching.objects.update_or_create(
        standing=locked, coach=coach, starts_on=first, defaults={"ends_on": last}
    )
    _note("appoint_coach", locked, by, at, {"coach": str(coach.pk)})
    return coaching


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
    """The first signature.  Raises MayNotSign, TwoPeopleNeeded, ReasonNeeded, AlreadyProposed."""
    _require_signer(by=by, person=person, organisation=organisation, region=region)
    if not reason.strip():
        raise ReasonNeeded
    User.objects.select_for_update().get(pk=person.pk)
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

    Raises MayNotSign, TwoPeopleNeeded, SignersNotIndependent, ProposalSettled.
    """
    locked = _lock_proposal(proposal)
    _require_signer(by=by, person=locked.person, organisation=locked.organisation, region=locked.region)
    if by.pk == locked.proposed_by_id:
        raise TwoPeopleNeeded
    _require_independent(by.pk, locked.proposed_by_id)
    locked.confirmed_by, locked.confirmed_at = by, at
    locked.save(update_fields=["confirmed_by", "confirmed_at"])
    return grant_standing(
        person=locked.person,
        organisation=locked.organisation,
        module_code=locked.module_code,
        level=Level.FOUNDING,
        languages=locked.languages,
        region=locked.region,
        starts_on=timezone.localdate(at),
        granted_by=locked.pk,
        reason=locked.reason,
        by=by,
        at=at,
    )


@transaction.atomic
def decline_founding(*, proposal: FoundingProposal, by: User, at: datetime) -> FoundingProposal:
    """Takes the proposal off the table, by whoever might sign it.  Raises MayNotSign, ProposalSettled."""
    locked = _lock_proposal(proposal)
    if not covers(by, locked.organisation, locked.region, FOUNDING_ROLES):
        raise MayNotSign
    locked.declined_at = at
    locked.save(update_fields=["declined_at"])
    record_audit(verb="decline_founding", subject=locked, by=by, at=at, organisation_id=locked.organisation_id)
    return locked


def _lock_proposal(proposal: FoundingProposal) -> FoundingProposal:
    locked = FoundingProposal.objects.select_for_update().get(pk=proposal.pk)
    if locked.confirmed_at or locked.declined_at:
        raise ProposalSettled
    return locked


def _require_signer(*, by: User, person: User, organisation: Organisation, region: Region | None) -> None:
    if not covers(by, organisation, region, FOUNDING_ROLES):
        raise MayNotSign
    if by.pk == person.pk:
        raise TwoPeopleNeeded


def _require_independent(one: UUID, other: UUID) -> None:
    given = Q(person=one, granted_by=other) | Q(person=other, granted_by=one)
    if Role.objects.filter(given, kind__in=FOUNDING_ROLES).exists():
        raise SignersNotIndependent


def _note(verb: str, standing: Standing, by: User, at: datetime, details: dict | None = None) -> None:
    facts = {"module": standing.module_code, "level": standing.level, **(details or {})}
    record_audit(verb=verb, subject=standing, by=by, at=at, organisation_id=standing.organisation_id, details=facts)
