"""Pages of a pack: one piece per page and language, and how a page is made, changed and published."""

import json
from collections.abc import Iterator
from typing import Any

from wagtail.models import Locale, Page

from curricula.checks import schema
from curricula.importers.markdown import rich_text
from curricula.importers.pieces import Piece, blocks, steady_id
from curricula.importers.reading import ModulePack, Pack
from curricula.models import CurriculumPage, Fact, HomePage, LessonPage, ModulePage, PlanStep

# English first: it is the source from which editors translate.
LANGUAGES = ("en", "ru", "ky")
STREAM_FIELDS = ("objectives", "key_messages", "body")
HOME_CODE = "home"
MODELS = {"home": HomePage, "curriculum": CurriculumPage, "module": ModulePage, "lesson": LessonPage}


def page_pieces(pack: Pack) -> Iterator[Piece]:
    """Parents before children."""
    for language in LANGUAGES:
        yield Piece("home", HOME_CODE, language, _home(pack, language))
    for language in LANGUAGES:
        yield Piece("curriculum", pack.curriculum.code, language, _curriculum(pack.curriculum, language))
    for module in pack.modules:
        for language in LANGUAGES:
            yield Piece("module", module.module.code, language, _module(module, language, pack.curriculum.code))
        for lesson in module.lessons:
            for language in LANGUAGES:
                yield Piece("lesson", lesson.code, language, _lesson(lesson, language, module.module.code))


def _home(pack: Pack, language: str) -> dict[str, Any]:
    """A pack without a home of its own lends its curriculum's words to a new site."""
    home = pack.home or schema.Home(title=pack.curriculum.title, lead=pack.curriculum.summary)
    return {
        "title": home.title.in_language(language),
        "slug": f"{HOME_CODE}-{language}",  # shown nowhere; plain "home" is taken by Wagtail's welcome page
        "lead": home.lead.in_language(language),
        "native_review": getattr(home.review, language),
    }


def _curriculum(curriculum: schema.Curriculum, language: str) -> dict[str, Any]:
    return {
        "parent": ("home", HOME_CODE),
        "title": curriculum.title.in_language(language),
        "slug": curriculum.slug,
        "code": curriculum.code,
        "summary": curriculum.summary.in_language(language),
        "is_public": curriculum.is_public,
        "native_review": getattr(curriculum.review, language),
    }


def _module(pack: ModulePack, language: str, curriculum_code: str) -> dict[str, Any]:
    module, rule = pack.module, pack.module.rule
    return {
        "parent": ("curriculum", curriculum_code),
        "title": module.title.in_language(language),
        "slug": module.slug,
        "code": module.code,
        "summary": module.summary.in_language(language),
        "audience": _text(module.audience, language),
        "objectives": _objectives(module, language),
        "legal_status_as_of": module.legal_status_as_of,
        "next_review": module.next_review,
        "adaptation": _rich(module.adaptation, language),
        "risks": _rich(module.risks, language),
        "attendance_percent": rule.attendance_percent,
        "excused_max_percent": rule.excused_max_percent,
        "post_test_required": rule.post_test,
        "teach_backs_required": rule.teach_backs,
        "candidate_months": rule.candidate_months,
        "trainer_years": rule.trainer_years,
        "sessions_a_year": rule.sessions_a_year,
        "refresher_since": rule.refresher_since,
        "native_review": getattr(module.review, language),
    }


def _lesson(lesson: schema.Lesson, language: str, module_code: str) -> dict[str, Any]:
    return {
        "parent": ("module", module_code),
        "title": lesson.title.in_language(language),
        "slug": lesson.slug,
        "code": lesson.code,
        "minutes": lesson.minutes,
        "serves": ", ".join(map(str, lesson.serves)),
        "summary": lesson.summary.in_language(language),
        "objectives": _objectives(lesson, language),
        "key_messages": blocks(lesson.code, "key_messages", [_message(one, language) for one in lesson.key_messages]),
        "body": blocks(lesson.code, "body", [_body_part(lesson.code, part, language) for part in lesson.body]),
        "steps": [_step(step, language) for step in lesson.plan],
        "native_review": getattr(lesson.review, language),
    }


def _message(message: schema.KeyMessage, language: str) -> tuple[str, dict[str, Any]]:
    value = {
        "text": message.text.in_language(language),
        "source": _text(message.source, language),
        "to_be_confirmed": message.to_be_confirmed,
        "core": message.core,
    }
    return "message", value


