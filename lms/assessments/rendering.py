"""A paper as one attempt sees it: shuffled, lettered, in one language; and how it looks in the review.

The page knows a choice by its letter in this attempt's own order, never by its key: keys are the same for everybody and
for ever, letters tell a neighbour or a script nothing.  The order is drawn from the attempt's id, which never leaves
the server, so that it is the same on every device.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from string import ascii_lowercase
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.assessments.checks import ItemShape
from lms.assessments.models import Answer, SubmissionState
from lms.assessments.queries import Gain, coaches_in, papers_of, unopened_post_tests, unused_allowances
from lms.assessments.scoring import THOUSANDTH, positions_of, score_item
from lms.cohorts.models import Cohort
from lms.cohorts.permissions import manages
from lms.cohorts.queries import LooseEnd
from lms.common.languages import ReviewState, pick
from lms.people.models import User

FIXED_ORDER = ("true_false",)


@dataclass(frozen=True)
class SeenChoice:
    """A choice with what she has said about it: ticked, its position, or the letter of its right-hand side."""

    letter: str
    text: str
    ticked: bool
    position: int | None
    match: str


@dataclass(frozen=True)
class SeenItem:
    """A question without its right answer."""

    number: int
    key: str
    kind: str
    text: str
    revision: int
    choices: list[SeenChoice]
    matches: list[tuple[str, str]]

    @property
    def control(self) -> str:
        """The kind of control that ticks a choice."""
        return "checkbox" if self.kind == "multiple" else "radio"

    @property
    def positions(self) -> range:
        """What an ordering lets her choose from."""
        return range(1, len(self.choices) + 1)


@dataclass(frozen=True)
class ReviewedChoice:
    """A choice in the review; `mark` is right, wrong, missed or empty.

    Ordering: `said` is her position and `right` the right one; matching: the texts of the right-hand sides.
    """

    text: str
    mark: str
    said: str = ""
    right: str = ""


@dataclass(frozen=True)
class ReviewedItem:
    """A question with the right answer, hers, the explanation and the source."""

    number: int
    kind: str
    text: str
    choices: list[ReviewedChoice]
    points: Decimal
    explanation: str
    source: str


def tag_of(row_id: UUID) -> str:
    """Names an attempt, or her, towards her own browser, so that one phone can serve two people; reveals no id."""
    return hashlib.blake2s(row_id.bytes, digest_size=8, person=b"attempt").hexdigest()


def letters_of(attempt_id: UUID, item_key: str, keys: Iterable[str], *, kind: str = "") -> dict[str, str]:
    """Letter → key, in the order in which this attempt sees them (true and false stay as they are)."""
    ordered = list(keys)
    if kind not in FIXED_ORDER:
        seed = f"{attempt_id}/{item_key}/"
        ordered.sort(key=lambda key: hashlib.blake2s((seed + key).encode()).digest())
    return dict(zip(ascii_lowercase, ordered, strict=False))


def keys_said(attempt_id: UUID, item_key: str, shape: ItemShape, said: Any) -> Any:
    """A response in letters as one in keys.  Raises LookupError, TypeError, AttributeError if it is not one."""
    choices = letters_of(attempt_id, item_key, shape.choices, kind=shape.kind)
    if shape.kind == "ordering":
        return {choices[letter]: place for letter, place in said.items()}
    if shape.kind == "matching":
        matches = letters_of(attempt_id, item_key, shape.matches)
        return {choices[letter]: matches[match] for letter, match in said.items()}
    if not isinstance(said, list):
        raise TypeError("a list of letters")
    return [choices[letter] for letter in said]


def letters_said(attempt_id: UUID, item_key: str, shape: ItemShape, response: Any) -> Any:
    """The inverse of `keys_said`."""
    letter = _reversed(letters_of(attempt_id, item_key, shape.choices, kind=shape.kind))
    if shape.kind == "ordering":
        return {letter[key]: place for key, place in positions_of(response).items()}
    if shape.kind == "matching":
        match = _reversed(letters_of(attempt_id, item_key, shape.matches))
        return {letter[key]: match[said] for key, said in response.items()}
    return [letter[key] for key in response]


def saved_letters(attempt_id: UUID, shapes: Mapping[str, ItemShape], answers: Iterable[Answer]) -> dict[str, Any]:
    """Item key → the revision that is saved and what it says, as the page's script keeps them."""
    return {
        one.item_key: {
            "revision": one.revision,
            "response": letters_said(attempt_id, one.item_key, shapes[one.item_key], one.response),
        }
        for one in answers
    }


