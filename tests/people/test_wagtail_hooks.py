"""Wagtail's editor is open to the roles of its side, and shows nobody's data."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from wagtail.models import Collection, ReferenceIndex

from lms.people import models
from lms.people.actions import end_role
from lms.people.models import RoleKind, User
from lms.people.tasks import mirror_roles
from tests.factories.curricula import make_home
from tests.factories.people import browser, make_organisation, make_person, make_role, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _roots():
    """What Wagtail's own migrations and the starter pack make."""
    make_home()
    Collection.get_first_root_node() or Collection.add_root(name="Root")


def member(kind: str, username: str | None = None) -> User:
    person = make_staff(username)
    make_role(person, kind, make_organisation())
    return person


@pytest.mark.parametrize(
    "kind", [RoleKind.EDITOR, RoleKind.TRANSLATOR, RoleKind.REGIONAL_AUTHOR, RoleKind.ADMINISTRATOR]
)
def test_the_editor_is_open_to_its_roles(kind):
    assert browser(member(kind)).get("/cms/").status_code == 200


@pytest.mark.parametrize("kind", [RoleKind.COORDINATOR, RoleKind.TRAINER, RoleKind.OBSERVER, RoleKind.MONITOR, None])
def test_the_editor_is_closed_to_others(kind):
    person = member(kind) if kind else make_person()
    answer = browser(person).get("/cms/", follow=True)
    assert answer.status_code == 404
    assert 'class="messages"' not in answer.text


def test_whoever_is_not_signed_in_is_sent_to_the_door_of_staff_and_back(client):
    answer = client.get("/cms/pages/", follow=True)
    assert answer.redirect_chain[-1] == (f"{reverse('account_login')}?next=/cms/pages/", 302)


def test_an_ended_role_closes_the_editor_at_once(at):
    person = member(RoleKind.EDITOR)
    client = browser(person)
    end_role(role=person.roles.get(), by=person, at=at)
    assert client.get("/cms/", follow=True).status_code == 404


def test_a_role_that_is_over_opens_nothing_although_the_group_is_still_there(at):
    person = member(RoleKind.EDITOR)
    person.roles.update(valid_from="2026-01-01", valid_until="2026-01-02")
    assert person.groups.count() == 1
    assert browser(person).get("/cms/", follow=True).status_code == 404
    mirror_roles()
    assert person.groups.count() == 0


def rights(group: str) -> set[str]:
    return set(Group.objects.get(name=group).page_permissions.values_list("permission__codename", flat=True))


def test_editors_publish_and_translators_do_not():
    member(RoleKind.EDITOR)
    member(RoleKind.TRANSLATOR)
    assert rights("Editors") == {"add_page", "change_page", "publish_page", "lock_page", "unlock_page"}
    assert rights("Translators") == {"change_page"}


@pytest.mark.parametrize(
    "path",
    [
        "users/",
        "users/add/",
        "groups/",
        "groups/new/",
        "reports/site-history/",
        "reports/site-history/results/",
        "bulk/people/user/delete/",
        "bulk/people/user/set_active_state/",
        "password_reset/",
        "failwhale/",
    ],
)
@pytest.mark.parametrize("superuser", [False, True])
def test_rooms_about_people_are_shut(path, superuser):
    person = member(RoleKind.ADMINISTRATOR)
    User.objects.filter(pk=person.pk).update(is_superuser=superuser)
    assert browser(person).get(f"/cms/{path}", follow=True).status_code == 404


def test_no_page_of_the_editor_lists_people():
    stranger = make_staff("secret-user-name", display_name="Secret Display Name")
    person = member(RoleKind.ADMINISTRATOR)
    User.objects.filter(pk=person.pk).update(is_superuser=True)
    client = browser(person)
    for path in ("", "pages/", "reports/locked/", "reports/workflow/", "reports/aging-pages/", "workflows/list/"):
        page = client.get(f"/cms/{path}", follow=True)
        assert (path, page.status_code) == (path, 200)
        assert not any(secret in page.text for secret in (stranger.username, stranger.display_name, "/cms/users/"))


def test_the_editor_s_own_doors_lead_to_ours(client):
    assert client.get("/cms/login/?next=/cms/pages/").url == f"{reverse('account_login')}?next=/cms/pages/"
    assert browser(member(RoleKind.EDITOR)).get("/cms/account/").url == reverse("people:profile")


def test_tables_about_people_are_in_no_reference_index():
    tables = [model for model in vars(models).values() if isinstance(model, type) and hasattr(model, "_meta")]
    about_people = [
        model
        for model in tables
        if model.__module__.startswith(models.__name__) and model not in (models.Organisation, models.TwoSignatures)
    ]
    assert len(about_people) == 15
    assert [model for model in about_people if ReferenceIndex.model_is_indexable(model)] == []
    assert [model for model in about_people if model in ReferenceIndex.tracked_models] == []
