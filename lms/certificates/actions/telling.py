"""What webhooks are told: noted from the changes of state, sent in jobs, tried again, given up.

Nobody who revokes waits for any of this.  The change of state is the record; it is pulled from there, and a delivery is
written before anything is sent.  A worker killed between sending and noting leaves the delivery as it was: its job is
given to another worker when the lease ends, and the same event goes out again under the same id.
"""

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from lms.certificates.actions.webhooks import AddressUnfit, require_fit, switch_webhook_off
from lms.certificates.models import (
    DeliveryFailure,
    DeliveryState,
    Webhook,
    WebhookDelivery,
    WebhookEvent,
    WebhookNotice,
    WebhookState,
)
from lms.certificates.queries import administrators_of, changes_to_tell, reason_against_telling, webhooks_with_due
from lms.certificates.rendering import message_body
from lms.certificates.signing import sign_message
from lms.common.crypto import unwrap
from lms.common.outgoing import NotReached, ask
from lms.jobs.actions import enqueue_job
from lms.jobs.models import Job
from lms.notices.actions import BatchPlan, cancel_notice, plan_batch, send_notice
from lms.notices.models import Notice

log = logging.getLogger("yntymak.webhooks")

# The Celery tasks that send what is due, and that check our notices (lms.certificates.tasks).
TELL_WEBHOOK, CHECK_WEBHOOK_NOTICE = "certificates.tell_webhook", "certificates.check_webhook_notice"
# After each failed try; together three days.  Who has not answered by then is switched off.
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 300, 600, 840, 1200, 1440)]
# Jobs of one organisation, in the queue and at work together.
AT_ONCE = 2
AGENT = "Yntymak-Webhooks/1.0"
GONE_STATUS = 410
# Nobody was there, so what else is to be told would not arrive now either.
SILENCES = (
    DeliveryFailure.NO_SUCH_HOST,
    DeliveryFailure.NOT_PUBLIC,
    DeliveryFailure.UNREACHABLE,
    DeliveryFailure.BAD_CERTIFICATE,
    DeliveryFailure.SLOW,
    DeliveryFailure.UNFIT,
)


@dataclass(frozen=True)
class _Outcome:
    """Of one try: the status of the answer, and how it failed if it did."""

    status: int | None = None
    failure: DeliveryFailure | None = None


def note_events(*, at: datetime) -> int:
    """A delivery for each change of state that a webhook is to be told and was not; says how many.

    A repeat, and two at once, make none twice.
    """
    Webhook.objects.filter(old_secret_until__lte=at).update(sealed_old_secret=None, old_secret_until=None)
    on = Webhook.objects.filter(state=WebhookState.ON).order_by("pk")
    return sum(_note_for(webhook, at) for webhook in on if changes_to_tell(webhook, at))


@transaction.atomic
def _note_for(webhook: Webhook, at: datetime) -> int:
    locked = Webhook.objects.select_for_update(no_key=True).get(pk=webhook.pk)
    if not locked.is_on:
        return 0
    rows = [
        WebhookDelivery(webhook=locked, change=change, event=event, created_at=at, due_at=at)
        for change, event in changes_to_tell(locked, at)
    ]
    WebhookDelivery.objects.bulk_create(rows)
    return len(rows)


def queue_deliveries(*, at: datetime) -> list[UUID]:
    """A job for webhooks that have something to send and no job yet; gives the new jobs' ids.

    One job a webhook: what it is told comes in order, and a receiver that does not answer holds one worker at most.
    Of an organisation so many at a time: whoever waits behind them waits for these turns, and not for those of all.
    """
    told = Job.objects.open().filter(task=TELL_WEBHOOK).values_list("payload__webhook", flat=True)
    open_ = {UUID(webhook_id) for webhook_id in told}
    busy = Counter(Webhook.objects.filter(pk__in=open_).values_list("organisation", flat=True))
    queued = []
    for webhook_id, organisation_id in webhooks_with_due(at):
        if webhook_id not in open_ and busy[organisation_id] < AT_ONCE:
            busy[organisation_id] += 1
            queued.append(_job(webhook_id, at))
    return queued


def _job(webhook_id: UUID, at: datetime) -> UUID:
    told = {"webhook": str(webhook_id)}
    return enqueue_job(task=TELL_WEBHOOK, payload=told, by=None, at=at, key=f"webhook:{webhook_id}").pk


def send_delivery(*, delivery: WebhookDelivery, at: datetime) -> bool:
    """Sends it, writes down how that went, and says whether it arrived: if not, the next one waits for another run.

    Never within a transaction: the other side may take its time.
    """
    return _settle(delivery, _post(delivery, at), at)


