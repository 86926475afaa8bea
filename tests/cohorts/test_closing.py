"""Closing with what is still open named, and opening again within thirty days."""

from datetime import timedelta
from itertools import product
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.assessments.actions import close_paper
from lms.cohorts import actions
from lms.cohorts.models import Cohort, CohortModule, CohortState, Level, Session, SessionNotice, SessionState
from lms.cohorts.queries import loose_ends
from lms.notices.models import Notice
from lms.people.models import AuditEntry
from tests.factories.assessments import make_paper, make_submission
from tests.factories.certificates import attend, make_graduate, take_post_test
from tests.factories.cohorts import make_cohort, make_enrolment, make_standing
from tests.factories.people import browser, make_staff
from tests.parallel import at_once, real_database

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(regions):
    return make_cohort(region=regions["KG-B"])


@pytest.fixture
def lead(cohort):
    return cohort.trainers.get().person


def codes(user, cohort) -> list[str]:
    return [end.code for end in loose_ends(user, cohort)]


def test_a_session_that_was_marked_in_part_is_named_and_can_be_reached_when_all_is_closed(scene, at):
    cohort, lead, coordinator = scene.cohort, scene.lead, scene.coordinator
    for _number in range(2):
        make_enrolment(cohort)
    attend(make_enrolment(cohort))
    people = cohort.enrolments.enrolled().count()
    half = [end for end in loose_ends(lead, cohort) if end.code == "half_marked"]
    rosters = [reverse("attendance:roster", args=[one.pk]) for one in cohort.sessions.order_by("starts_at")]
    assert [end.address for end in half] == rosters
    assert half[0].text.endswith(f": {people - 1} people are not marked.")
    for enrolment in cohort.enrolments.enrolled().filter(marks=None):
        attend(enrolment)
    assert "half_marked" not in codes(lead, cohort)
    closed(cohort, lead, at)
    assert browser(coordinator).get(rosters[0]).status_code == 200
    # The coordinator corrects there; the trainer's telephone may still keep marks of it.
    assert all(rosters[0] in browser(person).get(cohort.get_absolute_url()).text for person in (coordinator, lead))


def closed(cohort, lead, at) -> Cohort:
    return actions.close_cohort(cohort=cohort, anyway=True, by=lead, at=at)


def test_what_is_open_is_named_one_by_one(scene, at):
    cohort, lead = scene.cohort, scene.lead
    assert codes(lead, cohort) == ["unmarked", "unmarked", "unopened_test"]
    actions.cancel_session(session=cohort.sessions.first(), by=lead, at=at)
    attend(make_enrolment(cohort))
    assert codes(lead, cohort) == ["half_marked", "unopened_test"]
    make_enrolment(cohort, state="waiting")
    graduate = make_graduate(cohort)
    make_submission(graduate.person, cohort)
    assert codes(lead, cohort) == ["waiting", "half_marked", "open_tests", "undecided_plans", "certificates"]
    ends = {end.code: end for end in loose_ends(lead, cohort)}
    assert ends["certificates"].address == reverse("certificates:cohort", args=[cohort.pk])
    # She does not decide about plans, and is sent to no page that does not exist for her.
    assert ends["undecided_plans"].address == ""
    plans = {end.code: end.address for end in loose_ends(scene.coordinator, cohort)}["undecided_plans"]
    assert browser(scene.coordinator).get(plans).status_code == 200


def test_a_message_that_waits_is_named_before_it_is_lost(scene):
    session, now = scene.cohort.sessions.last(), timezone.now()
    session.starts_at, session.ends_at = now + timedelta(days=1), now + timedelta(days=1, hours=1)
    session.save(update_fields=["starts_at", "ends_at"])
    for kind in (SessionNotice.MOVED, SessionNotice.LED):
        actions.tell_participants(cohort=scene.cohort, kind=kind, session=session, by=scene.lead, at=now)
    notices = reverse("cohorts:notices", args=[scene.cohort.pk])
    page = browser(scene.lead).get(reverse("cohorts:close", args=[scene.cohort.pk])).text
    assert f'<a href="{notices}">2 messages wait, and are not sent once the cohort is closed.</a>' in page
    for notice in Notice.objects.all():
        actions.cancel_telling(cohort=scene.cohort, batch=notice.batch, by=scene.lead, at=now)
    assert "untold" not in codes(scene.lead, scene.cohort)


