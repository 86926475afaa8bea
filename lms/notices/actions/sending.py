"""Sent once.  A worker claims a notice, calls the gateway without holding the database, and says how it went.

What remains possible.  A worker killed between claim and answer leaves a notice of which nobody knows whether it left:
where the gateway drops a repeat by the notice's id it is sent again, else it is failed as "interrupted" and a person
decides.  And a mail server may take a mail and lose the line before it says so: that one is tried again, under the same
Message-ID, so a person may then find it twice.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import translation

from lms.jobs.actions import enqueue_job
from lms.jobs.models import Job, JobState
from lms.notices.backends import AddressRefused, Gateway, GatewayDown, gateway_for
from lms.notices.models import Channel, FailureCode, Notice, NoticeState
from lms.notices.queries import rule_of
from lms.notices.rendering import Message, message_of, words_for
from lms.people.queries import address_of

log = logging.getLogger("yntymak.notices")

# How long a worker may take over one message.
CLAIM = timedelta(minutes=10)
# A gateway that is down is asked again after 5, 10, 20, 40 minutes, then it is given up.
FIRST_PAUSE, MAX_TRIES = timedelta(minutes=5), 5
# So many are handed to the workers at once; the next sweep takes the next.
SWEPT = 500


@dataclass(frozen=True)
class _Dispatch:
    """Everything that is needed to send, read before the notice is claimed."""

    channel: Channel
    address: str = ""
    gateway: Gateway | None = None
    message: Message | None = None


def send_notice(*, notice: Notice, at: datetime) -> NoticeState:
    """Sends it as its person's rule says, and says in which state it is now.

    Called by the task that has just looked whether it still holds; never within a transaction.  A repeat is harmless:
    what is not due, is being sent, or has ended is left alone.
    """
    dispatch = _prepare(notice)
    claimed = _claim(notice.pk, dispatch.channel, at)
    if claimed is None:
        return NoticeState(Notice.objects.values_list("state", flat=True).get(pk=notice.pk))
    return _settle(claimed, _call(claimed, dispatch), at)


def _prepare(notice: Notice) -> _Dispatch:
    """Without an address it is only shown here."""
    person = notice.person
    rule = rule_of(person)
    address = "" if rule.channel == Channel.SITE else address_of(person, rule.channel)
    if not address:
        return _Dispatch(Channel.SITE)
    with translation.override(person.language):
        message = message_of(words_for([notice]).get(notice.pk), rule.reveals)
    return _Dispatch(Channel(rule.channel), address, gateway_for(rule.channel), message)


@transaction.atomic(durable=True)
def _claim(notice_id: UUID, channel: Channel, at: datetime) -> Notice | None:
    """From here on nobody else sends it; committed before the gateway is called."""
    notice = Notice.objects.select_for_update(no_key=True).get(pk=notice_id)
    if not notice.is_waiting or notice.due_at > at:
        return None
    notice.state, notice.channel, notice.claimed_at, notice.tries = NoticeState.SENDING, channel, at, notice.tries + 1
    notice.save(update_fields=["state", "channel", "claimed_at", "tries"])
    return notice


def _call(notice: Notice, dispatch: _Dispatch) -> FailureCode | None:
    """How it failed, or None.  No error gets any further: its text may quote the address."""
    if dispatch.channel == Channel.SITE:
        return None
    if dispatch.gateway is None or dispatch.message is None:
        return FailureCode.NO_GATEWAY
    subject, text = dispatch.message.subject, dispatch.message.text
    try:
        dispatch.gateway.send(address=dispatch.address, subject=subject, text=text, notice_id=notice.pk)
    except AddressRefused:
        return FailureCode.ADDRESS_REFUSED
    except GatewayDown:
        return FailureCode.UNREACHABLE
    except Exception:
        # A gateway of somebody else's may raise anything; the formatter writes where, and not what.
        log.exception("gateway failed", extra={"fields": {"notice": str(notice.pk), "channel": dispatch.channel}})
        return FailureCode.GATEWAY_ERROR
    return None


def _settle(notice: Notice, failure: FailureCode | None, at: datetime) -> NoticeState:
    if failure == FailureCode.UNREACHABLE and notice.tries < MAX_TRIES:
        pause = FIRST_PAUSE * 2 ** (notice.tries - 1)
        change = {"state": notice.waits_as, "due_at": at + pause, "channel": "", "claimed_at": None}
    elif failure:
        change = {"state": NoticeState.FAILED, "reason": failure, "ended_at": at}
    else:
        change = {"state": NoticeState.SENT, "ended_at": at}
    # Unless the sweep has given it up meanwhile.
    Notice.objects.filter(pk=notice.pk, state=NoticeState.SENDING, claimed_at=notice.claimed_at).update(**change)
    return change["state"]


def settle_lost_notices(*, at: datetime) -> int:
    """What a killed worker held: sent again where a repeat is harmless, else failed; says how many those were."""
    lost = Notice.objects.filter(state=NoticeState.SENDING, claimed_at__lt=at - CLAIM)
    return sum(_settle_lost(notice, at) for notice in lost)


def _settle_lost(notice: Notice, at: datetime) -> int:
    gateway = gateway_for(notice.channel)
    may_repeat = notice.channel == Channel.SITE or (gateway is not None and gateway.repeats_harmless)
    if may_repeat and notice.tries < MAX_TRIES:
        change: dict = {"state": notice.waits_as, "channel": "", "claimed_at": None}
    else:
        change = {"state": NoticeState.FAILED, "reason": FailureCode.INTERRUPTED, "ended_at": at}
    held = Notice.objects.filter(pk=notice.pk, state=NoticeState.SENDING, claimed_at=notice.claimed_at)
    return held.update(**change)


def queue_due_notices(*, at: datetime) -> list[UUID]:
    """A job for each due notice that has none, under the name of the task that checks it; gives the new jobs' ids.

    A notice whose job was given up cannot be checked, and says so.
    """
    due = {f"notice:{notice.pk}": notice for notice in Notice.objects.due(at).order_by("due_at")[:SWEPT]}
    given_up = set(Job.objects.filter(state=JobState.FAILED, key__in=due).values_list("key", flat=True))
    unchecked = Notice.objects.filter(pk__in=[due[key].pk for key in given_up]).waiting()
    unchecked.update(state=NoticeState.FAILED, reason=FailureCode.NOT_CHECKED, ended_at=at)
    open_ = set(Job.objects.open().filter(key__in=due).values_list("key", flat=True))
    return [_job(key, notice, at) for key, notice in due.items() if key not in given_up | open_]


def _job(key: str, notice: Notice, at: datetime) -> UUID:
    return enqueue_job(task=notice.checked_by, payload={"notice": str(notice.pk)}, by=None, at=at, key=key).pk
