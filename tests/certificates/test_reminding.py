"""A trainer is reminded before her certificate ends, and not once it was renewed or taken back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from lms.certificates import actions, tasks
from lms.certificates.models import Certificate
from lms.jobs.actions import enqueue_job
from lms.notices.models import Notice, NoticeState
from lms.notices.rendering import message_of, words_for
from lms.people.models import User
from tests.factories import certificates as make
from tests.factories.notices import choose
from tests.factories.people import AT, make_staff

pytestmark = pytest.mark.django_db
ENDS = date(2029, 11, 25)


def night_before(days: int) -> datetime:
    """A quarter to two in Bishkek, so many days before the end."""
    day = ENDS - timedelta(days=days)
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=4, minutes=15)


def morning_before(days: int) -> datetime:
    return night_before(days) + timedelta(hours=8)


@pytest.fixture
def certificate(db) -> Certificate:
    return make.make_trainer_certificate()


def plan(days: int) -> int:
    return actions.plan_licence_reminders(at=night_before(days))


def settle(notice: Notice, at: datetime) -> tuple[str, str]:
    actions.settle_certificate_notice(notice=Notice.objects.select_related("person").get(pk=notice.pk), at=at)
    notice.refresh_from_db()
    return notice.state, notice.reason


def test_two_months_and_two_weeks_before_once_each(certificate):
    assert [plan(days) for days in (61, 60, 60, 59, 15, 14, 14, 13, 0, -1)] == [0, 1, 0, 0, 0, 1, 0, 0, 0, 0]
    due = [notice.due_at.date() for notice in Notice.objects.order_by("due_at")]
    assert due == [ENDS - timedelta(days=60), ENDS - timedelta(days=14)]
    assert {notice.person_id for notice in Notice.objects.all()} == {certificate.person_id}


def test_missed_night_is_made_good(certificate):
    assert [plan(days) for days in (58, 10)] == [1, 1]


def test_participants_revoked_and_erased_ones_are_not_reminded(certificate):
    User.objects.filter(pk=certificate.person_id).update(is_active=False)
    assert plan(60) == 0
    User.objects.filter(pk=certificate.person_id).update(is_active=True)
    actions.revoke_certificate(certificate=certificate, public_wording={}, internal_reason="x", by=make_staff(), at=AT)
    assert plan(60) == 0


def test_it_is_sent_in_the_morning(certificate):
    plan(60)
    notice = Notice.objects.get()
    assert settle(notice, night_before(60)) == (NoticeState.PLANNED, "")
    assert settle(notice, morning_before(60)) == (NoticeState.SENT, "")


@pytest.mark.parametrize("what", ["renewed", "revoked", "ended", "erased"])
def test_it_is_not_sent_once_it_no_longer_holds(certificate, what):
    plan(14)
    at, reason = morning_before(14), "settled"
    if what == "renewed":
        Certificate.objects.filter(pk=certificate.pk).update(state="superseded")
    elif what == "revoked":
        actions.revoke_certificate(
            certificate=certificate, public_wording={}, internal_reason="x", by=make_staff(), at=AT
        )
    elif what == "ended":
        at, reason = morning_before(-1), "too_late"
    else:
        User.objects.filter(pk=certificate.person_id).update(erased_at=AT)
        reason = "gone"
    assert settle(Notice.objects.get(kind="licence_ends"), at) == (NoticeState.CANCELLED, reason)


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_only_everything_says_that_she_trains_and_what(certificate, language, settings):
    person = certificate.person
    User.objects.filter(pk=person.pk).update(language=language)
    person.refresh_from_db()
    choose(person, "email", "time_and_place", "a@example.org")
    plan(60)
    assert settle(Notice.objects.get(), morning_before(60)) == (NoticeState.SENT, "")
    [sent] = mail.outbox
    assert ("2029" in sent.body, "M1" in sent.body, sent.subject) == (True, False, "Yntymak")


def test_words_lead_to_her_certificate_and_to_nobody_elses(certificate):
    plan(60)
    notice = Notice.objects.get()
    words = words_for([notice])[notice.pk]
    assert "M1 is valid until 25 November 2029" in message_of(words, "everything").text
    assert words.url.endswith(f"#c-{certificate.pk}")
    Certificate.objects.filter(pk=certificate.pk).update(person=make_staff())
    assert words_for([notice]) == {}


def test_tasks_plan_and_check_by_the_clock(certificate):
    Certificate.objects.update(expires_on=timezone.localdate() + timedelta(days=100))
    tasks.remind()
    assert not Notice.objects.exists()
    Certificate.objects.update(expires_on=timezone.localdate() + timedelta(days=10))
    tasks.remind()
    notice = Notice.objects.get()
    assert notice.checked_by == actions.CHECK_NOTICE
    Notice.objects.update(due_at=AT)
    job = enqueue_job(task=notice.checked_by, payload={"notice": str(notice.pk)}, by=None, at=timezone.now())
    tasks.check_notice(str(job.pk))
    notice.refresh_from_db()
    assert notice.state == NoticeState.SENT