def test_lessons_ahead_are_no_forgotten_marks_and_lead_to_calling_off(scene):
    """Closing tells nobody; the page says how many lessons and people that concerns."""
    now = timezone.now()
    scene.cohort.sessions.update(starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=1, hours=1))
    assert codes(scene.lead, scene.cohort) == ["ahead", "unopened_test"]
    client = browser(scene.lead)
    page = client.get(reverse("cohorts:close", args=[scene.cohort.pk])).text
    address = f"{reverse('cohorts:edit', args=[scene.cohort.pk])}#calling-off"
    said = f"2 sessions are still ahead, and closing tells nobody (enrolled: {scene.cohort.enrolments.count()})."
    assert f'<a href="{address}">{said}' in page
    assert 'id="calling-off"' in client.get(address).text


def test_closing_with_something_open_takes_a_tick_and_is_written_down(cohort, lead, at):
    with pytest.raises(actions.StillOpen):
        actions.close_cohort(cohort=cohort, by=lead, at=at)
    cohort.refresh_from_db()
    assert cohort.state == CohortState.OPEN
    assert closed(cohort, lead, at).state == CohortState.CLOSED
    assert AuditEntry.objects.get(verb="close_cohort").details == {"open": ["unmarked", "unmarked"]}


def test_a_cohort_with_nothing_open_closes_without_a_tick(cohort, lead, at):
    attend(enrolment := make_enrolment(cohort))
    take_post_test(enrolment)
    close_paper(paper=cohort.papers.get(), by=lead, at=at)
    assert actions.close_cohort(cohort=cohort, by=lead, at=at).closed_at == at


def test_a_post_test_that_was_never_opened_is_named(cohort, lead, at):
    """While somebody needs it for her certificate; her test from the cohort before is enough."""
    before = make_cohort(cohort.organisation, cohort.region, lead)
    page, said = reverse("cohorts:close", args=[cohort.pk]), "M1: the post-test was never opened"
    client = browser(lead)
    assert said not in client.get(page).text
    take_post_test(graduate := make_enrolment(before))
    actions.transfer_enrolment(enrolment=graduate, to=cohort, by=lead, at=at)
    assert said not in client.get(page).text
    make_enrolment(cohort)
    assert f'<a href="{reverse("assessments:tests", args=[cohort.pk])}">{said}' in client.get(page).text
    make_paper(cohort, is_open=False)
    make_paper(cohort, "post", is_open=False)
    assert said in client.get(page).text
    module = cohort.modules.get()
    rule = {**module.pinned["rule"], "post_test_required": False}
    CohortModule.objects.filter(pk=module.pk).update(pinned={**module.pinned, "rule": rule})
    assert said not in client.get(page).text
    CohortModule.objects.filter(pk=module.pk).update(pinned=module.pinned)
    make_paper(cohort, "post")
    assert said not in client.get(page).text


def test_it_opens_again_as_it_was_within_thirty_days(cohort, lead, at):
    closed(cohort, lead, at)
    again = {"cohort": cohort, "reason": "The sheet of day two was forgotten.", "by": lead}
    with pytest.raises(actions.ReasonNeeded):
        actions.reopen_cohort(**{**again, "reason": " "}, at=at)
    with pytest.raises(actions.NotReopened):
        actions.reopen_cohort(**again, at=at + timedelta(days=30, seconds=1))
    opened = actions.reopen_cohort(**again, at=at + timedelta(days=30))
    assert (opened.state, opened.closed_at, opened.joining_open) == (CohortState.OPEN, None, False)
    assert opened.reopened_reason == "The sheet of day two was forgotten."
    with pytest.raises(actions.NotReopened):
        actions.reopen_cohort(**again, at=at)
    Session.objects.filter(pk=cohort.sessions.first().pk).update(state=SessionState.HELD)
    closed(cohort, lead, at)
    assert actions.reopen_cohort(**again, at=at).state == CohortState.RUNNING
    assert AuditEntry.objects.filter(verb="reopen_cohort").count() == 2


@pytest.mark.parametrize("state", [CohortState.DRAFT, CohortState.OPEN, CohortState.CANCELLED])
def test_only_a_closed_cohort_opens_again(regions, at, state):
    cohort = make_cohort(region=regions["KG-B"], state=state)
    with pytest.raises(actions.NotReopened):
        actions.reopen_cohort(cohort=cohort, reason="x", by=cohort.trainers.get().person, at=at)


def test_a_candidate_gets_no_second_cohort_by_opening_one_again(cohort, lead, at):
    candidate = make_staff()
    standing = make_standing(candidate, cohort.organisation, level=Level.CANDIDATE)
    cohort.trainers.update(person=candidate, standing=standing)
    closed(cohort, candidate, at)
    other = make_cohort(cohort.organisation, cohort.region)
    other.trainers.update(person=candidate, standing=standing)
    with pytest.raises(actions.OneCohortAtATime):
        actions.reopen_cohort(cohort=cohort, reason="x", by=lead, at=at)


