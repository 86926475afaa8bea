"""The four steps of planning, without a session and without JavaScript."""

import re
from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime

from lms.cohorts.models import Cohort, CohortState, Session, Standing
from lms.people.models import Engagement, RoleKind
from tests.factories.cohorts import make_coaching, make_cohort, make_standing
from tests.factories.people import browser, make_role, make_staff

pytestmark = pytest.mark.django_db
BISHKEK = ZoneInfo("Asia/Bishkek")


def state_of(response) -> dict[str, str]:
    """What the page carries to the next step."""
    page = response.content.decode()
    return {
        name: unescape(re.search(rf'name="{name}" value="([^"]*)"', page)[1])
        for name in ("state", "step")
        if f'name="{name}"' in page
    }


class Walk:
    """Somebody who fills in step after step."""

    def __init__(self, person) -> None:
        self.client, self.url = browser(person), reverse("cohorts:plan")
        self.response = self.client.get(self.url)

    def send(self, go: str = "next", **typed):
        self.response = self.client.post(self.url, {**state_of(self.response), "go": go, **typed})
        return self.response

    @property
    def step(self) -> str:
        return state_of(self.response)["step"]


@pytest.fixture
def what(scene):
    return {"organisation": str(scene.organisation.pk), "modules": ["M1"], "languages": ["ky", "ru"]}


@pytest.fixture
def where(scene, regions):
    return {
        "region": str(regions["leilek"].pk),
        "place": "Мектеп",
        "starts_on": "2026-12-01",
        # Whenever the tests run.
        "begun": "on",
        "starts_at": "09:30",
    }


def test_where_nobody_may_train_yet_the_plan_leads_to_the_first_trainers(scene, what, where):
    walk = Walk(scene.coordinator)
    for typed in (what, where):
        walk.send(**typed)
    assert "Nobody may train here yet" not in walk.response.text
    Standing.objects.filter(organisation=scene.organisation).update(state="withdrawn")
    walk = Walk(scene.coordinator)
    for typed in (what, where):
        walk.send(**typed)
    page = walk.response.text
    assert (walk.step, "Nobody may train here yet" in page, 'value="next"' in page) == ("who", True, False)
    assert walk.client.get(reverse("cohorts:founding")).status_code == 200
    assert reverse("cohorts:founding") in page
    walk.send("back")
    assert walk.step == "where"


def test_where_trainers_have_no_standing_the_plan_says_so_and_goes_on(scene, what, where):
    walk = Walk(scene.coordinator)
    for typed in (what, where):
        walk.send(**typed)
    assert reverse("cohorts:founding") not in walk.response.text
    Standing.objects.filter(organisation=scene.organisation).update(state="withdrawn")
    make_role(scene.lead, RoleKind.TRAINER, scene.organisation)
    walk = Walk(scene.coordinator)
    for typed in (what, where):
        walk.send(**typed)
    page = walk.response.text
    assert ("Nobody may train this here yet" in page, reverse("cohorts:founding") in page) == (True, True)
    walk.send(lead=str(scene.lead.pk), capacity="24")
    assert walk.step == "times"


def test_plan_walks_through_four_steps_to_a_draft(scene, what, where):
    walk = Walk(scene.coordinator)
    steps = [walk.step]
    for typed in (what, where, {"lead": str(scene.lead.pk), "capacity": "24", "title_ky": "Топ"}):
        walk.send(**typed)
        steps.append(walk.step)
    assert steps == ["what", "where", "who", "times"]
    page = walk.response.content.decode()
    assert ('value="2026-12-01T09:30"' in page, "<dd>M1 · Module M1" in page) == (True, True)
    based_on = re.search(r'name="based_on" value="([^"]*)"', page)[1]
    times = {"based_on": based_on, "start-M1.1": "2026-12-01T09:30", "start-M1.2": "2026-12-03T15:00"}
    response = walk.send(**times)
    cohort = Cohort.objects.get(state=CohortState.DRAFT)
    assert (response.status_code, response["Location"]) == (302, cohort.get_absolute_url())
    assert (cohort.capacity, cohort.place, cohort.region.code, cohort.languages, cohort.title_ky) == (
        24,
        "Мектеп",
        "41705236000000",
        ["ky", "ru"],
        "Топ",
    )
    assert [session.starts_at for session in cohort.sessions.all()] == [
        datetime(2026, 12, 1, 9, 30, tzinfo=BISHKEK),
        datetime(2026, 12, 3, 15, tzinfo=BISHKEK),
    ]
    assert cohort.trainers.get().person == scene.lead


