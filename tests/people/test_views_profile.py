"""One's own data: seen and changed by oneself and by nobody else."""

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from lms.people import actions
from lms.people.models import Card, Consent, ConsentPurpose, LegalName, RoleKind, User
from lms.people.queries import own_legal_name
from tests.factories.people import browser, call_as_before, make_organisation, make_person, make_role, make_staff

pytestmark = pytest.mark.django_db

NAME = "Айгүл Өмүрзакова"
ATTACK = '"><script>alert(1)</script>'


def address(name: str = "profile", language: str = "en") -> str:
    with translation.override(language):
        return reverse(f"people:{name}")


@pytest.fixture
def person() -> User:
    return make_person("Айгүл", "ky")


def test_a_stranger_without_an_account_is_asked_to_sign_in(client):
    for name in ("profile", "certificate_name", "consent", "display_name", "language", "name_form", "email"):
        for answer in (client.get(address(name)), client.post(address(name))):
            assert (answer.status_code, answer.url.split("?")[0]) == (302, "/en/accounts/login/")


def test_each_sees_her_own_data_only(person, at):
    colleague = make_person("Бермет")
    actions.set_legal_name(person=person, name=NAME, by=person, at=at)
    actions.set_legal_name(person=colleague, name="Бермет Токтогулова", by=colleague, at=at)
    admin = make_staff("admin")
    make_role(admin, RoleKind.ADMINISTRATOR, make_organisation())
    hers = Card.objects.get(person=person).code
    assert hers in browser(person).get(address()).text
    for other in (colleague, admin):
        text = browser(other).get(address()).text
        assert not any(secret in text for secret in (hers, "Айгүл", NAME, "А… Ө…"))


def test_the_page_says_what_is_kept_and_until_when(person):
    text = browser(person).get(address()).text
    assert "12 months" in text
    assert "24 months" in text


def test_the_page_says_the_way_to_her_data_and_to_their_end(person):
    text = browser(person).get(address()).text
    assert "tell your trainer or the coordinator" in text
    assert "/en/me/data/erase/" in text


def test_the_page_is_kept_by_no_cache_and_names_nobody_in_its_title(person):
    answer = browser(person).get(address())
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Айгүл" not in answer.text.split("<title>")[1].split("</title>")[0]


def test_display_name_and_language_are_hers_to_change(person):
    client = browser(person)
    answer = client.post(address("display_name"), {"display_name": " Бермет "})
    assert (answer.status_code, answer.url) == (302, "/en/me/")
    answer = client.post(address("language"), {"language": "ru"})
    assert (answer.status_code, answer.url) == (302, "/ru/me/")
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "ru"
    person.refresh_from_db()
    assert (person.display_name, person.language) == ("Бермет", "ru")


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "Б" * 61, "Бер\x00мет", "=cmd()", "<b>Айгүл</b>", "0555 12 34 56", "a@b.kg", "evil.kg//x", "+996"],
)
def test_a_wrong_name_changes_nothing_and_is_kept_on_the_page(person, typed):
    answer = browser(person).post(address("display_name"), {"display_name": typed})
    assert answer.status_code == 422
    assert answer.context["display_name_form"].errors
    assert escape(typed.strip("\x00")) in answer.text or "\x00" in typed
    person.refresh_from_db()
    assert person.display_name == "Айгүл"


def folds(page) -> dict[str, bool]:
    """What is folded on the page, by its line, and whether it stands open."""
    lines = BeautifulSoup(page.content, "html.parser").select("main details > summary")
    return {" ".join(line.get_text(" ").split()): line.parent.has_attr("open") for line in lines}


def test_a_long_page_is_folded_and_what_was_refused_or_asks_stands_open(person, settings):
    client = browser(person)
    settings.CONSENT_TEXT_VERSION = "2026-11"
    client.post(address("consent"), {"purpose": "photo", "given": "yes"})
    page = client.get(address())
    assert {line for line, is_open in folds(page).items() if is_open} == {"Give your name"}
    photo = next(line for line in folds(page) if line.endswith(" Agreed"))
    assert sum(line.endswith(" Not answered") for line in folds(page)) == len(ConsentPurpose) - 1
    shown = BeautifulSoup(page.content, "html.parser").select_one("main .facts").get_text(" ", strip=True)
    assert (person.display_name in shown, "Кыргызча" in shown) == (True, True)
    assert folds(client.post(address("display_name"), {"display_name": "+996"}))["Change the name"]
    assert folds(client.post(address("language"), {"language": "de"}))["Change the language"]
    settings.CONSENT_TEXT_VERSION = "2027-01"
    assert folds(client.get(address()))[photo]


