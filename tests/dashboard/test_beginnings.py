"""From an installation without anything to the first training: the desk says what comes next, until it is done."""

import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.cohorts.actions import confirm_founding, propose_founding
from lms.cohorts.models import CohortState
from lms.dashboard.queries.beginnings import beginnings_for
from lms.people.actions import found_organisation, invite_administrator, invite_staff
from lms.people.models import Organisation, RoleKind, User
from tests.factories.cohorts import make_cohort, make_standing
from tests.factories.people import PASSWORD, browser, make_organisation, make_role, make_staff

pytestmark = pytest.mark.django_db
NAMES = {"ky": "Биримдик", "ru": "Единство", "en": "Unity"}
FOUND, STAFF = "/en/me/organisations/new/", "/en/me/staff/invitations/"
INVITE = "/en/me/staff/invite/?kind="


@pytest.fixture
def root() -> User:
    return User.objects.create_superuser("root", PASSWORD)


@pytest.fixture
def founded(root, at) -> tuple[Organisation, User]:
    """An organisation, and its administrator, who has come."""
    invitation = found_organisation(
        code="unity", names=NAMES, username="first", display_name="First", language="en", by=root, at=at
    )
    # Who signs is asked for apart.
    Organisation.objects.update(signatory_name="Н. Ү.")
    return invitation.organisation, come(invitation.person)


def come(person: User) -> User:
    """As if she had opened her link."""
    person.set_password(PASSWORD)
    person.save()
    return person


def confirmed(coordinator: User) -> User:
    """As if a second administrator had signed."""
    coordinator.roles.update(unconfirmed_since=None)
    return coordinator


def steps(person: User) -> list[tuple[str, str]]:
    """What stands on her desk: (where it leads, its word) of each."""
    section = re.search(r'aria-labelledby="beginnings".*?</section>', browser(person).get("/en/desk/").text, re.S)
    rows = re.findall(r"<li>(.*?)</li>", section[0], re.S) if section else []
    return [(_in(r'href="([^"]+)"', row), _in(r"<span>([^<]+)</span></span>", row)) for row in rows]


def _in(pattern: str, row: str) -> str:
    found = re.search(pattern, row)
    return unescape(found[1]) if found else ""


def invited(organisation: Organisation, by: User, kind: str, at) -> User:
    return invite_staff(
        username=kind, display_name=kind, language="en", kind=kind, organisation=organisation, by=by, at=at
    ).person


def test_whoever_runs_the_installation_is_led_from_nothing_to_two_signatures(root, at):
    assert steps(root) == [(FOUND, ""), ("", "")]
    assert browser(root).get(FOUND).status_code == 200
    first = found_organisation(
        code="unity", names=NAMES, username="first", display_name="First", language="en", by=root, at=at
    )
    second = reverse("people:invite_administrator", args=[first.organisation_id])
    assert steps(root) == [("/en/me/organisations/", "has set no password yet"), (second, "")]
    come(first.person)
    assert steps(root) == [("", "done"), (second, "")]
    invite_administrator(
        organisation=first.organisation, username="second", display_name="Second", language="en", by=root, at=at
    )
    assert steps(root) == []
    another = reverse("people:invite_administrator", args=[make_organisation("another").pk])
    assert steps(root) == [(another, ""), ("", "")]


def test_an_administrator_is_led_from_the_coordinator_to_the_first_training(root, founded, at):
    organisation, first = founded
    signer, founding = ("", "not invited yet: ask for it"), "/en/desk/founding/"
    last = ("", "")
    todo = [signer, (f"{INVITE}coordinator", ""), (f"{INVITE}trainer", ""), (founding, ""), last]
    assert steps(first) == todo
    ticked = re.findall(r"<input[^>]*checked[^>]*>", browser(first).get(f"{INVITE}coordinator").text)
    assert {_in(r'value="([^"]*)"', field) for field in ticked} == {"coordinator", "ky"}
    coordinator = invited(organisation, first, RoleKind.COORDINATOR, at)
    assert steps(first)[1] == (STAFF, "has set no password yet")
    come(coordinator)
    assert steps(first)[1] == ("/en/me/staff/", "waits for the second signature")
    confirmed(coordinator)
    trainer = come(invited(organisation, first, RoleKind.TRAINER, at))
    assert steps(first) == [signer, ("", "done"), ("", "done"), (founding, ""), last]
    second = invite_administrator(
        organisation=organisation, username="second", display_name="Second", language="en", by=root, at=at
    ).person
    proposal = propose_founding(
        person=trainer,
        organisation=organisation,
        module_code="M1",
        languages=["ky"],
        reason="x",
        by=first,
        at=timezone.now(),
    )
    assert steps(first)[0] == ("", "done")
    assert steps(first)[3:] == [(founding, "waits for the second signature"), last]
    # She has come: nobody is to be asked for her any more.
    assert not re.search("[Aa]sk for it", browser(first).get("/en/desk/").text)
    confirm_founding(proposal=proposal, by=second, at=timezone.now())
    assert steps(first) == [*[("", "done")] * 4, last]
    make_cohort(organisation)
    assert steps(first) == []


def test_the_steps_stay_until_whoever_may_train_and_whoever_plans_have_come(founded, at):
    """A standing and a draft come before either of them has ever signed in."""
    organisation, first = founded
    coordinator, trainer = (invited(organisation, first, kind, at) for kind in ("coordinator", "trainer"))
    make_cohort(organisation, lead=trainer, state=CohortState.DRAFT)
    waits, done = (STAFF, "has set no password yet"), ("", "done")
    # Whoever trains is founded already; the coordinator still takes a second administrator.
    assert steps(first) == [("", "not invited yet: ask for it"), waits, waits, done, done]
    confirmed(come(coordinator))
    assert steps(first) == [done, done, waits, done, done]
    # Hers alone, whether or not the role of a trainer is still hers: she may train.
    trainer.roles.all().delete()
    assert steps(first) == [done, done, waits, done, done]
    assert steps(coordinator)[0] == ("", "has set no password yet")
    come(trainer)
    assert (steps(first), steps(coordinator)) == ([], [])
    Organisation.objects.update(signatory_name="")
    assert (reverse("people:organisation", args=[organisation.pk]), "") in steps(first)


