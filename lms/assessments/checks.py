"""May this stand in an answer, and may a test be given later?  Pure; what an answer is worth is another question
(scoring).
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from lms.cohorts.models import Cohort

SINGLE_ANSWER = ("single", "true_false")
# For so many days a test is given to one person, to the evening of the last, where nobody says otherwise.
GIVEN_FOR, EVENING = timedelta(days=7), 20


class ItemShape(NamedTuple):
    """What may stand in an answer to an item: its kind, the keys of its choices, the keys of its right-hand sides."""

    kind: str
    choices: tuple[str, ...]
    matches: tuple[str, ...]


def is_acceptable(shape: ItemShape, response: Any) -> bool:
    """Only keys of the item's own choices, each at most once, in the form that its kind has; an empty one takes back.

    single, true_false, multiple: a list of choice keys · ordering: {choice key: position from 1}, or the keys in their
    order · matching: {choice key: key of a right-hand side}.
    """
    if shape.kind == "matching":
        return _is_mapping(response, shape) and all(match in shape.matches for match in response.values())
    if shape.kind == "ordering" and isinstance(response, dict):
        return _is_mapping(response, shape) and all(_is_position(place, shape) for place in response.values())
    if not _is_list_of_keys(response, shape):
        return False
    return len(response) <= 1 or shape.kind not in SINGLE_ANSWER


def is_complete(shape: ItemShape, response: Any) -> bool:
    """Is there nothing left to answer, and nothing said twice?"""
    if shape.kind not in ("matching", "ordering"):
        return bool(response)
    said = list(response.values()) if isinstance(response, dict) else list(response or [])
    return len(said) == len(shape.choices) == len(set(said))


def _is_list_of_keys(response: Any, shape: ItemShape) -> bool:
    if not isinstance(response, list) or not all(isinstance(key, str) for key in response):
        return False
    return len(set(response)) == len(response) and set(response) <= set(shape.choices)


def _is_mapping(response: Any, shape: ItemShape) -> bool:
    return isinstance(response, dict) and set(response) <= set(shape.choices)


def _is_position(place: Any, shape: ItemShape) -> bool:
    return isinstance(place, int) and not isinstance(place, bool) and 1 <= place <= len(shape.choices)


def may_be_given(closed_at: datetime, cohort: Cohort) -> bool:
    """Can a post-test that closed then still be given to one person?

    Not once its cohort was closed as well: since then everybody may read the right answers, and whoever opens the
    cohort again takes them back from nobody.
    """
    return cohort.is_live and (cohort.reopened_at is None or closed_at > cohort.reopened_at)


def proposed_end(at: datetime) -> datetime:
    """Until when a post-test is given to one person, as its form proposes it: a week, with the whole last day."""
    return (at + GIVEN_FOR).replace(hour=EVENING, minute=0, second=0, microsecond=0)
