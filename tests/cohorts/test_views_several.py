"""Several people at once: chosen, shown, confirmed; and all locked cards of a cohort."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.cohorts import actions
from lms.cohorts.models import Cohort, CohortState, Enrolment, EnrolmentState
from lms.people.models import TRIES, AuditEntry, Card
from tests.factories.cohorts import add_trainer, make_cohort, make_enrolment
from tests.factories.people import browser, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(scene) -> list[Enrolment]:
    """Strangers who found the poster."""
    return [make_enrolment(scene.cohort, make_person(f"Адам {n}"), state="waiting") for n in range(3)]


def several(scene, name: str = "withdraw_several") -> str:
    return reverse(f"cohorts:{name}", args=[scene.cohort.pk])


def lock(enrolment: Enrolment, at=None) -> Card:
    card = enrolment.person.cards.get(replaced_at=None)
    Card.objects.filter(pk=card.pk).update(failed_tries=TRIES, locked_at=at or timezone.now())
    return card


# ── Withdrawing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_whole_waiting_list_is_ticked_shown_and_withdrawn(scene, crowd):
    client = browser(scene.lead)
    assert several(scene) in client.get(reverse("cohorts:roster", args=[scene.cohort.pk])).text
    assert client.get(several(scene)).text.count(" checked") == 0
    page = client.get(f"{several(scene)}?all=waiting").text
    ticked = re.findall(r'name="enrolment" value="([^"]+)" checked', page)
    assert set(ticked) == {str(one.pk) for one in crowd}
    shown = client.post(several(scene), {"enrolment": ticked})
    assert "Withdraw 3 people?" in shown.text
    assert shown.text.count("<bdi>Адам") == 3
    assert "Айгүл" not in shown.text
    assert set(Enrolment.objects.filter(pk__in=ticked).values_list("state", flat=True)) == {"waiting"}
    done = client.post(several(scene), {"enrolment": ticked, "confirmed": "yes", "reason": "mistake"}, follow=True)
    assert "3 people are withdrawn." in done.text
    assert set(Enrolment.objects.filter(pk__in=ticked).values_list("state", "withdrawn_reason")) == {
        ("withdrawn", "mistake")
    }
    assert scene.cohort.enrolments.get(person=scene.participant).state == EnrolmentState.ENROLLED
    assert AuditEntry.objects.filter(verb="withdraw_enrolment", actor_id=scene.lead.pk).count() == 3


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"enrolment": []}, 422),
        ({"enrolment": ["x", "00000000-0000-0000-0000-000000000000"], "confirmed": "yes", "reason": "other"}, 422),
        ({"confirmed": "yes"}, 422),
        ({"confirmed": "yes", "reason": "transferred"}, 422),
        ({"reason": "mistake"}, 200),
    ],
)
def test_without_people_a_reason_or_a_yes_nobody_leaves(scene, crowd, typed, status):
    sent = {"enrolment": [str(crowd[0].pk)], **typed}
    assert browser(scene.lead).post(several(scene), sent).status_code == status
    assert not Enrolment.objects.filter(state=EnrolmentState.WITHDRAWN).exists()


def test_people_of_another_cohort_are_not_touched(scene, crowd):
    foreign = make_enrolment(make_cohort(scene.organisation, scene.region))
    sent = {"enrolment": [str(crowd[0].pk), str(foreign.pk)], "confirmed": "yes", "reason": "mistake"}
    assert browser(scene.lead).post(several(scene), sent).status_code == 302
    foreign.refresh_from_db()
    assert foreign.state == EnrolmentState.ENROLLED


def test_a_repeat_counts_nobody_twice(scene, crowd, at):
    fields = {"reason": "mistake", "by": scene.lead}
    assert actions.withdraw_several(enrolments=crowd, **fields, at=at) == 3
    assert actions.withdraw_several(enrolments=crowd, **fields, at=at + timedelta(minutes=1)) == 0


def test_from_a_cohort_that_has_ended_nobody_is_withdrawn(scene, crowd):
    Cohort.objects.filter(pk=scene.cohort.pk).update(state=CohortState.CLOSED)
    client = browser(scene.lead)
    assert several(scene) not in client.get(reverse("cohorts:roster", args=[scene.cohort.pk])).text
    client.post(several(scene), {"enrolment": [str(crowd[0].pk)], "confirmed": "yes", "reason": "mistake"})
    crowd[0].refresh_from_db()
    assert crowd[0].state == EnrolmentState.WAITING


# ── Cards ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_all_locked_cards_of_the_cohort_are_opened_and_no_other(scene, crowd):
    mine = [lock(scene.cohort.enrolments.get(person=scene.participant)), lock(crowd[0])]
    left = make_enrolment(scene.cohort, make_person("Кеткен"), state="withdrawn")
    others = [lock(left), lock(make_enrolment(make_cohort(scene.organisation, scene.region)))]
    client = browser(scene.lead)
    assert several(scene, "unlock_cards") in client.get(reverse("cohorts:roster", args=[scene.cohort.pk])).text
    page = client.get(several(scene, "unlock_cards")).text
    assert ("Айгүл" in page, "Адам 0" in page, "Адам 1" in page, "Кеткен" in page) == (True, True, False, False)
    done = client.post(several(scene, "unlock_cards"), follow=True)
    assert "2 cards are open again" in done.text
    assert {Card.objects.get(pk=card.pk).failed_tries for card in mine} == {0}
    assert {Card.objects.get(pk=card.pk).failed_tries for card in others} == {TRIES}
    unlocked = AuditEntry.objects.filter(verb="unlock_card", actor_id=scene.lead.pk)
    assert set(unlocked.values_list("subject_id", flat=True)) == {str(card.pk) for card in mine}


def test_where_none_is_locked_the_page_says_so(scene):
    lock(scene.cohort.enrolments.get(), timezone.now() - timedelta(hours=2))
    client = browser(scene.lead)
    assert "No card is locked" in client.get(several(scene, "unlock_cards")).text
    assert several(scene, "unlock_cards") not in client.get(reverse("cohorts:roster", args=[scene.cohort.pk])).text


# ── Gates ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["withdraw_several", "unlock_cards"])
def test_only_those_who_run_the_cohort_may(scene, crowd, client, name):
    card = lock(crowd[0])
    sent = {"enrolment": [str(one.pk) for one in crowd], "confirmed": "yes", "reason": "mistake"}
    for other in (*scene.strangers, scene.participant):
        assert browser(other).get(several(scene, name)).status_code == 404
        assert browser(other).post(several(scene, name), sent).status_code == 404
    assert client.post(several(scene, name), sent).status_code == 302
    assert not Enrolment.objects.filter(state=EnrolmentState.WITHDRAWN).exists()
    assert Card.objects.get(pk=card.pk).failed_tries == TRIES
    helper = scene.other_lead
    add_trainer(scene.cohort, helper)
    for person in (scene.lead, scene.coordinator, helper):
        assert browser(person).get(several(scene, name)).status_code == 200
