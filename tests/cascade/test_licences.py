"""A licence rests when a year went by with too little training, and wakes when the steps back were walked."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from curricula.models import ModulePage
from lms.attendance.models import Mark, SessionCount, Status
from lms.cascade.actions import refresh_standings
from lms.cascade.tasks import refresh
from lms.cohorts.actions import resume_standing, suspend_standing
from lms.cohorts.actions.standings import end_standings
from lms.cohorts.models import Level, Session, SessionState, Standing, StandingState
from lms.people.models import AuditEntry
from tests.factories.certificates import attend, mark
from tests.factories.cohorts import AT, add_trainer, make_cohort, make_enrolment, make_session, make_standing
from tests.factories.curricula import make_module
from tests.factories.people import make_organisation, make_staff

pytestmark = pytest.mark.django_db
HELD_ON = date(2026, 11, 24)
YEARS_AGO = date(2024, 1, 1)


def night_of(day: date) -> datetime:
    """A quarter past one in Bishkek."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=4, minutes=45)


def state_of(standing: Standing, day: date) -> str:
    refresh_standings(at=night_of(day))
    standing.refresh_from_db()
    return standing.state


def held_cohort(**values):
    """Two sessions on HELD_ON, and somebody was there."""
    cohort = make_cohort(starts_on=HELD_ON, **values)
    attend(make_enrolment(cohort))
    return cohort


@pytest.fixture
def organisation(regions):
    return make_organisation("coalition")


@pytest.fixture
def trainer(organisation) -> Standing:
    """She has held her licence for years."""
    make_module("M1", lessons=2)
    return make_standing(make_staff("trainer"), organisation, level=Level.CERTIFIED, starts_on=YEARS_AGO)


def test_two_sessions_keep_a_licence_for_a_year_to_the_day(organisation, trainer):
    held_cohort(organisation=organisation, lead=trainer.person)
    assert state_of(trainer, date(2027, 11, 24)) == StandingState.ACTIVE
    assert state_of(trainer, date(2027, 11, 25)) == StandingState.DORMANT
    assert trainer.steps_back["en"].startswith("The licence to train M1 rests.")
    assert sorted(trainer.steps_back) == ["en", "ky", "ru"]


def test_licence_is_not_asked_for_anything_in_its_first_year(trainer):
    Standing.objects.update(starts_on=HELD_ON)
    assert state_of(trainer, date(2027, 11, 24)) == StandingState.ACTIVE
    assert state_of(trainer, date(2027, 11, 25)) == StandingState.DORMANT


@pytest.mark.parametrize("level", [Level.FOUNDING, Level.CERTIFIED, Level.MASTER])
def test_every_licence_is_looked_at_and_no_candidates_standing(trainer, level):
    Standing.objects.update(level=level)
    assert state_of(trainer, HELD_ON) == StandingState.DORMANT
    Standing.objects.update(level=Level.CANDIDATE, state=StandingState.ACTIVE, steps_back={})
    assert state_of(trainer, HELD_ON) == StandingState.ACTIVE


def test_dormant_trainer_helps_in_two_sessions_and_wakes_the_next_night(organisation, trainer):
    assert state_of(trainer, HELD_ON) == StandingState.DORMANT
    cohort = make_cohort(organisation=organisation, starts_on=HELD_ON)
    add_trainer(cohort, trainer.person)
    first, second = cohort.sessions.all()
    enrolment = make_enrolment(cohort)
    mark(enrolment, first)
    assert state_of(trainer, HELD_ON + timedelta(days=1)) == StandingState.DORMANT
    mark(enrolment, second, Status.LATE)
    assert state_of(trainer, HELD_ON + timedelta(days=1)) == StandingState.ACTIVE
    assert trainer.steps_back == {}
    verbs = AuditEntry.objects.filter(subject_id=str(trainer.pk)).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["rest_standing", "wake_standing"]


