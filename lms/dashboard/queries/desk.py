"""What is mine and what comes next, in a fixed number of queries however much a person has."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import (
    BooleanField,
    Count,
    DateField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    UUIDField,
)

from lms.assessments.models import Attempt, AttemptState, Paper, Submission, SubmissionState
from lms.assessments.queries import coached_by, open_to, submissions_for
from lms.attendance.models import Mark
from lms.certificates.queries import has_ended
from lms.cohorts.models import (
    ENDED_STATES,
    LIVE_STATES,
    Coaching,
    Cohort,
    CohortState,
    Enrolment,
    EnrolmentState,
    Session,
    SessionState,
)
from lms.cohorts.permissions import FOUNDING_ROLES, PLANNING_ROLES, managed_by, manages, may_run
from lms.cohorts.queries import (
    lead_has_left,
    observed_cohorts_for,
    own_enrolments,
    run_cohorts_for,
    substituted_sessions_for,
    unfit_leads,
    waiting_for_signature_of,
)
from lms.common.dates import local_day
from lms.common.prepared import Many, prepared
from lms.dashboard.queries.archive import counted_for
from lms.dashboard.queries.cards import in_short, on_card, region_on_card
from lms.dashboard.queries.issued import Asked, Issued, issued_by
from lms.dashboard.queries.licences import Licence, licences_of
from lms.dashboard.queries.office import Office, office_for
from lms.dashboard.queries.uncertified import Uncertified, uncertified_of
from lms.notices.queries import arrived_since
from lms.people.models import CMS_ROLES, RoleKind, RoleOffer, User
from lms.people.permissions import NOTHING, Reader, active_roles, engagements, has_role
from lms.people.queries import offers_for

# How many cohorts a section shows before it says "all of them": what is next, not the archive.
SHOWN = 6
# How long a message counts as new: nobody's reading is written down.
NEW = timedelta(days=7)
# A session of the last days that nobody marked is still worth a reminder.
REMINDED = timedelta(days=14)


class Meeting(NamedTuple):
    """A session in short."""

    pk: UUID
    cohort_id: UUID
    lesson_code: str
    starts_at: datetime
    ends_at: datetime
    place: str


class OpenPaper(NamedTuple):
    """A test that she may take or go on with now."""

    paper: Paper
    # The end of her time in it, once she has begun.
    running_until: datetime | None


@dataclass
class Learning:
    """A cohort in which she takes part."""

    enrolment: Enrolment
    next_session: Meeting | None = None
    open_papers: list[OpenPaper] = field(default_factory=list)

    @property
    def is_waiting(self) -> bool:
        return self.enrolment.state == EnrolmentState.WAITING

    def is_next_by(self, at: datetime) -> tuple[bool, bool, datetime]:
        """What sorts it: a test that is open first, then the session that runs or comes next, last what has none."""
        starts_at = self.next_session.starts_at if self.next_session else at
        return not self.open_papers, self.next_session is None, starts_at


@dataclass
class Running:
    """A cohort that she leads, helps or coordinates."""

    cohort: Cohort
    enrolled: int = 0
    waiting: int = 0
    next_session: Meeting | None = None
    unmarked: list[Meeting] = field(default_factory=list)

    # Does she have to name another lead trainer?
    abandoned: bool = False
    # Of a draft: which modules its lead trainer may not train there; and is it hers to name another?
    lacking: str = ""
    manages: bool = False

    @property
    def is_draft(self) -> bool:
        return self.cohort.state == CohortState.DRAFT


@dataclass
class Desk:
    """Everything on one person's desk."""

    learning: list[Learning]
    # Messages of the last days to somebody who takes part.
    new_messages: int
    running: list[Running]
    substituting: list[Session]
    observing: list[Cohort]
    plans_waiting: list[Cohort]
    counted: list[Cohort]
    licences: list[Licence]
    # Is there none any more, and may a coordinator still renew the last?
    licence_has_ended: bool
    offers: list[RoleOffer]
    # What an administrator, or whoever runs the installation, sees to; and what comes before the first plan.
    office: Office
    # How many trainers' certificates end soon in what she coordinates.
    ending: int
    # The cohorts that she closed where somebody has no certificate yet.
    uncertified: list[Uncertified]
    # Where holders ask why their certificate was taken back.
    asked: list[Asked]
    # How many proposals of founding trainers wait for her signature.
    to_sign: int
    roles: frozenset[str]
    runs_the_site: bool

    @property
    def may_train(self) -> bool:
        """Is there something that she may train now?"""
        return any(not licence.standing.is_dormant for licence in self.licences)

    @property
    def may_plan(self) -> bool:
        return RoleKind.COORDINATOR in self.roles or self.may_train

    @property
    def plans_next(self) -> bool:
        """Has what she plans somebody to lead it?"""
        return self.may_plan and (self.may_train or not self.office.nobody_trains)

    @property
    def finds(self) -> bool:
        """Has she people to look for?"""
        return RoleKind.COORDINATOR in self.roles or bool(self.running)

    @property
    def has_more_cohorts(self) -> bool:
        """May there be cohorts of hers that are not shown: closed ones, or more than a section holds?"""
        trains = bool(self.licences or self.running) or RoleKind.TRAINER in self.roles
        return self.may_plan or trains or len(self.learning) == SHOWN

    @property
    def edits(self) -> bool:
        return bool(self.roles & set(CMS_ROLES))

    @property
    def shows_work(self) -> bool:
        """Whether anything stands above the ways to other pages."""
        return bool(
            self.learning
            or self.running
            or self.substituting
            or self.plans_waiting
            or self.observing
            or self.counted
            or self.licences
        )

    @property
    def trains_nothing_yet(self) -> bool:
        """Was she invited as a trainer, and is there nothing that she may train and nowhere that she helps?"""
        trains = self.licences or self.running or self.substituting
        return RoleKind.TRAINER in self.roles and not (trains or self.licence_has_ended)

    @property
    def is_empty(self) -> bool:
        return not (self.shows_work or self.roles or self.offers)


