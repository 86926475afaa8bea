"""The desk and the hub show each person what is hers, and nobody else's."""

import re
from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.assessments.actions import ensure_paper, hand_in_plan, open_paper, start_attempt
from lms.attendance.actions import record_roster
from lms.cohorts.actions import appoint_coach, propose_founding, withdraw_enrolment
from lms.cohorts.models import CohortState, EnrolmentState, Session, WithdrawalReason
from lms.dashboard.rendering import next_to_mark
from lms.people.actions import send_feedback
from lms.people.models import User
from tests.factories.assessments import make_paper, make_submission
from tests.factories.cohorts import make_cohort, make_enrolment, make_standing
from tests.factories.people import make_organisation, make_person, make_role, make_staff

pytestmark = pytest.mark.django_db
DESK = "/en/desk/"
BISHKEK = ZoneInfo("Asia/Bishkek")


@pytest.fixture
def cohort(regions):
    return make_cohort(organisation=make_organisation("coalition"), region=regions["KG-B"])


def lead_of(cohort):
    return cohort.trainers.get().person


def page(client, person, address, status=200):
    client.force_login(person)
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_desk_asks_strangers_to_sign_in(client):
    assert client.get(DESK).url == f"{reverse('account_login')}?next={DESK}"


def test_participant_sees_her_cohort_and_its_open_test(client, cohort):
    participant = make_enrolment(cohort).person
    paper = ensure_paper(cohort=cohort, module_code="M1", moment="pre", by=lead_of(cohort), at=timezone.now())
    assert reverse("tests:paper", args=[paper.pk]) not in page(client, participant, DESK)
    open_paper(paper=paper, by=lead_of(cohort), at=timezone.now())
    for address in (DESK, cohort.get_absolute_url()):
        assert reverse("tests:paper", args=[paper.pk]) in page(client, participant, address)


def test_hub_shows_staff_and_participants_their_own_side(client, cohort, regions):
    participant = make_enrolment(cohort, make_person(display_name="Canary"))
    coordinator, observer = make_staff("coordinator"), make_staff("observer")
    make_role(coordinator, "coordinator", cohort.organisation, regions["KG"])
    make_role(observer, "observer", cohort.organisation, regions["KG-B"])
    address = cohort.get_absolute_url()
    manage, roster = reverse("certificates:cohort", args=[cohort.pk]), reverse("cohorts:roster", args=[cohort.pk])
    sides = {
        coordinator: (True, True),
        lead_of(cohort): (True, True),
        observer: (False, False),
        participant.person: (False, False),
    }
    for person, expected in sides.items():
        html = page(client, person, address)
        assert (manage in html, roster in html) == expected
        assert "Canary" not in html or person == participant.person


def test_hub_does_not_exist_for_strangers(client, cohort, regions):
    other = make_cohort(region=regions["KG-N"])
    colleague_elsewhere = make_staff("naryn")
    make_role(colleague_elsewhere, "coordinator", cohort.organisation, regions["KG-N"])
    withdrawn = make_enrolment(cohort, state=EnrolmentState.WITHDRAWN).person
    for person in (lead_of(other), make_enrolment(other).person, colleague_elsewhere, withdrawn, make_person()):
        page(client, person, cohort.get_absolute_url(), status=404)


def test_waiting_participant_is_told_and_gets_no_lessons(client, cohort):
    waiting = make_enrolment(cohort, state=EnrolmentState.WAITING).person
    html = page(client, waiting, cohort.get_absolute_url())
    assert "waiting list" in html
    assert "/learn/" not in html


def test_monitor_sees_counts_and_small_ones_are_hidden(client, cohort):
    monitor = make_staff("monitor")
    make_role(monitor, "monitor", cohort.organisation)
    make_enrolment(cohort, make_person(display_name="Canary"))
    html = page(client, monitor, DESK)
    assert "under 3" in html
    assert "Canary" not in html
    page(client, monitor, cohort.get_absolute_url(), status=404)


def test_monitor_of_a_region_sees_the_counts_of_its_cohorts_only(client, cohort, regions):
    elsewhere = make_cohort(cohort.organisation, regions["KG-N"])
    monitor = make_staff("monitor")
    make_role(monitor, "monitor", cohort.organisation, regions["KG-B"])
    html = page(client, monitor, DESK)
    assert cohort.code in html
    assert elsewhere.code not in html


def first_action(client, person, address=DESK):
    """Where the one big button of a page leads."""
    return re.findall(r'<div class="page-action"><a class="button" href="([^"]*)"', page(client, person, address))


def move(session, starts_at):
    Session.objects.filter(pk=session.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=90))


