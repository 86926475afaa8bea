"""Finding a participant: by whom, by what, and what stays unwritten."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from lms.cohorts.models import Cohort, CohortState, Enrolment
from lms.cohorts.queries.finding import FOUND
from lms.cohorts.views.finding import RATE
from lms.people.actions import replace_card, set_legal_name
from lms.people.models import AuditEntry, Card, User
from lms.privacy.actions.merging import merge_people
from tests.factories.cohorts import add_trainer, make_cohort, make_enrolment
from tests.factories.notices import choose
from tests.factories.people import browser, make_organisation, make_person, make_staff

pytestmark = pytest.mark.django_db

URL = "/en/desk/people/"
LEGAL_NAME, PHONE = "Өмүрова Айгүл Асановна", "+996555123456"


def find(person, sought: str):
    return browser(person).post(URL, {"sought": sought})


def names(person, sought: str) -> list[str]:
    text = find(person, sought).text
    return [part.split("</bdi>")[0] for part in text.split("<bdi>")[1:]]


@pytest.fixture
def known(scene, at):
    """The participant with everything that may be known of her."""
    set_legal_name(person=scene.participant, name=LEGAL_NAME, by=scene.lead, at=at)
    choose(scene.participant, "phone", address=PHONE)
    return scene.participant


def test_the_page_is_for_those_who_run_cohorts(scene):
    assert reverse("cohorts:find_people").endswith("/desk/people/")
    helper = make_staff("helper")
    add_trainer(scene.cohort, helper)
    for person in (scene.lead, scene.coordinator, scene.elsewhere, helper):
        assert (browser(person).get(URL).status_code, find(person, "Айг").status_code) == (200, 200)
    for person in (scene.participant, scene.monitor, make_staff("nobody")):
        assert (browser(person).get(URL).status_code, find(person, "Айг").status_code) == (404, 404)
    assert Client().post(URL, {"sought": "Айг"}).status_code == 302


def test_everybody_finds_only_in_her_own_cohorts(scene, known):
    code = Card.objects.get(person=known).code
    for sought in ("Айгүл", code):
        for person in (scene.lead, scene.coordinator):
            assert names(person, sought) == ["Айгүл Өмүрова"]
        for person in (scene.other_lead, scene.other_coordinator, scene.elsewhere):
            text = find(person, sought).text
            assert "Nobody found" in text
            assert scene.cohort.code not in text


@pytest.mark.parametrize("sought", ["айг", "ӨМҮРОВА", "  Айгүл   өмү ", "Айгүл-Өмүрова", "Айгул Омур"])
def test_a_name_is_found_by_the_beginning_of_its_parts(scene, sought):
    make_enrolment(scene.cohort, make_person("Гулзат"))
    assert names(scene.lead, sought) == ["Айгүл Өмүрова"]
    assert names(scene.lead, "Гүл") == ["Гулзат"]


def test_the_middle_of_a_name_finds_nobody(scene):
    assert names(scene.lead, "йгүл") == []
    assert find(scene.lead, "А").status_code == 422


def test_a_card_is_found_as_it_is_typed_and_after_it_was_replaced(scene, at):
    code = Card.objects.get(person=scene.participant).code
    replace_card(person=scene.participant, by=scene.lead, at=at)
    assert names(scene.lead, f"{code[:4].lower()} {code[4:]}") == ["Айгүл Өмүрова"]
    assert names(scene.lead, code[:7]) == []


def test_the_card_of_a_row_that_was_merged_finds_the_row_that_stays(scene, at):
    double = make_enrolment(scene.cohort, make_person("Айгүл Ө.")).person
    merge_people(kept=scene.participant, merged=double, by=scene.coordinator, at=at)
    code = Card.objects.get(person=double).code
    for person, found in ((scene.lead, ["Айгүл Өмүрова"]), (scene.other_lead, []), (scene.elsewhere, [])):
        assert names(person, code) == found


@pytest.mark.parametrize("sought", [LEGAL_NAME, LEGAL_NAME.lower(), PHONE, "0555 12-34-56"])
def test_a_coordinator_finds_by_what_is_encrypted_and_it_is_written_down(scene, known, sought):
    answer = find(scene.coordinator, sought)
    assert "Айгүл Өмүрова" in answer.text
    shown = answer.text.split('id="found"')[1]
    assert not any(secret in shown for secret in ("Асановна", "555123456", "12-34-56"))
    entry = AuditEntry.objects.get(verb="find_by_name")
    assert (entry.actor_id, entry.subject_id) == (scene.coordinator.pk, str(known.pk))
    assert entry.details == {}
    for person in (scene.lead, scene.other_coordinator, scene.elsewhere):
        assert names(person, sought) == []
    assert AuditEntry.objects.filter(verb="find_by_name").count() == 1


def test_by_a_part_of_what_is_encrypted_nobody_is_found(scene, known):
    for sought in ("Асановна", "Өмүрова Айгүл", "+99655512345"):
        assert names(scene.coordinator, sought) == []


def test_whoever_takes_part_elsewhere_or_has_left_is_not_recognised(scene, known):
    other = make_enrolment(make_cohort(make_organisation("third"), scene.region), known)
    assert names(scene.coordinator, LEGAL_NAME) == []
    Enrolment.objects.filter(pk=other.pk).update(state="withdrawn")
    assert names(scene.coordinator, LEGAL_NAME) == []
    other.delete()
    assert names(scene.coordinator, LEGAL_NAME) == ["Айгүл Өмүрова"]
    Enrolment.objects.filter(person=known).update(state="withdrawn")
    assert names(scene.coordinator, LEGAL_NAME) == []
    assert names(scene.coordinator, "Айгүл") == ["Айгүл Өмүрова"]


def test_a_row_says_cohort_and_state_and_leads_to_the_person(scene):
    second = make_cohort(scene.organisation, scene.region, scene.lead)
    waiting = make_enrolment(second, scene.participant, state="waiting")
    text = find(scene.lead, "Айгүл").text
    assert "2 found" in text
    for enrolment in (waiting, scene.cohort.enrolments.get()):
        assert reverse("cohorts:person", args=[enrolment.pk]).split("/", 2)[2] in text
        assert enrolment.cohort.code in text
        assert enrolment.get_state_display() in text


def test_rows_of_nobody_are_not_found(scene):
    merged = make_enrolment(scene.cohort, make_person("Айгүл Эки"))
    User.objects.filter(pk=merged.person_id).update(merged_into=scene.participant)
    assert names(scene.lead, "Айгүл") == ["Айгүл Өмүрова"]


def test_what_is_sought_is_in_no_address_and_the_page_is_not_kept(scene):
    answer = browser(scene.lead).get(URL, {"sought": "Айгүл"})
    assert "Өмүрова" not in answer.text
    found = find(scene.lead, "Айгүл")
    assert "no-store" in found["Cache-Control"]
    assert 'method="post"' in found.text
    assert "Айгүл" not in found.text.split("</title>")[0]


def test_of_many_the_first_fifty_are_shown_in_as_many_queries(scene, django_assert_max_num_queries):
    for number in range(FOUND + 5):
        make_enrolment(scene.cohort, make_person(f"Адам {number:02}"))
    client = browser(scene.coordinator)
    client.get(URL)
    with django_assert_max_num_queries(10):
        text = client.post(URL, {"sought": "адам"}).text
    assert (text.count("<bdi>"), "55 found" in text, "Only the first 50" in text) == (FOUND, True, True)
    assert text.index("Адам 00") < text.index("Адам 49")


def test_namesakes_are_told_apart_as_on_every_other_page(scene, django_assert_max_num_queries):
    second = make_cohort(scene.cohort.organisation, region=scene.cohort.region)
    add_trainer(second, scene.lead)
    here, there = make_person("Сонун Азизова"), make_person("сонун  азизова")
    for person, cohort in ((here, scene.cohort), (here, second), (there, second), (make_person("Сонун"), second)):
        make_enrolment(cohort, person)
    codes = [person.cards.get(replaced_at=None).code for person in (here, here, there)]
    client = browser(scene.lead)
    client.get(URL)
    with django_assert_max_num_queries(12):
        text = client.post(URL, {"sought": "сонун"}).text
    assert sorted(re.findall(r"\(card …(\w+)\)", text)) == sorted(code[-4:] for code in codes)
    # By what nobody else has only one is found, and it says which.
    assert f"(card …{codes[2][-4:]})" in client.post(URL, {"sought": codes[2]}).text


@pytest.mark.usefixtures("clock")
def test_searching_has_a_limit_for_each_person(scene):
    client, limit = browser(scene.lead), int(RATE.partition("/")[0])
    assert {client.post(URL, {"sought": "Айг"}).status_code for _try in range(limit)} == {200}
    assert client.post(URL, {"sought": "Айг"}).status_code == 429
    assert find(scene.coordinator, "Айг").status_code == 200


def test_the_desk_leads_there_whom_it_is_for(scene):
    link = URL.removeprefix("/en")
    for person, expected in ((scene.lead, True), (scene.coordinator, True), (scene.participant, False)):
        assert (f'{link}"' in browser(person).get("/en/desk/").text) == expected
    Cohort.objects.update(state=CohortState.DRAFT)
    assert f'{link}"' not in browser(scene.monitor).get("/en/desk/").text
