import pytest
from pydantic import ValidationError

from curricula.checks.content import check_lesson, check_lists, check_module, check_translations
from curricula.checks.questions import ChoiceShape, faults_of_choices
from curricula.checks.schema import KeyMessage, Lesson, Module, Source, Texts

RIGHT, WRONG = ChoiceShape(is_right=True), ChoiceShape()
PAIR = ChoiceShape(match={"ky": "а", "ru": "б", "en": "c"})


@pytest.mark.parametrize(
    ("kind", "choices", "messages"),
    [
        ("single", [RIGHT, WRONG, WRONG], []),
        ("single", [WRONG, WRONG], ["Mark exactly one choice as right."]),
        ("single", [RIGHT], ["Give at least two choices."]),
        ("single", [RIGHT, RIGHT], ["Only one choice may be right; another one is marked above."]),
        ("true_false", [RIGHT, WRONG], []),
        ("true_false", [RIGHT, WRONG, WRONG], ["A statement has exactly two choices: true and false."]),
        ("multiple", [RIGHT, RIGHT, WRONG], []),
        ("multiple", [WRONG, WRONG], ["Mark at least one choice as right."]),
        ("ordering", [WRONG, WRONG], []),
        ("ordering", [WRONG], ["Give at least two choices, in the right order."]),
        ("matching", [PAIR, PAIR], []),
        ("matching", [PAIR], ["Give at least two pairs."]),
        ("matching", [PAIR, WRONG], ["Say what this choice belongs to, in each language."] * 3),
    ],
)
def test_each_kind_has_its_rule(kind, choices, messages):
    assert [str(fault.message) for fault in faults_of_choices(kind, choices)] == messages


def test_a_fault_names_the_row_and_the_field():
    assert [(fault.choice, fault.field) for fault in faults_of_choices("single", [WRONG, RIGHT, RIGHT])] == [
        (2, "is_correct")
    ]
    half = ChoiceShape(match={"ky": "а", "ru": "", "en": "c"})
    assert [(fault.choice, fault.field) for fault in faults_of_choices("matching", [PAIR, half])] == [(1, "match_ru")]


def lesson(*steps, minutes=30, body=None):
    same = {"en": "x", "ru": "x", "ky": "x"}
    plan = [
        {"minutes": length, "tag": tag, "title": same, "facilitator": same, "participants": same}
        for tag, length in steps
    ]
    return Lesson.model_validate(
        {
            "code": "M1.1",
            "slug": "one",
            "minutes": minutes,
            "serves": [1],
            "title": same,
            "summary": same,
            "objectives": [same],
            "key_messages": [{"text": same}],
            "body": body or [{"heading": same}],
            "plan": plan,
        }
    )


@pytest.mark.parametrize(
    ("given", "ky"),
    [
        ("UN document CAT/OP/KGZ/2", "UN document CAT/OP/KGZ/2"),
        ({"en": "Law No 184", "ru": "Закон № 184", "ky": "№ 184 Мыйзам"}, "№ 184 Мыйзам"),
    ],
    ids=["one line for all", "in three languages"],
)
def test_a_source_is_one_line_or_three(given, ky):
    message = KeyMessage.model_validate({"text": {"en": "x", "ru": "x", "ky": "x"}, "source": given})
    assert message.source.ky == ky


@pytest.mark.parametrize("given", ["", " ", {"en": "Law No 184"}, ["Law"]])
def test_a_source_in_one_of_the_languages_only_is_a_fault(given):
    with pytest.raises(ValidationError):
        KeyMessage.model_validate({"text": {"en": "x", "ru": "x", "ky": "x"}, "source": given})


@pytest.mark.parametrize(
    "given",
    [
        "S/RES/1325 (2000)",
        "MC.DEC/14/04; A/HRC/46/57/Add.1",
        "24.kg/vlast/346404; wpschods.com; un.org/press/en/2015/sc12076.doc.htm; S/RES/2467 (2019)",
        "UDHR",
    ],
)
def test_an_address_or_a_symbol_is_one_line_for_all(given):
    assert list(check_translations(Source.model_validate(given))) == []


@pytest.mark.parametrize(
    "given", ["CEDAW, Art. 5", "CEDAW, Art.5", "Law No 184", "wpsn-canada.org (19 October)", "Constitution"]
)
def test_words_are_said_in_each_language(given):
    findings = list(check_translations(Source.model_validate(given)))
    assert [(finding.place, finding.message) for finding in findings] == [
        (("ru",), "is the English text"),
        (("ky",), "is the English text"),
    ]


@pytest.mark.parametrize(
    ("plan", "places"),
    [
        ([("practice", 20), ("input", 10)], []),
        ([("practice", 20), ("input", 5)], [("minutes",)]),
        ([("practice", 19), ("input", 11)], [("plan",)]),
        ([("practice", 74), ("input", 16)], [("plan", 1, "minutes")]),
    ],
)
def test_minutes_add_up_and_input_stays_short(plan, places):
    minutes = 90 if plan[0][1] == 74 else 30
    assert [finding.place for finding in check_lesson(lesson(*plan, minutes=minutes), {})] == places


def test_a_fact_is_known():
    body = [{"fact": "known"}, {"fact": "unknown"}]
    findings = list(check_lesson(lesson(("practice", 30), body=body), {"known": 1}))
    assert [(finding.place, finding.message) for finding in findings] == [
        (("body", 1, "fact"), "no fact has the code unknown")
    ]


def test_the_spiral_is_whole():
    whole = [lesson(("experience", 10), ("pattern", 10), ("input", 10)), lesson(("practice", 10), ("action", 20))]
    module = Module.model_construct(code="M1")
    assert list(check_module(module, whole)) == []
    assert [finding.message for finding in check_module(module, whole[:1])] == [
        "no step of the plans is tagged practice, action"
    ]


@pytest.mark.parametrize(
    ("texts", "places"),
    [
        ({"en": "Four words are here", "ru": "Здесь четыре слова да", "ky": "Бул жерде төрт сөз"}, []),
        ({"en": "Four words are here", "ru": "Four words are here", "ky": "Бул жерде төрт сөз"}, [("ru",)]),
        ({"en": "Four words are here", "ru": "Здесь", "ky": "Төрт"}, [("ru",), ("ky",)]),
        ({"en": "CEDAW", "ru": "CEDAW", "ky": "CEDAW"}, []),
    ],
)
def test_translations_are_translations(texts, places):
    assert [finding.place for finding in check_translations(Texts.model_validate(texts))] == places


@pytest.mark.parametrize(
    ("ru", "places"),
    [
        ("Три:\n\n- а\n- б\n- в", []),
        ("Три:\n\n1. а\n2. б\n3. в", []),
        ("Три:\n\n- а\n- б", [("ru",)]),
        ("Три - а, б, в", [("ru",)]),
    ],
)
def test_lists_are_as_long_in_each_language(ru, places):
    texts = {"en": "Three:\n\n- a\n- b\n- c", "ru": ru, "ky": "Үч:\n\n- а\n- б\n- в"}
    assert [finding.place for finding in check_lists(Texts.model_validate(texts))] == places