# ── The pages ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_names_what_is_open_and_asks_for_the_tick(scene):
    url, client = reverse("cohorts:close", args=[scene.cohort.pk]), browser(scene.lead)
    page = client.get(url).content.decode()
    for session in scene.cohort.sessions.all():
        assert reverse("attendance:roster", args=[session.pk]) in page
    assert "Trainers mark nobody any more" in page
    refused = client.post(url)
    assert (refused.status_code, 'aria-invalid="true"' in refused.content.decode()) == (422, True)
    assert client.post(url, {"anyway": "on"})["Location"] == scene.cohort.get_absolute_url()
    scene.cohort.refresh_from_db()
    assert scene.cohort.state == CohortState.CLOSED
    assert "Only a cohort that is open is closed." in client.get(url).content.decode()


def test_the_coordinator_opens_it_again_from_the_page(scene):
    closed(scene.cohort, scene.lead, timezone.now())
    edit, url = (reverse(f"cohorts:{name}", args=[scene.cohort.pk]) for name in ("edit", "reopen"))
    assert url not in browser(scene.lead).get(edit).content.decode()
    client = browser(scene.coordinator)
    assert url in client.get(edit).content.decode()
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "Forgotten sheet."}).status_code == 302
    assert "Forgotten sheet." in client.get(edit).content.decode()
    scene.cohort.refresh_from_db()
    assert scene.cohort.is_live
    places = (edit, scene.cohort.get_absolute_url(), "/en/desk/cohorts/", "/en/desk/")
    for address, is_open in product(places, (False, True)):
        Cohort.objects.filter(pk=scene.cohort.pk).update(joining_open=is_open)
        page = browser(scene.lead).get(address).text
        assert ("open, joining closed" in page, "open for enrolment" in page) == (not is_open, is_open), address


OF_COHORT = ["walk_in", "roster_import", "withdraw_several", "add_extra_session", "trainers", "poster"]


@pytest.mark.parametrize("page", [*OF_COHORT, "plan_session_again"])
@pytest.mark.parametrize("state", [CohortState.CLOSED, CohortState.CANCELLED])
def test_a_cohort_that_ended_shows_no_form_that_would_be_refused(scene, page, state):
    found = scene.cohort if page in OF_COHORT else scene.cohort.sessions.first()
    client, url = browser(scene.coordinator), reverse(f"cohorts:{page}", args=[found.pk])
    before = client.get(url).text
    Cohort.objects.filter(pk=scene.cohort.pk).update(state=state, joining_open=False)
    ended = client.get(url).text
    said = "While a cohort is closed or cancelled, nothing in it can be changed."
    assert (before.count('method="post"') - ended.count('method="post"'), said in before) == (1, False)
    assert said in ended


def test_what_was_typed_when_the_cohort_ended_comes_back_with_the_refusal(scene):
    closed(scene.cohort, scene.lead, timezone.now())
    typed = {"display_name": "Гүлзат", "language": "ky", "channel": "spoken", "sheet": str(uuid4())}
    answer = browser(scene.lead).post(reverse("cohorts:walk_in", args=[scene.cohort.pk]), typed)
    assert (answer.status_code, 'value="Гүлзат"' in answer.text) == (422, True)
    assert str(actions.CohortEnded.message) in answer.text


def test_of_a_cohort_that_ended_no_message_stands_under_those_that_will_be_sent(scene):
    session, now = scene.cohort.sessions.last(), timezone.now()
    session.starts_at, session.ends_at = now + timedelta(days=1), now + timedelta(days=1, hours=1)
    session.save(update_fields=["starts_at", "ends_at"])
    actions.tell_participants(cohort=scene.cohort, kind=SessionNotice.MOVED, session=session, by=scene.lead, at=now)
    url, client = reverse("cohorts:notices", args=[scene.cohort.pk]), browser(scene.lead)
    assert "New time or place" in client.get(url).text.split("What will be sent")[1]
    closed(scene.cohort, scene.lead, now)
    page = client.get(url).text
    assert "What will be sent" not in page
    assert "its participants get no messages" in page
    dropped = page.split("Not sent, and why")[1]
    assert ("New time or place" in dropped, "the cohort is not running" in dropped) == (True, True)
    actions.reopen_cohort(cohort=scene.cohort, reason="Forgotten sheet.", by=scene.coordinator, at=now)
    assert "New time or place" in client.get(url).text.split("What will be sent")[1]


@pytest.mark.django_db(transaction=True)
def test_two_people_close_at_once(tmp_path, at):
    cohort = make_cohort()
    lead = cohort.trainers.get().person

    def close():
        return closed(cohort, lead, at).state

    with real_database(tmp_path):
        results = at_once(close, close)
    refused = [result for result in results if isinstance(result, actions.CohortNotLive)]
    assert (results.count(CohortState.CLOSED), len(refused)) == (1, 1)