@pytest.mark.parametrize("flaw", ["cancelled", "nobody came", "no attendance", "extra", "to come", "too long ago"])
def test_session_that_does_not_count(organisation, trainer, flaw):
    cohort = held_cohort(organisation=organisation, lead=trainer.person)
    session = cohort.sessions.first()
    if flaw == "nobody came":
        Mark.objects.filter(session=session).update(status=Status.ABSENT)
    elif flaw == "no attendance":
        Mark.objects.filter(session=session).delete()
    else:
        changes = {
            "cancelled": {"state": SessionState.CANCELLED},
            "extra": {"is_extra": True},
            "to come": {"starts_at": AT + timedelta(days=9), "ends_at": AT + timedelta(days=10)},
            "too long ago": {"starts_at": AT - timedelta(days=370), "ends_at": AT - timedelta(days=369)},
        }
        Session.objects.filter(pk=session.pk).update(**changes[flaw])
    assert state_of(trainer, HELD_ON + timedelta(days=3)) == StandingState.DORMANT


def test_substitute_has_given_the_session_and_the_lead_in_whose_place_has_not(organisation, trainer):
    cohort = held_cohort(organisation=organisation, lead=trainer.person)
    other = make_standing(make_staff("substitute"), organisation, level=Level.CERTIFIED, starts_on=YEARS_AGO)
    cohort.sessions.update(led_by=other.person)
    assert state_of(trainer, HELD_ON + timedelta(days=1)) == StandingState.DORMANT
    other.refresh_from_db()
    assert other.state == StandingState.ACTIVE


def test_co_trainer_who_stood_in_has_given_one_session_and_not_two(organisation, trainer):
    cohort = make_cohort(organisation=organisation, starts_on=HELD_ON)
    add_trainer(cohort, trainer.person)
    session = cohort.sessions.first()
    mark(make_enrolment(cohort), session)
    Session.objects.filter(pk=session.pk).update(led_by=trainer.person)
    assert state_of(trainer, HELD_ON + timedelta(days=1)) == StandingState.DORMANT


@pytest.mark.parametrize(("sessions", "state"), [(2, StandingState.ACTIVE), (1, StandingState.DORMANT)])
def test_refresher_counts_where_she_met_the_rule_of_attendance(organisation, trainer, sessions, state):
    enrolment = make_enrolment(make_cohort(organisation=organisation, starts_on=HELD_ON), trainer.person)
    for session in enrolment.cohort.sessions.all()[:sessions]:
        mark(enrolment, session)
    assert state_of(trainer, HELD_ON + timedelta(days=1)) == state
    assert state_of(trainer, date(2027, 11, 25)) == StandingState.DORMANT


def test_refresher_of_another_module_is_none(organisation, trainer):
    cohort = make_cohort(organisation=organisation, starts_on=HELD_ON, module_codes=("M2",))
    attend(make_enrolment(cohort, trainer.person))
    assert state_of(trainer, HELD_ON + timedelta(days=1)) == StandingState.DORMANT


def test_what_she_does_for_another_organisation_is_not_known_here(organisation, trainer):
    another = make_organisation("another")
    there = make_standing(trainer.person, another, level=Level.CERTIFIED, starts_on=YEARS_AGO)
    held_cohort(organisation=another, lead=trainer.person)
    assert state_of(trainer, HELD_ON + timedelta(days=1)) == StandingState.DORMANT
    there.refresh_from_db()
    assert there.state == StandingState.ACTIVE


def test_sessions_still_count_when_only_their_numbers_are_left(organisation, trainer):
    cohort = held_cohort(organisation=organisation, lead=trainer.person)
    Mark.objects.all().delete()
    SessionCount.objects.bulk_create(
        SessionCount(session=session, present=present)
        for session, present in zip(cohort.sessions.all(), (7, 0), strict=True)
    )
    assert state_of(trainer, HELD_ON + timedelta(days=1)) == StandingState.DORMANT
    SessionCount.objects.update(present=1)
    assert state_of(trainer, HELD_ON + timedelta(days=1)) == StandingState.ACTIVE


