"""The shape of a question: how many right answers each kind has.  Asked by the editor's form and by packs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.common.languages import LANGUAGE_CODES


@dataclass(frozen=True)
class ChoiceShape:
    """What of a choice matters for the rules; `match` by language, empty unless the question matches pairs."""

    is_right: bool = False
    match: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Fault:
    """What is wrong.  `choice` is the place of the row that it is about (None: the question as a whole), `field` its
    field."""

    message: str | Promise
    choice: int | None = None
    field: str = ""


def faults_of_choices(kind: str, choices: Sequence[ChoiceShape]) -> Iterator[Fault]:
    """Every fault, so that an editor sees all of them at once."""
    if kind in {"single", "true_false"}:
        yield from _one_right(choices)
    if kind == "true_false" and len(choices) != 2:
        yield Fault(_("A statement has exactly two choices: true and false."))
    if kind in {"single", "multiple"} and len(choices) < 2:
        yield Fault(_("Give at least two choices."))
    if kind == "multiple" and not any(choice.is_right for choice in choices):
        yield Fault(_("Mark at least one choice as right."))
    if kind == "ordering" and len(choices) < 2:
        yield Fault(_("Give at least two choices, in the right order."))
    if kind == "matching":
        yield from _pairs(choices)


def _one_right(choices: Sequence[ChoiceShape]) -> Iterator[Fault]:
    right = [place for place, choice in enumerate(choices) if choice.is_right]
    if not right:
        yield Fault(_("Mark exactly one choice as right."))
    for place in right[1:]:
        yield Fault(_("Only one choice may be right; another one is marked above."), place, "is_correct")


def _pairs(choices: Sequence[ChoiceShape]) -> Iterator[Fault]:
    if len(choices) < 2:
        yield Fault(_("Give at least two pairs."))
    for place, choice in enumerate(choices):
        for language in LANGUAGE_CODES:
            if not choice.match.get(language):
                yield Fault(_("Say what this choice belongs to, in each language."), place, f"match_{language}")
