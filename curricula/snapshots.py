"""Pins: which revision of each text a cohort follows; and what a pinned revision says."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.crypto import salted_hmac
from wagtail.models import Page, Revision

from curricula.checks.objectives import MappedItem, ServedObjective, map_objectives
from curricula.models import ROWS_TELL, LessonPage, ModulePage, Question, QuestionKind, Quiz
from curricula.models.items import sources_in
from curricula.queries import mapped_lesson, objectives_of
from lms.common.languages import LANGUAGE_CODES

type Moment = Literal["pre", "post"]
type PinKind = Literal["module", "lesson", "quiz", "question"]


@dataclass(frozen=True)
class PinSpec:
    """One text at one revision; `language` is empty for what is one row in all languages."""

    kind: PinKind
    module_code: str
    code: str
    language: str
    revision_id: int


def pins_of_module(module_code: str) -> list[PinSpec]:
    """The published revision of a module and its lessons in each language, of its quiz and of each question: 4 queries.

    Drafts that an editor is still working on are not pinned.
    """
    modules = list(_published(ModulePage).filter(code=module_code))
    below = Q(pk__in=[])
    for module in modules:
        below |= Q(path__startswith=module.path)
    lessons = _published(LessonPage).filter(below)
    pages = [_page_pin("module", module_code, page) for page in modules]
    pages += [_page_pin("lesson", module_code, page) for page in lessons]
    return pages + _quiz_pins(module_code)


def _published(model: type[Page]) -> Any:
    return model.objects.live().exclude(live_revision=None).select_related("locale").order_by("path")


def _page_pin(kind: PinKind, module_code: str, page: ModulePage | LessonPage) -> PinSpec:
    return PinSpec(kind, module_code, page.code, page.locale.language_code, page.live_revision_id)


def _quiz_pins(module_code: str) -> list[PinSpec]:
    quiz = Quiz.objects.filter(module_code=module_code).exclude(latest_revision=None).first()
    if quiz is None:
        return []
    asked = quiz.items.exclude(question__latest_revision=None)
    questions = asked.values_list("question__item_key", "question__latest_revision_id")
    return [
        PinSpec("quiz", module_code, module_code, "", quiz.latest_revision_id),
        *(PinSpec("question", module_code, key, "", revision_id) for key, revision_id in questions),
    ]


def lesson_at(revision: Revision, *, plan: bool = True) -> LessonPage:
    """The lesson as this revision says it, with the facilitator's steps; participants get it with `plan=False`."""
    content = revision.content if plan else {**revision.content, "steps": []}
    return LessonPage.from_serializable_data(content, check_fks=False)


def module_at(revision: Revision) -> ModulePage:
    """The module as this revision says it."""
    return ModulePage.from_serializable_data(revision.content, check_fks=False)


def objectives_at(
    module: Revision, lessons: Iterable[Revision], quizzes: Iterable[Revision], questions: Iterable[Revision]
) -> list[ServedObjective]:
    """Which step and which question serves which objective, as these revisions say; questions by their keys alone.

    The map is printed and lies on tables: it must not tell what the test asks.
    """
    asked = [item for quiz in quizzes for item in quiz.content["items"]]
    anchors = {str(item["question"]) for item in asked if item["is_anchor"]}
    items = [
        MappedItem(one.content["item_key"], one.content.get("objective"), "", one.object_id in anchors)
        for one in questions
    ]
    texts = objectives_of(module_at(module))
    return map_objectives(
        texts, [mapped_lesson(lesson_at(one)) for one in lessons], sorted(items, key=lambda item: item.key)
    )


def changed_since(revisions: Iterable[Revision]) -> dict[int, bool]:
    """For each pinned revision: has another one been published since?  {revision id: changed}.

    Two queries, however many pins; a page or question that was taken away counts as changed.
    """
    pinned = list(revisions)
    current = _current_revisions(pinned)
    return {revision.pk: current.get(_place(revision)) != revision.pk for revision in pinned}


def _place(revision: Revision) -> tuple[int, str]:
    return revision.base_content_type_id, revision.object_id


def _current_revisions(pinned: list[Revision]) -> dict[tuple[int, str], int | None]:
    current: dict[tuple[int, str], int | None] = {}
    for model, field in ((Page, "live_revision_id"), (Question, "latest_revision_id"), (Quiz, "latest_revision_id")):
        content_type = ContentType.objects.get_for_model(model).pk
        ids = [revision.object_id for revision in pinned if revision.base_content_type_id == content_type]
        if ids:
            rows = model._default_manager.filter(pk__in=ids).values_list("pk", field)
            current |= {(content_type, str(pk)): revision_id for pk, revision_id in rows}
    return current


# ── Papers ───────────────────────────────────────────────────────────────────────────────────────────────────────


def build_paper(*, quiz_revision: Revision, question_revisions: dict[str, Revision], moment: Moment) -> dict[str, Any]:
    """A test in every language, from pinned revisions; the anchors alone before, everything after.

    The result holds the right answers and must never leave the server whole.  A question without a revision in
    `question_revisions` (item key → revision) is left out.
    """
    quiz = quiz_revision.content
    by_id = {revision.object_id: revision.content for revision in question_revisions.values()}
    asked = [item for item in quiz["items"] if item["is_anchor"] or moment == "post"]
    return {
        "module": quiz["module_code"],
        "moment": moment,
        "minutes": quiz["minutes"],
        "items": [
            _item(by_id[str(item["question"])], anchor=item["is_anchor"])
            for item in asked
            if str(item["question"]) in by_id
        ],
    }


def _item(question: dict[str, Any], *, anchor: bool) -> dict[str, Any]:
    kind = question["kind"]
    choices = [_choice(choice, matching=kind == QuestionKind.MATCHING) for choice in question["choices"]]
    return {
        "key": question["item_key"],
        "version": question["version"],
        "kind": kind,
        "anchor": anchor,
        "text": _texts(question, "text"),
        "explanation": _texts(question, "explanation"),
        "source": sources_in(question),
        "review": _texts(question, "review"),
        "answer": _answer(kind, question["choices"], choices),
        # Rows of these two stand in the right order in the bank: the keys are random, so their order tells nothing.
        "choices": sorted(choices, key=lambda choice: choice["key"]) if kind in ROWS_TELL else choices,
    }


def _choice(choice: dict[str, Any], *, matching: bool) -> dict[str, Any]:
    key = _hex(choice["choice_key"])
    texts = {"key": key, "text": _texts(choice, "text")}
    return {**texts, "match": _texts(choice, "match"), "match_key": _match_key(key)} if matching else texts


def _answer(kind: str, rows: list[dict[str, Any]], choices: list[dict[str, Any]]) -> list[str] | dict[str, str]:
    if kind == QuestionKind.MATCHING:
        return {choice["key"]: choice["match_key"] for choice in choices}
    if kind == QuestionKind.ORDERING:
        return [choice["key"] for choice in choices]
    return [choice["key"] for row, choice in zip(rows, choices, strict=True) if row["is_correct"]]


def _match_key(choice_key: str) -> str:
    """Another key for the right-hand side, from which nobody can tell the left one without the site's secret."""
    return salted_hmac("curricula.match", choice_key, algorithm="sha256").hexdigest()[:32]


def _texts(content: dict[str, Any], field: str) -> dict[str, str]:
    return {language: content[f"{field}_{language}"] for language in LANGUAGE_CODES}


def _hex(key: str) -> str:
    return str(key).replace("-", "")