@pytest.mark.parametrize("typed", [{}, {"language": "de"}, {"language": ""}])
def test_a_language_that_we_do_not_speak_is_refused(person, typed):
    answer = browser(person).post(address("language"), typed)
    assert answer.status_code == 422
    assert answer.context["language_form"].errors
    person.refresh_from_db()
    assert person.language == "ky"


@pytest.mark.parametrize("form", ["masked", "full", "alias", "none", ""])
def test_what_strangers_see_on_certificates_to_come_is_hers_to_choose(person, form):
    answer = browser(person).post(address("name_form"), {"name_form": form})
    assert (answer.status_code, answer.url) == (302, "/en/me/#certificate")
    person.refresh_from_db()
    assert person.name_form == form


def test_an_unknown_form_of_the_name_is_refused(person):
    assert browser(person).post(address("name_form"), {"name_form": "everything"}).status_code == 422


@pytest.mark.parametrize("place", ["profile", "card"])
def test_a_name_is_text_and_never_markup(person, place):
    call_as_before(person, ATTACK)
    client = browser(person)
    text = client.get(address() if place == "profile" else "/card/").text
    assert "<script>alert" not in text
    assert escape(ATTACK) in text


# ── The name for the certificate ─────────────────────────────────────────────────────────────────────────────────


def test_the_name_for_the_certificate_is_kept_and_shown_shortened(person):
    client = browser(person)
    answer = client.post(address("certificate_name"), {"name": NAME, "agreed": "on"})
    assert (answer.status_code, answer.url) == (302, "/en/me/#certificate")
    assert own_legal_name(person) == NAME
    text = client.get(address()).text
    assert "А… Ө…" in text
    assert "Өмүрзакова" not in text


def test_she_corrects_her_name_until_a_certificate_bears_it(person, at):
    client = browser(person)
    for name in ("Айгул Омурзакова", NAME):
        assert client.post(address("certificate_name"), {"name": name, "agreed": "on"}).status_code == 302
    coordinator = make_staff()
    assert actions.use_legal_names(people=[person], by=coordinator, at=at) == {person.pk: NAME}
    page = client.get(address())
    assert "Since Nov. 24, 2026" in page.text or "24 November 2026" in page.text
    assert 'name="agreed"' not in page.text
    answer = client.post(address("certificate_name"), {"name": "Somebody else", "agreed": "on"})
    assert answer.status_code == 422
    assert "tell your coordinator" in answer.text
    assert "Somebody else" in answer.text
    assert own_legal_name(person) == NAME
    # Her coordinator still may.
    actions.set_legal_name(person=person, name="Айгүл Өмүрзак кызы", by=coordinator, at=at)
    assert own_legal_name(person) == "Айгүл Өмүрзак кызы"


def test_without_her_agreement_no_name_is_kept(person):
    answer = browser(person).post(address("certificate_name"), {"name": NAME})
    assert answer.status_code == 422
    assert list(answer.context["name_form"].errors) == ["agreed"]
    assert f'value="{NAME}"' in answer.text
    assert not LegalName.objects.exists()
    assert not Consent.objects.exists()


def test_a_name_of_120_letters_fits_and_a_longer_one_is_refused(person):
    client = browser(person)
    long = "Ө" * 120
    assert client.post(address("certificate_name"), {"name": long, "agreed": "on"}).status_code == 302
    assert client.post(address("certificate_name"), {"name": f"{long}Ө", "agreed": "on"}).status_code == 422
    assert own_legal_name(person) == long


def test_the_ids_of_the_page_are_unique(person):
    text = browser(person).get(address()).text
    ids = [part.split('"')[0] for part in text.split(' id="')[1:]]
    assert len(ids) == len(set(ids))


