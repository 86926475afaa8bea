"""What participants are told of their sessions: planned, seen, moved, cancelled, and checked again before it leaves."""

from datetime import timedelta

import pytest
from celery import current_app
from django.urls import reverse
from django.utils import timezone

from lms.cohorts import actions
from lms.cohorts.actions.telling import GRACE, REMINDED_BEFORE
from lms.cohorts.models import CohortState, DropReason, Enrolment, Session, SessionNotice
from lms.cohorts.tasks import check_notice
from lms.jobs.actions import enqueue_job
from lms.jobs.models import Job
from lms.notices.actions import queue_due_notices
from lms.notices.models import Notice, NoticeState
from lms.people.models import User
from tests.factories.cohorts import add_trainer, make_cohort, make_enrolment
from tests.factories.notices import choose
from tests.factories.people import browser, make_person, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def session(scene, now):
    """The first of two; both lie ahead."""
    for days, one in enumerate(scene.cohort.sessions.all(), start=5):
        starts_at = now + timedelta(days=days)
        Session.objects.filter(pk=one.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
    return scene.cohort.sessions.get(lesson_code="M1.1")


def tell(scene, session, kind: str = SessionNotice.MOVED, at=None) -> int:
    at = at or timezone.now() - GRACE
    return actions.tell_participants(cohort=scene.cohort, kind=kind, session=session, by=scene.lead, at=at)


def sweep() -> None:
    """What the sweep and a worker do, without the broker between them."""
    current_app.loader.import_default_modules()
    for job_id in queue_due_notices(at=timezone.now()):
        current_app.tasks[Job.objects.get(pk=job_id).task](str(job_id))


def ends(kind: str = "") -> list[tuple[str, str]]:
    notices = Notice.objects.filter(kind=kind) if kind else Notice.objects.all()
    return list(notices.order_by("pk").values_list("state", "reason"))


def test_a_reminder_is_planned_once_for_each_who_is_enrolled(scene, session, now):
    make_enrolment(scene.cohort, state="waiting")
    make_enrolment(scene.cohort, state="withdrawn")
    make_enrolment(make_cohort(state=CohortState.DRAFT))
    assert actions.plan_reminders(at=now) == 2
    assert actions.plan_reminders(at=now) == 0
    notice = Notice.objects.get(subject_id=str(session.pk))
    assert (notice.person, notice.kind, notice.due_at, notice.group_id) == (
        scene.participant,
        SessionNotice.REMINDER,
        session.starts_at - REMINDED_BEFORE,
        scene.cohort.pk,
    )


def test_who_enrols_after_the_reminder_left_gets_none(scene, session, now):
    at = session.starts_at - REMINDED_BEFORE
    actions.plan_reminders(at=at - timedelta(hours=1))
    make_enrolment(scene.cohort)
    actions.plan_reminders(at=at)
    assert Notice.objects.filter(subject_id=str(session.pk)).count() == 1


def test_the_sweep_sends_what_still_holds(scene, session):
    tell(scene, session)
    sweep()
    assert ends() == [(NoticeState.SENT, "")]
    sweep()
    assert ends() == [(NoticeState.SENT, "")]


def _withdraw(scene, session):
    Enrolment.objects.update(state="withdrawn")


def _erase(scene, session):
    User.objects.filter(pk=scene.participant.pk).update(erased_at=timezone.now())


def _merge(scene, session):
    User.objects.filter(pk=scene.participant.pk).update(merged_into=make_person())


def _cancel(scene, session):
    actions.cancel_session(session=session, by=scene.lead, at=timezone.now())


def _begin(scene, session):
    Session.objects.filter(pk=session.pk).update(starts_at=timezone.now())


def _close(scene, session):
    actions.close_cohort(cohort=scene.cohort, by=scene.lead, at=timezone.now(), anyway=True)


def _move(scene, session):
    move(scene, session, timezone.now() + timedelta(days=9))


def move(scene, session, starts_at):
    change = actions.SessionChange(starts_at, "Клуб")
    actions.change_cohort(
        cohort=scene.cohort,
        capacity=30,
        place="",
        title={},
        listed_publicly=False,
        sessions={session: change},
        by=scene.lead,
        at=timezone.now(),
    )
    session.refresh_from_db()


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (_withdraw, DropReason.LEFT),
        (_erase, DropReason.GONE),
        (_merge, DropReason.GONE),
        (_cancel, DropReason.SESSION_CHANGED),
        (_move, DropReason.SESSION_CHANGED),
        (_begin, DropReason.TOO_LATE),
        (_close, DropReason.COHORT_ENDED),
    ],
)
def test_a_reminder_that_no_longer_holds_is_not_sent(scene, session, now, happens, reason):
    actions.plan_reminders(at=now)
    Notice.objects.exclude(subject_id=str(session.pk)).delete()
    happens(scene, session)
    Notice.objects.update(due_at=timezone.now())
    sweep()
    assert ends() == [(NoticeState.CANCELLED, reason)]


def test_a_moved_session_has_a_reminder_of_its_own(scene, session, now):
    actions.plan_reminders(at=now)
    move(scene, session, now + timedelta(days=9))
    assert actions.plan_reminders(at=now) == 1


def test_telling_takes_the_place_of_what_waited_about_the_session(scene, session, now):
    actions.plan_reminders(at=now)
    move(scene, session, now + timedelta(days=9))
    assert tell(scene, session) == 1
    move(scene, session, now + timedelta(days=10))
    assert tell(scene, session) == 1
    assert tell(scene, session) == 0
    assert ends(SessionNotice.MOVED) == [(NoticeState.CANCELLED, DropReason.REPLACED), (NoticeState.PLANNED, "")]
    other, first = Notice.objects.filter(kind=SessionNotice.REMINDER).order_by("-due_at")
    assert (first.reason, other.state) == (DropReason.REPLACED, NoticeState.PLANNED)
    assert Notice.objects.filter(kind=SessionNotice.REMINDER, batch__endswith=":0", state="planned").count() == 1