def test_while_nobody_signs_the_certificates_her_administrator_is_asked_for_the_name(root, founded):
    organisation, first = founded
    address = reverse("people:organisation", args=[organisation.pk])
    asked = []
    for name in ("", "Н. Ү."):
        Organisation.objects.update(signatory_name=name)
        asked.append([(address, "") in steps(person) for person in (first, root)])
    assert asked == [[True, False], [False, False]]
    assert browser(first).get(address).status_code == 200


PLAN, PLANS = "/en/desk/cohorts/plan/", "page-action"


def test_a_coordinator_is_told_what_comes_before_the_first_plan(root, founded, at):
    organisation, first = founded
    coordinator = confirmed(come(invited(organisation, first, RoleKind.COORDINATOR, at)))
    uninvited, founding = ("", "not invited yet: ask for it"), "/en/desk/founding/"
    assert steps(coordinator) == [uninvited, uninvited, (founding, ""), ("", "")]
    assert PLAN not in browser(coordinator).get("/en/desk/").text
    trainer = invited(organisation, first, RoleKind.TRAINER, at)
    # A draft may be planned with her; whether she may train comes after.
    assert steps(coordinator) == [("", "has set no password yet"), uninvited, (founding, ""), (PLAN, "")]
    second = invite_administrator(
        organisation=organisation, username="second", display_name="Second", language="en", by=root, at=at
    ).person
    come(trainer)
    proposal = propose_founding(
        person=trainer,
        organisation=organisation,
        module_code="M1",
        languages=["ky"],
        reason="x",
        by=second,
        at=timezone.now(),
    )
    waits = (founding, "waits for the second signature")
    assert steps(coordinator) == [("", "done"), ("", "done"), waits, (PLAN, "")]
    assert PLANS not in browser(coordinator).get("/en/desk/").text
    confirm_founding(proposal=proposal, by=coordinator, at=timezone.now())
    assert steps(coordinator) == []
    page = browser(coordinator).get("/en/desk/").text
    assert PLAN in page.split(PLANS)[1]


def test_a_coordinator_of_two_may_plan_where_somebody_trains(founded, at):
    organisation, first = founded
    coordinator = confirmed(come(invited(organisation, first, RoleKind.COORDINATOR, at)))
    other = make_organisation("another")
    make_role(coordinator, RoleKind.COORDINATOR, other)
    make_standing(make_staff(), other)
    assert len(steps(coordinator)) == 4
    assert PLAN in browser(coordinator).get("/en/desk/").text.split(PLANS)[1]
    # A cohort under way is not asked for: then her desk is about that.
    make_cohort(other)
    assert steps(coordinator) == []


def test_whoever_administers_and_coordinates_plans_herself(founded, at):
    organisation, first = founded
    make_role(first, RoleKind.COORDINATOR, organisation)
    assert steps(first)[3:] == [("/en/desk/founding/", ""), ("", "")]
    assert PLAN not in browser(first).get("/en/desk/").text
    invited(organisation, first, RoleKind.TRAINER, at)
    assert steps(first)[4] == (PLAN, "")


def test_nobody_else_is_told_what_comes_next(root, founded, at):
    organisation, first = founded
    observer = come(invited(organisation, first, RoleKind.OBSERVER, at))
    elsewhere = make_organisation("elsewhere")
    outsiders = [make_role(make_staff(), kind, elsewhere).person for kind in ("administrator", "coordinator")]
    assert steps(observer) == []
    for outsider in outsiders:
        assert "Unity" not in browser(outsider).get("/en/desk/").text
    # A colleague whom the administrator herself made is no second line.
    invited(organisation, first, RoleKind.ADMINISTRATOR, at)
    assert steps(first)[0] == ("", "not invited yet: ask for it")


def test_a_second_one_whose_link_the_first_was_shown_is_no_second_line(root, founded, at):
    organisation, first = founded
    second = invite_administrator(
        organisation=organisation, username="second", display_name="Second", language="en", by=root, at=at
    ).person
    assert steps(first)[0] == ("", "done")
    browser(first).post(reverse("people:send_again", args=[second.pk]))
    assert steps(first)[0] == ("", "not invited yet: ask for it")


def test_a_house_that_has_begun_is_asked_one_question(founded, django_assert_num_queries):
    organisation, first = founded
    make_standing(make_staff(), organisation)
    make_role(make_staff(), RoleKind.COORDINATOR, organisation)
    make_cohort(organisation)
    first = User.objects.get(pk=first.pk)
    with django_assert_num_queries(2):
        assert beginnings_for(first, timezone.localdate()) == []


def test_whoever_was_invited_to_train_is_told_what_she_waits_for():
    """Until she has a standing, or helps in a cohort: a desk without a word is a closed door."""
    organisation, newcomer = make_organisation(), make_staff("newcomer")
    make_role(newcomer, RoleKind.TRAINER, organisation)
    coordinator = make_role(make_staff("coordinator"), RoleKind.COORDINATOR, organisation).person
    told = "You may train nothing yet"
    assert told in browser(newcomer).get("/en/desk/").text
    make_standing(newcomer, organisation)
    assert told not in browser(newcomer).get("/en/desk/").text
    assert told not in browser(coordinator).get("/en/desk/").text