def test_suspended_while_dormant_stays_suspended_and_rests_again_once_resumed(trainer):
    assert state_of(trainer, HELD_ON) == StandingState.DORMANT
    suspend_standing(standing=trainer, by=None, at=AT)
    assert state_of(trainer, HELD_ON) == StandingState.SUSPENDED
    assert trainer.steps_back == {}
    resume_standing(standing=trainer, by=None, at=AT)
    assert state_of(trainer, HELD_ON) == StandingState.DORMANT


def test_ended_and_erased_ones_are_left_alone(organisation, trainer):
    Standing.objects.update(ends_on=HELD_ON - timedelta(days=1))
    assert state_of(trainer, HELD_ON) == StandingState.ACTIVE
    Standing.objects.update(ends_on=HELD_ON)
    assert state_of(trainer, HELD_ON) == StandingState.DORMANT
    end_standings(person=trainer.person, by=None, at=AT)
    assert state_of(trainer, HELD_ON) == StandingState.WITHDRAWN


def test_rule_of_today_counts(organisation, trainer):
    held_cohort(organisation=organisation, lead=trainer.person)
    tomorrow = HELD_ON + timedelta(days=1)
    ModulePage.objects.filter(code="M1").update(sessions_a_year=3)
    assert state_of(trainer, tomorrow) == StandingState.DORMANT
    assert "3 sessions of M1" in trainer.steps_back["en"]
    ModulePage.objects.filter(code="M1").update(sessions_a_year=4)
    assert state_of(trainer, tomorrow) == StandingState.DORMANT
    assert "4 sessions of M1" in trainer.steps_back["en"]
    ModulePage.objects.filter(code="M1").update(sessions_a_year=0)
    assert state_of(trainer, date(2030, 1, 1)) == StandingState.ACTIVE


def test_module_that_is_not_published_rests_nobody(trainer):
    ModulePage.objects.update(live=False)
    assert state_of(trainer, HELD_ON) == StandingState.ACTIVE


def test_batches_reach_everybody_and_a_repeat_changes_nothing(organisation, trainer):
    for number in range(4):
        make_standing(make_staff(f"t{number}"), organisation, level=Level.CERTIFIED, starts_on=YEARS_AGO)
    assert refresh_standings(at=AT, batch=2) == {"rested": 5}
    entries = AuditEntry.objects.count()
    assert refresh_standings(at=AT, batch=2) == {}
    assert AuditEntry.objects.count() == entries


@pytest.mark.parametrize("people", [1, 6])
def test_reads_are_as_many_for_six_as_for_one(organisation, trainer, people, django_assert_num_queries):
    cohort = held_cohort(organisation=organisation)
    for number in range(people):
        add_trainer(cohort, make_staff(f"t{number}"))
        make_standing(
            cohort.trainers.order_by("pk").last().person, organisation, level=Level.CERTIFIED, starts_on=YEARS_AGO
        )
    Standing.objects.filter(pk=trainer.pk).delete()
    # A batch: standings, rules, sessions, parts, refreshers, a savepoint and its end; and that there is no other batch.
    with django_assert_num_queries(8):
        assert refresh_standings(at=night_of(HELD_ON + timedelta(days=1))) == {}


def test_nightly_task_goes_by_the_clock(trainer):
    Standing.objects.update(starts_on=timezone.localdate() - timedelta(days=800))
    refresh()
    trainer.refresh_from_db()
    assert trainer.state == StandingState.DORMANT


def test_session_added_to_a_cohort_counts_like_the_others(organisation, trainer):
    cohort = make_cohort(organisation=organisation, lead=trainer.person, starts_on=HELD_ON)
    session = make_session(cohort)
    enrolment = make_enrolment(cohort)
    mark(enrolment, session)
    mark(enrolment, cohort.sessions.exclude(pk=session.pk).first())
    assert state_of(trainer, HELD_ON + timedelta(days=1)) == StandingState.ACTIVE