def desk_for(user: User, at: datetime) -> Desk:
    """At most twelve queries: fewer for whoever has fewer parts to play."""
    roles = frozenset(role.kind for role in active_roles(user))
    day = local_day(at)
    learning, running = _learning(user), _running(user, day)
    _add_sessions(learning, running, at)
    learning.sort(key=lambda one: one.is_next_by(at))
    engaged = bool(engagements(user))
    licences = licences_of(user, day) if engaged else []
    issued = issued_by(user, at) if RoleKind.COORDINATOR in roles else Issued(0, [])
    coaches = engaged and bool(_coaches(user=user, day=day))
    return Desk(
        learning=learning,
        new_messages=arrived_since(user, at - NEW) if learning else 0,
        running=running,
        substituting=_substituting(user) if licences or roles & {RoleKind.TRAINER} else [],
        observing=_observing(user) if coaches or roles & {RoleKind.OBSERVER, RoleKind.COACH} else [],
        plans_waiting=_plans_waiting(user, day) if coaches or RoleKind.COORDINATOR in roles else [],
        counted=counted_for(user) if RoleKind.MONITOR in roles else [],
        licences=licences,
        licence_has_ended=engaged and not licences and has_ended(user, day),
        offers=offers_for(user, at),
        office=office_for(user, at, has_opened=any(not one.is_draft for one in running)),
        ending=issued.ending,
        uncertified=uncertified_of(user, at) if RoleKind.COORDINATOR in roles else [],
        asked=issued.asked,
        to_sign=len(waiting_for_signature_of(user)) if roles & set(FOUNDING_ROLES) else 0,
        roles=roles,
        runs_the_site=user.is_superuser,
    )