def seen_items(
    content: Mapping[str, Any], attempt_id: UUID, answers: Mapping[str, Answer], language: str
) -> list[SeenItem]:
    """The questions of a paper for its form, with the answers given so far (item key → answer that counts)."""
    return [
        _seen_item(number, item, attempt_id, answers.get(item["key"]), language)
        for number, item in enumerate(content["items"], start=1)
    ]


def _seen_item(
    number: int, item: Mapping[str, Any], attempt_id: UUID, answer: Answer | None, language: str
) -> SeenItem:
    by_key = {choice["key"]: choice for choice in item["choices"]}
    response = answer.response if answer else []
    places = positions_of(response) if item["kind"] == "ordering" else {}
    matches = _matches(item, attempt_id)
    match_letters = _reversed(matches)
    pairs = response if item["kind"] == "matching" and isinstance(response, dict) else {}
    texts = {choice.get("match_key"): pick(choice.get("match", {}), language) for choice in item["choices"]}
    return SeenItem(
        number=number,
        key=item["key"],
        kind=item["kind"],
        text=pick(item["text"], language),
        revision=answer.revision if answer else 0,
        choices=[
            SeenChoice(
                letter=letter,
                text=pick(by_key[key]["text"], language),
                ticked=key in response,
                position=places.get(key),
                match=match_letters.get(pairs.get(key, ""), ""),
            )
            for letter, key in letters_of(attempt_id, item["key"], by_key, kind=item["kind"]).items()
        ],
        matches=[(letter, texts[key]) for letter, key in matches.items()],
    )


def _matches(item: Mapping[str, Any], attempt_id: UUID) -> dict[str, str]:
    if item["kind"] != "matching":
        return {}
    return letters_of(attempt_id, item["key"], [choice["match_key"] for choice in item["choices"]])


def _reversed(mapping: Mapping[str, str]) -> dict[str, str]:
    return {value: key for key, value in mapping.items()}


def awaits_review(content: Mapping[str, Any], language: str) -> bool:
    """Is there a question whose text in this language no native speaker has read yet?"""
    return any(item["review"].get(language) != ReviewState.REVIEWED for item in content["items"])


def reviewed_items(content: Mapping[str, Any], responses: Mapping[str, Any], language: str) -> list[ReviewedItem]:
    """The questions with right answers, hers, explanation and source: only where `queries.sees_review` says so."""
    return [
        ReviewedItem(
            number=number,
            kind=item["kind"],
            text=pick(item["text"], language),
            choices=_reviewed_choices(item, responses.get(item["key"]), language),
            points=_points(item, responses.get(item["key"])),
            explanation=pick(item["explanation"], language),
            source=_source(item["source"], language),
        )
        for number, item in enumerate(content["items"], start=1)
    ]


def _source(source: str | dict[str, str], language: str) -> str:
    """An old paper has a single line for all languages."""
    return source if isinstance(source, str) else pick(source, language)


def _points(item: Mapping[str, Any], response: Any) -> Decimal:
    earned = score_item(item, response)
    return (Decimal(earned.numerator) / Decimal(earned.denominator)).quantize(THOUSANDTH)


def _reviewed_choices(item: Mapping[str, Any], response: Any, language: str) -> list[ReviewedChoice]:
    if item["kind"] == "ordering":
        return _reviewed_order(item, positions_of(response), language)
    if item["kind"] == "matching":
        return _reviewed_pairs(item, response if isinstance(response, dict) else {}, language)
    chosen = set(response or [])
    return [
        ReviewedChoice(pick(choice["text"], language), _mark(choice["key"] in item["answer"], choice["key"] in chosen))
        for choice in item["choices"]
    ]


