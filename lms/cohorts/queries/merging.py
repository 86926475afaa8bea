"""Whether two people could be one."""

from django.db.models import Q

from lms.cohorts.models import Coaching, CohortTrainer, Enrolment, EnrolmentState, FoundingProposal
from lms.people.models import Proposal, User


def stands_beside_herself(one: User, other: User) -> bool:
    """Is one of them trainer where the other takes part, her coach, or the second signer of what she
    proposed?"""
    return _stands_beside(one, other) or _stands_beside(other, one)


def _stands_beside(one: User, other: User) -> bool:
    trained = CohortTrainer.objects.filter(person=one).values("cohort")
    learns = Enrolment.objects.filter(person=other, cohort__in=trained).exclude(state=EnrolmentState.WITHDRAWN)
    signs = FoundingProposal.objects.filter(Q(person=other) | Q(proposed_by=other), confirmed_by=one)
    beside = Proposal.objects.filter(proposed_by=other, confirmed_by=one)
    coaches = Coaching.objects.filter(coach=one, standing__person=other)
    return learns.exists() or signs.exists() or beside.exists() or coaches.exists()
