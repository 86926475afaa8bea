"""The same moment from several phones: the last place is given once, a list is imported once."""

import io

import pytest

from lms.cohorts import actions
from lms.cohorts.importers import preview_roster
from lms.cohorts.models import Cohort, CohortState, Enrolment, EnrolmentState, Level
from lms.common.codes import new_id
from lms.common.tables import read_table
from lms.people.models import RoleKind
from tests.factories.cohorts import AT, make_coaching, make_cohort, make_standing
from tests.factories.people import make_organisation, make_person, make_role, make_staff
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
    assert (results, people) == ([actions.ImportResult(added=2, changed=0, waiting=0)] * 4, 2)


def test_a_cohort_is_opened_once(tmp_path):
    cohort = make_cohort(state=CohortState.DRAFT)
    lead = cohort.trainers.get().person

    def open_():
        return actions.open_cohort(cohort=cohort, by=lead, at=AT).state

    with real_database(tmp_path):
        results = at_once(*[open_] * 4)
    refused = [result for result in results if isinstance(result, actions.CohortNotDraft)]
    assert (results.count(CohortState.OPEN), len(refused)) == (1, 3)


def test_a_candidate_opens_one_of_two_cohorts_at_once(tmp_path):
    """Both were planned for her by the coordinator; each is locked for itself, she for both."""
    organisation, candidate, today = make_organisation(), make_staff(), AT.date()
    standing = make_standing(candidate, organisation, level=Level.CANDIDATE, qualified_in=make_cohort(organisation))
    make_coaching(standing, make_staff(), today, starts_on=today)
    first = make_cohort(organisation, lead=candidate, state=CohortState.DRAFT)
    second = _planned_by_a_coordinator(first)

    def opening(cohort):
        return lambda: actions.open_cohort(cohort=cohort, by=candidate, at=AT).state

    with real_database(tmp_path):
        results = at_once(opening(first), opening(second))
        [states] = at_once(
            lambda: sorted(Cohort.objects.filter(trainers__person=candidate).values_list("state", flat=True))
        )
    refused = [result for result in results if isinstance(result, actions.OneCohortAtATime)]
    assert (results.count(CohortState.OPEN), len(refused)) == (1, 1)
    assert states == [CohortState.DRAFT, CohortState.OPEN]


def test_a_candidate_plans_one_of_two_cohorts_at_once(tmp_path):
    organisation, candidate = make_organisation(), make_staff()
    region = make_cohort(organisation).region
    make_standing(candidate, organisation, level=Level.CANDIDATE)

    def plan():
        return actions.plan_cohort(
            organisation=organisation,
            module_codes=["M1"],
            region=region,
            starts_on=AT.date(),
            languages=["ky"],
            lead=candidate,
            by=candidate,
            at=AT,
        ).state

    with real_database(tmp_path):
        results = at_once(plan, plan)
    refused = [result for result in results if isinstance(result, actions.OneCohortAtATime)]
    assert (results.count(CohortState.DRAFT), len(refused)) == (1, 1)


def _planned_by_a_coordinator(like: Cohort) -> Cohort:
    """One more draft with the same lead, which she could not have planned herself."""
    coordinator = make_staff()
    make_role(coordinator, RoleKind.COORDINATOR, like.organisation)
    return actions.plan_cohort(
        organisation=like.organisation,
        module_codes=["M1"],
        region=like.region,
        starts_on=like.starts_on,
        languages=like.languages,
        lead=like.trainers.get().person,
        by=coordinator,
        at=AT,
    )
