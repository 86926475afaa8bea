"""The cards of a cohort: who prints, replaces and unlocks whose."""

import re
import subprocess
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.people.actions import make_own_pin, renew_pins, set_legal_name, sign_in_with_card
from lms.people.models import AuditEntry, Card, RoleKind
from tests.factories.cohorts import add_trainer, make_cohort, make_enrolment, make_standing
from tests.factories.people import browser, make_organisation, make_person, make_role, make_staff

pytestmark = pytest.mark.django_db


def hidden(response, name: str) -> str:
    return unescape(re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())[1])


def text_of(pdf: bytes) -> str:
    """What a reader sees, as text."""
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()


def _signs_in(code: str, pin: str, at) -> bool:
    try:
        sign_in_with_card(code=code, pin=pin, at=at)
    except Exception:
        return False
    return True


def _is_replaced_by(user, enrolment) -> bool:
    """Does her POST make a new card?"""
    before = Card.objects.get(person=enrolment.person, replaced_at=None).pk
    browser(user).post(reverse("cohorts:replace_card", args=[enrolment.pk]))
    return Card.objects.get(person=enrolment.person, replaced_at=None).pk != before


def test_cards_are_printed_with_pins_that_work(scene, at):
    second = make_enrolment(scene.cohort, make_person("Жылдыз Үсөнова", language="ru"), language="ru")
    client, url = browser(scene.lead), reverse("cohorts:cards", args=[scene.cohort.pk])
    assert client.get(url).content.decode().count(" checked") == 2
    assert Card.objects.filter(pin_hash="").count() == 2
    response = client.post(url, {"enrolment": [second.pk]})
    assert response["Content-Type"] == "application/pdf"
    assert response.cookies["sheet"].value == "1"
    text = text_of(response.content)
    card = Card.objects.get(person=second.person)
    assert ("Жылдыз Үсөнова" in text, "Айгүл" in text) == (True, False)
    assert f"{card.code[:4]} {card.code[4:]}" in text
    pins = set(re.findall(r"\b\d{4,8}\b", text))
    assert any(_signs_in(card.code, pin, at) for pin in pins)
    again = client.get(url).content.decode()
    assert (again.count(" checked"), again.count(" data-printed")) == (1, 1)


def test_before_printing_it_is_said_who_made_a_pin_of_her_own(scene, at):
    """Not of whoever has the PIN of a sheet: neither of the last one nor of one that came after her own."""
    printed, own, again = (make_enrolment(scene.cohort) for _person in range(3))
    renew_pins(people=[each.person for each in (printed, own, again)], by=scene.lead, at=at)
    for each in (own, again):
        make_own_pin(by=each.person, seen=at, at=at)
    renew_pins(people=[again.person], by=scene.lead, at=at)
    pks, url = [str(each.pk) for each in (printed, own, again)], reverse("cohorts:cards", args=[scene.cohort.pk])
    page = browser(scene.lead).get(url, {"only": own.pk}).text
    rows = dict(re.findall(r'name="enrolment" value="([^"]*)"([^>]*>.*?)</label>', page, re.DOTALL))
    said = [(" data-own" in row, "PIN of her own since" in row, "printed on" in row) for row in map(rows.get, pks)]
    assert said == [(False, False, True), (True, True, False), (False, False, True)]
    assert "A PIN of her own stops working too" in page
    assert "have made a PIN of their own" in page
    browser(scene.lead).post(url, {"enrolment": [own.pk]})
    assert "A PIN of her own" not in browser(scene.lead).get(url).text


def test_cards_need_somebody_and_never_somebody_elses(scene):
    foreign = make_enrolment(scene.other_lead.cohort_parts.get().cohort)
    client, url = browser(scene.lead), reverse("cohorts:cards", args=[scene.cohort.pk])
    for chosen in ([], [foreign.pk], ["x"]):
        assert client.post(url, {"enrolment": chosen}).status_code == 422
    assert Card.objects.get(person=foreign.person).pin_hash == ""


def test_card_of_somebody_who_trains_is_printed_by_the_coordinator_of_that_cohort_only(scene):
    other = scene.other_lead.cohort_parts.get().cohort
    add_trainer(other, scene.participant)
    enrolment = scene.cohort.enrolments.get()
    assert _is_replaced_by(scene.lead, enrolment) is False
    assert _is_replaced_by(scene.other_coordinator, enrolment) is False
    assert _is_replaced_by(scene.coordinator, enrolment) is True