def _objectives(owner: schema.Module | schema.Lesson, language: str) -> list[dict[str, Any]]:
    values = [("objective", objective.in_language(language)) for objective in owner.objectives]
    return blocks(owner.code, "objectives", values)


def _body_part(code: str, part: schema.BodyPart, language: str) -> tuple[str, Any]:
    """The block's kind and plain value; a fact is still its code."""
    value = getattr(part, part.kind)
    match value:
        case schema.Case():
            return "case", {"title": value.title.in_language(language), "text": _rich(value.text, language)}
        case schema.Exercise():
            return "exercise", _exercise(code, value, language)
        case schema.Markdown():
            return part.kind, rich_text(value.in_language(language))
        case schema.Texts():
            return part.kind, value.in_language(language)
    return part.kind, value


def _exercise(code: str, exercise: schema.Exercise, language: str) -> dict[str, Any]:
    cards = [
        ("item", {"title": card.title.in_language(language), "text": card.text.in_language(language)})
        for card in exercise.cards
    ]
    return {
        "code": exercise.code,
        "title": exercise.title.in_language(language),
        "minutes": exercise.minutes,
        "instructions": rich_text(exercise.instructions.in_language(language)),
        "cards": blocks(code, f"cards/{exercise.code}", cards),
    }


def _step(step: schema.Step, language: str) -> dict[str, Any]:
    return {
        "minutes": step.minutes,
        "tag": step.tag,
        "title": step.title.in_language(language),
        "facilitator": rich_text(step.facilitator.in_language(language)),
        "participants": step.participants.in_language(language),
        "materials": _text(step.materials, language),
        "debrief": "\n".join(question.in_language(language) for question in step.debrief),
        "notes": _rich(step.notes, language),
    }


def _text(texts: schema.Texts | None, language: str) -> str:
    return texts.in_language(language) if texts else ""


def _rich(texts: schema.Markdown | None, language: str) -> str:
    return rich_text(_text(texts, language))


class PageShelf:
    """Pages are found by code and language; copies of one page share their translation key."""

    def __init__(self) -> None:
        self.locales = {language: Locale.objects.get(language_code=language) for language in LANGUAGES}
        self.fact_ids = dict(Fact.objects.values_list("code", "pk"))

    def find(self, piece: Piece) -> Page | None:
        return self._copies(piece.kind, piece.code).filter(locale=self.locales[piece.language]).first()

    def write(self, piece: Piece, found: Page | None) -> int | None:
        values = dict(piece.content)
        parent_key, steps = values.pop("parent", None), values.pop("steps", None)
        page = found or MODELS[piece.kind](locale=self.locales[piece.language])
        for field, value in values.items():
            setattr(page, field, json.dumps(self._with_facts(value)) if field in STREAM_FIELDS else value)
        if steps is not None:
            page.steps = self._steps(piece.code, steps, page)
        if not found and not self._place(piece, page, parent_key):
            return None
        revision = page.save_revision()
        revision.publish()
        return revision.pk

    def _copies(self, kind: str, code: str) -> Any:
        pages = MODELS[kind].objects.all()
        return pages if kind == "home" else pages.filter(code=code)

    def _place(self, piece: Piece, page: Page, parent_key: tuple[str, str] | None) -> bool:
        """Puts a new page into the tree, as a draft; False if the parent was taken away."""
        parent = Page.get_first_root_node()
        if parent_key:
            parent = self._copies(*parent_key).filter(locale=page.locale).first()
        if parent is None:
            return False
        if copy := self._copies(piece.kind, piece.code).first():
            page.translation_key = copy.translation_key
        page.live = False
        parent.add_child(instance=page)
        return True

    def _with_facts(self, stream: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {**block, "value": self.fact_ids[block["value"]]} if block["type"] == "fact" else block for block in stream
        ]

    def _steps(self, code: str, steps: list[dict[str, Any]], page: LessonPage) -> list[PlanStep]:
        """Steps keep their rows from load to load, and their translation keys from language to language."""
        rows = dict(page.steps.values_list("translation_key", "pk")) if page.pk else {}
        keys = [steady_id(code, "steps", number) for number in range(len(steps))]
        return [
            PlanStep(pk=rows.get(key), translation_key=key, locale=page.locale, sort_order=number, **step)
            for number, (key, step) in enumerate(zip(keys, steps, strict=True))
        ]
