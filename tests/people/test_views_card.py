"""The address on every card, as a browser sees it."""

import re
import time
from html import unescape
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from lms.people import actions
from lms.people.models import Card, User
from tests.factories.people import PASSWORD, make_person, make_staff

pytestmark = pytest.mark.django_db

CARD = "/card/"
UNKNOWN = "ZZZZ9999"


@pytest.fixture(autouse=True)
def _fresh_counts():
    cache.clear()


@pytest.fixture
def holder(at) -> User:
    return make_person("Айгүл", "ky")


@pytest.fixture
def code(holder) -> str:
    return Card.objects.get(person=holder).code


@pytest.fixture
def pin(holder, at) -> str:
    return actions.renew_pins(people=[holder], by=make_staff(), at=at)[holder.pk]


@pytest.fixture
def wrong(pin) -> str:
    return f"{(int(pin) + 1) % 1_000_000:06d}"


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_address_of_the_cards_does_not_change():
    assert reverse("card:signin") == CARD


def test_no_browser_keeps_what_stood_on_the_card(client):
    """Back on a shared phone would fill in again whose card it was."""
    for name in ("code", "pin"):
        [field] = re.findall(rf'<input[^>]*name="{name}"[^>]*>', client.get(CARD).text)
        assert 'autocomplete="off"' in field


@pytest.mark.parametrize(
    ("query", "language"), [("", "en"), ("?lang=ky", "ky"), ("?lang=ru", "ru"), ("?lang=xx", "en")]
)
def test_the_page_speaks_the_language_that_is_asked_for(client, query, language):
    answer = client.get(CARD + query)
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text


def test_the_page_leads_staff_to_their_own_door(client):
    assert f'href="{reverse("account_login")}"' in client.get(CARD).text


def test_both_doors_lead_to_where_she_was_going(client):
    wanted = {"next": "/ky/desk/?a=1"}
    kept = "next=%2Fky%2Fdesk%2F%3Fa%3D1"
    assert f'href="{reverse("account_login")}?{kept}"' in client.get(CARD, wanted).text
    assert f"&amp;{kept}" in client.get(reverse("account_login"), wanted).text


@pytest.mark.parametrize("typed", ["/desk/", "/me/", "/ky/desk/", "/ky/me/"])
def test_whoever_is_signed_out_finds_the_door_for_cards_first_and_comes_to_where_she_was_going(
    client, code, pin, wrong, typed
):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ky"
    wanted = "/ky" + typed.removeprefix("/ky")
    page = client.get(typed, follow=True)
    main = page.text.partition("<main")[2].partition("</main>")[0]
    card = unescape(re.findall(r'href="([^"]*)"', main)[0])
    assert card.startswith("/card/?lang=ky&next=")
    assert 'class="button"' in main.partition("</a>")[0]
    for typed_pin in (wrong, pin):
        answer = client.post(card, {"code": code, "pin": typed_pin})
    assert answer.url == wanted
    assert client.get(wanted).status_code == 200


def test_staff_go_on_to_where_they_were_going_after_a_slip_too(client):
    make_staff("aigul")
    page = client.get("/ky/me/", follow=True)
    for password in ("wrong", PASSWORD):
        hidden = dict(re.findall(r'type="hidden" name="(next)" value="([^"]*)"', page.text))
        page = client.post("/ky/accounts/login/", {"login": "aigul", "password": password, **hidden})
    assert page.url == "/ky/me/"


def test_looking_at_the_page_makes_no_session(client):
    client.get(CARD)
    assert settings.SESSION_COOKIE_NAME not in client.cookies


def test_code_and_pin_open_the_desk_in_her_language(client, code, pin):
    answer = client.post(CARD, {"code": code, "pin": pin})
    assert (answer.status_code, answer.url) == (302, "/ky/desk/")
    assert signed_in(client)
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "ky"


def test_typing_is_forgiven(client, code, pin):
    typed = {"code": f" {code[:4].lower()} - {code[4:].lower()} ", "pin": f"{pin[:3]} {pin[3:]}"}
    client.post(CARD, typed)
    assert signed_in(client)


def test_the_session_gets_a_new_key_at_the_door(client, code, pin):
    client.get("/")
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = before = session.session_key
    client.post(CARD, {"code": code, "pin": pin})
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before


def test_whoever_signs_in_on_a_shared_phone_takes_the_place(client, code, pin):
    other = make_person("Бермет")
    client.force_login(other)
    assert "<bdi>Бермет</bdi>" in client.get(CARD).text
    client.post(CARD, {"code": code, "pin": pin})
    assert client.session["_auth_user_id"] == str(User.objects.get(display_name="Айгүл").pk)


