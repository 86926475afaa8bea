"""A colleague leaves: at once, wholly where she has no other house, and nobody is shut out of somebody else's."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from lms.cohorts.models import CohortState
from lms.people import actions
from lms.people.models import AuditEntry, Card, Invitation, InvitationState, RoleKind, User
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import PASSWORD, browser, make_person, make_region, make_role, make_staff

pytestmark = pytest.mark.django_db


def is_in(client: Client) -> bool:
    return client.get(reverse("people:profile")).status_code == 200


@pytest.fixture
def colleague(ours) -> User:
    colleague = make_staff("colleague", "Нурзада")
    for kind in (RoleKind.TRAINER, RoleKind.COORDINATOR):
        make_role(colleague, kind, ours)
    return colleague


def leave(by: User, person: User, **more):
    return browser(by).post(reverse("people:leave", args=[person.pk]), **more)


def all_ended(person: User, organisation) -> bool:
    return all(role.has_ended(timezone.localdate()) for role in person.roles.filter(organisation=organisation))


def test_all_roles_end_and_the_account_closes_in_one_step(admin, colleague, ours):
    Authenticator.objects.create(user=colleague, type="totp", data={})
    her = browser(colleague)
    assert is_in(her)
    page = browser(admin).get(reverse("people:leave", args=[colleague.pk])).text
    assert "What stays" in page
    assert leave(admin, colleague).status_code == 302
    assert not is_in(her)
    assert all_ended(colleague, ours)
    answer = Client().post(reverse("account_login"), {"login": "colleague", "password": PASSWORD})
    assert answer.status_code == 422
    assert not Authenticator.objects.exists()
    entry = AuditEntry.objects.get(verb="end_account")
    assert (entry.actor_id, entry.details) == (admin.pk, {"is_closed": True, "keeps_card": False})


def test_a_role_that_begins_tomorrow_ends_too(admin, colleague, ours):
    tomorrow = timezone.localdate() + timezone.timedelta(days=1)
    make_role(colleague, RoleKind.MONITOR, ours, valid_from=tomorrow)
    leave(admin, colleague)
    assert all_ended(colleague, ours)


def test_who_works_elsewhere_keeps_her_account_and_her_session(admin, colleague, ours, theirs):
    elsewhere = make_role(colleague, RoleKind.TRAINER, theirs)
    her = browser(colleague)
    answer = leave(admin, colleague, follow=True)
    assert "stays open for the other organisation" in answer.text
    assert is_in(her)
    assert all_ended(colleague, ours)
    elsewhere.refresh_from_db()
    assert elsewhere.valid_until is None
    colleague.refresh_from_db()
    assert colleague.check_password(PASSWORD)


def test_nobody_shuts_a_stranger_out_by_giving_her_a_role(admin, ours, stranger):
    """Granting a role to anybody is easy; it must not be a way to close her account elsewhere, even an ended one."""
    role = stranger.roles.get()
    make_role(make_staff("second"), RoleKind.ADMINISTRATOR, role.organisation)
    actions.end_role(role=role, by=stranger, at=timezone.now())
    make_role(stranger, RoleKind.TRAINER, ours)
    leave(admin, stranger)
    stranger.refresh_from_db()
    assert stranger.is_active
    assert stranger.check_password(PASSWORD)


def test_who_learns_elsewhere_keeps_her_account_and_the_card_that_is_printed_there(admin, colleague, ours, theirs, at):
    make_enrolment(make_cohort(theirs, make_region(code="417")), colleague)
    her = browser(colleague)
    page = browser(admin).get(reverse("people:leave", args=[colleague.pk])).text
    assert "Not the account" in page
    assert "what she learns there" in page
    assert "stays open for the other organisation" in leave(admin, colleague, follow=True).text
    assert all_ended(colleague, ours)
    assert is_in(her)
    card = actions.replace_card(person=colleague, by=None, at=at)
    pin = actions.renew_pins(people=[colleague], by=admin, at=at)[colleague.pk]
    assert actions.sign_in_with_card(code=card.code, pin=pin, at=at) == colleague


def test_who_learns_here_alone_leaves_wholly(admin, colleague, ours):
    make_enrolment(make_cohort(ours, make_region(code="417")), colleague)
    assert "Not the account" not in browser(admin).get(reverse("people:leave", args=[colleague.pk])).text
    leave(admin, colleague)
    colleague.refresh_from_db()
    assert not colleague.is_active


def test_a_participant_who_worked_here_keeps_her_card(admin, ours, at):
    person = make_person("Айгүл")
    make_role(person, RoleKind.OBSERVER, ours)
    card = Card.objects.get(person=person)
    pin = actions.renew_pins(people=[person], by=admin, at=at)[person.pk]
    her = browser(person)
    answer = leave(admin, person, follow=True)
    assert "the card still opens" in answer.text
    assert not is_in(her)
    assert actions.sign_in_with_card(code=card.code, pin=pin, at=at) == person
    person.refresh_from_db()
    assert (person.is_active, person.username) == (True, None)


def test_the_last_administrator_and_herself_cannot_be_ended(admin, ours):
    second = make_staff("second")
    role = make_role(second, RoleKind.ADMINISTRATOR, ours)
    assert "cannot end your own account" in leave(admin, admin, follow=True).text
    actions.end_role(role=admin.roles.get(), by=second, at=timezone.now())
    make_role(admin, RoleKind.COORDINATOR, ours)
    with pytest.raises(actions.LastAdministrator):
        actions.end_account(person=second, organisations=[ours], by=admin, at=timezone.now())
    role.refresh_from_db()
    second.refresh_from_db()
    assert (role.valid_until, second.is_active) == (None, True)


def test_the_page_warns_where_nobody_would_coordinate(admin, colleague, ours, theirs):
    page, make = reverse("people:leave", args=[colleague.pk]), {"region": make_region(code="417")}
    make_cohort(ours, **make)
    make_cohort(ours, **make, state=CohortState.CLOSED)
    make_cohort(theirs, **make)
    text = browser(admin).get(page).text
    assert "ours (en) then has no coordinator" in text
    assert "1 cohort is still going on." in text
    make_role(make_staff("second"), RoleKind.COORDINATOR, ours)
    assert "has no coordinator" not in browser(admin).get(page).text


def test_an_ended_role_names_the_day_on_which_it_was_ended(admin, colleague):
    for role in colleague.roles.all():
        actions.end_role(role=role, by=admin, at=timezone.now())
    text = browser(admin).get(reverse("people:member", args=[colleague.pk])).text
    assert text.count(f"not any more since {date_format(timezone.localdate(), 'DATE_FORMAT')}") == 2


@pytest.mark.parametrize("name", ["leave", "reopen"])
def test_only_her_own_administrator_may(admin, colleague, stranger, name, client):
    path = reverse(f"people:{name}", args=[colleague.pk])
    for other in (stranger, colleague, make_person()):
        assert browser(other).post(path).status_code == 404
        assert browser(other).get(path).status_code in (404, 405)
    assert client.post(path).status_code == 302
    colleague.refresh_from_db()
    assert colleague.is_active
    assert not AuditEntry.objects.filter(verb__in=["end_account", "reopen_account"]).exists()


def test_looking_at_the_page_ends_nothing(admin, colleague, ours):
    assert browser(admin).get(reverse("people:leave", args=[colleague.pk])).status_code == 200
    assert browser(admin).get(reverse("people:reopen", args=[colleague.pk])).status_code == 405
    assert not all_ended(colleague, ours)


def test_a_closed_account_is_opened_again_without_role_and_password(admin, colleague, ours):
    leave(admin, colleague)
    member = reverse("people:member", args=[colleague.pk])
    assert "This account is closed" in browser(admin).get(member).text
    for _ in range(2):
        assert browser(admin).post(reverse("people:reopen", args=[colleague.pk])).status_code == 302
    colleague.refresh_from_db()
    assert (colleague.is_active, colleague.has_usable_password()) == (True, False)
    assert all_ended(colleague, ours)
    assert AuditEntry.objects.filter(verb="reopen_account").count() == 1
    answer = browser(admin).post(reverse("people:password_link", args=[colleague.pk]))
    assert "/accounts/password/reset/key/" in answer.text


def test_an_erased_person_is_nobody_s_to_open(admin, colleague):
    User.objects.filter(pk=colleague.pk).update(is_active=False, erased_at=timezone.now())
    with pytest.raises(actions.AccountNotYours):
        actions.reopen_account(person=colleague, by=admin, at=timezone.now())


def test_an_ended_account_is_no_invitation_that_waits(ours, admin):
    invited = actions.invite_staff(
        username="anna", display_name="Анна", language="ru", kind=RoleKind.TRAINER, organisation=ours, by=admin,
        at=timezone.now(),
    )  # fmt: skip
    person = invited.person
    leave(admin, person)
    invited = Invitation.objects.get(pk=invited.pk)
    assert invited.state_at(timezone.now()) == InvitationState.ENDED
    with pytest.raises(actions.InvitationSettled):
        actions.renew_invitation(invitation=invited, by=admin, at=timezone.now())
    User.objects.filter(pk=person.pk).update(password=make_password("of before"))
    assert not actions.reopen_account(person=person, by=admin, at=timezone.now()).has_usable_password()
