"""Post-tests that one person may still write after they ended for the others.

What the others can see by then she could have been told: such a test counts for her certificate and in no gain.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet, UUIDField
from django.db.models.functions import Now

from lms.assessments.checks import may_be_given
from lms.assessments.models import Allowance, Answer, Attempt, AttemptState, Moment, Paper
from lms.assessments.queries.papers import answered_post_test, post_test_closed
from lms.assessments.queries.results import post_test_taken
from lms.cohorts.models import Cohort, Enrolment, EnrolmentState
from lms.cohorts.queries import roster
from lms.common.prepared import prepared
from lms.people.models import User


def allowed_until(paper: Paper, person: User, at: datetime) -> datetime | None:
    """Until when she may still write this test, of which it is over for the others."""
    found = _running(paper=paper.pk, person=person.pk, at=at)
    return found[0] if found else None


@prepared(paper=UUIDField(), person=UUIDField(), at=DateTimeField())
def _running(paper: Any, person: Any, at: Any) -> QuerySet[Allowance, datetime]:
    hers = Allowance.objects.filter(paper=paper, enrolment__person=person, enrolment__state=EnrolmentState.ENROLLED)
    return hers.filter(until__gt=at).values_list("until", flat=True)


def open_to(enrolments: Any) -> Q:
    """Filter on Paper: open to everybody, or still to one of these enrolments."""
    hers = Allowance.objects.filter(paper=OuterRef("pk"), enrolment__id__in=enrolments, until__gt=Now())
    return Q(opened_at__isnull=False, closed_at__isnull=True) | Q(Exists(hers))


def sees_review(paper: Paper, person: User) -> bool:
    """Are right answers and points shown to her: the post-test has closed, and she can write it no more?

    While it can be given to whoever has not answered it, she would write it from what is shown here.
    """
    closed_at = post_test_closed(paper)
    if closed_at is None:
        return False
    if not may_be_given(closed_at, paper.cohort):
        return True
    hers = Attempt.objects.filter(paper__cohort=paper.cohort_id, enrolment__person=person)
    return hers.filter(answered_post_test(), paper__module_code=paper.module_code).exists()


def unused_allowances(at: datetime) -> QuerySet[Allowance]:
    """Those by which somebody may still write: neither past nor handed in."""
    hers = Attempt.objects.filter(paper=OuterRef("paper"), enrolment=OuterRef("enrolment"))
    handed_in = hers.filter(state=AttemptState.SUBMITTED)
    return Allowance.objects.filter(~Exists(handed_in), until__gt=at)


class NotHandedIn(NamedTuple):
    """Who has not taken a post-test, what she was given for it, if anything, and whether that is used up."""

    enrolment: Enrolment
    allowance: Allowance | None
    had_it: bool = False


def not_handed_in(cohort: Cohort, among: Iterable[Paper]) -> dict[UUID, list[NotHandedIn]]:
    """The id of each post-test that is over, and who has not taken it, by display name.

    Four queries; none while there is no such test `among` its papers.
    """
    papers = [paper for paper in among if paper.moment == Moment.POST and paper.closed_at]
    if not papers:
        return {}
    taken, people = post_test_taken(cohort), roster(cohort)
    given = {(one.paper_id, one.enrolment_id): one for one in Allowance.objects.filter(paper__in=papers)}
    had = used_up(papers)
    return {
        paper.pk: [
            NotHandedIn(person, given.get((paper.pk, person.pk)), (paper.pk, person.pk) in had)
            for person in people
            if (person.pk, paper.module_code) not in taken
        ]
        for paper in papers
    }


def used_up(papers: Iterable[Paper]) -> set[tuple[UUID, UUID]]:
    """(paper, enrolment) of those who handed it in after the others: nobody gives it to them again.  One query."""
    used = Attempt.objects.filter(paper__in=list(papers), is_late=True, state=AttemptState.SUBMITTED)
    return set(used.values_list("paper", "enrolment"))


def allowance_of(paper: Paper, enrolment: Enrolment) -> Allowance | None:
    """What she was given for this test, over or not."""
    return Allowance.objects.filter(paper=paper, enrolment=enrolment).first()


def has_answered(paper: Paper, enrolment: Enrolment) -> bool:
    """Is an answer of hers to this test kept?"""
    return Answer.objects.filter(attempt__paper=paper, attempt__enrolment=enrolment).exists()
