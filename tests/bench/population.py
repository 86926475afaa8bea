"""A population of any size: cohorts of thirty, one large cohort, marks, tests and certificates."""

from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.core.management import call_command
from django.utils import timezone

from lms.assessments.actions import ensure_paper, open_paper
from lms.assessments.models import Answer, Attempt, AttemptState, Paper
from lms.attendance.actions import record_roster
from lms.attendance.models import Status
from lms.certificates.actions import issue_certificate
from lms.certificates.models import Certificate
from lms.cohorts.actions import Grant, grant_standing, open_cohort, plan_cohort
from lms.cohorts.models import Cohort, Enrolment, Level
from lms.common.crypto import keyed_index, new_person_key, seal
from lms.people.actions import (
    create_participant,
    create_staff,
    grant_role,
    record_consent,
    renew_pins,
    set_legal_name,
)
from lms.people.models import (
    Consent,
    ConsentChannel,
    ConsentPurpose,
    LegalName,
    Organisation,
    PersonKey,
    User,
)
from lms.people.queries import live_cards
from lms.regions.models import Region

MODULE, COHORT_SIZE, LARGE = "M1", 30, 200
CERTIFIED = 30
NAME = "Айгүл Токтогулова"


@dataclass
class Population:
    """What the load is aimed at."""

    coordinator: User
    trainer: User
    cohort: Cohort
    large: Cohort
    participants: list[User]
    pre: Paper
    # A test that nobody has begun, and who will take it.
    taken: Paper
    takers: list[User]
    certificates: list[Certificate]


def load_content() -> None:
    """Regions and the starter pack, once a database."""
    call_command("load_regions", verbosity=0, stdout=StringIO())
    call_command("load_starter", verbosity=0, stderr=StringIO(), stdout=StringIO())


def populate(people: int) -> Population:
    """`people` participants in cohorts of thirty, beside one cohort of two hundred of them."""
    organisation = _organisation()
    coordinator, trainer = _staff(organisation)
    persons = _participants(people)
    groups = [persons[start : start + COHORT_SIZE] for start in range(0, people, COHORT_SIZE)]
    cohorts = [_cohort(organisation, coordinator, trainer, group) for group in groups]
    large = _cohort(organisation, coordinator, trainer, persons[:LARGE])
    pre, post = [_open_paper(cohorts[0], moment, trainer) for moment in ("pre", "post")]
    return Population(
        coordinator=coordinator,
        trainer=trainer,
        cohort=cohorts[0],
        large=large,
        participants=groups[0],
        pre=pre,
        taken=_open_paper(large, "post", trainer),
        takers=persons[COHORT_SIZE:LARGE],
        certificates=_certificates(cohorts[0], coordinator, post),
    )


def graduates(count: int) -> tuple[User, list[str]]:
    """A coordinator, and the enrolments of so many who lack nothing for a certificate, in one cohort."""
    organisation, now = _organisation(), timezone.now()
    coordinator, trainer = _staff(organisation)
    people = User.objects.bulk_create(
        User(display_name=f"Айгүл {n}", language="ky", password="!") for n in range(count)
    )
    keys = PersonKey.objects.bulk_create(PersonKey(person=person, wrapped=new_person_key()) for person in people)
    name = {"index": keyed_index("legal_name", NAME), "updated_at": now}
    LegalName.objects.bulk_create(LegalName(person=key.person, sealed=seal(key.wrapped, NAME), **name) for key in keys)
    said = {"given": True, "language": "ky", "channel": ConsentChannel.PAPER, "at": now}
    said |= {"purpose": ConsentPurpose.CERTIFICATE, "text_version": settings.CONSENT_TEXT_VERSION}
    Consent.objects.bulk_create(Consent(person=person, **said) for person in people)
    cohort = _cohort(organisation, coordinator, trainer, people)
    enrolments = list(cohort.enrolments.enrolled())
    _hand_in(enrolments, _open_paper(cohort, "post", trainer))
    return coordinator, [str(enrolment.pk) for enrolment in enrolments]


def _open_paper(cohort: Cohort, moment: str, trainer: User) -> Paper:
    now = timezone.now()
    paper = ensure_paper(cohort=cohort, module_code=MODULE, moment=moment, by=trainer, at=now)
    return open_paper(paper=paper, by=trainer, at=now, anyway=True)