def test_a_wrong_pin_says_so_beside_the_field_and_keeps_the_code_only(client, code, wrong):
    answer = client.post(CARD, {"code": code, "pin": wrong})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["pin"]
    assert f'value="{code}"' in answer.text
    assert wrong not in answer.text
    assert not signed_in(client)


def test_unknown_and_wrong_are_answered_alike_until_the_lock_and_after_it(code, wrong):
    def answers(typed: str) -> list[tuple[int, str]]:
        client = Client()
        found = []
        for _ in range(7):
            answer = client.post(CARD, {"code": typed, "pin": wrong})
            token = str(answer.context["csrf_token"])
            found.append((answer.status_code, answer.text.replace(typed, "CODE").replace(token, "TOKEN")))
        return found

    known = answers(code)
    assert known == answers(UNKNOWN)
    assert {status for status, _body in known} == {422}
    for left, (_status, body) in zip((4, 3, 2, 1), known, strict=False):
        assert str(escape(str(actions.CardRefused(left=left)))) in body
    assert str(escape(actions.CardLocked.message)) in known[4][1]


def test_a_locked_card_refuses_the_right_pin(client, code, pin, wrong):
    for _ in range(5):
        client.post(CARD, {"code": code, "pin": wrong})
    assert client.post(CARD, {"code": code, "pin": pin}).status_code == 422
    assert not signed_in(client)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"code": "", "pin": "123456"}, "code"),
        ({"code": "K7QF", "pin": "123456"}, "code"),
        ({"code": "K7QF2M9!", "pin": "123456"}, "code"),
        ({"code": "К7ҚФ2М9Х", "pin": "123456"}, "code"),
        ({"code": "K" * 500, "pin": "123456"}, "code"),
        ({"code": UNKNOWN, "pin": ""}, "pin"),
        ({"code": UNKNOWN, "pin": "12345"}, "pin"),
        ({"code": UNKNOWN, "pin": "12345a"}, "pin"),
        ({"code": UNKNOWN, "pin": "１２３４５６"}, "pin"),
        ({"code": UNKNOWN, "pin": "\x00" * 6}, "pin"),
    ],
)
def test_what_cannot_be_a_card_is_said_beside_its_field(client, typed, field):
    answer = client.post(CARD, typed)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_what_is_typed_comes_back_as_text_only(client):
    attack = '"><script>alert(1)</script>'
    answer = client.post(CARD, {"code": attack, "pin": attack})
    assert "<script>alert" not in answer.text


def test_a_shape_that_cannot_be_a_card_costs_no_try(client, code, pin):
    for _ in range(6):
        client.post(CARD, {"code": code, "pin": "12"})
    client.post(CARD, {"code": code, "pin": pin})
    assert signed_in(client)


# ── Where it goes on ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("next_url", ["/c/ticket/abc/", "/join/abc", "/ky/tests/1/?page=2", "/ru/desk/"])
@pytest.mark.parametrize("place", ["query", "body"])
def test_it_goes_on_where_she_came_from(client, code, pin, next_url, place):
    if place == "query":
        answer = client.post(f"{CARD}?{urlencode({'next': next_url})}", {"code": code, "pin": pin})
    else:
        answer = client.post(CARD, {"code": code, "pin": pin, "next": next_url})
    assert answer.url == next_url


@pytest.mark.parametrize(
    "next_url",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "////evil.example",
        "http:///evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "https:evil.example",
        "http:\\\\evil.example",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "ftp://testserver/",
        "https://testserver@evil.example/",
        "https://testserver.evil.example/",
        "//testserver:80@evil.example",
        "\x00//evil.example",
        " //evil.example",
        "\t//evil.example",
        "\n//evil.example",
        "http://[::1",
    ],
)
def test_a_foreign_address_is_not_followed(client, code, pin, next_url):
    answer = client.post(f"{CARD}?{urlencode({'next': next_url})}", {"code": code, "pin": pin})
    assert (answer.status_code, answer.url) == (302, "/ky/desk/")


def test_the_next_address_survives_a_wrong_pin(client, code, pin, wrong):
    address = f"{CARD}?{urlencode({'next': '/join/abc'})}"
    answer = client.post(address, {"code": code, "pin": wrong})
    assert answer.status_code == 422
    assert 'action="' not in answer.text.split("data-card")[0].rsplit("<form", 1)[1]
    assert client.post(address, {"code": code, "pin": pin}).url == "/join/abc"


