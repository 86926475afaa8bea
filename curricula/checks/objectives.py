"""Objective → step → question: what of a module serves which of its objectives."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class MappedStep:
    """A step of a lesson's plan; `tag` in words, in the language in which the map is shown."""

    minutes: int
    tag: str | Promise
    title: str


@dataclass(frozen=True)
class MappedLesson:
    """A lesson with the numbers of the objectives that its steps serve."""

    code: str
    title: str
    serves: Sequence[int]
    steps: Sequence[MappedStep]


@dataclass(frozen=True)
class MappedItem:
    """A question with the number of the objective that it checks; an anchor is asked before and after."""

    key: str
    objective: int | None
    text: str
    is_anchor: bool


@dataclass(frozen=True)
class ServedObjective:
    """One objective of a module, counted from 1."""

    number: int
    text: str
    lessons: list[MappedLesson]
    items: list[MappedItem]


def map_objectives(
    objectives: Iterable[str], lessons: Sequence[MappedLesson], items: Sequence[MappedItem]
) -> list[ServedObjective]:
    """Each objective with the lessons whose steps serve it and the questions that check it."""
    return [
        ServedObjective(
            number,
            text,
            [lesson for lesson in lessons if number in lesson.serves],
            [item for item in items if item.objective == number],
        )
        for number, text in enumerate(objectives, start=1)
    ]
