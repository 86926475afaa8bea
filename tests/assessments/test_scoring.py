"""How answers are counted: examples from the house's rule, and what must hold for every answer whatever it is."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from lms.assessments.scoring import score_item, score_paper

KEYS = ["a", "b", "c", "d"]
MATCHES = {"a": "w", "b": "x", "c": "y", "d": "z"}
ITEMS = {
    "single": {"key": "Q1", "kind": "single", "anchor": True, "answer": ["a"]},
    "true_false": {"key": "Q2", "kind": "true_false", "anchor": False, "answer": ["b"]},
    "multiple": {"key": "Q3", "kind": "multiple", "anchor": True, "answer": ["a", "b"]},
    "ordering": {"key": "Q4", "kind": "ordering", "anchor": False, "answer": KEYS},
    "matching": {"key": "Q5", "kind": "matching", "anchor": False, "answer": MATCHES},
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.sampled_from([*KEYS, "w", "x", "?"]),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from([*KEYS, "?"]), inner, max_size=5),
    max_leaves=12,
)


def score(kind, response):
    return score_item(ITEMS[kind], response)


def test_single_is_one_or_nothing():
    assert [score("single", said) for said in (["a"], ["b"], [], ["a", "b"], None)] == [1, 0, 0, 0, 0]


def test_multiple_takes_a_right_tick_away_for_a_wrong_one():
    said = {"ab": 1, "a": Fraction(1, 2), "abc": Fraction(1, 2), "ac": 0, "abcd": 0, "c": 0, "": 0}
    assert {ticks: score("multiple", list(ticks)) for ticks in said} == said


def test_ordering_counts_per_position():
    assert score("ordering", KEYS) == 1
    assert score("ordering", {"a": 1, "b": 2, "c": 3, "d": 4}) == 1
    assert score("ordering", ["b", "a", "c", "d"]) == Fraction(1, 2)
    assert score("ordering", {"a": 1}) == Fraction(1, 4)


def test_ordering_gives_a_place_claimed_twice_to_nobody():
    assert score("ordering", dict.fromkeys(KEYS, 1)) == 0
    assert score("ordering", {"a": 1, "b": 1, "c": 3}) == Fraction(1, 4)


def test_matching_counts_per_pair():
    assert score("matching", MATCHES) == 1
    assert score("matching", MATCHES | {"a": "x", "b": "w"}) == Fraction(1, 2)
    assert score("matching", dict.fromkeys(KEYS, "w")) == 0


def test_paper_adds_thirds_exactly():
    third = {"kind": "ordering", "anchor": True, "answer": ["a", "b", "c"]}
    content = {"items": [{**third, "key": key} for key in "xyz"]}
    score = score_paper(content, {key: {"a": 1} for key in "xyz"})
    assert score.points == Decimal("1.000")
    assert score_paper(content, {"x": {"a": 1}}).points == Decimal("0.333")


@given(st.sampled_from(sorted(ITEMS)), JSON)
def test_any_response_earns_between_nothing_and_one_point(kind, response):
    assert 0 <= score(kind, response) <= 1


@given(st.sampled_from(sorted(ITEMS)))
def test_the_answer_itself_earns_the_point(kind):
    assert score(kind, ITEMS[kind]["answer"]) == 1


@given(st.lists(st.sampled_from(KEYS), unique=True), st.sampled_from("cd"))
def test_multiple_never_earns_more_by_a_wrong_tick(ticks, wrong):
    assert score("multiple", [*ticks, wrong] if wrong not in ticks else ticks) <= score("multiple", ticks)


@given(st.permutations(KEYS))
def test_ordering_reads_a_list_and_positions_alike(order):
    assert score("ordering", order) == score("ordering", {key: place for place, key in enumerate(order, start=1)})


@given(st.dictionaries(st.sampled_from([item["key"] for item in ITEMS.values()]), JSON))
def test_paper_points_stay_within_what_can_be_reached(responses):
    score = score_paper({"items": list(ITEMS.values())}, responses)
    assert 0 <= score.anchor_points <= score.points <= score.max_points == Decimal("5.000")
    assert score.anchor_points <= score.anchor_max_points == Decimal("2.000")