# ── Limits and the rest ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("clock")
def test_thirty_people_behind_one_address_are_not_locked_out(client):
    statuses = {client.post(CARD, {"code": "K7QF", "pin": "1"}).status_code for _ in range(300)}
    assert statuses == {422}
    answer = client.post(CARD, {"code": "K7QF", "pin": "1"})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"]
    assert client.get(CARD).status_code == 200
    assert client.post(CARD, {"code": "K7QF", "pin": "1"}, REMOTE_ADDR="10.0.0.9").status_code == 422


def test_a_form_from_another_site_is_refused(code, pin):
    client = Client(enforce_csrf_checks=True)
    assert client.post(CARD, {"code": code, "pin": pin}).status_code == 403
    assert not signed_in(client)


def test_other_methods_are_refused(client):
    assert client.put(CARD).status_code == 405
    assert client.delete(CARD).status_code == 405


def test_the_answer_is_kept_by_nobody(client, code, wrong):
    assert "no-store" in client.get(CARD).headers["Cache-Control"]
    assert "no-store" in client.post(CARD, {"code": code, "pin": wrong}).headers["Cache-Control"]


def test_way_to_the_staff_sign_in_stands_there_once(client):
    html = client.get(CARD, {"lang": "en"}).content.decode()
    assert html.count("/en/accounts/login/") == 1


# ── How long it stays open ───────────────────────────────────────────────────────────────────────────────────────

PROFILE = "/ky/me/"


def by_card(code: str, pin: str) -> Client:
    client = Client()
    client.post(CARD, {"code": code, "pin": pin})
    assert client.get(PROFILE).status_code == 200
    return client


@pytest.mark.parametrize("verb", ["replace", "renew"])
def test_a_replaced_card_or_another_pin_ends_what_the_old_one_opened(holder, code, pin, at, verb):
    finder, other = by_card(code, pin), Client()
    other.force_login(make_staff())
    if verb == "replace":
        actions.replace_card(person=holder, by=make_staff(), at=at)
    else:
        actions.renew_pins(people=[holder], by=make_staff(), at=at)
    assert finder.get(PROFILE).status_code == 302
    assert other.get(PROFILE).status_code == 200


def test_whoever_also_has_a_password_is_signed_out_as_well(at):
    staff = make_staff()
    client = Client()
    client.force_login(staff)
    actions.replace_card(person=staff, by=make_staff(), at=at)
    assert client.get(PROFILE).status_code == 302


def test_a_card_opens_until_the_browser_is_closed_and_says_so(client, code, pin):
    answer = client.post(CARD, {"code": code, "pin": pin}, follow=True)
    assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == ""
    assert "12" in " ".join(str(message) for message in answer.context["messages"])


@pytest.mark.parametrize(("hours", "status"), [(11, 200), (13, 302)])
def test_a_card_session_ends_when_nobody_uses_it(code, pin, monkeypatch, hours, status):
    client, begun = by_card(code, pin), time.time()
    monkeypatch.setattr("lms.people.middleware.time.time", lambda: begun + hours * 3600)
    assert client.get(PROFILE).status_code == status


def test_a_card_session_in_use_goes_on(code, pin, monkeypatch):
    client, begun = by_card(code, pin), time.time()
    for hours in (8, 16, 24):
        monkeypatch.setattr("lms.people.middleware.time.time", lambda now=begun + hours * 3600: now)
        assert client.get(PROFILE).status_code == 200


def test_a_session_begun_with_a_password_is_not_cut_short(monkeypatch):
    client, begun = Client(), time.time()
    client.force_login(make_staff())
    monkeypatch.setattr("lms.people.middleware.time.time", lambda: begun + 48 * 3600)
    assert client.get(PROFILE).status_code == 200


def test_the_pin_is_dots_while_others_look_on(client):
    field = re.search(r'<input[^>]*name="pin"[^>]*>', client.get(CARD, follow=True).text)[0]
    assert 'type="password"' in field


@pytest.mark.parametrize("language", ["en", "ru", "ky"])
def test_whoever_leaves_at_once_is_signed_out_without_a_word(code, pin, language):
    client = by_card(code, pin)
    answer = client.post(f"/{language}/accounts/logout/at-once/")
    assert answer["Location"] == settings.NEUTRAL_SITE
    assert not signed_in(client)
    assert "messages" not in client.get(CARD).context or not list(client.get(CARD).context["messages"])
    # To that site and no other a form of ours may lead on.
    assert f"form-action 'self' {settings.NEUTRAL_SITE};" in answer["Content-Security-Policy"]
