"""Signing in as staff: allauth's pages in our house."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from lms.jobs.models import Job, JobState
from lms.people import actions
from lms.people.models import RoleKind, User
from lms.people.tasks import SEND_PASSWORD_LINK, send_password_link
from tests.factories.people import PASSWORD, make_organisation, make_person, make_role, make_staff

pytestmark = pytest.mark.django_db

LOGIN = "/en/accounts/login/"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _fresh_counts():
    cache.clear()


@pytest.fixture
def staff(at) -> User:
    return actions.create_staff(
        username="aigul",
        display_name="Айгүл",
        language="ky",
        password=PASSWORD,
        email="aigul@example.org",
        by=None,
        at=at,
    )


def sign_in(client: Client, login: str = "aigul", password: str = PASSWORD, **more: str):
    return client.post(LOGIN, {"login": login, "password": password, **more})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("login", ["aigul", "AIGUL", " aigul ", "aigul@example.org", "Aigul@Example.ORG"])
def test_staff_sign_in_by_user_name_or_e_mail_into_their_language(client, staff, login):
    answer = sign_in(client, login)
    assert (answer.status_code, answer.url) == (302, "/ky/desk/")
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "ky"


def test_wrong_and_unknown_are_answered_alike(staff):
    def answered(login: str) -> tuple[int, str]:
        answer = sign_in(Client(), login, "wrong password")
        token = str(answer.context["csrf_token"])
        return answer.status_code, answer.text.replace(login, "LOGIN").replace(token, "TOKEN")

    assert answered("aigul")[0] == 422
    assert answered("aigul") == answered("nobody")
    assert answered("aigul@example.org") == answered("nobody@example.org")


def test_a_participant_has_no_password_to_try(client):
    person = make_person()
    User.objects.filter(pk=person.pk).update(username="participant")
    for password in ("", "!", person.password):
        sign_in(client, "participant", password)
        assert not is_in(client)


def test_nobody_signs_up_by_herself():
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")
    for path in ("signup/", "email/", "confirm-email/", "password/set/", "3rdparty/"):
        assert Client().get(f"/en/accounts/{path}").status_code == 404


@pytest.mark.parametrize(
    "next_url",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:evil.example"],
)
def test_a_foreign_address_is_not_followed(staff, next_url):
    assert sign_in(Client(), next=next_url).url == "/ky/desk/"
    client = Client()
    client.force_login(staff)
    answer = client.post(reverse("account_logout"), {"next": next_url})
    assert "evil" not in answer.url
    assert "alert" not in answer.url


def test_sign_in_goes_on_to_the_editor(client, staff):
    assert sign_in(client, next="/cms/").url == "/cms/"


def test_six_wrong_passwords_make_the_account_wait(client, staff):
    for _ in range(5):
        sign_in(client, password="wrong password")
    sign_in(client)
    assert not is_in(client)


def test_tries_from_elsewhere_keep_nobody_out_unless_they_are_many(client, staff):
    def guess(address: str) -> None:
        Client(REMOTE_ADDR=address).post(LOGIN, {"login": "Aigul", "password": "wrong password"})

    for _ in range(10):
        guess("10.0.0.9")
    assert sign_in(client).status_code == 302
    for number in range(50):
        guess(f"10.0.1.{number}")
    other = Client()
    sign_in(other)
    assert not is_in(other)


def guess_from_one_ipv6_line(tries: int) -> None:
    for number in range(tries):
        sign_in(Client(REMOTE_ADDR=f"2001:db8:1:2::{number // 5 + 1:x}"), password="wrong password")


def test_one_ipv6_line_keeps_nobody_out_elsewhere(staff):
    """It has 2⁶⁴ addresses: counted one by one they would be as many as lock a name for everybody."""
    guess_from_one_ipv6_line(55)
    assert sign_in(Client(REMOTE_ADDR="2001:db8:1:3::1")).status_code == 302
    assert sign_in(Client(REMOTE_ADDR="203.0.113.1")).status_code == 302


def test_another_address_of_the_same_ipv6_line_gives_no_new_guesses(staff):
    guess_from_one_ipv6_line(5)
    client = Client(REMOTE_ADDR="2001:db8:1:2::ffff")
    sign_in(client)
    assert not is_in(client)


def test_signing_out_needs_a_post(client, staff):
    client.force_login(staff)
    client.get(reverse("account_logout"))
    assert is_in(client)
    assert client.post(reverse("account_logout")).status_code == 302
    assert not is_in(client)


def test_the_editor_s_own_way_out_needs_a_post_too(client, staff):
    client.force_login(staff)
    answer = client.get("/cms/logout/")
    assert answer.status_code == 405
    assert settings.SESSION_COOKIE_NAME not in answer.cookies
    assert is_in(client)
    assert client.post("/cms/logout/").status_code == 302
    assert not is_in(client)


@pytest.mark.parametrize("language", ["en", "ru", "ky"])
@pytest.mark.parametrize(
    "name", ["account_login", "account_reset_password", "account_reset_password_done", "account_inactive"]
)
def test_the_pages_of_signing_in_are_ours(client, name, language):
    with translation.override(language):
        text = client.get(reverse(name)).text
    assert f'<html lang="{language}">' in text
    assert 'href="/static/css/site.css"' in text
    assert " style=" not in text
    assert "<script>" not in text


# ── A forgotten password ─────────────────────────────────────────────────────────────────────────────────────────


def ask(email: str, client: Client | None = None, **more: Any) -> HttpResponse:
    """Asks for a link, and lets the worker do what it was told."""
    answer = (client or Client()).post(reverse("account_reset_password"), {"email": email}, **more)
    for job in Job.objects.filter(task=SEND_PASSWORD_LINK, state=JobState.QUEUED):
        send_password_link(str(job.pk))
    return answer


def test_a_forgotten_password_is_set_anew_by_mail(client, staff):
    answer = ask("AIGUL@example.org", client)
    assert (answer.status_code, len(mail.outbox)) == (302, 1)
    assert "сырсөз" in mail.outbox[0].subject
    assert "/ky/accounts/" in mail.outbox[0].body
    assert "Айгүл" not in mail.outbox[0].body
    link = next(word for word in mail.outbox[0].body.split() if word.startswith("http://testserver/"))
    form = client.get(link, follow=True)
    new = "kyzyl-alma-bagy-2026"
    done = client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new}, follow=True)
    assert f"Колдонуучу атыңыз: {staff.username}" in done.text
    assert sign_in(Client(), password=new).status_code == 302
    assert "token_fail" in Client().get(link, follow=True).context


def test_the_mail_s_link_leads_to_us_whatever_the_request_says(client, staff, settings):
    settings.ALLOWED_HOSTS = ["*"]
    ask("aigul@example.org", client, headers={"host": "evil.example"})
    assert "evil.example" not in mail.outbox[0].body


def test_asking_tells_nothing_about_addresses(staff):
    answers, queries = [], []
    for email in ("aigul@example.org", "nobody@example.org"):
        with CaptureQueriesContext(connection) as asked:
            answers.append(Client().post(reverse("account_reset_password"), {"email": email}))
        queries.append(len(asked))
    assert len({(answer.status_code, answer.url) for answer in answers}) == 1
    # No mail is sent while she waits, and the database is asked as often: both take as long.
    assert (mail.outbox, queries[0]) == ([], queries[1])
    for job in Job.objects.filter(task=SEND_PASSWORD_LINK):
        send_password_link(str(job.pk))
        job.refresh_from_db()
        assert job.state == JobState.DONE
        assert "example.org" not in f"{job.payload}{job.key}{job.result}"
    assert [message.to for message in mail.outbox] == [["aigul@example.org"]]


@pytest.mark.parametrize("password", ["short", "1234567890123", "password123", ""])
def test_a_weak_password_is_refused(client, staff, password):
    client.force_login(staff)
    typed = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    answer = client.post(reverse("account_change_password"), typed)
    assert answer.status_code == 422
    assert answer.context["form"].errors
    staff.refresh_from_db()
    assert staff.check_password(PASSWORD)


def test_the_rules_for_a_password_are_in_our_words(client, staff):
    """Django's Kyrgyz says that a password "contains symbols"."""
    client.force_login(staff)
    typed = {"oldpassword": PASSWORD, "password1": "12345", "password2": "12345"}
    with translation.override("ky"):
        asked, refused = (
            client.get(reverse("account_change_password")).text,
            client.post(reverse("account_change_password"), typed).text,
        )
    assert "Сырсөздө кеминде 10 белги болсун." in asked
    for said in ("Сырсөз өтө кыска: кеминде 10 белги керек.", "Сырсөз сандардан гана турат."):
        assert said in refused
    assert "камтышы" not in asked + refused