@prepared(user=Reader(), day=DateField())
def _coaches(user: Any, day: Any) -> QuerySet[Coaching, int]:
    return coached_by(user, day).values_list("pk", flat=True)[:1]


def _plans_waiting(user: User, day: date) -> list[Cohort]:
    """The cohorts with session plans that wait for her answer, each once, the longest waiting first."""
    return list({plan.cohort_id: plan.cohort for plan in _plans(user=user, day=day)}.values())


@prepared(user=Reader(), day=DateField())
def _plans(user: Any, day: Any) -> QuerySet[Submission]:
    waiting = submissions_for(user, day).filter(state=SubmissionState.HANDED_IN).order_by("handed_in_at")
    return waiting.select_related(None).select_related("cohort").only(*on_card("cohort__"))[:SHOWN]


def _substituting(user: User) -> list[Session]:
    """The sessions that she leads in somebody's place.  Most trainers never did, so that is asked first, in short."""
    if not _led_by(person=user.pk):
        return []
    sessions = substituted_sessions_for(user).select_related("cohort__region")
    columns = ["cohort", "lesson_code", "is_extra", "titles", "starts_at", "place", *region_on_card("cohort__")]
    return list(sessions.only(*columns)[:SHOWN])


@prepared(person=UUIDField())
def _led_by(person: Any) -> QuerySet[Session, UUID]:
    return Session.objects.filter(led_by=person).values_list("pk", flat=True)[:1]


def _observing(user: User) -> list[Cohort]:
    return list(in_short(observed_cohorts_for(user)).filter(state__in=LIVE_STATES)[:SHOWN])


def _learning(user: User) -> list[Learning]:
    mine = [Learning(enrolment) for enrolment in _enrolments(person=user.pk)]
    if not mine:
        return mine
    ids = [learning.enrolment.cohort_id for learning in mine]
    papers = _open_papers(ids, [learning.enrolment.pk for learning in mine])
    for learning in mine:
        learning.open_papers = [] if learning.is_waiting else papers[learning.enrolment.cohort_id]
    return mine


@prepared(person=UUIDField())
def _enrolments(person: Any) -> QuerySet[Enrolment]:
    enrolments = own_enrolments(person).select_related(None).select_related("cohort__region")
    columns = ["state", *on_card("cohort__"), *region_on_card("cohort__")]
    return enrolments.only(*columns)[:SHOWN]


def _open_papers(cohort_ids: list[UUID], enrolment_ids: list[UUID]) -> dict[UUID, list[OpenPaper]]:
    """The tests that are open now and that she has not handed in, per cohort, each with the end of her time in it."""
    found: dict[UUID, list[OpenPaper]] = defaultdict(list)
    papers = _papers(cohorts=cohort_ids, enrolments=enrolment_ids)
    if not papers:
        return found
    begun = {attempt.paper_id: attempt for attempt in _begun(cohorts=cohort_ids, enrolments=enrolment_ids)}
    for paper in papers:
        attempt = begun.get(paper.pk)
        if attempt is None or attempt.state == AttemptState.OPEN:
            found[paper.cohort_id].append(OpenPaper(paper, attempt.deadline if attempt else None))
    return found


@prepared(cohorts=Many(UUIDField()), enrolments=Many(UUIDField()))
def _papers(cohorts: Any, enrolments: Any) -> QuerySet[Paper]:
    open_now = Paper.objects.filter(open_to(enrolments), cohort__id__in=cohorts)
    return open_now.only("cohort", "module_code", "moment")


@prepared(cohorts=Many(UUIDField()), enrolments=Many(UUIDField()))
def _begun(cohorts: Any, enrolments: Any) -> QuerySet[Attempt]:
    attempts = Attempt.objects.filter(paper__cohort__id__in=cohorts, enrolment__id__in=enrolments)
    return attempts.only("paper", "state", "deadline")


