"""A test on a phone: it keeps, it says what has arrived, and what ended it."""

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from lms.assessments.actions import close_overdue_attempts, close_paper, ensure_paper, open_paper
from lms.assessments.models import Answer, Attempt, AttemptState
from lms.cohorts.models import Session
from tests.factories.assessments import make_paper
from tests.journeys.people import Person
from tests.journeys.rooms import comes_true, enter, lead_of

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def _begin_test(session: Session, person: Person) -> Attempt:
    paper = ensure_paper(cohort=session.cohort, module_code="M1", moment="pre", by=lead_of(session), at=timezone.now())
    open_paper(paper=paper, by=lead_of(session), at=timezone.now())
    person.open(f"tests/{paper.pk}/")
    person.press("form[action$='/start/'] button")
    return Attempt.objects.get(paper=paper)


def test_test_stays_on_the_screen_without_a_connection(house, session):
    person = enter(house, session.cohort.enrolments.first().person)
    attempt = _begin_test(session, person)
    person.page.context.set_offline(True)
    person.page.locator("[data-item] .choice input").first.check()
    person.page.locator("[name=then][value=hand_in]").click()
    assert person.page.locator("[data-offline]").is_visible()
    person.page.context.set_offline(False)
    person.press("[name=then][value=hand_in]")  # asks for what is missing
    person.press("[name=then][value=hand_in_unfinished]")
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.SUBMITTED
    assert Answer.objects.filter(attempt=attempt).exists()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_second_tap_on_the_same_spot_hands_in_no_unfinished_test(house, session, scripts):
    person = enter(house, session.cohort.enrolments.first().person, scripts=scripts)
    person.page.set_viewport_size({"width": 360, "height": 740})
    attempt = _begin_test(session, person)
    box = person.page.locator(".form-actions [name=then]").bounding_box()
    for _tap in range(2):
        with person.page.expect_navigation():
            person.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        attempt.refresh_from_db()
        assert attempt.state == AttemptState.OPEN
    person.press(".notice [name=then]")
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.SUBMITTED


def test_answers_kept_on_the_phone_that_come_too_late_are_counted_aloud(house, session):
    person = enter(house, session.cohort.enrolments.first().person)
    attempt = _begin_test(session, person)
    first = person.page.locator("[data-item]").nth(0).locator(".choice input").first
    first.check()
    assert comes_true(person, "document.querySelector('[data-quiz-state] .done') !== null")
    person.page.context.set_offline(True)
    person.page.locator("[data-item]").nth(1).locator(".choice input").first.check()
    long_ago = timezone.now() - timedelta(hours=1)
    Attempt.objects.filter(pk=attempt.pk).update(started_at=long_ago, deadline=long_ago + timedelta(minutes=20))
    person.page.context.set_offline(False)
    notice = person.page.locator("[data-quiz-done][data-handed-in]")
    notice.wait_for()  # visible
    assert notice.locator("[data-count]").inner_text() == "1"
    attempt.refresh_from_db()
    assert (attempt.state, attempt.answers.count()) == (AttemptState.SUBMITTED, 1)


def test_her_desk_leads_back_to_answers_that_were_not_received(house, session):
    first, second = (enrolment.person for enrolment in session.cohort.enrolments.all()[:2])
    person = enter(house, first)
    attempt = _begin_test(session, person)
    left = person.page.locator("[data-quiz-left]")
    person.page.route("**/save/", lambda route: route.abort("internetdisconnected"))
    person.page.locator("[data-item] .choice input").first.check()
    person.open("desk/")
    left.wait_for()  # visible
    assert left.locator("a").get_attribute("href") == f"/en/tests/{attempt.paper_id}/"
    # Whoever else signs in on this phone reads nothing of it.
    mine, name = person.page.context.cookies(), django_settings.SESSION_COOKIE_NAME
    client = Client()
    client.force_login(second)
    person.page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": house.base}])
    person.open("desk/")
    assert not left.is_visible()
    person.page.context.add_cookies(mine)
    person.open("desk/")
    left.wait_for()
    # Over by now: the test says what came too late, and then it has been said.
    long_ago = timezone.now() - timedelta(hours=1)
    Attempt.objects.filter(pk=attempt.pk).update(started_at=long_ago, deadline=long_ago + timedelta(minutes=20))
    close_overdue_attempts(at=timezone.now())
    person.press("[data-quiz-left] a")
    notice = person.page.locator("[data-quiz-done][data-handed-in]")
    notice.wait_for()
    assert notice.locator("[data-count]").inner_text() == "1"
    person.open("desk/")
    assert not left.is_visible()


