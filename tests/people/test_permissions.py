import pytest
from django.contrib.auth.models import AnonymousUser

from lms.people.models import Organisation, Role, RoleKind, User
from lms.people.permissions import active_roles, has_role, scope_filter
from lms.regions.models import Region
from tests.factories.people import make_organisation, make_role, make_staff

pytestmark = pytest.mark.django_db

KINDS = [RoleKind.COORDINATOR]


def visible(user: User) -> set[int]:
    """Rows with an organisation and a region: the roles of others stand in for cohorts."""
    found = Role.objects.filter(scope_filter(user, KINDS, "organisation", "region__path"), kind=RoleKind.TRAINER)
    return set(found.values_list("pk", flat=True))


@pytest.fixture
def rows(regions) -> dict[tuple[str, str], int]:
    """A row in each of two organisations and four regions, by organisation and region."""
    person = make_staff("person")
    return {
        (organisation.code, name): make_role(person, RoleKind.TRAINER, organisation, regions[name]).pk
        for organisation in (make_organisation("ours"), make_organisation("theirs"))
        for name in ("KG-B", "leilek", "KG-N", "at-bashy")
    }


def coordinator(*scopes: tuple[str, Region | None]) -> User:
    user = make_staff()
    for code, region in scopes:
        make_role(user, RoleKind.COORDINATOR, Organisation.objects.get(code=code), region)
    return User.objects.get(pk=user.pk)


def test_a_role_without_a_region_reaches_the_whole_country_of_its_organisation(rows):
    assert visible(coordinator(("ours", None))) == {pk for (code, _name), pk in rows.items() if code == "ours"}


def test_a_role_for_the_country_s_own_node_reaches_what_has_no_region_too(rows, regions):
    country = coordinator(("ours", regions["KG"]))
    for code in ("ours", "theirs"):
        rows[code, ""] = make_role(make_staff(), RoleKind.TRAINER, Organisation.objects.get(code=code)).pk
    assert visible(country) == {pk for (code, _name), pk in rows.items() if code == "ours"}
    assert rows["ours", ""] not in visible(coordinator(("ours", regions["KG-B"])))


def test_a_role_in_an_oblast_reaches_its_raions_and_not_the_neighbours(rows, regions):
    assert visible(coordinator(("ours", regions["KG-B"]))) == {rows["ours", "KG-B"], rows["ours", "leilek"]}


def test_a_role_in_a_raion_does_not_reach_its_oblast(rows, regions):
    assert visible(coordinator(("ours", regions["leilek"]))) == {rows["ours", "leilek"]}


def test_two_roles_are_not_mixed(rows, regions):
    both = coordinator(("ours", regions["leilek"]), ("theirs", regions["KG-N"]))
    assert visible(both) == {rows["ours", "leilek"], rows["theirs", "KG-N"], rows["theirs", "at-bashy"]}


def test_a_role_of_another_kind_opens_nothing(rows):
    monitor = make_staff()
    make_role(monitor, RoleKind.MONITOR, Organisation.objects.get(code="ours"))
    assert visible(User.objects.get(pk=monitor.pk)) == set()


def test_whoever_has_no_role_or_no_account_sees_nothing(rows):
    assert visible(make_staff()) == set()
    assert visible(AnonymousUser()) == set()


def test_roles_are_read_once_a_request(rows, django_assert_num_queries):
    user, ours = coordinator(("ours", None)), Organisation.objects.get(code="ours")
    with django_assert_num_queries(1):
        for _ in range(3):
            assert has_role(user, RoleKind.COORDINATOR)
            assert active_roles(user)[0].organisation_id == ours.pk


def test_has_role_asks_for_the_organisation_when_one_is_named(rows):
    user = coordinator(("ours", None))
    theirs = Organisation.objects.get(code="theirs")
    assert not has_role(user, RoleKind.COORDINATOR, organisation_id=theirs.pk)
