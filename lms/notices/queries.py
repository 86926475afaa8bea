"""What is read about notices."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Count, DateTimeField, Exists, Max, Min, OuterRef, Q, QuerySet, UUIDField

from lms.common.prepared import prepared
from lms.notices.models import (
    ARRIVED_STATES,
    WAITING_STATES,
    Channel,
    ContactRule,
    Notice,
    NoticeQuerySet,
    NoticeState,
    Reveals,
)
from lms.people.models import Contact, User

# A person's page shows so many of each: what is new, not the archive.
SHOWN = 20


def notices_for(user: User) -> NoticeQuerySet:
    """Her own, in whatever state."""
    return Notice.objects.filter(person=user)


def arrived_for(user: User) -> list[Notice]:
    """What has reached her, or should have: the newest first."""
    return list(notices_for(user).filter(state__in=ARRIVED_STATES).order_by("-ended_at")[:SHOWN])


def arrived_since(user: User, since: datetime) -> int:
    """How many have reached her, or should have, since then."""
    return sum(_arrived(person=user.pk, since=since))


@prepared(person=UUIDField(), since=DateTimeField())
def _arrived(person: Any, since: Any) -> QuerySet[Notice, int]:
    arrived = notices_for(person).filter(state__in=ARRIVED_STATES, ended_at__gte=since)
    return arrived.order_by().values("person").annotate(count=Count("pk")).values_list("count", flat=True)


def coming_for(user: User) -> list[Notice]:
    """What is planned for her, the next first."""
    return list(notices_for(user).waiting().order_by("due_at")[:SHOWN])


def rule_of(person: User) -> ContactRule:
    """How she is reached: as she chose, else the least.

    Staff who chose nothing are reached by the e-mail address that they sign in with; participants find their messages
    here, and nothing leaves the house.
    """
    chosen = ContactRule.objects.filter(person=person).first()
    if chosen is not None:
        return chosen
    if person.username and person.email:
        return ContactRule(person=person, channel=Channel.EMAIL, reveals=Reveals.TIME_AND_PLACE)
    return ContactRule(person=person, channel=Channel.SITE, reveals=Reveals.NOTHING)


def reached_outside(people: Collection[UUID] | QuerySet[Any, Any]) -> int:
    """How many of them a message reaches outside this site: `rule_of` and the addresses that they left.  One query."""
    left = Contact.objects.filter(
        person=OuterRef("pk"), kind=OuterRef("contact_rule__channel"), person__key__isnull=False
    )
    has_mail = Q(email__isnull=False) & ~Q(email="")
    chosen = Q(Exists(left)) | Q(contact_rule__channel=Channel.EMAIL) & has_mail
    unasked = Q(contact_rule__isnull=True, username__isnull=False) & ~Q(username="") & has_mail
    return User.objects.filter(chosen | unasked, pk__in=people).count()


def waiting_on_site(notice: Notice) -> int:
    """Of those who wait for this message: how many find it only when they open the site."""
    people = Notice.objects.filter(batch=notice.batch).waiting().values("person")
    return people.count() - reached_outside(people)


def open_channels() -> list[Channel]:
    """The ways that are installed here."""
    return [channel for channel in Channel if channel == Channel.SITE or channel in settings.NOTICE_GATEWAYS]


def people_reached_by(channel: str) -> int:
    """How many chose this way and are still here."""
    living = {"person__is_active": True, "person__erased_at": None, "person__merged_into": None}
    return ContactRule.objects.filter(channel=channel, **living).count()


@dataclass(frozen=True)
class Batch:
    """The notices of one occasion to many people, counted."""

    # One of them, for words and addresses.
    notice: Notice
    due_at: datetime
    ended_at: datetime | None
    counts: Counter[str]
    # Of those sent: who finds it on the site alone, whenever she opens it.
    on_site: int
    # By their reason.
    failed: dict[str, int]
    cancelled: dict[str, int]

    @property
    def waiting(self) -> int:
        return sum(self.counts[state] for state in WAITING_STATES)

    @property
    def sent(self) -> int:
        return self.counts[NoticeState.SENT]


def batches_of(group_id: UUID) -> list[Batch]:
    """Everything that was ever planned for the group, by the time when it is due."""
    return _batches(Notice.objects.filter(group_id=group_id))


def batch_of(notice: Notice) -> Batch:
    """The one that this notice is part of."""
    return _batches(Notice.objects.filter(batch=notice.batch))[0]


class _Row(NamedTuple):
    """How many notices of a batch are in one state for one reason; `key` names one of them."""

    batch: str
    state: str
    reason: str
    n: int
    key: str
    due_at: datetime
    ended_at: datetime | None
    on_site: int


def _batches(notices: NoticeQuerySet) -> list[Batch]:
    rows = notices.order_by().values_list("batch", "state", "reason")
    on_site = Count("pk", filter=Q(state=NoticeState.SENT, channel=Channel.SITE))
    counted = rows.annotate(
        n=Count("pk"), key=Min("key"), due_at=Min("due_at"), ended_at=Max("ended_at"), on_site=on_site
    )
    by_batch: dict[str, list[_Row]] = defaultdict(list)
    for row in map(_Row._make, counted):
        by_batch[row.batch].append(row)
    known = Notice.objects.in_bulk([min(row.key for row in rows) for rows in by_batch.values()], field_name="key")
    batches = [_batch(known[min(row.key for row in rows)], rows) for rows in by_batch.values()]
    return sorted(batches, key=lambda batch: (batch.due_at, batch.notice.batch))


def _batch(notice: Notice, rows: list[_Row]) -> Batch:
    counts: Counter[str] = Counter()
    for row in rows:
        counts[row.state] += row.n
    return Batch(
        notice=notice,
        due_at=min(row.due_at for row in rows),
        ended_at=max((row.ended_at for row in rows if row.ended_at), default=None),
        counts=counts,
        on_site=sum(row.on_site for row in rows),
        failed=_reasons(rows, NoticeState.FAILED),
        cancelled=_reasons(rows, NoticeState.CANCELLED),
    )


def _reasons(rows: list[_Row], state: NoticeState) -> dict[str, int]:
    return {row.reason: row.n for row in rows if row.state == state}
