"""Two rows of one person become one: her tests, what observers saw of her, what she saw, and her plans."""

from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from lms.assessments.models import Allowance, Attempt, AttemptState, Observation, ObservationKind, Submission
from lms.assessments.queries import judges_herself, two_plans_wait
from lms.cohorts.models import Enrolment
from lms.common.codes import random_code
from lms.common.errors import ActionError
from lms.people.models import User


class JudgesHerself(ActionError):
    code = "judges_herself"
    message = _("One of the two has observed the other or answered her plan, so they cannot be one person.")


class TwoPlansWait(ActionError):
    code = "two_plans_wait"
    message = _("Both have handed in a session plan that waits for an answer. Answer one of them first.")


def require_plain_record(*, kept: User, merged: User) -> None:
    """Says nothing where tests, observations and plans of both can be one person's.

    Raises JudgesHerself, TwoPlansWait.
    """
    if judges_herself(kept, merged):
        raise JudgesHerself
    if two_plans_wait(kept, merged):
        raise TwoPlansWait


@transaction.atomic
def unite_attempts(*, stays: Enrolment, gives_way: Enrolment) -> int:
    """Of each test the better attempt of two enrolments in one cohort; says how many came over.

    An attempt is never mixed with another: the lesser one stays with the enrolment that gives way, and counts no more.
    """
    rows = Attempt.objects.select_for_update(of=("self",), no_key=True)
    own = {attempt.paper_id: attempt for attempt in rows.filter(enrolment=stays)}
    better = [one for one in rows.filter(enrolment=gives_way) if _is_better(one, own.get(one.paper_id))]
    for attempt in better:
        _exchange(own.get(attempt.paper_id), attempt, stays, gives_way)
    known = list(Allowance.objects.filter(enrolment=stays).values_list("paper", flat=True))
    Allowance.objects.filter(enrolment=gives_way).exclude(paper__in=known).update(enrolment=stays)
    return len(better)


def _is_better(attempt: Attempt, than: Attempt | None) -> bool:
    return than is None or _worth(attempt) > _worth(than)


def _worth(attempt: Attempt) -> tuple[bool, Decimal, float]:
    """Handed in before open; then the points; then the earlier one."""
    return (
        attempt.state == AttemptState.SUBMITTED,
        attempt.points or Decimal(0),
        -attempt.started_at.timestamp(),
    )


def _exchange(own: Attempt | None, hers: Attempt, stays: Enrolment, gives_way: Enrolment) -> None:
    attempts = Attempt.objects
    if own is None:
        attempts.filter(pk=hers.pk).update(enrolment=stays)
        return
    # An enrolment has one attempt at a paper: for a moment the lesser one is nobody's, as on a slip.
    attempts.filter(pk=own.pk).update(enrolment=None, slip_code=random_code(12))
    attempts.filter(pk=hers.pk).update(enrolment=stays)
    attempts.filter(pk=own.pk).update(enrolment=gives_way, slip_code="")


@transaction.atomic
def take_over_teaching(*, kept: User, merged: User) -> None:
    """What observers saw of her, what she saw of others, her plans and the ones that she answered.

    Teach-backs seen on the two rows stay different occasions: that two observers saw the same one, nobody said.
    Raises JudgesHerself, TwoPlansWait.
    """
    require_plain_record(kept=kept, merged=merged)
    _count_occasions_on(kept, merged)
    for field in ("person", "observer"):
        Observation.objects.filter(**{field: merged}).update(**{field: kept})
    for field in ("person", "decided_by"):
        Submission.objects.filter(**{field: merged}).update(**{field: kept})


def _count_occasions_on(kept: User, merged: User) -> None:
    """Her first teach-back on the one row comes after her last on the other."""
    teach_backs = Observation.objects.filter(kind=ObservationKind.TEACH_BACK)
    last = teach_backs.filter(person=kept).values("cohort", "module_code").annotate(last=Max("occasion"))
    known = {(row["cohort"], row["module_code"]): row["last"] for row in last}
    for observation in teach_backs.filter(person=merged):
        observation.occasion += known.get((observation.cohort_id, observation.module_code), 0)
        observation.save(update_fields=["occasion"])
