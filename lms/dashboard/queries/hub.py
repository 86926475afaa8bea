"""One cohort: its staff see what is to be done, a participant sees what is hers."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case, Count, DateField, F, Q, QuerySet, UUIDField, When
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils.timezone import localdate

from lms.assessments.checks import may_be_given
from lms.assessments.models import Attempt, AttemptState, Moment, Paper
from lms.assessments.queries import answered_post_test, coaches_in, open_to, writes_plans
from lms.attendance.models import ATTENDED, Mark
from lms.attendance.queries import attendance_from, lessons_without_mark, marks_for
from lms.attendance.scoring import AttendanceFigure
from lms.certificates.models import CURRENT_STATES, Certificate
from lms.cohorts.models import (
    Cohort,
    CohortModule,
    CohortState,
    CohortTrainer,
    Enrolment,
    EnrolmentState,
    Progress,
    Session,
)
from lms.cohorts.permissions import has_lead, manages, may_run, may_see_to_people
from lms.cohorts.queries import observed_cohorts_for, own_enrolments, run_cohorts_for
from lms.common.languages import LANGUAGE_CODES
from lms.common.prepared import Many, prepared
from lms.people.models import User
from lms.people.permissions import Reader

# What a hub says of the cohort, and what the gates ask of it.
_COHORT = (
    *(
        "organisation",
        "code",
        "state",
        "joining_open",
        "starts_on",
        "ends_on",
        "capacity",
        "generation",
        "region__path",
    ),
    *("attendance_counted_at", "answers_counted_at", "reopened_at"),
    *(f"{name}_{code}" for name in ("title", "region__name") for code in LANGUAGE_CODES),
)
# What a hub says of the cohort in which the lead trainer qualified.
_PARENT = ("parent__code", *(f"parent__title_{code}" for code in LANGUAGE_CODES))
# What a hub says of a trainer.
_TRAINER = ("person__display_name", "person__is_active", "person__last_login")
# What a participant reads of the organisation.
_ORGANISATION = ("organisation__contact", *(f"organisation__name_{code}" for code in LANGUAGE_CODES))
# What a hub says of a test: the questions weigh a hundred times as much.
_PAPER = ("cohort", "module_code", "moment", "opened_at", "closed_at")


class SessionOnHub(NamedTuple):
    """A session, and how many of the roster were marked, were there, and wait for a mark.

    It is ahead while it may still be held.
    """

    session: Session
    marked: int
    attended: int
    unmarked: int
    is_ahead: bool


class PaperOnHub(NamedTuple):
    """A test, and how many began it and handed it in."""

    paper: Paper
    started: int
    handed_in: int


class HerPaper(NamedTuple):
    """A test of somebody who takes part: may she write it now, or read its answers and points?"""

    paper: Paper
    attempt: Attempt | None
    may_write: bool
    shows_answers: bool


@dataclass(frozen=True)
class StaffHub:
    """A cohort for those who run or observe it.  No name of a participant is read for it."""

    cohort: Cohort
    trainers: list[CohortTrainer]
    sessions: list[SessionOnHub]
    next_session: Session | None
    papers: list[PaperOnHub]
    enrolled: int
    waiting: int
    certificates: int
    manages: bool
    leads: bool
    runs: bool
    sees_to_people: bool
    decides_plans: bool

    @property
    def may_change(self) -> bool:
        """Dates, place and state."""
        return self.manages or (self.leads and self.sees_to_people)

    @property
    def changes(self) -> bool:
        """May she move and cancel?"""
        return self.may_change and not self.cohort.has_ended

    @property
    def opens_rosters(self) -> bool:
        """To mark; and once it is closed, to correct, or see what a telephone still keeps, while names stand there."""
        is_closed = self.cohort.state == CohortState.CLOSED and not self.cohort.attendance_counted_at
        return self.runs and (self.cohort.is_live or is_closed)


class ModuleAttendance(NamedTuple):
    """How often she came to a module's sessions, how many of them are still to come, and how many wait for a mark."""

    module: str
    figure: AttendanceFigure
    coming: int
    unmarked: int


@dataclass(frozen=True)
class ParticipantHub:
    """A cohort for somebody who takes part: her own marks, tests and certificate."""

    cohort: Cohort
    is_waiting: bool
    modules: list[CohortModule]
    sessions: list[tuple[Session, Mark | None, bool]]
    papers: list[HerPaper]
    attendance: list[ModuleAttendance]
    has_certificate: bool
    writes_plans: bool


def hub_for(user: User, cohort_id: UUID, at: datetime) -> StaffHub | ParticipantHub:
    """The cohort as this person may see it; who takes part sees her own side of it.  Raises Http404 for a stranger."""
    if may_run(user) and (run := _run(user=user, cohort=cohort_id)):
        return _staff_hub(user, run[0], at)
    if hers := _own(user=user, cohort=cohort_id, day=localdate(at)):
        return _participant_hub(hers[0], at, writes_plans=hers[0].writes_plans)
    if observed := list(_whole(observed_cohorts_for(user), cohort_id)):
        return _staff_hub(user, observed[0], at)
    raise Http404


