"""What stands about a person in a cohort is put right by those who run it."""

import re
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from lms.cohorts import actions
from lms.cohorts.models import NOTHING_SAID, Cohort, CohortState, Enrolment, Facts
from lms.people.models import AuditEntry, RoleKind
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import browser, make_organisation, make_role

pytestmark = pytest.mark.django_db


def page_of(enrolment: Enrolment) -> str:
    return reverse("cohorts:correct", args=[enrolment.pk])


def said(**other: str) -> dict[str, str]:
    """What the form sends."""
    facts = {"language": "ky", "region": "", "sex": "unsaid", "age_band": "unsaid", "category": "unsaid"}
    return {"display_name": "Айгүл Өмүрова", **facts, **other}


def test_those_who_run_the_cohort_put_right_what_stands_there(scene, regions):
    enrolment = scene.cohort.enrolments.get()
    Enrolment.objects.filter(pk=enrolment.pk).update(disability="yes", sex="male")
    client, leilek = browser(scene.lead), str(regions["leilek"].pk)
    assert page_of(enrolment) in client.get(reverse("cohorts:person", args=[enrolment.pk])).text
    page = BeautifulSoup(client.get(page_of(enrolment)).content, "html.parser")
    assert page.find(id="id_display_name")["value"] == "Айгүл Өмүрова"
    assert page.find("input", {"name": "sex", "checked": True})["value"] == "male"
    assert "disability" not in {field.get("name") for field in page.find_all("input")}
    assert all(len(page.find_all(attrs={"name": name, "value": "unsaid"})) == 1 for name in ("sex", "age_band"))

    sent = said(display_name=" Айгүл  О. ", sex="female", age_band="26_35", region=leilek, category="teacher")
    answer = client.post(page_of(enrolment), sent, follow=True).text
    enrolment = Enrolment.objects.select_related("person").get(pk=enrolment.pk)
    assert enrolment.facts == Facts("female", "26_35", regions["leilek"], "teacher", "yes")
    assert enrolment.person.display_name == "Айгүл О."
    assert "<bdi>Айгүл О.</bdi>" in answer
    noted = AuditEntry.objects.get(verb="correct_enrolment")
    assert (noted.actor_id, noted.organisation_id) == (scene.lead.pk, scene.organisation.pk)
    fields = ["sex", "age_band", "region", "category", "display_name"]
    assert noted.details == {"cohort": scene.cohort.code, "fields": fields}

    assert "Nothing was different" in client.post(page_of(enrolment), sent, follow=True).text
    assert AuditEntry.objects.filter(verb="correct_enrolment").count() == 1
    back = browser(scene.coordinator).post(page_of(enrolment), said(display_name="", category="other"))
    assert back.status_code == 422
    assert re.search(r'value="other"[^>]*checked', back.text)
    assert Enrolment.objects.get(pk=enrolment.pk).sex == "female"


@pytest.mark.parametrize("name", ["=cmd()", "<b>Айгүл</b>", "Айгүл 0555 12 34 56", "aigul@example.org", "www.evil.kg"])
def test_what_is_no_name_is_sent_back(scene, name):
    enrolment = scene.cohort.enrolments.get()
    answer = browser(scene.lead).post(page_of(enrolment), said(display_name=name))
    assert (answer.status_code, "Only a name or an alias" in answer.text) == (422, True)
    assert Enrolment.objects.get(pk=enrolment.pk).person.display_name == "Айгүл Өмүрова"


def test_strangers_and_she_herself_find_no_such_page(scene):
    enrolment = scene.cohort.enrolments.get()
    for person in (*scene.strangers, scene.participant):
        client = browser(person)
        assert client.get(page_of(enrolment)).status_code == 404
        assert client.post(page_of(enrolment), said(sex="female")).status_code == 404
    assert Enrolment.objects.get(pk=enrolment.pk).sex == "unsaid"


def test_of_a_closed_cohort_it_is_read_only(scene, at):
    enrolment, client = scene.cohort.enrolments.get(), browser(scene.coordinator)
    Cohort.objects.filter(pk=scene.cohort.pk).update(state=CohortState.CLOSED, closed_at=at)
    assert page_of(enrolment) not in client.get(reverse("cohorts:person", args=[enrolment.pk])).text
    assert "<form" not in client.get(page_of(enrolment)).text.partition("<main")[2].partition("</main>")[0]
    answer = client.post(page_of(enrolment), said(display_name="Башка", sex="female"))
    assert answer.status_code == 422
    assert "Башка" in answer.text
    enrolment.refresh_from_db()
    assert (enrolment.sex, enrolment.person.display_name) == ("unsaid", "Айгүл Өмүрова")


@pytest.mark.parametrize("known", ["duties", "elsewhere"])
def test_whom_others_know_by_her_name_changes_it_herself(scene, known, at):
    enrolment, client = scene.cohort.enrolments.get(), browser(scene.lead)
    if known == "duties":
        make_role(scene.participant, RoleKind.OBSERVER, scene.organisation)
    else:
        make_enrolment(make_cohort(make_organisation("alien"), scene.region), scene.participant)
    page = client.get(page_of(enrolment)).text
    assert 'name="display_name"' not in page
    assert "only she changes how she is called" in page
    client.post(page_of(enrolment), said(display_name="Башка", sex="female"))
    enrolment = Enrolment.objects.select_related("person").get(pk=enrolment.pk)
    assert (enrolment.sex, enrolment.person.display_name) == ("female", "Айгүл Өмүрова")
    told = {"enrolment": enrolment, "language": "ky", "facts": enrolment.facts, "by": scene.lead, "at": at}
    with pytest.raises(actions.NameIsHers):
        actions.correct_enrolment(**told, display_name="Башка")
    actions.correct_enrolment(**told, display_name="Айгүл Өмүрова")


def test_the_action_refuses_what_the_page_does_not_offer(scene, at):
    enrolment = scene.cohort.enrolments.get()
    Cohort.objects.filter(pk=scene.cohort.pk).update(languages=["ky"])
    told = {"enrolment": enrolment, "facts": replace(NOTHING_SAID, sex="female"), "by": scene.lead, "at": at}
    with pytest.raises(actions.NotSpokenHere):
        actions.correct_enrolment(**told, language="ru")
    actions.withdraw_enrolment(enrolment=enrolment, reason="other", by=scene.lead, at=at)
    assert browser(scene.lead).get(page_of(enrolment)).status_code == 404
    with pytest.raises(actions.LeftMeanwhile):
        actions.correct_enrolment(**told, language="ky")
