"""Looking changes nothing: every address of the resolver, asked for by each role, leaves every row as it was."""

from collections.abc import Iterable

import pytest
from django.test import Client

from lms.people.models import CMS_ROLES, RoleKind, User
from lms.people.tasks import mirror_roles
from tests.factories.certificates import make_graduate
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import make_role, make_staff
from tests.house import House, addresses, furnish, rows, texts

pytestmark = pytest.mark.django_db
# Neither opened by anybody here nor for a POST alone.
SHUT = {
    # Wagtail's: no page here is behind a password; its login leads to ours.
    "en/_util/authenticate_with_password/%(page_view_restriction_id)s/%(page_id)s/",
    "en/_util/login/",
    # After her password once more, with a second step set up, or in the middle of signing in; a lost password is
    # renewed by an administrator.
    "en/accounts/2fa/authenticate/",
    "en/accounts/2fa/reauthenticate/",
    "en/accounts/2fa/recovery-codes/",
    "en/accounts/2fa/recovery-codes/generate/",
    "en/accounts/2fa/totp/activate/",
    "en/accounts/2fa/totp/deactivate/",
    "en/accounts/password/set/",
    # They lead to the pages without a language, to the cohort's and to the test.
    "en/card/",
    "en/v/%(public_id)s",
    "en/verify/",
    "en/learn/%(cohort_id)s/",
    "en/tests/%(paper_id)s/start/",
}
# Of the editor's pages so many are opened by whoever may do least there.
LEAST_OPENED = 80


@pytest.fixture
def house(regions) -> House:
    """A cohort in which everything has happened once, and another organisation's."""
    cohort = make_cohort(region=regions["KG-B"])
    lead = cohort.trainers.get().person
    graduate = make_graduate(cohort)
    people = {"visitor": None, "graduate": graduate.person, "participant": make_enrolment(cohort).person}
    people["waiting"] = make_enrolment(cohort, state="waiting").person
    people |= {"lead": lead, "stranger": make_cohort(region=regions["KG-N"]).trainers.get().person}
    people["root"] = User.objects.create_superuser("root")
    for kind in RoleKind.values:
        people[kind] = make_staff(kind)
        make_role(people[kind], kind, cohort.organisation, regions["KG-B"] if kind == "regional_author" else None)
    things = furnish(cohort, people) | texts()
    return House(people, things)


def _look(person: User | None, paths: Iterable[str]) -> dict[str, int]:
    """What she gets at each path, {path: status}, after the tables were compared."""
    client = Client(raise_request_exception=False)
    if person:
        # Signing in writes `last_login`, and is over before anything is counted.
        client.force_login(person)
    before = rows()
    statuses = {path: client.get(path).status_code for path in paths}
    assert {table for table, found in rows().items() if found != before[table]} == set()
    return statuses


def test_looking_at_our_pages_changes_no_row(house):
    ours = {path: a.path for a in addresses() if not a.path.startswith("cms/") for path in house.paths(a)}
    answers: dict[str, set[int]] = {address: set() for address in ours.values()}
    for name, person in house.people.items():
        for path, status in _look(person, ours).items():
            assert status < 500, (name, path)
            answers[ours[path]].add(status)
    # Each was opened by somebody, or is for a POST; the walk would be worth little if all were shut.
    assert {address for address, statuses in answers.items() if not statuses & {200, 405}} == SHUT


@pytest.mark.parametrize("kind", CMS_ROLES)
def test_looking_at_the_editor_changes_no_row(house, kind):
    mirror_roles()
    paths = [path for address in addresses() if address.path.startswith("cms/") for path in house.paths(address)]
    statuses = _look(house.people[kind], dict.fromkeys(paths)).values()
    assert list(statuses).count(200) > LEAST_OPENED
