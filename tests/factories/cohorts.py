"""Cohorts and enrolments for tests, made by the same actions that people use."""

from datetime import date, datetime, timedelta
from uuid import uuid4

from django.utils import timezone

from curricula.models import ModulePage
from lms.cohorts import actions
from lms.cohorts.models import (
    Coaching,
    Cohort,
    CohortState,
    CohortTrainer,
    Enrolment,
    EnrolmentState,
    Level,
    Session,
    Standing,
    TrainerPart,
)
from lms.people.actions import note_engagement
from lms.people.models import Organisation, User
from lms.regions.models import Region
from tests.factories.curricula import make_module
from tests.factories.people import AT, make_organisation, make_person, make_region, make_staff, some_letters
from tests.factories.remembered import made_once


def make_standing(
    person: User,
    organisation: Organisation,
    module_code: str = "M1",
    level: str = Level.FOUNDING,
    region: Region | None = None,
    languages: tuple[str, ...] = ("ky", "ru", "en"),
    starts_on: date = date(2026, 1, 1),
    ends_on: date | None = None,
    qualified_in: Cohort | None = None,
) -> Standing:
    """A current standing, without anybody's signature."""
    note_engagement(people=[person], organisation=organisation)
    return Standing.objects.create(
        person=person,
        organisation=organisation,
        module_code=module_code,
        level=level,
        languages=list(languages),
        region=region,
        starts_on=starts_on,
        ends_on=ends_on,
        qualified_in=qualified_in,
        created_at=AT,
    )


@made_once
def make_cohort(
    organisation: Organisation | None = None,
    region: Region | None = None,
    lead: User | None = None,
    state: str = CohortState.OPEN,
    module_codes: tuple[str, ...] = ("M1",),
    sessions: int = 2,
    languages: tuple[str, ...] = ("ky", "ru"),
    capacity: int = 30,
    starts_on: date = date(2026, 11, 24),
    co_trainers: tuple[User, ...] = (),
    at: datetime = AT,
) -> Cohort:
    """A cohort with a lead who has founding standing, opened by the real action: pins, rule and lineage are there.

    Modules that do not exist yet are made with `sessions` lessons each.
    """
    organisation = organisation or make_organisation(code=f"org-{uuid4().hex[:8]}")
    region = region or Region.objects.filter(code="417").first() or make_region(code="417")
    lead = lead or make_staff(username=f"lead-{some_letters()}")
    for code in module_codes:
        if not ModulePage.objects.filter(code=code).exists():
            make_module(code=code, lessons=sessions)
        if (
            not Standing.objects.usable(at.date())
            .filter(person=lead, organisation=organisation, module_code=code)
            .exists()
        ):
            make_standing(lead, organisation, code)
    cohort = _plan(organisation, region, lead, module_codes, languages, capacity, starts_on, co_trainers, at)
    if state != CohortState.DRAFT:
        cohort = actions.open_cohort(cohort=cohort, by=lead, at=at)
    if state not in (CohortState.DRAFT, CohortState.OPEN):
        Cohort.objects.filter(pk=cohort.pk).update(state=state)
        cohort.refresh_from_db()
    return cohort


def _plan(organisation, region, lead, module_codes, languages, capacity, starts_on, co_trainers, at) -> Cohort:
    """Planned by the lead herself, as whoever has standing may."""
    return actions.plan_cohort(
        organisation=organisation,
        module_codes=module_codes,
        region=region,
        starts_on=starts_on,
        languages=languages,
        lead=lead,
        co_trainers=co_trainers,
        capacity=capacity,
        place="",
        by=lead,
        at=at,
    )


def make_enrolment(
    cohort: Cohort,
    person: User | None = None,
    language: str = "ky",
    state: str = EnrolmentState.ENROLLED,
    at: datetime = AT,
) -> Enrolment:
    """A place in the cohort, whatever its capacity and state."""
    person = person or make_person(display_name=f"Айгүл {uuid4().hex[:4]}", language=language)
    return Enrolment.objects.create(cohort=cohort, person=person, language=language, state=state, enrolled_at=at)


def make_session(cohort: Cohort, days: int = 0, lesson_code: str = "M1.9", minutes: int = 90) -> Session:
    """One more session, `days` after the tests' day."""
    starts_at = AT + timedelta(days=days, hours=1)
    return Session.objects.create(
        cohort=cohort,
        module_code=cohort.modules.all()[0].module_code,
        lesson_code=lesson_code,
        titles={"en": lesson_code, "ru": lesson_code, "ky": lesson_code},
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        checkin_seed=uuid4().hex,
    )


def make_coaching(standing: Standing, coach: User, ends_on: date, starts_on: date | None = None) -> Coaching:
    """Somebody who coaches a candidate, from today unless a day is named."""
    note_engagement(people=[coach], organisation=standing.organisation)
    return Coaching.objects.create(
        standing=standing, coach=coach, starts_on=starts_on or timezone.localdate(), ends_on=ends_on
    )


def add_trainer(cohort: Cohort, person: User) -> CohortTrainer:
    """A co-trainer."""
    note_engagement(people=[person], organisation=cohort.organisation)
    return CohortTrainer.objects.create(cohort=cohort, person=person, part=TrainerPart.CO)
