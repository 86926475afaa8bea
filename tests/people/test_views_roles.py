"""The administrator's room: her organisations' staff, and nobody else's."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from lms.people.actions import AccountTaken, note_engagement
from lms.people.models import AuditEntry, Card, Organisation, Role, RoleKind, User
from tests.factories.people import browser, make_person, make_role, make_staff

pytestmark = pytest.mark.django_db

ATTACK = "<img src=x onerror=alert(1)>"


def page(name: str = "roles", person: User | None = None) -> str:
    return reverse(f"people:{name}", args=[person.pk] if person else [])


def values(organisation: Organisation, **more: str) -> dict[str, str]:
    return {"kind": "coordinator", "organisation": str(organisation.pk), "region": "", "valid_until": "", **more}


# ── Gates ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_administrators_find_the_room(admin, colleague, ours, client):
    paths = [page("roles"), page("invite"), page("grant"), page("member", colleague)]
    monitor, coordinator = make_staff("monitor"), make_staff("coordinator")
    make_role(monitor, RoleKind.MONITOR, ours)
    make_role(coordinator, RoleKind.COORDINATOR, ours)
    for path in paths:
        assert browser(admin).get(path).status_code == 200
        for other in (colleague, monitor, coordinator, make_person()):
            assert browser(other).get(path).status_code == 404
        assert client.get(path).status_code == 302


def test_an_administrator_sees_the_staff_of_her_organisation_only(admin, colleague, stranger):
    text = browser(admin).get(page()).text
    assert "Нурзада" in text
    assert "Бурул" not in text
    assert "stranger" not in text


@pytest.mark.parametrize("name", ["end_role", "password_link"])
def test_another_organisation_s_administrator_cannot_touch_a_colleague(admin, colleague, stranger, name):
    role = colleague.roles.get()
    for other in (stranger, colleague, make_person()):
        assert browser(other).post(page(name, colleague), {"role": role.pk}).status_code == 404
    assert browser(stranger).get(page("member", colleague)).status_code == 404
    assert (
        browser(stranger).post(page("member", colleague), values(stranger.roles.get().organisation)).status_code == 404
    )
    role.refresh_from_db()
    assert role.valid_until is None
    assert not AuditEntry.objects.filter(verb__in=["end_role", "make_password_key"]).exists()


def test_a_role_in_another_organisation_is_not_hers_to_end(admin, colleague, theirs):
    foreign = make_role(colleague, RoleKind.TRAINER, theirs)
    assert browser(admin).post(page("end_role", colleague), {"role": foreign.pk}).status_code == 404
    assert browser(admin).post(page("end_role", colleague), {"role": "9" * 5000}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.valid_until is None


@pytest.mark.parametrize("path", ["grant", "member", "invite"])
def test_a_role_in_another_organisation_cannot_be_granted(admin, colleague, theirs, path):
    address = page(path, colleague if path == "member" else None)
    new = {"account": "colleague", "display_name": "N", "username": "new.one", "language": "ky"}
    answer = browser(admin).post(address, values(theirs, **new))
    assert answer.status_code == 422
    assert not Role.objects.filter(organisation=theirs).exists()
    assert not User.objects.filter(username="new.one").exists()


def test_an_administrator_whose_role_ended_is_a_stranger(admin, ours):
    client = browser(admin)
    assert client.get(page()).status_code == 200
    yesterday = timezone.localdate() - timedelta(days=1)
    admin.roles.update(valid_from=yesterday, valid_until=yesterday)
    assert client.get(page()).status_code == 404


def test_an_unknown_person_and_somebody_without_a_role_here_are_alike(admin, stranger):
    client = browser(admin)
    answers = [client.get(reverse("people:member", args=[pk])) for pk in (uuid4(), stranger.pk, make_person().pk)]
    assert {answer.status_code for answer in answers} == {404}


# ── Granting and ending ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_role_is_granted_by_user_name_in_a_region_until_a_day(admin, colleague, ours, regions):
    last = timezone.localdate() + timedelta(days=90)
    typed = values(ours, account=" Colleague ", region="41705236000000", valid_until=last.isoformat())
    answer = browser(admin).post(page("grant"), typed)
    assert (answer.status_code, answer.url) == (302, page("member", colleague))
    role = colleague.roles.get(kind="coordinator")
    assert (role.region, role.valid_until, role.granted_by) == (regions["leilek"], last, admin)


def test_a_role_is_granted_by_card_code(admin, ours):
    person = make_person("Айгүл")
    note_engagement(people=[person], organisation=ours)
    code = Card.objects.get(person=person).code.lower()
    assert browser(admin).post(page("grant"), values(ours, account=code)).status_code == 302
    assert person.roles.get().kind == "coordinator"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"account": ""}, "account"),
        ({"kind": "queen"}, "kind"),
        ({"kind": "participant"}, "kind"),
        ({"organisation": "x"}, "organisation"),
        ({"region": "41799000000000"}, "region"),
        ({"region": "Batken"}, "region"),
        ({"valid_until": "31.02.2027"}, "valid_until"),
        ({"valid_until": "2020-01-01"}, "valid_until"),
    ],
)
def test_a_wrong_value_is_said_beside_its_field_and_grants_nothing(admin, colleague, ours, regions, typed, field):
    answer = browser(admin).post(page("grant"), {**values(ours, account="colleague"), **typed})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert colleague.roles.count() == 1


@pytest.mark.parametrize("path", ["grant", "member", "invite"])
def test_an_administrator_of_one_region_is_refused_beside_the_region(admin, colleague, ours, regions, path):
    address = page(path, colleague if path == "member" else None)
    typed = {"account": "colleague", "display_name": "N", "username": "new.one", "language": "ky"}
    regional = values(ours, kind="administrator", region="41705236000000", **typed)
    answer = browser(admin).post(address, regional)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["region"]
    assert not Role.objects.filter(kind="administrator").exclude(person=admin).exists()
    assert not User.objects.filter(username="new.one").exists()


def test_a_role_that_she_holds_is_not_granted_twice(admin, colleague, ours):
    answer = browser(admin).post(page("member", colleague), values(ours, kind="trainer"))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["kind"]
    assert colleague.roles.count() == 1


def test_ending_a_role_takes_the_right_at_the_next_request(admin, ours):
    second = make_staff("second")
    role = make_role(second, RoleKind.ADMINISTRATOR, ours)
    her = browser(second)
    assert her.get(page()).status_code == 200
    assert browser(admin).post(page("end_role", second), {"role": role.pk}).status_code == 302
    assert her.get(page()).status_code == 404


def test_the_only_administrator_cannot_end_herself(admin):
    role = admin.roles.get()
    client = browser(admin)
    answer = client.post(page("end_role", admin), {"role": role.pk}, follow=True)
    assert "only administrator" in answer.text
    assert client.get(page()).status_code == 200


def test_an_administrator_may_leave_when_there_is_another(admin, colleague, ours):
    make_role(colleague, RoleKind.ADMINISTRATOR, ours)
    client = browser(admin)
    answer = client.post(page("end_role", admin), {"role": admin.roles.get().pk}, follow=True)
    assert answer.status_code in (200, 404)
    assert client.get(page()).status_code == 404


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 30, "²"])
def test_a_mangled_role_number_is_not_found(admin, colleague, number):
    assert browser(admin).post(page("end_role", colleague), {"role": number}).status_code == 404


def test_no_get_ends_a_role_or_makes_a_link(admin, colleague):
    for name in ("end_role", "password_link"):
        assert browser(admin).get(page(name, colleague)).status_code == 405


# ── Inviting ─────────────────────────────────────────────────────────────────────────────────────────────────────


def link_in(text: str) -> str:
    found = re.search(r">http://testserver(/[^<]+)</textarea>", text)
    assert found
    return found[1]


def test_an_invited_colleague_sets_her_password_by_a_link_that_works_once(admin, ours):
    typed = values(ours, display_name="Анна", username="Anna", email="", language="ru")
    answer = browser(admin).post(page("invite"), typed)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    link = link_in(answer.text)
    assert link.startswith("/ru/accounts/password/reset/key/")

    her = Client()
    form = her.get(link, follow=True)
    password = "kyzyl-alma-bagy-2026"
    set_at = form.redirect_chain[-1][0]
    assert her.post(set_at, {"password1": password, "password2": password}).status_code == 302
    answer = Client().post(reverse("account_login"), {"login": "anna", "password": password})
    assert (answer.status_code, answer.url) == (302, "/ru/desk/")
    assert "token_fail" in Client().get(link, follow=True).context


def test_the_link_is_not_kept_anywhere(admin, ours, colleague):
    answer = browser(admin).post(page("password_link", colleague))
    token = link_in(answer.text).rstrip("/").rsplit("-", 1)[-1]
    kept = str(list(AuditEntry.objects.values())) + str(list(User.objects.values()))
    assert token not in kept
    assert token not in browser(admin).get(page("member", colleague)).text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"username": "colleague"}, "username"),
        ({"username": "COLLEAGUE"}, "username"),
        ({"username": "анна"}, "username"),
        ({"username": "an na"}, "username"),
        ({"username": "a@b"}, "username"),
        ({"username": "ab"}, "username"),
        ({"email": "not an address"}, "email"),
        ({"display_name": ""}, "display_name"),
        ({"language": "de"}, "language"),
    ],
)
def test_a_wrong_invitation_keeps_what_was_typed_and_makes_nothing(admin, colleague, ours, typed, field):
    good = {"display_name": "Анна Б.", "username": "anna", "email": "", "language": "ru"}
    before = User.objects.count()
    answer = browser(admin).post(page("invite"), values(ours, **{**good, **typed}))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert field == "display_name" or 'value="Анна Б."' in answer.text
    assert User.objects.count() == before


@pytest.mark.parametrize("typed", [{"username": "colleague"}, {"email": "taken@example.org"}])
def test_a_taken_name_or_address_gets_one_answer_and_is_written_down(admin, colleague, ours, typed):
    """Whoever tries many to find out who is here is seen to, and is stopped."""
    User.objects.filter(pk=colleague.pk).update(email="taken@example.org")
    good = {"display_name": "Анна Б.", "username": "anna", "email": "", "language": "ru"}
    client = browser(admin)
    answer = client.post(page("invite"), values(ours, **{**good, **typed}))
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"username": [str(AccountTaken.message)]}
    entry = AuditEntry.objects.get(verb="refuse_invitation")
    assert (entry.actor_id, entry.organisation_id, entry.details) == (admin.pk, ours.pk, {})
    assert not User.objects.filter(username="anna").exists()


@pytest.mark.usefixtures("clock")
def test_names_are_tried_by_invitations_and_by_roles_thirty_times_an_hour_in_all(admin, colleague, ours):
    client = browser(admin)
    invited = values(ours, display_name="Анна Б.", username="colleague", email="", language="ru")
    answers = [client.post(page("invite"), invited).status_code for _try in range(29)]
    answers.append(client.post(page("grant"), values(ours, account="nobody.here")).status_code)
    assert answers == [422] * 29 + [200]
    refused = client.post(page("invite"), {**invited, "username": "anna"})
    assert (refused.status_code, refused["Retry-After"]) == (429, "3600")
    assert not User.objects.filter(username="anna").exists()
    assert AuditEntry.objects.filter(verb="refuse_invitation").count() == 29


def test_names_are_text_and_never_markup(admin, ours):
    refused = browser(admin).post(page("invite"), values(ours, display_name=ATTACK, username="anna", language="ru"))
    # Nothing takes one any more; a row of before may hold it.
    anna = make_staff("anna", display_name=ATTACK)
    make_role(anna, RoleKind.TRAINER, ours)
    for text in (refused.text, browser(admin).get(page()).text, browser(admin).get(page("member", anna)).text):
        assert ATTACK not in text
        assert escape(ATTACK) in text


# ── Cost ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_long_list_costs_as_many_queries_as_a_short_one(admin, ours):
    def cost() -> int:
        client = browser(admin)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page()).status_code == 200
        return len(queries)

    short = cost()
    for _ in range(12):
        person = make_staff()
        make_role(person, RoleKind.TRAINER, ours)
        make_role(person, RoleKind.OBSERVER, ours)
    assert cost() == short
