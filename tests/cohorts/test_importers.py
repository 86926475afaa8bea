"""A roster from a file: what each row means, what is wrong with it, and that it is applied once or not at all."""

import io
import re

import pytest
from django.utils import translation

from lms.cohorts import actions
from lms.cohorts.importers import COLUMNS, preview_roster, template_choices, template_header
from lms.cohorts.importers.words import UnknownWord, age_band_of, choice_of, column_of, language_of
from lms.cohorts.models import AgeBand, Category, Disability, Enrolment, EnrolmentState, Sex, WithdrawalReason
from lms.common.codes import new_id
from lms.common.tables import read_table
from lms.people.actions import NotAName, replace_card
from lms.people.models import Card, LegalName, User
from tests.factories.cohorts import add_trainer, make_cohort, make_enrolment
from tests.factories.people import make_person

UNKNOWN = "unknown card code {code}; whoever has a card of another organisation joins by the poster, if she wants to"
HEADER = "Display name;Language;Card code;Region code;Sex;Age;Takes part as;Disability;Legal name\n"


@pytest.fixture
def cohort(regions):
    return make_cohort(region=regions["KG-B"], capacity=3)


@pytest.fixture
def lead(cohort):
    return cohort.trainers.get().person


def table(rows: str, header: str = HEADER):
    return read_table(io.BytesIO((header + rows).encode()))


def messages(found) -> list[tuple[int, str]]:
    return [(message.number, str(message.text)) for message in found]


def card_of(person: User) -> str:
    return Card.objects.get(person=person, replaced_at=None).code


# ── Words ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("language", ["en", "ru", "ky"])
def test_template_heads_are_understood_in_every_language(column, language):
    assert column_of(template_header(language)[list(COLUMNS).index(column)]) == column


@pytest.mark.parametrize("language", ["en", "ru", "ky"])
def test_the_head_that_a_file_without_heads_is_told_to_have_is_read(cohort, lead, language):
    with translation.override(language):
        found = preview_roster(cohort=cohort, table=table("Б\n", "А\n"), by=lead)
        [told] = [text for _number, text in messages(found.errors)]
    assert column_of(re.search("[“«](.+?)[”»]", told)[1]) == "display_name"


@pytest.mark.parametrize("language", ["en", "ru", "ky"])
def test_every_word_that_the_template_offers_is_read(cohort, language):
    heads, offered = template_header(language), template_choices(language, cohort, with_regions=True)
    longest = max(len(words) for words in offered.values())
    for number in range(longest):
        cells = [offered[head][number % len(offered[head])] if head in offered else "" for head in heads]
        row = ";".join(["Айгүл", *cells[1:]])
        found = preview_roster(cohort=cohort, table=table(row, ";".join(heads) + "\n"), by=cohort.trainers.get().person)
        assert messages(found.errors) == [], row


def test_heads_are_read_whatever_their_case_and_marks():
    assert [column_of(head) for head in ("ИМЯ *", " язык:", "Код карты", "whatever")] == [
        "display_name",
        "language",
        "card_code",
        None,
    ]


@pytest.mark.parametrize(
    ("word", "code"),
    [("кыргызча", "ky"), ("KY", "ky"), ("Русский", "ru"), ("орусча", "ru"), ("English", "en"), ("узбекский", "uz")],
)
def test_language_of_reads_names_in_three_languages(word, code):
    assert language_of(word) == code


@pytest.mark.parametrize(
    ("word", "band"),
    [
        ("17", "u18"),
        ("18", "18_25"),
        ("25", "18_25"),
        ("26", "26_35"),
        ("45", "36_45"),
        ("60", "46_60"),
        ("61", "60p"),
        ("26–35", "26_35"),
        ("26-35", "26_35"),
        ("", "unsaid"),
        ("60+", "60p"),
    ],
)
def test_age_band_of_reads_an_age_or_a_band(word, band):
    assert age_band_of(word) == band


