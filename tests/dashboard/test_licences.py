"""What a trainer's own desk says of her licences: active, or at rest with the way back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.cascade.checks import steps_back
from lms.cohorts.models import Standing
from lms.people.models import Engagement
from tests.factories.cohorts import make_cohort, make_standing
from tests.factories.people import make_organisation, make_role, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def trainer(regions):
    person = make_staff("trainer")
    make_standing(person, make_organisation("coalition"), level="certified")
    return person


def desk(client, person, language="en") -> str:
    client.force_login(person)
    return client.get(f"/{language}/desk/").content.decode()


def rest() -> None:
    Standing.objects.update(state="dormant", steps_back=steps_back("M1", 2))


def test_active_licence_says_so_and_may_plan(client, trainer):
    shown = desk(client, trainer)
    assert ("active" in shown, "rests" in shown, reverse("cohorts:plan") in shown) == (True, False, True)


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "2 sessions of M1 within a year"), ("ru", "2 занятия M1 за год"), ("ky", "M1 боюнча 2 жолугушуу")],
)
def test_licence_at_rest_says_what_brings_it_back_and_plans_nothing(client, trainer, language, said):
    rest()
    shown = desk(client, trainer, language)
    assert (said in shown, "/plan/" in shown, reverse("cohorts:standings")[3:] in shown) == (True, False, True)
    assert client.get(reverse("cohorts:plan")).status_code == 404
    assert said in client.get(f"/{language}/desk/standings/").content.decode()


def test_licence_at_rest_that_ends_is_active_before_it_is_renewed(client, trainer):
    rest()
    Standing.objects.update(ends_on=timezone.localdate() + timedelta(days=9))
    assert "Once it is active again" in desk(client, trainer)


def test_end_is_said_two_months_before_and_not_of_a_candidate(client, trainer):
    today = timezone.localdate()
    for days, level, said in ((61, "certified", False), (59, "certified", True), (59, "candidate", False)):
        Standing.objects.update(ends_on=today + timedelta(days=days), level=level)
        assert ("It ends soon." in desk(client, trainer)) == said


def test_whoever_has_left_reads_nothing_of_it(client, trainer):
    rest()
    Engagement.objects.update(left_at=timezone.now())
    assert "rests" not in desk(client, trainer)


def test_wizard_offers_her_as_a_co_trainer_and_says_why(client, trainer):
    organisation = Standing.objects.get().organisation
    coordinator = make_staff("coordinator")
    make_role(coordinator, "coordinator", organisation)
    cohort = make_cohort(organisation=organisation, state="draft")
    rest()
    client.force_login(coordinator)
    shown = client.get(reverse("cohorts:trainers", args=[cohort.pk])).content.decode()
    assert (trainer.display_name in shown, "rests: as a co-trainer only" in shown) == (True, True)
