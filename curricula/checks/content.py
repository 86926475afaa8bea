"""What makes a pack good enough to be loaded: times, the spiral of learning, three languages, codes that resolve."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from curricula.checks.schema import Item, Lesson, Module, Source, Term, Texts

type Place = tuple[str | int, ...]

SPIRAL = ("experience", "pattern", "input", "practice", "action")
INPUT_MAX_PERCENT = 35
INPUT_MAX_MINUTES = 15
# A translation is seldom much shorter than the English; very short texts may well be the same ("UN", "CEDAW").
SHORTEST_PERCENT = 60
SHORT_WORDS = 3
# A point of a list in the small Markdown.
_POINT = re.compile(r"^(?:-|\d+\.) ", re.MULTILINE)
# "24.kg/vlast/346404", "S/RES/1325", but not "Art.24"
_ADDRESS = re.compile(r"/|\w\.[a-z]{2}")
# How authors note that somebody must still look at a source: for that, a question has its review states.
_NOTES = re.compile("needs? review|to be (?:reviewed|checked)|требу[ею]т проверки|текшерүү керек", re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    """What is wrong, and at which field of the file."""

    place: Place
    message: str


def texts_in(value: object, place: Place = ()) -> Iterator[tuple[Place, Texts]]:
    """Every text in three languages below `value`, with the way to it."""
    if isinstance(value, Texts):
        yield place, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from texts_in(getattr(value, name), (*place, name))
    elif isinstance(value, list):
        for number, entry in enumerate(value):
            yield from texts_in(entry, (*place, number))


def check_translations(value: object) -> Iterator[Finding]:
    """Russian and Kyrgyz are neither the English again nor a summary of it."""
    for place, texts in texts_in(value):
        is_long = len(texts.en.split()) > SHORT_WORDS
        differs = _says_words(texts.en) if isinstance(texts, Source) else is_long
        for language in ("ru", "ky"):
            text = texts.in_language(language)
            if text == texts.en:
                if differs:
                    yield Finding((*place, language), "is the English text")
            elif is_long and len(text) * 100 < len(texts.en) * SHORTEST_PERCENT:
                yield Finding((*place, language), f"is under {SHORTEST_PERCENT} % of the length of the English")


def check_lists(value: object) -> Iterator[Finding]:
    """A list has as many points in each language: one that was added or left out is missing on paper and in a group."""
    for place, texts in texts_in(value):
        wanted = len(_POINT.findall(texts.en))
        for language in ("ru", "ky"):
            points = len(_POINT.findall(texts.in_language(language)))
            if points != wanted:
                yield Finding((*place, language), f"has {points} points in its lists, the English {wanted}")


def _says_words(source: str) -> bool:
    """Is there more than addresses, symbols of documents, abbreviations and years, as in "S/RES/1325 (2000)"?"""
    tokens = [token.strip("()[],;:.") for token in source.split()]
    return any(token != token.upper() and not _ADDRESS.search(token) for token in tokens)


def check_lesson(lesson: Lesson, facts: Mapping[str, object]) -> Iterator[Finding]:
    """Minutes, input, facts."""
    planned = sum(step.minutes for step in lesson.plan)
    if planned != lesson.minutes:
        yield Finding(("minutes",), f"the plan takes {planned} minutes, the lesson {lesson.minutes}")
    told = sum(step.minutes for step in lesson.plan if step.tag == "input")
    if told * 100 > lesson.minutes * INPUT_MAX_PERCENT:
        yield Finding(("plan",), f"input takes {told} of {lesson.minutes} minutes, over {INPUT_MAX_PERCENT} %")
    for number, step in enumerate(lesson.plan):
        if step.tag == "input" and step.minutes > INPUT_MAX_MINUTES:
            yield Finding(("plan", number, "minutes"), f"a step of input takes at most {INPUT_MAX_MINUTES} minutes")
    for number, part in enumerate(lesson.body):
        if part.fact is not None and part.fact not in facts:
            yield Finding(("body", number, "fact"), f"no fact has the code {part.fact}")


def check_module(module: Module, lessons: Iterable[Lesson]) -> Iterator[Finding]:
    """The spiral is whole."""
    tags = {step.tag for lesson in lessons for step in lesson.plan}
    missing = [tag for tag in SPIRAL if tag not in tags]
    if missing:
        yield Finding(("lessons",), f"no step of the plans is tagged {', '.join(missing)}")


def check_objectives(module: Module, lessons: list[Lesson], items: list[Item]) -> Iterator[Finding]:
    """Each objective of the module is served by the steps of a lesson and checked by a question."""
    served = {number for lesson in lessons for number in lesson.serves}
    asked = {item.objective for item in items}
    for place in range(len(module.objectives)):
        if place + 1 not in served:
            yield Finding(("objectives", place), "no lesson, and so no step of a plan, serves this objective")
        if place + 1 not in asked:
            yield Finding(("objectives", place), "no question checks this objective")


def check_serves(lesson: Lesson, module: Module) -> Iterator[Finding]:
    """A lesson serves objectives that the module has."""
    for place, number in enumerate(lesson.serves):
        if number > len(module.objectives):
            yield Finding(("serves", place), f"{module.code} has no objective {number}")


def check_items(items: list[Item], module: Module, lessons: Iterable[Lesson]) -> Iterator[Finding]:
    """Each item belongs to a lesson, each lesson has an item, the test before has something to ask."""
    serves = {lesson.code: lesson.serves for lesson in lessons}
    codes = list(serves)
    for number, item in enumerate(items):
        if item.lesson not in serves:
            yield Finding((number, "lesson"), f"{module.code} has no lesson {item.lesson}")
        elif item.objective not in serves[item.lesson]:
            yield Finding((number, "objective"), f"{item.lesson} does not serve objective {item.objective}")
    for code in codes:
        if code not in {item.lesson for item in items}:
            yield Finding((), f"no item for lesson {code}")
    if not any(item.anchor for item in items):
        yield Finding((), "no item is an anchor")


def check_sources(items: list[Item]) -> Iterator[Finding]:
    """Participants read the source of a question after the test: an author's note to herself does not belong there."""
    for number, item in enumerate(items):
        for language in ("en", "ru", "ky"):
            if note := _NOTES.search(item.source.in_language(language)):
                yield Finding((number, "source", language), f"“{note[0]}” is for authors: say it as review: awaiting")


def check_unique(codes: list[str], field: str) -> Iterator[Finding]:
    """No code twice in a list of entries."""
    counts = Counter(codes)
    for number, code in enumerate(codes):
        if counts[code] > 1 and code in codes[:number]:
            yield Finding((number, field), f"{code} is there twice")


def check_forms(terms: list[Term]) -> Iterator[Finding]:
    """In no language do two terms claim the same word."""
    for language in ("en", "ru", "ky"):
        owners: dict[str, str] = {}
        for number, term in enumerate(terms):
            for form in (term.term.in_language(language), *term.forms.in_language(language)):
                owner = owners.setdefault(form.casefold(), term.key)
                if owner != term.key:
                    yield Finding((number, "forms", language), f"{form} is a form of {owner} too")
