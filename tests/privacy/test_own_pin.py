"""Whoever printed her card knows its PIN: what shows or ends everything about her waits for a PIN of her own."""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.certificates.actions import change_name_form, sign_again, withdraw_key
from lms.certificates.models import CertificateHolder
from lms.certificates.queries import verdict_of
from lms.cohorts.actions import correct_enrolment, renew_cards
from lms.cohorts.models import Enrolment
from lms.jobs.models import Job
from lms.notices.models import ContactRule
from lms.people.actions import renew_pins
from lms.people.models import AuditEntry, Card, Consent, ConsentPurpose, LegalName, NameForm, User
from lms.people.permissions import needs_word, others_know_pin_of
from lms.people.queries import changes_in_her_name
from lms.people.signing import hash_pin
from tests.factories.certificates import make_certificate, make_coordinator, make_graduate
from tests.factories.people import browser, make_person, make_staff

pytestmark = pytest.mark.django_db
COPY, ERASE, OPENED, ME = "/en/me/data/copy/", "/en/me/data/erase/", "/en/me/data/opened/", "/en/me/"
OWN_PIN, CONSENT = "/en/me/pin/", "/en/me/consents/"


@pytest.fixture(autouse=True)
def _fresh_counts():
    cache.clear()


@pytest.fixture
def enrolment(db: None) -> Enrolment:
    return make_graduate(language="en")


@pytest.fixture
def sheet(enrolment) -> dict[str, str]:
    """Code and PIN as they stand on the sheet in the coordinator's hand."""
    pins = renew_cards(
        cohort=enrolment.cohort, enrolments=[enrolment], by=make_coordinator(enrolment.cohort), at=timezone.now()
    )
    return {"code": Card.objects.get(person=enrolment.person).code, "pin": pins[enrolment.person_id]}


def by_card(sheet: dict[str, str]) -> Client:
    client = Client()
    assert client.post("/card/", sheet).status_code == 302
    return client


def own_pin(client: Client, **data: str) -> tuple[str, str]:
    """The PIN on the page, and the page."""
    page = client.post(OWN_PIN, {"seen": seen_by(client), **data}).text
    return pin_on(page), page


def pin_on(page: str) -> str:
    return re.search(r"<dt>PIN</dt><dd><output[^>]*>(\d{6})<", page)[1]


def seen_by(client: Client) -> str:
    """What the button sends of the PIN of until now."""
    return re.search(r'name="seen" value="([^"]*)"', client.get(ME).text)[1]


def a_day_later() -> None:
    """As if all PINs had been made a day before."""
    AuditEntry.objects.filter(subject_type="people.card").update(at=F("at") - timedelta(hours=25))


def agree(client: Client, purpose: str) -> str:
    return client.post(CONSENT, {"purpose": purpose, "given": "yes"}, follow=True).text


def yeses(person: User) -> set[str]:
    return set(Consent.objects.filter(person=person, given=True).values_list("purpose", flat=True))


def test_her_page_has_one_button_for_a_pin_of_one_name_before_and_after(sheet):
    hers = by_card(sheet)
    for number in (2, 1):  # once more where she chooses how much of her name strangers see
        buttons = BeautifulSoup(hers.get(ME).content, "html.parser").select(f'form[action="{OWN_PIN}"] button')
        assert [button.get_text(strip=True) for button in buttons] == ["Make a new PIN for my card"] * number
        assert len([one for one in buttons if one.find_parent("details") is None]) == 1
        own_pin(hers)


