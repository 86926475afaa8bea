"""Gain, counts and who has taken the post-test."""

from decimal import Decimal

import pytest

from lms.assessments.queries import Gain, attempt_counts, gain_of, post_test_taken, results_of
from lms.assessments.rendering import slope_chart
from tests.factories.assessments import make_attempt, make_paper, right_answers
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    return make_cohort()


def take(enrolment, paper, right):
    answers = right_answers(paper)
    return make_attempt(enrolment, paper, {key: answers[key] for key in list(answers)[:right]}, handed_in=True)


def take_both(cohort, *results):
    """One person for each pair (right before, right after); the papers, too."""
    people = [make_enrolment(cohort) for _pair in results]
    pre = make_paper(cohort, "pre")
    for person, (before, _after) in zip(people, results, strict=True):
        take(person, pre, before)
    post = make_paper(cohort, "post")
    for person, (_before, after) in zip(people, results, strict=True):
        take(person, post, after)
    return people, pre, post


def test_gain_is_post_minus_pre_over_the_anchors(cohort):
    take_both(cohort, (1, 3), (2, 5))
    gain = gain_of(cohort, "M1")
    assert (gain.n, gain.max_points) == (2, Decimal(3))
    assert (gain.pre_mean, gain.post_mean, gain.gain) == (Decimal("1.50"), Decimal("3.00"), Decimal("1.50"))


def test_gain_counts_pairs_only(cohort):
    alone = make_enrolment(cohort)
    take(alone, make_paper(cohort, "pre"), 3)
    take_both(cohort, (0, 1))
    late = make_enrolment(cohort)
    take(late, make_paper(cohort, "post"), 5)
    make_attempt(make_enrolment(cohort), make_paper(cohort, "post"))
    assert gain_of(cohort, "M1").pairs == [(Decimal(0), Decimal(1))]


def test_gain_of_nobody_is_empty(cohort):
    assert gain_of(cohort, "M1") == Gain(0, Decimal(0), None, None, None)
    assert slope_chart(gain_of(cohort, "M1")) is None


@pytest.mark.parametrize(("n", "percent"), [(9, None), (10, Decimal(33))])
def test_gain_has_no_percentage_under_ten(n, percent):
    gain = Gain(n, Decimal(3), Decimal(1), Decimal(2), Decimal(1))
    assert (gain.pre_percent, gain.gain_percent) == (percent, percent)


def test_slope_chart_draws_equal_pairs_as_one_line():
    pair = (Decimal(0), Decimal(3))
    chart = slope_chart(Gain(2, Decimal(3), Decimal(0), Decimal(3), Decimal(3), [pair, pair]))
    assert [(line.y1, line.y2, line.count) for line in chart.slopes] == [("160.0", "20.0", 2)]


@pytest.mark.parametrize("people", [1, 6])
def test_results_take_the_same_queries_for_one_and_many(cohort, django_assert_num_queries, people):
    _people, pre, post = take_both(cohort, *[(1, 2)] * people)
    make_attempt(make_enrolment(cohort), post)
    with django_assert_num_queries(4):
        counts, results, gain = attempt_counts(cohort, AT), results_of(cohort), gain_of(cohort, "M1")
    assert counts == {pre.pk: (people, people, 0), post.pk: (people + 1, people, 1)}
    assert [row.gain for row in results["M1"] if row.gain is not None] == [Decimal(1)] * people
    assert (len(results["M1"]), gain.n) == (people + 1, people)


def test_post_test_taken_needs_an_answer_and_handing_in(cohort):
    people, pre, post = take_both(cohort, (1, 2))
    make_attempt(make_enrolment(cohort), post, handed_in=True)
    make_attempt(make_enrolment(cohort), post, right_answers(post))
    elsewhere = make_cohort()
    take(make_enrolment(elsewhere), make_paper(elsewhere, "post"), 5)
    assert post_test_taken(cohort) == {(people[0].pk, "M1")}
    assert pre.moment == "pre"
