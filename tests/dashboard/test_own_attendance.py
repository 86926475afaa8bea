"""What a participant reads about her own attendance while a training goes on."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from lms.attendance.actions import record_roster
from lms.cohorts.models import Session
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import browser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def cohort():
    return make_cohort()


def lead_of(cohort):
    return cohort.trainers.get().person


def move(session, to):
    starts_at = timezone.now() + to
    Session.objects.filter(pk=session.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=90))


def lacks_of(person):
    """What her page of certificates says that she needs."""
    return browser(person).get(reverse("certificates:mine")).text.partition("What you need for it")[2]


def test_participant_reads_what_is_still_to_come(cohort):
    """Four days before the last session nobody has failed yet."""
    enrolment = make_enrolment(cohort)
    first, *ahead = cohort.sessions.order_by("starts_at")
    move(first, timedelta(hours=-2))
    for session in ahead:
        move(session, timedelta(days=4))
    record_roster(
        session=first, statuses={enrolment.pk: "present"}, batch=uuid4(), by=lead_of(cohort), at=timezone.now()
    )
    html = browser(enrolment.person).get(cohort.get_absolute_url()).text
    planned = len(ahead) + 1
    assert "You came to 1 session." in html
    assert f"{len(ahead)} {'is' if len(ahead) == 1 else 'are'} still to come." in html
    assert f"For the certificate come to {-(-planned * 80 // 100)} of the {planned} sessions." in html
    lacks = lacks_of(enrolment.person)
    assert "M1: come to more sessions." in lacks
    assert "not marked yet" not in html + lacks
    grid = browser(lead_of(cohort)).get(reverse("attendance:overview", args=[cohort.pk])).text
    assert grid.count("still to come</span></span>") == len(ahead)


def test_participant_reads_that_past_sessions_wait_for_their_marks(cohort):
    """What she did not miss must not look as if she did."""
    enrolment = make_enrolment(cohort)
    first, *others = cohort.sessions.order_by("starts_at")
    for session in (first, *others):
        move(session, timedelta(hours=-3))
    record_roster(
        session=first, statuses={enrolment.pk: "present"}, batch=uuid4(), by=lead_of(cohort), at=timezone.now()
    )
    html = browser(enrolment.person).get(cohort.get_absolute_url()).text
    waits = "past session is" if len(others) == 1 else "past sessions are"
    assert f"{len(others)} {waits} not marked yet: ask your trainer." in html
    lacks = lacks_of(enrolment.person)
    assert f"M1: {len(others)} {waits} not marked yet: ask your trainer." in lacks
    assert "come to more sessions" not in lacks
    for session in others:
        record_roster(
            session=session, statuses={enrolment.pk: "absent"}, batch=uuid4(), by=lead_of(cohort), at=timezone.now()
        )
    percent = 100 // (len(others) + 1)
    assert f"M1: you came to {percent} % of the sessions; 80 % are needed." in lacks_of(enrolment.person)
