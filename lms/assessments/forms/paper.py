"""The quiz page's form: its questions are data, so it is read by hand.

Names: `rev-<item>` the revision shown · `a-<item>` ticked letters · `a-<item>-<letter>` the position or the
right-hand letter chosen for a choice.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.http import QueryDict

from lms.assessments.actions import AnswerNotOfThisPaper, FormAnswer
from lms.assessments.checks import ItemShape, is_complete
from lms.assessments.rendering import keys_said

LARGEST_REVISION = 2**31 - 1


def answers_from(data: QueryDict, shapes: Mapping[str, ItemShape], attempt_id: UUID) -> dict[str, FormAnswer]:
    """What the form says about each question that it contains, in choice keys.  Raises AnswerNotOfThisPaper."""
    try:
        return {
            key: FormAnswer(_revision(data, key), keys_said(attempt_id, key, shape, _said(data, key, shape)))
            for key, shape in shapes.items()
            if f"rev-{key}" in data
        }
    except (LookupError, ValueError) as error:
        raise AnswerNotOfThisPaper from error


def _revision(data: QueryDict, key: str) -> int:
    return min(max(0, int(str(data[f"rev-{key}"]))), LARGEST_REVISION)


def _said(data: QueryDict, key: str, shape: ItemShape) -> Any:
    if shape.kind not in ("ordering", "matching"):
        return data.getlist(f"a-{key}")
    prefix = f"a-{key}-"
    said = {name.removeprefix(prefix): str(value) for name, value in data.items() if name.startswith(prefix) and value}
    return {letter: int(place) for letter, place in said.items()} if shape.kind == "ordering" else said


def missing_answers(shapes: Mapping[str, ItemShape], responses: Mapping[str, Any]) -> list[int]:
    """The numbers of the questions that are not answered, or only in part."""
    return [
        number for number, (key, shape) in enumerate(shapes.items(), start=1) if not _is_answered(shape, responses, key)
    ]


def _is_answered(shape: ItemShape, responses: Mapping[str, Any], key: str) -> bool:
    return key in responses and is_complete(shape, responses[key])


def kept_fields(data: QueryDict, *, largest: int = 8192) -> dict[str, list[str]]:
    """The fields of the quiz form alone, to be kept over a sign-in; nothing if they are more than a form holds."""
    names: Iterable[str] = (name for name in data if name == "attempt" or name.startswith(("a-", "rev-")))
    kept = {name: data.getlist(name) for name in names}
    size = sum(len(name) + sum(map(len, values)) for name, values in kept.items())
    return kept if size <= largest else {}
