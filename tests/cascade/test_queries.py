"""The tree hangs each cohort from the one in which its lead qualified, for whoever coordinates it."""

import pytest
from django.urls import reverse

from lms.cascade.queries import lineage_for
from lms.cohorts.models import CohortState, Level
from tests.factories.cohorts import make_cohort, make_enrolment, make_standing
from tests.factories.people import make_organisation, make_role, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation(regions):
    return make_organisation("coalition")


@pytest.fixture
def coordinator(organisation):
    person = make_staff("coordinator")
    make_role(person, "coordinator", organisation)
    return person


def grow(organisation, region, parent=None):
    """A cohort; below a parent its lead qualified there."""
    lead = make_staff()
    if parent:
        make_standing(lead, organisation, level=Level.CERTIFIED, qualified_in=parent)
    return make_cohort(organisation=organisation, region=region, lead=lead)


def test_tree_of_three_generations_with_counts(organisation, coordinator, regions):
    root = grow(organisation, regions["KG-B"])
    for _ in range(3):
        make_enrolment(root)
    child = grow(organisation, regions["KG-N"], root)
    make_enrolment(child)
    grandchild = grow(organisation, regions["leilek"], child)
    [node] = lineage_for(coordinator)
    assert [(n.cohort, n.enrolled, n.cohort.generation) for n in node.walk()] == [
        (root, 3, 0),
        (child, 1, 1),
        (grandchild, 0, 2),
    ]
    assert (node.reach, node.trainers) == (4, 1)


def test_drafts_and_cancelled_cohorts_are_not_in_the_tree(organisation, coordinator, regions):
    make_cohort(organisation=organisation, region=regions["KG-B"], state=CohortState.DRAFT)
    make_cohort(organisation=organisation, region=regions["KG-B"], state=CohortState.CANCELLED)
    assert lineage_for(coordinator) == []


def test_regional_coordinator_sees_her_branch_as_a_root(organisation, regions):
    root = grow(organisation, regions["KG-B"])
    child = grow(organisation, regions["at-bashy"], root)
    naryn = make_staff("naryn")
    make_role(naryn, "coordinator", organisation, regions["KG-N"])
    assert [node.cohort for node in lineage_for(naryn)] == [child]


def test_tree_is_for_coordinators_of_the_organisation_only(client, organisation, coordinator, regions):
    cohort = grow(organisation, regions["KG-B"])
    stranger = make_staff("stranger")
    make_role(stranger, "coordinator", make_organisation("another"))
    address = reverse("cascade:tree")
    client.force_login(coordinator)
    assert cohort.get_absolute_url() in client.get(address).content.decode()
    client.force_login(stranger)
    answer = client.get(address)
    assert (answer.status_code, cohort.get_absolute_url() in answer.content.decode()) == (200, False)
    client.force_login(cohort.trainers.get().person)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("size", [1, 12])
def test_tree_takes_the_same_queries_for_1_and_12_cohorts(
    organisation, coordinator, regions, size, django_assert_max_num_queries
):
    for _ in range(size):
        make_enrolment(grow(organisation, regions["KG-B"]))
    with django_assert_max_num_queries(3):
        assert len(lineage_for(coordinator)) == size
