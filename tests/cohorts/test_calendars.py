"""Calendars: a secret address, a neutral file that other libraries read, shut when it should be."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.cohorts import actions
from lms.cohorts.models import CalendarAddress, CohortState, Enrolment
from lms.cohorts.queries import token_of
from lms.people.models import PersonKey, Role, User
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.notices import choose
from tests.factories.people import AT, browser, make_person

pytestmark = pytest.mark.django_db


def make(person, cohort=None) -> CalendarAddress:
    return actions.make_calendar_address(person=person, cohort=cohort, by=person, at=AT)


def fetch(address: CalendarAddress, token: str = ""):
    return Client().get(f"/cal/{token or token_of(address)}.ics")


def events(address: CalendarAddress) -> list[icalendar.Event]:
    answer = fetch(address)
    assert answer.status_code == 200
    return list(icalendar.Calendar.from_ical(answer.content).events)


@pytest.fixture
def own(scene):
    return make(scene.participant)


def test_the_file_is_fetched_without_sign_in_cookie_or_trace(own):
    answer = fetch(own)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-store"
    assert (answer["X-Robots-Tag"], answer["Referrer-Policy"]) == ("noindex", "no-referrer")
    assert not answer.cookies
    assert Client().head(f"/cal/{token_of(own)}.ics").status_code == 200
    assert Client().post(f"/cal/{token_of(own)}.ics").status_code == 405


def test_another_library_reads_the_same(own, scene):
    calendar = vobject.readOne(fetch(own).content.decode())
    sessions = list(scene.cohort.sessions.order_by("starts_at"))
    read = [(event.uid.value, event.dtstart.value, event.dtend.value) for event in calendar.vevent_list]
    assert read == [(f"{session.pk}@yntymak", session.starts_at, session.ends_at) for session in sessions]
    assert [str(zone.tzid.value) for zone in calendar.vtimezone_list] == ["Asia/Bishkek"]
    assert calendar.serialize()


def test_times_are_those_of_the_place(own, scene):
    session = scene.cohort.sessions.order_by("starts_at").first()
    start = events(own)[0]["dtstart"]
    assert start.params["TZID"] == "Asia/Bishkek"
    assert start.dt.replace(tzinfo=None) == session.starts_at.astimezone(ZoneInfo("Asia/Bishkek")).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("reveals", "summary", "place", "names_the_topic"),
    [
        ("nothing", "Жолугушуу", False, False),
        ("time_and_place", "Жолугушуу", True, False),
        ("everything", "M1.1 Ким чечет", True, True),
    ],
)
def test_it_says_no_more_than_its_person_allows(own, scene, reveals, summary, place, names_the_topic):
    choose(scene.participant, "site", reveals)
    session = scene.cohort.sessions.get(lesson_code="M1.1")
    session.titles, session.place = {"ky": "Ким чечет"}, "Клуб № 5"
    session.save()
    event = next(event for event in events(own) if str(session.pk) in event["uid"])
    assert (str(event["summary"]), "location" in event) == (summary, place)
    content = fetch(own).content.decode()
    assert ("Клуб" in content) == place
    assert (scene.cohort.title_ky in icalendar.Calendar.from_ical(content).to_ical().decode()) == names_the_topic
    for hers in (
        scene.cohort.code,
        scene.participant.display_name,
        scene.organisation.name_ky,
        scene.lead.display_name,
    ):
        assert hers not in content


@pytest.mark.parametrize(
    ("reveals", "name", "said"),
    [
        ("nothing", "Жолугушуулар", "neither the place nor the topic"),
        ("time_and_place", "Yntymak", "but not the topic"),
        ("everything", "Yntymak", "which training and which lesson"),
    ],
)
def test_her_page_says_what_whoever_knows_the_address_sees(own, scene, reveals, name, said):
    choose(scene.participant, "site", reveals)
    page = browser(scene.participant).get("/en/me/calendar/").text
    assert said in page
    assert "nothing but that there is a message" not in page
    assert f"X-WR-CALNAME:{name}" in fetch(own).content.decode()


def test_a_moved_or_cancelled_session_stays_the_same_event(own, scene):
    moved, cancelled = scene.cohort.sessions.order_by("starts_at")
    change = actions.SessionChange(moved.starts_at - timedelta(days=1), "")
    facts = {"capacity": 30, "place": "", "title": {}, "listed_publicly": False, "by": scene.lead, "at": AT}
    before = {event["uid"]: event["sequence"] for event in events(own)}
    actions.change_cohort(cohort=scene.cohort, sessions={moved: change}, **facts)
    actions.cancel_session(session=cancelled, by=scene.lead, at=AT)
    after = {event["uid"]: (event["sequence"], event["status"]) for event in events(own)}
    assert set(before.values()) == {0}
    assert after == {f"{moved.pk}@yntymak": (1, "CONFIRMED"), f"{cancelled.pk}@yntymak": (1, "CANCELLED")}
    actions.change_cohort(cohort=scene.cohort, sessions={moved: change}, **facts)
    assert {event["uid"]: event["sequence"] for event in events(own)}[f"{moved.pk}@yntymak"] == 1


def test_a_cancelled_cohort_cancels_its_events(own, scene):
    actions.cancel_cohort(cohort=scene.cohort, by=scene.lead, at=AT)
    assert {(event["sequence"], event["status"]) for event in events(own)} == {(1, "CANCELLED")}


def test_her_calendar_holds_what_she_learns_and_what_she_trains(scene, own):
    strange = make_cohort()
    make_enrolment(strange, scene.participant, state="waiting")
    assert len(events(own)) == 2
    trains = make_cohort(lead=scene.participant)
    draft = make_cohort(lead=scene.participant, state=CohortState.DRAFT)
    shown = {event["uid"].partition("@")[0] for event in events(own)}
    for cohort, is_shown in ((scene.cohort, True), (trains, True), (draft, False), (strange, False)):
        assert {str(session.pk) in shown for session in cohort.sessions.all()} == {is_shown}
    Enrolment.objects.filter(cohort=scene.cohort).update(state="withdrawn")
    assert len(events(own)) == 2


def test_what_is_long_past_leaves_the_calendar(own, scene):
    for session in scene.cohort.sessions.all():
        session.starts_at, session.ends_at = AT - timedelta(days=400), AT - timedelta(days=399)
        session.save()
    assert events(own) == []
    assert vobject.readOne(fetch(own).content.decode()).name == "VCALENDAR"


def test_the_calendar_of_a_cohort_ends_with_the_right_to_it(scene):
    address = make(scene.coordinator, scene.cohort)
    assert len(events(address)) == 2
    Role.objects.filter(person=scene.coordinator).delete()
    assert events(address) == []


def test_nothing_but_the_exact_secret_opens_it(own):
    token = token_of(own)
    for wrong in (token.upper(), token[:-1], f"{token}0", f"{token[:8]}-{token[8:]}", f" {token}", "x", "0" * 32):
        assert fetch(own, wrong).status_code == (200 if wrong == token else 404)
    assert token not in repr(CalendarAddress.objects.values().get())


def test_it_is_shut_when_revoked_erased_merged_or_without_key(scene, own):
    token = token_of(own)
    for change in ({"erased_at": timezone.now()}, {"merged_into": make_person()}, {"is_active": False}):
        User.objects.filter(pk=scene.participant.pk).update(**change)
        assert fetch(own, token).status_code == 404
        User.objects.filter(pk=scene.participant.pk).update(erased_at=None, merged_into=None, is_active=True)
    assert fetch(own, token).status_code == 200
    actions.revoke_calendar_address(address=own, by=scene.participant, at=AT)
    assert fetch(own, token).status_code == 404
    again = make(scene.participant)
    assert token_of(again) != token
    token = token_of(again)
    PersonKey.objects.filter(person=scene.participant).delete()
    assert fetch(again, token).status_code == 404


def test_made_twice_is_one(scene):
    assert make(scene.participant) == make(scene.participant)
    assert make(scene.lead, scene.cohort) == make(scene.lead, scene.cohort)
    assert CalendarAddress.objects.count() == 2


def test_a_person_makes_sees_and_revokes_her_own(scene):
    client, page = browser(scene.participant), reverse("calendar:mine")
    assert "/cal/" not in client.get(page).text
    client.post(reverse("calendar:make"))
    address = CalendarAddress.objects.get()
    assert f"http://testserver/cal/{token_of(address)}.ics" in client.get(page).text
    shut = reverse("calendar:revoke", args=[address.pk])
    for other in (make_person("Бермет"), scene.coordinator):
        assert token_of(address) not in browser(other).get(page).text
        assert browser(other).post(shut).status_code == 404
    assert [client.get(url).status_code for url in (shut, reverse("calendar:make"))] == [405, 405]
    client.post(shut)
    assert not CalendarAddress.objects.exists()


def test_a_calendar_of_the_cohort_is_for_those_who_run_it(scene):
    url = reverse("cohorts:make_calendar", args=[scene.cohort.pk])
    for person in (*scene.strangers, scene.participant):
        assert browser(person).post(url).status_code == 404
    assert Client().post(url).status_code == 302
    assert not CalendarAddress.objects.exists()
    for person in (scene.lead, scene.coordinator):
        answer = browser(person).post(url, follow=True)
        assert token_of(CalendarAddress.objects.get(person=person)) in answer.text