@prepared(user=Reader(), cohort=UUIDField())
def _run(user: Any, cohort: Any) -> QuerySet[Cohort]:
    return _whole(run_cohorts_for(user), cohort)


def _whole(cohorts: QuerySet[Cohort], cohort_id: UUID) -> QuerySet[Cohort]:
    cohort = cohorts.filter(pk=cohort_id).order_by()
    return cohort.select_related(None).select_related("region", "parent").only(*_COHORT, *_PARENT)


@prepared(user=Reader(), cohort=UUIDField(), day=DateField())
def _own(user: Any, cohort: Any, day: Any) -> QuerySet[Enrolment, Any]:
    enrolments = own_enrolments(user).select_related(None).select_related("cohort__region", "cohort__organisation")
    hers = enrolments.only("state", "person", *(f"cohort__{name}" for name in (*_COHORT, *_ORGANISATION)))
    return hers.annotate(writes_plans=writes_plans(user, day)).filter(cohort=cohort).order_by()


def _participant_hub(enrolment: Enrolment, at: datetime, *, writes_plans: bool) -> ParticipantHub:
    cohort = enrolment.cohort
    modules, sessions = _modules(cohort=cohort.pk), _sessions_to_show(cohort=cohort.pk)
    marks = marks_for(enrolment)
    read = set(_read(enrolment=enrolment.pk))
    attempts = _attempts(enrolment)
    papers = _papers_of(cohort=cohort.pk, begun=list(attempts), enrolments=[enrolment.pk])
    return ParticipantHub(
        cohort=cohort,
        is_waiting=enrolment.state == EnrolmentState.WAITING,
        modules=modules,
        sessions=[(session, marks.in_session(session), session.lesson_code in read) for session in sessions],
        papers=_of_hers(cohort, papers, attempts),
        attendance=[
            ModuleAttendance(module, figure, *lessons_without_mark(sessions, module, marks, at))
            for module, figure in attendance_from(modules, sessions, marks).items()
        ],
        has_certificate=bool(_certificate(cohort=cohort.pk, person=enrolment.person_id)),
        writes_plans=writes_plans,
    )


@prepared(cohort=UUIDField())
def _modules(cohort: Any) -> QuerySet[CohortModule]:
    return CohortModule.objects.filter(cohort=cohort)


@prepared(cohort=UUIDField(), begun=Many(UUIDField()), enrolments=Many(UUIDField()))
def _papers_of(cohort: Any, begun: Any, enrolments: Any) -> QuerySet[Paper, Any]:
    """Those that were opened to her, or that she began."""
    shown = Q(cohort=cohort, opened_at__isnull=False) | Q(pk__in=begun)
    papers = Paper.objects.filter(shown).only(*_PAPER).order_by("opened_at")
    return papers.annotate(is_open_to_her=Case(When(open_to(enrolments), then=True), default=False))


def _of_hers(cohort: Cohort, rows: Iterable[Any], attempts: Mapping[UUID, Any]) -> list[HerPaper]:
    """A link to answers and points only where the test shows them (assessments' `sees_review`)."""
    papers, found = list(rows), []
    closed = [one for one in papers if one.moment == Moment.POST and one.closed_at]
    shown = {
        (one.cohort_id, one.module_code)
        for one in closed
        if (one.cohort_id == cohort.pk and not may_be_given(one.closed_at, cohort))
        or (one.pk in attempts and attempts[one.pk].is_answered_post_test)
    }
    for paper in papers:
        attempt = attempts.get(paper.pk)
        handed_in = attempt is not None and attempt.state == AttemptState.SUBMITTED
        shows_answers = handed_in and (paper.cohort_id, paper.module_code) in shown
        found.append(HerPaper(paper, attempt, paper.is_open_to_her and not handed_in, shows_answers))
    return found


@prepared(cohort=UUIDField(), person=UUIDField())
def _certificate(cohort: Any, person: Any) -> QuerySet[Certificate, UUID]:
    hers = Certificate.objects.filter(cohort=cohort, person=person, state__in=CURRENT_STATES)
    return hers.values_list("pk", flat=True)[:1]


@prepared(enrolment=UUIDField())
def _read(enrolment: Any) -> QuerySet[Progress, str]:
    return Progress.objects.filter(enrolment=enrolment).values_list("lesson_code", flat=True)


def _attempts(enrolment: Enrolment) -> dict[UUID, Any]:
    """Her attempts by their paper: those here, and what she handed in in the cohorts from which she was transferred."""
    return {attempt.paper_id: attempt for attempt in _attempts_of(enrolment=enrolment.pk)}


@prepared(enrolment=UUIDField())
def _attempts_of(enrolment: Any) -> QuerySet[Attempt, Any]:
    carried = Enrolment.carries.through.objects.filter(from_enrolment=enrolment).values("to_enrolment")
    brought = Q(enrolment__in=carried, state=AttemptState.SUBMITTED)
    hers = Attempt.objects.filter(Q(enrolment=enrolment) | brought).only("paper", "state", "deadline")
    return hers.annotate(is_answered_post_test=Case(When(answered_post_test(), then=True), default=False))


