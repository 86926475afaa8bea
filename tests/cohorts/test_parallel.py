"""The same moment from several phones: the last place is given once, a list is imported once."""

import io

import pytest

from lms.cohorts import actions
from lms.cohorts.importers import preview_roster
from lms.cohorts.models import CohortState, Enrolment, EnrolmentState
from lms.common.codes import new_id
from lms.common.tables import read_table
from tests.factories.cohorts import AT, make_cohort
from tests.factories.people import make_person
from tests.parallel import at_once, real_database

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 6


def test_the_last_place_is_given_once(tmp_path):
    cohort, people = make_cohort(capacity=1), [make_person() for _number in range(PEOPLE)]

    def enrolling(person):
        return lambda: actions.enrol_person(cohort=cohort, person=person, by=person, at=AT).state

    with real_database(tmp_path):
        states = at_once(*map(enrolling, people))
    assert sorted(states) == [EnrolmentState.ENROLLED, *[EnrolmentState.WAITING] * (PEOPLE - 1)]


def test_one_person_pressing_many_times_is_enrolled_once(tmp_path):
    cohort, person = make_cohort(), make_person()

    def join():
        return actions.join_cohort(cohort=cohort, person=person, language="ky", by=person, at=AT).pk

    with real_database(tmp_path):
        made = at_once(*[join] * PEOPLE)
        [kept] = at_once(lambda: list(Enrolment.objects.values_list("pk", flat=True)))
    assert made == kept * PEOPLE


def test_one_list_is_imported_once(tmp_path):
    cohort = make_cohort()
    lead = cohort.trainers.get().person
    table = read_table(io.BytesIO("Name\nА\nБ\n".encode()))
    rows, import_id = preview_roster(cohort=cohort, table=table, by=lead).rows, new_id()

    def apply():
        return actions.import_roster(cohort=cohort, rows=rows, import_id=import_id, by=lead, at=AT)

    with real_database(tmp_path):
        results = at_once(*[apply] * 4)
        [people] = at_once(Enrolment.objects.count)
    assert (results, people) == ([(2, 0)] * 4, 2)


def test_a_cohort_is_opened_once(tmp_path):
    cohort = make_cohort(state=CohortState.DRAFT)
    lead = cohort.trainers.get().person

    def open_():
        return actions.open_cohort(cohort=cohort, by=lead, at=AT).state

    with real_database(tmp_path):
        results = at_once(*[open_] * 4)
    refused = [result for result in results if isinstance(result, actions.CohortNotDraft)]
    assert (results.count(CohortState.OPEN), len(refused)) == (1, 3)