def test_wrong_values_stay_on_the_step_and_are_kept(scene, what, where):
    walk = Walk(scene.coordinator)
    walk.send(**what)
    response = walk.send(**{**where, "starts_on": "31.02.2026", "place": "Мектеп № 5"})
    page = response.content.decode()
    assert (response.status_code, walk.step) == (422, "where")
    assert "31.02.2026" in page
    assert "Мектеп № 5" in page
    assert 'aria-invalid="true"' in page


def test_back_keeps_what_was_typed_even_if_it_is_wrong(scene, what, where):
    walk = Walk(scene.coordinator)
    walk.send(**what)
    walk.send(go="back", **{**where, "place": "Клуб", "starts_on": ""})
    assert (walk.response.status_code, walk.step) == (200, "what")
    assert re.search(r'value="M1"[^>]*checked', walk.response.content.decode())
    walk.send(**what)
    page = walk.response.content.decode()
    assert (walk.response.status_code, walk.step) == (200, "where")
    assert "Клуб" in page
    assert "aria-invalid" not in page


def test_another_language_keeps_the_step_and_all_that_came_before(scene, what, where):
    walk = Walk(scene.coordinator)
    walk.send(**what)
    walk.send(**where)
    page = walk.response.content.decode()
    assert re.search(r'<button form="carried" formaction="/ru/desk/cohorts/plan/"', page)
    carried = dict(re.findall(r'name="(\w+)" value="([^"]*)"', re.search(r'<form id="carried".*?</form>', page)[0]))
    carried = {name: unescape(value) for name, value in carried.items() if name != "csrfmiddlewaretoken"}
    walk.url = walk.url.replace("/en/", "/ru/").replace("/ky/", "/ru/")
    walk.response = walk.client.post(walk.url, carried)
    assert walk.step == "who"
    assert "Тренеры" in walk.response.content.decode()
    assert 'class="error' not in walk.response.content.decode()
    assert 'value="Мектеп"' in walk.send(go="back").content.decode()


def test_changed_day_proposes_new_times(scene, what, where):
    walk = Walk(scene.coordinator)
    walk.send(**what)
    walk.send(**where)
    walk.send(lead=str(scene.lead.pk), capacity="24")
    old = re.search(r'name="based_on" value="([^"]*)"', walk.response.content.decode())[1]
    walk.send(go="back", **{"based_on": old, "start-M1.1": "2026-12-01T11:00", "start-M1.2": "2026-12-01T15:00"})
    walk.send(go="back", lead=str(scene.lead.pk), capacity="24")
    walk.send(**{**where, "starts_on": "2026-12-07"})
    walk.send(lead=str(scene.lead.pk), capacity="24")
    page = walk.response.content.decode()
    assert 'value="2026-12-07T09:30"' in page
    assert "2026-12-01" not in page.split('name="based_on"')[1]


def test_first_day_that_is_over_is_asked_about_once_more(scene, what, where):
    yesterday, tomorrow = (f"{timezone.localdate() + timedelta(days=days):%Y-%m-%d}" for days in (-1, 1))
    del where["begun"]
    walk = Walk(scene.coordinator)
    walk.send(**what)
    assert 'name="begun"' not in walk.response.text
    asked = walk.send(**{**where, "starts_on": yesterday})
    assert (asked.status_code, walk.step) == (422, "where")
    assert "This day is over." in asked.text
    assert f'value="{yesterday}"' in asked.text
    assert 'name="begun"' in asked.text
    walk.send(**{**where, "starts_on": tomorrow})
    assert walk.step == "who"
    walk.send(go="back", lead=str(scene.lead.pk), capacity="24")
    walk.send(**{**where, "starts_on": yesterday, "begun": "on"})
    walk.send(lead=str(scene.lead.pk), capacity="24")
    based_on = re.search(r'name="based_on" value="([^"]*)"', walk.response.text)[1]
    walk.send(**{"based_on": based_on, "start-M1.1": f"{yesterday}T09:30", "start-M1.2": f"{yesterday}T15:00"})
    assert f"{Cohort.objects.get(state=CohortState.DRAFT).starts_on:%Y-%m-%d}" == yesterday


def test_lesson_on_a_day_that_is_over_is_told_beside_its_field(scene, what, where):
    """Where the first day is still to come, a wrong year is all that it can be."""
    day = timezone.localdate() + timedelta(days=2)
    del where["begun"]
    walk = Walk(scene.coordinator)
    for typed in (what, {**where, "starts_on": f"{day:%Y-%m-%d}"}, {"lead": str(scene.lead.pk), "capacity": "24"}):
        walk.send(**typed)
    based_on = re.search(r'name="based_on" value="([^"]*)"', walk.response.text)[1]
    wrong = f"{day.year - 1}-{day:%m-%d}T15:00"
    times = {"based_on": based_on, "start-M1.1": f"{day:%Y-%m-%d}T09:30", "start-M1.2": wrong}
    refused = walk.send(**times)
    assert (refused.status_code, refused.text.count("This day is over.")) == (422, 2)
    assert wrong in refused.text
    assert not Cohort.objects.filter(state=CohortState.DRAFT).exists()


