"""She sees when somebody opened what is encrypted about her, and in which role."""

from datetime import date, timedelta

import pytest
from django.test import Client

from lms.certificates.actions import note_download
from lms.cohorts.actions import join_as_new_person, renew_cards, replace_card_of, unlock_card_of
from lms.cohorts.actions.finding import note_recognised
from lms.people.actions import end_role, reveal_legal_name
from lms.people.models import RoleKind, User
from lms.privacy.queries.openings import openings_of
from tests.factories.certificates import make_certificate, make_coordinator, make_graduate
from tests.factories.cohorts import make_cohort
from tests.factories.people import AT, make_organisation, make_person, make_role, make_staff

pytestmark = pytest.mark.django_db
PATH = "/en/me/data/opened/"


def page_of(person: User) -> str:
    client = Client()
    client.force_login(person)
    answer = client.get(PATH)
    assert answer.status_code == 200
    return answer.text


def test_each_opening_is_named_with_day_and_role_and_no_person():
    enrolment = make_graduate()
    coordinator = make_coordinator(enrolment.cohort)
    certificate = make_certificate(enrolment, by=coordinator)
    reveal_legal_name(person=enrolment.person, by=coordinator, at=AT + timedelta(days=1), why="roster")
    note_download(certificate=certificate, by=coordinator, at=AT + timedelta(days=2))
    note_recognised(found=[enrolment], by=coordinator, at=AT + timedelta(days=3))
    said = [one.said for one in openings_of(enrolment.person)]
    assert said == [
        "You were found by your full name, your telephone or your e-mail.",
        "The paper of your certificate was opened.",
        "Your full name was shown on your page in a cohort.",
        "Your full name was put on a certificate.",
    ]
    text = page_of(enrolment.person)
    assert f"Coordinator, {enrolment.cohort.organisation.name}" in text
    assert coordinator.display_name not in text


def test_she_sees_that_her_card_was_unlocked():
    enrolment = make_graduate()
    coordinator = make_coordinator(enrolment.cohort)
    unlock_card_of(enrolment=enrolment, by=coordinator, at=AT)
    (one,) = openings_of(enrolment.person)
    assert one.said == "Your card was unlocked after wrong PINs."
    assert one.who == f"Coordinator, {enrolment.cohort.organisation.name}"
    assert openings_of(make_graduate().person) == []


def test_she_sees_that_her_card_was_printed_and_replaced():
    """Whoever prints a card knows its PIN."""
    enrolment, other = make_graduate(), make_graduate()
    coordinator, cohort = make_coordinator(enrolment.cohort), enrolment.cohort
    make_role(coordinator, RoleKind.COACH, make_organisation("elsewhere"))
    renew_cards(cohort=cohort, enrolments=[enrolment], by=coordinator, at=AT)
    replace_card_of(enrolment=enrolment, by=coordinator, at=AT + timedelta(days=1))
    found = openings_of(enrolment.person)
    assert [one.said for one in found] == [
        "A new card was made for you; an older one does not work any more.",
        "Your card was printed with a new PIN: whoever has that paper can sign in with it.",
    ]
    assert {one.who for one in found} == {f"Coordinator, {cohort.organisation.name}"}
    enrolment.person.refresh_from_db()
    assert "was printed with a new PIN" in page_of(enrolment.person)
    for stranger in (other.person, coordinator):
        assert openings_of(stranger) == []


def test_a_pin_that_she_made_herself_is_not_in_it():
    joined = join_as_new_person(cohort=make_cohort(), display_name="Бермет", language="ky", at=AT)
    assert openings_of(joined.enrolment.person) == []


def test_what_she_does_herself_is_not_in_it():
    enrolment = make_graduate()
    reveal_legal_name(person=enrolment.person, by=enrolment.person, at=AT, why="roster")
    assert openings_of(enrolment.person) == []
    assert "Nobody but you has opened anything." in page_of(enrolment.person)


def test_the_role_is_the_one_of_that_day():
    enrolment = make_graduate()
    colleague = make_staff()
    past = make_role(colleague, RoleKind.OBSERVER, make_organisation("past"), valid_until=date(2026, 6, 30))
    role = make_role(colleague, RoleKind.COORDINATOR, enrolment.cohort.organisation, valid_from=date(2026, 7, 1))
    reveal_legal_name(person=enrolment.person, by=colleague, at=AT, why="roster")
    end_role(role=role, by=colleague, at=AT + timedelta(days=30))
    (one,) = openings_of(enrolment.person)
    assert one.who == f"Coordinator, {enrolment.cohort.organisation.name}"
    assert str(past.organisation.name) not in one.who


def test_each_sees_her_own(regions):
    enrolment, neighbour = make_graduate(), make_person("Бермет")
    coordinator = make_coordinator(enrolment.cohort)
    reveal_legal_name(person=enrolment.person, by=coordinator, at=AT, why="roster")
    for other in (neighbour, coordinator, enrolment.cohort.trainers.get().person):
        assert openings_of(other) == []
    assert Client().get(PATH).url.startswith("/en/accounts/login/")


def test_however_often_it_takes_as_many_queries(django_assert_num_queries):
    enrolment = make_graduate()
    for number in range(20):
        colleague = make_coordinator(enrolment.cohort)
        reveal_legal_name(person=enrolment.person, by=colleague, at=AT + timedelta(minutes=number), why="roster")
    with django_assert_num_queries(6):
        assert len(openings_of(enrolment.person)) == 20