def test_answers_that_are_sent_after_all_leave_no_word_on_her_desk(house, session):
    person = enter(house, session.cohort.enrolments.first().person)
    attempt = _begin_test(session, person)
    person.page.route("**/save/", lambda route: route.abort("internetdisconnected"))
    person.page.locator("[data-item] .choice input").first.check()
    person.open("desk/")
    person.page.locator("[data-quiz-left]").wait_for()
    person.page.unroute("**/save/")
    person.press("[data-quiz-left] a")
    assert comes_true(person, "document.querySelector('[data-quiz-state] .done') !== null")
    assert attempt.answers.count() == 1
    person.open("desk/")
    assert not person.page.locator("[data-quiz-left]").is_visible()


def test_a_test_that_was_closed_shows_no_running_clock_and_takes_no_tap(house, session):
    """Said at the next answer, on the page, until it gives way to what counts."""
    person = enter(house, session.cohort.enrolments.first().person)
    attempt = _begin_test(session, person)
    clock = person.page.locator("[data-quiz-clock]")
    assert clock.inner_text()
    close_paper(paper=attempt.paper, by=lead_of(session), at=timezone.now(), anyway=True)
    person.page.locator("[data-item] .choice input").first.check()
    person.page.locator("[data-quiz-notice]").wait_for()
    assert not clock.inner_text()
    assert person.page.locator("form[data-quiz] button:enabled").count() == 0
    person.page.locator("[data-quiz-done]").wait_for(state="attached")
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.SUBMITTED


def test_the_end_of_the_time_is_said_where_she_is(house, session):
    person = enter(house, session.cohort.enrolments.first().person)
    attempt = _begin_test(session, person)
    Attempt.objects.filter(pk=attempt.pk).update(deadline=timezone.now() + timedelta(seconds=3))
    person.page.reload()
    person.page.mouse.wheel(0, 500)
    notice = person.page.locator("[data-quiz-notice]")
    notice.wait_for()
    assert "The time for this test is over" in notice.inner_text()


def test_an_answer_that_came_with_the_form_is_not_called_late(house, session):
    person = enter(house, session.cohort.enrolments.first().person)
    attempt = _begin_test(session, person)
    person.page.route("**/save/", lambda route: route.abort("internetdisconnected"))
    person.page.locator("[data-item] .choice input").first.check()
    person.press("[name=then][value=hand_in]")
    person.press("[name=then][value=hand_in_unfinished]")
    assert Answer.objects.filter(attempt=attempt).count() == 1
    assert not person.page.locator("[data-quiz-done]").is_visible()


def test_a_matching_answer_is_read_whole_on_a_phone(house, session):
    person = enter(house, session.cohort.enrolments.first().person)
    person.page.set_viewport_size({"width": 360, "height": 740})
    post = make_paper(session.cohort, "post")
    person.open(f"tests/{post.pk}/")
    person.press("form[action$='/start/'] button")
    row = person.page.locator("[data-kind=matching] .choice").first
    for option in row.locator("option").all()[1:]:
        row.locator("select").select_option(value=option.get_attribute("value"))
        assert row.locator("[data-chosen]").inner_text() == option.inner_text()
    chosen = row.locator("[data-chosen]").inner_text()
    assert comes_true(person, "document.querySelector('[data-quiz-state] .done') !== null")
    person.open(f"tests/{post.pk}/")
    assert row.locator("[data-chosen]").inner_text() == chosen
    row.locator("select").select_option(value="")
    assert not row.locator("[data-chosen]").is_visible()


def test_what_is_not_saved_yet_has_a_row_of_its_own(house, session):
    person = enter(house, session.cohort.enrolments.first().person)
    person.page.set_viewport_size({"width": 360, "height": 740})
    _begin_test(session, person)
    person.page.context.set_offline(True)
    person.page.locator("[data-item] .choice input").first.check()
    state = person.page.locator("[data-quiz-state] .waiting")
    state.wait_for()
    box, button = state.bounding_box(), person.page.locator(".form-actions button").bounding_box()
    assert box["y"] + box["height"] <= button["y"]
    assert box["height"] <= 52


def test_without_scripts_a_test_offers_no_way_past_its_own_buttons(house, session):
    person = enter(house, session.cohort.enrolments.first().person, scripts=False)
    _begin_test(session, person)
    assert person.page.locator("nav.languages").count() == 0
    assert "saved when you press a button" in person.text
