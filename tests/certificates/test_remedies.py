"""Beside what somebody lacks stands the way to where it is mended, for whoever may mend it and for nobody else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lms.assessments.actions import allow_later, close_paper
from lms.attendance.models import Status
from lms.certificates.queries import eligibility_of_one
from lms.certificates.rendering import Remedies
from lms.cohorts.actions import close_cohort, reopen_cohort
from lms.cohorts.models import Cohort, Enrolment, Session
from lms.people.models import Engagement, User
from tests.factories import certificates as make
from tests.factories.assessments import make_paper, make_submission, pass_teach_backs
from tests.factories.cohorts import add_trainer, make_cohort, make_enrolment
from tests.factories.people import browser, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort() -> Cohort:
    """Two lessons that are over, and a post-test that has closed."""
    cohort = make_cohort()
    over = timezone.now() - timedelta(days=1)
    Session.objects.filter(cohort=cohort).update(starts_at=over, ends_at=over + timedelta(hours=1))
    return cohort


@pytest.fixture
def person(cohort) -> Enrolment:
    return make_enrolment(cohort)


def lead(cohort: Cohort) -> User:
    return cohort.trainers.get(part="lead").person


def ways(user: User, enrolment: Enrolment) -> dict[str, str]:
    """What she lacks by its code → where this reader mends it."""
    cohort = Cohort.objects.get(pk=enrolment.cohort_id)
    found = Remedies(cohort, user, timezone.now()).beside(eligibility_of_one(enrolment).missing, enrolment)
    return {gap.code: remedy.address if remedy else "" for gap, remedy in found}


def test_whoever_runs_the_cohort_is_led_to_each_thing_and_finds_it(cohort, person):
    coordinator = make.make_coordinator(cohort)
    page, papers = reverse("cohorts:person", args=[person.pk]), reverse("certificates:paperwork", args=[cohort.pk])
    expected = {
        "post_test": reverse("assessments:tests", args=[cohort.pk]),
        "legal_name": f"{page}#full-name",
        "consent": f"{papers}#of-{person.pk}",
    }
    hers = ways(coordinator, person)
    roster = {reverse("attendance:roster", args=[one.pk]) for one in cohort.sessions.all()}
    assert hers.pop("attendance") in roster
    assert hers == expected
    # Consents are for coordinators alone.
    assert ways(lead(cohort), person) == {**ways(coordinator, person), "consent": ""}
    for user in (coordinator, lead(cohort)):
        for address in filter(None, ways(user, person).values()):
            path, _sign, anchor = address.partition("#")
            shown = browser(user).get(path)
            assert (shown.status_code, not anchor or f'id="{anchor}"' in shown.text) == (200, True)
    listed = browser(coordinator).get(reverse("certificates:cohort", args=[cohort.pk])).text
    shown = browser(coordinator).get(page).text
    for address in hers.values():
        assert f'href="{address}"' in listed
        assert f'href="{address}"' in shown


def test_where_every_list_is_filled_in_she_is_led_to_her_own_marks(cohort, person):
    there = make_enrolment(cohort)
    make.attend(there)
    present, absent = cohort.sessions.order_by("lesson_code")
    make.mark(person, present, Status.PRESENT)
    make.mark(person, absent, Status.ABSENT)
    page = reverse("cohorts:person", args=[person.pk])
    assert ways(lead(cohort), person)["attendance"] == f"{page}#way"
    shown = browser(lead(cohort)).get(page).text
    assert f'href="{reverse("attendance:mark", args=[absent.pk, person.pk])}">Correct {absent.lesson_code}<' in shown


def test_before_the_first_lesson_there_is_no_mark_to_mend(cohort, person):
    make.put_ahead(cohort)
    assert ways(lead(cohort), person)["attendance"] == ""


def test_a_closed_post_test_is_given_to_her_once_and_not_after_the_cohort_was_closed(cohort, person):
    trainer, coordinator, now = lead(cohort), make.make_coordinator(cohort), timezone.now()
    paper = make_paper(cohort, "post")
    close_paper(paper=paper, by=trainer, at=now, anyway=True)
    given = reverse("assessments:allow_later", args=[paper.pk, person.pk])
    assert ways(trainer, person)["post_test"] == given
    assert browser(trainer).get(given).status_code == 200
    close_cohort(cohort=cohort, anyway=True, by=coordinator, at=now + timedelta(minutes=1))
    assert [ways(one, person)["post_test"] for one in (trainer, coordinator)] == ["", ""]
    # A coordinator still corrects a mark.
    assert [bool(ways(one, person)["attendance"]) for one in (trainer, coordinator)] == [False, True]
    reopen_cohort(cohort=cohort, reason="x", by=coordinator, at=now + timedelta(minutes=2))
    assert ways(trainer, person)["post_test"] == ""


def test_for_a_helper_who_left_and_for_strangers_the_lack_stands_alone(cohort, person):
    helper = make_staff()
    add_trainer(cohort, helper)
    assert any(ways(helper, person).values())
    Engagement.objects.filter(person=helper).update(left_at=timezone.now())
    strangers = (helper, lead(make_cohort()), make.make_coordinator(make_cohort()), person.person)
    for user in strangers:
        assert set(ways(User.objects.get(pk=user.pk), person).values()) == {""}


def test_on_the_way_to_trainer_observers_and_whoever_answers_plans_are_led_there(cohort, person):
    make.attend(person)
    make.take_post_test(person)
    make.give_name(person.person)
    make.make_certificate(person)
    pass_teach_backs(person.person, cohort, count=1)
    coordinator = make.make_coordinator(cohort)
    page = reverse("certificates:cohort", args=[cohort.pk])
    observed = f"{reverse('assessments:observations', args=[cohort.pk])}#teach-back"
    assert f'href="{observed}"' in browser(coordinator).get(page).text
    assert browser(coordinator).get(observed.partition("#")[0]).status_code == 200
    standing = make.make_candidate(make.make_graduate(cohort))
    plan = make_submission(standing.person, cohort)
    answer = reverse("assessments:decide", args=[plan.pk])
    assert f'href="{answer}"' in browser(coordinator).get(page).text
    # The lead trainer answers no plans.
    assert answer not in browser(lead(cohort)).get(page).text


def test_the_list_asks_no_more_for_thirty_than_for_three(cohort):
    client, page = browser(make.make_coordinator(cohort)), reverse("certificates:cohort", args=[cohort.pk])
    for _number in range(3):
        make_enrolment(cohort)
    client.get(page)
    with CaptureQueriesContext(connection) as few:
        client.get(page)
    for _number in range(9):
        make_enrolment(cohort)
    with CaptureQueriesContext(connection) as many:
        client.get(page)
    assert len(many) == len(few)


def test_a_participant_is_led_from_what_she_lacks_to_her_training(cohort, person):
    mine, hers = reverse("certificates:mine"), browser(person.person)
    Session.objects.filter(cohort=cohort).update(
        starts_at=timezone.now() + timedelta(days=1), ends_at=timezone.now() + timedelta(days=1, hours=1)
    )
    shown = hers.get(mine).text
    hub = cohort.get_absolute_url()
    assert f'<a href="{hub}">M1: hand in the post-test.</a>' in shown
    assert f'<a href="{hub}">M1: come to more sessions.</a>' in shown
    close_cohort(cohort=cohort, anyway=True, by=lead(cohort), at=timezone.now())
    shown = hers.get(mine).text
    assert "hand in the post-test" in shown
    assert f'href="{hub}"' not in shown


def test_whoever_missed_the_post_test_is_told_whom_to_ask(cohort, person):
    mine, hers = reverse("certificates:mine"), browser(person.person)
    paper = make_paper(cohort, moment="post")
    assert "hand in the post-test" in hers.get(mine).text
    close_paper(paper=paper, by=lead(cohort), at=timezone.now(), anyway=True)
    shown = hers.get(mine).text
    assert "the post-test is closed, and you did not hand it in: ask your trainer" in shown
    assert "hand in the post-test" not in shown
    until, at = timezone.now() + timedelta(hours=5), timezone.now()
    allow_later(paper=paper, enrolment=person, until=until, reason="away", by=lead(cohort), at=at)
    assert "hand in the post-test" in hers.get(mine).text
