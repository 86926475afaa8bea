"""A coordinator's desk says that certificates wait in a cohort that was closed."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.certificates.actions import issue_certificate
from lms.cohorts.models import Cohort
from tests.factories import certificates as make
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import browser

pytestmark = pytest.mark.django_db


def test_people_without_a_certificate_stand_on_the_desk_of_their_coordinator(django_assert_max_num_queries):
    cohort, now = make_cohort(), timezone.now()
    graduate, other = make.make_graduate(cohort), make.make_graduate(cohort)
    make_enrolment(cohort)
    untested = make_enrolment(cohort)
    make.attend(untested)
    make.give_name(untested.person)
    coordinator, stranger = make.make_coordinator(cohort), make.make_coordinator(make_cohort())
    desk, way = reverse("dashboard:desk"), reverse("certificates:cohort", args=[cohort.pk])

    def said(person) -> str:
        return browser(person).get(desk).text

    assert "no certificate yet" not in said(coordinator)
    Cohort.objects.filter(pk=cohort.pk).update(state="closed", closed_at=now)
    text = said(coordinator)
    assert f"{cohort.title} is closed; 2 people meet the rule and have no certificate yet." in text
    assert way in text
    for person in (stranger, cohort.trainers.get().person, graduate.person):
        assert "no certificate yet" not in said(person)
    client = browser(coordinator)
    client.get(desk)
    with django_assert_max_num_queries(24):
        client.get(desk)
    issue_certificate(enrolment=graduate, by=coordinator, at=now)
    assert "1 person meets the rule and has no certificate yet." in said(coordinator)
    issue_certificate(enrolment=other, by=coordinator, at=now)
    assert "no certificate yet" not in said(coordinator)


def test_a_cohort_that_was_closed_long_ago_reminds_nobody():
    graduate = make.make_graduate()
    closed_at = timezone.now() - timedelta(days=61)
    Cohort.objects.filter(pk=graduate.cohort_id).update(state="closed", closed_at=closed_at)
    text = browser(make.make_coordinator(graduate.cohort)).get(reverse("dashboard:desk")).text
    assert "no certificate yet" not in text