def test_on_a_training_day_the_desk_begins_with_the_session_to_mark(client, cohort, regions):
    coordinator, trainer = make_staff("coordinator"), lead_of(cohort)
    make_role(coordinator, "coordinator", cohort.organisation, regions["KG"])
    person = make_enrolment(cohort)
    early, late = cohort.sessions.order_by("starts_at")
    now = timezone.now()
    to_plan = [reverse("cohorts:plan")]

    move(early, now + timedelta(days=7))
    move(late, now + timedelta(days=8))
    assert first_action(client, trainer) == to_plan

    assert first_action(client, trainer, cohort.get_absolute_url()) == []

    # Nobody marked it although it is over: the last days' session waits, until today has one of its own.
    move(early, now - timedelta(days=2))
    assert first_action(client, trainer) == [reverse("attendance:roster", args=[early.pk])]
    move(late, now)
    for address in (DESK, cohort.get_absolute_url()):
        assert first_action(client, trainer, address) == [reverse("attendance:roster", args=[late.pk])]
    assert to_plan[0] in page(client, trainer, DESK)
    assert first_action(client, coordinator) == to_plan
    assert first_action(client, person.person) == []


@pytest.mark.parametrize(
    ("hour", "expected"),
    [(5, 0), (7, 2), (11, 2), (14, 2), (23, 2)],
    ids=["night: what can be marked", "two hours before", "while it runs", "over", "late"],
)
def test_what_can_be_marked_goes_before_what_comes(hour, expected):
    def session(day, hour):
        starts_at = datetime(2026, 11, day, hour, tzinfo=BISHKEK)
        return Session(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=90))

    at = datetime(2026, 11, 25, hour, tzinfo=BISHKEK)
    sessions = [session(24, 9), session(24, 11), session(25, 9), session(25, 16), session(26, 9)]
    unmarked = [one for one in sessions if one.ends_at < at]
    coming = next(one for one in sessions if one.ends_at >= at)
    assert sessions.index(next_to_mark(unmarked, [coming], at)) == expected


def test_draft_offers_to_be_opened_to_its_staff(client, regions):
    draft = make_cohort(region=regions["KG-B"], state=CohortState.DRAFT)
    assert reverse("cohorts:open", args=[draft.pk]) in page(client, lead_of(draft), draft.get_absolute_url())


def test_what_waits_for_a_signature_or_a_word_stands_on_the_desk_of_whoever_gives_it(client, cohort):
    ours = cohort.organisation
    proposer, helper, signer, stranger = (make_staff(name) for name in ("proposer", "helper", "signer", "stranger"))
    for person, organisation in ((proposer, ours), (signer, ours), (stranger, make_organisation("other"))):
        make_role(person, "administrator", organisation)
    make_role(helper, "coordinator", ours)
    helper.roles.update(granted_by=proposer)
    waiting = {"organisation": ours, "module_code": "M1", "languages": ["ky"], "reason": "Trains since 2014"}
    propose_founding(person=lead_of(cohort), **waiting, by=proposer, at=timezone.now())
    send_feedback(text="x", contact="", page="", language="ky", organisation=ours, at=timezone.now())
    for person, expected in (
        (signer, (True, True)),
        (proposer, (False, True)),
        (helper, (False, False)),
        (stranger, (False, False)),
        (lead_of(cohort), (False, False)),
    ):
        text = page(client, person, DESK)
        assert ("1 proposal of a founding trainer" in text, "1 message from" in text) == expected, person.username
    founding = reverse("cohorts:founding")
    for person, button in ((signer, True), (proposer, False), (helper, False)):
        text = page(client, person, founding)
        assert ('value="confirm"' in text, "Another person must confirm" in text) == (button, not button)


def test_a_persons_page_says_of_tomorrow_that_it_is_to_come(client, cohort):
    person, now = make_enrolment(cohort), timezone.now()
    for session, days in zip(cohort.sessions.all(), (-1, 1), strict=True):
        move(session, now + timedelta(days=days))
    text = page(client, lead_of(cohort), reverse("cohorts:person", args=[person.pk]))
    assert (text.count("not marked"), text.count("still to come")) == (1, 1)
    # She was never asked: nobody says for her that she would rather not.
    assert ("not stated" in text, "prefer not to say" in text) == (True, False)


def test_what_a_visitor_told_stands_on_the_desk_of_whoever_runs_the_installation(client, cohort):
    send_feedback(text="x", contact="", page="", language="ky", organisation=None, at=timezone.now())
    administrator = make_staff("administrator")
    make_role(administrator, "administrator", cohort.organisation)
    for person, said in ((User.objects.create_superuser("root"), True), (administrator, False)):
        assert ("1 message from" in page(client, person, DESK)) == said
        assert reverse("help:role", args=["administrator"]) in page(client, person, DESK)