@pytest.mark.parametrize("word", ["1990", "old", "27-34", "999"])
def test_age_band_of_refuses_birth_years_and_words(word):
    with pytest.raises(UnknownWord):
        age_band_of(word)


@pytest.mark.parametrize(
    ("choices", "word", "value"),
    [
        (Sex, "аял", Sex.FEMALE),
        (Sex, "Ж", Sex.FEMALE),
        (Sex, "жен.", Sex.FEMALE),
        (Category, "Айыл окмоту", Category.AIYL_OKMOTU),
        (Sex, "эркек", Sex.MALE),
        (Sex, "", Sex.UNSAID),
        (Disability, "нет", Disability.NO),
        (Disability, "ооба", Disability.YES),
        (Category, "teacher", Category.TEACHER),
        (AgeBand, "36–45", AgeBand.TO_45),
    ],
)
def test_choice_of_reads_values_labels_and_short_forms(choices, word, value):
    assert choice_of(choices, word) == value


# ── Preview ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_preview_reads_a_full_row(cohort, lead, regions):
    row = "Айгүл Өмүрова;орусча;;41705236000000;аял;34;teacher;жок;Өмүрова Айгүл\n"
    preview = preview_roster(cohort=cohort, table=table(row), by=lead)
    (found,) = preview.rows
    assert (preview.errors, preview.notes) == ([], [])
    assert (found.number, found.step, found.display_name, found.language) == (2, "add", "Айгүл Өмүрова", "ru")
    assert vars(found.facts) == {
        "sex": "female",
        "age_band": "26_35",
        "region": regions["leilek"],
        "category": "teacher",
        "disability": "no",
    }
    assert found.legal_name == "Өмүрова Айгүл"


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["41705236000000", "41705236", "417 05 236"])
def test_preview_takes_region_codes_of_8_and_14_digits(cohort, lead, regions, code):
    preview = preview_roster(cohort=cohort, table=table(f"А;;;{code}\n"), by=lead)
    assert preview.rows[0].facts.region == regions["leilek"]


@pytest.mark.django_db
def test_preview_takes_iso_codes(cohort, lead, regions):
    assert preview_roster(cohort=cohort, table=table("А;;;kg-n\n"), by=lead).rows[0].facts.region == regions["KG-N"]


