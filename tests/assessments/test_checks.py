"""What may stand in an answer."""

import pytest

from lms.assessments.checks import ItemShape, is_acceptable, is_complete

KEYS, MATCHES = ("a", "b", "c"), ("x", "y", "z")
SHAPES = {kind: ItemShape(kind, KEYS, ()) for kind in ("single", "true_false", "multiple", "ordering")}
SHAPES["matching"] = ItemShape("matching", KEYS, MATCHES)


@pytest.mark.parametrize(
    ("kind", "response"),
    [
        ("single", []),
        ("single", ["a"]),
        ("multiple", ["a", "c"]),
        ("ordering", ["c", "a", "b"]),
        ("ordering", {"a": 3, "b": 3}),
        ("ordering", {}),
        ("matching", {"a": "x", "b": "x"}),
        ("matching", {}),
    ],
)
def test_own_keys_in_the_form_of_the_kind_are_acceptable(kind, response):
    assert is_acceptable(SHAPES[kind], response)


@pytest.mark.parametrize(
    ("kind", "response"),
    [
        ("single", ["a", "b"]),
        ("true_false", ["d"]),
        ("multiple", ["a", "a"]),
        ("multiple", {"a": 1}),
        ("ordering", {"a": 0}),
        ("ordering", {"a": 4}),
        ("ordering", {"a": True}),
        ("ordering", {"d": 1}),
        ("matching", {"a": "a"}),
        ("matching", {"a": None}),
        ("matching", ["x"]),
        ("matching", None),
    ],
)
def test_anything_else_is_not(kind, response):
    assert not is_acceptable(SHAPES[kind], response)


@pytest.mark.parametrize(
    ("kind", "response", "complete"),
    [
        ("single", ["a"], True),
        ("single", [], False),
        ("ordering", {"a": 1, "b": 2, "c": 3}, True),
        ("ordering", {"a": 1, "b": 2, "c": 2}, False),
        ("ordering", {"a": 1, "b": 2}, False),
        ("matching", {"a": "x", "b": "y", "c": "z"}, True),
        ("matching", {"a": "x", "b": "x", "c": "z"}, False),
        ("matching", {}, False),
    ],
)
def test_complete_means_nothing_left_and_nothing_twice(kind, response, complete):
    assert is_complete(SHAPES[kind], response) is complete
