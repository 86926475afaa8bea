"""Telling those whom somebody else moved: transferred to another cohort, or withdrawn.

Together with the verb that moves them, after it.  Ten minutes pass before it leaves: whoever was moved by mistake and
is back by then hears nothing of it (`reason_against_place`).
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from lms.cohorts.actions.telling import CHECK_NOTICE, GRACE, note_telling
from lms.cohorts.models import Cohort, DropReason, Enrolment, EnrolmentState, PlaceNotice
from lms.cohorts.queries import tellable_among
from lms.notices.actions import BatchPlan, cancel_notice, plan_batch
from lms.notices.models import Notice
from lms.people.models import User


@transaction.atomic
def tell_of_transfer(*, came: Enrolment, by: User, at: datetime) -> int:
    """Tells her, in ten minutes, in which cohort she goes on; says to how many, which is one or none."""
    people = set(tellable_among([came]))
    _give_way(people, at)
    plan = _plan(PlaceNotice.TRANSFERRED, came.cohort, at)
    told = plan_batch(plan=plan, people=people, at=at)
    note_telling(verb="tell_of_transfer", cohort=came.cohort, batch=plan.name, by=by, at=at)
    return told


@transaction.atomic
def tell_of_withdrawal(*, cohort: Cohort, were: Sequence[Enrolment], by: User, at: datetime) -> int:
    """Tells those who were withdrawn at this moment, in ten minutes; says to how many.

    `were` are their rows as they stood before: whoever only waited for a place is told so.
    """
    if not cohort.is_live:
        return 0
    left = set(cohort.enrolments.filter(withdrawn_at=at).values_list("pk", flat=True))
    waited = [one for one in were if one.pk in left and one.state == EnrolmentState.WAITING]
    had_a_place = [one for one in were if one.pk in left and one.state == EnrolmentState.ENROLLED]
    return sum(_tell_left(cohort, some, some is waited, by, at) for some in (had_a_place, waited) if some)


def _tell_left(cohort: Cohort, left: Sequence[Enrolment], waited: bool, by: User, at: datetime) -> int:
    people = set(tellable_among(left))
    _give_way(people, at)
    plan = _plan(PlaceNotice.WITHDRAWN, cohort, at, waited=waited)
    told = plan_batch(plan=plan, people=people, at=at)
    note_telling(verb="tell_of_withdrawal", cohort=cohort, batch=plan.name, by=by, at=at)
    return told


def _give_way(people: set[UUID], at: datetime) -> None:
    """What waits for them about an earlier move is not sent: they hear where they are in the end."""
    for notice in Notice.objects.filter(person__in=people, kind__in=PlaceNotice.values).waiting():
        cancel_notice(notice=notice, reason=DropReason.REPLACED, at=at)


def _plan(kind: PlaceNotice, cohort: Cohort, at: datetime, *, waited: bool = False) -> BatchPlan:
    """One occasion: moved at this moment; together they are one message."""
    return BatchPlan(
        kind=kind,
        subject=cohort,
        name=f"{kind}:{cohort.pk}:{at:%Y%m%d%H%M%S%f}{':waited' if waited else ''}",
        due_at=at + GRACE,
        checked_by=CHECK_NOTICE,
        group_id=cohort.pk,
        parameters={"at": at.isoformat(), "waited": waited},
    )