@pytest.mark.parametrize("duty", ["trains", "role"])
def test_card_of_somebody_with_duties_in_another_organisation_is_not_printed(scene, duty):
    elsewhere = make_organisation("elsewhere")
    if duty == "trains":
        add_trainer(make_cohort(elsewhere), scene.participant)
    else:
        make_role(scene.participant, RoleKind.TRAINER, elsewhere)
    enrolment = scene.cohort.enrolments.get()
    page = browser(scene.coordinator).get(reverse("cohorts:cards", args=[scene.cohort.pk])).content.decode()
    assert f'value="{enrolment.pk}"' not in page
    assert _is_replaced_by(scene.coordinator, enrolment) is False


@pytest.mark.parametrize("place", ["KG-N", "KG"])
def test_card_of_a_trainer_beyond_the_coordinators_region_is_not_printed(scene, regions, place):
    add_trainer(make_cohort(scene.organisation, regions[place]), scene.participant)
    enrolment = scene.cohort.enrolments.get()
    assert _is_replaced_by(scene.coordinator, enrolment) is False
    whole_country = make_staff()
    make_role(whole_country, RoleKind.COORDINATOR, scene.organisation)
    assert _is_replaced_by(whole_country, enrolment) is True


@pytest.mark.parametrize("kind", [RoleKind.OBSERVER, RoleKind.EDITOR, RoleKind.TRAINER, RoleKind.COORDINATOR])
def test_card_of_somebody_with_a_role_is_printed_by_nobody_and_unlocked_all_the_same(scene, kind, at):
    enrolment = scene.cohort.enrolments.get()
    make_role(scene.participant, kind, scene.organisation, scene.region)
    card = Card.objects.get(person=scene.participant)
    pages = [reverse("cohorts:cards", args=[scene.cohort.pk]), reverse("cohorts:person", args=[enrolment.pk])]
    for user in (scene.lead, scene.coordinator):
        client = browser(user)
        AuditEntry.objects.filter(verb="unlock_card").update(at=timezone.now() - timedelta(days=1, minutes=1))
        Card.objects.filter(pk=card.pk).update(failed_tries=5, locked_at=timezone.now())
        assert _is_replaced_by(user, enrolment) is False
        assert client.post(pages[0], {"enrolment": [enrolment.pk]}).status_code == 422
        assert "Unlock the card" in client.get(pages[1]).text
        client.post(reverse("cohorts:unlock_card", args=[enrolment.pk]))
        card.refresh_from_db()
        assert (card.failed_tries, card.locked_at, card.pin_hash) == (0, None, "")


def test_card_of_somebody_whose_role_has_ended_is_printed_again(scene):
    yesterday = timezone.localdate() - timedelta(days=1)
    make_role(scene.participant, RoleKind.OBSERVER, scene.organisation, valid_from=yesterday, valid_until=yesterday)
    assert _is_replaced_by(scene.lead, scene.cohort.enrolments.get()) is True


def test_card_of_somebody_whose_duty_begins_tomorrow_is_not_printed(scene):
    tomorrow = timezone.localdate() + timedelta(days=1)
    make_role(scene.participant, RoleKind.COORDINATOR, scene.organisation, valid_from=tomorrow)
    enrolment = scene.cohort.enrolments.get()
    assert _is_replaced_by(scene.lead, enrolment) is False
    assert _is_replaced_by(scene.coordinator, enrolment) is False


def test_card_of_somebody_who_may_train_elsewhere_is_not_printed(scene):
    make_standing(scene.participant, make_organisation("elsewhere"))
    enrolment = scene.cohort.enrolments.get()
    assert _is_replaced_by(scene.coordinator, enrolment) is False


@pytest.mark.parametrize("left", [False, True])
def test_card_of_another_organisation_keeps_its_pin(scene, at, left):
    """Whoever joined by the poster with a card from elsewhere goes on using it there."""
    guest = make_person("Жылдыз Үсөнова")
    first = make_enrolment(make_cohort(), guest, state="withdrawn" if left else "enrolled")
    pin = renew_pins(people=[guest], by=scene.lead, at=at)[guest.pk]
    enrolment = make_enrolment(scene.cohort, guest)
    card = Card.objects.get(person=guest)
    sheet, page = reverse("cohorts:cards", args=[scene.cohort.pk]), reverse("cohorts:person", args=[enrolment.pk])
    for user in (scene.lead, scene.coordinator):
        client = browser(user)
        for address in (sheet, page):
            assert "Whoever prints a card can sign in with it" in client.get(address).content.decode()
        assert "Жылдыз" in client.get(sheet).content.decode()
        assert client.post(sheet, {"enrolment": [enrolment.pk]}).status_code == 422
        for door in ("replace_card", "unlock_card"):
            client.post(reverse(f"cohorts:{door}", args=[enrolment.pk]))
    assert Card.objects.get(person=guest) == card
    assert _signs_in(card.code, pin, at)
    if not left:
        assert _is_replaced_by(first.cohort.trainers.get().person, first) is True


