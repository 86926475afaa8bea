"""Sessions one by one: moved, cancelled, a lesson once more, something extra."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime

from lms.attendance.models import Status
from lms.attendance.queries import attendance_by_module, attendance_for
from lms.cohorts import actions
from lms.cohorts.models import CohortState, Session, SessionState
from lms.people.models import AuditEntry
from tests.factories.certificates import mark
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import browser
from tests.parallel import at_once, real_database

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(regions):
    return make_cohort(region=regions["KG-B"])


@pytest.fixture
def lead(cohort):
    return cohort.trainers.get().person


def change(session, days, place="Зал"):
    return actions.SessionChange(session.starts_at + timedelta(days=days), place)


def extra(cohort, days=5, **more):
    fields = {"module_code": "M1", "titles": {"ky": "Экскурсия"}, "minutes": 60, "place": "Музей"}
    starts_at = cohort.sessions.first().starts_at + timedelta(days=days)
    return actions.ExtraSession(**{**fields, "starts_at": starts_at, **more})


def test_a_session_moves_with_its_length_and_the_cohort_with_it(cohort, lead, at):
    first, second = cohort.sessions.all()
    moved = actions.move_session(session=second, change=change(second, 7), by=lead, at=at)
    cohort.refresh_from_db()
    assert (moved.starts_at, moved.ends_at - moved.starts_at, moved.place) == (
        second.starts_at + timedelta(days=7),
        timedelta(minutes=90),
        "Зал",
    )
    assert (cohort.starts_on, cohort.ends_on) == (date(2026, 11, 24), date(2026, 12, 1))
    assert AuditEntry.objects.get(verb="move_session").subject_id == str(second.pk)
    actions.move_session(session=second, change=change(second, 7), by=lead, at=at)
    assert AuditEntry.objects.filter(verb="move_session").count() == 1
    with pytest.raises(actions.SessionsOverlap):
        actions.move_session(session=second, change=change(first, 0), by=lead, at=at)
    second.refresh_from_db()
    assert second.starts_at == moved.starts_at


@pytest.mark.parametrize(
    ("state", "error"),
    [(SessionState.HELD, actions.SessionHeld), (SessionState.CANCELLED, actions.SessionIsCancelled)],
)
def test_what_was_held_or_cancelled_does_not_move(cohort, lead, at, state, error):
    session = cohort.sessions.first()
    Session.objects.filter(pk=session.pk).update(state=state)
    with pytest.raises(error):
        actions.move_session(session=session, change=change(session, 1), by=lead, at=session.starts_at)


def test_who_came_early_and_was_marked_holds_nothing_up(scene):
    start = timezone.now() + timedelta(hours=2)
    session, after = scene.cohort.sessions.all()
    for row, days in ((session, 0), (after, 1)):
        row.starts_at, row.ends_at = start + timedelta(days=days), start + timedelta(days=days, hours=1)
        row.save()
    mark(make_enrolment(scene.cohort), session)
    Session.objects.filter(pk=session.pk).update(state=SessionState.HELD)
    client, url = browser(scene.lead), reverse("cohorts:session", args=[session.pk])
    assert 'name="starts_at"' in client.get(url).text
    assert "Hold it once more" not in client.get(reverse("cohorts:edit", args=[scene.cohort.pk])).text
    early = change(session, 5)
    moved = actions.move_session(session=session, change=early, by=scene.lead, at=timezone.now())
    assert (moved.state, moved.starts_at, moved.marks.count()) == (SessionState.PLANNED, early.starts_at, 1)
    Session.objects.filter(pk=session.pk).update(state=SessionState.HELD)
    with pytest.raises(actions.SessionHeld):
        actions.cancel_session(session=session, by=scene.lead, at=moved.starts_at)
    assert actions.cancel_session(session=session, by=scene.lead, at=timezone.now()).state == SessionState.CANCELLED


def test_an_ended_cohort_has_no_new_sessions(regions, at):
    ended = make_cohort(region=regions["KG-B"], state=CohortState.CLOSED)
    session, lead = ended.sessions.first(), ended.trainers.get().person
    for refused in (
        lambda: actions.move_session(session=session, change=change(session, 1), by=lead, at=at),
        lambda: actions.add_extra_session(cohort=ended, extra=extra(ended), by=lead, at=at),
        lambda: actions.plan_session_again(session=session, starts_at=at, place="", by=lead, at=at),
    ):
        with pytest.raises(actions.CohortEnded):
            refused()
    assert ended.sessions.count() == 2


def test_a_cancelled_lesson_and_a_held_one_are_planned_once_more(cohort, lead, at):
    first, second = cohort.sessions.all()
    for _repeat in range(2):
        assert actions.cancel_session(session=first, by=lead, at=at).state == "cancelled"
    start = first.starts_at + timedelta(days=3)
    again = actions.plan_session_again(session=first, starts_at=start, place="", by=lead, at=at)
    assert (again.lesson_code, again.titles, again.state) == (first.lesson_code, first.titles, "planned")
    with pytest.raises(actions.SessionsOverlap):
        actions.plan_session_again(session=second, starts_at=start, place="", by=lead, at=at)
    start += timedelta(hours=3)
    assert actions.plan_session_again(session=second, starts_at=start, place="", by=lead, at=at).lesson_code == "M1.2"


def test_a_lesson_held_twice_counts_once_with_the_best_mark(cohort, lead, at):
    first, second = cohort.sessions.all()
    missed, came_twice = make_enrolment(cohort), make_enrolment(cohort)
    again = actions.plan_session_again(
        session=first, starts_at=first.starts_at + timedelta(days=3), place="", by=lead, at=at
    )
    mark(missed, first, Status.ABSENT)
    for person in (missed, came_twice):
        mark(person, again, Status.LATE)
        mark(person, second)
    mark(came_twice, first)
    for person in (missed, came_twice):
        figure = attendance_for(person)["M1"]
        assert (figure.planned, figure.attended, figure.percent) == (2, 2, 100)
        assert attendance_by_module(cohort)[person.pk, "M1"] == figure


def test_an_extra_session_is_marked_and_not_counted(cohort, lead, at):
    person = make_enrolment(cohort)
    session = actions.add_extra_session(cohort=cohort, extra=extra(cohort), by=lead, at=at)
    other = actions.add_extra_session(cohort=cohort, extra=extra(cohort, days=6), by=lead, at=at)
    assert (session.lesson_code, other.lesson_code, session.title) == ("M1+1", "M1+2", "Экскурсия")
    assert session.ends_at - session.starts_at == timedelta(minutes=60)
    mark(person, session)
    figure = attendance_for(person)["M1"]
    assert (figure.planned, figure.attended) == (2, 0)


def test_reading_goes_from_lesson_to_lesson_past_repeats_and_extras(cohort, lead, at):
    first, second = cohort.sessions.all()
    middle = first.ends_at + timedelta(minutes=1)
    Session.objects.filter(pk=second.pk).update(
        starts_at=second.starts_at + timedelta(days=9), ends_at=second.ends_at + timedelta(days=9)
    )
    actions.plan_session_again(session=first, starts_at=middle, place="", by=lead, at=at)
    actions.add_extra_session(cohort=cohort, extra=extra(cohort), by=lead, at=at)
    person = make_enrolment(cohort).person
    page = browser(person).get(reverse("learn:lesson", args=[cohort.pk, "M1.1"])).content.decode()
    assert page.split('rel="next"')[1].split('href="')[1].split('"')[0].endswith("/M1.2/")
    hub = browser(person).get(cohort.get_absolute_url()).content.decode()
    assert ("Экскурсия" in hub, "M1+1/" in hub) == (True, False)


# ── The pages ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_moves_a_session_and_keeps_what_was_typed(scene):
    first, second = scene.cohort.sessions.all()
    url, edit = (
        reverse(f"cohorts:{name}", args=[pk]) for name, pk in (("session", second.pk), ("edit", scene.cohort.pk))
    )
    client = browser(scene.coordinator)
    assert url in client.get(edit).content.decode()
    assert url in client.get(scene.cohort.get_absolute_url()).content.decode()
    refused = client.post(url, {"starts_at": f"{localtime(first.starts_at):%Y-%m-%dT%H:%M}", "place": "Клуб № 2"})
    page = refused.content.decode()
    assert (refused.status_code, "Клуб № 2" in page, 'aria-invalid="true"' in page) == (422, True, True)
    assert client.post(url, {"starts_at": "2026-12-09T10:00", "place": "Клуб № 2"})["Location"] == edit
    second.refresh_from_db()
    assert (f"{localtime(second.starts_at):%Y-%m-%d %H:%M}", second.place) == ("2026-12-09 10:00", "Клуб № 2")


def test_a_held_session_is_only_held_once_more(scene):
    session = scene.cohort.sessions.first()
    Session.objects.filter(pk=session.pk).update(state=SessionState.HELD)
    page = browser(scene.lead).get(reverse("cohorts:session", args=[session.pk])).content.decode()
    assert ('name="starts_at"' in page, "Hold it once more" in page) == (False, True)


def test_a_session_that_goes_on_is_under_way_until_its_end(scene):
    session, now = scene.cohort.sessions.first(), timezone.now()
    pages = [reverse("cohorts:session", args=[session.pk]), reverse("cohorts:edit", args=[scene.cohort.pk])]
    client = browser(scene.lead)
    for ends_in, is_under_way in ((30, True), (-1, False)):
        times = {"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(minutes=ends_in)}
        Session.objects.filter(pk=session.pk).update(state=SessionState.HELD, **times)
        for page in pages:
            text = client.get(page).text
            assert ("under way" in text, ">held<" in text or "· held<" in text) == (is_under_way, not is_under_way)


def test_session_is_cancelled_and_planned_again_from_the_page(scene):
    session = scene.cohort.sessions.all()[0]
    client = browser(scene.lead)
    client.post(reverse("cohorts:cancel_session", args=[session.pk]))
    again = reverse("cohorts:plan_session_again", args=[session.pk])
    assert again in client.get(reverse("cohorts:edit", args=[scene.cohort.pk])).content.decode()
    assert client.post(again, {"starts_at": "", "place": ""}).status_code == 422
    assert client.post(again, {"starts_at": "2026-12-09T10:00", "place": ""}).status_code == 302
    assert scene.cohort.sessions.filter(lesson_code="M1.1").count() == 2


def test_an_extra_session_needs_a_title_in_one_language(scene):
    url, client = reverse("cohorts:add_extra_session", args=[scene.cohort.pk]), browser(scene.lead)
    typed = {"module": "M1", "starts_at": "2026-12-09T10:00", "minutes": "60", "place": "Музей"}
    refused = client.post(url, typed)
    page = refused.content.decode()
    assert (refused.status_code, "Give it a title" in page, "Музей" in page) == (422, True, True)
    assert client.post(url, {**typed, "title_ru": "Экскурсия"}).status_code == 302
    session = scene.cohort.sessions.get(is_extra=True)
    assert (session.titles, session.place) == ({"ru": "Экскурсия"}, "Музей")
    hub = client.get(scene.cohort.get_absolute_url()).content.decode()
    assert (">Экскурсия<" in hub, "M1+1 " in hub, "/plan/M1+1/" in hub) == (True, False, False)


@pytest.mark.django_db(transaction=True)
def test_two_people_add_to_the_plan_at_once(tmp_path, at):
    cohort = make_cohort()
    session, lead = cohort.sessions.first(), cohort.trainers.get().person
    start = session.starts_at + timedelta(days=3)

    def again():
        return actions.plan_session_again(session=session, starts_at=start, place="", by=lead, at=at).lesson_code

    def more(days):
        wanted = extra(cohort, days)
        return lambda: actions.add_extra_session(cohort=cohort, extra=wanted, by=lead, at=at).lesson_code

    with real_database(tmp_path):
        repeats = at_once(again, again)
        extras = at_once(more(8), more(9))
    done, refused = sorted(map(str, repeats))
    assert (done, "overlap" in refused) == ("M1.1", True)
    assert sorted(extras) == ["M1+1", "M1+2"]
