"""A link to somebody's password lets its maker in as her: it goes to her, and everybody whom it concerns is told."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lms.jobs.models import Job, JobState
from lms.people import actions
from lms.people.models import AuditEntry, Organisation, RoleKind, User
from lms.people.queries import LINK_SHOWN, LINK_TOLD
from lms.people.tasks import SEND_PASSWORD_LINK, send_password_link
from tests.factories.people import PASSWORD, browser, make_organisation, make_person, make_role, make_staff

pytestmark = pytest.mark.django_db

TOLD = "made a link to a new password for your account"
ON_DESK = "new password was made"


@pytest.fixture
def second(ours) -> User:
    second = make_staff("second")
    make_role(second, RoleKind.ADMINISTRATOR, ours)
    return second


def give_address(person: User) -> None:
    User.objects.filter(pk=person.pk).update(email="her@example.org")


def renew(admin: User, person: User):
    return browser(admin).post(reverse("people:password_link", args=[person.pk]), follow=True)


def work() -> None:
    for job in Job.objects.filter(task=SEND_PASSWORD_LINK, state=JobState.QUEUED):
        send_password_link(str(job.pk))


def sign_in(person: User) -> str:
    """What her first page says."""
    client = Client()
    client.post(reverse("account_login"), {"login": person.username, "password": PASSWORD})
    return client.get(reverse("people:profile")).text.partition("page-body")[0]


# ── Who gets the link ────────────────────────────────────────────────────────────────────────────────────────────


def test_whoever_has_an_address_gets_the_link_and_nobody_else_sees_it(admin, colleague):
    give_address(colleague)
    page = renew(admin, colleague).text
    assert "goes to her by e-mail" in page
    assert "/password/reset/key/" not in page
    work()
    [sent] = mail.outbox
    assert sent.to == ["her@example.org"]
    assert "/en/accounts/password/reset/key/" in sent.body
    assert "An administrator of ours (en) had this link sent to you" in sent.body
    assert "Нурзада" not in sent.body
    assert AuditEntry.objects.get(verb="order_password_mail").actor_id == admin.pk


def test_whoever_runs_the_installation_does_not_see_it_either(admin):
    give_address(admin)
    root = User.objects.create_superuser("root", PASSWORD)
    answer = browser(root).post(reverse("people:renew_administrator", args=[admin.pk]), follow=True)
    assert "/password/reset/key/" not in answer.text
    work()
    assert "Whoever runs this site had this link sent to you" in mail.outbox[0].body


def test_no_action_makes_a_key_for_other_eyes_where_there_is_an_address(admin, colleague, at):
    give_address(colleague)
    with pytest.raises(actions.LinkGoesByMail):
        actions.make_password_key(person=colleague, by=admin, at=at)


def test_a_stranger_s_administrator_orders_no_mail(colleague, at):
    give_address(colleague)
    stranger = make_staff("stranger")
    make_role(stranger, RoleKind.ADMINISTRATOR, make_organisation("theirs"))
    assert renew(stranger, colleague).status_code == 404
    with pytest.raises(actions.AccessNotYours):
        actions.order_password_mail(person=colleague, by=stranger, at=at)
    assert not Job.objects.filter(task=SEND_PASSWORD_LINK).exists()


def test_without_an_address_it_is_handed_over_as_before(admin, colleague):
    assert "/password/reset/key/" in renew(admin, colleague).text


def test_a_lost_address_is_helped_by_closing_and_opening_in_everybody_s_sight(admin, second, colleague, at):
    browser(colleague)
    give_address(colleague)
    actions.end_account(person=colleague, organisations=[admin.roles.get().organisation], by=admin, at=at)
    actions.reopen_account(person=User.objects.get(pk=colleague.pk), by=admin, at=at)
    assert "/password/reset/key/" in renew(admin, colleague).text
    assert ON_DESK in browser(second).get(reverse("dashboard:desk")).text


# ── Who is told ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("has_address", [False, True])
def test_she_is_told_when_she_signs_in_by_whom(admin, colleague, has_address):
    if has_address:
        give_address(colleague)
    assert TOLD not in sign_in(colleague)
    renew(admin, colleague)
    for _again in range(2):
        assert f"an administrator of ours (en) {TOLD}" in sign_in(colleague)
    assert "admin</bdi>" not in sign_in(colleague)
    assert TOLD not in sign_in(admin)


def test_she_is_told_for_two_weeks_and_reads_it_in_her_data_for_a_year(admin, colleague):
    renew(admin, colleague)
    profile = reverse("people:profile")
    links = AuditEntry.objects.filter(verb="make_password_key")
    for ago, told, listed in ((LINK_TOLD, False, True), (LINK_SHOWN, False, False)):
        links.update(at=timezone.now() - ago + timedelta(minutes=5))
        assert "Others made a link" in browser(colleague).get(profile).text
        links.update(at=timezone.now() - ago - timedelta(minutes=5))
        assert (TOLD in sign_in(colleague)) is told
        assert ("Others made a link" in browser(colleague).get(profile).text) is listed


def test_that_the_installation_made_it_is_said_so(admin, second):
    stranger = make_staff("stranger")
    make_role(stranger, RoleKind.ADMINISTRATOR, make_organisation("theirs"))
    root = User.objects.create_superuser("root", PASSWORD)
    browser(root).post(reverse("people:renew_administrator", args=[admin.pk]))
    assert f"whoever runs this site {TOLD}" in sign_in(admin)
    desk = reverse("dashboard:desk")
    assert [ON_DESK in browser(one).get(desk).text for one in (second, stranger, admin)] == [True, False, False]


def test_the_other_administrators_see_it_and_whoever_made_it_does_not(admin, second, colleague, ours):
    renew(admin, colleague)
    stranger, coordinator = make_staff("stranger"), make_staff("coordinator")
    make_role(stranger, RoleKind.ADMINISTRATOR, make_organisation("theirs"))
    make_role(coordinator, RoleKind.COORDINATOR, ours)
    desk, staff = reverse("dashboard:desk"), reverse("people:roles")
    assert ON_DESK in browser(second).get(desk).text
    assert "for <bdi>Нурзада</bdi>, by <bdi>admin</bdi>" in browser(second).get(staff).text
    for other in (admin, stranger, coordinator, colleague, make_person()):
        assert ON_DESK not in browser(other).get(desk).text
    for other in (admin, stranger):
        assert "by <bdi>admin</bdi>" not in browser(other).get(staff).text


def test_an_invitation_s_first_link_is_no_news(admin, second, ours):
    typed = {"display_name": "Анна", "username": "anna", "email": "", "language": "en", "kind": "trainer"}
    answer = browser(admin).post(reverse("people:invite"), {**typed, "organisation": str(ours.pk), "region": ""})
    assert "/password/reset/key/" in answer.text
    anna = User.objects.get(username="anna")
    anna.set_password(PASSWORD)
    anna.save()
    assert TOLD not in sign_in(anna)
    assert ON_DESK not in browser(second).get(reverse("dashboard:desk")).text
    renew(admin, anna)
    assert TOLD in sign_in(anna)


def test_many_links_cost_no_more_than_one(admin, second, ours, django_assert_num_queries):
    client = browser(second)
    _link_for_a_new_colleague(admin, ours)
    client.get(reverse("dashboard:desk"))
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("dashboard:desk"))
    of_one = len(asked)
    for _ in range(2):
        _link_for_a_new_colleague(admin, ours)
    with django_assert_num_queries(of_one):
        assert ON_DESK in client.get(reverse("dashboard:desk")).text


def _link_for_a_new_colleague(admin: User, organisation: Organisation) -> None:
    colleague = make_staff()
    make_role(colleague, RoleKind.TRAINER, organisation)
    browser(colleague)
    renew(admin, colleague)
