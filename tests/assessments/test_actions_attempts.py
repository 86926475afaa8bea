"""Taking a test: started once, saved as it is given, handed in once."""

from datetime import timedelta
from decimal import Decimal

import pytest

from lms.assessments import actions
from lms.assessments.models import Answer, Attempt, AttemptState
from lms.assessments.queries import GRACE, current_responses
from tests.factories.assessments import make_attempt, make_paper, right_answers
from tests.factories.cohorts import make_cohort, make_enrolment

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolment():
    return make_enrolment(make_cohort())


@pytest.fixture
def paper(enrolment):
    return make_paper(enrolment.cohort)


def save(attempt, response, revision=1, item="M1-Q01", at=None):
    person = attempt.enrolment.person
    return actions.save_answer(
        attempt=attempt, item_key=item, revision=revision, response=response, by=person, at=at or attempt.started_at
    )


def test_start_attempt_twice_is_one_attempt(enrolment, paper, at):
    first = make_attempt(enrolment, paper)
    second = make_attempt(enrolment, paper, at=at + timedelta(minutes=5))
    assert second == first
    assert second.deadline == at + timedelta(minutes=20)


def test_start_attempt_refuses_somebody_of_another_cohort(paper, at):
    stranger = make_enrolment(make_cohort())
    with pytest.raises(actions.NotEnrolled):
        make_attempt(stranger, paper)


def test_start_attempt_refuses_another_persons_place(enrolment, paper, at):
    other = make_enrolment(enrolment.cohort).person
    with pytest.raises(actions.NotEnrolled):
        actions.start_attempt(paper=paper, enrolment=enrolment, language="ky", by=other, at=at)


@pytest.mark.parametrize("state", ["waiting", "withdrawn"])
def test_start_attempt_refuses_who_is_not_enrolled(paper, state):
    with pytest.raises(actions.NotEnrolled):
        make_attempt(make_enrolment(paper.cohort, state=state), paper)


def test_start_attempt_refuses_a_paper_that_is_not_open(enrolment, at):
    paper = make_paper(enrolment.cohort, is_open=False)
    with pytest.raises(actions.PaperNotOpen):
        make_attempt(enrolment, paper)
    paper = actions.close_paper(paper=make_paper(enrolment.cohort), by=enrolment.person, at=at)
    with pytest.raises(actions.PaperNotOpen):
        make_attempt(enrolment, paper)


def test_save_answer_same_twice_is_one_row(enrolment, paper):
    attempt, right = make_attempt(enrolment, paper), right_answers(paper)["M1-Q01"]
    save(attempt, right)
    save(attempt, right)
    assert list(attempt.answers.values_list("revision", "response")) == [(1, right)]


def test_save_answer_older_revision_loses(enrolment, paper):
    attempt = make_attempt(enrolment, paper)
    first, second = [choice["key"] for choice in paper.content["items"][0]["choices"]][:2]
    save(attempt, [second], revision=3)
    with pytest.raises(actions.OlderAnswer) as refused:
        save(attempt, [first], revision=2)
    assert refused.value.newest.response == [second]
    assert current_responses(attempt) == {"M1-Q01": [second]}


def test_save_answer_same_revision_other_answer_loses(enrolment, paper):
    attempt = make_attempt(enrolment, paper)
    first, second = [choice["key"] for choice in paper.content["items"][0]["choices"]][:2]
    save(attempt, [first])
    with pytest.raises(actions.OlderAnswer):
        save(attempt, [second])
    assert current_responses(attempt) == {"M1-Q01": [first]}


def test_save_answer_keeps_every_revision(enrolment, paper):
    attempt = make_attempt(enrolment, paper)
    first, second = [choice["key"] for choice in paper.content["items"][0]["choices"]][:2]
    save(attempt, [first], revision=1)
    save(attempt, [second], revision=2)
    assert attempt.answers.count() == 2
    assert current_responses(attempt) == {"M1-Q01": [second]}


def test_save_answer_refuses_what_is_not_of_the_paper(enrolment, paper):
    attempt = make_attempt(enrolment, paper)
    for response in (["no such key"], "text", 7, None, {"a": 1}, [["x"]], [None]):
        with pytest.raises(actions.AnswerNotOfThisPaper):
            save(attempt, response)
    with pytest.raises(actions.AnswerNotOfThisPaper):
        save(attempt, [], item="M9-Q01")
    assert not attempt.answers.exists()


def test_save_answer_refuses_two_ticks_where_one_is_right(enrolment, paper):
    attempt = make_attempt(enrolment, paper)
    with pytest.raises(actions.AnswerNotOfThisPaper):
        save(attempt, [choice["key"] for choice in paper.content["items"][0]["choices"]][:2])


def test_save_answer_within_grace_and_not_after(enrolment, paper):
    attempt, right = make_attempt(enrolment, paper), right_answers(paper)["M1-Q01"]
    save(attempt, right, at=attempt.deadline + GRACE)
    with pytest.raises(actions.TimeIsOver):
        save(attempt, [], revision=2, at=attempt.deadline + GRACE + timedelta(seconds=1))


def test_save_answer_refuses_closed_paper(enrolment, paper, at):
    attempt = make_attempt(enrolment, paper)
    actions.close_paper(paper=paper, by=enrolment.person, at=at, anyway=True)
    with pytest.raises(actions.PaperClosed):
        save(attempt, [])