def test_whoever_printed_her_card_neither_takes_her_copy_nor_ends_or_shows_anything(enrolment, sheet):
    person, printer = enrolment.person, by_card(sheet)
    before = yeses(person)
    for door in (COPY, ERASE):
        page = printer.get(door).text
        assert "First a PIN of your own" in page
        assert f'name="next" value="{door}"' in page
    assert "First make a PIN of your own" in printer.post(COPY + "file/", follow=True).text
    answer = printer.post(ERASE, {"secret": sheet["pin"], "agreed": "on"})
    assert (answer.status_code, "Somebody else printed your card" in answer.text) == (422, True)
    for purpose in (ConsentPurpose.PHOTO, ConsentPurpose.STORY, ConsentPurpose.PUBLIC_LISTING, ConsentPurpose.CONTACT):
        assert "First make a PIN of your own" in agree(printer, purpose)
    answer = printer.post("/en/me/name-form/", {"name_form": NameForm.FULL})
    assert (answer.status_code, "First make a PIN of your own" in answer.text) == (422, True)
    certificate = make_certificate(enrolment)
    # The display name can be made her whole one; and what showed nothing shows no initial.
    printer.post("/en/me/display-name/", {"display_name": "Айгүл Өмүрова Маратовна"})
    shown = reverse("certificates:name_form", args=[certificate.pk])
    for form in (NameForm.FULL, NameForm.ALIAS):
        assert "First make a PIN of your own" in printer.post(shown, {"form": form}, follow=True).text
        assert printer.post("/en/me/name-form/", {"name_form": form}).status_code == 422
    CertificateHolder.objects.update(name_form=NameForm.NONE)
    assert "First make a PIN of your own" in printer.post(shown, {"form": NameForm.MASKED}, follow=True).text
    assert not Job.objects.exists()
    # With the salt in the badge anybody could try names.
    badge = printer.get(reverse("certificates:badge_json", args=[certificate.pk]), follow=True)
    assert "First make a PIN of your own" in badge.text
    picture = printer.get(reverse("certificates:picture", args=[certificate.pk]), follow=True)
    assert "First make a PIN of your own" in picture.text
    share = reverse("certificates:share", args=[certificate.pk])
    assert f'name="next" value="{share}"' in picture.text
    person.refresh_from_db()
    assert (person.erased_at, person.name_form, yeses(person)) == (None, "", before)
    assert not AuditEntry.objects.filter(verb="export_person").exists()
    # What shows less or nothing more of her is open, and so are the desk and its lessons.
    assert "Your answer is noted." in agree(printer, ConsentPurpose.LEARNING_RECORD)
    assert printer.post("/en/me/name-form/", {"name_form": NameForm.NONE}).status_code == 302
    assert printer.get("/en/desk/").status_code == 200


def test_a_display_name_that_another_wrote_is_shown_to_no_stranger(enrolment, sheet):
    """Neither the printer's nor the trainer's, who corrects it from her page; hers again once she saved it."""
    person, at = enrolment.person, timezone.now()
    certificate = make_certificate(enrolment)
    shown = reverse("certificates:name_form", args=[certificate.pk])
    by_card(sheet).post("/en/me/display-name/", {"display_name": "Айгүл Өмүрова"})
    pin, _page = own_pin(by_card(sheet))
    hers = by_card(sheet | {"pin": pin})
    assert "one day later" in hers.post(shown, {"form": NameForm.ALIAS}, follow=True).text
    a_day_later()
    assert "save it there once" in hers.post(shown, {"form": NameForm.ALIAS}, follow=True).text
    assert hers.post("/en/me/name-form/", {"name_form": NameForm.ALIAS}).status_code == 422
    hers.post("/en/me/display-name/", {"display_name": "Айгүл"})
    assert "Your choice is saved" in hers.post(shown, {"form": NameForm.ALIAS}, follow=True).text
    change_name_form(certificate=certificate, form=NameForm.ALIAS, by=person, at=at)
    assert verdict_of(certificate.public_id, at.date()).shown_name == "«Айгүл»"
    correct_enrolment(
        enrolment=enrolment,
        language=enrolment.cohort.languages[0],
        facts=enrolment.facts,
        display_name="Башка",
        by=make_coordinator(enrolment.cohort),
        at=timezone.now(),
    )
    withdraw_key(key=certificate.key, by=make_staff(), at=timezone.now())
    sign_again(certificate=certificate, by=None, at=timezone.now())
    assert verdict_of(certificate.public_id, at.date()).shown_name == ""
    assert "What stands about you in a cohort was corrected." in hers.get(OPENED).text


def test_the_printer_neither_redirects_her_messages_nor_replaces_or_ends_her_name(enrolment, sheet):
    person, printer = enrolment.person, by_card(sheet)
    kept = bytes(LegalName.objects.get(person=person).sealed)
    rule = {"channel": "phone", "reveals": "everything", "address": "+996700123456"}
    answer = printer.post("/en/me/messages/", rule)
    assert (answer.status_code, "First a PIN of your own" in answer.text) == (422, True)
    name = {"name": "Башка Ысым", "agreed": "on"}
    assert printer.post("/en/me/name/", name).status_code == 422
    no = {"purpose": ConsentPurpose.CERTIFICATE, "given": "no"}
    assert "First make a PIN of your own" in printer.post(CONSENT, no, follow=True).text
    assert bytes(LegalName.objects.get(person=person).sealed) == kept
    assert not ContactRule.objects.exists()
    pin, _page = own_pin(printer)
    hers = by_card(sheet | {"pin": pin})
    assert hers.post("/en/me/name/", name).status_code == 302
    assert hers.post("/en/me/messages/", rule).status_code == 302
    hers.post(CONSENT, no)
    assert not LegalName.objects.filter(person=person).exists()
    opened = hers.get(OPENED).text
    for said in ("certificates was replaced", "certificates was deleted", "How messages reach you"):
        assert said in opened


