"""Questions, quizzes, facts, instruments and terms of a pack: one row each, in all languages."""

from collections.abc import Iterator
from typing import Any

from curricula.checks import schema
from curricula.importers.pieces import Piece
from curricula.importers.reading import Pack
from curricula.models import Choice, Fact, GlossaryTerm, Instrument, Question, Quiz, QuizItem

QUIZ_MINUTES = 20


def library_pieces(pack: Pack) -> Iterator[Piece]:
    """Before the pages, which point at facts; questions before the quizzes that ask them."""
    for fact in pack.facts:
        content = {**_dated(fact), **_columns("statement", fact.statement)}
        yield Piece("fact", fact.code, "", content)
    for instrument in pack.instruments:
        yield Piece("instrument", instrument.code, "", _instrument(instrument))
    for term in pack.glossary:
        yield Piece("term", term.key, "", _term(term))
    for module in pack.modules:
        for item in module.items:
            yield Piece("question", item.key, "", _question(item, module.module.code))
        asked = [(item.key, item.anchor) for item in module.items]
        yield Piece("quiz", module.module.code, "", {"minutes": QUIZ_MINUTES, "asked": asked})


def _columns(field: str, texts: schema.Texts | schema.Reviews) -> dict[str, str]:
    return {f"{field}_{language}": text for language, text in texts.model_dump().items()}


def _dated(entry: schema.Dated) -> dict[str, Any]:
    same = entry.model_dump(include={"code", "as_of", "next_review", "status"})
    return {**same, **_columns("source", entry.source), **_columns("review", entry.review)}


def _instrument(entry: schema.InstrumentEntry) -> dict[str, Any]:
    return {
        **_dated(entry),
        "kind": entry.kind,
        "adopted_on": entry.adopted_on,
        **_columns("name", entry.name),
        **_columns("short_name", entry.short_name),
        **_columns("status_in_kyrgyzstan", entry.status_in_kyrgyzstan),
    }


def _term(entry: schema.Term) -> dict[str, Any]:
    return {
        "key": entry.key,
        **_columns("term", entry.term),
        **_columns("definition", entry.definition),
        **_lines("forms", entry.forms),
        **_lines("not_in", entry.not_in),
        **_columns("review", entry.review),
    }


def _lines(field: str, forms: schema.WordForms) -> dict[str, str]:
    return {f"{field}_{language}": "\n".join(words) for language, words in forms.model_dump().items()}


def _question(item: schema.Item, module_code: str) -> dict[str, Any]:
    pairs = [{**_columns("text", pair.left), **_columns("match", pair.right)} for pair in item.pairs]
    choices = [{**_columns("text", choice.text), "is_correct": choice.correct} for choice in item.choices]
    return {
        "item_key": item.key,
        "module_code": module_code,
        "lesson_code": item.lesson,
        "objective": item.objective,
        "kind": item.type,
        **_columns("text", item.question),
        **_columns("explanation", item.explanation),
        **_columns("source", item.source),
        **_columns("review", item.review),
        "choices": pairs or choices,
    }


class RowShelf:
    """Facts, instruments and terms: rows under a code."""

    def __init__(self, model: type[Fact] | type[Instrument] | type[GlossaryTerm], code_field: str = "code") -> None:
        self.model = model
        self.code_field = code_field

    def find(self, piece: Piece) -> Any | None:
        return self.model._default_manager.filter(**{self.code_field: piece.code}).first()

    def write(self, piece: Piece, found: Any | None) -> int:
        row = found or self.model()
        for field, value in piece.content.items():
            setattr(row, field, value)
        return _save(row)


class QuestionShelf:
    """Choices keep their keys from load to load: answers that people gave refer to them."""

    def find(self, piece: Piece) -> Question | None:
        return Question.objects.filter(item_key=piece.code).first()

    def write(self, piece: Piece, found: Question | None) -> int:
        values = dict(piece.content)
        choices = values.pop("choices")
        question = found or Question()
        for field, value in values.items():
            setattr(question, field, value)
        if found:
            question.version += 1
        question.choices = _choices(choices, list(found.choices.all()) if found else [])
        return _save(question)


def _choices(wanted: list[dict[str, Any]], present: list[Choice]) -> list[Choice]:
    """A choice is the one with the same English text, else the one that stood in its place, else a new one."""
    by_text = {choice.text_en: choice for choice in present}
    kept = {values["text_en"] for values in wanted} & set(by_text)
    same_count = len(wanted) == len(present)
    choices = []
    for place, values in enumerate(wanted):
        old = by_text.get(values["text_en"])
        if old is None and same_count and present[place].text_en not in kept:
            old = present[place]
        keys = {"pk": old.pk, "choice_key": old.choice_key} if old else {}
        choices.append(Choice(sort_order=place, **keys, **values))
    return choices


class QuizShelf:
    def find(self, piece: Piece) -> Quiz | None:
        return Quiz.objects.filter(module_code=piece.code).first()

    def write(self, piece: Piece, found: Quiz | None) -> int:
        quiz = found or Quiz(module_code=piece.code)
        quiz.minutes = piece.content["minutes"]
        asked = piece.content["asked"]
        ids = dict(Question.objects.filter(item_key__in=[key for key, _ in asked]).values_list("item_key", "pk"))
        present = dict(quiz.items.values_list("question_id", "pk")) if found else {}
        quiz.items = [
            QuizItem(pk=present.get(ids[key]), sort_order=place, question_id=ids[key], is_anchor=anchor)
            for place, (key, anchor) in enumerate(asked)
            if key in ids
        ]
        return _save(quiz)


def _save(row: Any) -> int:
    row.full_clean()
    row.save()
    return row.save_revision().pk