def _running(user: User, day: date) -> list[Running]:
    """Those whose lead trainer is gone, those that run now, those to come, those that are over and to be closed."""
    if not may_run(user):
        return []
    mine = [Running(cohort, abandoned=cohort.abandoned) for cohort in _run(user=user, day=day)]
    if not mine:
        return mine
    _add_unfit(user, mine, day)
    # For the cohorts shown: joined above, it would count everyone of hers before the first twelve are taken.
    counted = _people(cohorts=[running.cohort.pk for running in mine])
    counts = {(cohort_id, state): count for cohort_id, state, count in counted}
    for running in mine:
        running.enrolled = counts.get((running.cohort.pk, EnrolmentState.ENROLLED), 0)
        running.waiting = counts.get((running.cohort.pk, EnrolmentState.WAITING), 0)
    return mine


@prepared(user=Reader(), day=DateField())
def _run(user: Any, day: Any) -> QuerySet[Cohort, Any]:
    abandoned = _true_of(managed_by(user) & lead_has_left() if has_role(user, *PLANNING_ROLES) else NOTHING)
    cohorts = in_short(run_cohorts_for(user)).exclude(state__in=ENDED_STATES).annotate(abandoned=abandoned)
    return cohorts.order_by("-abandoned", _true_of(Q(ends_on__lt=day)), "starts_on", "code")[:SHOWN]


def _add_unfit(user: User, mine: list[Running], day: date) -> None:
    """To the drafts among them why they cannot be opened: their lead trainer's standing ended, or she has left."""
    drafts = {running.cohort.pk: running for running in mine if running.is_draft and not running.abandoned}
    for unfit in unfit_leads(drafts, day) if drafts else []:
        draft = drafts[unfit.cohort.pk]
        draft.lacking, draft.manages = ", ".join(unfit.modules), manages(user, unfit.cohort)


@prepared(cohorts=Many(UUIDField()))
def _people(cohorts: Any) -> QuerySet[Enrolment, tuple[UUID, str, int]]:
    return Enrolment.objects.filter(cohort__id__in=cohorts).values_list("cohort_id", "state").annotate(Count("pk"))


def _true_of(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, BooleanField())


def _add_sessions(learning: list[Learning], running: list[Running], at: datetime) -> None:
    """To each cohort the session that runs now or comes next; to those that she runs, what nobody has marked."""
    # Where a cohort was closed early nobody shall travel to what was still planned.
    learned = {item.enrolment.cohort_id: item for item in learning if not item.enrolment.cohort.has_ended}
    run = {item.cohort.pk: item for item in running}
    for session in _sessions({*learned, *run}, run.keys(), at):
        hers = run.get(session.cohort_id)
        if session.ends_at < at:
            if hers and not hers.is_draft:
                hers.unmarked.append(session)
            continue
        for item in (hers, learned.get(session.cohort_id)):
            if item and item.next_session is None:
                item.next_session = session


def _sessions(cohort_ids: Collection[UUID], run_ids: Collection[UUID], at: datetime) -> Iterable[Meeting]:
    """In order of time: those to come, and of the cohorts that she runs those of the last days without a mark."""
    if not cohort_ids:
        return []
    rows = _meetings(cohorts=list(cohort_ids), run=list(run_ids), at=at, since=at - REMINDED)
    return map(Meeting._make, rows)


@prepared(cohorts=Many(UUIDField()), run=Many(UUIDField()), at=DateTimeField(), since=DateTimeField())
def _meetings(cohorts: Any, run: Any, at: Any, since: Any) -> QuerySet[Session, tuple[Any, ...]]:
    unmarked = ~Exists(Mark.objects.said().filter(session=OuterRef("pk")))
    wanted = Q(ends_at__gte=at) | Q(unmarked, cohort__id__in=run, ends_at__gte=since)
    sessions = Session.objects.filter(wanted, ~Q(state=SessionState.CANCELLED), cohort__id__in=cohorts)
    return sessions.order_by("starts_at").values_list(*Meeting._fields)