def test_her_paper_and_badge_are_listed_whoever_took_them(enrolment):
    certificate = make_certificate(enrolment)
    hers, address = browser(enrolment.person), [certificate.pk]
    assert hers.get(reverse("certificates:pdf", args=address)).headers["Content-Type"] == "application/pdf"
    assert hers.get(reverse("certificates:badge_json", args=address)).status_code == 200
    opened = hers.get(OPENED).text
    assert "The paper of your certificate was opened." in opened
    assert "The file of your certificate for wallets was taken." in opened
    assert opened.count("whoever was signed in as you") == 2


def test_when_her_card_is_printed_again_she_reads_what_was_done_before(enrolment, sheet):
    """Made "her own" PIN, took the copy and the badge, printed again and handed over: the card in her hand opens."""
    cohort, person = enrolment.cohort, enrolment.person
    certificate, other = make_certificate(enrolment), make_coordinator(cohort)
    User.objects.filter(pk=other.pk).update(display_name="Жылдыз")
    entry = AuditEntry.objects.filter(verb="renew_pins").latest("at")
    printer, printed = User.objects.get(pk=entry.actor_id), timezone.now() - timedelta(days=4)
    AuditEntry.objects.filter(pk=entry.pk).update(at=printed)
    pin, _page = own_pin(by_card(sheet))
    attacker = by_card(sheet | {"pin": pin})
    a_day_later()
    assert attacker.post(COPY + "file/").status_code == 200
    assert attacker.get(reverse("certificates:badge_json", args=[certificate.pk])).status_code == 200
    assert "printed again" not in attacker.get("/en/desk/").text
    pins = renew_cards(cohort=cohort, enrolments=[enrolment], by=printer, at=timezone.now())
    for _signed_in in range(2):
        page = by_card(sheet | {"pin": pins[person.pk]}).get("/en/desk/", follow=True).text
        said = re.search(r"Your card was printed again on [^<]*", page)[0]
        for done in ("own PIN for a card made", "copy of everything kept made", "for wallets taken", "Жылдыз"):
            assert done in said
        assert printer.display_name not in said
    # The same list where roles slept.
    found = {(change.said, change.page) for change in changes_in_her_name(person, printed)}
    assert ("file of a certificate for wallets taken", "certificates:mine") in found
    assert changes_in_her_name(other, printed) == []


def test_one_step_and_she_goes_on_with_what_she_came_for(enrolment, sheet):
    person, hers = enrolment.person, by_card(sheet)
    pin, page = own_pin(hers, next=COPY)
    assert f'href="{COPY}"' in page
    assert not others_know_pin_of(person)
    # The printer could have made it: then the card in her hand opens nothing, and she has a day to say so.
    for door in (COPY, ERASE):
        page = hers.get(door).text
        assert ("one day later" in page, "First a PIN of your own" in page) == (True, False)
    assert "one day later" in hers.post(COPY + "file/", follow=True).text
    answer = hers.post(ERASE, {"secret": pin, "agreed": "on"})
    assert (answer.status_code, "one day later" in answer.text) == (422, True)
    assert "one day later" in agree(hers, ConsentPurpose.PHOTO)
    assert hers.post("/en/me/name-form/", {"name_form": NameForm.MASKED}).status_code == 422
    assert not AuditEntry.objects.filter(verb="export_person").exists()
    a_day_later()
    # Another one that she makes later begins no new day.
    pin, _page = own_pin(hers)
    assert hers.post(COPY + "file/").headers["Content-Type"] == "application/zip"
    assert "First a PIN of your own" not in hers.get(ERASE).text
    assert "Your answer is noted." in agree(hers, ConsentPurpose.PHOTO)
    hers.post("/en/me/name-form/", {"name_form": NameForm.FULL})
    person.refresh_from_db()
    assert person.name_form == NameForm.FULL
    # The PIN on the sheet is over, and the sessions that it opened.
    assert Client().post("/card/", sheet).status_code == 422
    assert by_card(sheet | {"pin": pin}).get(ME).status_code == 200
    # The printer could have been first: so a role still comes by a word alone, and what was done can be read.
    assert needs_word(person)
    opened = hers.get(OPENED).text
    assert "A new PIN was made for your card." in opened
    assert "The copy of everything that is kept about you was taken." in opened
    assert "A new PIN was made" not in browser(make_coordinator(enrolment.cohort)).get(OPENED).text


def test_the_page_of_the_new_pin_loaded_again_shows_the_same_one_and_makes_no_other(enrolment, sheet):
    hers, card = by_card(sheet), {"code": sheet["code"]}
    assert "First take paper and a pen" in hers.get(ME).text
    sent = {"seen": seen_by(hers), "next": COPY}
    pin, page = own_pin(hers, **sent)
    assert f'href="{COPY}"' in page
    assert [own_pin(hers, **sent)[0] for _again in range(2)] == [pin, pin]
    assert AuditEntry.objects.filter(verb="make_own_pin").count() == 1
    assert pin not in repr(dict(hers.session))
    # In no other session, though it knows what was sent, nor for another wish; and in hers for a short time only.
    second = by_card(card | {"pin": pin})
    tries = [(second, sent), (hers, {"seen": "yesterday"}), (hers, {})]
    assert [refused_beside(pin, client.post(OWN_PIN, data, follow=True)) for client, data in tries] == [True] * 3
    cache.clear()
    assert refused_beside(pin, hers.post(OWN_PIN, sent, follow=True))
    assert by_card(card | {"pin": pin}).get(ME).status_code == 200
    # The next one that she asks for is another.
    assert own_pin(hers)[0] != pin
    assert AuditEntry.objects.filter(verb="make_own_pin").count() == 2