@pytest.mark.parametrize("name", ["account_change_password", "account_reset_password", "account_reauthenticate"])
def test_the_password_forms_are_in_our_words(client, staff, name):
    """allauth's Kyrgyz calls a password a secret, and its placeholders repeat the labels."""
    client.force_login(staff)
    with translation.override("ky"):
        html = client.get(reverse(name)).text
    assert "купуя" not in html.lower()
    assert "placeholder" not in html


@pytest.mark.parametrize(
    "typed",
    [
        {"oldpassword": "x", "password1": "kyzyl-alma-bagy-2026", "password2": "another"},
        {"oldpassword": PASSWORD, "password1": "kyzyl-alma-bagy-2026", "password2": "kyzyl-alma-bagy-2026"},
    ],
)
def test_what_becomes_of_a_new_password_is_in_our_words(client, staff, typed):
    client.force_login(staff)
    with translation.override("ky"):
        answers = [
            client.post(reverse("account_change_password"), typed, follow=True),
            client.post(reverse("account_reauthenticate"), {"password": "wrong"}),
        ]
    for answer in answers:
        assert "сырсөз" in answer.text.lower()
        assert "купуя" not in answer.text.lower()


# ── The second step ──────────────────────────────────────────────────────────────────────────────────────────────


def code_now() -> str:
    return format_hotp_value(hotp_value(SECRET, next(yield_hotp_counters_from_time())))


