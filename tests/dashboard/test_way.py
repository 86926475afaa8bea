"""One participant's page in a cohort: her marks, tests and certificate on one screen, and no score."""

import pytest
from django.urls import reverse

from lms.attendance.models import Status
from tests.factories.assessments import make_attempt, make_paper, right_answers
from tests.factories.certificates import make_certificate, make_graduate, mark
from tests.factories.cohorts import add_trainer, make_cohort, make_enrolment
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(regions):
    return make_cohort(region=regions["KG-B"])


def page(client, person, enrolment) -> str:
    client.force_login(person)
    answer = client.get(reverse("cohorts:person", args=[enrolment.pk]))
    return answer.content.decode() if answer.status_code == 200 else str(answer.status_code)


def test_her_way_is_on_one_screen_without_a_score(client, cohort):
    lead, person = cohort.trainers.get().person, make_enrolment(cohort)
    first, second = cohort.sessions.all()
    mark(person, first, Status.LATE)
    pre = make_paper(cohort, "pre")
    attempt = make_attempt(person, pre, right_answers(pre), handed_in=True)
    post = make_paper(cohort, "post")
    html = page(client, lead, person)
    for session in (first, second):
        assert reverse("attendance:mark", args=[session.pk, person.pk]) in html
    assert "M1: 50 % so far (1 of 2 lessons)" in html
    assert (html.count(">handed in<"), html.count(">not handed in<")) == (1, 1)
    assert "the post-test was not handed in" in html
    assert attempt.points is not None
    assert f"{attempt.points:.3f}".rstrip("0") not in html.split("Tests</h3>")[1].split("</ul>")[0]
    assert post.opened_at is not None


def test_a_certificate_is_shown_with_its_day(client, cohort):
    graduate = make_graduate(cohort)
    make_certificate(graduate)
    html = page(client, cohort.trainers.get().person, graduate)
    assert "24/11/2026" in html or "11/24/2026" in html or "24.11.2026" in html
    assert "None yet." not in html


def test_who_waits_has_no_way_yet_and_who_left_keeps_hers(client, cohort):
    lead = cohort.trainers.get().person
    waiting, left = make_enrolment(cohort, state="waiting"), make_enrolment(cohort, state="withdrawn")
    mark(left, cohort.sessions.first())
    assert "Her way in this cohort" not in page(client, lead, waiting)
    html = page(client, lead, left)
    assert ("Her way in this cohort" in html, "/attendance/" in html) == (True, False)


def test_her_way_is_for_those_who_run_the_cohort(client, cohort):
    person, helper = make_enrolment(cohort), make_staff()
    add_trainer(cohort, helper)
    assert "Her way in this cohort" in page(client, helper, person)
    for stranger in (make_cohort().trainers.get().person, person.person):
        assert page(client, stranger, person) == "404"
