"""What is mine and what comes next, in a fixed number of queries however much a person has."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from lms.assessments.models import Attempt, AttemptState, Paper, SubmissionState
from lms.assessments.queries import submissions_for
from lms.attendance.models import Mark
from lms.certificates.models import CURRENT_STATES, Certificate
from lms.cohorts.models import (
    LIVE_STATES,
    Cohort,
    CohortState,
    Enrolment,
    EnrolmentState,
    Session,
    SessionState,
    Standing,
)
from lms.cohorts.queries import observed_cohorts_for, own_enrolments, run_cohorts_for, with_counts
from lms.people.models import CMS_ROLES, RoleKind, User
from lms.people.permissions import active_roles

# How many cohorts a section shows before it says "all of them".
SHOWN = 12
# A session of the last days that nobody marked is still worth a reminder.
REMINDED = timedelta(days=14)


@dataclass
class Learning:
    """A cohort in which she takes part."""

    enrolment: Enrolment
    next_session: Session | None = None
    open_papers: list[Paper] = field(default_factory=list)
    certificate: Certificate | None = None

    @property
    def is_waiting(self) -> bool:
        return self.enrolment.state == EnrolmentState.WAITING


@dataclass
class Running:
    """A cohort that she leads, helps or coordinates."""

    cohort: Cohort
    next_session: Session | None = None
    unmarked: list[Session] = field(default_factory=list)

    @property
    def is_draft(self) -> bool:
        return self.cohort.state == CohortState.DRAFT


@dataclass
class Desk:
    """Everything on one person's desk."""

    learning: list[Learning]
    running: list[Running]
    observing: list[Cohort]
    plans_waiting: list[Cohort]
    counted: list[Cohort]
    standings: list[Standing]
    roles: frozenset[str]

    @property
    def may_plan(self) -> bool:
        return RoleKind.COORDINATOR in self.roles or bool(self.standings)

    @property
    def edits(self) -> bool:
        return bool(self.roles & set(CMS_ROLES))

    @property
    def is_empty(self) -> bool:
        return not (self.learning or self.running or self.observing or self.counted or self.roles or self.standings)


def desk_for(user: User, at: datetime) -> Desk:
    """At most twelve queries: fewer for whoever has fewer parts to play."""
    roles = frozenset(role.kind for role in active_roles(user))
    running = _running(user, at)
    standings = list(Standing.objects.usable(at.date()).filter(person=user).select_related("region"))
    works = bool(roles or running or standings)
    return Desk(
        learning=_learning(user, at),
        running=running,
        observing=list(observed_cohorts_for(user).filter(state__in=LIVE_STATES)[:SHOWN]) if works else [],
        plans_waiting=_plans_waiting(user) if works else [],
        counted=_counted(user) if RoleKind.MONITOR in roles else [],
        standings=standings,
        roles=roles,
    )


def _plans_waiting(user: User) -> list[Cohort]:
    """The cohorts with session plans that wait for her answer, each once."""
    waiting = submissions_for(user).filter(state=SubmissionState.HANDED_IN)[:SHOWN]
    return list({submission.cohort_id: submission.cohort for submission in waiting}.values())


def _learning(user: User, at: datetime) -> list[Learning]:
    mine = [Learning(enrolment) for enrolment in own_enrolments(user)[:SHOWN]]
    if not mine:
        return mine
    ids = [learning.enrolment.cohort_id for learning in mine]
    coming = _next_sessions(ids, at)
    papers = _open_papers(ids, [learning.enrolment.pk for learning in mine])
    certificates = {
        certificate.cohort_id: certificate
        for certificate in Certificate.objects.filter(person=user, cohort__in=ids, state__in=CURRENT_STATES)
    }
    for learning in mine:
        cohort_id = learning.enrolment.cohort_id
        learning.next_session = coming.get(cohort_id)
        learning.open_papers = [] if learning.is_waiting else papers[cohort_id]
        learning.certificate = certificates.get(cohort_id)
    return mine


def _open_papers(cohort_ids: list[UUID], enrolment_ids: list[UUID]) -> dict[UUID, list[Paper]]:
    """The tests that are open now and that she has not handed in, per cohort."""
    handed_in = Attempt.objects.filter(paper=OuterRef("pk"), enrolment__in=enrolment_ids, state=AttemptState.SUBMITTED)
    papers = Paper.objects.filter(cohort__in=cohort_ids, opened_at__isnull=False, closed_at__isnull=True)
    found: dict[UUID, list[Paper]] = defaultdict(list)
    for paper in papers.exclude(Exists(handed_in)).defer("content"):
        found[paper.cohort_id].append(paper)
    return found


def _running(user: User, at: datetime) -> list[Running]:
    cohorts = with_counts(run_cohorts_for(user)).exclude(state__in=[CohortState.CLOSED, CohortState.CANCELLED])
    mine = [Running(cohort) for cohort in cohorts[:SHOWN]]
    if not mine:
        return mine
    ids = [running.cohort.pk for running in mine]
    coming, unmarked = _next_sessions(ids, at), _unmarked_sessions(ids, at)
    for running in mine:
        running.next_session = coming.get(running.cohort.pk)
        running.unmarked = [] if running.is_draft else unmarked[running.cohort.pk]
    return mine


def _next_sessions(cohort_ids: Iterable[UUID], at: datetime) -> dict[UUID, Session]:
    """The session that runs now or comes next, per cohort."""
    sessions = Session.objects.filter(cohort__in=cohort_ids, ends_at__gte=at).exclude(state=SessionState.CANCELLED)
    coming: dict[UUID, Session] = {}
    for session in sessions.order_by("starts_at"):
        coming.setdefault(session.cohort_id, session)
    return coming


def _unmarked_sessions(cohort_ids: Iterable[UUID], at: datetime) -> dict[UUID, list[Session]]:
    """Sessions of the last days that nobody marked, per cohort."""
    over = Q(cohort__in=cohort_ids, ends_at__lt=at, ends_at__gte=at - REMINDED)
    sessions = Session.objects.filter(over).exclude(state=SessionState.CANCELLED)
    found: dict[UUID, list[Session]] = defaultdict(list)
    for session in sessions.exclude(Exists(Mark.objects.filter(session=OuterRef("pk")))).order_by("starts_at"):
        found[session.cohort_id].append(session)
    return found


def _counted(user: User) -> list[Cohort]:
    """For a monitoring officer: cohorts of her organisations with their counts, and nobody's name."""
    organisations = {role.organisation_id for role in active_roles(user) if role.kind == RoleKind.MONITOR}
    cohorts = Cohort.objects.filter(organisation__in=organisations).exclude(state=CohortState.DRAFT)
    return list(with_counts(cohorts.select_related("region")).order_by("-starts_on")[:50])
