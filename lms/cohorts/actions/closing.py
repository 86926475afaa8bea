"""Closing with what is still open named, and opening again for a while."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.cohorts.actions.ending import end_cohort
from lms.cohorts.actions.opening import CohortNotLive
from lms.cohorts.actions.planning import require_one_cohort
from lms.cohorts.actions.standings import ReasonNeeded
from lms.cohorts.checks import may_reopen
from lms.cohorts.models import LIVE_STATES, Cohort, CohortState, SessionState, TrainerPart
from lms.cohorts.queries import loose_ends
from lms.common.errors import ActionError
from lms.people.actions import record_audit
from lms.people.models import User


class StillOpen(ActionError):
    code = "still_open"
    message = _("Something in this cohort is still open. Settle it first, or tick that you close it anyway.")


class NotReopened(ActionError):
    code = "not_reopened"
    message = _("Only a closed cohort is opened again, and only within 30 days.")


@transaction.atomic
def close_cohort(*, cohort: Cohort, by: User, at: datetime, anyway: bool = False) -> Cohort:
    """Ends it: trainers mark no more, nobody joins, open tests are closed; certificates can still be issued.

    `anyway` closes with whatever is still open (see `loose_ends`).  Raises CohortNotLive, StillOpen.
    """
    locked = Cohort.objects.select_for_update(of=("self",), no_key=True).select_related("region").get(pk=cohort.pk)
    if not locked.is_live:
        raise CohortNotLive
    ends = loose_ends(by, locked)
    if ends and not anyway:
        raise StillOpen
    end_cohort(cohort=locked, state=CohortState.CLOSED, by=by, at=at)
    details = {"open": [end.code for end in ends]}
    organisation = locked.organisation_id
    record_audit(verb="close_cohort", subject=locked, by=by, at=at, organisation_id=organisation, details=details)
    return locked


@transaction.atomic
def close_forgotten_cohort(*, cohort: Cohort, at: datetime) -> None:
    """For the retention: what nobody closed in the term after its last day is closed with whatever is open."""
    locked = Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
    if not locked.is_live:
        return
    end_cohort(cohort=locked, state=CohortState.CLOSED, by=None, at=at)
    record_audit(verb="close_forgotten_cohort", subject=locked, by=None, at=at, organisation_id=locked.organisation_id)


@transaction.atomic
def reopen_cohort(*, cohort: Cohort, reason: str, by: User, at: datetime) -> Cohort:
    """As it was before it was closed, but for joining: a poster is opened by hand.

    Raises ReasonNeeded, NotReopened, and OneCohortAtATime where a candidate leads another one by now.
    """
    if not reason.strip():
        raise ReasonNeeded
    locked = Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
    if not may_reopen(locked, at):
        raise NotReopened
    lead = locked.trainers.select_related("person", "standing").get(part=TrainerPart.LEAD)
    standings = [lead.standing] if lead.standing else []
    require_one_cohort(lead=lead.person, standings=standings, states=LIVE_STATES, but=locked)
    was_running = locked.sessions.filter(state=SessionState.HELD).exists()
    locked.state = CohortState.RUNNING if was_running else CohortState.OPEN
    locked.closed_at, locked.reopened_at, locked.reopened_reason = None, at, reason.strip()
    locked.save(update_fields=["state", "closed_at", "reopened_at", "reopened_reason"])
    record_audit(verb="reopen_cohort", subject=locked, by=by, at=at, organisation_id=locked.organisation_id)
    return locked
