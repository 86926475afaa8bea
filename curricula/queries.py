"""What other apps may ask about the modules that are taught."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, Self

from django.conf import settings
from django.db.models import Case, Count, Max, Model, Q, QuerySet, Value, When
from wagtail.models import Page, Revision, Site

from curricula.checks.objectives import MappedItem, MappedLesson, MappedStep, ServedObjective, map_objectives
from curricula.models import (
    CurriculumPage,
    Fact,
    GlossaryTerm,
    HomePage,
    Instrument,
    LessonPage,
    ModulePage,
    Question,
    QuizItem,
    SpiralTag,
)
from lms.common.alphabet import alphabetical
from lms.common.languages import LANGUAGE_CODES, LANGUAGE_NAMES, ReviewState
from lms.common.prepared import prepared


@dataclass(frozen=True)
class ModuleRule:
    """The rule for certificates, as data: what a module asks of a participant and of a trainer."""

    attendance_percent: int = 80
    excused_max_percent: int = 20
    post_test_required: bool = True
    teach_backs_required: int = 2
    candidate_months: int = 6
    trainer_years: int = 3

    @classmethod
    def of(cls, page: ModulePage) -> Self:
        """The rule written on a module's page (or on a pinned revision of it)."""
        return cls(**{field.name: getattr(page, field.name) for field in fields(cls)})

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Reads what `as_json` wrote; keys that this version does not know are passed over."""
        return cls(**{field.name: data[field.name] for field in fields(cls) if field.name in data})

    def as_json(self) -> dict[str, int | bool]:
        """For CohortModule.pinned["rule"]."""
        return asdict(self)


@dataclass(frozen=True)
class LicenceRule:
    """What a module asks of those who train it, as it stands today: a licence lives on with the module."""

    trainer_years: int = 3
    # So many sessions, or a refresher, within a year; 0: nothing is asked.
    sessions_a_year: int = 2
    # The day of a change that whoever qualified before it has to learn.
    refresher_since: date | None = None


def licence_rules(codes: Collection[str]) -> dict[str, LicenceRule]:
    """By module code, of what is published: one query."""
    names = [field.name for field in fields(LicenceRule)]
    # Of the copies the one in the site's own language is the last, and the rule's, as in `module_outlines`.
    rows = ModulePage.objects.live().filter(code__in=codes)
    rows = rows.order_by(Case(When(locale__language_code=settings.LANGUAGE_CODE, then=1), default=0), "-path")
    return {code: LicenceRule(*rule) for code, *rule in rows.values_list("code", *names)}


@dataclass(frozen=True)
class LessonOutline:
    """A lesson by its code: titles by language, minutes."""

    code: str
    titles: dict[str, str]
    minutes: int


@dataclass(frozen=True)
class ModuleOutline:
    """A module by its code, in all languages in which it is published."""

    code: str
    titles: dict[str, str]
    minutes: int
    objectives: dict[str, list[str]]
    rule: ModuleRule
    lessons: list[LessonOutline]
    # Where the module and each of its lessons are published.
    languages: list[str]


# The tree has fixed levels: the way to a page says what it is.
LEVELS = (HomePage, CurriculumPage, ModulePage, LessonPage)


def page_at(language: str, path: str) -> HomePage | CurriculumPage | ModulePage | LessonPage | None:
    """The published page at `path` below the home of a language: one query, as Wagtail keeps the homes in its cache."""
    roots = [root.root_path for root in Site.get_site_root_paths() if root.language_code == language]
    depth = path.count("/")
    if len(roots) != 1 or depth >= len(LEVELS):
        return None
    return LEVELS[depth].objects.live().filter(url_path=roots[0] + path).first()


def parent_path(page: Page) -> str:
    """The place of a page's parent in the tree."""
    return page.path[: -Page.steplen]


def module_outlines(codes: Collection[str] | None = None) -> list[ModuleOutline]:
    """Published modules in the order of the tree (all, or those of `codes`) with their lessons: two queries."""
    modules = ModulePage.objects.live().select_related("locale").order_by("path")
    if codes is not None:
        modules = modules.filter(code__in=codes)
    copies: dict[str, dict[str, ModulePage]] = {}
    for module in modules:
        copies.setdefault(module.code, {})[module.locale.language_code] = module
    lessons = _lessons_by_module()
    return [_outline(code, pages, lessons) for code, pages in copies.items()]


def _lessons_by_module() -> dict[str, list[LessonPage]]:
    pages: dict[str, list[LessonPage]] = {}
    only = ("code", "title", "minutes", "path")
    for lesson in LessonPage.objects.live().only(*only).order_by("path"):
        pages.setdefault(parent_path(lesson), []).append(lesson)
    return pages


def _outline(code: str, pages: dict[str, ModulePage], lessons: dict[str, list[LessonPage]]) -> ModuleOutline:
    first = pages.get(settings.LANGUAGE_CODE) or next(iter(pages.values()))
    of_language = {language: lessons.get(page.path, []) for language, page in pages.items()}
    outlines = [_lesson_outline(lesson, of_language) for lesson in lessons.get(first.path, [])]
    return ModuleOutline(
        code=code,
        titles={language: page.title for language, page in pages.items()},
        minutes=sum(lesson.minutes for lesson in outlines),
        objectives={language: objectives_of(page) for language, page in pages.items()},
        rule=ModuleRule.of(first),
        lessons=outlines,
        languages=[
            language for language in LANGUAGE_CODES if language in pages and len(of_language[language]) == len(outlines)
        ],
    )


