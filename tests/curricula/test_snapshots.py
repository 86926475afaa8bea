import pytest
from wagtail.models import Revision

from curricula.models import Question
from curricula.snapshots import build_paper, changed_since, lesson_at, module_at, pins_of_module
from tests.factories.curricula import PLAN_CANARY, make_module, with_one_source

pytestmark = pytest.mark.django_db


def _revisions(kind):
    pins = [pin for pin in pins_of_module("M1") if pin.kind == kind]
    return {pin.code: Revision.objects.get(pk=pin.revision_id) for pin in pins}


def _paper(moment):
    quiz = _revisions("quiz")["M1"]
    return build_paper(quiz_revision=quiz, question_revisions=_revisions("question"), moment=moment)


def test_pins_name_every_text_once(django_assert_num_queries):
    make_module("M1", lessons=2)
    make_module("M2", lessons=1)
    with django_assert_num_queries(4):
        pins = pins_of_module("M1")
    places = [(pin.kind, pin.code, pin.language) for pin in pins]
    assert sorted(places) == sorted(
        [("module", "M1", lang) for lang in ("en", "ru", "ky")]
        + [("lesson", code, lang) for code in ("M1.1", "M1.2") for lang in ("en", "ru", "ky")]
        + [("quiz", "M1", "")]
        + [("question", f"M1-Q0{number}", "") for number in range(1, 6)]
    )


def test_pins_pass_by_a_draft():
    page = make_module("M1")["ky"]
    before = page.live_revision_id
    page.title = "Draft"
    page.save_revision()
    pin = next(pin for pin in pins_of_module("M1") if (pin.kind, pin.language) == ("module", "ky"))
    assert pin.revision_id == before


def test_lesson_at_gives_the_text_of_its_time():
    module = make_module("M1")["ky"]
    lesson = module.get_children().first().specific
    pinned = lesson.live_revision
    lesson.title = "Corrected"
    lesson.save_revision().publish()
    then = lesson_at(pinned)
    assert then.title == "Lesson M1.1 ky"
    assert [block.block_type for block in then.body] == ["heading", "text"]
    assert [step.minutes for step in then.steps.all()] == [45, 45]
    assert lesson_at(lesson.latest_revision).title == "Corrected"


def test_lesson_at_leaves_the_plan_out_for_participants(django_assert_num_queries):
    revision = make_module("M1")["ky"].get_children().first().specific.live_revision
    with django_assert_num_queries(0):
        lesson = lesson_at(revision, plan=False)
        assert list(lesson.steps.all()) == []
    assert PLAN_CANARY not in str(lesson.serializable_data())


def test_module_at_gives_the_rule_of_its_time():
    module = make_module("M1", attendance_percent=80)["en"]
    pinned = module.live_revision
    module.attendance_percent = 50
    module.save_revision().publish()
    assert module_at(pinned).attendance_percent == 80


def test_changed_since_tells_what_was_published_later(django_assert_num_queries):
    make_module("M1")
    pins = list(Revision.objects.filter(pk__in=[pin.revision_id for pin in pins_of_module("M1")]))
    assert set(changed_since(pins).values()) == {False}
    question = Question.objects.get(item_key="M1-Q02")
    question_pin = question.latest_revision_id
    question.save_revision(clean=False)
    with django_assert_num_queries(3):
        changed = changed_since(pins)
    assert [revision for revision, is_changed in changed.items() if is_changed] == [question_pin]


def test_paper_before_holds_anchors_only():
    make_module("M1")
    before, after = _paper("pre"), _paper("post")
    assert [item["key"] for item in before["items"]] == ["M1-Q01", "M1-Q02", "M1-Q03"]
    assert [item["key"] for item in after["items"]] == [f"M1-Q0{number}" for number in range(1, 6)]
    assert (after["module"], after["moment"], after["minutes"]) == ("M1", "post", 20)


def test_paper_holds_every_language_and_the_answers():
    make_module("M1")
    items = {item["kind"]: item for item in _paper("post")["items"]}
    choices = {kind: {choice["text"]["ky"]: choice for choice in item["choices"]} for kind, item in items.items()}
    assert items["single"]["text"] == {
        "ky": "Question M1-Q01 ky",
        "ru": "Question M1-Q01 ru",
        "en": "Question M1-Q01 en",
    }
    assert items["single"]["review"] == {"ky": "awaiting", "ru": "awaiting", "en": "awaiting"}
    assert items["single"]["answer"] == [choices["single"]["Choice 1 ky"]["key"]]
    assert items["true_false"]["answer"] == [choices["true_false"]["Choice 1 ky"]["key"]]
    assert items["multiple"]["answer"] == [choices["multiple"][f"Choice {number} ky"]["key"] for number in (1, 2)]
    assert items["ordering"]["answer"] == [choices["ordering"][f"Choice {number} ky"]["key"] for number in (1, 2, 3)]
    assert items["matching"]["answer"] == {
        choice["key"]: choice["match_key"] for choice in choices["matching"].values()
    }
    assert choices["matching"]["Choice 2 ky"]["match"]["ru"] == "Match 2 ru"


def test_paper_holds_the_source_in_every_language():
    make_module("M1")
    assert _paper("pre")["items"][0]["source"] == {"ky": "UDHR ky", "ru": "UDHR ru", "en": "UDHR en"}


def test_paper_from_a_pin_with_one_source_has_it_in_every_language():
    make_module("M1")
    with_one_source(_revisions("question")["M1-Q01"], "UN document")
    first, second, *_others = _paper("pre")["items"]
    assert first["source"] == {"ky": "UN document", "ru": "UN document", "en": "UN document"}
    assert second["source"]["ky"] == "UDHR ky"


def test_paper_gives_no_order_and_no_pair_away():
    make_module("M1")
    for item in _paper("post")["items"]:
        keys = [choice["key"] for choice in item["choices"]]
        if item["kind"] in {"ordering", "matching"}:
            assert keys == sorted(keys)
        if item["kind"] == "matching":
            assert {choice["match_key"] for choice in item["choices"]}.isdisjoint(keys)


def test_paper_says_what_the_pins_say():
    make_module("M1")
    quiz, questions = _revisions("quiz")["M1"], _revisions("question")
    question = Question.objects.get(item_key="M1-Q01")
    question.text_ky = "Corrected"
    question.save()
    question.save_revision(clean=False)
    paper = build_paper(quiz_revision=quiz, question_revisions=questions, moment="pre")
    assert paper["items"][0]["text"]["ky"] == "Question M1-Q01 ky"
