"""Who opens which page: those who run the cohort; for everybody else it does not exist."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.cohorts.models import Cohort, CohortState
from lms.people.models import RoleKind
from tests.cohorts.conftest import Scene
from tests.factories.cohorts import add_trainer, make_enrolment, make_standing
from tests.factories.curricula import PLAN_CANARY
from tests.factories.people import browser, make_organisation, make_person, make_role, make_staff

pytestmark = pytest.mark.django_db

OF_COHORT = [
    "edit",
    "close",
    "add_extra_session",
    "duplicate",
    "roster",
    "roster_import",
    "roster_template",
    "cards",
    "poster",
    "walk_in",
]
POSTS_OF_COHORT = ["open", "close", "reopen", "cancel", "joining", "edit", "roster_import", "cards", "walk_in"]
POSTS_OF_ENROLMENT = [
    "correct",
    "admit",
    "withdraw",
    "enrol_again",
    "transfer",
    "unlock_card",
    "replace_card",
    "legal_name",
    "open_legal_name",
]


def address(name: str, scene: Scene) -> str:
    return reverse(f"cohorts:{name}", args=[scene.cohort.pk])


def statuses(people, urls: dict[str, str], method: str = "get", data=None) -> dict[str, set[int]]:
    """What these people get at each address: {name: statuses}."""
    clients = [browser(person) for person in people]
    return {name: {getattr(client, method)(url, data).status_code for client in clients} for name, url in urls.items()}


def test_pages_of_a_cohort_are_for_those_who_run_it(scene):
    urls = {name: address(name, scene) for name in OF_COHORT}
    assert statuses([scene.lead, scene.coordinator], urls) == {name: {200} for name in OF_COHORT}
    assert statuses([*scene.strangers, scene.participant], urls) == {name: {404} for name in OF_COHORT}
    assert {Client().get(url).status_code for url in urls.values()} == {302}


def test_strangers_change_no_cohort(scene):
    before = Cohort.objects.values().get(pk=scene.cohort.pk)
    urls = {name: address(name, scene) for name in POSTS_OF_COHORT}
    found = statuses([*scene.strangers, scene.participant], urls, "post")
    assert found == {name: {404} for name in POSTS_OF_COHORT}
    assert Cohort.objects.values().get(pk=scene.cohort.pk) == before


def test_strangers_touch_nobody(scene):
    enrolment = scene.cohort.enrolments.get()
    urls = {name: reverse(f"cohorts:{name}", args=[enrolment.pk]) for name in POSTS_OF_ENROLMENT}
    strangers = [*scene.strangers, scene.participant]
    assert statuses(strangers, urls, "post", {"legal_name": "X"}) == {name: {404} for name in POSTS_OF_ENROLMENT}
    person = {"person": reverse("cohorts:person", args=[enrolment.pk])}
    assert statuses(strangers, person) == {"person": {404}}
    assert statuses([scene.lead, scene.coordinator], person) == {"person": {200}}
    enrolment.refresh_from_db()
    assert enrolment.state == "enrolled"


def test_strangers_touch_no_session(scene):
    session, names = scene.cohort.sessions.all()[0], ("session", "cancel_session", "plan_session_again")
    urls = {name: reverse(f"cohorts:{name}", args=[session.pk]) for name in names}
    urls["add_extra_session"] = address("add_extra_session", scene)
    typed = {"starts_at": "2026-12-09T10:00", "place": "", "minutes": "60", "title_ky": "Экскурсия", "module": "M1"}
    assert statuses([*scene.strangers, scene.participant], urls, "post", typed) == {name: {404} for name in urls}
    helper = make_staff("helper")
    add_trainer(scene.cohort, helper)
    assert statuses([helper], urls, "post", typed) == {name: {403} for name in urls}
    assert [(s.state, s.starts_at) for s in scene.cohort.sessions.filter(pk=session.pk)] == [
        ("planned", session.starts_at)
    ]
    assert scene.cohort.sessions.count() == 2


def test_changes_of_state_are_posts(scene):
    names = ("open", "cancel", "joining")
    assert statuses([scene.lead], {name: address(name, scene) for name in names}) == {name: {405} for name in names}


def test_co_trainer_sees_and_does_not_change(scene):
    helper = make_staff("helper")
    add_trainer(scene.cohort, helper)
    assert browser(helper).get(address("roster", scene)).status_code == 200
    assert browser(helper).get(address("edit", scene)).status_code == 403
    assert browser(helper).post(address("close", scene)).status_code == 403
    assert browser(helper).get(address("close", scene)).status_code == 403


def test_trainers_are_chosen_by_the_coordinator(scene):
    assert browser(scene.lead).get(address("trainers", scene)).status_code == 403
    assert browser(scene.coordinator).get(address("trainers", scene)).status_code == 200


def test_reopening_is_for_the_coordinator(scene):
    assert browser(scene.lead).get(address("reopen", scene)).status_code == 403
    assert browser(scene.lead).post(address("reopen", scene), {"reason": "x"}).status_code == 403
    assert browser(scene.coordinator).get(address("reopen", scene)).status_code == 200
    assert statuses([*scene.strangers, scene.participant], {"reopen": address("reopen", scene)}) == {"reopen": {404}}


def test_planning_is_for_coordinators_and_those_with_standing(scene):
    for person in (scene.coordinator, scene.lead, scene.other_lead):
        assert browser(person).get(reverse("cohorts:plan")).status_code == 200
    for person in (scene.participant, scene.monitor):
        assert browser(person).get(reverse("cohorts:plan")).status_code == 404
        assert browser(person).post(reverse("cohorts:plan")).status_code == 404


def test_lesson_is_read_by_the_enrolled_and_by_those_who_run_it(scene):
    url = reverse("learn:lesson", args=[scene.cohort.pk, "M1.1"])
    for person in (scene.participant, scene.lead, scene.coordinator):
        response = browser(person).get(url)
        assert response.status_code == 200
        assert PLAN_CANARY not in response.content.decode()
    waiting = make_enrolment(scene.cohort, state="waiting").person
    for person in (*scene.strangers, waiting, make_person("Башка")):
        assert browser(person).get(url).status_code == 404
    assert Client().get(url).status_code == 302


def test_facilitators_plan_is_not_for_participants(scene):
    url = reverse("cohorts:facilitator_plan", args=[scene.cohort.pk, "M1.1"])
    for person in (scene.lead, scene.coordinator, scene.other_lead):
        response = browser(person).get(url)
        assert response.status_code == 200
        assert PLAN_CANARY in response.content.decode()
    outside = make_staff("outside")
    make_standing(outside, make_organisation("outside"))
    for person in (scene.participant, scene.other_coordinator, scene.elsewhere, scene.monitor, outside):
        assert browser(person).get(url).status_code == 404


def test_the_map_of_objectives_is_for_those_who_read_the_plan(scene):
    url = reverse("cohorts:objectives", args=[scene.cohort.pk, "M1"])
    for person in (scene.lead, scene.coordinator, scene.other_lead):
        assert browser(person).get(url).status_code == 200
    for person in (scene.participant, scene.other_coordinator, scene.elsewhere, scene.monitor):
        assert browser(person).get(url).status_code == 404
    assert Client().get(url).status_code == 302


def test_standings_are_for_those_they_concern(scene, regions):
    url = reverse("cohorts:standings")
    page = browser(scene.coordinator).get(url).content.decode()
    assert "lead" in page
    own = browser(scene.other_lead).get(url)
    assert own.status_code == 200
    assert "Нурзада" not in own.content.decode()
    assert "Нурзада" not in browser(scene.elsewhere).get(url).content.decode()
    assert browser(scene.participant).get(url).status_code == 404
    assert browser(scene.monitor).get(url).status_code == 404


def test_one_standing_is_for_its_coordinator(scene, regions):
    standing = make_standing(make_staff("candidate"), scene.organisation, level="candidate", region=regions["leilek"])
    url = reverse("cohorts:standing", args=[standing.pk])
    assert browser(scene.coordinator).get(url).status_code == 200
    for person in (scene.lead, scene.participant, *scene.strangers):
        assert browser(person).get(url).status_code == 404
        assert browser(person).post(reverse("cohorts:withdraw_standing", args=[standing.pk])).status_code == 404


def test_founding_is_for_coordinators_and_administrators(scene):
    administrator = make_staff("administrator")

    make_role(administrator, RoleKind.ADMINISTRATOR, scene.organisation)
    for person in (scene.coordinator, administrator):
        assert browser(person).get(reverse("cohorts:founding")).status_code == 200
    for person in (scene.lead, scene.participant, scene.monitor):
        assert browser(person).get(reverse("cohorts:founding")).status_code == 404


def test_a_trainer_opens_what_has_ended_for_ninety_days(scene):
    roster = {"roster": address("roster", scene)}
    for days, expected in ((89, 200), (91, 404)):
        ended = timezone.now() - timedelta(days=days)
        Cohort.objects.filter(pk=scene.cohort.pk).update(state=CohortState.CLOSED, closed_at=ended)
        assert statuses([scene.lead], roster) == {"roster": {expected}}
        assert statuses([scene.coordinator], roster) == {"roster": {200}}
