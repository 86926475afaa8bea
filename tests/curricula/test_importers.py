"""The shipped pack and small variations of it."""

import re
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from wagtail.models import Revision, Site

from curricula.checks.content import texts_in
from curricula.checks.schema import Source
from curricula.importers import BrokenPack, load_pack, read_pack
from curricula.models import (
    CurriculumPage,
    Fact,
    GlossaryTerm,
    HomePage,
    Instrument,
    LessonPage,
    ModulePage,
    Question,
    Quiz,
)
from curricula.queries import LicenceRule, licence_rules
from tests.curricula.packs import STARTER, change

SOURCE_EN = "Universal Declaration of Human Rights (1948), Art. 1–30"
SOURCE_KY = "Адам укуктарынын жалпы декларациясы (1948), 1–30-беренелер"


def lesson(language="ky", code="M1.1"):
    return LessonPage.objects.get(code=code, locale__language_code=language)


@pytest.fixture(scope="module")
def loaded_once(django_db_setup, django_db_blocker):
    """The pack in the database for all tests of this module, each of which rolls back what it does."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_pack(STARTER)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def loaded(loaded_once, db):
    """The shipped pack, loaded."""


def test_shipped_pack_has_no_faults():
    pack = read_pack(STARTER)
    assert [module.module.code for module in pack.modules] == ["M1", "M2", "M3", "M4"]
    for module in pack.modules:
        assert len(module.module.objectives) == len(module.lessons) == 5
        assert (len(module.items), sum(item.anchor for item in module.items)) == (12, 6)
        assert sum(message.core for lesson in module.lessons for message in lesson.key_messages) == 5
        assert {sum(step.minutes for step in lesson.plan) for lesson in module.lessons} == {90}


def test_pack_says_what_keeps_a_licence_active(loaded, pack):
    assert licence_rules(["M1"]) == {"M1": LicenceRule()}
    change(pack / "m1" / "module.yaml", "sessions_a_year: 2", "sessions_a_year: 4, refresher_since: 2026-10-01")
    assert len(load_pack(pack).changed) == 3
    assert licence_rules(["M1"]) == {"M1": LicenceRule(3, 4, date(2026, 10, 1))}


def test_no_module_is_answered_right_by_saying_no_to_everything():
    for module in read_pack(STARTER).modules:
        statements = [item for item in module.items if item.type == "true_false"]
        assert {item.choices[0].correct for item in statements} == {True, False}, module.code


def test_outcomes_messages_and_steps_are_as_many_in_each_language(loaded):
    lengths: dict[str, set[tuple[int, ...]]] = {}
    for page in ModulePage.objects.all():
        lengths.setdefault(page.code, set()).add((len(page.objectives),))
    for page in LessonPage.objects.all():
        lists = (page.objectives, page.key_messages, page.body, page.steps.all())
        lengths.setdefault(page.code, set()).add(tuple(map(len, lists)))
    assert len(lengths) == 24
    assert [code for code, found in lengths.items() if len(found) > 1] == []


def test_point_that_is_missing_in_one_language_is_a_fault(pack):
    change(pack / "m1" / "lesson-1.yaml", "        - оно **записано** в правиле, которое признало государство;\n", "")
    with pytest.raises(BrokenPack) as broken:
        read_pack(pack)
    assert "body.1.text.ru: has 2 points in its lists, the English 3" in str(broken.value)


def test_what_the_shipped_pack_says_once_it_says_once():
    pack = read_pack(STARTER)
    for entries in (pack.facts, pack.instruments):
        texts = [str(getattr(entry, "statement", None) or entry.name) for entry in entries]
        assert len(set(texts)) == len(texts)


def test_loading_makes_the_tree_in_three_languages(loaded):
    for model, count in ((HomePage, 3), (CurriculumPage, 3), (ModulePage, 12), (LessonPage, 60)):
        pages = list(model.objects.live())
        assert len(pages) == count
        assert len({page.translation_key for page in pages}) == count // 3
        assert all(page.live_revision_id == page.latest_revision_id is not None for page in pages)
        assert not any(page.alias_of_id or page.has_unpublished_changes for page in pages)
    assert Site.objects.get(is_default_site=True).root_page.specific_class is HomePage
    assert {page.locale.language_code for page in lesson().get_ancestors()[1:]} == {"ky"}


def test_loading_makes_bank_and_library(loaded):
    assert Question.objects.count() == 48
    quiz = Quiz.objects.get(module_code="M1")
    anchors = [item.question.item_key for item in quiz.items.all() if item.is_anchor]
    assert quiz.items.count() == 12
    assert anchors == [item.key for item in read_pack(STARTER).modules[0].items if item.anchor]
    assert Fact.objects.exclude(latest_revision=None).count() == len(read_pack(STARTER).facts)
    assert GlossaryTerm.objects.exclude(latest_revision=None).count() == len(read_pack(STARTER).glossary)
    assert Instrument.objects.exclude(latest_revision=None).count() == len(read_pack(STARTER).instruments)


def test_loaded_lesson_holds_text_facts_and_plan(loaded):
    page = lesson()
    assert "<b>" in str(next(block.value for block in page.body if block.block_type == "text"))
    assert all(isinstance(block.value, Fact) for block in page.body if block.block_type == "fact")
    assert sum(step.minutes for step in page.steps.all()) == page.minutes == 90
    assert any("<b>" in step.notes for step in page.steps.all())
    keys = {str(step.translation_key) for step in page.steps.all()}
    assert keys == {str(step.translation_key) for step in lesson("en").steps.all()}
    assert [block.id for block in page.body] == [block.id for block in lesson("en").body]


def test_a_source_stands_in_the_language_of_the_page(loaded):
    sources = [next(message.value["source"] for message in lesson(code).key_messages) for code in ("en", "ru", "ky")]
    assert sources == ["UDHR, Art. 1-2", "ВДПЧ, ст. 1–2", "Адам укуктарынын жалпы декларациясы, 1- жана 2-беренелер"]


def test_what_awaits_confirmation_is_said_beside_the_source_and_not_in_it(loaded, client):
    waiting = [message.value["to_be_confirmed"] for message in lesson(code="M2.1").key_messages]
    assert waiting == [True, False, True]
    assert client.get(lesson(code="M2.1").url).text.count('"source">· текшерүүнү талап кылат<') == 2
    marks = re.compile(r"\bneeds? review|to be reviewed|треб\w+ проверки|[(;,] ?текшерүү керек\)?[\"']?$", re.MULTILINE)
    found = {path.name: marks.findall(path.read_text(encoding="utf-8")) for path in STARTER.rglob("*.yaml")}
    assert {name: said for name, said in found.items() if said} == {}


def test_the_source_of_a_fact_has_the_official_name_of_a_law_in_each_language(loaded):
    fact, link = Fact.objects.get(code="information-request-days"), Fact.objects.get(code="wps-2242")
    assert "«О праве на доступ к информации»" in fact.source_ru
    assert "«Маалыматка жетүү укугу жөнүндө» Мыйзам" in fact.source_ky
    assert link.source_ky == link.source_ru == link.source_en
    assert link.source_en.startswith("un.org/press")


def test_the_source_of_a_question_has_the_official_name_of_a_law_in_each_language(loaded):
    question, link = Question.objects.get(item_key="M4-Q04"), Question.objects.get(item_key="M3-Q07")
    assert question.source_en.startswith("Law No 217")
    assert "«О праве на доступ к информации»" in question.source_ru
    assert "«Маалыматка жетүү укугу жөнүндө» Мыйзам" in question.source_ky
    assert link.source_ky == link.source_ru == link.source_en == "osce.org/node/660060; docplayer.net/8904053"


def test_sources_name_the_same_articles_numbers_and_years_in_each_language():
    pack = read_pack(STARTER)
    for place, texts in texts_in([module.items for module in pack.modules]):
        if isinstance(texts, Source):
            english, russian, kyrgyz = (set(re.findall(r"\d+", text)) for text in (texts.en, texts.ru, texts.ky))
            assert english == russian == kyrgyz, (place, texts)


def test_loading_again_changes_nothing(loaded):
    before = list(Revision.objects.values_list("pk", flat=True))
    keys = list(Question.objects.values_list("choices__choice_key", flat=True))
    report = load_pack(STARTER)
    assert (report.created, report.changed, report.kept) == ([], [], [])
    assert report.unchanged == Revision.objects.count()
    assert list(Revision.objects.values_list("pk", flat=True)) == before
    assert list(Question.objects.values_list("choices__choice_key", flat=True)) == keys


def test_a_changed_text_is_published_and_nothing_else(loaded, pack):
    title = lesson("ru").title
    change(pack / "m1" / "lesson-1.yaml", title, f"{title}!")
    steps = list(lesson("ru").steps.values_list("pk", flat=True))
    revisions = Revision.objects.count()
    report = load_pack(pack)
    assert report.changed == ["lesson M1.1 (ru)"]
    assert lesson("ru").title == f"{title}!"
    assert list(lesson("ru").steps.values_list("pk", flat=True)) == steps
    assert Revision.objects.count() == revisions + 1


def test_an_edited_page_is_kept(loaded, pack):
    page = lesson("ru")
    old, page.title = page.title, "Edited by hand"
    page.save_revision().publish()
    change(pack / "m1" / "lesson-1.yaml", old, f"{old}!")
    assert load_pack(pack).kept == ["lesson M1.1 (ru)"]
    assert lesson("ru").title == "Edited by hand"


def test_a_draft_and_a_withdrawn_page_are_kept(loaded, pack):
    draft, withdrawn = lesson("ru"), lesson("ky")
    old = {"ru": draft.title, "ky": withdrawn.title}
    draft.title = "A draft"
    draft.save_revision()
    withdrawn.unpublish()
    for title in old.values():
        change(pack / "m1" / "lesson-1.yaml", title, f"{title}!")
    assert load_pack(pack).kept == ["lesson M1.1 (ru)", "lesson M1.1 (ky)"]
    assert lesson("ru").latest_revision.as_object().title == "A draft"
    assert not lesson("ky").live


def test_a_deleted_page_stays_deleted(loaded, pack):
    old = lesson("ru").title
    lesson("ru").delete()
    change(pack / "m1" / "lesson-1.yaml", old, f"{old}!")
    assert load_pack(pack).kept == ["lesson M1.1 (ru)"]
    assert not LessonPage.objects.filter(code="M1.1", locale__language_code="ru").exists()


def test_a_changed_question_keeps_its_choice_keys(loaded, pack):
    question = Question.objects.get(item_key="M1-Q01")
    keys = list(question.choices.values_list("choice_key", flat=True))
    change(pack / "m1" / "items.yaml", '"25 articles"', '"26 articles"')
    assert load_pack(pack).changed == ["question M1-Q01"]
    question.refresh_from_db()
    assert list(Question.objects.get(pk=question.pk).choices.values_list("choice_key", flat=True)) == keys
    assert question.version == 2
    assert question.latest_revision.content["version"] == 2


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("m1/lesson-1.yaml", "minutes: 90", "minutes: 95", "m1/lesson-1.yaml:3: minutes: the plan takes 90 minutes"),
        ("m1/lesson-1.yaml", "slug: dignity", "slag: dignity", "m1/lesson-1.yaml:2: slag: Extra inputs"),
        ("m1/lesson-1.yaml", "minutes: 90", "minutes: ninety", "m1/lesson-1.yaml:3: minutes: Input should be a valid"),
        ("m1/lesson-1.yaml", "minutes: 90", "minutes: 90\nminutes: 90", "m1/lesson-1.yaml:4: minutes: is there twice"),
        ("m1/lesson-1.yaml", "code: M1.1", "code: [M1.1", "m1/lesson-1.yaml:2: this is not YAML"),
        ("m1/lesson-1.yaml", "ru: Достоинство и Всеобщая декларация", "ru: ''", "m1/lesson-1.yaml:7: title.ru: String"),
        (
            "m1/lesson-1.yaml",
            "ky: Кадыр-барк жана Жалпы декларация",
            "ky: Dignity and the Universal Declaration",
            "m1/lesson-1.yaml:8: title.ky: is the English text",
        ),
        ("m1/module.yaml", "lesson-5.yaml", "lesson-9.yaml", "m1/lesson-9.yaml:1: the file is missing"),
        ("m1/items.yaml", "lesson: M1.1", "lesson: M9.1", "m1/items.yaml:2: 0.lesson: M1 has no lesson M9.1"),
        ("m1/items.yaml", "key: M1-Q02", "key: M1-Q01", "1.key: M1-Q01 is there twice"),
        ("m1/items.yaml", "      correct: true\n", "", "m1/items.yaml:1: 0: Mark exactly one choice as right."),
        ("m1/items.yaml", f'    ky: "{SOURCE_KY}"\n', "", "m1/items.yaml:14: 0.source.ky: Field required"),
        ("m1/items.yaml", f'"{SOURCE_KY}"', f'"{SOURCE_EN}"', "m1/items.yaml:17: 0.source.ky: is the English text"),
        ("m1/items.yaml", SOURCE_KY, f"{SOURCE_KY} (текшерүү керек)", "m1/items.yaml:17: 0.source.ky: “текшерүү"),
        (
            "m1/items.yaml",
            f"{SOURCE_EN}",
            f"{SOURCE_EN}; needs review",
            "m1/items.yaml:15: 0.source.en: “needs review”",
        ),
        ("library/facts.yaml", "- code: udhr-adopted", "- code: udhr-gone", "no fact has the code udhr-adopted"),
        ("m1/lesson-1.yaml", "serves: [1]", "serves: [1, 9]", "m1/lesson-1.yaml:4: serves.1: M1 has no objective 9"),
        ("m1/lesson-1.yaml", "serves: [1]\n", "", "m1/lesson-1.yaml:1: serves: Field required"),
        ("m1/items.yaml", "objective: 1", "objective: 5", "0.objective: M1.1 does not serve objective 5"),
        ("library/glossary.yaml", "- key: dignity", "- key: human-rights", "1.key: human-rights is there twice"),
        ("library/glossary.yaml", '"human dignity"', '"Human Right"', "Human Right is a form of human-rights too"),
        ("library/glossary.yaml", '    ky: "кадыр-барк"\n', "", "1.term.ky: Field required"),
        ("library/facts.yaml", "as_of: 2026-11-24", "as_of: soon", "0.as_of: Input should be a valid date"),
    ],
)
def test_a_broken_pack_names_file_line_and_field(pack, file, old, new, expected):
    change(pack / file, old, new)
    with pytest.raises(BrokenPack) as broken:
        read_pack(pack)
    assert any(expected in line for line in str(broken.value).splitlines()), str(broken.value)


def test_an_objective_without_a_lesson_or_a_question_breaks_the_pack(pack):
    change(pack / "m1/lesson-5.yaml", "serves: [4, 5]", "serves: [4]")
    change(pack / "m1/items.yaml", "objective: 5", "objective: 4", count=9)
    with pytest.raises(BrokenPack) as broken:
        read_pack(pack)
    assert [(fault.file, fault.field, fault.message) for fault in broken.value.faults] == [
        ("m1/module.yaml", "objectives.4", "no lesson, and so no step of a plan, serves this objective"),
        ("m1/module.yaml", "objectives.4", "no question checks this objective"),
    ]


def test_a_pack_may_come_without_a_glossary(pack):
    (pack / "library" / "glossary.yaml").unlink()
    assert read_pack(pack).glossary == []


def test_a_term_that_was_edited_is_kept(loaded, pack):
    term = GlossaryTerm.objects.get(key="dignity")
    assert "кадыр-баркты" in term.forms_ky.splitlines()
    term.definition_ru = "Edited by hand"
    term.save()
    term.save_revision()
    change(pack / "library" / "glossary.yaml", "The worth of a person", "The value of a person")
    assert load_pack(pack).kept == ["term dignity"]
    assert GlossaryTerm.objects.get(key="dignity").definition_ru == "Edited by hand"


def test_a_broken_pack_tells_all_its_faults(pack):
    change(pack / "m1/lesson-1.yaml", "minutes: 90", "minutes: ninety")
    change(pack / "m1/lesson-2.yaml", "minutes: 90", "minutes: 91")
    with pytest.raises(BrokenPack) as broken:
        read_pack(pack)
    assert [fault.file for fault in broken.value.faults] == ["m1/lesson-1.yaml", "m1/lesson-2.yaml"]


def test_command_shows_progress_and_says_what_it_did(loaded):
    out, err = StringIO(), StringIO()
    call_command("load_starter", stdout=out, stderr=err)
    total = Revision.objects.count()
    assert out.getvalue() == f"Loaded 0 new and 0 changed texts; {total} as before.\n"
    assert err.getvalue().splitlines()[-1] == f"{total}/{total} lesson M4.5 (ky)"


def test_command_refuses_a_folder_that_is_not_there():
    with pytest.raises(CommandError, match="There is no folder"):
        call_command("load_starter", pack=Path("nowhere"))
