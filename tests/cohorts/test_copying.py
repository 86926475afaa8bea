"""A cohort like an old one: what goes with it, and what does not."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from lms.cohorts import actions
from lms.cohorts.models import Cohort, CohortState, Session
from lms.people.models import AuditEntry
from tests.factories.cohorts import add_trainer, make_cohort, make_enrolment
from tests.factories.curricula import make_module
from tests.factories.people import browser, make_staff

pytestmark = pytest.mark.django_db
BISHKEK = ZoneInfo("Asia/Bishkek")
MARCH = date(2027, 3, 1)


@pytest.fixture
def old(scene) -> Cohort:
    """The second lesson a week after the first, in the afternoon; a lesson held twice, one extra, and people."""
    cohort, lead = scene.cohort, scene.lead
    first, second = cohort.sessions.all()
    start = datetime(2026, 12, 1, 14, 30, tzinfo=BISHKEK)
    at = first.starts_at
    actions.move_session(session=second, change=actions.SessionChange(start, "Клуб"), by=lead, at=at)
    later = datetime(2026, 12, 5, 9, tzinfo=BISHKEK)
    actions.plan_session_again(session=first, starts_at=later, place="", by=lead, at=at)
    extra = actions.ExtraSession(
        module_code="M1", titles={"ky": "Экскурсия"}, starts_at=later.replace(hour=15), minutes=60, place=""
    )
    actions.add_extra_session(cohort=cohort, extra=extra, by=lead, at=at)
    add_trainer(cohort, make_staff("helper"))
    Cohort.objects.filter(pk=cohort.pk).update(
        capacity=17, place="Мектеп", title_ky="Топ", listed_publicly=True, state=CohortState.CLOSED
    )
    cohort.refresh_from_db()
    return cohort


def test_the_plan_goes_with_it_and_no_people(old, scene, at):
    copy = actions.duplicate_cohort(cohort=old, starts_on=MARCH, by=scene.coordinator, at=at)
    same = ("organisation_id", "region_id", "languages", "capacity", "place", "title_ky", "programme_id")
    assert [getattr(copy, name) for name in same] == [getattr(old, name) for name in same]
    assert [(s.lesson_code, s.starts_at) for s in copy.sessions.all()] == [
        ("M1.1", datetime(2027, 3, 1, 10, tzinfo=BISHKEK)),
        ("M1.2", datetime(2027, 3, 8, 14, 30, tzinfo=BISHKEK)),
    ]
    assert (copy.state, copy.generation, copy.parent, copy.listed_publicly) == (CohortState.DRAFT, None, None, False)
    assert copy.code != old.code
    assert not copy.enrolments.exists()
    parts = {(part.person_id, part.part) for part in copy.trainers.all()}
    assert parts == {(part.person_id, part.part) for part in old.trainers.all()}
    assert AuditEntry.objects.get(verb="duplicate_cohort").details == {"from": old.code}


def test_whoever_plans_for_herself_leads_the_new_one_alone(old, scene, at):
    copy = actions.duplicate_cohort(cohort=old, starts_on=MARCH, by=scene.lead, at=at)
    assert [(part.person, part.part) for part in copy.trainers.all()] == [(scene.lead, "lead")]
    with pytest.raises(actions.MayNotPlanHere):
        actions.duplicate_cohort(cohort=old, starts_on=MARCH, by=scene.other_coordinator, at=at)


def test_a_lesson_that_is_new_in_the_module_follows_the_others(regions, at):
    make_module("M4", lessons=3)
    cohort = make_cohort(region=regions["KG-B"], module_codes=("M4",))
    Session.objects.filter(cohort=cohort, lesson_code="M4.3").delete()
    copy = actions.duplicate_cohort(cohort=cohort, starts_on=MARCH, by=cohort.trainers.get().person, at=at)
    assert [(s.lesson_code, f"{s.starts_at.astimezone(BISHKEK):%d %H:%M}") for s in copy.sessions.all()] == [
        ("M4.1", "01 10:00"),
        ("M4.2", "01 12:00"),
        ("M4.3", "02 10:00"),
    ]


def test_the_page_asks_for_the_first_day_alone(old, scene):
    make_enrolment(old)
    url, client = reverse("cohorts:duplicate", args=[old.pk]), browser(scene.coordinator)
    assert url in client.get(reverse("cohorts:edit", args=[old.pk])).content.decode()
    refused = client.post(url, {"starts_on": "31.02.2027"})
    assert (refused.status_code, "31.02.2027" in refused.content.decode()) == (422, True)
    assert not Cohort.objects.filter(state=CohortState.DRAFT).exists()
    over = client.post(url, {"starts_on": "2025-03-01"})
    assert (over.status_code, "This day is over." in over.text) == (422, True)
    assert not Cohort.objects.filter(state=CohortState.DRAFT).exists()
    made = client.post(url, {"starts_on": "2025-03-01", "begun": "on"})
    assert made["Location"] == Cohort.objects.get(state=CohortState.DRAFT).get_absolute_url()
