"""Planned, moved, cancelled: what is changed before it is sent.

Who may, and the entry in the audit trail, are for the app that plans: it knows whose cohort it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from lms.common.errors import ActionError
from lms.notices.models import BY_HAND, Notice, NoticeState


class BatchDone(ActionError):
    """Nothing of it waits any more."""

    code = "batch_done"
    message = _("This message was sent or cancelled already; nothing can be changed any more.")


@dataclass(frozen=True)
class BatchPlan:
    """What the notices of one occasion have in common."""

    kind: str
    subject: Model
    # Names the occasion: planned twice under the same name, it is one.
    name: str
    due_at: datetime
    # The Celery task that looks again whether each still holds.
    checked_by: str
    group_id: UUID | None = None
    parameters: dict = field(default_factory=dict)


@transaction.atomic
def plan_batch(*, plan: BatchPlan, people: Iterable[UUID], at: datetime) -> int:
    """One notice for each of these people who has none yet; says how many are new.

    Somebody who comes late gets hers when the others do; what was cancelled by hand stays cancelled, for her too.
    """
    known = list(Notice.objects.filter(batch=plan.name).only("state", "reason", "due_at", "person_id"))
    if any(notice.reason == BY_HAND for notice in known):
        return 0
    due_at = next((notice.due_at for notice in known if notice.state == NoticeState.HELD), plan.due_at)
    has_one = {notice.person_id for notice in known}
    new = [_notice(plan, person_id, due_at, at) for person_id in people if person_id not in has_one]
    # Somebody else may plan the same at this moment: the key decides.
    Notice.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _notice(plan: BatchPlan, person_id: UUID, due_at: datetime, at: datetime) -> Notice:
    return Notice(
        key=f"{plan.name}:{person_id}",
        batch=plan.name,
        person_id=person_id,
        kind=plan.kind,
        subject_type=plan.subject._meta.label_lower,
        subject_id=str(plan.subject.pk),
        group_id=plan.group_id,
        parameters=plan.parameters,
        checked_by=plan.checked_by,
        due_at=due_at,
        created_at=at,
    )


@transaction.atomic
def move_batch(*, batch: str, due_at: datetime, at: datetime) -> int:
    """Another time for those that wait, set by hand; says how many.  Raises BatchDone."""
    waiting = Notice.objects.filter(batch=batch).waiting()
    moved = waiting.update(due_at=due_at, state=NoticeState.HELD, edited_at=at)
    if not moved:
        raise BatchDone
    return moved


@transaction.atomic
def cancel_batch(*, batch: str, at: datetime, reason: str = BY_HAND) -> int:
    """Those that wait are not sent; says how many.  Raises BatchDone."""
    waiting = Notice.objects.filter(batch=batch).waiting()
    cancelled = waiting.update(state=NoticeState.CANCELLED, reason=reason, ended_at=at)
    if not cancelled:
        raise BatchDone
    return cancelled


def cancel_notice(*, notice: Notice, reason: str, at: datetime) -> None:
    """It no longer holds; one that is being sent, or has ended, stays as it is."""
    waiting = Notice.objects.filter(pk=notice.pk).waiting()
    waiting.update(state=NoticeState.CANCELLED, reason=reason, ended_at=at)
