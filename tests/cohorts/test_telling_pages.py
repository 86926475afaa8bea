"""Each page that changes a session asks whether the participants are told: what goes to how many."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.cohorts import actions
from lms.cohorts.models import Cohort, CohortState, DropReason, Pin, Session, SessionNotice, SessionState
from lms.cohorts.queries import reason_to_drop
from lms.cohorts.rendering import words_of_sessions
from lms.common.dates import local_day, long_date
from lms.notices.models import Channel, ContactRule, Notice, NoticeState
from lms.people.actions import keep_contact
from tests.factories.cohorts import add_trainer, make_enrolment
from tests.factories.people import browser, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(scene):
    """The first of two; both lie ahead, and somebody may stand in."""
    today = timezone.now().replace(second=0, microsecond=0)
    for days, one in enumerate(scene.cohort.sessions.all(), start=5):
        starts_at = today + timedelta(days=days)
        Session.objects.filter(pk=one.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
    add_trainer(scene.cohort, make_staff("helper"))
    return scene.cohort.sessions.get(lesson_code="M1.1")


def later(session, days: int) -> str:
    return f"{timezone.localtime(session.starts_at + timedelta(days=days)):%Y-%m-%dT%H:%M}"


def changed_dates(scene, session) -> dict[str, str]:
    """What the page of dates sends, with another time for `session`."""
    typed = {"place": "", "capacity": "30"}
    for row in scene.cohort.sessions.all():
        typed |= {f"start-{row.pk}": later(row, 9 if row == session else 0), f"place-{row.pk}": row.place}
    return typed


def typed_at(page: str, scene, session) -> dict[str, str]:
    helper = scene.cohort.trainers.exclude(person=scene.lead).get().person_id
    return {
        "session": {"starts_at": later(session, 9), "place": "Клуб"},
        "cancel_session": {},
        "plan_session_again": {"starts_at": later(session, 9), "place": ""},
        "add_extra_session": {"module": "M1", "title_ky": "Экскурсия", "minutes": "60", "starts_at": later(session, 9)},
        "substitute": {"person": str(helper)},
        "edit": changed_dates(scene, session),
    }[page]


def address(page: str, scene, session) -> str:
    of_cohort = page in ("edit", "add_extra_session")
    return reverse(f"cohorts:{page}", args=[scene.cohort.pk if of_cohort else session.pk])


PAGES = {
    "session": SessionNotice.MOVED,
    "edit": SessionNotice.MOVED,
    "cancel_session": SessionNotice.CANCELLED,
    "plan_session_again": SessionNotice.ADDED,
    "add_extra_session": SessionNotice.ADDED,
    "substitute": SessionNotice.LED,
}


@pytest.mark.parametrize(("page", "kind"), PAGES.items())
def test_a_change_is_told_where_it_is_ticked_and_the_message_shown(scene, session, page, kind):
    url, client = address(page, scene, session), browser(scene.lead)
    answer = client.post(url, {**typed_at(page, scene, session), "tell": "yes"})
    assert (answer.status_code, answer["Location"]) == (302, reverse("cohorts:notices", args=[scene.cohort.pk]))
    notice = Notice.objects.get()
    assert (notice.kind, notice.person, notice.is_waiting) == (kind, scene.participant, True)
    lesson = "" if page == "add_extra_session" else "M1.1 "
    assert f"{kind.label} · {lesson}" in client.get(answer["Location"]).text


@pytest.mark.parametrize("page", PAGES)
def test_a_change_without_the_tick_tells_nobody(scene, session, page):
    before = list(scene.cohort.sessions.values_list("state", "revision", "led_by"))
    client = browser(scene.lead)
    answer = client.post(address(page, scene, session), typed_at(page, scene, session))
    assert (answer["Location"], Notice.objects.count()) == (reverse("cohorts:edit", args=[scene.cohort.pk]), 0)
    assert list(scene.cohort.sessions.values_list("state", "revision", "led_by")) != before
    assert "Nobody is told of it: the box was not ticked." in client.get(answer["Location"]).text


LATER_TOLD = {page: kind for page, kind in PAGES.items() if kind != SessionNotice.LED}


@pytest.mark.parametrize(("page", "kind"), LATER_TOLD.items())
def test_a_forgotten_tick_is_made_good_once_on_the_page_of_the_session(scene, session, page, kind):
    client = browser(scene.lead)
    client.post(address(page, scene, session), typed_at(page, scene, session))
    changed = session if kind != SessionNotice.ADDED else scene.cohort.sessions.order_by("pk").last()
    url = reverse("cohorts:session", args=[changed.pk])
    message = client.get(reverse("cohorts:edit", args=[scene.cohort.pk])).text.split("the box was not ticked.")[1]
    assert f'href="{url}"' in message.split("</p>")[0]
    shown = client.get(url).text
    assert "Nobody was told of the change" in shown
    assert f"1 person gets the message “{kind.label}”" in shown
    tell = reverse("cohorts:tell_of_session", args=[changed.pk])
    answer = client.post(tell, {"tell": "on"})
    assert answer["Location"] == reverse("cohorts:notices", args=[scene.cohort.pk])
    notice = Notice.objects.get()
    assert (notice.kind, notice.person, notice.is_waiting) == (kind, scene.participant, True)
    assert "Nobody was told of the change" not in client.get(url).text
    assert "exists already" in client.post(tell, {"tell": "on"}, follow=True).text
    assert Notice.objects.count() == 1


def test_nothing_is_offered_where_nothing_changed_or_nobody_would_be_told(scene, session):
    client, url = browser(scene.coordinator), reverse("cohorts:session", args=[session.pk])

    def is_offered() -> bool:
        return "Nobody was told of the change" in client.get(url).text

    assert not is_offered()
    Session.objects.filter(pk=session.pk).update(revision=1)
    assert is_offered()
    Cohort.objects.filter(pk=scene.cohort.pk).update(state=CohortState.DRAFT)
    assert not is_offered()
    Cohort.objects.filter(pk=scene.cohort.pk).update(state=CohortState.RUNNING)
    Session.objects.filter(pk=session.pk).update(starts_at=timezone.now() - timedelta(minutes=1))
    assert not is_offered()


@pytest.mark.parametrize("page", LATER_TOLD)
def test_what_was_changed_in_the_draft_is_news_to_nobody(scene, session, page):
    Cohort.objects.filter(pk=scene.cohort.pk).update(state=CohortState.DRAFT)
    Pin.objects.all().delete()
    client = browser(scene.coordinator)
    client.post(address(page, scene, session), typed_at(page, scene, session))
    changed = session if LATER_TOLD[page] != SessionNotice.ADDED else scene.cohort.sessions.order_by("pk").last()
    actions.open_cohort(cohort=scene.cohort, by=scene.lead, at=timezone.now())
    url = reverse("cohorts:session", args=[changed.pk])
    assert "Nobody was told of the change" not in client.get(url).text
    Session.objects.filter(pk=changed.pk).update(state=SessionState.PLANNED)
    client.post(url, {"starts_at": later(session, 12), "place": "Клуб"})
    assert f"the message “{SessionNotice.MOVED.label}”" in client.get(url).text


def test_where_many_sessions_moved_the_message_leads_to_their_list(scene, session, monkeypatch):
    client, url = browser(scene.lead), address("edit", scene, session)
    typed = {name: "Клуб" if name.startswith("place") else said for name, said in changed_dates(scene, session).items()}
    monkeypatch.setattr("lms.cohorts.views.shared.LINKED", 1)
    message = client.post(url, typed, follow=True).text.split("the box was not ticked.")[1].split("</p>")[0]
    assert "on the page of each session" in message
    assert "href" not in message


def test_another_leader_is_no_other_time(scene, session):
    client, url = browser(scene.coordinator), reverse("cohorts:session", args=[session.pk])
    answer = client.post(address("substitute", scene, session), typed_at("substitute", scene, session), follow=True)
    assert "You can still tell them" not in answer.text
    assert "Nobody was told of the change" not in client.get(url).text
    client.post(url, {"starts_at": later(session, 12), "place": "Клуб"})
    assert "Nobody was told of the change" in client.get(url).text


@pytest.mark.parametrize("page", ["session", "plan_session_again", "add_extra_session"])
@pytest.mark.parametrize("told", [True, False])
def test_another_leader_after_a_change_offers_that_change_or_nothing(scene, session, page, told):
    client = browser(scene.coordinator)
    client.post(address(page, scene, session), typed_at(page, scene, session) | ({"tell": "on"} if told else {}))
    changed = session if page == "session" else scene.cohort.sessions.order_by("pk").last()
    client.post(address("substitute", scene, changed), typed_at("substitute", scene, changed))
    text = client.get(reverse("cohorts:session", args=[changed.pk])).text
    assert ("Nobody was told of the change" in text) is not told
    if not told:
        assert f"the message “{LATER_TOLD[page].label}”" in text
    client.post(address("session", scene, changed), {"starts_at": later(session, 14), "place": "Клуб"})
    text = client.get(reverse("cohorts:session", args=[changed.pk])).text
    expected = SessionNotice.MOVED if told else LATER_TOLD[page]
    assert f"the message “{expected.label}”" in text


@pytest.mark.parametrize("page", ["session", "edit"])
def test_a_moved_session_is_known_by_its_old_time(scene, session, page):
    client = browser(scene.coordinator)
    client.post(address(page, scene, session), typed_at(page, scene, session) | {"tell": "on"})
    notice = Notice.objects.get()
    known, now = session.starts_at, session.starts_at + timedelta(days=9)
    text = client.get(reverse("cohorts:notice", args=[notice.pk])).text
    clock = f"{timezone.localtime(known):%H:%M}"
    assert text.count(f"{timezone.localtime(known).day} ") >= 1
    words = words_of_sessions([notice])[notice.pk]
    assert words.title == "A session has a new time or place"
    assert words.time_and_place.startswith(f"The meeting of {long_date(local_day(known))}, {clock} is now: ")
    assert long_date(local_day(now)) in words.time_and_place
    assert session.title not in words.time_and_place
    assert f"Lesson: M1.1 {session.title}." in words.everything
    # What has not left told nobody: they still know the first time.
    client.post(address("session", scene, session), {"starts_at": later(session, 12), "place": "", "tell": "on"})
    second = Notice.objects.waiting().get()
    assert second.parameters["was"] == notice.parameters["was"] == known.isoformat()
    Notice.objects.filter(pk=second.pk).update(state=NoticeState.SENT, channel="site", ended_at=timezone.now())
    client.post(address("session", scene, session), {"starts_at": later(session, 14), "place": "", "tell": "on"})
    assert Notice.objects.waiting().get().parameters["was"] == (session.starts_at + timedelta(days=12)).isoformat()


def test_another_place_alone_names_one_time(scene, session):
    client = browser(scene.coordinator)
    client.post(address("session", scene, session), {"starts_at": later(session, 0), "place": "Клуб", "tell": "on"})
    notice = Notice.objects.get()
    assert words_of_sessions([notice])[notice.pk].time_and_place.startswith("The meeting is now: ")


def test_how_many_find_it_only_here_is_said_before_it_is_sent(scene, session):
    by_mail, lost = make_enrolment(scene.cohort).person, make_enrolment(scene.cohort).person
    for person in (by_mail, lost):
        ContactRule.objects.create(person=person, channel=Channel.EMAIL, changed_at=timezone.now())
    client = browser(scene.coordinator)
    assert "They all read it only when they open the site." in client.get(address("session", scene, session)).text
    keep_contact(person=by_mail, kind="email", address="a@example.org", by=by_mail, at=timezone.now())
    text = client.get(address("session", scene, session)).text
    assert "3 people get the message" in text
    assert "2 of them find it only when they open the site." in text
    client.post(address("session", scene, session), typed_at("session", scene, session))
    assert "2 of them find it only when they open the site." in client.get(address("session", scene, session)).text
    client.post(reverse("cohorts:tell_of_session", args=[session.pk]), {"tell": "on"})
    text = client.get(reverse("cohorts:notice", args=[Notice.objects.first().pk])).text
    assert "2 of them find it only when they open the site." in text


def test_only_who_changes_the_sessions_makes_a_forgotten_tick_good(scene, session):
    Session.objects.filter(pk=session.pk).update(revision=1)
    url = reverse("cohorts:tell_of_session", args=[session.pk])
    co_trainer = scene.cohort.trainers.exclude(person=scene.lead).get().person
    for person, status in [(co_trainer, 403), (scene.participant, 404), *((one, 404) for one in scene.strangers)]:
        assert browser(person).post(url, {"tell": "on"}).status_code == status
    assert Notice.objects.count() == 0


@pytest.mark.parametrize(
    ("page", "boxes"), [("session", 3), ("edit", 2), ("plan_session_again", 1), ("add_extra_session", 1)]
)
def test_the_box_says_what_goes_to_how_many(scene, session, page, boxes):
    make_enrolment(scene.cohort)
    make_enrolment(scene.cohort, state="withdrawn")
    text = browser(scene.coordinator).get(address(page, scene, session)).text
    assert text.count('name="tell"') == boxes
    assert "If you tick this, 2 people get the message" in text
    assert "3 people" not in text
    assert text.index('name="tell"') < text.index("If you tick this")
    Notice.objects.all().delete()
    scene.cohort.state = CohortState.DRAFT
    scene.cohort.save()
    assert 'name="tell"' not in browser(scene.coordinator).get(address(page, scene, session)).text


@pytest.mark.parametrize("page", ["session", "edit", "plan_session_again", "add_extra_session"])
def test_a_refused_time_tells_nobody_and_keeps_the_tick(scene, session, page):
    other = scene.cohort.sessions.get(lesson_code="M1.2")
    typed = {**typed_at(page, scene, session), "tell": "on"}
    typed |= {name: later(other, 0) for name in typed if name.startswith("start")}
    answer = browser(scene.lead).post(address(page, scene, session), typed)
    assert (answer.status_code, Notice.objects.count()) == (422, 0)
    assert "checked" in answer.text.split('name="tell"')[1].split(">")[0]


@pytest.mark.parametrize("page", ["session", "cancel_session", "substitute"])
def test_what_is_refused_for_good_tells_nobody(scene, session, page):
    begun = timezone.now() - timedelta(minutes=5)
    Session.objects.filter(pk=session.pk).update(state=SessionState.HELD, starts_at=begun)
    typed = {**typed_at(page, scene, session), "tell": "on"}
    if page == "substitute":
        typed["person"] = str(scene.participant.pk)
    browser(scene.lead).post(address(page, scene, session), typed)
    assert Notice.objects.count() == 0


def test_only_moved_sessions_are_told_of_and_those_that_move_with_the_cohort(scene, session):
    client, url = browser(scene.lead), address("edit", scene, session)
    client.post(url, {**changed_dates(scene, session), "tell": "yes"})
    assert [notice.subject_id for notice in Notice.objects.all()] == [str(session.pk)]
    Notice.objects.all().delete()
    scene.cohort.sessions.filter(lesson_code="M1.2").update(place="Мектеп")
    client.post(url, {**changed_dates(scene, None), "place": "Клуб", "tell": "yes"})
    assert [notice.subject_id for notice in Notice.objects.all()] == [str(session.pk)]
    assert "Клуб" in client.get(reverse("cohorts:notice", args=[Notice.objects.get().pk])).text


def test_sessions_planned_where_the_cohort_was_move_with_it(scene, session):
    client, url = browser(scene.lead), address("edit", scene, session)
    scene.cohort.sessions.update(place="Балыкчы")
    scene.cohort.sessions.filter(lesson_code="M1.2").update(place="Мектеп")
    Cohort.objects.update(place="Балыкчы")
    client.post(url, {**changed_dates(scene, None), "place": "Клуб", "tell": "yes"})
    assert set(scene.cohort.sessions.values_list("lesson_code", "place")) == {("M1.1", "Клуб"), ("M1.2", "Мектеп")}
    assert [notice.subject_id for notice in Notice.objects.all()] == [str(session.pk)]


def test_a_tick_where_nothing_changes_for_them_says_so(scene, session):
    client, url = browser(scene.lead), address("edit", scene, session)
    answer = client.post(url, {**changed_dates(scene, None), "capacity": "29", "tell": "yes"}, follow=True)
    assert "nothing changes for the participants" in answer.text
    assert not Notice.objects.exists()


def test_another_leader_and_another_time_are_two_messages(scene, session, at):
    client = browser(scene.lead)
    for page in ("substitute", "session"):
        client.post(address(page, scene, session), {**typed_at(page, scene, session), "tell": "yes"})
    assert [notice.is_waiting for notice in Notice.objects.all()] == [True, True]
    client.post(address("substitute", scene, session), {"person": "", "tell": "yes"})
    replaced = Notice.objects.get(reason=DropReason.REPLACED)
    assert replaced.kind == SessionNotice.LED
    client.post(address("cancel_session", scene, session), {"tell": "yes"})
    assert [notice.kind for notice in Notice.objects.waiting()] == [SessionNotice.CANCELLED]


def test_a_message_about_the_leader_names_nobody(scene, session):
    client = browser(scene.lead)
    client.post(address("substitute", scene, session), {**typed_at("substitute", scene, session), "tell": "yes"})
    text = client.get(reverse("cohorts:notice", args=[Notice.objects.get().pk])).text
    said = text.split("What it says")[1]
    assert "Somebody else leads a session" in said
    assert not any(part.person.display_name in said for part in scene.cohort.trainers.all())


def test_of_a_session_that_has_begun_nobody_is_told(scene, session):
    Session.objects.filter(pk=session.pk).update(starts_at=timezone.now() - timedelta(minutes=5))
    text = browser(scene.lead).get(address("session", scene, session)).text
    assert ('id="id_tell"' in text, "leader_tell" in text, "cancel_tell" in text) == (True, False, False)


def test_a_told_change_is_all_or_nothing(scene, session):
    actions.cancel_cohort(cohort=scene.cohort, by=scene.lead, at=timezone.now())
    browser(scene.lead).post(address("cancel_session", scene, session), {"tell": "yes"})
    session.refresh_from_db()
    assert (session.state, Notice.objects.count()) == (SessionState.PLANNED, 0)


def test_a_cohort_that_is_called_off_is_told_in_one_message(scene, session):
    client, url = browser(scene.lead), reverse("cohorts:cancel", args=[scene.cohort.pk])
    assert 'id="off_tell"' in client.get(address("edit", scene, session)).text
    answer = client.post(url, {"tell": "yes"})
    notice = Notice.objects.get()
    assert answer["Location"] == reverse("cohorts:notices", args=[scene.cohort.pk])
    assert (notice.kind, notice.subject_id) == (SessionNotice.CALLED_OFF, str(session.pk))
    said = client.get(reverse("cohorts:notice", args=[notice.pk])).text.split("What it says")[1]
    assert "All meetings from this one on will not take place" in said
    assert session.titles["ky"] not in said
    actions.settle_notice(notice=notice, at=notice.due_at)
    notice.refresh_from_db()
    assert notice.state == NoticeState.SENT
    client.post(url, {"tell": "yes"})
    assert Notice.objects.count() == 1


def test_that_all_is_called_off_is_not_said_of_a_cohort_that_lives(scene, session):
    actions.tell_of_calling_off(cohort=scene.cohort, by=scene.lead, at=timezone.now())
    notice = Notice.objects.get()
    assert reason_to_drop(notice, timezone.now()) == DropReason.COHORT_ENDED


def test_a_cohort_is_called_off_without_a_word_where_it_is_not_ticked(scene, session):
    answer = browser(scene.lead).post(reverse("cohorts:cancel", args=[scene.cohort.pk]))
    assert (answer["Location"], Notice.objects.count()) == (scene.cohort.get_absolute_url(), 0)
