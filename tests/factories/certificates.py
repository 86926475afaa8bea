"""Graduates, candidates and certificates for tests, by the same actions that people use where it matters."""

from datetime import datetime, timedelta

from django.utils import timezone

from lms.assessments.models import Observation, ObservationKind, Submission, SubmissionState
from lms.attendance.models import AttendanceEvent, Mark, Status
from lms.certificates import actions
from lms.certificates.models import Certificate
from lms.cohorts.models import Cohort, CohortState, Enrolment, Session, Standing
from lms.common.codes import new_id
from lms.people.actions import record_consent, set_legal_name
from lms.people.models import ConsentPurpose, RoleKind, User
from tests.factories.assessments import make_attempt, make_paper, pass_teach_backs, right_answers
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import AT, make_role, make_staff
from tests.factories.remembered import made_once

FULL_NAME = "Айгүл Токтосунова"


def mark(enrolment: Enrolment, session: Session, status: str = Status.PRESENT) -> Mark:
    """A mark with its evidence, without a trainer."""
    event = AttendanceEvent.objects.create(
        id=new_id(),
        session=session,
        enrolment=enrolment,
        status=status,
        source="roster",
        taken_at=AT,
        received_at=AT,
        body_hash="0" * 64,
    )
    return Mark.objects.create(session=session, enrolment=enrolment, status=status, event=event, updated_at=AT)


def attend(enrolment: Enrolment, module_code: str | None = None) -> None:
    """Present in every session (of one module)."""
    sessions = enrolment.cohort.sessions.all()
    for session in sessions.filter(module_code=module_code) if module_code else sessions:
        mark(enrolment, session)


def put_ahead(cohort: Cohort) -> None:
    """Its sessions are still to come, whatever the clock of this machine says."""
    start = timezone.now() + timedelta(days=1)
    Session.objects.filter(cohort=cohort).update(starts_at=start, ends_at=start + timedelta(minutes=90))


def take_post_test(enrolment: Enrolment, module_code: str = "M1") -> None:
    """One right answer, handed in."""
    paper = make_paper(enrolment.cohort, "post", module_code)
    key, response = next(iter(right_answers(paper).items()))
    make_attempt(enrolment, paper, {key: response}, handed_in=True)


def give_name(person: User, name: str = FULL_NAME) -> None:
    """The name for the certificate and the consent to it."""
    set_legal_name(person=person, name=name, by=person, at=AT)
    record_consent(
        person=person, purpose=ConsentPurpose.CERTIFICATE, given=True, language=person.language, by=person, at=AT
    )


def make_coordinator(cohort: Cohort) -> User:
    """Whoever may issue for the cohort."""
    person = make_staff()
    make_role(person, RoleKind.COORDINATOR, cohort.organisation)
    return person


@made_once
def make_graduate(cohort: Cohort | None = None, name: str = FULL_NAME, language: str = "ky") -> Enrolment:
    """An enrolment that lacks nothing for the participant's certificate."""
    enrolment = make_enrolment(cohort or make_cohort(), language=language)
    attend(enrolment)
    for module in enrolment.cohort.modules.all():
        take_post_test(enrolment, module.module_code)
    give_name(enrolment.person, name)
    return enrolment


@made_once
def make_certificate(
    enrolment: Enrolment | None = None, *, by: User | None = None, at: datetime = AT, **graduate: str
) -> Certificate:
    """A participant's certificate, issued by the real action."""
    enrolment = enrolment or make_graduate(**graduate)
    by = by or make_coordinator(enrolment.cohort)
    return actions.issue_certificate(enrolment=enrolment, by=by, at=at)


@made_once
def make_issued() -> Certificate:
    """A certificate, on a site that has a key of this year as well as of the tests' day."""
    actions.ensure_installation_key(at=timezone.now())
    return make_certificate()


@made_once
def make_candidate(enrolment: Enrolment | None = None, module_code: str = "M1") -> Standing:
    """Certificate, two teach-backs, coach: a candidate trainer."""
    enrolment = enrolment or make_graduate()
    by = make_coordinator(enrolment.cohort)
    actions.issue_certificate(enrolment=enrolment, by=by, at=AT)
    pass_teach_backs(enrolment.person, enrolment.cohort, module_code=module_code)
    return actions.make_candidate(
        enrolment=enrolment,
        module_code=module_code,
        coach=make_staff(),
        languages=enrolment.cohort.languages,
        by=by,
        at=AT,
    )


def prove_teaching(person: User, cohort: Cohort, module_code: str = "M1") -> None:
    """An accepted session plan, and a real session that an observer passed."""
    Submission.objects.create(
        person=person,
        cohort=cohort,
        module_code=module_code,
        title="My plan",
        text="Step 1.",
        state=SubmissionState.ACCEPTED,
        handed_in_at=AT,
        decided_by=make_staff(),
        decided_at=AT,
    )
    own = make_cohort(
        organisation=cohort.organisation, lead=person, module_codes=(module_code,), state=CohortState.CLOSED
    )
    Observation.objects.create(
        kind=ObservationKind.REAL_SESSION,
        person=person,
        cohort=own,
        session=own.sessions.first(),
        module_code=module_code,
        observer=make_staff(),
        passed=True,
        note="She let everybody speak.",
        observed_on=AT.date(),
        created_at=AT,
    )


@made_once
def make_trainer_certificate(enrolment: Enrolment | None = None, module_code: str = "M1") -> Certificate:
    """The whole way: graduate, candidate, trainer."""
    enrolment = enrolment or make_graduate()
    make_candidate(enrolment, module_code)
    prove_teaching(enrolment.person, enrolment.cohort, module_code)
    return actions.issue_trainer_certificate(
        enrolment=enrolment, module_code=module_code, by=make_coordinator(enrolment.cohort), at=AT + timedelta(days=1)
    )
