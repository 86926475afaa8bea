"""Full names on a list of people whose full name is kept: it stays, and who may know reads that the list differs."""

import io

import pytest

from lms.cohorts import actions
from lms.cohorts.importers import preview_roster
from lms.common.tables import read_table
from lms.people.actions import reveal_legal_name, set_legal_name
from lms.people.models import Card, RoleKind, User
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import make_organisation, make_person, make_role, make_staff

pytestmark = pytest.mark.django_db

HEADER = "Display name;Language;Card code;Region code;Sex;Age;Takes part as;Disability;Legal name\n"


@pytest.fixture
def cohort(regions):
    return make_cohort(region=regions["KG-B"], capacity=3)


@pytest.fixture
def lead(cohort):
    return cohort.trainers.get().person


def make_coordinator(cohort) -> User:
    person = make_staff()
    make_role(person, RoleKind.COORDINATOR, cohort.organisation, cohort.region)
    return person


def table(rows: str):
    return read_table(io.BytesIO((HEADER + rows).encode()))


def messages(found) -> list[tuple[int, str]]:
    return [(message.number, str(message.text)) for message in found]


def card_of(person: User) -> str:
    return Card.objects.get(person=person, replaced_at=None).code


def test_import_never_overwrites_a_legal_name(cohort, lead, at):
    person = make_person("Айгүл")
    make_enrolment(cohort, person)
    row = f"Айгүл;;{card_of(person)};;;;;;Алиева Айгүл\n"
    preview = preview_roster(cohort=cohort, table=table(row), by=lead)
    assert preview.rows[0].changes == ("full name",)
    actions.import_roster(cohort=cohort, rows=preview.rows, by=lead, at=at)
    again = preview_roster(cohort=cohort, table=table(row.replace("Алиева", "Башка")), by=lead)
    assert again.rows[0].step == "same"
    actions.import_roster(cohort=cohort, rows=again.rows, by=lead, at=at)
    assert reveal_legal_name(person=person, by=None, at=at, why="test") == "Алиева Айгүл"


@pytest.mark.parametrize("by_card", [True, False])
def test_a_coordinator_is_told_that_a_full_name_differs_and_stays(cohort, lead, at, by_card):
    person, coordinator = make_person("Айгүл"), make_coordinator(cohort)
    make_enrolment(cohort, person)
    row = f"Айгүл;;{card_of(person) if by_card else ''};;;;;;Алиева Айгүл\n"
    set_legal_name(person=person, name="Алиева Айгүл", by=lead, at=at)
    assert preview_roster(cohort=cohort, table=table(row), by=coordinator).notes == []
    again = preview_roster(cohort=cohort, table=table(row.replace("Алиева", "Башка")), by=coordinator)
    assert [note.number for note in again.notes] == [2]
    assert "correct it on the page of the person" in str(again.notes[0].text)
    assert "Башка" not in str(again.notes) + str(again.rows[0].changes)


def test_who_may_not_read_a_full_name_does_not_learn_whether_the_lists_is_the_same(cohort, lead, at):
    known, guest = make_person("Айгүл"), make_person("Бегимай")
    make_enrolment(cohort, known)
    make_enrolment(make_cohort(organisation=make_organisation(), region=cohort.region), guest)
    make_enrolment(cohort, guest)
    for person, name in ((known, "Алиева Айгүл"), (guest, "Бекова Бегимай")):
        set_legal_name(person=person, name=name, by=person, at=at)
    rows = f"Айгүл;;{card_of(known)};;;;;;{{}} Айгүл\nБегимай;;{card_of(guest)};;;;;;{{}} Бегимай\n"

    def said(by: User, *names: str) -> list[tuple[int, str]]:
        return messages(preview_roster(cohort=cohort, table=table(rows.format(*names)), by=by).notes)

    [(_number, both)] = said(lead, "Алиева", "Бекова")
    assert "rows 2, 3: a full name is kept already" in both
    assert said(lead, "Башка", "Башка") == [(0, both)]
    coordinator = make_coordinator(cohort)
    assert said(coordinator, "Алиева", "Бекова") == said(coordinator, "Алиева", "Башка")
    assert "rows 3:" in said(coordinator, "Алиева", "Башка")[0][1]
