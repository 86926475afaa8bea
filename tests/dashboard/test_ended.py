"""A cohort that was closed early, for those who took part."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.cohorts.actions import close_cohort
from lms.cohorts.models import Session
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import browser, make_organisation

pytestmark = pytest.mark.django_db


def test_nobody_is_sent_to_a_session_of_a_cohort_that_was_closed_early(regions):
    cohort = make_cohort(organisation=make_organisation("coalition"), region=regions["KG-B"])
    client, now = browser(make_enrolment(cohort).person), timezone.now()
    Session.objects.filter(cohort=cohort).update(
        starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=1, hours=2)
    )
    pages = [reverse("dashboard:desk"), cohort.get_absolute_url()]
    running = [client.get(page).text for page in pages]
    assert ["Next session" in text for text in running] == [True, False]
    assert [cohort.get_state_display() in text for text in running] == [False, False]
    closed = close_cohort(cohort=cohort, by=cohort.trainers.get().person, at=now, anyway=True)
    ended = [client.get(page).text for page in pages]
    assert ["Next session" in text for text in ended] == [False, False]
    assert [closed.get_state_display() in text for text in ended] == [True, True]