def test_with_a_second_step_the_password_alone_opens_nothing(client, staff):
    TOTP.activate(staff, SECRET)
    answer = sign_in(client)
    assert answer.url == reverse("mfa_authenticate")
    assert not is_in(client)
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 422
    assert not is_in(client)
    answer = client.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert (answer.status_code, answer.url) == (302, "/ky/desk/")
    assert is_in(client)


def test_the_secret_of_the_second_step_is_encrypted(staff):
    TOTP.activate(staff, SECRET)
    assert SECRET not in str(Authenticator.objects.get().data)


def test_a_card_does_not_walk_round_the_second_step(client, at):
    person = make_person()
    TOTP.activate(person, SECRET)
    pin = actions.renew_pins(people=[person], by=make_staff(), at=at)[person.pk]
    answer = client.post("/card/", {"code": person.cards.get().code, "pin": pin})
    assert answer.url == reverse("mfa_authenticate")
    assert not is_in(client)


@pytest.mark.parametrize(
    ("kind", "reminded"),
    [
        (RoleKind.COORDINATOR, True),
        (RoleKind.ADMINISTRATOR, True),
        (RoleKind.MONITOR, True),
        (RoleKind.TRAINER, False),
        (RoleKind.EDITOR, False),
    ],
)
def test_who_sees_much_is_reminded_of_the_second_step(client, staff, kind, reminded):
    make_role(staff, kind, make_organisation())
    sign_in(client)
    with translation.override("ky"):
        assert (
            reverse("mfa_index") in client.get(reverse("people:profile")).text.split("<main")[1].split("page-body")[0]
        ) is reminded


def test_who_has_the_second_step_is_not_reminded(client, staff):
    make_role(staff, RoleKind.COORDINATOR, make_organisation())
    TOTP.activate(staff, SECRET)
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert 'class="messages"' not in client.get(reverse("people:profile")).text


def test_changing_how_one_signs_in_asks_for_the_password_again(client, staff):
    sign_in(client)
    session = client.session
    session["account_authentication_methods"] = [
        {**method, "at": method["at"] - 3600} for method in session["account_authentication_methods"]
    ]
    session.save()
    answer = client.get(reverse("mfa_activate_totp"))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_reauthenticate"))


@pytest.mark.parametrize("language", ["en", "ru", "ky"])
def test_the_pages_of_the_second_step_are_ours(client, staff, language):
    sign_in(client)
    with translation.override(language):
        pages = [reverse(name) for name in ("mfa_index", "mfa_activate_totp", "account_change_password")]
        TOTP.activate(staff, SECRET)
        pages += [reverse(name) for name in ("mfa_deactivate_totp", "mfa_generate_recovery_codes", "account_logout")]
    for page in pages:
        answer = client.get(page)
        if answer.status_code == 302:
            continue
        assert 'href="/static/css/site.css"' in answer.text, page
        assert " style=" not in answer.text
        assert "<script>" not in answer.text


def test_a_wrong_password_is_refused_in_our_own_kyrgyz(client, staff):
    """The library's has another word for it than the field above."""
    page = client.post("/ky/accounts/login/", {"login": "aigul", "password": "wrong"}).text
    assert "сырсөз бири-бирине туура келбейт" in page
    assert "купуя" not in page


@pytest.mark.parametrize("with_password", [False, True])
def test_with_a_card_nobody_locks_its_holder_out_by_a_second_step(client, at, with_password):
    person = make_person()
    if with_password:
        person.set_password(PASSWORD)
        person.save()
    pin = actions.renew_pins(people=[person], by=make_staff(), at=at)[person.pk]
    client.post("/card/", {"code": person.cards.get().code, "pin": pin})
    assert is_in(client)
    for name in ("mfa_index", "mfa_activate_totp", "mfa_generate_recovery_codes"):
        assert client.get(reverse(name)).url == reverse("people:profile")
    assert client.post(reverse("mfa_activate_totp"), {"code": code_now()}).url == reverse("people:profile")
    assert "The second step belongs to a password" in client.get(reverse("people:profile")).text
    assert not Authenticator.objects.exists()