def test_save_answer_refuses_after_handing_in(enrolment, paper):
    attempt = make_attempt(enrolment, paper, handed_in=True)
    with pytest.raises(actions.TestHandedIn):
        save(attempt, [])


def test_what_was_handed_in_for_her_is_refused_with_what_ended_it(enrolment, paper):
    attempt = make_attempt(enrolment, paper)
    over = attempt.deadline + GRACE + timedelta(seconds=1)
    actions.close_overdue_attempts(at=over)
    with pytest.raises(actions.TimeIsOver):
        save(attempt, [], at=over)


def test_what_closing_handed_in_for_her_is_refused_as_closed(enrolment, paper, at):
    attempt, hers = (
        make_attempt(enrolment, paper),
        make_attempt(make_enrolment(enrolment.cohort), paper, handed_in=True),
    )
    later = at + timedelta(minutes=5)
    actions.close_paper(paper=paper, by=enrolment.person, at=later, anyway=True)
    with pytest.raises(actions.PaperClosed):
        save(attempt, [], at=later)
    with pytest.raises(actions.TestHandedIn):
        save(hers, [], at=later)


def test_submit_attempt_scores_and_is_harmless_twice(enrolment, paper, at):
    attempt = make_attempt(enrolment, paper, right_answers(paper), handed_in=True)
    again = actions.submit_attempt(attempt=attempt, by=enrolment.person, at=at + timedelta(hours=1))
    assert (again.state, again.submitted_at) == (AttemptState.SUBMITTED, at + timedelta(minutes=1))
    assert (again.points, again.max_points) == (Decimal("3.000"), Decimal("3.000"))
    assert (again.anchor_points, again.anchor_max_points) == (Decimal("3.000"), Decimal("3.000"))


def test_submit_attempt_counts_anchors_apart(enrolment):
    paper = make_paper(enrolment.cohort, "post")
    answers = right_answers(paper)
    del answers["M1-Q01"]
    attempt = make_attempt(enrolment, paper, answers, handed_in=True)
    assert (attempt.points, attempt.max_points) == (Decimal("4.000"), Decimal("5.000"))
    assert (attempt.anchor_points, attempt.anchor_max_points) == (Decimal("2.000"), Decimal("3.000"))


def form(**answers):
    return {f"M1-{key}": actions.FormAnswer(*value) for key, value in answers.items()}


def save_form(attempt, at, **answers):
    return actions.save_answers(
        attempt=attempt, answers=form(**answers), language="ru", by=attempt.enrolment.person, at=at
    )


def test_save_answers_without_script_makes_the_next_revision(enrolment, paper, at):
    attempt = make_attempt(enrolment, paper)
    first, second = [choice["key"] for choice in paper.content["items"][0]["choices"]][:2]
    assert save_form(attempt, at, Q01=(0, [first])) == []
    assert save_form(attempt, at, Q01=(1, [second])) == []
    assert save_form(attempt, at, Q01=(2, [second])) == []
    assert list(Answer.objects.order_by("revision").values_list("revision", "response")) == [
        (1, [first]),
        (2, [second]),
    ]
    attempt.refresh_from_db()
    assert attempt.language == "ru"


def test_save_answers_with_script_keeps_the_counted_revision(enrolment, paper, at):
    attempt, right = make_attempt(enrolment, paper), right_answers(paper)["M1-Q01"]
    save_form(attempt, at, Q01=(4, right))
    assert list(Answer.objects.values_list("revision", flat=True)) == [4]


def test_save_answers_older_form_loses_and_is_told(enrolment, paper, at):
    attempt, right = make_attempt(enrolment, paper), right_answers(paper)["M1-Q01"]
    save(attempt, right, revision=3)
    assert save_form(attempt, at, Q01=(1, [])) == ["M1-Q01"]
    assert current_responses(attempt) == {"M1-Q01": right}


def test_save_answers_empty_form_writes_nothing(enrolment, paper, at):
    attempt = make_attempt(enrolment, paper)
    save_form(attempt, at, Q01=(0, []), Q02=(0, []))
    assert not Answer.objects.exists()


def test_close_overdue_attempts_scores_what_was_saved(enrolment, paper, at):
    answers = right_answers(paper)
    del answers["M1-Q02"]
    attempt = make_attempt(enrolment, paper, answers)
    assert actions.close_overdue_attempts(at=attempt.deadline + GRACE) == 0
    assert actions.close_overdue_attempts(at=attempt.deadline + GRACE + timedelta(seconds=1)) == 1
    attempt.refresh_from_db()
    assert (attempt.state, attempt.points) == (AttemptState.SUBMITTED, Decimal("2.000"))


def test_close_overdue_attempts_takes_those_of_a_closed_paper_alone(enrolment, paper, at):
    closed = make_attempt(enrolment, paper)
    elsewhere = make_enrolment(make_cohort())
    running = make_attempt(elsewhere, make_paper(elsewhere.cohort))
    type(paper).objects.filter(pk=paper.pk).update(closed_at=at)
    assert actions.close_overdue_attempts(at=at) == 1
    assert dict(Attempt.objects.values_list("pk", "state")) == {closed.pk: "submitted", running.pk: "open"}
