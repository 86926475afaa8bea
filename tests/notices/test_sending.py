"""Sent once, as its person allows, and never to nobody knows whom."""

import logging
import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

from lms.common.logs import JsonFormatter
from lms.jobs.actions import claim_job, return_job
from lms.jobs.models import Job
from lms.notices import actions, backends
from lms.notices.actions.sending import CLAIM, MAX_TRIES
from lms.notices.models import Channel, FailureCode, NoticeState, Reveals
from lms.notices.queries import batch_of
from lms.notices.tasks import sweep_notices
from lms.people.models import Contact, PersonKey
from tests.factories.notices import choose, make_notice
from tests.factories.people import AT, make_person, make_staff
from tests.notices.conftest import MODULE

pytestmark = pytest.mark.django_db
PHONE = "+996555123456"


@pytest.fixture
def person():
    return make_person("Айгүл", "en")


def state(notice) -> tuple:
    notice.refresh_from_db()
    return notice.state, notice.reason, notice.channel


class Broken:
    """A gateway that fails as told."""

    repeats_harmless = False
    error: BaseException = backends.GatewayDown()
    calls = 0

    def __init__(self, channel: str) -> None:
        self.channel = channel

    def send(self, **message) -> None:
        Broken.calls += 1
        raise Broken.error


class Careful(Broken):
    repeats_harmless = True


@pytest.fixture
def broken(settings):
    """Breaks the telephone's gateway with this error."""
    Broken.calls = 0

    def breaks(error: BaseException, *, gateway: str = "Broken") -> None:
        Broken.error = error
        settings.NOTICE_GATEWAYS = {"phone": f"{__name__}.{gateway}"}

    return breaks


def test_a_participant_who_chose_nothing_finds_it_on_the_site_and_nothing_leaves(person, outbox):
    notice = make_notice(person)
    assert actions.send_notice(notice=notice, at=AT) == NoticeState.SENT
    assert (state(notice), outbox("phone"), mail.outbox) == ((NoticeState.SENT, "", Channel.SITE), [], [])


@pytest.mark.parametrize(
    ("reveals", "subject", "text"),
    [
        (Reveals.NOTHING, "Yntymak", "You have a message. Open Yntymak."),
        (Reveals.TIME_AND_PLACE, "Yntymak", "We meet at ten."),
        (Reveals.EVERYTHING, "Session 3 is near", f"We meet at ten: {MODULE}."),
    ],
)
def test_it_says_as_much_as_she_allows(person, outbox, reveals, subject, text):
    choose(person, Channel.PHONE, reveals, PHONE)
    notice = make_notice(person)
    actions.send_notice(notice=notice, at=AT)
    [message] = outbox("phone")
    assert message == {"notice": str(notice.pk), "address": PHONE, "subject": subject, "text": text}


def test_it_speaks_her_language(outbox):
    person = make_person(language="ru")
    choose(person, Channel.TELEGRAM, address="@aigul_t")
    actions.send_notice(notice=make_notice(person), at=AT)
    [message] = outbox("telegram")
    assert message["text"] == "У вас есть сообщение. Откройте Yntymak."


def test_a_mail_goes_to_one_address_and_names_no_training():
    person = make_staff("coordinator")
    person.email = "c@example.org"
    person.save()
    notice = make_notice(person)
    actions.send_notice(notice=notice, at=AT)
    [message] = mail.outbox
    assert (message.to, message.subject, message.body) == (["c@example.org"], "Yntymak", "We meet at ten.")
    assert message.extra_headers["Message-ID"] == f"<{notice.pk}@testserver>"
    assert MODULE not in message.message().as_string()


def test_a_repeat_sends_nothing_more(person, outbox):
    choose(person, Channel.PHONE, address=PHONE)
    notice = make_notice(person)
    for _time in range(3):
        assert actions.send_notice(notice=notice, at=AT) == NoticeState.SENT
    assert len(outbox("phone")) == 1


def test_what_is_not_due_or_cancelled_stays(person, outbox):
    choose(person, Channel.PHONE, address=PHONE)
    later = make_notice(person, due_at=AT + timedelta(seconds=1))
    cancelled = make_notice(person, name="tests:2")
    actions.cancel_notice(notice=cancelled, reason="left", at=AT)
    assert actions.send_notice(notice=later, at=AT) == NoticeState.PLANNED
    assert actions.send_notice(notice=cancelled, at=AT) == NoticeState.CANCELLED
    assert outbox("phone") == []


def test_a_channel_without_a_gateway_fails_and_says_so(person, settings):
    choose(person, Channel.PHONE, address=PHONE)
    settings.NOTICE_GATEWAYS = {"email": settings.NOTICE_GATEWAYS["email"]}
    notice = make_notice(person)
    assert actions.send_notice(notice=notice, at=AT) == NoticeState.FAILED
    assert state(notice) == (NoticeState.FAILED, FailureCode.NO_GATEWAY, Channel.PHONE)


def test_without_her_key_no_address_is_left_to_write_to(person, outbox):
    choose(person, Channel.PHONE, address=PHONE)
    PersonKey.objects.filter(person=person).delete()
    notice = make_notice(person)
    actions.send_notice(notice=notice, at=AT)
    assert (state(notice)[2], outbox("phone")) == (Channel.SITE, [])


