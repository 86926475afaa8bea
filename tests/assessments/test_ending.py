"""A cohort that ends takes its open tests along, with what people had saved in them."""

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from lms.assessments import actions
from lms.assessments.models import AttemptState, Paper
from lms.assessments.queries import item_shapes
from lms.assessments.rendering import letters_said, tag_of
from lms.cohorts.actions import CohortEnded, CohortNotLive, cancel_cohort, close_cohort, close_forgotten_cohort
from lms.people.models import AuditEntry
from tests.factories.assessments import make_attempt, make_paper, right_answers
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import browser
from tests.parallel import at_once, real_database

pytestmark = pytest.mark.django_db
SAID = "1 test is still open: it will be closed, and what people have saved in it is handed in."


@pytest.fixture
def cohort(regions):
    return make_cohort(region=regions["KG-B"])


@pytest.fixture
def lead(cohort):
    return cohort.trainers.get().person


def close(cohort, lead, at):
    close_cohort(cohort=cohort, anyway=True, by=lead, at=at)


def cancel(cohort, lead, at):
    cancel_cohort(cohort=cohort, by=lead, at=at)


def forget(cohort, lead, at):
    close_forgotten_cohort(cohort=cohort, at=at)


@pytest.mark.parametrize("end", [close, cancel, forget])
def test_a_cohort_that_ends_closes_its_tests_and_hands_in_what_was_saved(cohort, lead, at, end):
    paper, elsewhere = make_paper(cohort, "post"), make_paper(make_cohort())
    key, right = next(iter(right_answers(paper).items()))
    running = make_attempt(make_enrolment(cohort), paper, {key: right})
    end(cohort, lead, at)
    for one in (paper, elsewhere, running):
        one.refresh_from_db()
    assert (paper.closed_at, elsewhere.is_open) == (at, True)
    assert (running.state, running.submitted_at, running.points) == (AttemptState.SUBMITTED, at, 1)
    entry = AuditEntry.objects.get(verb="close_paper", subject_id=str(paper.pk))
    assert entry.actor_id == (None if end is forget else lead.pk)


def test_closed_tests_and_unopened_ones_stay_as_they_are(cohort, lead, at):
    closed = actions.close_paper(paper=make_paper(cohort), by=lead, at=at)
    make_paper(cohort, "post", is_open=False)
    close(cohort, lead, at)
    assert set(Paper.objects.values_list("moment", "closed_at")) == {("pre", closed.closed_at), ("post", None)}
    assert AuditEntry.objects.filter(verb="close_paper").count() == 1


def test_open_tests_are_said_before_a_cohort_ends(cohort, lead, at):
    pages = [reverse(f"cohorts:{name}", args=[cohort.pk]) for name in ("close", "edit")]
    client, tests = browser(lead), reverse("assessments:tests", args=[cohort.pk])
    assert not any(SAID in client.get(page).text for page in pages)
    make_paper(cohort)
    assert all(f'<a href="{tests}">{SAID}</a>' in client.get(page).text for page in pages)
    close(cohort, lead, at)
    assert not any(SAID in client.get(page).text for page in pages)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end", [close, cancel])
def test_no_test_is_opened_beside_the_end(tmp_path, at, end):
    cohort = make_cohort()
    lead, paper = cohort.trainers.get().person, make_paper(cohort, is_open=False)
    with real_database(tmp_path):
        results = at_once(
            lambda: actions.open_paper(paper=paper, by=lead, at=at) and None, lambda: end(cohort, lead, at)
        )
        [found] = at_once(lambda: Paper.objects.get(pk=paper.pk))
    assert not found.is_open
    assert not any(isinstance(result, CohortNotLive | CohortEnded) for result in results)


@pytest.mark.parametrize(("answered", "said"), [(True, "does not depend on the points"), (False, "count as taken")])
def test_answers_that_came_too_late_are_told_after_the_reason(cohort, lead, at, answered, said):
    """The script fills in the number and shows it; the certificate needs a post-test with an answer, not points."""
    post, enrolment = make_paper(cohort, "post"), make_enrolment(cohort)
    attempt = make_attempt(enrolment, post, right_answers(post) if answered else {})
    actions.close_paper(paper=post, by=lead, at=at, anyway=True)
    actions.submit_attempt(attempt=attempt, by=None, at=at)
    with translation.override("en"):
        page = browser(enrolment.person).get(reverse("tests:paper", args=[post.pk])).text
    closed = "Your trainer has closed this test. What had been saved"
    shown = "of 5" if answered else "once you have answered"
    told = [closed, "arrived too late", said, "Tell your trainer", shown]
    assert [page.count(words) for words in told[:4]] == [1] * 4
    assert sorted(told, key=page.index) == told


def the_form(attempt, answers):
    """What the page without script sends for these answers; nothing of it was saved when it was shown."""
    shapes, data = item_shapes(attempt.paper_id), {"attempt": tag_of(attempt.pk), "then": "hand_in"}
    for key, response in answers.items():
        data |= {f"rev-{key}": 0, f"a-{key}": letters_said(attempt.pk, key, shapes[key], response)}
    return data


def test_a_form_that_came_too_late_says_how_many_of_its_answers_do_not_count(cohort, lead):
    """Once, with the reason; also where she had to sign in before."""
    post, enrolment, now = make_paper(cohort, "post"), make_enrolment(cohort), timezone.now()
    ticked = [key for key, shape in item_shapes(post.pk).items() if shape.kind not in ("ordering", "matching")]
    answers = {key: response for key, response in right_answers(post).items() if key in ticked}
    key, response = next(iter(answers.items()))
    attempt = make_attempt(enrolment, post, {key: response}, at=now)
    actions.close_paper(paper=post, by=lead, at=now, anyway=True)
    her, shown = browser(enrolment.person), f"data-count>{len(answers) - 1}</span>"
    with translation.override("en"):
        address = reverse("tests:paper", args=[post.pk])

    def told(page):
        notice = page.partition("data-quiz-done")[2].partition("Tell your trainer.")[0]
        return shown in notice and " hidden>" not in notice

    page = her.post(address, the_form(attempt, answers), follow=True).text
    assert (told(page), page.count("Your trainer has closed this test")) == (True, 1)
    assert not told(her.get(address).text)
    page = her.post(address, the_form(attempt, {key: response}), follow=True).text
    assert "data-handed-in hidden>" in page, "what was saved in time is not late"
    assert "Your trainer has closed this test" in page
    her.logout()
    her.post(address, the_form(attempt, answers))
    her.force_login(enrolment.person)
    assert [told(her.get(address).text) for _twice in range(2)] == [True, False]
    assert attempt.answers.count() == 1