def test_a_second_tap_that_was_sent_before_the_first_was_answered_shows_the_same_pin(enrolment, sheet):
    hers = by_card(sheet)
    sent, second = {"seen": seen_by(hers)}, Client()
    # The browser gives up the first answer, with whatever cookie comes in it.
    second.cookies.load({name: cookie.value for name, cookie in hers.cookies.items()})
    pin, _page = own_pin(hers, **sent)
    assert pin_on(second.post(OWN_PIN, sent).text) == pin
    assert AuditEntry.objects.filter(verb="make_own_pin").count() == 1
    assert second.get(ME).status_code == 200
    # A PIN that opens her card no more is not shown again, whatever the session keeps.
    (card,) = Card.objects.filter(person=enrolment.person)
    Card.objects.filter(pk=card.pk).update(pin_hash=hash_pin("000000"))
    assert refused_beside(pin, second.post(OWN_PIN, sent, follow=True))


def test_her_page_says_since_when_she_has_a_pin_of_her_own_and_no_day_of_printing(enrolment, sheet):
    hers, coordinator = by_card(sheet), browser(make_coordinator(enrolment.cohort))
    person = reverse("cohorts:person", args=[enrolment.pk])
    for expected in ([True, False], [False, True]):
        mine, staffs = hers.get(ME).text, coordinator.get(person).text
        assert [words in mine for words in ("Card printed", "PIN of your own since")] == expected
        assert [words in staffs for words in ("printed on", "PIN of her own since")] == expected
        own_pin(hers)


def test_beside_the_choices_of_her_name_stands_the_step_before_and_she_comes_back_to_them(enrolment, sheet):
    certificate, hers = make_certificate(enrolment), by_card(sheet)
    mine = reverse("certificates:mine")
    ways = {ME: f"{ME}#name-shown", mine: f"{mine}#c-{certificate.pk}"}
    for door, way in ways.items():
        page = hers.get(door).text
        assert f'name="next" value="{way}"' in page
        assert "You may show less of your name at once." in page
        ids = re.findall(r' id="([^"]+)"', page)
        assert sorted(ids) == sorted(set(ids))
    refused = hers.post("/en/me/name-form/", {"name_form": NameForm.FULL}).text
    assert f'name="next" value="{ways[ME]}"' in refused
    _pin, page = own_pin(hers, next=ways[ME])
    assert f'href="{ways[ME]}"' in page
    for says in (True, False):
        for door in ways:
            page = hers.get(door).text
            assert ("one day later" in page, "First a PIN of your own" in page) == (says, False)
        a_day_later()


def refused_beside(pin: str, page) -> bool:
    """Was no PIN made, and is that one not shown?"""
    return "no new one was made" in page.text and pin not in page.text


def test_she_reads_when_somebody_signed_in_before(enrolment, sheet):
    page = by_card(sheet).get("/en/desk/", follow=True).text
    assert "Nobody has signed in with your card before." in page
    User.objects.filter(pk=enrolment.person_id).update(last_login=timezone.now().replace(year=2025, month=3, day=7))
    second = by_card(sheet)
    page = second.get("/en/desk/", follow=True).text
    assert re.search(r"Last signed in: [^<]*2025", page)
    assert "2025" in second.get(ME).text


def test_who_has_no_card_or_a_pin_that_nobody_printed_is_asked_for_nothing(enrolment):
    staff = make_staff()
    assert browser(staff).post(OWN_PIN).status_code == 404
    for person in (staff, enrolment.person, make_person()):
        assert "First a PIN of your own" not in browser(person).get(COPY).text


def test_a_pin_made_on_a_card_that_only_she_printed_waits_for_nothing(enrolment):
    renew_pins(people=[enrolment.person], by=enrolment.person, at=timezone.now())
    hers = browser(enrolment.person)
    own_pin(hers)
    assert "one day later" not in hers.get(COPY).text
    assert hers.post(COPY + "file/").headers["Content-Type"] == "application/zip"


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_the_way_on_stays_on_this_site(enrolment, sheet, address):
    _pin, page = own_pin(by_card(sheet), next=address)
    assert "evil" not in page
    assert "javascript:" not in page
    assert 'href="/en/desk/"' in page