def test_mangled_or_foreign_state_begins_again(scene, what):
    walk = Walk(scene.coordinator)
    other = Walk(scene.lead)
    for state in ("", "x:y:z", state_of(other.response)["state"]):
        response = walk.client.post(walk.url, {**what, "state": state, "step": "what", "go": "next"})
        assert (response.status_code, response["Location"]) == (302, walk.url)
    assert not Cohort.objects.filter(state=CohortState.DRAFT).exists()


def test_somebody_with_standing_plans_for_herself_alone(scene, regions):
    trainer = make_staff("trainer", "Бермет")
    make_standing(trainer, scene.organisation, region=regions["KG-N"], level="certified")
    walk = Walk(trainer)
    walk.send(organisation=str(scene.organisation.pk), modules=["M1"], languages=["ky"])
    page = walk.response.content.decode()
    assert ("Naryn" in page, "At-Bashy" in page, "Batken" in page) == (True, True, False)
    walk.send(region=str(regions["at-bashy"].pk), starts_on="2026-12-01", begun="on", starts_at="10:00")
    page = walk.response.content.decode()
    assert ("Бермет" in page, "Нурзада" in page, "co_trainers" in page) == (True, False, False)
    refused = walk.send(lead=str(scene.lead.pk), capacity="24")
    assert refused.status_code == 422


def offers(walk, language) -> bool:
    return f'name="languages" value="{language}"' in walk.response.text


def test_nobody_plans_for_herself_in_a_language_that_her_standing_does_not_hold_for(scene):
    """A candidate's draft that cannot be opened would stand in the way of her next one."""
    trainer = make_staff("trainer", "Бермет")
    make_standing(trainer, scene.organisation, level="candidate", languages=("ky", "ru"))
    make_standing(trainer, scene.organisation, "M2", level="candidate", languages=("en",))
    walk = Walk(trainer)
    assert [offers(walk, code) for code in ("ky", "ru", "en")] == [True] * 3
    asked = {"organisation": str(scene.organisation.pk), "modules": ["M1"]}
    refused = walk.send(**asked, languages=["ky", "en"])
    assert (refused.status_code, "You may not train these modules in: English." in refused.text) == (422, True)
    Standing.objects.filter(person=trainer, module_code="M2").delete()
    walk = Walk(trainer)
    assert [offers(walk, code) for code in ("ky", "ru", "en")] == [True, True, False]
    assert walk.send(**asked, languages=["en"]).status_code == 422
    walk.send(**asked, languages=["ky"])
    assert walk.step == "where"


def test_a_coordinator_is_told_in_the_plan_which_language_no_trainer_of_hers_has(scene, what, where):
    Standing.objects.filter(person=scene.lead).update(languages=["ky"])
    helper = make_staff("helper", "Бермет")
    make_standing(helper, scene.organisation, languages=("ru",))
    walk = Walk(scene.coordinator)
    for typed in (what, where):
        walk.send(**typed)
    refused = walk.send(lead=str(scene.lead.pk), capacity="24")
    assert (refused.status_code, "None of the trainers may train in: Русский" in refused.text) == (422, True)
    walk.send(lead=str(scene.lead.pk), co_trainers=[str(helper.pk)], capacity="24")
    assert walk.step == "times"


def test_opening_from_the_desk_says_what_is_missing(scene, regions):
    draft = make_cohort(scene.organisation, regions["KG-B"], make_staff("novice"), state="draft")
    draft.trainers.get().person.standings.all().delete()
    client = browser(scene.coordinator)
    response = client.post(reverse("cohorts:open", args=[draft.pk]))
    assert response["Location"] == draft.get_absolute_url()
    page = client.get(reverse("cohorts:edit", args=[draft.pk])).content.decode()
    assert "may not train the module M1" in page
    draft.refresh_from_db()
    assert draft.state == CohortState.DRAFT


def ways_out(person, draft) -> list[str]:
    """Where the refusal to open it leads."""
    answer = browser(person).post(reverse("cohorts:open", args=[draft.pk]), follow=True)
    said = re.search(r'<div class="messages".*?</div>\s*</div>', answer.text, re.S)[0]
    draft.refresh_from_db()
    assert draft.state == CohortState.DRAFT
    ways = re.findall(r'href="([^"]+)"', said)
    assert {browser(person).get(way).status_code for way in ways} <= {200}
    return ways


