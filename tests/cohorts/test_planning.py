"""Planning: sessions from the module, and who may plan where."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lms.cohorts import actions
from lms.cohorts.models import Cohort, CohortState, Level
from lms.people.models import AuditEntry, RoleKind
from tests.factories.cohorts import make_cohort, make_standing
from tests.factories.curricula import make_module
from tests.factories.people import make_organisation, make_role, make_staff

BISHKEK = ZoneInfo("Asia/Bishkek")
pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(regions, at):
    """A coordinator of Batken and the arguments of a plan of hers; modules M1 (three lessons) and M2."""
    make_module("M1", lessons=3)
    make_module("M2", lessons=1)
    organisation, coordinator = make_organisation(), make_staff("coordinator")
    make_role(coordinator, RoleKind.COORDINATOR, organisation, regions["KG-B"])
    return {
        "organisation": organisation,
        "module_codes": ["M1"],
        "region": regions["leilek"],
        "starts_on": date(2026, 12, 1),
        "languages": ["ky", "ru"],
        "lead": make_staff("lead"),
        "by": coordinator,
        "at": at,
    }


def test_plan_cohort_makes_one_session_per_lesson_two_a_day(plan):
    cohort = actions.plan_cohort(**plan)
    sessions = list(cohort.sessions.all())
    assert [(s.lesson_code, s.starts_at) for s in sessions] == [
        ("M1.1", datetime(2026, 12, 1, 10, tzinfo=BISHKEK)),
        ("M1.2", datetime(2026, 12, 1, 12, tzinfo=BISHKEK)),
        ("M1.3", datetime(2026, 12, 2, 10, tzinfo=BISHKEK)),
    ]
    assert {s.ends_at - s.starts_at for s in sessions} == {timedelta(minutes=90)}
    assert (cohort.state, cohort.starts_on, cohort.ends_on) == ("draft", date(2026, 12, 1), date(2026, 12, 2))
    assert cohort.title_ky == "Module M1 ky"
    assert AuditEntry.objects.get(verb="plan_cohort").subject_id == str(cohort.pk)


def test_plan_cohort_takes_several_modules_and_other_times(plan):
    start = datetime(2026, 12, 5, 14, tzinfo=BISHKEK)
    cohort = actions.plan_cohort(**{**plan, "module_codes": ["M2", "M1"], "session_starts": {"M1.3": start}})
    assert [module.module_code for module in cohort.modules.all()] == ["M2", "M1"]
    assert cohort.sessions.get(lesson_code="M1.3").starts_at == start
    assert cohort.ends_on == date(2026, 12, 5)
    assert cohort.title_en == "Module M2 en + Module M1 en"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"module_codes": ["M9"]}, actions.UnknownModule),
        ({"module_codes": []}, actions.UnknownModule),
        ({"languages": []}, actions.UnknownLanguage),
        ({"languages": ["de"]}, actions.UnknownLanguage),
        ({"capacity": 0}, actions.BadCapacity),
        ({"capacity": 201}, actions.BadCapacity),
        ({"session_starts": {"M1.2": datetime(2026, 12, 1, 11, tzinfo=BISHKEK)}}, actions.SessionsOverlap),
    ],
)
def test_plan_cohort_refuses_what_cannot_be(plan, change, error):
    with pytest.raises(error):
        actions.plan_cohort(**{**plan, **change})
    assert not Cohort.objects.exists()


def test_plan_cohort_is_for_the_coordinator_of_organisation_and_region(plan, regions):
    for change in ({"region": regions["KG-N"]}, {"organisation": make_organisation()}, {"by": make_staff()}):
        with pytest.raises(actions.MayNotPlanHere):
            actions.plan_cohort(**{**plan, **change})


def test_plan_cohort_with_standing_is_for_ones_own(plan, regions):
    trainer = make_staff("trainer")
    make_standing(trainer, plan["organisation"], region=regions["KG-B"], level=Level.CERTIFIED)
    own = {**plan, "by": trainer, "lead": trainer}
    assert actions.plan_cohort(**own).state == CohortState.DRAFT
    assert actions.plan_cohort(**own).state == CohortState.DRAFT
    with pytest.raises(actions.OwnCohortOnly):
        actions.plan_cohort(**{**own, "lead": plan["lead"]})
    for change in ({"region": regions["KG-N"]}, {"module_codes": ["M2"]}):
        with pytest.raises(actions.MayNotPlanHere):
            actions.plan_cohort(**{**own, **change})


def test_plan_cohort_gives_a_candidate_one_cohort_at_a_time(plan, at):
    candidate = make_staff("candidate")
    make_standing(candidate, plan["organisation"], level=Level.CANDIDATE, ends_on=date(2027, 5, 1))
    own = {**plan, "by": candidate, "lead": candidate}
    first = actions.plan_cohort(**own)
    with pytest.raises(actions.OneCohortAtATime) as refused:
        actions.plan_cohort(**own)
    assert first.code in str(refused.value)
    actions.cancel_cohort(cohort=first, by=candidate, at=at)
    assert actions.plan_cohort(**own).state == CohortState.DRAFT


def test_expired_or_withdrawn_standing_plans_nothing(plan, at):
    trainer = make_staff("trainer")
    standing = make_standing(trainer, plan["organisation"], ends_on=date(2026, 11, 23))
    with pytest.raises(actions.MayNotPlanHere):
        actions.plan_cohort(**{**plan, "by": trainer, "lead": trainer})
    standing.delete()
    current = make_standing(trainer, plan["organisation"])
    actions.withdraw_standing(standing=current, reason="left", by=plan["by"], at=at)
    with pytest.raises(actions.MayNotPlanHere):
        actions.plan_cohort(**{**plan, "by": trainer, "lead": trainer})


def test_change_cohort_moves_sessions_and_dates(regions, at):
    cohort = make_cohort(region=regions["KG-B"])
    lead = cohort.trainers.get().person
    first, second = cohort.sessions.all()
    later = second.starts_at + timedelta(days=7)
    changed = actions.change_cohort(
        cohort=cohort,
        capacity=12,
        place="Школа № 3",
        title={"ky": "Топ", "ru": "Группа", "en": "Group"},
        listed_publicly=True,
        sessions={first: actions.SessionChange(first.starts_at, ""), second: actions.SessionChange(later, "Зал")},
        by=lead,
        at=at,
    )
    second.refresh_from_db()
    assert (second.starts_at, second.ends_at, second.place) == (later, later + timedelta(minutes=90), "Зал")
    assert (changed.capacity, changed.place, changed.title_ru, changed.ends_on) == (
        12,
        "Школа № 3",
        "Группа",
        date(2026, 12, 1),
    )
    assert changed.listed_publicly


def test_a_new_cohort_is_not_listed_publicly(plan):
    assert not actions.plan_cohort(**plan).listed_publicly


def test_change_cohort_moves_no_session_that_was_held(regions, at):
    cohort = make_cohort(region=regions["KG-B"])
    first = cohort.sessions.all()[0]
    first.state = "held"
    first.save()
    with pytest.raises(actions.SessionHeld):
        actions.change_cohort(
            cohort=cohort,
            capacity=12,
            place="",
            title={},
            listed_publicly=False,
            sessions={first: actions.SessionChange(first.starts_at + timedelta(days=1), "")},
            by=cohort.trainers.get().person,
            at=first.starts_at,
        )
    cohort.refresh_from_db()
    assert cohort.capacity == 30