def test_moved_there_and_back_is_told_twice(scene, session, now):
    there, back = now + timedelta(days=9), session.starts_at
    for starts_at in (there, back, there):
        move(scene, session, starts_at)
        assert tell(scene, session) == 1
        sweep()
    assert ends() == [(NoticeState.SENT, "")] * 3


def test_nobody_is_told_of_a_draft_or_an_ended_cohort(scene, session):
    scene.cohort.state = CohortState.DRAFT
    scene.cohort.save()
    assert (tell(scene, session), Notice.objects.count()) == (0, 0)
    scene.cohort.state = CohortState.CLOSED
    scene.cohort.save()
    with pytest.raises(actions.CohortEnded):
        tell(scene, session)


def test_the_words_follow_the_session_and_the_rule(scene, session, now, settings):
    choose(scene.participant, "phone", "time_and_place", "+996555123456")
    outbox = settings.DATA_DIR / "outbox" / "phone.jsonl"
    outbox.unlink(missing_ok=True)
    tell(scene, session)
    move(scene, session, session.starts_at + timedelta(hours=9))
    sweep()
    text = outbox.read_text()
    assert "Клуб" in text
    assert f"{timezone.localtime(session.starts_at):%H:%M}" in text
    assert session.titles["ky"] not in text
    assert scene.cohort.title_ky not in text


def test_a_job_that_names_no_notice_is_given_back(scene):
    job = enqueue_job(task="cohorts.check_notice", payload={"notice": str(scene.cohort.pk)}, by=None, at=timezone.now())
    check_notice(str(job.pk))
    job.refresh_from_db()
    assert job.error_code == "DoesNotExist"


# ── Pages ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def notice(scene, session):
    tell(scene, session, at=timezone.now())
    return Notice.objects.get()


def addresses(scene, notice) -> dict[str, str]:
    return {
        "notices": reverse("cohorts:notices", args=[scene.cohort.pk]),
        "notice": reverse("cohorts:notice", args=[notice.pk]),
        "cancel": reverse("cohorts:cancel_notice", args=[notice.pk]),
    }


def test_messages_are_seen_by_those_who_run_the_cohort(scene, notice):
    helper = make_staff("helper")
    add_trainer(scene.cohort, helper)
    urls = addresses(scene, notice)
    for person in (scene.lead, scene.coordinator, helper):
        assert [browser(person).get(urls[name]).status_code for name in ("notices", "notice")] == [200, 200]
    for person in (*scene.strangers, scene.participant):
        assert [browser(person).get(urls[name]).status_code for name in ("notices", "notice")] == [404, 404]
        assert [browser(person).post(urls[name]).status_code for name in ("notice", "cancel")] == [404, 404]
    assert [browser(helper).post(urls[name]).status_code for name in ("notice", "cancel")] == [403, 403]
    assert "Do not send it" not in browser(helper).get(urls["notice"]).text
    assert browser(scene.lead).get(urls["cancel"]).status_code == 405
    notice.refresh_from_db()
    assert notice.state == NoticeState.PLANNED


def test_the_page_says_what_when_to_how_many_and_in_which_words(scene, notice, session):
    make_enrolment(scene.cohort)
    text = browser(scene.coordinator).get(addresses(scene, notice)["notices"]).text
    assert "New time or place · M1.1 " in text
    assert "to 1 person" in text
    text = browser(scene.coordinator).get(addresses(scene, notice)["notice"]).text
    for said in ("Сизде билдирүү бар", "У вас есть сообщение", "You have a message"):
        assert said in text
    assert session.titles["ky"] in text
    assert scene.participant.display_name not in text


def test_a_message_that_will_not_be_sent_says_why(scene, notice, session):
    _cancel(scene, session)
    for name in ("notices", "notice"):
        assert "the session was changed since" in browser(scene.lead).get(addresses(scene, notice)[name]).text


def test_its_time_is_changed_and_it_waits(scene, notice, session):
    typed = timezone.localtime(session.starts_at - timedelta(days=1))
    answer = browser(scene.lead).post(addresses(scene, notice)["notice"], {"due_at": f"{typed:%Y-%m-%dT%H:%M}"})
    assert (answer.status_code, answer.url) == (302, addresses(scene, notice)["notices"])
    notice.refresh_from_db()
    assert (notice.state, notice.due_at) == (NoticeState.HELD, typed.replace(second=0, microsecond=0))
    assert "time set by hand" in browser(scene.lead).get(addresses(scene, notice)["notices"]).text


@pytest.mark.parametrize("days", [-1, 30])
def test_a_time_that_has_passed_or_lies_after_the_session_is_refused(scene, notice, days):
    typed = f"{timezone.localtime() + timedelta(days=days):%Y-%m-%dT%H:%M}"
    answer = browser(scene.lead).post(addresses(scene, notice)["notice"], {"due_at": typed})
    assert answer.status_code == 422
    assert typed in answer.text
    notice.refresh_from_db()
    assert notice.state == NoticeState.PLANNED


def test_it_is_cancelled_once(scene, notice):
    client, urls = browser(scene.coordinator), addresses(scene, notice)
    client.post(urls["cancel"])
    notice.refresh_from_db()
    assert (notice.state, notice.reason) == (NoticeState.CANCELLED, DropReason.BY_HAND)
    assert "sent or cancelled already" in client.post(urls["cancel"], follow=True).text
    assert "cancelled by hand" in client.get(urls["notice"]).text