# ── Consents ─────────────────────────────────────────────────────────────────────────────────────────────────────


def answers(person: User) -> list[tuple[str, bool, str]]:
    return list(Consent.objects.filter(person=person).order_by("pk").values_list("purpose", "given", "language"))


def test_each_purpose_is_agreed_to_and_withdrawn_by_itself(person):
    client = browser(person)
    ky = address("consent", "ky")
    for purpose, given in (("photo", "yes"), ("story", "no"), ("photo", "no")):
        answer = client.post(ky, {"purpose": purpose, "given": given})
        assert (answer.status_code, answer.url) == (302, "/ky/me/#consents")
    assert answers(person) == [("photo", True, "ky"), ("story", False, "ky"), ("photo", False, "ky")]


def test_the_page_shows_version_and_date_of_an_answer(person, settings):
    settings.CONSENT_TEXT_VERSION = "2026-11"
    client = browser(person)
    client.post(address("consent"), {"purpose": "photo", "given": "yes"})
    assert "wording of 2026-11" in client.get(address()).text
    settings.CONSENT_TEXT_VERSION = "2027-01"
    text = client.get(address()).text
    assert "wording of 2026-11" in text
    assert "The wording has changed" in text


def test_withdrawing_the_certificate_removes_the_name(person, at):
    actions.give_certificate_name(person=person, name=NAME, language="ky", by=person, at=at)
    browser(person).post(address("consent"), {"purpose": ConsentPurpose.CERTIFICATE, "given": "no"})
    assert not LegalName.objects.filter(person=person).exists()


@pytest.mark.parametrize("is_printed", [False, True])
def test_she_is_asked_before_her_name_goes_and_told_what_keeps_it(person, at, is_printed):
    actions.give_certificate_name(person=person, name=NAME, language="ky", by=person, at=at)
    if is_printed:
        LegalName.objects.filter(person=person).update(used_at=at)
    client = browser(person)
    asked = "Your name for certificates is deleted at once, and no certificate can be issued to you without it."
    keeps, page = "Certificates that you have keep it.", client.get(address()).text
    assert (page.count(asked), page.count(keeps)) == (2, 2 * is_printed), "asked by the script, and read without it"
    assert f'data-confirm="{asked}' in page
    page = client.post(address("consent"), {"purpose": "certificate", "given": "no"}, follow=True).text
    assert ("Your name for certificates is deleted." in page, "issued before keep it" in page) == (True, is_printed)


def test_a_no_to_the_learning_record_says_that_taking_part_goes_on(person):
    client = browser(person)
    said = "attendance and answers are still kept with your name"
    for given, told in (("yes", False), ("no", True)):
        page = client.post(address("consent"), {"purpose": "learning_record", "given": given}, follow=True).text
        assert (said in page) == told


@pytest.mark.parametrize(
    "typed",
    [{}, {"purpose": "photo"}, {"purpose": "everything", "given": "yes"}, {"purpose": "photo", "given": "maybe"}],
)
def test_an_answer_that_is_none_is_refused(person, typed):
    assert browser(person).post(address("consent"), typed).status_code == 422
    assert answers(person) == []


def test_no_get_changes_anything(person):
    client = browser(person)
    for name in ("certificate_name", "consent", "display_name", "language", "name_form", "email"):
        assert client.get(address(name), {"purpose": "photo", "given": "yes", "name": NAME}).status_code == 405
    assert answers(person) == []


# ── How she signs in ─────────────────────────────────────────────────────────────────────────────────────────────


def test_staff_find_password_and_second_step_participants_do_not(person):
    staff = make_staff("staff")
    links = [reverse("account_change_password"), f'class="button quiet" href="{reverse("mfa_index")}']
    assert [link in browser(staff).get(address()).text for link in links] == [True, True]
    assert [link in browser(person).get(address()).text for link in links] == [False, False]


def test_the_page_costs_few_queries(person, at, django_assert_max_num_queries):
    client = browser(person)
    for purpose in ConsentPurpose:
        actions.record_consent(person=person, purpose=purpose, given=True, language="ky", by=person, at=at)
    with django_assert_max_num_queries(13):
        client.get(address())