@pytest.mark.django_db
def test_preview_says_everything_that_is_wrong_at_once(cohort, lead):
    gone = make_person("Кеткен")
    code = card_of(gone)
    actions.replace_card_of(enrolment=make_enrolment(cohort, gone), by=lead, at=cohort.created_at)
    rows = (
        "А;немецкий;;;;;;;\n"
        "Б;английский;;;;;;;\n"
        ";;;;;;;;\n"
        ";ky;;;;;;;x\n"
        "Г;;ZZZZZZZZ;;;;;;\n"
        "Д;;;Нарын облусу;;;;;\n"
        "Е;;;4,17E+13;;;;;\n"
        "Ж;;;;кто;;;;\n"
        "З;;;;;1990;;;\n"
        f"И;;{code};;;;;;\n" + "К" * 61 + ";;;;;;;;\n"
        "Айгүл 0555 12 34 56;;;;;;;;\n"
    )
    preview = preview_roster(cohort=cohort, table=table(rows), by=lead)
    assert messages(preview.errors) == [
        (2, "“немецкий” is not known in the column “Language”; write one of these: Кыргызча · Русский"),
        (
            3,
            "this cohort is not held in the language “английский”; in the column “Language” write one of these: "
            "Кыргызча · Русский",
        ),
        (5, "the display name is missing"),
        (6, UNKNOWN.format(code="ZZZZZZZZ")),
        (7, "unknown region code Нарын облусу; the codes to choose from are in the empty list"),
        (8, "the spreadsheet cut the region code 4,17E+13; format the column as text"),
        (9, "“кто” is not known in the column “Sex”; write one of these: woman · man · prefer not to say"),
        (
            10,
            "“1990” is not known in the column “Age”; write the years, or one of these: "
            "under 18 · 18–25 · 26–35 · 36–45 · 46–60 · over 60 · prefer not to say",
        ),
        (11, f"the card {code} was replaced by a new one"),
        (12, "the display name is longer than 60 characters"),
        (13, f"the display name is not accepted. {NotAName.message}"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(("head", "word"), [("Курагы", "мурунку"), ("Тил", "немисче"), ("Жыныс", "ким")])
def test_a_refused_word_names_the_head_of_the_file_and_words_that_are_read(cohort, lead, head, word):
    with translation.override("ky"):
        [(_row, said)] = messages(
            preview_roster(cohort=cohort, table=table(f"А;{word}\n", f"Аты;{head}\n"), by=lead).errors
        )
    assert f"«{head}»" in said
    assert f"«{word}»" in said
    for offered in said.rpartition(": ")[2].split(" · "):
        again = preview_roster(cohort=cohort, table=table(f"А;{offered}\n", f"Аты;{head}\n"), by=lead)
        assert messages(again.errors) == [], offered


@pytest.mark.django_db
def test_preview_needs_a_column_of_names(cohort, lead):
    preview = preview_roster(cohort=cohort, table=table("x;y\n", header="Foo;Bar\n"), by=lead)
    assert [number for number, _text in messages(preview.errors)] == [0]
    assert messages(preview.notes) == [(0, "The column “Foo” is not read."), (0, "The column “Bar” is not read.")]


@pytest.mark.django_db
def test_preview_knows_people_by_card(cohort, lead, regions):
    inside, outside = make_person("Айгүл"), make_person("Бермет")
    make_enrolment(cohort, inside)
    make_enrolment(make_cohort(cohort.organisation), outside)
    rows = f"Айгүл;ru;{card_of(inside)};;;;;;\nБаш;ky;{card_of(outside)};;;;;;\nАйгүл;;{card_of(inside)};;;;;;\n"
    preview = preview_roster(cohort=cohort, table=table(rows), by=lead)
    assert [(row.number, row.step, row.person_id, row.changes) for row in preview.rows] == [
        (2, "change", inside.pk, ("language",)),
        (3, "enrol", outside.pk, ()),
    ]
    assert messages(preview.notes) == [(3, "the card belongs to somebody with another name; the name stays as it is")]
    assert messages(preview.errors) == [(4, "the same person as in row 2")]


@pytest.mark.django_db
def test_card_of_another_organisations_person_is_an_unknown_one(cohort, lead, at):
    """Or a list of codes, true and guessed, would enrol people unasked and say which codes are somebody's."""
    foreign, renewed, gone, nobody = (make_person(name) for name in ("Бермет", "Гүлнур", "Жылдыз", "Салтанат"))
    for person in (foreign, renewed, gone):
        make_enrolment(make_cohort(region=cohort.region), person)
    make_enrolment(cohort, gone, state=EnrolmentState.WITHDRAWN)
    replaced = card_of(renewed)
    replace_card(person=renewed, by=lead, at=at)
    codes = [card_of(foreign), replaced, card_of(gone), card_of(nobody), "ZZZZZZZZ"]
    preview = preview_roster(cohort=cohort, table=table("".join(f"Ысым;;{code};;;;;;\n" for code in codes)), by=lead)
    assert [text for _row, text in messages(preview.errors)] == [UNKNOWN.format(code=code) for code in codes]
    assert preview.rows == []


@pytest.mark.django_db
@pytest.mark.parametrize("state", [EnrolmentState.ENROLLED, EnrolmentState.WAITING])
def test_card_of_somebody_who_came_by_herself_is_known(cohort, lead, state):
    person = make_person("Бермет")
    make_enrolment(make_cohort(region=cohort.region), person)
    make_enrolment(make_cohort(cohort.organisation), person, state=state)
    preview = preview_roster(cohort=cohort, table=table(f";;{card_of(person)};;;;;;\n"), by=lead)
    assert [(row.step, row.person_id) for row in preview.rows] == [("enrol", person.pk)]


@pytest.mark.django_db
def test_whoever_left_the_organisation_that_gave_her_the_card_is_known_to_it(cohort, lead):
    person = make_person("Бермет")
    make_enrolment(cohort, person, state=EnrolmentState.WITHDRAWN)
    make_enrolment(make_cohort(region=cohort.region), person)
    preview = preview_roster(cohort=cohort, table=table(f";;{card_of(person)};;;;;;\n"), by=lead)
    assert [(row.step, row.person_id) for row in preview.rows] == [("enrol", person.pk)]


@pytest.mark.django_db
def test_whoever_wished_to_go_comes_back_by_the_poster_alone(cohort, lead):
    """To the organisation that gave her the card she is unknown, as anybody's; where she has a place she is known."""
    gone, went_on, stays = make_person("Бермет"), make_person("Асель"), make_person("Гүлзат")
    for person in (gone, went_on, stays):
        left = make_enrolment(make_cohort(cohort.organisation), person)
        actions.withdraw_enrolment(enrolment=left, reason=WithdrawalReason.OWN_WISH, by=lead, at=left.enrolled_at)
    # Before she left she was transferred: that is no place either.
    before = make_enrolment(make_cohort(cohort.organisation), went_on, state=EnrolmentState.WITHDRAWN)
    Enrolment.objects.filter(pk=before.pk).update(withdrawn_reason=WithdrawalReason.TRANSFERRED)
    make_enrolment(make_cohort(cohort.organisation), stays, state=EnrolmentState.WAITING)
    for person in (gone, went_on):
        make_enrolment(make_cohort(region=cohort.region), person)
        preview = preview_roster(cohort=cohort, table=table(f"Ысым;;{card_of(person)};;;;;;\n"), by=lead)
        assert (messages(preview.errors), preview.rows) == ([(2, UNKNOWN.format(code=card_of(person)))], [])
    preview = preview_roster(cohort=cohort, table=table(f";;{card_of(stays)};;;;;;\n"), by=lead)
    assert [(row.step, row.person_id) for row in preview.rows] == [("enrol", stays.pk)]


@pytest.mark.django_db
def test_equal_name_in_another_organisation_suggests_nobody(cohort, lead):
    foreign = make_enrolment(make_cohort(lead=lead), make_person("Нурзада")).person
    own = make_enrolment(make_cohort(cohort.organisation, lead=lead), make_person("Бермет")).person
    rows = "Нурзада;;;;;;;;\nБермет;;;;;;;;\n"
    answers = {2: str(foreign.pk), 3: str(own.pk)}
    preview = preview_roster(cohort=cohort, table=table(rows), by=lead, answers=answers)
    assert [(row.step, row.person_id) for row in preview.rows] == [("add", None), ("enrol", own.pk)]


@pytest.mark.django_db
def test_equal_name_only_suggests(cohort, lead):
    known = make_enrolment(cohort, make_person("Айгүл  Өмүрова")).person
    stranger = make_person("Нурзада")
    make_enrolment(make_cohort(region=cohort.region), stranger)
    rows = "айгүл өмүрова;;;;;;;;\nНурзада;;;;;;;;\n"
    preview = preview_roster(cohort=cohort, table=table(rows), by=lead)
    assert [row.step for row in preview.rows] == ["ask", "add"]
    assert [(other.person_id, other.card_code, other.here) for other in preview.rows[0].namesakes] == [
        (known.pk, card_of(known), True)
    ]
    same = preview_roster(cohort=cohort, table=table(rows), by=lead, answers={2: str(known.pk)})
    assert [(row.step, row.person_id) for row in same.rows] == [("same", known.pk), ("add", None)]
    new = preview_roster(cohort=cohort, table=table(rows), by=lead, answers={2: "new"})
    assert [row.step for row in new.rows] == ["add", "add"]
    forged = preview_roster(cohort=cohort, table=table(rows), by=lead, answers={2: str(stranger.pk)})
    assert forged.rows[0].person_id is None


@pytest.mark.django_db
def test_preview_says_who_will_wait(cohort, lead):
    make_enrolment(cohort)
    preview = preview_roster(cohort=cohort, table=table("А\nБ\nВ\nГ\n"), by=lead)
    assert [row.waiting for row in preview.rows] == [False, False, True, True]


@pytest.mark.django_db
@pytest.mark.parametrize("people", [1, 30])
def test_preview_reads_any_number_of_rows_in_the_same_queries(cohort, lead, people, django_assert_num_queries):
    rows = table("".join(f"Адам {number};;;41705236;;;;;\n" for number in range(people)))
    lead._active_roles = []
    with django_assert_num_queries(6):
        assert len(preview_roster(cohort=cohort, table=rows, by=lead).rows) == people


# ── Import ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_import_roster_adds_changes_and_puts_the_rest_on_the_waiting_list(cohort, lead, at, regions):
    known = make_enrolment(cohort, make_person("Айгүл"))
    rows = f"Айгүл;ru;{card_of(known.person)};KG-B;;;;;Алиева Айгүл\nБ;ru;;;;;;;\nВ;;;;;;;;\nГ;;;;;;;;Г Г\n"
    preview = preview_roster(cohort=cohort, table=table(rows), by=lead)
    result = actions.import_roster(cohort=cohort, rows=preview.rows, by=lead, at=at)
    assert result == (3, 1, 1)
    known.refresh_from_db()
    assert (known.language, known.region, known.sex) == ("ru", regions["KG-B"], "unsaid")
    states = cohort.enrolments.values_list("person__display_name", "state", "language")
    assert set(states) == {
        ("Айгүл", EnrolmentState.ENROLLED, "ru"),
        ("Б", EnrolmentState.ENROLLED, "ru"),
        ("В", EnrolmentState.ENROLLED, "ky"),
        ("Г", EnrolmentState.WAITING, "ky"),
    }
    assert LegalName.objects.count() == 2


@pytest.mark.django_db
def test_no_list_enrols_whoever_trains_the_cohort(cohort, lead):
    helper = make_person("Бермет")
    add_trainer(cohort, helper)
    make_enrolment(make_cohort(cohort.organisation), helper)
    rows = table(f"Бермет;;{card_of(helper)};;;;;;\n")
    found = preview_roster(cohort=cohort, table=rows, by=lead)
    assert messages(found.errors) == [(2, "whoever trains this cohort does not take part in it")]


@pytest.mark.django_db
def test_import_roster_twice_is_one_import(cohort, lead, at):
    preview, import_id = preview_roster(cohort=cohort, table=table("Б\nВ\n"), by=lead), new_id()
    first = actions.import_roster(cohort=cohort, rows=preview.rows, import_id=import_id, by=lead, at=at)
    second = actions.import_roster(cohort=cohort, rows=preview.rows, import_id=import_id, by=lead, at=at)
    assert (first, second, cohort.enrolments.count()) == ((2, 0, 0), (2, 0, 0), 2)


@pytest.mark.django_db
def test_import_roster_is_all_or_nothing(cohort, lead, at):
    make_enrolment(cohort, make_person("Б"))
    people = User.objects.count()
    preview = preview_roster(cohort=cohort, table=table("А\nБ;ru\n"), by=lead)
    with pytest.raises(actions.RosterHasQuestions):
        actions.import_roster(cohort=cohort, rows=preview.rows, by=lead, at=at)
    assert (User.objects.count(), cohort.enrolments.count()) == (people, 1)


@pytest.mark.django_db
def test_ended_cohort_imports_nobody(cohort, lead, at):
    preview = preview_roster(cohort=cohort, table=table("А\n"), by=lead)
    actions.close_cohort(cohort=cohort, anyway=True, by=lead, at=at)
    with pytest.raises(actions.CohortEnded):
        actions.import_roster(cohort=cohort, rows=preview.rows, by=lead, at=at)
