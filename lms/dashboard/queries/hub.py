"""One cohort: its staff see what is to be done, a participant sees what is hers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Prefetch, Q
from django.http import Http404

from lms.assessments.models import Attempt, AttemptState, Paper
from lms.assessments.queries import plan_cohorts
from lms.attendance.models import ATTENDED, Mark
from lms.attendance.queries import attendance_from
from lms.attendance.scoring import AttendanceFigure
from lms.certificates.models import CURRENT_STATES, Certificate
from lms.cohorts.models import Cohort, CohortModule, CohortTrainer, Enrolment, EnrolmentState, Progress, Session
from lms.cohorts.permissions import leads, manages
from lms.cohorts.queries import observed_cohorts_for, own_enrolments, run_cohorts_for
from lms.people.models import User


@dataclass(frozen=True)
class StaffHub:
    """A cohort for those who run or observe it.  No name of a participant is read for it."""

    cohort: Cohort
    sessions: list[Session]
    next_session: Session | None
    papers: list[Paper]
    enrolled: int
    waiting: int
    certificates: int
    manages: bool
    leads: bool
    runs: bool
    decides_plans: bool


@dataclass(frozen=True)
class ParticipantHub:
    """A cohort for somebody who takes part: her own marks, tests and certificate."""

    cohort: Cohort
    is_waiting: bool
    modules: list[CohortModule]
    sessions: list[tuple[Session, Mark | None, bool]]
    next_session: Session | None
    papers: list[tuple[Paper, Attempt | None]]
    figures: dict[str, AttendanceFigure]
    certificates: list[Certificate]


def hub_for(user: User, cohort_id: UUID, at: datetime) -> StaffHub | ParticipantHub:
    """The cohort as this person may see it.  Raises Http404 for a stranger."""
    cohort = _staff_cohort(user, cohort_id)
    if cohort is not None:
        return _staff_hub(user, cohort, at)
    enrolment = own_enrolments(user).filter(cohort=cohort_id).first()
    if enrolment is None:
        raise Http404
    return _participant_hub(enrolment, at)


def _participant_hub(enrolment: Enrolment, at: datetime) -> ParticipantHub:
    cohort = enrolment.cohort
    modules, sessions = list(cohort.modules.all()), list(cohort.sessions.order_by("starts_at"))
    marks = {mark.session_id: mark for mark in Mark.objects.filter(enrolment=enrolment)}
    read = set(Progress.objects.filter(enrolment=enrolment).values_list("lesson_code", flat=True))
    attempts = {attempt.paper_id: attempt for attempt in Attempt.objects.filter(enrolment=enrolment)}
    papers = Paper.objects.filter(cohort=cohort, opened_at__isnull=False).defer("content").order_by("opened_at")
    certificates = Certificate.objects.filter(cohort=cohort, person=enrolment.person_id, state__in=CURRENT_STATES)
    return ParticipantHub(
        cohort=cohort,
        is_waiting=enrolment.state == EnrolmentState.WAITING,
        modules=modules,
        sessions=[(session, marks.get(session.pk), session.lesson_code in read) for session in sessions],
        next_session=_coming(sessions, at),
        papers=[(paper, attempts.get(paper.pk)) for paper in papers],
        figures=attendance_from(modules, sessions, marks),
        certificates=list(certificates),
    )


def _staff_cohort(user: User, cohort_id: UUID) -> Cohort | None:
    parts = CohortTrainer.objects.select_related("person").only("cohort", "part", "person__display_name")
    trainers = Prefetch("trainers", parts)
    run = run_cohorts_for(user).filter(pk=cohort_id).prefetch_related(trainers).first()
    # Asked apart: most who open a hub run the cohort, and both in one query cost a third of the page.
    return run or observed_cohorts_for(user).filter(pk=cohort_id).prefetch_related(trainers).first()


def _staff_hub(user: User, cohort: Cohort, at: datetime) -> StaffHub:
    coordinates = manages(user, cohort)
    sessions = _sessions(cohort)
    people = cohort.enrolments.aggregate(
        enrolled=Count("pk", filter=Q(state=EnrolmentState.ENROLLED)),
        waiting=Count("pk", filter=Q(state=EnrolmentState.WAITING)),
    )
    papers = Paper.objects.filter(cohort=cohort).only("cohort", "module_code", "moment", "opened_at", "closed_at")
    return StaffHub(
        cohort=cohort,
        sessions=sessions,
        next_session=_coming(sessions, at),
        papers=list(
            papers.order_by("module_code", "created_at").annotate(
                started=Count("attempts"),
                handed_in=Count("attempts", filter=Q(attempts__state=AttemptState.SUBMITTED)),
            )
        ),
        enrolled=people["enrolled"],
        waiting=people["waiting"],
        certificates=Certificate.objects.filter(cohort=cohort, state__in=CURRENT_STATES).count(),
        manages=coordinates,
        leads=leads(user, cohort),
        runs=coordinates or any(part.person_id == user.pk for part in cohort.trainers.all()),
        decides_plans=coordinates or plan_cohorts(user).filter(pk=cohort.pk).exists(),
    )


def _sessions(cohort: Cohort) -> list[Session]:
    """In order of time, each with how many were marked and how many of them were there."""
    sessions = cohort.sessions.defer("checkin_seed").order_by("starts_at")
    return list(
        sessions.annotate(
            marked=Count("marks"),
            attended=Count("marks", filter=Q(marks__status__in=ATTENDED)),
        )
    )


def _coming(sessions: list[Session], at: datetime) -> Session | None:
    return next((session for session in sessions if session.counts and session.ends_at >= at), None)