def _post(delivery: WebhookDelivery, at: datetime) -> _Outcome:
    webhook, body = delivery.webhook, message_body(delivery)
    seconds = int(at.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": AGENT,
        "webhook-id": str(delivery.pk),
        "webhook-timestamp": str(seconds),
        "webhook-signature": sign_message(str(delivery.pk), seconds, body, _secrets(webhook, at)),
    }
    try:
        answer = ask("POST", require_fit(address=webhook.address), headers=headers, body=body)
    except AddressUnfit:
        return _Outcome(failure=DeliveryFailure.UNFIT)
    except NotReached as error:
        return _Outcome(failure=DeliveryFailure(error.code))
    except Exception:
        # Whatever it is, it counts as a try, or the same one would come again for ever; the formatter writes no text.
        log.exception("webhook failed", extra={"fields": {"delivery": str(delivery.pk)}})
        return _Outcome(failure=DeliveryFailure.INTERNAL)
    return _Outcome(answer.status, _failure_of(answer.status))


def _failure_of(status: int) -> DeliveryFailure | None:
    if 200 <= status < 300:
        return None
    return DeliveryFailure.REDIRECTED if 300 <= status < 400 else DeliveryFailure.ANSWERED


def _secrets(webhook: Webhook, at: datetime) -> list[str]:
    """The newest first; the one before as long as it holds."""
    kept = [webhook.sealed_secret]
    if webhook.sealed_old_secret and webhook.old_secret_until and webhook.old_secret_until > at:
        kept.append(webhook.sealed_old_secret)
    return [unwrap(sealed).decode() for sealed in kept]


@transaction.atomic
def _settle(seen: WebhookDelivery, outcome: _Outcome, at: datetime) -> bool:
    webhook = Webhook.objects.select_for_update(no_key=True).get(pk=seen.webhook_id)
    delivery = WebhookDelivery.objects.select_related("webhook").get(pk=seen.pk)
    if not delivery.is_waiting or delivery.tries != seen.tries:
        # Switched off meanwhile, or another worker was quicker.
        return False
    delivery.tries, delivery.tried_at = delivery.tries + 1, at
    delivery.status, delivery.failure = outcome.status, outcome.failure or ""
    if outcome.failure is None:
        _end(delivery, DeliveryState.DELIVERED, at)
        _note_arrival(webhook, delivery)
        return True
    is_over = delivery.event == WebhookEvent.TEST or delivery.tries > len(PAUSES)
    if is_over or outcome.status == GONE_STATUS:
        _end(delivery, DeliveryState.GIVEN_UP, at)
    else:
        _put_off(delivery, at)
    _note_failure(webhook, delivery, outcome, at)
    return False


def _end(delivery: WebhookDelivery, state: DeliveryState, at: datetime) -> None:
    delivery.state, delivery.ended_at = state, at
    delivery.save(update_fields=["state", "ended_at", "tries", "tried_at", "status", "failure"])


def _put_off(delivery: WebhookDelivery, at: datetime) -> None:
    delivery.due_at = at + PAUSES[delivery.tries - 1]
    delivery.save(update_fields=["due_at", "tries", "tried_at", "status", "failure"])


def _note_arrival(webhook: Webhook, delivery: WebhookDelivery) -> None:
    if webhook.failing_since and delivery.event != WebhookEvent.TEST:
        webhook.failing_since = None
        webhook.save(update_fields=["failing_since"])


def _note_failure(webhook: Webhook, delivery: WebhookDelivery, outcome: _Outcome, at: datetime) -> None:
    """What it means for the webhook: switched off where it is gone, or where nothing arrived for three days."""
    if outcome.status == GONE_STATUS:
        _break(webhook, WebhookState.GONE, at)
    elif delivery.event == WebhookEvent.TEST:
        return
    elif webhook.failing_since is None:
        webhook.failing_since = at
        webhook.save(update_fields=["failing_since"])
    elif not delivery.is_waiting and at - webhook.failing_since >= sum(PAUSES, timedelta()):
        _break(webhook, WebhookState.FAILED, at)
    if delivery.is_waiting and outcome.failure in SILENCES:
        waiting = WebhookDelivery.objects.filter(webhook=webhook, state=DeliveryState.WAITING)
        waiting.filter(due_at__lt=delivery.due_at).update(due_at=delivery.due_at)


def _break(webhook: Webhook, state: WebhookState, at: datetime) -> None:
    switch_webhook_off(webhook=webhook, by=None, at=at, state=state)
    plan = BatchPlan(
        kind=WebhookNotice.BROKEN,
        subject=webhook,
        name=f"{WebhookNotice.BROKEN}:{webhook.pk}:{int(at.timestamp())}",
        due_at=at,
        checked_by=CHECK_WEBHOOK_NOTICE,
    )
    plan_batch(plan=plan, people=administrators_of(webhook.organisation_id, at), at=at)


def settle_webhook_notice(*, notice: Notice, at: datetime) -> None:
    """Sends it if it still holds, else cancels it and says why.  Never within a transaction: see send_notice."""
    reason = reason_against_telling(notice, at)
    if reason is None:
        send_notice(notice=notice, at=at)
    else:
        cancel_notice(notice=notice, reason=reason, at=at)
