"""Whoever trains, may train or coaches for another organisation is nobody's here to sign in as."""

import pytest

from lms.cohorts import actions
from lms.cohorts.actions.planning import save_trainers
from lms.cohorts.actions.standings import Grant
from lms.cohorts.models import Cohort, EnrolmentState, Level
from lms.people.actions import AccessNotYours, make_password_key
from lms.people.models import Engagement, Organisation, RoleKind, User
from lms.people.permissions import may_renew_access
from tests.factories.cohorts import make_cohort, make_enrolment, make_standing
from tests.factories.people import make_organisation, make_role, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours() -> Organisation:
    return make_organisation("ours")


@pytest.fixture
def admin(ours) -> User:
    admin = make_staff("admin")
    make_role(admin, RoleKind.ADMINISTRATOR, ours)
    return admin


@pytest.fixture
def colleague(ours) -> User:
    colleague = make_staff("colleague")
    make_role(colleague, RoleKind.TRAINER, ours)
    return colleague


@pytest.fixture
def cohort(regions) -> Cohort:
    return make_cohort(make_organisation("theirs"), regions["KG-B"])


def lead(cohort: Cohort, person: User, at) -> None:
    save_trainers(cohort=cohort, lead=person, co_trainers=[])


def help_out(cohort: Cohort, person: User, at) -> None:
    save_trainers(cohort=cohort, lead=cohort.trainers.get(part="lead").person, co_trainers=[person])


def qualify(cohort: Cohort, person: User, at) -> None:
    grant = Grant(
        person=person,
        organisation=cohort.organisation,
        module_code="M2",
        level=Level.CERTIFIED,
        languages=["ky"],
        starts_on=at.date(),
    )
    actions.grant_standing(grant=grant, by=make_staff(), at=at)


def coach(cohort: Cohort, person: User, at) -> None:
    candidate = make_standing(make_staff(), cohort.organisation, "M2", Level.CANDIDATE)
    actions.appoint_coach(standing=candidate, coach=person, by=make_staff(), at=at)


@pytest.mark.parametrize("begin", [lead, help_out, qualify, coach])
def test_whoever_works_for_another_organisation_sets_her_own_password(cohort, colleague, admin, at, begin):
    assert may_renew_access(admin, colleague)
    for _repeat in range(2):
        begin(cohort, colleague, at)
    assert Engagement.objects.filter(person=colleague).count() == 1
    with pytest.raises(AccessNotYours):
        make_password_key(person=colleague, by=admin, at=at)


@pytest.mark.parametrize("state", EnrolmentState.values)
def test_whoever_learns_at_another_organisation_sets_her_own_password(ours, cohort, colleague, admin, at, state):
    """Whoever signed in as her would read, and export, what that organisation keeps about her."""
    make_enrolment(make_cohort(ours, cohort.region), colleague, state=state)
    assert may_renew_access(admin, colleague)
    make_enrolment(cohort, colleague, state=state)
    assert not may_renew_access(admin, colleague)
    with pytest.raises(AccessNotYours):
        make_password_key(person=colleague, by=admin, at=at)
    hers = make_role(make_staff("her.admin"), RoleKind.ADMINISTRATOR, cohort.organisation).person
    assert not may_renew_access(hers, colleague)
    make_role(hers, RoleKind.ADMINISTRATOR, ours)
    assert may_renew_access(hers, colleague)


def test_a_place_alone_gives_nobody_her_account(cohort, at):
    """A participant with a user name and no role is nobody's colleague."""
    participant = make_staff("participant")
    make_enrolment(cohort, participant)
    hers = make_role(make_staff("her.admin"), RoleKind.ADMINISTRATOR, cohort.organisation).person
    assert not may_renew_access(hers, participant)


@pytest.mark.parametrize("begin", [lead, help_out, qualify, coach])
def test_work_for_her_own_organisation_changes_nothing(ours, colleague, admin, at, regions, begin):
    begin(make_cohort(ours, regions["KG-B"]), colleague, at)
    assert make_password_key(person=colleague, by=admin, at=at)
