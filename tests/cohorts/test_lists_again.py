"""A list that was imported, corrected and sent again: without card codes, by names alone."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from lms.cohorts import actions
from lms.cohorts.importers import preview_roster
from lms.cohorts.models import WithdrawalReason
from lms.common.tables import Table, read_table
from lms.people.models import Card, User
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import browser, make_person

pytestmark = pytest.mark.django_db
HEADER = "Display name;Language;Card code;Region code;Sex;Age;Takes part as;Disability;Legal name\n"


@pytest.fixture
def cohort(regions):
    return make_cohort(region=regions["KG-B"], capacity=9)


@pytest.fixture
def lead(cohort):
    return cohort.trainers.get().person


def listed(rows: str) -> Table:
    return read_table(io.BytesIO((HEADER + rows).encode()))


def steps(cohort, lead, rows: str, answers: dict[int, str] | None = None) -> list[str]:
    return [row.step for row in preview_roster(cohort=cohort, table=listed(rows), by=lead, answers=answers).rows]


def test_a_list_sent_again_asks_only_about_what_is_new_in_it(cohort, lead, at):
    """Whoever it names as she is in the cohort is not asked about, also where two have one name."""
    make_enrolment(make_cohort(cohort.organisation, lead=lead), make_person("Бермет"))
    first = "Айгүл;ky;;KG-B\nАйгүл;ky;;KG-N\nБермет;ru;;;f\nВенера;;;;;;;;Асанова Венера\n"
    preview = preview_roster(cohort=cohort, table=listed(first), by=lead, answers={4: "new"})
    actions.import_roster(cohort=cohort, rows=preview.rows, by=lead, at=at)
    assert steps(cohort, lead, first) == ["same"] * 4
    corrected = first.replace("Бермет;ru", "Бермет;ky") + "Гүлнара\n"
    preview = preview_roster(cohort=cohort, table=listed(corrected), by=lead)
    assert [row.step for row in preview.rows] == ["same", "same", "ask", "same", "add"]
    [kept] = preview.notes
    assert "rows 5: a full name is kept already" in str(kept.text)
    assert len({row.person_id for row in preview.unchanged}) == 3
    assert steps(cohort, lead, "АЙГҮЛ\n") == ["ask"]


def test_one_person_is_one_row_of_a_list_sent_again(cohort, lead):
    known = make_enrolment(cohort, make_person("Айгүл")).person
    assert steps(cohort, lead, "Айгүл\nАйгүл\n") == ["same", "ask"]
    assert steps(cohort, lead, f"Айгүл\nАйгүл;;{known.cards.get().code}\n") == ["ask", "same"]
    assert steps(cohort, lead, "Айгүл\nАйгүл\n", {3: str(known.pk)}) == ["ask", "same"]
    assert steps(cohort, lead, "Айгүл\n", {2: "new"}) == ["add"]


def test_whoever_left_is_asked_about_and_not_made_a_second_time(cohort, lead, at):
    """She keeps her card: the same list sent again does not make somebody else of her."""
    left = make_enrolment(cohort, make_person("Айгүл"))
    actions.withdraw_enrolment(enrolment=left, reason=WithdrawalReason.CANNOT_COME, by=lead, at=at)
    preview = preview_roster(cohort=cohort, table=listed("Айгүл\n"), by=lead)
    assert ([row.step for row in preview.rows], preview.questions[0].namesakes[0].left) == (["ask"], True)
    meant = preview_roster(cohort=cohort, table=listed("Айгүл\n"), by=lead, answers={2: str(left.person_id)})
    assert [(row.step, row.again) for row in meant.rows] == [("enrol", True)]
    actions.import_roster(cohort=cohort, rows=meant.rows, by=lead, at=at)
    left.refresh_from_db()
    assert (left.state, cohort.enrolments.count()) == ("enrolled", 1)
    assert steps(cohort, lead, "Айгүл\n", {2: "new"}) == ["add"]


def test_whoever_wished_to_go_is_left_out_of_a_list_that_means_her(cohort, lead, at):
    """The row does not keep the others out, and nobody but she herself brings her back."""
    left = make_enrolment(cohort, make_person("Айгүл"))
    make_enrolment(make_cohort(cohort.organisation, lead=lead), left.person)
    actions.withdraw_enrolment(enrolment=left, reason=WithdrawalReason.OWN_WISH, by=lead, at=at)
    meant = preview_roster(cohort=cohort, table=listed("Айгүл\nВенера\n"), by=lead, answers={2: str(left.person_id)})
    assert [row.step for row in meant.rows] == ["out", "add"]
    result = actions.import_roster(cohort=cohort, rows=meant.rows, by=lead, at=at)
    left.refresh_from_db()
    assert (result.added, left.state) == (1, "withdrawn")


def test_a_guest_of_another_organisation_who_left_comes_back_by_the_poster(cohort, lead, at):
    guest = make_enrolment(make_cohort(), make_person("Айгүл")).person
    left = make_enrolment(cohort, guest)
    actions.withdraw_enrolment(enrolment=left, reason=WithdrawalReason.CANNOT_COME, by=lead, at=at)
    assert steps(cohort, lead, "Айгүл\n", {2: str(guest.pk)}) == ["out"]


@pytest.mark.parametrize("capacity", [1, 3])
def test_whoever_left_may_be_left_out_by_an_answer(scene, capacity):
    """A choice of its own: neither is she brought back, nor does the row make somebody new."""
    left = make_enrolment(scene.cohort, make_person("Бегимай"))
    cannot = WithdrawalReason.CANNOT_COME
    actions.withdraw_enrolment(enrolment=left, reason=cannot, by=scene.lead, at=timezone.now())
    scene.cohort.capacity = capacity
    scene.cohort.save()
    client, url = browser(scene.coordinator), reverse("cohorts:roster_import", args=[scene.cohort.pk])
    text = client.post(url, {"file": SimpleUploadedFile("list.csv", (HEADER + "Бегимай\n").encode())}).text
    assert 'name="row-2" value="out"' in text
    assert ("comes back to the waiting list" in text) == (capacity == 1)
    token = re.search('name="table" value="([^"]+)"', text)[1]
    people = User.objects.count()
    text = client.post(url, {"table": token, "row-2": "out"}, follow=True).text
    assert "The list changed nothing." in text
    left.refresh_from_db()
    assert (left.state, User.objects.count()) == ("withdrawn", people)


def test_nobody_is_left_out_who_never_left(cohort, lead):
    make_enrolment(cohort, make_person("Айгүл"))
    row = "Айгүл;ru\n"
    assert steps(cohort, lead, row) == ["ask"]
    assert steps(cohort, lead, row, {2: "out"}) == ["ask"]


@pytest.mark.parametrize("second", ["Айгүл;ru;26-35;{card}\n", "Айгүл;ru;26-35;\n"])
def test_one_person_chosen_for_two_rows_is_asked_about_again(scene, second):
    """The file is right, the answer was not: no new file is asked for, and the other answers stay."""
    guest, other = make_person("Айгүл"), make_person("Бегимай")
    elsewhere = make_cohort(scene.cohort.organisation, region=scene.cohort.region)
    card = Card.objects.get(person=guest, replaced_at=None)
    for person in (guest, other):
        make_enrolment(elsewhere, person)
    client, url = browser(scene.coordinator), reverse("cohorts:roster_import", args=[scene.cohort.pk])
    rows = "Name;Language;Age;Card code\nАйгүл;ru;46-60;\n" + second.format(card=card.code) + "Бегимай;ru;;\n"
    text = client.post(url, {"file": SimpleUploadedFile("list.csv", rows.encode())}).text
    assert "age: 46–60" in text
    token = re.search('name="table" value="([^"]+)"', text)[1]
    answers = {"row-2": str(guest.pk), "row-3": str(guest.pk), "row-4": "new"}
    answer = client.post(url, {"table": token, **answers})
    assert answer.status_code == 422
    assert "one person was chosen for two rows" in answer.text
    assert "Correct the file" not in answer.text
    asked = set(re.findall('type="radio" name="(row-[0-9]+)"', answer.text))
    assert "row-2" in asked
    client.post(url, {"table": token, "row-2": "new", "row-3": str(guest.pk), "row-4": "new"})
    assert scene.cohort.enrolments.filter(person=guest).count() == 1
