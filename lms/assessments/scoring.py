"""How an answer is counted: pure functions over a paper's items and the choice keys of a response.

Every item is worth one point.  A response that cannot be read counts nothing and never raises.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, NamedTuple

THOUSANDTH = Decimal("0.001")


class Score(NamedTuple):
    """Points with three decimals: over all items, and over the anchors that are asked before and after."""

    points: Decimal
    max_points: Decimal
    anchor_points: Decimal
    anchor_max_points: Decimal


def score_paper(content: Mapping[str, Any], responses: Mapping[str, Any]) -> Score:
    """The score of `responses` (item key → response); an item without one counts nothing."""
    items = content["items"]
    earned = {item["key"]: score_item(item, responses.get(item["key"])) for item in items}
    anchors = [item["key"] for item in items if item["anchor"]]
    return Score(
        points=_decimal(sum(earned.values(), Fraction(0))),
        max_points=_decimal(Fraction(len(items))),
        anchor_points=_decimal(sum((earned[key] for key in anchors), Fraction(0))),
        anchor_max_points=_decimal(Fraction(len(anchors))),
    )


def score_item(item: Mapping[str, Any], response: Any) -> Fraction:
    """The share of the item's point that the response earns, from 0 to 1."""
    if item["kind"] == "ordering":
        return _score_ordering(item["answer"], positions_of(response))
    if item["kind"] == "matching":
        return _score_matching(item["answer"], response)
    chosen = _keys(response)
    if item["kind"] == "multiple":
        return _score_multiple(set(item["answer"]), chosen)
    return Fraction(chosen == set(item["answer"]))


def points_of(item: Mapping[str, Any], response: Any) -> Decimal:
    """The same with three decimals."""
    return _decimal(score_item(item, response))


def positions_of(response: Any) -> dict[str, int]:
    """Choice key → position from 1, of an ordering given as such a mapping or as the keys in their order."""
    if isinstance(response, list):
        keys = [key for key in response if isinstance(key, str)]
        return {key: place for place, key in enumerate(keys, start=1)} if len(set(keys)) == len(keys) else {}
    if not isinstance(response, dict):
        return {}
    return {key: place for key, place in response.items() if isinstance(place, int) and not isinstance(place, bool)}


def _keys(response: Any) -> set[str]:
    return {key for key in response if isinstance(key, str)} if isinstance(response, list) else set()


def _score_multiple(right: set[str], chosen: set[str]) -> Fraction:
    """(right − wrong) / right, never below 0: ticking everything earns nothing it should not."""
    if not right:
        return Fraction(0)
    return max(Fraction(0), Fraction(len(chosen & right) - len(chosen - right), len(right)))


def _score_ordering(answer: list[str], positions: Mapping[str, int]) -> Fraction:
    """Per position; a position that two choices claim is nobody's."""
    claims = list(positions.values())
    hits = sum(positions.get(key) == place and claims.count(place) == 1 for place, key in enumerate(answer, start=1))
    return Fraction(hits, len(answer)) if answer else Fraction(0)


def _score_matching(answer: Mapping[str, str], response: Any) -> Fraction:
    """Per pair; a right-hand side that is claimed twice is nobody's."""
    pairs = response if isinstance(response, dict) else {}
    claims = list(pairs.values())
    hits = sum(pairs.get(key) == match and claims.count(match) == 1 for key, match in answer.items())
    return Fraction(hits, len(answer)) if answer else Fraction(0)


def _decimal(value: Fraction) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(THOUSANDTH, rounding=ROUND_HALF_UP)
