"""A small module in three languages, published with revisions, beside a quiz with one question of each kind.

Rows are written straight, without Wagtail's index of references; the first module of a test is loaded where an earlier
test made the same, unless it quotes facts of the test.  What is loaded does not come into the index of the search.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from wagtail.models import Locale, Page, PageLogEntry, Revision, Site
from wagtail.signal_handlers import disable_reference_index_auto_update

from curricula.models import (
    Choice,
    CurriculumPage,
    Fact,
    GlossaryTerm,
    HomePage,
    LessonPage,
    ModulePage,
    PlanStep,
    Question,
    QuestionKind,
    Quiz,
    QuizItem,
)
from lms.common.languages import LANGUAGE_CODES
from tests.factories.remembered import make_or_load

# The tables of a module, a table after those that it needs.
TABLES = (
    ModulePage,
    Locale,
    Page,
    HomePage,
    CurriculumPage,
    LessonPage,
    PlanStep,
    Site,
    Question,
    Choice,
    Quiz,
    QuizItem,
    Revision,
    PageLogEntry,
)
ONE_OF_EACH = tuple(QuestionKind.values)
# Never to be seen by a participant, in no answer of the site.
PLAN_CANARY = "canary-of-the-facilitators-plan"
CHECKED_ON = date(2026, 11, 24)


def in_three(field: str, text: str) -> dict[str, str]:
    """{"text_ky": "text ky", …}: the same text, told apart by language."""
    return {f"{field}_{language}": f"{text} {language}" for language in LANGUAGE_CODES}


def make_locales() -> dict[str, Locale]:
    return {code: Locale.objects.get_or_create(language_code=code)[0] for code in ("en", "ru", "ky")}


def publish(page: Page) -> Page:
    """Gives a page that is live the revision that it lacks."""
    revision = page.save_revision(clean=False)
    type(page).objects.filter(pk=page.pk).update(live_revision=revision)
    page.live_revision = revision
    return page


def make_home() -> dict[str, HomePage]:
    """The root, a home in each language and the site: made once, then found."""
    locales = make_locales()
    homes = {page.locale.language_code: page for page in HomePage.objects.select_related("locale")}
    if homes:
        return homes
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root", locale=locales["en"])
    for code, locale in locales.items():
        page = HomePage(title="Yntymak", slug=f"home-{code}", locale=locale, lead=f"lead {code}")
        page.translation_key = homes["en"].translation_key if homes else page.translation_key
        homes[code] = publish(root.add_child(instance=page))
        root.refresh_from_db()
    Site.objects.all().delete()
    Site.objects.create(hostname="testserver", site_name="Yntymak", root_page=homes["en"], is_default_site=True)
    return homes


def make_curriculum(code: str = "TEST", *, is_public: bool = True) -> dict[str, CurriculumPage]:
    """A curriculum in each language: made once, then found by its code."""
    found = {page.locale.language_code: page for page in CurriculumPage.objects.filter(code=code)}
    return found or _copies(
        make_home(), CurriculumPage, code=code, slug=code.lower(), summary="Curriculum", is_public=is_public
    )


def make_module(
    code: str = "M1",
    lessons: int = 2,
    items: Sequence[str] = ONE_OF_EACH,
    *,
    minutes: int = 90,
    is_public: bool = True,
    facts: Sequence[Fact] = (),
    **rule: int | bool,
) -> dict[str, ModulePage]:
    """A published module, `lessons` lessons of `minutes` and a quiz with a question of each kind in `items`.

    The first three questions are anchors.  Returns the module's page by language.
    """

    def make() -> None:
        modules = _make_module_pages(code, is_public=is_public, **rule)
        for number in range(1, lessons + 1):
            make_lesson(modules, number, minutes=minutes, facts=facts)
        make_quiz(code, items)

    with disable_reference_index_auto_update():
        if facts:
            make()
        else:
            make_or_load((code, lessons, *items, minutes, is_public, *sorted(rule.items())), make, TABLES)
    return {page.locale.language_code: page for page in ModulePage.objects.select_related("locale").filter(code=code)}


def _make_module_pages(code: str, *, is_public: bool, **rule: int | bool) -> dict[str, ModulePage]:
    return _copies(
        make_curriculum(is_public=is_public),
        ModulePage,
        title=f"Module {code}",
        code=code,
        slug=code.lower(),
        summary=f"Summary of {code}",
        objectives=[("objective", f"Objective 1 of {code}"), ("objective", f"Objective 2 of {code}")],
        legal_status_as_of=CHECKED_ON,
        adaptation=f"<p>{PLAN_CANARY}</p>",
        risks=f"<p>{PLAN_CANARY}</p>",
        **rule,
    )


def make_lesson(
    modules: dict[str, ModulePage], number: int, *, minutes: int = 90, facts: Sequence[Fact] = ()
) -> dict[str, LessonPage]:
    """A published lesson with a plan of two steps in each language."""
    code = f"{modules['en'].code}.{number}"
    return _copies(
        modules,
        LessonPage,
        title=f"Lesson {code}",
        code=code,
        slug=f"lesson-{number}",
        minutes=minutes,
        serves=str(number),
        summary=f"Summary of {code}",
        objectives=[("objective", f"Objective of {code}")],
        key_messages=[("message", {"text": f"Key message of {code}", "source": "UDHR, Art. 1", "core": True})],
        body=[("heading", "A heading"), ("text", "<p>A text.</p>"), *(("fact", fact) for fact in facts)],
        steps=[("input", minutes // 2), ("practice", minutes - minutes // 2)],
    )


def _copies(parents: dict[str, Any], model: type[Page], *, steps: Sequence[tuple[str, int]] = (), **values: Any) -> Any:
    """One page below each parent, told apart by the language at the end of its title."""
    pages: dict[str, Any] = {}
    title = values.pop("title", values["code"])
    for language, parent in parents.items():
        page = model(title=f"{title} {language}", locale=parent.locale, **values)
        page.translation_key = pages["en"].translation_key if pages else page.translation_key
        if steps:
            page.steps = [_step(page, number, tag, minutes) for number, (tag, minutes) in enumerate(steps)]
        pages[language] = publish(type(parent).objects.get(pk=parent.pk).add_child(instance=page))
    return pages


def _step(page: LessonPage, number: int, tag: str, minutes: int) -> PlanStep:
    return PlanStep(
        sort_order=number,
        locale=page.locale,
        tag=tag,
        minutes=minutes,
        title=f"Step {number + 1}",
        facilitator=f"<p>{PLAN_CANARY}</p>",
        participants=PLAN_CANARY,
        notes=PLAN_CANARY,
    )


def make_fact(code: str = "udhr-adopted", **values: Any) -> Fact:
    """A sourced fact, and its revision."""
    texts = {**in_three("statement", f"Statement of {code}"), **in_three("source", "UN document")}
    fact = Fact.objects.create(code=code, **{"as_of": CHECKED_ON, **texts, **values})
    fact.save_revision(clean=False)
    return fact


def make_term(key: str, forms: str = "", **values: Any) -> GlossaryTerm:
    """A term of the glossary with the same name and forms (one a line) in each language, and its revision."""
    same = {f"{field}_{code}": text for code in LANGUAGE_CODES for field, text in (("term", key), ("forms", forms))}
    term = GlossaryTerm(key=key, **{**same, **in_three("definition", f"Definition of {key}"), **values})
    term.save()
    term.save_revision(clean=False)
    return term


def make_quiz(module_code: str = "M1", kinds: Sequence[str] = ONE_OF_EACH, *, anchors: int = 3) -> Quiz:
    """A quiz with a question of each kind in `kinds`; the first `anchors` are asked before as well."""
    quiz = Quiz(module_code=module_code, minutes=20)
    quiz.items = [
        QuizItem(question=make_question(kind, f"{module_code}-Q{number:02}"), is_anchor=number <= anchors)
        for number, kind in enumerate(kinds, start=1)
    ]
    quiz.save()
    quiz.save_revision(clean=False)
    return quiz


def make_question(kind: str = "single", item_key: str = "M1-Q01") -> Question:
    """A question with four choices (two for true/false, three to order or to match); the first is right."""
    module_code = item_key.partition("-")[0]
    question = Question(
        item_key=item_key,
        kind=kind,
        module_code=module_code,
        lesson_code=f"{module_code}.1",
        objective=1,
        **in_three("text", f"Question {item_key}"),
        **in_three("explanation", f"Explanation of {item_key}"),
        **in_three("source", "UDHR"),
    )
    question.choices = make_choices(kind)
    question.save()
    question.save_revision(clean=False)
    return question


def with_one_source(revision: Revision, source: str) -> Revision:
    """The revision as it was written when a question had a single source for all languages."""
    content = {key: value for key, value in revision.content.items() if not key.startswith("source_")}
    revision.content = {**content, "source": source}
    revision.save()
    return revision


def make_choices(kind: str) -> list[Choice]:
    count = {"true_false": 2, "ordering": 3, "matching": 3}.get(kind, 4)
    right = {"single": 1, "true_false": 1, "multiple": 2}.get(kind, 0)
    return [
        Choice(
            sort_order=number,
            is_correct=number < right,
            **in_three("text", f"Choice {number + 1}"),
            **(in_three("match", f"Match {number + 1}") if kind == "matching" else {}),
        )
        for number in range(count)
    ]
