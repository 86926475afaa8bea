"""Whether two people could be one."""

from django.db.models import Q

from lms.assessments.models import Observation, Submission, SubmissionState
from lms.people.models import User


def judges_herself(one: User, other: User) -> bool:
    """Has one of them observed the other, or answered her plan?"""
    both = [one.pk, other.pk]
    observed = Observation.objects.filter(person__in=both, observer__in=both)
    return observed.exists() or Submission.objects.filter(person__in=both, decided_by__in=both).exists()


def two_plans_wait(one: User, other: User) -> bool:
    """Does a plan of each of them wait, for one module of one cohort?"""
    waiting = Submission.objects.filter(state=SubmissionState.HANDED_IN)
    hers = waiting.filter(person=one).values_list("cohort", "module_code")
    same = [Q(cohort=cohort, module_code=module) for cohort, module in hers]
    return any(waiting.filter(place, person=other).exists() for place in same)
