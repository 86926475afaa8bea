"""The same thing at the same moment from several devices: one attempt, one answer, one result."""

from collections import Counter
from datetime import timedelta

import pytest

from lms.assessments import actions
from lms.assessments.models import Answer, Attempt, Paper
from tests.factories.assessments import make_attempt, make_paper, right_answers
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.parallel import at_once, real_database

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def enrolment():
    return make_enrolment(make_cohort())


def outcome(results):
    """How often each kind of result came: the class of an error, or "done"."""
    return Counter(type(result).__name__ if isinstance(result, Exception) else "done" for result in results)


def test_a_paper_is_made_once(enrolment, tmp_path, at):
    cohort = enrolment.cohort
    by = cohort.trainers.get(part="lead").person

    def make():
        return actions.ensure_paper(cohort=cohort, module_code="M1", moment="pre", by=by, at=at).pk

    with real_database(tmp_path):
        results = at_once(*[make] * 5)
        [papers] = at_once(lambda: list(Paper.objects.values_list("pk", flat=True)))
    assert results == papers * 5


def test_a_test_is_started_once(enrolment, tmp_path):
    paper = make_paper(enrolment.cohort)
    with real_database(tmp_path):
        results = at_once(*[lambda: make_attempt(enrolment, paper).pk] * 5)
        [attempts] = at_once(lambda: list(Attempt.objects.values_list("pk", flat=True)))
    assert results == attempts * 5


def test_one_answer_sent_five_times_is_one_answer(enrolment, tmp_path, at):
    paper = make_paper(enrolment.cohort)
    attempt, right = make_attempt(enrolment, paper), right_answers(paper)["M1-Q01"]

    def save():
        return actions.save_answer(
            attempt=attempt, item_key="M1-Q01", revision=1, response=right, by=enrolment.person, at=at
        ).pk

    with real_database(tmp_path):
        results = at_once(*[save] * 5)
        [answers] = at_once(lambda: list(Answer.objects.values_list("pk", flat=True)))
    assert results == answers * 5


def test_two_devices_at_the_same_revision_leave_one_winner(enrolment, tmp_path, at):
    paper = make_paper(enrolment.cohort)
    attempt = make_attempt(enrolment, paper)
    keys = [choice["key"] for choice in paper.content["items"][0]["choices"]][:2]

    def save(key):
        return lambda: actions.save_answer(
            attempt=attempt, item_key="M1-Q01", revision=1, response=[key], by=enrolment.person, at=at
        )

    with real_database(tmp_path):
        results = at_once(*map(save, keys))
        [answers] = at_once(lambda: list(Answer.objects.all()))
    assert outcome(results) == {"done": 1, "OlderAnswer": 1}
    [winner] = [result for result in results if not isinstance(result, Exception)]
    assert answers == [winner]


def test_handing_in_saving_and_closing_at_once_give_one_result(enrolment, tmp_path, at):
    paper = make_paper(enrolment.cohort)
    answers = right_answers(paper)
    attempt = make_attempt(enrolment, paper, {"M1-Q01": answers["M1-Q01"]})
    over = attempt.deadline + timedelta(minutes=2)
    person = enrolment.person

    def save():
        return actions.save_answer(
            attempt=attempt, item_key="M1-Q02", revision=1, response=answers["M1-Q02"], by=person, at=at
        )

    def submit():
        return actions.submit_attempt(attempt=attempt, by=person, at=at).points

    def close():
        actions.close_overdue_attempts(at=over)

    with real_database(tmp_path):
        results = at_once(save, submit, submit, close, close)
        [[attempts, saved]] = at_once(lambda: (list(Attempt.objects.all()), Answer.objects.count()))
    [ended] = attempts
    # The save came in time and counts, or it was refused: never acknowledged and lost.
    acknowledged = not isinstance(results[0], Exception)
    assert (ended.state, ended.points, saved) == ("submitted", 1 + acknowledged, 1 + acknowledged)
    assert results[1] == results[2] == ended.points