def _mark(is_right: bool, is_chosen: bool) -> str:
    if is_chosen:
        return "right" if is_right else "wrong"
    return "missed" if is_right else ""


def _reviewed_order(item: Mapping[str, Any], places: Mapping[str, int], language: str) -> list[ReviewedChoice]:
    texts = {choice["key"]: pick(choice["text"], language) for choice in item["choices"]}
    return [
        ReviewedChoice(
            text=texts[key],
            mark=_mark(places.get(key) in (place, None), key in places),
            said=str(places.get(key, "")),
            right=str(place),
        )
        for place, key in enumerate(item["answer"], start=1)
    ]


def _reviewed_pairs(item: Mapping[str, Any], pairs: Mapping[str, str], language: str) -> list[ReviewedChoice]:
    matches = {choice["match_key"]: pick(choice["match"], language) for choice in item["choices"]}
    return [
        ReviewedChoice(
            text=pick(choice["text"], language),
            mark=_mark(pairs.get(choice["key"]) in (item["answer"][choice["key"]], None), choice["key"] in pairs),
            said=matches.get(pairs.get(choice["key"], ""), ""),
            right=matches[item["answer"][choice["key"]]],
        )
        for choice in item["choices"]
    ]


# ── The slope chart ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Slope:
    """One line of the chart: where it starts and ends, from the top, and how many people share it."""

    # As SVG writes them: with a point, in every language.
    y1: str
    y2: str
    count: int

    @property
    def width(self) -> str:
        """Stroke width: people with the same two results lie on one line."""
        return str(1 + min(self.count, 8) * 0.75)


@dataclass(frozen=True)
class SlopeChart:
    """Before on the left, after on the right, from y = 160 (no points) up to 20 (all); `mean` is the thick line."""

    slopes: list[Slope]
    mean: Slope


def slope_chart(gain: Gain) -> SlopeChart | None:
    """The pairs as lines; None where nobody has handed in both tests."""
    if gain.pre_mean is None or gain.post_mean is None or not gain.max_points:
        return None

    def y(points: Decimal) -> str:
        return f"{160 - 140 * points / gain.max_points:.1f}"

    shared = Counter(gain.pairs)
    lines = [Slope(y(pre), y(post), count) for (pre, post), count in sorted(shared.items())]
    return SlopeChart(lines, Slope(y(gain.pre_mean), y(gain.post_mean), gain.n))


def open_tests_and_plans(user: User, cohort: Cohort) -> Iterable[LooseEnd]:
    """Tests that still take answers or that nobody ever opened, and session plans that nobody has decided about."""
    for code in unopened_post_tests(cohort):
        text = _("%(module)s: the post-test was never opened, and without it nobody gets the certificate.")
        yield LooseEnd("unopened_test", text % {"module": code}, reverse("assessments:tests", args=[cohort.pk]))
    if tests := sum(paper.is_open for paper in papers_of(cohort).values()):
        text = ngettext(
            "%(n)s test is still open: it will be closed, and what people have saved in it is handed in.",
            "%(n)s tests are still open: they will be closed, and what people have saved in them is handed in.",
            tests,
        )
        yield LooseEnd("open_tests", text % {"n": tests}, reverse("assessments:tests", args=[cohort.pk]), ends_too=True)
    if late := unused_allowances(timezone.now()).filter(paper__cohort=cohort).count():
        text = ngettext(
            "%(n)s person may still write a post-test after the others: that ends too.",
            "%(n)s people may still write a post-test after the others: that ends too.",
            late,
        )
        yield LooseEnd("late_tests", text % {"n": late}, reverse("assessments:tests", args=[cohort.pk]), ends_too=True)
    if undecided := cohort.submissions.filter(state=SubmissionState.HANDED_IN).count():
        text = ngettext("%(n)s session plan waits for an answer.", "%(n)s session plans wait for an answer.", undecided)
        hers = manages(user, cohort) or coaches_in(user, cohort)
        address = reverse("assessments:submissions", args=[cohort.pk]) if hers else ""
        yield LooseEnd("undecided_plans", text % {"n": undecided}, address)
