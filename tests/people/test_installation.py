"""Whoever runs the installation makes organisations; two of them see nothing of each other, and she nothing of both."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.jobs.models import Job
from lms.people.actions import InstallationInvites, invite_administrator, invite_staff
from lms.people.models import AuditEntry, Organisation, RoleKind, User
from lms.people.queries import signing_line
from lms.people.tasks import SEND_INVITATION, send_invitation
from tests.factories.people import PASSWORD, browser, make_organisation, make_person, make_role, make_staff

pytestmark = pytest.mark.django_db
TYPED = {
    "code": "Unity",
    "name_ky": "Биримдик",
    "name_ru": "Единство",
    "name_en": "Unity",
    "display_name": "Бурул",
    "username": "burul",
    "email": "",
    "language": "ky",
}


ORGANISATIONS = "/en/me/organisations/"


@pytest.fixture
def root() -> User:
    return User.objects.create_superuser("root", PASSWORD)


def found(root: User, **typed: str):
    return browser(root).post(reverse("people:found"), {**TYPED, **typed})


def test_an_organisation_begins_with_its_administrator_s_link(root):
    answer = found(root)
    assert answer.status_code == 200
    organisation = Organisation.objects.get()
    assert (organisation.code, organisation.name_ky) == ("unity", "Биримдик")
    role = User.objects.get(username="burul").roles.get()
    assert (role.kind, role.organisation, role.granted_by) == ("administrator", organisation, root)
    link = re.search(r">http://testserver(/ky/[^<]+)</textarea>", answer.text)[1]
    her = Client()
    form = her.get(link, follow=True)
    new = {"password1": "kyzyl-alma-bagy-2026", "password2": "kyzyl-alma-bagy-2026"}
    her.post(form.redirect_chain[-1][0], new)
    login = {"login": "burul", "password": "kyzyl-alma-bagy-2026"}
    assert her.post(reverse("account_login"), login).url == "/ky/desk/"
    assert her.get(reverse("people:roles")).status_code == 200


def test_with_an_address_the_invitation_goes_by_mail(root):
    answer = found(root, email="burul@example.org")
    assert (answer.status_code, answer.url) == (302, reverse("people:organisations"))
    send_invitation(str(Job.objects.get(task=SEND_INVITATION).pk))
    assert "Биримдик" in mail.outbox[0].body


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"code": "ours"}, "code"),
        ({"code": "a b"}, "code"),
        ({"username": "admin-ours"}, "username"),
        ({"name_ky": ""}, "name_ky"),
        ({"email": "x"}, "email"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_made(root, typed, field):
    make_organisation("ours")
    make_staff("admin-ours")
    answer = found(root, **typed)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert 'value="Единство"' in answer.text
    assert Organisation.objects.count() == 1
    assert not User.objects.filter(display_name="Бурул").exists()


SECOND = {"display_name": "Венера", "username": "venera", "email": "", "language": "ky"}


def invite(root: User, organisation: Organisation, **typed: str):
    return browser(root).post(reverse("people:invite_administrator", args=[organisation.pk]), {**SECOND, **typed})


def test_she_invites_a_second_administrator_who_comes_by_her_own_link(root):
    found(root)
    organisation, first = Organisation.objects.get(), User.objects.get(username="burul")
    assert reverse("people:invite_administrator", args=[organisation.pk]) in browser(root).get(ORGANISATIONS).text
    answer = invite(root, organisation)
    second = User.objects.get(username="venera")
    assert not second.has_usable_password()
    her = Client()
    form = her.get(re.search(r">http://testserver(/ky/[^<]+)</textarea>", answer.text)[1], follow=True)
    new = {"password1": "kyzyl-alma-bagy-2026", "password2": "kyzyl-alma-bagy-2026"}
    her.post(form.redirect_chain[-1][0], new)
    assert her.post(reverse("account_login"), {"login": "venera", "password": new["password1"]}).status_code == 302
    assert her.get(reverse("people:member", args=[first.pk])).status_code == 200
    granted = AuditEntry.objects.get(verb="grant_role", subject_id=str(second.roles.get().pk))
    assert (granted.actor_id, granted.organisation_id, granted.details) == (
        root.pk,
        organisation.pk,
        {"role": "administrator"},
    )


def test_the_second_one_s_signature_does_not_depend_on_the_first(root, at):
    found(root)
    organisation, first = Organisation.objects.get(), User.objects.get(username="burul")
    invite(root, organisation)
    of_the_house = invite_staff(
        username="dinara", display_name="Динара", language="ky", kind="administrator", organisation=organisation,
        by=first, at=at,
    ).person  # fmt: skip
    sent = User.objects.get(username="venera")
    lines = {person: signing_line(person.pk) for person in (first, sent, of_the_house)}
    assert not lines[first] & lines[sent]
    assert lines[first] & lines[of_the_house]


def test_whoever_made_the_link_to_her_password_is_no_second_signature(root, seconds_apart):
    """The first one sends the invitation again, sees the link, and could open it herself: until another one is used."""
    found(root)
    organisation, first = Organisation.objects.get(), User.objects.get(username="burul")
    invite(root, organisation)
    sent = User.objects.get(username="venera")
    again = browser(first).post(reverse("people:send_again", args=[sent.pk]))
    assert "/accounts/password/reset/key/" in again.text
    assert signing_line(sent.pk) & signing_line(first.pk)
    assert signing_line(first.pk) == {first.pk}
    page = browser(root).post(reverse("people:renew_administrator", args=[sent.pk])).text
    assert signing_line(sent.pk) & signing_line(first.pk)
    form = Client().get(re.search(r">http://testserver(/ky/[^<]+)</textarea>", page)[1], follow=True)
    new = {"password1": "kyzyl-alma-bagy-2026", "password2": "kyzyl-alma-bagy-2026"}
    form.client.post(form.redirect_chain[-1][0], new)
    assert not signing_line(sent.pk) & signing_line(first.pk)
    browser(first).post(reverse("people:password_link", args=[sent.pk]))
    assert signing_line(sent.pk) & signing_line(first.pk)


def test_a_link_that_went_by_mail_was_shown_to_nobody(root):
    found(root)
    organisation, first = Organisation.objects.get(), User.objects.get(username="burul")
    invite(root, organisation, email="venera@example.org")
    sent = User.objects.get(username="venera")
    browser(first).post(reverse("people:send_again", args=[sent.pk]))
    browser(first).post(reverse("people:password_link", args=[sent.pk]))
    assert not signing_line(sent.pk) & signing_line(first.pk)


def test_those_who_administer_already_are_told_of_her_and_may_take_it_back(root):
    found(root)
    organisation, first = Organisation.objects.get(), User.objects.get(username="burul")
    outsider = make_role(make_staff("outsider"), RoleKind.ADMINISTRATOR, make_organisation("elsewhere")).person
    invite(root, organisation)
    second = User.objects.get(username="venera")
    said = "has invited another administrator"
    told = {person: said in browser(person).get("/en/desk/").text for person in (first, second, outsider, root)}
    assert told == {first: True, second: False, outsider: False, root: False}
    browser(first).post(reverse("people:withdraw_invitation", args=[second.pk]))
    assert second.roles.get().has_ended(timezone.localdate())
    assert said not in browser(first).get("/en/desk/").text


def test_with_an_address_the_second_invitation_goes_by_mail_too(root):
    organisation = make_organisation("ours")
    assert invite(root, organisation, email="venera@example.org").url == ORGANISATIONS
    send_invitation(str(Job.objects.get(task=SEND_INVITATION).pk))
    assert (mail.outbox[0].to, "ours (ky)" in mail.outbox[0].body) == (["venera@example.org"], True)


def test_a_taken_name_is_said_beside_it_and_nothing_is_made(root):
    organisation = make_organisation("ours")
    make_staff("venera")
    answer = invite(root, organisation)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["username"])
    assert 'value="Венера"' in answer.text
    assert not organisation.roles.exists()


def test_the_action_itself_takes_nobody_from_the_organisation(root, at):
    organisation = make_organisation("ours")
    admin = make_role(make_staff("admin"), RoleKind.ADMINISTRATOR, organisation).person
    values = {"username": "venera", "display_name": "Венера", "language": "ky", "organisation": organisation, "at": at}
    with pytest.raises(InstallationInvites):
        invite_administrator(**values, by=admin)
    assert not User.objects.filter(username="venera").exists()
    assert invite_administrator(**values, by=root).invited_by == root


def test_nobody_else_finds_the_room(root, client):
    organisation = make_organisation("ours")
    admin = make_staff("admin")
    make_role(admin, RoleKind.ADMINISTRATOR, organisation)
    another = reverse("people:invite_administrator", args=[organisation.pk])
    paths = [ORGANISATIONS, reverse("people:found"), another]
    paths_to_post = [*paths[1:], reverse("people:renew_administrator", args=[admin.pk])]
    for person in (admin, make_person()):
        assert [browser(person).get(path).status_code for path in paths] == [404] * 3
        assert [browser(person).post(path, TYPED).status_code for path in paths_to_post] == [404] * 3
    assert [client.get(path).status_code for path in paths] == [302] * 3
    assert Organisation.objects.count() == 1
    assert organisation.roles.count() == 1
    assert ORGANISATIONS in browser(root).get("/en/desk/").text
    assert f'"{ORGANISATIONS}"' not in browser(admin).get("/en/desk/").text


def test_she_helps_the_only_administrator_and_nobody_else(root):
    organisation = make_organisation("ours")
    admin, trainer, both = make_staff("admin"), make_staff("trainer"), make_staff("both")
    make_role(admin, RoleKind.ADMINISTRATOR, organisation)
    make_role(trainer, RoleKind.TRAINER, organisation)
    for kind in (RoleKind.ADMINISTRATOR, RoleKind.COORDINATOR):
        make_role(both, kind, organisation)

    def renew(person: User):
        return browser(root).post(reverse("people:renew_administrator", args=[person.pk]), follow=True)

    assert "/accounts/password/reset/key/" in renew(admin).text
    assert renew(trainer).status_code == 404
    answer = renew(both)
    assert "/accounts/password/reset/key/" not in answer.text
    assert AuditEntry.objects.get(verb="make_password_key").subject_id == str(admin.pk)


def test_running_the_installation_shows_nothing_inside_an_organisation(root):
    organisation = make_organisation("ours")
    admin, trainer = make_staff("admin"), make_staff("trainer", "Нурзада")
    make_role(admin, RoleKind.ADMINISTRATOR, organisation)
    make_role(trainer, RoleKind.TRAINER, organisation)
    text = browser(root).get(reverse("people:organisations")).text
    assert "admin" in text
    assert "Нурзада" not in text
    for path in ("people:roles", "people:invitations"):
        assert browser(root).get(reverse(path)).status_code == 404
    assert browser(root).get(reverse("people:member", args=[trainer.pk])).status_code == 404


def test_two_organisations_see_nothing_of_each_other(root):
    for code, username in (("one", "admin-one"), ("two", "admin-two")):
        names = {f"name_{language}": f"House {code} {language}" for language in ("ky", "ru", "en")}
        found(root, code=code, username=username, **names, display_name=f"Admin of {code}")
    admins = {code: User.objects.get(username=f"admin-{code}") for code in ("one", "two")}
    for code, other in (("one", "two"), ("two", "one")):
        client = browser(admins[code])
        text = "".join(client.get(reverse(f"people:{name}")).text for name in ("roles", "invitations", "invite"))
        assert f"House {code}" in text
        assert f"House {other}" not in text
        assert f"Admin of {other}" not in text
        assert client.get(reverse("people:member", args=[admins[other].pk])).status_code == 404
