"""The demonstration's two cohorts: one has ended with certificates, one has its second session right now."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from django.utils import timezone

from lms.assessments.actions import close_paper, ensure_paper, open_paper, save_answers, start_attempt, submit_attempt
from lms.assessments.actions.attempts import FormAnswer
from lms.assessments.models import Moment, Paper
from lms.attendance.actions import record_roster
from lms.attendance.models import Status
from lms.certificates.actions import issue_certificate
from lms.cohorts.actions import confirm_founding, enrol_person, open_cohort, plan_cohort, propose_founding
from lms.cohorts.models import Cohort, Enrolment
from lms.dashboard.starter.people import Cast
from lms.people.models import User
from lms.regions.models import Region

MODULE = "M1"
LANGUAGES = ["ky", "ru"]
PLACE = {"ended": "Бостери", "running": "Балыкчы"}


def found_trainer(cast: Cast, at: datetime) -> None:
    """The first trainer of the country begins by two people's signatures."""
    proposal = propose_founding(
        person=cast.staff["trainer"],
        organisation=cast.ours,
        module_code=MODULE,
        languages=["ky", "ru", "en"],
        region=Region.objects.get(code="417"),
        reason="Led the national training of trainers.",
        by=cast.staff["coordinator"],
        at=at,
    )
    confirm_founding(proposal=proposal, by=cast.staff["admin"], at=at)


def make_ended_cohort(cast: Cast, at: datetime) -> Cohort:
    """A month ago: everybody came, both tests were taken, the first four people have certificates."""
    started = at - timedelta(days=30)
    cohort = _open(cast, "ended", "KG-Y", started, {})
    enrolments = [_enrol(cohort, cast, person, started) for person in cast.participants]
    _take_test(cohort, cast, Moment.PRE, enrolments, started, right=0.4)
    for session in cohort.sessions.order_by("starts_at"):
        record_roster(
            session=session,
            statuses={enrolment.pk: Status.PRESENT for enrolment in enrolments},
            batch=uuid4(),
            by=cast.staff["trainer"],
            at=session.starts_at + timedelta(minutes=20),
        )
    ended = at - timedelta(days=25)
    _take_test(cohort, cast, Moment.POST, enrolments, ended, right=0.8)
    for enrolment in enrolments[:4]:
        issue_certificate(enrolment=enrolment, by=cast.staff["coordinator"], at=ended)
    return cohort


def make_running_cohort(cast: Cast, at: datetime) -> Cohort:
    """The first session was yesterday, the second runs now, the pre-test is open."""
    now = at.replace(minute=0, second=0, microsecond=0)
    offsets = [timedelta(days=-1), timedelta(), timedelta(hours=3), timedelta(days=1), timedelta(days=1, hours=3)]
    starts = {f"{MODULE}.{number}": now + offset for number, offset in enumerate(offsets, start=1)}
    cohort = _open(cast, "running", "41702420000000", at - timedelta(days=2), starts)
    people = [*cast.participants[4:]]
    for person in people:
        _enrol(cohort, cast, person, at - timedelta(days=2))
    open_paper(paper=_paper(cohort, cast, Moment.PRE, at), by=cast.staff["trainer"], at=at - timedelta(days=1))
    return cohort


def _open(cast: Cast, which: str, region: str, at: datetime, starts: dict[str, datetime]) -> Cohort:
    found = Region.objects.filter(iso=region).first() or Region.objects.get(code=region)
    cohort = plan_cohort(
        organisation=cast.ours,
        module_codes=[MODULE],
        region=found,
        starts_on=timezone.localdate(at),
        session_starts=starts,
        languages=LANGUAGES,
        lead=cast.staff["trainer"],
        capacity=30,
        place=PLACE[which],
        by=cast.staff["coordinator"],
        at=at,
    )
    return open_cohort(cohort=cohort, by=cast.staff["coordinator"], at=at)


def _enrol(cohort: Cohort, cast: Cast, person: User, at: datetime) -> Enrolment:
    return enrol_person(cohort=cohort, person=person, language=person.language, by=cast.staff["coordinator"], at=at)


def _paper(cohort: Cohort, cast: Cast, moment: str, at: datetime) -> Paper:
    return ensure_paper(cohort=cohort, module_code=MODULE, moment=moment, by=cast.staff["trainer"], at=at)


def _take_test(
    cohort: Cohort, cast: Cast, moment: str, enrolments: Sequence[Enrolment], at: datetime, *, right: float
) -> None:
    """Everybody answers; the first share `right` of the questions rightly, the others not at all."""
    paper = open_paper(paper=_paper(cohort, cast, moment, at), by=cast.staff["trainer"], at=at)
    items = paper.content["items"]
    known = items[: int(len(items) * right)]
    answers = {item["key"]: FormAnswer(1, item["answer"]) for item in known}
    for enrolment in enrolments:
        attempt = start_attempt(
            paper=paper, enrolment=enrolment, language=enrolment.language, by=enrolment.person, at=at
        )
        save_answers(attempt=attempt, answers=answers, language=enrolment.language, by=enrolment.person, at=at)
        submit_attempt(attempt=attempt, by=enrolment.person, at=at)
    close_paper(paper=paper, by=cast.staff["trainer"], at=at + timedelta(hours=1))
