"""The poster and the page that it opens."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from lms.cohorts import actions
from lms.cohorts.models import Enrolment
from lms.people.actions import sign_in_with_card
from lms.people.models import User
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import browser, make_person

pytestmark = pytest.mark.django_db


def join_url(scene) -> str:
    return reverse("join:join", args=[scene.cohort.join_token])


def ticket_of(response) -> str:
    return unescape(re.search(r'name="ticket" value="([^"]*)"', response.content.decode())[1])


def typed(response, **values):
    return {"ticket": ticket_of(response), "display_name": "Жылдыз", "language": "ru", "consent": "on", **values}


def test_poster_shows_the_address_while_joining_is_open(scene, settings, at):
    client, url = browser(scene.lead), reverse("cohorts:poster", args=[scene.cohort.pk])
    page = client.get(url).content.decode()
    assert f"{settings.PUBLIC_BASE_URL}/join/{scene.cohort.join_token}" in page
    assert "<svg" in page
    assert "data-print" in page
    client.post(reverse("cohorts:joining", args=[scene.cohort.pk]), {"open": "no"})
    assert scene.cohort.join_token not in client.get(url).content.decode()
    assert Client().get(join_url(scene)).status_code == 410
    client.post(reverse("cohorts:joining", args=[scene.cohort.pk]), {"open": "yes"})
    assert Client().get(join_url(scene)).status_code == 410
    scene.cohort.refresh_from_db()
    assert Client().get(join_url(scene)).status_code == 200


def test_unknown_address_says_what_to_do(scene):
    response = Client().get(reverse("join:join", args=["x" * 22]))
    assert response.status_code == 410
    assert "ask the trainer" in response.content.decode()


def test_new_person_joins_and_sees_code_and_pin_once(scene, at):
    client, url = Client(), join_url(scene)
    page = client.get(url)
    assert Enrolment.objects.filter(cohort=scene.cohort).count() == 1
    response = client.post(url, sent := typed(page))
    body = response.content.decode()
    assert response.status_code == 200
    code, pin = re.findall(r'<output class="code">([^<]+)</output>', body)
    person = sign_in_with_card(code=code, pin=pin, at=at)
    enrolment = scene.cohort.enrolments.get(person=person)
    assert (person.display_name, enrolment.state, enrolment.language) == ("Жылдыз", "enrolled", "ru")
    assert "no-store" in response["Cache-Control"]
    again = client.post(url, sent)
    assert (again.status_code, pin in again.content.decode()) == (409, False)
    assert scene.cohort.enrolments.count() == 2


def test_new_person_without_consent_or_name_is_asked_again(scene):
    client, url = Client(), join_url(scene)
    page = client.get(url)
    people = User.objects.count()
    for change in ({"consent": ""}, {"display_name": "  "}, {"language": "en"}, {"display_name": "Ж" * 61}):
        response = client.post(url, typed(page, **change))
        assert response.status_code == 422
        assert 'aria-invalid="true"' in response.content.decode()
    assert User.objects.count() == people
    assert client.post(url, typed(page)).status_code == 200


def test_new_person_with_a_mangled_ticket_is_asked_again(scene):
    url = join_url(scene)
    page = Client().get(url)
    response = Client().post(url, typed(page, ticket="x"))
    assert response.status_code == 422
    assert "Жылдыз" in response.content.decode()


def test_full_cohort_gives_the_waiting_list(scene):
    scene.cohort.capacity = 1
    scene.cohort.save()
    client = Client()
    page = client.post(join_url(scene), typed(client.get(join_url(scene)))).content.decode()
    assert "You are on the waiting list" in page
    assert scene.cohort.enrolments.filter(state="waiting").count() == 1


def test_person_with_a_card_joins_as_herself(scene):
    person = make_person("Бермет", language="ru")
    client, url, house = browser(person), join_url(scene), scene.organisation.name
    page = client.get(url)
    assert (page.status_code, f"If you join, {house} keeps" in page.text) == (200, True)
    assert not person.enrolments.exists()
    for _press in range(2):
        page = client.post(url)
        assert (page.status_code, "only if you agree" in page.text) == (200, False)
    assert person.enrolments.get().language == "ru"
    again = client.get(url).text
    assert ("You have a place" in again, "Join with this card" in again) == (True, False)


def test_whoever_learns_elsewhere_too_is_led_to_her_consents(scene):
    """A name that she gave there is not printed here before she says so."""
    person = make_enrolment(make_cohort(), make_person("Бермет")).person
    page = browser(person).post(join_url(scene)).text
    assert (f"{scene.organisation.name} prints your name" in page, "/en/me/#consents" in page) == (True, True)


def test_page_for_strangers_holds_no_names(scene):
    make_enrolment(scene.cohort, make_person("Бегимай"))
    page = Client().get(join_url(scene)).content.decode()
    assert ("Бегимай" in page, "Нурзада" in page, "Айгүл" in page) == (False, False, False)


def test_closed_cohort_takes_nobody_by_an_old_page(scene, at):
    client, url = Client(), join_url(scene)
    page = client.get(url)
    actions.close_cohort(cohort=scene.cohort, anyway=True, by=scene.lead, at=at)
    assert client.post(url, typed(page)).status_code == 410
    assert scene.cohort.enrolments.count() == 1


def test_joining_is_limited_per_address_and_not_below_a_classroom(scene, clock):
    client, url = Client(REMOTE_ADDR="192.0.2.7"), reverse("join:join", args=["x" * 22])
    assert {client.get(url).status_code for _try in range(300)} == {410}
    assert client.get(url).status_code == 429
    assert Client(REMOTE_ADDR="192.0.2.8").get(url).status_code == 410


def test_one_address_makes_no_more_new_people_than_a_full_hall(scene, clock):
    url = join_url(scene)
    stranger, neighbour = Client(REMOTE_ADDR="192.0.2.9"), Client(REMOTE_ADDR="192.0.2.10")
    answers = []
    for _try in range(41):
        answers.append(stranger.post(url, typed(stranger.get(url))).status_code)
        clock["at"] += 6
    assert (answers.count(200), answers[-1]) == (40, 429)
    assert neighbour.post(url, typed(neighbour.get(url))).status_code == 200


def test_a_script_does_not_fill_the_hall_in_a_minute_and_a_hall_joins_in_three(scene, clock):
    url, hotspot = join_url(scene), Client(REMOTE_ADDR="192.0.2.11")
    waiting, minutes = [typed(hotspot.get(url), display_name=f"Адам {number}") for number in range(30)], 0
    while waiting:
        answers = [(sent, hotspot.post(url, sent)) for sent in waiting]
        assert sum(answer.status_code == 200 for _sent, answer in answers) <= 12
        waiting = [sent for sent, answer in answers if answer.status_code == 429]
        for sent, answer in answers:
            if answer.status_code == 429:
                assert "Wait 1 minute and send it again" in answer.text
                assert (ticket_of(answer), answer["Retry-After"]) == (sent["ticket"], "60")
                assert sent["display_name"] in answer.text
        clock["at"] += 60
        minutes += 1
    assert minutes == 3
    assert scene.cohort.enrolments.filter(person__display_name__startswith="Адам").count() == 30


def test_trainer_is_not_offered_to_join_her_own_cohort(scene):
    client, url = browser(scene.lead), join_url(scene)
    page = client.get(url).content.decode()
    assert reverse("cohorts:walk_in", args=[scene.cohort.pk]) in page
    assert "Join with this card" not in page
    assert client.post(url).status_code == 422
    assert not scene.cohort.enrolments.filter(person=scene.lead).exists()
    assert "Join with this card" in browser(make_person()).get(url).content.decode()