def test_a_refusal_to_open_leads_to_where_it_is_mended(scene, regions):
    """The coordinator to all of it; a trainer for her own draft to what is hers."""
    lead = make_staff("novice")
    draft = make_cohort(scene.organisation, scene.region, lead, state="draft")
    trainers, standings = reverse("cohorts:trainers", args=[draft.pk]), reverse("cohorts:standings")
    held, plan = lead.standings.get(), reverse("cohorts:plan")
    assert ways_with(scene, draft, held, languages=["ky"]) == ([trainers, plan], [plan])
    assert ways_with(scene, draft, held, languages=["ky", "ru"], level="candidate") == ([standings], [])
    # A regional coordinator names coaches within her region.
    coach = reverse("cohorts:standing", args=[held.pk])
    assert ways_with(scene, draft, held, region=scene.region) == ([coach], [])
    assert ways_with(scene, draft, held, state="withdrawn") == ([trainers, standings], [])
    Engagement.objects.filter(person=lead).update(left_at=timezone.now())
    assert ways_out(scene.coordinator, draft) == [trainers]
    Engagement.objects.filter(person=lead).update(left_at=None)
    Session.objects.filter(cohort=draft).update(state="cancelled")
    assert ways_with(scene, draft, held) == ([reverse("cohorts:edit", args=[draft.pk])],) * 2


def ways_with(scene, draft, standing, **values):
    if values:
        Standing.objects.filter(pk=standing.pk).update(**values)
    return ways_out(scene.coordinator, draft), ways_out(standing.person, draft)


def test_a_candidate_is_led_to_the_cohort_that_she_leads_already(scene, at):
    lead, coach = make_staff("novice"), make_staff("coach")
    standing = make_standing(lead, scene.organisation, level="candidate", region=scene.region)
    make_coaching(standing, coach, timezone.localdate() + timedelta(days=60))
    first = make_cohort(scene.organisation, scene.region, lead, starts_on=timezone.localdate(), at=timezone.now())
    draft = make_cohort(scene.organisation, scene.region, make_staff("helper"), state="draft")
    draft.trainers.all().delete()
    draft.trainers.create(person=lead, part="lead")
    assert ways_out(scene.coordinator, draft) == [first.get_absolute_url()]
    assert ways_out(lead, draft) == [first.get_absolute_url()]


def test_edit_keeps_typed_values_and_says_what_is_wrong(scene):
    first, second = scene.cohort.sessions.all()
    url = reverse("cohorts:edit", args=[scene.cohort.pk])
    typed = {
        "place": "Клуб",
        "capacity": "0",
        f"start-{first.pk}": "2026-12-01T10:00",
        f"start-{second.pk}": "soon",
    }
    response = browser(scene.lead).post(url, typed)
    page = response.content.decode()
    assert (response.status_code, "Клуб" in page, "soon" in page) == (422, True, True)
    typed |= {"capacity": "20", f"start-{second.pk}": "2026-12-01T11:00"}
    response = browser(scene.lead).post(url, typed)
    assert response.status_code == 422
    clash = "“{}” (01.12.2026 10:00–11:30) and “{}” (01.12.2026 11:00–12:30) overlap"
    assert clash.format(first.name, second.name) in response.text
    typed[f"start-{second.pk}"] = "2026-12-01T12:00"
    assert browser(scene.lead).post(url, typed)["Location"] == url
    scene.cohort.refresh_from_db()
    assert (scene.cohort.capacity, str(scene.cohort.starts_on)) == (20, "2026-12-01")


def test_edit_says_what_the_public_sees_before_it_is_ticked(scene):
    url, client = reverse("cohorts:edit", args=[scene.cohort.pk]), browser(scene.lead)
    page = client.get(url).content.decode()
    assert "Nobody sees the place, the trainers or the people." in page
    assert not re.search(r'name="listed_publicly"[^>]*checked', page)
    for ticked in (True, False):
        typed = {"place": "", "capacity": "20", **({"listed_publicly": "on"} if ticked else {})}
        for session in scene.cohort.sessions.all():
            typed[f"start-{session.pk}"] = f"{localtime(session.starts_at):%Y-%m-%dT%H:%M}"
        assert client.post(url, typed)["Location"] == url
        scene.cohort.refresh_from_db()
        assert scene.cohort.listed_publicly == ticked


def test_trainers_of_a_draft_are_chosen_anew(scene, regions):
    draft = make_cohort(scene.organisation, regions["KG-B"], scene.lead, state="draft")
    url = reverse("cohorts:trainers", args=[draft.pk])
    response = browser(scene.coordinator).post(url, {"lead": str(scene.other_lead.pk)})
    assert response["Location"] == draft.get_absolute_url()
    assert draft.trainers.get().person == scene.other_lead