def _lesson_outline(lesson: LessonPage, of_language: dict[str, list[LessonPage]]) -> LessonOutline:
    titles = {
        language: copy.title for language, copies in of_language.items() for copy in copies if copy.code == lesson.code
    }
    return LessonOutline(code=lesson.code, titles=titles, minutes=lesson.minutes)


def objectives_of(page: ModulePage | LessonPage) -> list[str]:
    """The objectives as plain sentences."""
    return [block.value for block in page.objectives]


# ── Which step and which question serves which objective ─────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class ModuleMap:
    """A module's objectives with what serves them, as it is published."""

    code: str
    title: str
    objectives: list[ServedObjective]


def module_maps(language: str) -> list[ModuleMap]:
    """Every published module in one language: five queries, however many modules."""
    modules = ModulePage.objects.live().filter(locale__language_code=language).order_by("path")
    lessons = LessonPage.objects.live().filter(locale__language_code=language).order_by("path")
    by_module: dict[str, list[MappedLesson]] = {}
    for lesson in lessons.prefetch_related("steps"):
        by_module.setdefault(parent_path(lesson), []).append(mapped_lesson(lesson))
    items = _mapped_items(language)
    return [
        ModuleMap(
            module.code,
            module.title,
            map_objectives(objectives_of(module), by_module.get(module.path, []), items.get(module.code, [])),
        )
        for module in modules
    ]


def mapped_lesson(lesson: LessonPage) -> MappedLesson:
    """A lesson, or a pinned revision of it, for the map."""
    steps = [MappedStep(step.minutes, SpiralTag(step.tag).label, step.title) for step in lesson.steps.all()]
    return MappedLesson(lesson.code, lesson.title, lesson.served_objectives, steps)


def _mapped_items(language: str) -> dict[str, list[MappedItem]]:
    anchors = set(QuizItem.objects.filter(is_anchor=True).values_list("question_id", flat=True))
    rows = Question.objects.order_by("item_key").values_list(
        "module_code", "pk", "item_key", "objective", f"text_{language}"
    )
    items: dict[str, list[MappedItem]] = {}
    for module_code, pk, key, objective, text in rows:
        items.setdefault(module_code, []).append(MappedItem(key, objective, text, pk in anchors))
    return items


# ── The glossary ─────────────────────────────────────────────────────────────────────────────────────────────────

type LibraryState = tuple[int, datetime | None]


@dataclass(frozen=True)
class Wording:
    """A term in one language: its name first among its forms."""

    key: str
    name: str
    definition: str
    forms: tuple[str, ...]
    not_in: tuple[str, ...]
    is_reviewed: bool


def glossary_wordings(language: str) -> list[Wording]:
    """The whole glossary in one language, in the order of the alphabet: one query."""
    columns = [f"{field}_{language}" for field in ("term", "definition", "forms", "not_in", "review")]
    rows = GlossaryTerm.objects.values_list("key", *columns)
    wordings = [
        Wording(key, name, definition, (name, *_lines(forms)), _lines(not_in), review == ReviewState.REVIEWED)
        for key, name, definition, forms, not_in, review in rows
    ]
    return sorted(wordings, key=lambda wording: alphabetical(wording.name))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def instrument_names(language: str) -> list[str]:
    """What laws and treaties are called: one query."""
    names = Instrument.objects.values_list(f"name_{language}", f"short_name_{language}")
    return [name for pair in names for name in pair]


def library_state() -> LibraryState:
    """Another one after every change of a fact, term or instrument, each of which leaves a revision.  One query."""
    [state] = _library_state()
    return state


@prepared()
def _library_state() -> QuerySet[Revision, LibraryState]:
    kinds = [model._meta.model_name for model in (Fact, GlossaryTerm, Instrument)]
    revisions = Revision.objects.filter(
        base_content_type__app_label=Fact._meta.app_label, base_content_type__model__in=kinds
    )
    together = revisions.order_by().annotate(all=Value(1)).values("all")
    return together.annotate(count=Count("pk"), last=Max("created_at")).values_list("count", "last")


# ── What waits for a native reader ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class ReviewQueue:
    """What nobody whose first language it is has read yet; pages as (id, title)."""

    language: str
    name: str
    pages: list[tuple[int, str]]
    questions: int
    facts: int
    instruments: int
    terms: int


def awaiting_review() -> list[ReviewQueue]:
    """The published pages and the rows that wait, by language: eight queries."""
    pages = _pages_awaiting()
    rows = [_rows_awaiting(model) for model in (Question, Fact, Instrument, GlossaryTerm)]
    return [
        ReviewQueue(code, LANGUAGE_NAMES[code], pages[code], *(waiting[code] for waiting in rows))
        for code in LANGUAGE_CODES
    ]


def _pages_awaiting() -> dict[str, list[tuple[int, str]]]:
    pages: dict[str, list[tuple[int, str]]] = {code: [] for code in LANGUAGE_CODES}
    for model in (HomePage, CurriculumPage, ModulePage, LessonPage):
        waiting = model.objects.live().filter(native_review=ReviewState.AWAITING).order_by("path")
        for language, pk, title in waiting.values_list("locale__language_code", "pk", "title"):
            pages.setdefault(language, []).append((pk, title))
    return pages


def _rows_awaiting(model: type[Model]) -> dict[str, int]:
    waiting = {code: Count("pk", filter=Q(**{f"review_{code}": ReviewState.AWAITING})) for code in LANGUAGE_CODES}
    return model._default_manager.aggregate(**waiting)
