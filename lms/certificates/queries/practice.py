"""What keeps a trainer's licence: the sessions that she gave and the refreshers that she took, by their days.

Of one organisation alone: what she does for another one is not this one's to know, as with plans and observed sessions.
"""

from collections import defaultdict
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from lms.attendance.models import ATTENDED, Mark, SessionCount
from lms.attendance.queries import attendance_from, marks_for
from lms.certificates.checks import Practice
from lms.cohorts.models import CohortTrainer, Enrolment, Session, SessionState, Standing, TrainerPart
from lms.common.dates import local_day

# Whose, for which organisation, of which module.
type Place = tuple[UUID, UUID, str]


@dataclass
class _Days:
    sessions: list[date] = field(default_factory=list)
    refreshers: list[date] = field(default_factory=list)


def place_of(standing: Standing) -> Place:
    """Where `practice_in` keeps what belongs to it."""
    return standing.person_id, standing.organisation_id, standing.module_code


def practice_in(standings: Iterable[Standing], since: date, at: datetime) -> dict[Place, Practice]:
    """What the holders did with each module from `since` until now.

    At most five queries, however many they are, and one for each training in which one of them took part (rare).
    """
    places = {place_of(standing) for standing in standings}
    found: dict[Place, _Days] = defaultdict(_Days)
    people, codes = {place[0] for place in places}, {place[2] for place in places}
    for session, trainers in _given(people, codes, since, at):
        for person in trainers:
            days = found[person, session.cohort.organisation_id, session.module_code]
            days.sessions.append(local_day(session.starts_at))
    for enrolment in _took_part(people, codes, since, at):
        for code, day in _refreshed(enrolment, codes, at):
            found[enrolment.person_id, enrolment.cohort.organisation_id, code].refreshers.append(day)
    return {place: Practice(tuple(found[place].sessions), tuple(found[place].refreshers)) for place in places}


def _given(people: Set[UUID], codes: Set[str], since: date, at: datetime) -> list[tuple[Session, set[UUID]]]:
    """The sessions to which somebody came, each with those of `people` who led it or helped.

    Who led is what `cohorts.queries.leader_of` says of one session.
    """
    theirs = CohortTrainer.objects.filter(person__in=people)
    held = _attended(codes, since, at).filter(Q(led_by__in=people) | Q(cohort__in=theirs.values("cohort")))
    sessions = list(held.select_related("cohort"))
    parts: dict[tuple[UUID, str], set[UUID]] = defaultdict(set)
    for part in theirs.filter(cohort__in={session.cohort_id for session in sessions}):
        parts[part.cohort_id, part.part].add(part.person_id)
    found = []
    for session in sessions:
        led = {session.led_by_id} & set(people) if session.led_by_id else parts[session.cohort_id, TrainerPart.LEAD]
        found.append((session, led | parts[session.cohort_id, TrainerPart.CO]))
    return found


def _attended(codes: Set[str], since: date, at: datetime) -> QuerySet[Session]:
    """Lessons held by `at` for which attendance was taken and somebody had come; later only counts say so."""
    came = Exists(Mark.objects.filter(session=OuterRef("pk"), status__in=ATTENDED))
    counted = Exists(SessionCount.objects.filter(Q(present__gt=0) | Q(late__gt=0), session=OuterRef("pk")))
    sessions = Session.objects.filter(
        came | counted, module_code__in=codes, is_extra=False, starts_at__date__gte=since, starts_at__lte=at
    )
    return sessions.exclude(state=SessionState.CANCELLED)


def _took_part(people: Set[UUID], codes: Set[str], since: date, at: datetime) -> list[Enrolment]:
    """Their own places in trainings of these modules to which they came within that time."""
    came = Mark.objects.filter(
        enrolment=OuterRef("pk"),
        status__in=ATTENDED,
        session__module_code__in=codes,
        session__starts_at__date__gte=since,
        session__starts_at__lte=at,
    )
    enrolments = Enrolment.objects.enrolled().filter(Exists(came), person__in=people)
    return list(enrolments.select_related("cohort").prefetch_related("cohort__modules", "cohort__sessions"))


def _refreshed(enrolment: Enrolment, codes: Set[str], at: datetime) -> list[tuple[str, date]]:
    """The modules of that training whose rule of attendance she met, each with the last day on which she was there."""
    marks, sessions = marks_for(enrolment), list(enrolment.cohort.sessions.all())
    figures = attendance_from(enrolment.cohort.modules.all(), sessions, marks)
    found = []
    for code in codes & {code for code, figure in figures.items() if figure.is_enough}:
        mine = [one for one in sessions if one.module_code == code and one.counts and one.starts_at <= at]
        there = [one for one in mine if one.pk in marks.own and marks.own[one.pk].status in ATTENDED]
        if there:
            found.append((code, max(local_day(one.starts_at) for one in there)))
    return found
