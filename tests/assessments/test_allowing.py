"""A post-test that is over, given to one person once more."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from lms.assessments import actions
from lms.assessments.actions.counting import count_answers
from lms.assessments.exports import kept_about
from lms.assessments.models import Allowance, Attempt, ItemCount, Paper, PaperCount
from lms.assessments.queries import gain_of, post_test_taken, results_of, sees_review
from lms.cohorts.actions import close_cohort, reopen_cohort
from lms.cohorts.models import Enrolment
from lms.people.models import AuditEntry
from tests.factories.assessments import make_attempt, make_paper, right_answers
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import browser, make_role, make_staff

pytestmark = pytest.mark.django_db


class Late:
    """A cohort whose post-test has closed: one took both tests, one only the first, one began and her phone died."""

    def __init__(self) -> None:
        self.now = timezone.now()
        self.cohort = make_cohort()
        self.lead = self.cohort.trainers.get(part="lead").person
        self.pre = make_paper(self.cohort)
        self.there, self.away, self.dead = (make_enrolment(self.cohort) for _ in range(3))
        for one in (self.there, self.away):
            make_attempt(one, self.pre, right_answers(self.pre), handed_in=True)
        self.post = make_paper(self.cohort, "post")
        make_attempt(self.there, self.post, right_answers(self.post), handed_in=True)
        make_attempt(self.dead, self.post)
        actions.close_paper(paper=self.post, by=self.lead, at=self.now - timedelta(hours=1), anyway=True)
        actions.close_overdue_attempts(at=self.now)
        self.post = Paper.objects.get(pk=self.post.pk)

    def page(self, enrolment: Enrolment) -> str:
        return reverse("assessments:allow_later", args=[self.post.pk, enrolment.pk])

    def give(self, enrolment: Enrolment, days: float = 2) -> Allowance:
        until = self.now + timedelta(days=days)
        told = {"until": until, "reason": "away", "by": self.lead, "at": self.now}
        return actions.allow_later(paper=self.post, enrolment=enrolment, **told)


@pytest.fixture
def late() -> Late:
    return Late()


def test_her_trainer_gives_it_to_her_alone(late):
    client, hers = browser(late.lead), browser(late.away.person)
    test, hub = reverse("tests:paper", args=[late.post.pk]), late.cohort.get_absolute_url()
    tests = client.get(reverse("assessments:tests", args=[late.cohort.pk])).text
    assert "2 people have not taken it" in tests
    assert late.page(late.away) in tests
    assert late.page(late.there) not in tests
    person = reverse("cohorts:person", args=[late.away.pk])
    assert late.page(late.away) in client.get(person).text
    assert "count in what the cohort has learned" in client.get(late.page(late.away)).text
    assert "This test is closed" in hers.get(test).text

    until = timezone.localtime(late.now + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    assert client.post(late.page(late.away), {"until": until, "reason": ""}).status_code == 422
    client.post(late.page(late.away), {"until": until, "reason": "away"})
    assert "could not be there" in client.get(person).text
    noted = AuditEntry.objects.get(verb="allow_later")
    assert (noted.actor_id, noted.subject_id) == (late.lead.pk, str(late.away.pk))

    copy = next(one for one in kept_about(late.away.person) if one.code == "later_tests")
    assert [row["module"] for row in copy.rows] == ["M1"]
    for page in (hub, reverse("dashboard:desk")):
        assert test in hers.get(page).text
        assert f'class="button" href="{test}"' not in browser(late.there.person).get(page).text
    assert "after the others" in hers.get(test).text


def test_the_form_proposes_a_week_and_then_what_was_given(late):
    def proposed() -> tuple[str, list[str]]:
        page = BeautifulSoup(browser(late.lead).get(late.page(late.away)).content, "html.parser")
        return page.find(id="id_until")["value"], [one["value"] for one in page.select("[name=reason][checked]")]

    week = timezone.localdate(late.now) + timedelta(days=7)
    assert proposed() == (f"{week:%Y-%m-%d}T20:00", [])
    sent = {"until": proposed()[0], "reason": "away"}
    assert browser(late.lead).post(late.page(late.away), sent).status_code == 302
    assert timezone.localtime(Allowance.objects.get().until).strftime("%Y-%m-%dT%H:%M") == sent["until"]
    late.give(late.away, days=2)
    given = timezone.localtime(late.now + timedelta(days=2))
    assert proposed() == (f"{given:%Y-%m-%dT%H:%M}", ["away"])
    Allowance.objects.update(until=late.now)
    assert proposed() == (f"{week:%Y-%m-%d}T20:00", [])


def test_she_writes_it_and_it_counts_for_her_certificate_alone(late):
    client, hers = browser(late.lead), browser(late.away.person)
    test = reverse("tests:paper", args=[late.post.pk])
    until = timezone.localtime(late.now + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    client.post(late.page(late.away), {"until": until, "reason": "away"})
    started = hers.post(reverse("tests:start", args=[late.post.pk]), follow=True)
    assert 'name="attempt"' in started.text
    attempt = Attempt.objects.get(paper=late.post, enrolment=late.away)
    assert attempt.is_late
    assert attempt.deadline - attempt.started_at == timedelta(minutes=late.post.minutes)
    actions.close_overdue_attempts(at=timezone.now())
    key, response = next(iter(right_answers(late.post).items()))
    answer = {"item_key": key, "revision": 1, "response": response, "by": late.away.person}
    actions.save_answer(attempt=attempt, **answer, at=timezone.now())
    actions.submit_attempt(attempt=attempt, by=late.away.person, at=timezone.now())
    assert (late.away.pk, "M1") in post_test_taken(late.cohort)
    assert gain_of(late.cohort, "M1").n == 1
    assert {row.enrolment.pk: row.gain for row in results_of(late.cohort)["M1"]}[late.away.pk] is None
    review = hers.get(test).text
    assert "Source:" in review
    assert "You wrote it after the others" in review
    table = client.get(reverse("assessments:tests", args=[late.cohort.pk])).text
    assert table.count("after the others</span>") == 1
    assert "You wrote it after the others" not in browser(late.there.person).get(test).text


def test_while_she_may_write_only_she_waits_for_the_right_answers(late):
    late.give(late.away)
    hers, others = (browser(one.person) for one in (late.away, late.there))
    pre, post = (reverse("tests:paper", args=[paper.pk]) for paper in (late.pre, late.post))
    assert "This was right" not in hers.get(pre).text
    assert "Your test is handed in" in hers.get(pre).text
    assert "Source:" in others.get(pre).text
    review = others.get(post).text
    assert "Source:" in review
    assert "For the certificate it counts that you took the test" in review
    assert "do not compare the two numbers" in review


def test_who_could_still_be_given_it_learns_no_right_answer_before(late):
    """She hands in nothing, or writes in the last minute of grace: what she would read she could write."""
    hers = {one: browser(one.person) for one in (late.away, late.dead)}
    pre, post = (reverse("tests:paper", args=[paper.pk]) for paper in (late.pre, late.post))
    for enrolment, page in ((late.away, pre), (late.dead, post)):
        told = hers[enrolment].get(page).text
        assert "once you have answered the post-test" in told
        assert "Source:" not in told
        assert not sees_review(late.pre, enrolment.person)
    late.give(late.away, 1)
    told = {"paper": late.post, "enrolment": late.away, "language": "ky", "by": late.away.person}
    attempt = actions.start_attempt(**told, at=late.now)
    Attempt.objects.filter(pk=attempt.pk).update(deadline=late.now)
    Allowance.objects.update(until=late.now)
    key, response = next(iter(right_answers(late.post).items()))
    answer = {"item_key": key, "revision": 1, "response": response, "by": late.away.person}
    actions.save_answer(attempt=attempt, **answer, at=late.now + timedelta(seconds=3))
    assert "Source:" not in hers[late.away].get(pre).text
    actions.submit_attempt(attempt=attempt, by=late.away.person, at=late.now + timedelta(seconds=4))
    assert "Source:" in hers[late.away].get(pre).text
    close_cohort(cohort=late.cohort, anyway=True, by=late.lead, at=late.now + timedelta(minutes=1))
    assert "Source:" in hers[late.dead].get(post).text


def test_it_is_given_once_and_by_nobody_to_herself(late):
    late.give(late.dead)
    make_attempt(late.dead, late.post, handed_in=True, at=late.now)
    with pytest.raises(actions.HadItAlready):
        late.give(late.dead)
    tests = browser(late.lead).get(reverse("assessments:tests", args=[late.cohort.pk])).text
    assert "She handed it in without an answer" in tests
    assert (late.page(late.dead) in tests, late.page(late.away) in tests) == (False, True)
    told = {"until": late.now + timedelta(days=1), "reason": "away", "by": late.away.person, "at": late.now}
    with pytest.raises(actions.NotToHerself):
        actions.allow_later(paper=late.post, enrolment=late.away, **told)


def test_what_was_written_after_the_others_is_in_no_statistics_of_the_questions(late):
    late.give(late.away)
    make_attempt(late.away, late.post, right_answers(late.post), handed_in=True, at=late.now)
    in_time = Attempt.objects.get(paper=late.post, enrolment=late.there).points
    count_answers(cohort=late.cohort, at=late.now)
    kept = PaperCount.objects.get(paper=late.post)
    assert (kept.started, kept.handed_in, kept.late, kept.points) == (3, 3, 1, in_time)
    assert {item.answered for item in ItemCount.objects.filter(paper=late.post)} == {1}


def test_who_began_without_an_answer_begins_anew(late):
    was = Attempt.objects.get(enrolment=late.dead)
    late.give(late.dead)
    assert AuditEntry.objects.get(verb="allow_later").details["begun"] == was.started_at.isoformat()
    told = {"paper": late.post, "enrolment": late.dead, "language": "ky", "by": late.dead.person}
    anew = actions.start_attempt(**told, at=late.now + timedelta(days=2, minutes=-5))
    assert anew.pk != was.pk
    assert anew.deadline == late.now + timedelta(days=2)
    key, response = next(iter(right_answers(late.post).items()))
    answer = {"item_key": key, "revision": 1, "response": response, "by": late.dead.person}
    with pytest.raises(actions.TimeIsOver):
        actions.save_answer(attempt=anew, **answer, at=late.now + timedelta(days=2, minutes=2))


def test_it_is_refused_where_it_would_be_unjust(late):
    elsewhere = make_enrolment(make_cohort())
    for enrolment, refusal, days in (
        (late.there, actions.AnsweredAlready, 2),
        (elsewhere, actions.NoPlaceHere, 2),
        (late.away, actions.PastAlready, -1),
    ):
        with pytest.raises(refusal):
            late.give(enrolment, days)
    told = {"enrolment": late.away, "until": late.now, "reason": "away", "by": late.lead, "at": late.now}
    with pytest.raises(actions.NotOverYet):
        actions.allow_later(paper=late.pre, **told)
    late.give(late.away)
    late.give(late.away, 3)
    assert Allowance.objects.get().until == late.now + timedelta(days=3)
    start = {"paper": late.post, "enrolment": late.away, "language": "ky", "by": late.away.person}
    with pytest.raises(actions.PaperNotOpen):
        actions.start_attempt(**start, at=late.now + timedelta(days=4))


def test_it_ends_with_the_cohort(late):
    late.give(late.away)
    told = {"paper": late.post, "enrolment": late.away, "language": "ky", "by": late.away.person}
    attempt = actions.start_attempt(**told, at=late.now)
    end = browser(late.lead).get(reverse("cohorts:close", args=[late.cohort.pk])).text
    assert "1 person may still write a post-test after the others" in end
    close_cohort(cohort=late.cohort, anyway=True, by=late.lead, at=late.now + timedelta(minutes=1))
    attempt.refresh_from_db()
    assert (attempt.state, Allowance.objects.get().until) == ("submitted", late.now + timedelta(minutes=1))
    with pytest.raises(actions.CohortNotRunning):
        late.give(late.dead)
    assert late.page(late.dead) not in browser(late.lead).get(reverse("assessments:tests", args=[late.cohort.pk])).text


def test_after_the_cohort_was_closed_once_nobody_is_given_it_any_more(late):
    """Everybody could read the right answers meanwhile, and goes on reading them."""
    coordinator = make_role(make_staff(), "coordinator", late.cohort.organisation).person
    later = late.now + timedelta(minutes=1)
    close_cohort(cohort=late.cohort, anyway=True, by=coordinator, at=later)
    hers, test = browser(late.away.person), reverse("tests:paper", args=[late.pre.pk])
    assert "Source:" in hers.get(test).text
    reopen_cohort(cohort=late.cohort, reason="A forgotten sheet.", by=coordinator, at=later)
    assert "Source:" in hers.get(test).text
    assert f'href="{test}">See answers and points' in hers.get(late.cohort.get_absolute_url()).text
    with pytest.raises(actions.ShownToAll):
        late.give(late.away)
    client = browser(late.lead)
    for page in (reverse("assessments:tests", args=[late.cohort.pk]), reverse("cohorts:person", args=[late.away.pk])):
        assert late.page(late.away) not in client.get(page).text
    refused = client.get(late.page(late.away)).text
    assert ("given to nobody any more" in refused, "Give her the test" in refused) == (True, False)
    until = timezone.localtime(late.now + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    sent = client.post(late.page(late.away), {"until": until, "reason": "away"})
    assert (sent.status_code, "given to nobody any more" in sent.text) == (422, True)
    assert not Allowance.objects.exists()


def test_a_post_test_that_closes_after_the_reopening_is_given_as_before(late):
    coordinator = make_role(make_staff(), "coordinator", late.cohort.organisation).person
    later = late.now + timedelta(minutes=1)
    close_cohort(cohort=late.cohort, anyway=True, by=coordinator, at=later)
    reopen_cohort(cohort=late.cohort, reason="One more lesson.", by=coordinator, at=later)
    Paper.objects.filter(pk=late.post.pk).update(closed_at=later + timedelta(minutes=1))
    assert late.give(late.away).paper == late.post
    assert not sees_review(Paper.objects.get(pk=late.pre.pk), late.away.person)


def test_strangers_find_no_such_page(late):
    others = (make_staff(), make_cohort().trainers.get(part="lead").person, late.away.person)
    sent = {"until": "2030-01-01T10:00", "reason": "away"}
    for person in others:
        assert browser(person).get(late.page(late.away)).status_code == 404
        assert browser(person).post(late.page(late.away), sent).status_code == 404
    assert not Allowance.objects.exists()
