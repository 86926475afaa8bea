"""What does not arrive: sent again under the same id, given up in the end, and the administrators told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from lms.certificates import actions, tasks
from lms.certificates.actions.telling import PAUSES
from lms.certificates.models import Webhook
from lms.certificates.rendering import digest_of
from lms.jobs.models import Job
from lms.notices.models import Notice, NoticeState
from lms.notices.tasks import sweep_notices
from lms.people.models import AuditEntry
from tests.certificates.hooks import revoke, sweep, told
from tests.factories import certificates as make
from tests.factories.people import AT
from tests.factories.webhooks import make_administrator, make_webhook
from tests.receiving import cut, redirect

pytestmark = pytest.mark.django_db


# ── What does not arrive ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("answer", "status", "failure"),
    [(500, 500, "answered"), (404, 404, "answered"), (cut, None, "unreachable"), (redirect, 307, "redirected")],
)
def test_it_is_sent_again_under_the_same_id_and_signed_anew(certificate, hook, receiver, answer, status, failure):
    receiver.answers = [answer]
    revoke(certificate)
    sweep(hook.webhook)
    delivery = told(hook.webhook)
    assert (delivery.state, delivery.tries, delivery.status, delivery.failure) == ("waiting", 1, status, failure)
    assert delivery.due_at == AT + PAUSES[0]
    sweep(hook.webhook, AT + PAUSES[0] - timedelta(seconds=1))
    assert len(receiver.received) == 1
    sweep(hook.webhook, AT + PAUSES[0])
    first, second = receiver.received
    assert (first.body, first.path, first.headers["webhook-id"]) == (
        second.body,
        second.path,
        second.headers["webhook-id"],
    )
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 60
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]
    delivery = told(hook.webhook)
    assert (delivery.state, delivery.tries, delivery.status, delivery.failure) == ("delivered", 2, 204, "")


def test_receiver_that_is_gone_is_switched_off_at_once_and_its_administrators_are_told(certificate, hook, receiver):
    administrator = make_administrator(certificate.organisation)
    receiver.answers = [410]
    revoke(certificate)
    other = make.make_certificate(make.make_graduate(certificate.cohort))
    revoke(other)
    sweep(hook.webhook)
    hook.webhook.refresh_from_db()
    assert hook.webhook.state == "gone"
    assert sorted(hook.webhook.deliveries.values_list("state", flat=True)) == ["dropped", "given_up"]
    assert len(receiver.received) == 1
    assert administrator.pk in Notice.objects.filter(kind="webhook_broken").values_list("person", flat=True)


def test_who_does_not_answer_for_three_days_is_switched_off(certificate, hook, receiver):
    revoke(certificate)
    receiver.answers = [500] * 20
    at = AT
    for pause in [*PAUSES, timedelta()]:
        sweep(hook.webhook, at)
        at += pause
    hook.webhook.refresh_from_db()
    assert sum(PAUSES, timedelta()) > timedelta(days=3)
    assert (hook.webhook.state, told(hook.webhook).state) == ("failed", "given_up")
    assert len(receiver.received) == len(PAUSES) + 1
    assert len({one.headers["webhook-id"] for one in receiver.received}) == 1
    revoke(make.make_certificate(make.make_graduate(certificate.cohort)), at)
    sweep(hook.webhook, at)
    assert len(receiver.received) == len(PAUSES) + 1
    entry = AuditEntry.objects.get(verb="switch_webhook_off")
    assert (entry.actor_id, entry.details) == (None, {"state": "failed"})


def test_one_message_that_is_refused_for_ever_does_not_switch_off_where_others_arrive(certificate, hook, receiver):
    revoke(certificate)
    at, poison = AT, digest_of(certificate.public_id).encode()
    for pause in [*PAUSES, timedelta()]:
        receiver.answers = [400]
        sweep(hook.webhook, at)
        at += pause
        revoke(make.make_certificate(make.make_graduate(certificate.cohort)), at - timedelta(seconds=1))
        sweep(hook.webhook, at - timedelta(seconds=1))
    hook.webhook.refresh_from_db()
    assert hook.webhook.is_on
    assert hook.webhook.deliveries.filter(state="given_up").count() == 1
    assert sum(poison in one.body for one in receiver.received) == len(PAUSES) + 1


def test_silent_receiver_is_asked_once_for_all_that_waits(certificate, hook, receiver):
    revoke(certificate)
    revoke(make.make_certificate(make.make_graduate(certificate.cohort)))
    receiver.answers = [cut]
    sweep(hook.webhook)
    sweep(hook.webhook, AT + timedelta(seconds=30))
    assert len(receiver.received) == 1
    sweep(hook.webhook, AT + PAUSES[0])
    assert len(receiver.received) == 3
    assert set(hook.webhook.deliveries.values_list("state", flat=True)) == {"delivered"}


def test_name_that_leads_home_today_is_not_asked(certificate, hook, receiver, settings, monkeypatch):
    """It may have led elsewhere when it was entered."""
    settings.WEBHOOK_HOSTS, settings.WEBHOOK_PORTS = [], [receiver.port]
    Webhook.objects.update(address=f"https://localtest.example.org:{receiver.port}/")
    monkeypatch.setattr("socket.getaddrinfo", lambda *args, **kwargs: [(2, 1, 6, "", ("127.0.0.1", receiver.port))])
    revoke(certificate)
    sweep(hook.webhook)
    assert (receiver.received, told(hook.webhook).failure) == ([], "not_public")


def test_host_that_the_operator_no_longer_names_is_not_asked(certificate, hook, receiver, settings):
    settings.WEBHOOK_HOSTS = []
    revoke(certificate)
    sweep(hook.webhook)
    assert (receiver.received, told(hook.webhook).failure) == ([], "unfit")


# ── The schedule and the worker ──────────────────────────────────────────────────────────────────────────────────────


def test_schedule_makes_one_job_a_webhook_and_the_worker_sends_all_that_is_due(certificate, receiver):
    now = timezone.now()
    hook = make_webhook(certificate.organisation, f"https://localhost:{receiver.port}/", at=now)
    revoke(certificate, now)
    revoke(make.make_certificate(make.make_graduate(certificate.cohort)), now)
    tasks.sweep_webhooks()
    tasks.sweep_webhooks()
    job = Job.objects.get(task="certificates.tell_webhook")
    assert job.payload == {"webhook": str(hook.webhook.pk)}
    tasks.tell_webhook(str(job.pk))
    tasks.tell_webhook(str(job.pk))
    job.refresh_from_db()
    assert (job.state, len(receiver.received)) == ("done", 2)
    assert set(hook.webhook.deliveries.values_list("state", flat=True)) == {"delivered"}


def test_receiver_that_takes_its_time_has_its_turn_and_no_more(certificate, receiver, monkeypatch):
    now = timezone.now()
    hook = make_webhook(certificate.organisation, f"https://localhost:{receiver.port}/", at=now)
    revoke(certificate, now)
    revoke(make.make_certificate(make.make_graduate(certificate.cohort)), now)
    monkeypatch.setattr(tasks, "TURN_SECONDS", -1)  # it is over with the first answer
    for done in (1, 2):
        tasks.sweep_webhooks()
        [job] = Job.objects.open().filter(task="certificates.tell_webhook")
        tasks.tell_webhook(str(job.pk))
        assert len(receiver.received) == done
    assert set(hook.webhook.deliveries.values_list("state", flat=True)) == {"delivered"}


def test_an_organisation_has_two_turns_at_a_time_and_each_of_its_webhooks_one(certificate, receiver):
    """Twenty slow receivers of one would else be all that a single worker does."""
    now = timezone.now()
    address = f"https://localhost:{receiver.port}"
    hooks = [make_webhook(certificate.organisation, f"{address}/{n}/", at=now).webhook for n in range(5)]
    other = make.make_certificate()
    make_webhook(other.organisation, f"{address}/other/", at=now)
    for one in (certificate, other):
        revoke(one, now)
    turns = Job.objects.open().filter(task="certificates.tell_webhook").order_by("created_at", "pk")

    def ours() -> list[str]:
        return [
            job.payload["webhook"] for job in turns.all() if job.payload["webhook"] in {str(one.pk) for one in hooks}
        ]

    tasks.sweep_webhooks()
    tasks.sweep_webhooks()
    assert (len(ours()), turns.count()) == (2, 3)
    served = []
    while left := ours():
        served.append(left[0])
        assert len(left) <= 2
        tasks.tell_webhook(str(turns.get(payload__webhook=left[0]).pk))
    assert sorted(served) == sorted(str(one.pk) for one in hooks)
    assert turns.count() == 1, "the other organisation's waits for its own worker"


def test_administrators_read_that_it_is_broken_until_it_is_on_again(certificate, receiver):
    now = timezone.now()
    administrator = make_administrator(certificate.organisation)
    hook = make_webhook(certificate.organisation, f"https://localhost:{receiver.port}/", at=now, by=administrator)
    receiver.answers = [410]
    revoke(certificate, now)
    sweep(hook.webhook, now)
    second = make_administrator(certificate.organisation)
    notice = Notice.objects.get(kind="webhook_broken", person=administrator)
    assert not Notice.objects.filter(kind="webhook_broken", person=second).exists()
    sweep_notices()
    tasks.check_webhook_notice(str(Job.objects.get(key=f"notice:{notice.pk}").pk))
    notice.refresh_from_db()
    assert notice.state == NoticeState.SENT


def test_notice_is_not_sent_any_more_where_it_was_switched_on_meanwhile(certificate, hook, receiver):
    administrator = make_administrator(certificate.organisation)
    receiver.answers = [410]
    revoke(certificate)
    sweep(hook.webhook)
    actions.switch_webhook_on(webhook=Webhook.objects.get(), by=administrator, at=AT)
    notice = Notice.objects.get(kind="webhook_broken", person=administrator)
    actions.settle_webhook_notice(notice=notice, at=AT)
    notice.refresh_from_db()
    assert (notice.state, notice.reason) == (NoticeState.CANCELLED, "settled")