@pytest.mark.parametrize("size", [1, 8])
def test_desk_and_hub_take_at_most_twelve_queries(client, regions, size, django_assert_max_num_queries):
    organisation, lead, participant = make_organisation(), make_staff(), make_person()
    coordinator = make_staff()
    make_role(coordinator, "coordinator", organisation)
    for _ in range(size):
        cohort = make_cohort(organisation=organisation, region=regions["KG-B"], lead=lead)
        make_enrolment(cohort, participant)
        for _extra in range(size):
            make_enrolment(cohort)
    for person in (lead, participant, coordinator):
        client.force_login(person)
        for address in (DESK, cohort.get_absolute_url()):
            client.get(address)
            with django_assert_max_num_queries(12):
                assert client.get(address).status_code == 200


def test_coach_finds_the_plan_that_waits_for_her_and_nobody_else_does(client, regions):
    coach, stranger = make_staff("coach"), make_staff("stranger")
    cohort = make_cohort(region=regions["KG-B"])
    candidate = make_enrolment(cohort).person
    standing = make_standing(
        candidate, cohort.organisation, level="candidate", qualified_in=cohort, ends_on=date(2030, 1, 1)
    )
    appoint_coach(
        standing=standing,
        coach=coach,
        starts_on=timezone.localdate(),
        ends_on=date(2030, 1, 1),
        by=make_coordinator(cohort),
        at=timezone.now(),
    )
    hand_in_plan(cohort=cohort, module_code="M1", title="Plan", text="Steps", by=candidate, at=timezone.now())
    # A running cohort of her own makes the stranger somebody who works here.
    make_cohort(region=regions["KG-B"], lead=stranger)
    make_role(coach, "coach", cohort.organisation)
    address = reverse("assessments:submissions", args=[cohort.pk])
    assert address in page(client, coach, DESK)
    assert address not in page(client, stranger, DESK)


def make_coordinator(cohort):
    person = make_staff()
    make_role(person, "coordinator", cohort.organisation)
    return person


@pytest.mark.parametrize("kind", ["monitor", "observer"])
def test_no_heading_stands_over_nothing(client, cohort, kind):
    person = make_staff(kind)
    make_role(person, kind, cohort.organisation)
    assert 'id="more"' not in page(client, person, DESK)


ALL = "/en/desk/cohorts/"


def cohorts_shown(html):
    return dict.fromkeys(re.findall(r'href="/en/desk/cohorts/([0-9a-f-]{36})/"', html)).keys()


def test_what_comes_next_is_first_among_the_cohorts_of_whoever_learns(client, cohort):
    person, lead = make_enrolment(cohort).person, lead_of(cohort)
    days = (14, -30, 3)
    later, over, soon = (
        make_cohort(lead=lead, region=cohort.region, starts_on=timezone.localdate() + timedelta(days=n)) for n in days
    )
    for one in (later, over, soon):
        make_enrolment(one, person)
    order = [str(one.pk) for one in (soon, later)]
    shown = list(cohorts_shown(page(client, person, DESK)))
    assert [one for one in shown if one in order] == order
    assert shown[-1] not in order
    make_paper(over)
    assert next(iter(cohorts_shown(page(client, person, DESK)))) == str(over.pk)


def test_desk_shows_what_runs_now_before_what_is_over(client, cohort):
    lead, today = lead_of(cohort), timezone.localdate()
    for weeks in range(1, 7):
        begun = today - timedelta(weeks=weeks + 1)
        make_cohort(lead=lead, region=cohort.region, starts_on=begun)
    running = make_cohort(lead=lead, region=cohort.region, starts_on=today)
    html = page(client, lead, DESK)
    assert str(running.pk) in cohorts_shown(html)
    assert len(cohorts_shown(html)) == 6
    assert ALL in html


def test_all_cohorts_hold_the_closed_ones_and_nobody_elses(client, cohort, regions):
    lead = lead_of(cohort)
    closed = make_cohort(lead=lead, region=cohort.region, state=CohortState.CLOSED)
    draft = make_cohort(lead=lead, region=cohort.region, state=CohortState.DRAFT)
    other = make_cohort(region=regions["KG-N"])
    followed = make_enrolment(cohort).person
    assert cohorts_shown(page(client, lead, ALL)) == {str(one.pk) for one in (cohort, closed, draft)}
    assert cohorts_shown(page(client, lead, f"{ALL}?part=ended")) == {str(closed.pk)}
    assert cohorts_shown(page(client, lead, f"{ALL}?part=nonsense")) == {str(one.pk) for one in (cohort, closed, draft)}
    assert cohorts_shown(page(client, lead_of(other), ALL)) == {str(other.pk)}
    assert cohorts_shown(page(client, followed, ALL)) == {str(cohort.pk)}
    assert cohorts_shown(page(client, make_person(), ALL)) == set()


