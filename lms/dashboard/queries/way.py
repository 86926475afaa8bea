"""One participant's way through one cohort, for those who run it: marks, tests taken, certificate; no score."""

from dataclasses import dataclass
from typing import NamedTuple

from lms.assessments.checks import may_be_given
from lms.assessments.models import Allowance, Attempt, AttemptState, Moment, Paper
from lms.attendance.models import Mark
from lms.attendance.queries import attendance_from, marks_for
from lms.attendance.scoring import AttendanceFigure
from lms.certificates.queries import Eligibility, eligibility_of_one
from lms.cohorts.models import Enrolment, EnrolmentState, Session


class HerTest(NamedTuple):
    """A test that was opened: did she hand it in, what was she given for it after the others, may she be given it?"""

    paper: Paper
    is_taken: bool
    given: Allowance | None
    may_give: bool


@dataclass(frozen=True)
class Way:
    """What she did so far, and what her certificate still lacks."""

    sessions: list[tuple[Session, Mark | None]]
    figures: dict[str, AttendanceFigure]
    tests: list[HerTest]
    eligibility: Eligibility


def way_of(enrolment: Enrolment) -> Way:
    """Whatever the number of lessons, the same number of queries."""
    cohort, marks = enrolment.cohort, marks_for(enrolment)
    sessions = [one for one in cohort.sessions.defer("checkin_seed").order_by("starts_at") if one.counts]
    return Way(
        sessions=[(session, marks.in_session(session)) for session in sessions],
        figures=attendance_from(cohort.modules.all(), sessions, marks),
        tests=_tests(enrolment),
        eligibility=eligibility_of_one(enrolment),
    )


def _tests(enrolment: Enrolment) -> list[HerTest]:
    """The tests that were opened, and whether she handed them in; how well she did is on no list of people."""
    papers = Paper.objects.filter(cohort=enrolment.cohort, opened_at__isnull=False).order_by("module_code", "opened_at")
    attempts = Attempt.objects.filter(enrolment=enrolment, state=AttemptState.SUBMITTED)
    handed_in = set(attempts.values_list("paper", flat=True))
    given = {one.paper_id: one for one in Allowance.objects.filter(enrolment=enrolment)}
    shown = papers.only("cohort", "module_code", "moment", "closed_at")
    return [HerTest(paper, paper.pk in handed_in, given.get(paper.pk), _may_give(paper, enrolment)) for paper in shown]


def _may_give(paper: Paper, enrolment: Enrolment) -> bool:
    is_over = paper.moment == Moment.POST and enrolment.state == EnrolmentState.ENROLLED
    return bool(is_over and paper.closed_at and may_be_given(paper.closed_at, enrolment.cohort))