def session_cookie(person: User) -> str:
    """A signed-in session, as signing in would make it."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def make_cards(population: Population, count: int = 200) -> list[tuple[str, str]]:
    """Code and PIN of people who have not signed in yet."""
    now = timezone.now()
    people = [create_participant(display_name=f"Нур {n}", language="ky", by=None, at=now) for n in range(count)]
    pins = renew_pins(people=people, by=population.trainer, at=now)
    return [(card.code, pins[person_id]) for person_id, card in live_cards(people).items()]


def _organisation() -> Organisation:
    names = {f"name_{language}": "Bench" for language, _name in settings.LANGUAGES}
    return Organisation.objects.create(code=f"bench-{uuid4().hex[:8]}", **names)


def _staff(organisation: Organisation) -> tuple[User, User]:
    now, mark = timezone.now(), uuid4().hex[:6]
    coordinator, trainer = [
        create_staff(username=f"{name}-{mark}", display_name=name, language="ky", password=None, by=None, at=now)
        for name in ("coordinator", "trainer")
    ]
    grant_role(person=coordinator, kind="coordinator", organisation=organisation, by=None, at=now)
    grant = Grant(
        person=trainer,
        organisation=organisation,
        module_code=MODULE,
        level=Level.FOUNDING,
        languages=["ky", "ru", "en"],
        starts_on=(now - timedelta(days=400)).date(),
    )
    grant_standing(grant=grant, by=coordinator, at=now)
    return coordinator, trainer


def _participants(people: int) -> list[User]:
    """The first cohort as real people, the others as rows: they are there to be in the way."""
    now = timezone.now()
    real = [create_participant(display_name=f"Айгүл {n}", language="ky", by=None, at=now) for n in range(COHORT_SIZE)]
    for person in real:
        set_legal_name(person=person, name=NAME, by=person, at=now)
        record_consent(person=person, purpose=ConsentPurpose.CERTIFICATE, given=True, language="ky", by=person, at=now)
    rows = [User(display_name=f"Бермет {n}", language="ky", password="!") for n in range(people - len(real))]
    return real + User.objects.bulk_create(rows)


def _cohort(organisation: Organisation, coordinator: User, trainer: User, people: list[User]) -> Cohort:
    now = timezone.now()
    region = Region.objects.get(iso="KG-B")
    start = now - timedelta(hours=1)
    starts = {f"{MODULE}.{lesson}": start + timedelta(days=lesson - 1) for lesson in range(1, 6)}
    cohort = plan_cohort(
        organisation=organisation,
        module_codes=[MODULE],
        region=region,
        starts_on=start.date(),
        session_starts=starts,
        languages=["ky", "ru"],
        lead=trainer,
        capacity=LARGE,
        by=coordinator,
        at=now,
    )
    open_cohort(cohort=cohort, by=coordinator, at=now)
    enrolments = Enrolment.objects.bulk_create(
        [Enrolment(cohort=cohort, person=person, language="ky", enrolled_at=now) for person in people]
    )
    statuses = {enrolment.pk: Status.PRESENT for enrolment in enrolments}
    for session in cohort.sessions.order_by("starts_at"):
        when = session.starts_at + timedelta(minutes=5)
        record_roster(session=session, statuses=statuses, batch=uuid4(), by=trainer, at=when)
    cohort.refresh_from_db()
    return cohort


def _certificates(cohort: Cohort, coordinator: User, post: Paper) -> list[Certificate]:
    now = timezone.now()
    enrolments = list(cohort.enrolments.enrolled()[:CERTIFIED])
    _hand_in(enrolments, post)
    return [issue_certificate(enrolment=enrolment, by=coordinator, at=now) for enrolment in enrolments]


def _hand_in(enrolments: list[Enrolment], post: Paper) -> None:
    """A post-test of each, as it lies in the tables."""
    now = timezone.now()
    attempts = Attempt.objects.bulk_create(
        [
            Attempt(
                paper=post,
                enrolment=enrolment,
                language="ky",
                state=AttemptState.SUBMITTED,
                started_at=now,
                deadline=now,
                submitted_at=now,
                points=5,
                max_points=12,
                anchor_points=3,
                anchor_max_points=6,
            )
            for enrolment in enrolments
        ]
    )
    Answer.objects.bulk_create(
        [Answer(attempt=attempt, item_key="M1-Q01", revision=1, response=[], saved_at=now) for attempt in attempts]
    )
