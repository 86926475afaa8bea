"""Who trains a cohort, and who stood in for one session."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.cohorts.actions.editing import SessionIsCancelled
from lms.cohorts.actions.opening import lead_standings, lock_unended
from lms.cohorts.actions.planning import save_trainers
from lms.cohorts.models import (
    Cohort,
    CohortState,
    CohortTrainer,
    EnrolmentState,
    Session,
    SessionState,
    TrainerPart,
)
from lms.cohorts.queries import change_to_tell, substitutes_for
from lms.common.errors import ActionError
from lms.people.actions import record_audit
from lms.people.models import User


class MayNotStandIn(ActionError):
    code = "may_not_stand_in"
    message = _("Only a co-trainer, or somebody who may train this module here on that day, stands in for a session.")


class TakesPartHere(ActionError):
    """She would mark herself, and give herself a test that is over."""

    code = "takes_part_here"
    message = _("%(name)s takes part in this cohort, so she cannot train it. Withdraw her first.")

    def __init__(self, person: User) -> None:
        super().__init__(name=person.display_name)


@transaction.atomic
def change_trainers(*, cohort: Cohort, lead: User, co_trainers: Sequence[User], by: User, at: datetime) -> Cohort:
    """Who trains from now on.  Parent and generation stay as they were at opening, whoever takes over.

    In an open cohort a new lead must be allowed what opening asks, and what was held stays the work of the one before.
    Raises CohortEnded, TakesPartHere, LeadHasLeft, LeadWithoutStanding, CandidateNeedsCoach, OneCohortAtATime,
    LanguageNotCovered.
    """
    locked = lock_unended(cohort=cohort)
    here = locked.enrolments.exclude(state=EnrolmentState.WITHDRAWN)
    if taking := here.filter(person__in=[lead, *co_trainers]).select_related("person").order_by("pk").first():
        raise TakesPartHere(taking.person)
    before = CohortTrainer.objects.select_related("person", "standing").get(cohort=locked, part=TrainerPart.LEAD)
    takes_over = locked.state != CohortState.DRAFT and before.person_id != lead.pk
    save_trainers(cohort=locked, lead=lead, co_trainers=co_trainers, standing=before.standing)
    if takes_over:
        standings = lead_standings(cohort=locked, lead=lead, day=timezone.localdate(at))
        locked.trainers.filter(part=TrainerPart.LEAD).update(standing=standings[0])
        held = locked.sessions.filter(state=SessionState.HELD)
        held.filter(led_by=None).update(led_by=before.person)
        locked.sessions.filter(led_by=lead).update(led_by=None)
    details = {"lead": str(lead.pk), "lead_before": str(before.person_id)}
    organisation = locked.organisation_id
    record_audit(verb="change_trainers", subject=locked, by=by, at=at, organisation_id=organisation, details=details)
    return locked


@transaction.atomic
def name_substitute(*, session: Session, person: User | None, by: User, at: datetime) -> Session:
    """Who leads or led this session in the lead trainer's place; None: the lead trainer herself.

    A repeat is harmless.  Raises CohortEnded, SessionIsCancelled, MayNotStandIn.
    """
    cohort = lock_unended(cohort=session.cohort)
    locked = Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    if locked.state == SessionState.CANCELLED:
        raise SessionIsCancelled
    if person and person.pk not in {one.pk for one in substitutes_for(locked)}:
        raise MayNotStandIn
    if locked.led_by_id == (person.pk if person else None):
        return locked
    if change_to_tell(locked) is None:
        # Time and place stay what everybody knows, from the beginning or by a message.
        locked.known_revision = locked.revision + 1
    locked.led_by, locked.revision = person, locked.revision + 1
    locked.save(update_fields=["led_by", "revision", "known_revision"])
    details = {"person": str(person.pk) if person else ""}
    organisation = cohort.organisation_id
    record_audit(verb="name_substitute", subject=locked, by=by, at=at, organisation_id=organisation, details=details)
    return locked
