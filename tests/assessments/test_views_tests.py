"""The trainer's page of tests."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.assessments.models import Attempt, Paper
from tests.factories.assessments import make_attempt, make_paper, right_answers
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import make_role, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    return make_cohort()


@pytest.fixture
def trainer(cohort):
    return cohort.trainers.get(part="lead").person


@pytest.fixture
def desk(client, trainer):
    client.force_login(trainer)
    return client


def address(cohort):
    return reverse("assessments:tests", args=[cohort.pk])


def do(client, cohort, what, moment="pre", module="M1"):
    return client.post(address(cohort), {"do": what, "moment": moment, "module": module}, follow=True)


def test_trainer_opens_closes_and_everything_open_is_handed_in(desk, cohort, django_capture_on_commit_callbacks):
    do(desk, cohort, "open")
    paper = Paper.objects.get()
    assert paper.is_open
    make_attempt(make_enrolment(cohort), paper, right_answers(paper))
    with django_capture_on_commit_callbacks(execute=True):
        page = do(desk, cohort, "close")
    paper.refresh_from_db()
    assert not paper.is_open
    assert Attempt.objects.get().points == 3
    assert "The test is closed." in page.content.decode()


def test_opening_twice_is_harmless(desk, cohort):
    do(desk, cohort, "open")
    do(desk, cohort, "open")
    assert Paper.objects.count() == 1


def test_refusal_is_said_and_changes_nothing(desk, cohort):
    page = do(desk, cohort, "open", module="M9").content.decode()
    assert "This module has no test in this cohort." in page
    assert not Paper.objects.exists()


def test_mangled_post_is_refused(desk, cohort):
    for data in ({}, {"do": "open", "moment": "x", "module": "M1"}, {"do": "x", "moment": "pre"}):
        assert desk.post(address(cohort), data).status_code == 400


def test_page_belongs_to_those_who_run_the_cohort(client, cohort, trainer):
    own_coordinator, other_coordinator, other_trainer, observer = (make_staff() for _person in range(4))
    make_role(own_coordinator, "coordinator", cohort.organisation)
    make_role(observer, "observer", cohort.organisation)
    make_role(other_coordinator, "coordinator", make_cohort(lead=other_trainer).organisation)
    participant = make_enrolment(cohort).person
    may = {trainer: 200, own_coordinator: 200}
    for person in (trainer, own_coordinator, other_coordinator, other_trainer, observer, participant):
        client.force_login(person)
        assert client.get(address(cohort)).status_code == may.get(person, 404)
        assert client.post(address(cohort), {"do": "?"}).status_code == (400 if person in may else 404)
    client.logout()
    assert client.get(address(cohort)).status_code == 302


@pytest.mark.parametrize("people", [1, 30])
def test_page_takes_the_same_queries_for_1_and_30(desk, cohort, people, django_assert_num_queries):
    enrolments = [make_enrolment(cohort) for _person in range(people)]
    for moment in ("pre", "post"):
        paper = make_paper(cohort, moment)
        for enrolment in enrolments:
            make_attempt(enrolment, paper, handed_in=True)
    desk.get(address(cohort))
    with django_assert_num_queries(13):
        page = desk.get(address(cohort)).content.decode()
    assert page.count("0 / 3") == people
    assert ("Per cent" in page) is (people >= 10)


def test_page_shows_no_name_of_another_cohort(desk, cohort):
    paper = make_paper(cohort)
    make_attempt(make_enrolment(cohort), paper)
    other = make_cohort()
    stranger = make_enrolment(other)
    stranger.person.display_name = "Strangername"
    stranger.person.save()
    make_attempt(stranger, make_paper(other))
    assert "Strangername" not in desk.get(address(cohort)).content.decode()


def test_a_post_test_that_comes_early_is_asked_about_once(desk, cohort):
    """On the page, not by the browser besides; and she may."""
    ahead = timezone.now() + timezone.timedelta(days=1)
    cohort.sessions.update(starts_at=ahead, ends_at=ahead + timezone.timedelta(minutes=90))
    form = '<button class="button quiet" name="do" value="open"'
    assert f"{form}>Open the post-test</button>" in desk.get(address(cohort)).text
    answer = desk.post(address(cohort), {"do": "open", "moment": "post", "module": "M1"})
    assert answer.status_code == 422
    for said in ("counted in pairs only", "never opened", "The last session begins on"):
        assert said in answer.text
    assert not Paper.objects.filter(opened_at__isnull=False).exists()
    sheet = sheet_of(answer)
    assert sheet.items() >= {"module": "M1", "moment": "post", "anyway": "on", "do": "open"}.items()
    assert "The test is open." in desk.post(address(cohort), sheet, follow=True).text
    assert Paper.objects.get(moment="post").is_open


def test_a_post_test_in_time_is_opened_without_the_question(desk, cohort):
    now = timezone.now()
    cohort.sessions.update(starts_at=now, ends_at=now + timezone.timedelta(minutes=90))
    make_paper(cohort)
    assert 'data-confirm="This also closes the pre-test' in desk.get(address(cohort)).text
    assert "The test is open." in do(desk, cohort, "open", "post").content.decode()


def sheet_of(answer) -> dict[str, str]:
    """What the question on the page sends when she says yes."""
    asked = answer.text.split('role="alert"')[1].split("</form>")[0]
    return dict(re.findall(r'name="(\w+)" value="(\w+)"', asked))


@pytest.mark.parametrize("moment", ["pre", "post"])
def test_the_page_says_who_is_writing_and_asks_once_before_it_closes(desk, cohort, moment):
    paper = make_paper(cohort, moment)
    page = desk.get(address(cohort)).text
    assert "Writing now" not in page
    assert "Close it?" in page
    make_attempt(make_enrolment(cohort), paper, at=timezone.now())
    page = desk.get(address(cohort)).text
    assert "Writing now: 1." in page
    assert "hands in what they have saved" in page
    assert "Close it?" not in page
    answer = desk.post(address(cohort), {"do": "close", "moment": moment, "module": "M1"})
    assert answer.status_code == 422
    assert "1 person is writing it now" in answer.text
    assert f"Close the {moment}-test all the same" in answer.text
    paper.refresh_from_db()
    assert paper.is_open
    assert "The test is closed." in desk.post(address(cohort), sheet_of(answer), follow=True).text
    paper.refresh_from_db()
    assert not paper.is_open


def test_opening_a_post_test_in_time_asks_on_the_page_alone_while_people_write(desk, cohort):
    now = timezone.now()
    cohort.sessions.update(starts_at=now, ends_at=now + timezone.timedelta(minutes=90))
    make_attempt(make_enrolment(cohort), make_paper(cohort), at=now)
    assert "This also closes the pre-test. Open" not in desk.get(address(cohort)).text
    answer = desk.post(address(cohort), {"do": "open", "moment": "post", "module": "M1"})
    assert (answer.status_code, "1 person is writing it now" in answer.text) == (422, True)
    assert "counted in pairs only" not in answer.text
    assert "The test is open." in desk.post(address(cohort), sheet_of(answer), follow=True).text
