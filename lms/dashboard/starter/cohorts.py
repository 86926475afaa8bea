"""The demonstration's three cohorts: one has ended with certificates, one is in its second day, one is to come."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

from django.utils import timezone

from lms.assessments.actions import close_paper, ensure_paper, open_paper, save_answers, start_attempt, submit_attempt
from lms.assessments.actions.attempts import FormAnswer
from lms.assessments.models import Moment, Paper
from lms.attendance.actions import record_roster
from lms.attendance.models import Status
from lms.certificates.actions import issue_certificate
from lms.cohorts.actions import (
    close_cohort,
    confirm_founding,
    enrol_person,
    open_cohort,
    plan_cohort,
    propose_founding,
    tell_participants,
)
from lms.cohorts.models import Cohort, Enrolment, Session, SessionNotice
from lms.common.dates import local_day
from lms.dashboard.starter.people import HELD_IN, Cast
from lms.people.models import User

MODULE, NEXT_MODULE = "M1", "M2"
LANGUAGES = ["ky", "ru"]
# Nobody answers quite as her neighbour does.
SPREAD = (0.0, 0.2, -0.2, 0.1, -0.1)
PLACE = {"ended": "Бостери", "running": "Балыкчы", "coming": "Нарын"}
OPENED_BEFORE = timedelta(days=16)
# Lessons begin in the morning, whenever the demonstration is loaded.  From eight the day's first one may be marked;
# whoever loads it in the night before still finds the day that has passed, with its lessons to be marked.
DAY_BEGINS = timedelta(hours=8)


def training_day(at: datetime) -> date:
    """The second day of the running cohort: some lesson of it can be marked at this very moment."""
    return local_day(at - DAY_BEGINS)


def _moment(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)), timezone.get_default_timezone())


def found_trainer(cast: Cast, at: datetime, module_code: str = MODULE) -> None:
    """The first trainer of the country begins by two people's signatures, for each module."""
    proposal = propose_founding(
        person=cast.staff["trainer"],
        organisation=cast.ours,
        module_code=module_code,
        languages=["ky", "ru", "en"],
        reason="Тренерлердин улуттук тренингин алып барган.",
        by=cast.staff["coordinator"],
        at=at,
    )
    confirm_founding(proposal=proposal, by=cast.staff["admin"], at=at)


def make_ended_cohort(cast: Cast, day: date) -> Cohort:
    """Three days a month before `day`, closed since: both tests were taken, and four people have their certificates.

    Three more qualify and wait for theirs; the last one missed two lessons and comes again to the running cohort.
    """
    first, last = day - timedelta(days=30), day - timedelta(days=28)
    cohort = _open(cast, "ended", first)
    enrolments = [_enrol(cohort, cast, person, _moment(first, 8)) for person in cast.participants[:8]]
    _take_test(cohort, cast, Moment.PRE, enrolments, _moment(first, 8), right=0.4)
    one_late, one_away = {enrolments[2].pk: Status.LATE}, {enrolments[7].pk: Status.ABSENT}
    for session, others in zip(_sessions(cohort), ({}, one_late, {}, one_away, one_away), strict=True):
        _mark(session, cast, enrolments, others)
    _take_test(cohort, cast, Moment.POST, enrolments, _moment(last, 16), right=0.8)
    for enrolment in enrolments[:4]:
        issue_certificate(enrolment=enrolment, by=cast.staff["coordinator"], at=_moment(last, 18))
    return close_cohort(cohort=cohort, anyway=True, by=cast.staff["coordinator"], at=_moment(last, 19))