@pytest.mark.parametrize("count", [1, 30])
def test_all_cohorts_come_in_pages_and_a_fixed_number_of_queries(client, cohort, django_assert_max_num_queries, count):
    for _number in range(count):
        make_cohort(lead=lead_of(cohort), region=cohort.region)
    client.force_login(lead_of(cohort))
    with django_assert_max_num_queries(6):
        html = client.get(ALL).content.decode()
    assert len(cohorts_shown(html)) == min(count + 1, 25)
    assert ("?page=2" in html) == (count == 30)


def _move(session, to):
    starts_at = timezone.now() + to
    Session.objects.filter(pk=session.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=90))


def test_sessions_count_against_the_roster(client, cohort):
    """One of three was marked: the others are said to wait, and who has left is not counted."""
    there, gone, *_others = (make_enrolment(cohort) for _number in range(4))
    session = cohort.sessions.order_by("starts_at").first()
    _move(session, timedelta(hours=-2))
    statuses = {there.pk: "present", gone.pk: "present"}
    record_roster(session=session, statuses=statuses, batch=uuid4(), by=lead_of(cohort), at=timezone.now())
    withdraw_enrolment(enrolment=gone, reason=WithdrawalReason.OTHER, by=lead_of(cohort), at=timezone.now())
    html = page(client, lead_of(cohort), cohort.get_absolute_url())
    assert "1 of 3 were there, 2 not marked yet" in html


def test_only_who_may_hand_in_a_plan_is_led_there(client, cohort):
    candidate, participant = (make_enrolment(cohort).person for _person in range(2))
    make_standing(candidate, cohort.organisation, level="candidate", qualified_in=cohort)
    plans = reverse("assessments:my_plan", args=[cohort.pk])
    assert plans in page(client, candidate, cohort.get_absolute_url())
    assert plans not in page(client, participant, cohort.get_absolute_url())
    make_submission(candidate, cohort)
    candidate.standings.all().delete()
    assert plans in page(client, candidate, cohort.get_absolute_url())


def test_before_a_test_she_reads_who_sees_her_points(client, cohort):
    participant = make_enrolment(cohort).person
    for moment, said in (("pre", "It does not change your certificate."), ("post", "not how many points you have")):
        paper = ensure_paper(cohort=cohort, module_code="M1", moment=moment, by=lead_of(cohort), at=timezone.now())
        open_paper(paper=paper, by=lead_of(cohort), at=timezone.now())
        html = page(client, participant, reverse("tests:paper", args=[paper.pk]))
        assert ("nobody else" in html, said in html) == (True, True)


def test_participants_desk_always_leads_on(client, cohort):
    enrolment = make_enrolment(cohort)
    html = page(client, enrolment.person, DESK)
    assert (reverse("certificates:mine") in html, "My lessons" in html) == (True, True)
    waiting = make_enrolment(cohort, state=EnrolmentState.WAITING).person
    assert "My lessons" not in page(client, waiting, DESK)


def test_running_test_says_until_when(client, cohort):
    """On the desk and in the cohort, for whoever has begun it and nobody else."""
    begun, other = make_enrolment(cohort), make_enrolment(cohort)
    paper = ensure_paper(cohort=cohort, module_code="M1", moment="pre", by=lead_of(cohort), at=timezone.now())
    paper = open_paper(paper=paper, by=lead_of(cohort), at=timezone.now())
    attempt = start_attempt(paper=paper, enrolment=begun, language="ky", by=begun.person, at=timezone.now())
    said = f"Go on with the test (until {timezone.localtime(attempt.deadline):%H:%M})"
    for address in (DESK, cohort.get_absolute_url()):
        assert said in page(client, begun.person, address)
        assert "Go on with the test" not in page(client, other.person, address)


@pytest.mark.parametrize(("ago", "label"), [(0, "mark who is here"), (2, "mark who was there")])
def test_trainers_button_says_when_and_what_for(client, cohort, ago, label):
    make_enrolment(cohort)
    session, *others = cohort.sessions.order_by("starts_at")
    for other in others:
        _move(other, timedelta(days=4))
    _move(session, timedelta(days=-ago))
    session.refresh_from_db()
    start = timezone.localtime(session.starts_at)
    day = f"{start:%d.%m}" if ago else f"Today {start:%H:%M}"
    for address in (DESK, cohort.get_absolute_url()):
        assert f"{day} · {session.lesson_code} · {label}" in page(client, lead_of(cohort), address)
    assert ("Now: " in page(client, lead_of(cohort), DESK)) == (not ago)