def test_guests_card_is_unlocked_once_a_day_and_her_own_houses_as_often_as_needed(scene):
    """Five wrong PINs and an unlocking, over and over, would open it in the end."""
    guest = make_person("Жылдыз Үсөнова")
    home = make_cohort()
    first, enrolment = make_enrolment(home, guest), make_enrolment(scene.cohort, guest)
    card = Card.objects.get(person=guest)

    def opens(user, door: str, *args) -> bool:
        Card.objects.filter(pk=card.pk).update(failed_tries=5, locked_at=timezone.now())
        browser(user).post(reverse(f"cohorts:{door}", args=args))
        return Card.objects.get(pk=card.pk).locked_at is None

    assert opens(scene.lead, "unlock_card", enrolment.pk)
    for user in (scene.lead, scene.coordinator):
        assert not opens(user, "unlock_card", enrolment.pk)
        assert not opens(user, "unlock_cards", scene.cohort.pk)
    refused = browser(scene.lead).post(reverse("cohorts:unlock_card", args=[enrolment.pk]), follow=True)
    assert "unlocked already within the last day" in refused.text
    several = browser(scene.lead).post(reverse("cohorts:unlock_cards", args=[scene.cohort.pk]), follow=True)
    assert "1 card stays locked" in several.text
    at_home = home.trainers.get().person
    assert opens(at_home, "unlock_card", first.pk)
    assert opens(at_home, "unlock_cards", home.pk)
    AuditEntry.objects.filter(verb="unlock_card").update(at=timezone.now() - timedelta(days=1, minutes=1))
    assert opens(scene.coordinator, "unlock_cards", scene.cohort.pk)
    assert not opens(scene.coordinator, "unlock_cards", scene.cohort.pk)


def test_guest_elsewhere_keeps_the_card_of_her_own_organisation(scene):
    make_enrolment(make_cohort(), scene.participant)
    assert _is_replaced_by(scene.lead, scene.cohort.enrolments.get()) is True
    page = browser(scene.lead).get(reverse("cohorts:cards", args=[scene.cohort.pk])).content.decode()
    assert "Not on this list" not in page


@pytest.mark.parametrize("door", ["unlock_card", "replace_card", "legal_name", "open_legal_name"])
def test_card_and_name_of_somebody_who_left_are_out_of_reach(scene, door, at):
    enrolment = scene.cohort.enrolments.get()
    set_legal_name(person=scene.participant, name="Өмүрова Айгүл Асановна", by=scene.lead, at=at)
    url, body = reverse(f"cohorts:{door}", args=[enrolment.pk]), {"legal_name": "Башка Ысым"}
    enrolment.state = "withdrawn"
    enrolment.save()
    entries = AuditEntry.objects.count()
    for user in (scene.lead, scene.coordinator, scene.other_coordinator):
        assert browser(user).post(url, body).status_code == 404
    assert AuditEntry.objects.count() == entries


def test_trainer_adds_somebody_without_a_phone_and_prints_her_card(scene):
    client, url = browser(scene.lead), reverse("cohorts:walk_in", args=[scene.cohort.pk])
    sent = {"sheet": hidden(client.get(url), "sheet"), "display_name": " Жылдыз  апа ", "language": "ky"}
    before = scene.cohort.enrolments.count()
    assert client.post(url, sent).status_code == 422  # nobody said how she agreed
    answers = [client.post(url, {**sent, "channel": "spoken"}) for _again in range(2)]
    assert scene.cohort.enrolments.count() == before + 1
    made = scene.cohort.enrolments.get(person__display_name="Жылдыз апа")
    consent = made.person.consents.get()
    assert (consent.purpose, consent.channel, consent.recorded_by) == ("learning_record", "spoken", scene.lead)
    assert client.get(answers[0].url).content.decode().count(" checked") == 1
    assert answers[1].url == reverse("cohorts:roster", args=[scene.cohort.pk])
    assert AuditEntry.objects.filter(verb="give_consent", actor_id=scene.lead.pk).exists()