def _staff_hub(user: User, cohort: Cohort, at: datetime) -> StaffHub:
    coordinates, trainers = manages(user, cohort), _trainers(cohort=cohort.pk)
    people = dict(_people(cohort=cohort.pk))
    enrolled = people.get(EnrolmentState.ENROLLED, 0)
    sessions = _sessions(cohort, enrolled, at)
    return StaffHub(
        cohort=cohort,
        trainers=trainers,
        sessions=sessions,
        next_session=_coming([one.session for one in sessions], at),
        papers=_papers(cohort),
        enrolled=enrolled,
        waiting=people.get(EnrolmentState.WAITING, 0),
        certificates=sum(_certificates(cohort=cohort.pk)),
        manages=coordinates,
        leads=has_lead(user, trainers),
        runs=coordinates or any(part.person_id == user.pk for part in trainers),
        sees_to_people=may_see_to_people(user, cohort),
        decides_plans=coordinates or coaches_in(user, cohort),
    )


@prepared(cohort=UUIDField())
def _trainers(cohort: Any) -> QuerySet[CohortTrainer]:
    return CohortTrainer.objects.filter(cohort=cohort).select_related("person").only("part", *_TRAINER)


def _sessions(cohort: Cohort, enrolled: int, at: datetime) -> list[SessionOnHub]:
    """In order of time: two queries, however many lessons and people there are."""
    marks: dict[UUID, dict[str, int]] = defaultdict(dict)
    for session_id, status, count in _marks(cohort=cohort.pk):
        marks[session_id][status] = count
    found = []
    for session in _sessions_to_show(cohort=cohort.pk):
        marked = sum(marks[session.pk].values()) + session.counted_marked
        attended = sum(marks[session.pk].get(status, 0) for status in ATTENDED) + session.counted_there
        is_ahead = session.ends_at >= at and not cohort.has_ended
        found.append(SessionOnHub(session, marked, attended, enrolled - marked, is_ahead))
    return found


def _papers(cohort: Cohort) -> list[PaperOnHub]:
    """By module: two queries."""
    counts = {(paper_id, state): count for paper_id, state, count in _begun(cohort=cohort.pk)}
    found = []
    for paper in _papers_to_show(cohort=cohort.pk):
        open_now, handed_in = (
            counts.get((paper.pk, state), 0) for state in (AttemptState.OPEN, AttemptState.SUBMITTED)
        )
        begun = open_now + handed_in + paper.counted_begun
        found.append(PaperOnHub(paper, begun, handed_in + paper.counted_handed_in))
    return found


@prepared(cohort=UUIDField())
def _certificates(cohort: Any) -> QuerySet[Certificate, int]:
    """How many, in one row; none where there are none."""
    current = Certificate.objects.filter(cohort=cohort, state__in=CURRENT_STATES).order_by()
    return current.values("cohort").annotate(count=Count("pk")).values_list("count", flat=True)


@prepared(cohort=UUIDField())
def _people(cohort: Any) -> QuerySet[Enrolment, tuple[str, int]]:
    return Enrolment.objects.filter(cohort=cohort).values_list("state").annotate(Count("pk"))


@prepared(cohort=UUIDField())
def _marks(cohort: Any) -> QuerySet[Mark, tuple[UUID, str, int]]:
    """How many of the roster have which mark, by session."""
    of_roster = Mark.objects.said().filter(session__cohort=cohort, enrolment__state=EnrolmentState.ENROLLED)
    return of_roster.values_list("session", "status").annotate(Count("pk"))


@prepared(cohort=UUIDField())
def _sessions_to_show(cohort: Any) -> QuerySet[Session, Any]:
    """With who leads in somebody's place; of marks that were counted and forgotten how many, and how many attended."""
    sessions = Session.objects.filter(cohort=cohort).defer("checkin_seed").order_by("starts_at")
    there = Coalesce(F("counted__present") + F("counted__late"), 0)
    away = Coalesce(F("counted__excused") + F("counted__absent"), 0)
    counted = {"counted_there": there, "counted_marked": there + away}
    return sessions.annotate(leader=F("led_by__display_name"), **counted)


@prepared(cohort=UUIDField())
def _begun(cohort: Any) -> QuerySet[Attempt, tuple[UUID, str, int]]:
    return Attempt.objects.filter(paper__cohort=cohort).values_list("paper", "state").annotate(Count("pk"))


@prepared(cohort=UUIDField())
def _papers_to_show(cohort: Any) -> QuerySet[Paper, Any]:
    """With how many attempts were counted and forgotten."""
    papers = Paper.objects.filter(cohort=cohort).only(*_PAPER).order_by("module_code", "created_at")
    begun, handed_in = Coalesce(F("counted__started"), 0), Coalesce(F("counted__handed_in"), 0)
    return papers.annotate(counted_begun=begun, counted_handed_in=handed_in)


def _coming(sessions: list[Session], at: datetime) -> Session | None:
    return next((session for session in sessions if session.counts and session.ends_at >= at), None)
