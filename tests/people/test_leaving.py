"""The button that leaves at once: on which pages it stands, for whom."""

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.assessments.actions import ensure_paper, open_paper
from lms.people.models import User
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import make_role, make_staff

pytestmark = pytest.mark.django_db
DESK = "/en/desk/"


@pytest.fixture
def cohort(regions):
    return make_cohort(region=regions["KG-B"])


def can_leave(client, person, address, status=200):
    client.force_login(person)
    answer = client.get(address)
    assert answer.status_code == status
    return answer.text.count("data-quick-exit") == 1


def test_a_participant_can_leave_every_page_at_once(client, cohort):
    participant, lead = make_enrolment(cohort).person, cohort.trainers.get().person
    paper = ensure_paper(cohort=cohort, module_code="M1", moment="pre", by=lead, at=timezone.now())
    open_paper(paper=paper, by=lead, at=timezone.now())
    lesson = reverse("learn:lesson", args=[cohort.pk, cohort.sessions.first().lesson_code])
    own = ["people:profile", "notices:mine", "calendar:mine", "certificates:mine", "privacy:export", "help:contents"]
    addresses = [DESK, cohort.get_absolute_url(), lesson, reverse("tests:paper", args=[paper.pk]), *map(reverse, own)]
    for address in (*addresses, "/verify/", "/en/"):
        assert can_leave(client, participant, address), address
    assert can_leave(client, participant, reverse("cohorts:roster", args=[cohort.pk]), 404)


def test_staff_and_visitors_leave_at_once_only_what_anybody_may_have_to(client, cohort, regions):
    coordinator = make_staff("coordinator")
    make_role(coordinator, "coordinator", cohort.organisation, regions["KG-B"])
    for person in (coordinator, User.objects.create_superuser("root")):
        assert not can_leave(client, person, DESK)
        assert can_leave(client, person, reverse("people:profile"))
    client.logout()
    assert "data-quick-exit" not in client.get("/card/").text