def make_running_cohort(cast: Cast, day: date) -> Cohort:
    """`day` is its second: yesterday's lessons are marked, today's are not, one person has handed in the pre-test.

    Everybody is told when the last session is.
    """
    first = day - timedelta(days=1)
    cohort = _open(cast, "running", first)
    enrolments = [_enrol(cohort, cast, person, _moment(first, 8)) for person in cast.participants[7:]]
    paper = open_paper(
        paper=_paper(cohort, cast, Moment.PRE, _moment(first, 8)), by=cast.staff["trainer"], at=_moment(first, 8)
    )
    _hand_in(paper, enrolments[1], _moment(first, 8), right=0.5)
    one_late, one_excused = {enrolments[2].pk: Status.LATE}, {enrolments[1].pk: Status.EXCUSED}
    for session, others in zip(_sessions(cohort), (one_late, one_excused), strict=False):
        _mark(session, cast, enrolments, others)
    last = _sessions(cohort)[-1]
    tell_participants(
        cohort=cohort, kind=SessionNotice.MOVED, session=last, by=cast.staff["coordinator"], at=_moment(day, 8)
    )
    return cohort


def make_coming_cohort(cast: Cast, day: date) -> Cohort:
    """In two weeks the next module, for those who have their certificates of the first; the public may know."""
    first = day + timedelta(days=14)
    cohort = _open(cast, "coming", first, NEXT_MODULE)
    Cohort.objects.filter(pk=cohort.pk).update(listed_publicly=True)
    for person in cast.participants[:4]:
        _enrol(cohort, cast, person, _moment(day - timedelta(days=1), 12))
    return cohort


def _open(cast: Cast, which: str, starts_on: date, module_code: str = MODULE) -> Cohort:
    """Planned and opened ahead, with the times that the plan proposes."""
    at = _moment(starts_on - OPENED_BEFORE, 12)
    cohort = plan_cohort(
        organisation=cast.ours,
        module_codes=[module_code],
        region=cast.regions[HELD_IN[which]],
        starts_on=starts_on,
        languages=LANGUAGES,
        lead=cast.staff["trainer"],
        capacity=30,
        place=PLACE[which],
        by=cast.staff["coordinator"],
        at=at,
    )
    return open_cohort(cohort=cohort, by=cast.staff["coordinator"], at=at)


def _sessions(cohort: Cohort) -> list[Session]:
    return list(cohort.sessions.order_by("starts_at"))


def _mark(session: Session, cast: Cast, enrolments: Sequence[Enrolment], others: Mapping[UUID, str]) -> None:
    """Everybody was there, but for the `others`."""
    record_roster(
        session=session,
        statuses={enrolment.pk: Status.PRESENT for enrolment in enrolments} | dict(others),
        batch=uuid4(),
        by=cast.staff["trainer"],
        at=session.starts_at + timedelta(minutes=20),
    )


def _enrol(cohort: Cohort, cast: Cast, person: User, at: datetime) -> Enrolment:
    return enrol_person(cohort=cohort, person=person, language=person.language, by=cast.staff["coordinator"], at=at)


def _paper(cohort: Cohort, cast: Cast, moment: str, at: datetime) -> Paper:
    return ensure_paper(cohort=cohort, module_code=MODULE, moment=moment, by=cast.staff["trainer"], at=at)


def _take_test(
    cohort: Cohort, cast: Cast, moment: str, enrolments: Sequence[Enrolment], at: datetime, *, right: float
) -> None:
    """Everybody answers, about the share `right` of the questions rightly."""
    paper = open_paper(paper=_paper(cohort, cast, moment, at), by=cast.staff["trainer"], at=at)
    for place, enrolment in enumerate(enrolments):
        _hand_in(paper, enrolment, at, right=right + SPREAD[place % len(SPREAD)])
    close_paper(paper=paper, by=cast.staff["trainer"], at=at + timedelta(hours=1))


def _hand_in(paper: Paper, enrolment: Enrolment, at: datetime, *, right: float) -> None:
    """The first share `right` of the questions is answered rightly, the others not at all."""
    items = paper.content["items"]
    answers = {item["key"]: FormAnswer(1, item["answer"]) for item in items[: int(len(items) * right)]}
    language, person = enrolment.language, enrolment.person
    attempt = start_attempt(paper=paper, enrolment=enrolment, language=language, by=person, at=at)
    save_answers(attempt=attempt, answers=answers, language=language, by=person, at=at)
    submit_attempt(attempt=attempt, by=person, at=at)