def test_a_gateway_that_is_down_is_asked_again_later_and_then_given_up(person, broken):
    choose(person, Channel.PHONE, address=PHONE)
    broken(backends.GatewayDown())
    notice, at, pauses = make_notice(person), AT, []
    for _try in range(MAX_TRIES - 1):
        assert actions.send_notice(notice=notice, at=at) == NoticeState.PLANNED
        notice.refresh_from_db()
        pauses.append(int((notice.due_at - at).total_seconds() / 60))
        at = notice.due_at
    assert actions.send_notice(notice=notice, at=at) == NoticeState.FAILED
    assert (pauses, Broken.calls, notice.tries) == ([5, 10, 20, 40], MAX_TRIES, MAX_TRIES - 1)
    assert state(notice)[1] == FailureCode.UNREACHABLE


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (backends.AddressRefused(), FailureCode.ADDRESS_REFUSED),
        (ValueError(f"no such number {PHONE}"), FailureCode.GATEWAY_ERROR),
    ],
)
def test_what_a_gateway_refuses_is_not_tried_again_and_no_address_is_logged(person, broken, caplog, error, code):
    choose(person, Channel.PHONE, address=PHONE)
    broken(error)
    notice = make_notice(person)
    with caplog.at_level(logging.DEBUG):
        actions.send_notice(notice=notice, at=AT)
    assert (state(notice)[:2], Broken.calls) == ((NoticeState.FAILED, code), 1)
    assert PHONE not in "".join(JsonFormatter().format(record) for record in caplog.records)


def test_a_worker_killed_while_sending_sends_nothing_twice(person, broken):
    choose(person, Channel.PHONE, address=PHONE)
    broken(KeyboardInterrupt())
    notice = make_notice(person)
    with pytest.raises(KeyboardInterrupt):
        actions.send_notice(notice=notice, at=AT)
    assert state(notice)[0] == NoticeState.SENDING
    assert actions.send_notice(notice=notice, at=AT) == NoticeState.SENDING
    assert actions.settle_lost_notices(at=AT + CLAIM) == 0
    assert actions.settle_lost_notices(at=AT + CLAIM + timedelta(seconds=1)) == 1
    assert state(notice) == (NoticeState.FAILED, FailureCode.INTERRUPTED, Channel.PHONE)
    assert Broken.calls == 1


def test_where_a_repeat_is_harmless_it_is_sent_again_but_not_for_ever(person, broken):
    choose(person, Channel.PHONE, address=PHONE)
    broken(KeyboardInterrupt(), gateway="Careful")
    notice, at = make_notice(person), AT
    for _try in range(MAX_TRIES):
        with pytest.raises(KeyboardInterrupt):
            actions.send_notice(notice=notice, at=at)
        at += CLAIM + timedelta(seconds=1)
        actions.settle_lost_notices(at=at)
    assert state(notice)[:2] == (NoticeState.FAILED, FailureCode.INTERRUPTED)


def test_an_answer_that_comes_too_late_changes_nothing(person, settings):
    """The sweep gave it up while the gateway was still at work."""
    choose(person, Channel.PHONE, address=PHONE)
    settings.NOTICE_GATEWAYS = {"phone": f"{__name__}.Slow"}
    notice = make_notice(person)
    actions.send_notice(notice=notice, at=AT)
    assert state(notice)[:2] == (NoticeState.FAILED, FailureCode.INTERRUPTED)


class Slow(Broken):
    def send(self, **message) -> None:
        actions.settle_lost_notices(at=AT + CLAIM * 2)


def test_the_mail_gateway_tells_a_bad_address_from_a_server_that_is_down(settings):
    gateway = backends.MailGateway("email")
    message = {"address": "a@example.org", "subject": "Yntymak", "text": "T", "notice_id": "1"}
    settings.MAILERS = {"default": {"BACKEND": f"{__name__}.RefusingBackend"}}
    for error, raised in (
        (smtplib.SMTPRecipientsRefused({}), backends.AddressRefused),
        (smtplib.SMTPServerDisconnected(), backends.GatewayDown),
        (TimeoutError(), backends.GatewayDown),
    ):
        RefusingBackend.error = error
        with pytest.raises(raised):
            gateway.send(**message)


class RefusingBackend(BaseEmailBackend):
    error: Exception

    def send_messages(self, email_messages):
        raise self.error


def test_due_notices_become_jobs_once(person):
    due, later = make_notice(person), make_notice(person, name="tests:2", due_at=AT + timedelta(minutes=1))
    [job_id] = actions.queue_due_notices(at=AT)
    job = Job.objects.get()
    assert (job.pk, job.task, job.payload, job.key) == (
        job_id,
        "tests.check_notice",
        {"notice": str(due.pk)},
        f"notice:{due.pk}",
    )
    assert actions.queue_due_notices(at=AT) == []
    assert later.state == NoticeState.PLANNED


def test_a_notice_that_cannot_be_checked_says_so(person):
    notice = make_notice(person)
    [job_id] = actions.queue_due_notices(at=AT)
    Job.objects.update(max_tries=1)
    return_job(job=claim_job(job_id=job_id, at=AT), error_code="ValueError", at=AT)
    assert actions.queue_due_notices(at=AT) == []
    assert state(notice)[:2] == (NoticeState.FAILED, FailureCode.NOT_CHECKED)


def test_the_sweep_takes_a_fixed_number_of_queries_to_find_nothing(person, django_assert_num_queries):
    make_notice(person, due_at=AT + timedelta(days=400))
    with django_assert_num_queries(2):
        sweep_notices()


def test_choosing_the_site_forgets_the_address(person):
    choose(person, Channel.PHONE, address=PHONE)
    choose(person, Channel.SITE)
    assert not Contact.objects.exists()


def test_a_batch_says_how_many_find_it_on_the_site_alone(person):
    """So that a coordinator who moves tomorrow's session knows whom to telephone."""
    choose(person, Channel.PHONE, address=PHONE)
    notices = [make_notice(one) for one in (person, make_person("Бермет"), make_person("Света", "ru"))]
    for notice in notices:
        actions.send_notice(notice=notice, at=AT)
    batch = batch_of(notices[0])
    assert (batch.sent, batch.on_site) == (3, 2)
