"""What a cohort's hub says of the cohort."""

from datetime import timedelta
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone, translation

from lms.assessments.actions import close_paper
from lms.attendance.actions import record_roster
from lms.attendance.models import Mark, SessionCount
from lms.cohorts.actions import transfer_enrolment
from lms.cohorts.models import Cohort, CohortState, Session
from lms.people.models import User
from tests.factories.assessments import make_attempt, make_paper, right_answers
from tests.factories.certificates import make_coordinator
from tests.factories.cohorts import add_trainer, make_cohort, make_enrolment, make_standing
from tests.factories.people import browser, make_role, make_staff

pytestmark = pytest.mark.django_db


def test_staff_read_in_words_which_generation_it_is(regions):
    cohort = make_cohort(region=regions["KG-B"])
    child = make_cohort(cohort.organisation, regions["KG-B"])
    type(child).objects.filter(pk=child.pk).update(parent=cohort, generation=1)
    said = {
        cohort: "first generation: led by a founding trainer",
        child: f"generation 2: led by a trainer who qualified in “{cohort.title_en or cohort.code}”",
    }
    for one, words in said.items():
        assert words in browser(one.trainers.get().person).get(one.get_absolute_url()).text


def test_the_coordinator_reads_which_trainer_has_never_signed_in(regions):
    """On the cohort's page and where trainers are chosen; not whoever can sign in no more."""
    cohort, helper = make_cohort(region=regions["KG-B"]), make_staff(username="helper")
    add_trainer(cohort, helper)
    hub, choice, words = cohort.get_absolute_url(), reverse("cohorts:trainers", args=[cohort.pk]), "not signed in yet"
    lead, coordinator = browser(cohort.trainers.get(part="lead").person), browser(make_coordinator(cohort))
    assert words not in lead.get(hub).text
    assert coordinator.get(hub).text.count(words) == 1
    make_standing(helper, cohort.organisation)
    assert coordinator.get(choice).text.count(words) == 2, "as the lead and as a co-trainer"
    User.objects.filter(pk=helper.pk).update(is_active=False)
    assert words not in coordinator.get(hub).text
    User.objects.filter(pk=helper.pk).update(is_active=True)
    browser(helper)
    assert words not in coordinator.get(hub).text + coordinator.get(choice).text


def test_a_test_handed_in_before_the_transfer_stands_in_the_new_hub_for_her_alone(regions, at):
    left = make_cohort(region=regions["KG-B"])
    lead = left.trainers.get().person
    cohort = make_cohort(left.organisation, regions["KG-B"], lead)
    paper, unfinished = make_paper(left), make_paper(left, moment="post")
    enrolment = make_enrolment(left)
    make_attempt(enrolment, paper, at=at, handed_in=True)
    make_attempt(enrolment, unfinished, at=at)
    transfer_enrolment(enrolment=enrolment, to=cohort, by=lead, at=at)
    page = browser(enrolment.person).get(cohort.get_absolute_url()).text
    assert (reverse("tests:paper", args=[paper.pk]) in page, "in your cohort before" in page) == (True, True)
    assert reverse("tests:paper", args=[unfinished.pk]) not in page
    other = make_enrolment(cohort).person
    assert reverse("tests:paper", args=[paper.pk]) not in browser(other).get(cohort.get_absolute_url()).text


def test_once_the_post_test_has_closed_the_hub_leads_to_her_answers(regions, at):
    cohort = make_cohort(region=regions["KG-B"])
    lead, pre, post = cohort.trainers.get().person, make_paper(cohort), make_paper(cohort, moment="post")
    enrolment, without = make_enrolment(cohort), make_enrolment(cohort)
    late = make_enrolment(cohort)
    for one in (enrolment, late):
        make_attempt(one, pre, at=at, handed_in=True)
    assert "See answers and points" not in browser(enrolment.person).get(cohort.get_absolute_url()).text
    make_attempt(enrolment, post, right_answers(post), at=at, handed_in=True)
    make_attempt(late, post, at=at, handed_in=True)
    close_paper(paper=post, by=lead, at=at)
    assert browser(enrolment.person).get(cohort.get_absolute_url()).text.count("See answers and points") == 2
    assert "See answers and points" not in browser(late.person).get(cohort.get_absolute_url()).text
    assert "See answers and points" not in browser(without.person).get(cohort.get_absolute_url()).text


def test_russian_calls_a_closed_test_by_the_gender_of_a_test(regions, at):
    """A cohort is “закрыта”, a test is not."""
    cohort = make_cohort(region=regions["KG-B"])
    participant, lead = make_enrolment(cohort).person, cohort.trainers.get().person
    close_paper(paper=make_paper(cohort), by=lead, at=at)
    with translation.override("ru"):
        hub, tests = cohort.get_absolute_url(), reverse("assessments:tests", args=[cohort.pk])
    for person, address in ((participant, hub), (lead, hub), (lead, tests)):
        page = browser(person).get(address).text
        assert ("закрыт</span>" in page, "закрыта</span>" in page) == (True, False), address


def test_a_closed_cohort_says_where_nothing_was_marked(regions, at):
    """Nobody there and nobody marked are not the same, also when the marks were counted and forgotten."""
    cohort = make_cohort(region=regions["KG-B"])
    away, _other = make_enrolment(cohort), make_enrolment(cohort)
    client, address = browser(cohort.trainers.get().person), cohort.get_absolute_url()
    marked = cohort.sessions.order_by("starts_at")[0]
    record = {"session": marked, "statuses": {away.pk: "absent"}, "batch": uuid4()}
    record_roster(**record, by=cohort.trainers.get().person, at=marked.ends_at)
    Cohort.objects.filter(pk=cohort.pk).update(state=CohortState.CLOSED, closed_at=at)

    def attendance() -> list[str]:
        cells = BeautifulSoup(client.get(address).content, "html.parser").find_all("td", {"data-label": "Attendance"})
        return [cell.get_text(strip=True) for cell in cells]

    assert attendance() == ["0 of 2 were there, 1 not marked yet", "not marked"]
    # Each leads to its list, where a telephone shows what it still keeps; once names are forgotten there is none.
    lists = [reverse("attendance:roster", args=[session.pk]) for session in cohort.sessions.all()]
    assert all(f'href="{one}"' in client.get(address).text for one in lists)
    Mark.objects.all().delete()
    Cohort.objects.filter(pk=cohort.pk).update(attendance_counted_at=at)
    for session, absent in zip(cohort.sessions.order_by("starts_at"), (1, 0), strict=True):
        SessionCount.objects.create(session=session, absent=absent)
    assert attendance() == ["0 / 2", "not marked"]


def test_an_observer_reads_not_marked_of_no_session_to_come(regions):
    cohort = make_cohort(region=regions["KG-B"])
    for session, days in zip(cohort.sessions.order_by("starts_at"), (-1, 1), strict=True):
        starts_at = timezone.now() + timedelta(days=days)
        Session.objects.filter(pk=session.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
    observer = make_staff()
    make_role(observer, "observer", cohort.organisation)
    page = browser(observer).get(cohort.get_absolute_url()).text
    assert (page.count("not marked"), page.count("still to come"), "0 / 0" in page) == (1, 1, False)
