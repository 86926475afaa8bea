"""What a desk says of messages."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.notices.models import Notice
from lms.people.models import User
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.notices import make_notice
from tests.factories.people import browser, make_organisation

pytestmark = pytest.mark.django_db


def desk_of(person: User) -> str:
    return browser(person).get(reverse("dashboard:desk")).text


def test_messages_of_the_last_days_are_counted_on_a_participants_desk(regions):
    """Whoever reads on the site alone learns there that a session was moved; an old message is nothing new."""
    cohort = make_cohort(organisation=make_organisation("coalition"), region=regions["KG-B"])
    participant, now = make_enrolment(cohort).person, timezone.now()
    assert "in the last 7 days" not in desk_of(participant)
    for name, days in (("tests:old", 8), ("tests:new", 6)):
        make_notice(participant, name=name)
        Notice.objects.filter(batch=name).update(state="sent", channel="site", ended_at=now - timedelta(days=days))
    make_notice(participant, name="tests:to come")
    assert "1 in the last 7 days" in desk_of(participant)
    assert "in the last 7 days" not in desk_of(cohort.trainers.get().person)
