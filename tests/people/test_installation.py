"""Whoever runs the installation makes organisations; two of them see nothing of each other, and she nothing of both."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from lms.jobs.models import Job
from lms.people.models import AuditEntry, Organisation, RoleKind, User
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
    link = re.search(r'value="http://testserver(/ky/[^"]+)"', answer.text)[1]
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


def test_nobody_else_finds_the_room(root, client):
    organisation = make_organisation("ours")
    admin = make_staff("admin")
    make_role(admin, RoleKind.ADMINISTRATOR, organisation)
    paths = [reverse("people:organisations"), reverse("people:found")]
    paths_to_post = [*paths[1:], reverse("people:renew_administrator", args=[admin.pk])]
    for person in (admin, make_person()):
        assert [browser(person).get(path).status_code for path in paths] == [404, 404]
        assert [browser(person).post(path, TYPED).status_code for path in paths_to_post] == [404, 404]
    assert [client.get(path).status_code for path in paths] == [302, 302]
    assert Organisation.objects.count() == 1
    assert reverse("people:organisations") in browser(root).get("/en/desk/").text
    assert reverse("people:organisations") not in browser(admin).get("/en/desk/").text


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
