"""The life of a job: asked for, claimed with a lease, divided, advanced, ended.  Nothing here talks to Celery."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from lms.common.errors import ActionError
from lms.jobs.models import OPEN_STATES, Job, JobState

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

# How long a worker may be silent before its job is given to another one.
LEASE = timedelta(seconds=settings.JOB_LEASE_SECONDS)


class JobNotFree(ActionError):
    """Another worker holds the job, or it has ended."""

    code = "job_not_free"
    message = _("Somebody else is already doing this.")


def enqueue_job(
    *, task: str, payload: dict, by: "AbstractBaseUser | None", at: datetime, key: str = "", total: int = 0
) -> Job:
    """Writes down work that must happen; the same `key` asked for twice while it is open gives the same job.

    `payload` holds ids only.  The caller sends it on commit: `transaction.on_commit(lambda: send_job(job.id))`.
    """
    job = Job(
        task=task,
        payload=payload,
        key=key,
        total=total,
        run_after=at,
        created_at=at,
        created_by_id=by.pk if by else None,
    )
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError:
        return Job.objects.get(key=key, state__in=OPEN_STATES)
    return job


@transaction.atomic
def claim_job(*, job_id: UUID, at: datetime) -> Job:
    """Takes the job for this worker until `at` + LEASE.  Raises JobNotFree if another lease runs or it has ended."""
    job = Job.objects.select_for_update(no_key=True).get(pk=job_id)
    held = job.state == JobState.RUNNING and job.lease_until is not None and job.lease_until >= at
    if held or not job.is_open:
        raise JobNotFree
    job.state, job.lease_until, job.tries = JobState.RUNNING, at + LEASE, job.tries + 1
    job.save(update_fields=["state", "lease_until", "tries"])
    return job


def advance_job(*, job: Job, done: int, at: datetime) -> None:
    """Says how far it is, and keeps the lease.  Raises JobNotFree if another worker has it by now: stop."""
    held = Job.objects.filter(pk=job.pk, state=JobState.RUNNING, tries=job.tries)
    if not held.update(done=done, lease_until=at + LEASE):
        raise JobNotFree


def finish_job(*, job: Job, at: datetime, result: dict | None = None) -> None:
    """Ends it well; `result` holds counts and codes, never a person's data."""
    ended = {"state": JobState.DONE, "lease_until": None, "ended_at": at, "result": result or {}, "done": F("total")}
    Job.objects.filter(pk=job.pk, tries=job.tries, state=JobState.RUNNING).update(**ended)


def return_job(*, job: Job, error_code: str, at: datetime) -> None:
    """Gives it back after an error: tried again a little later, each time longer, until `max_tries`."""
    if job.tries >= job.max_tries:
        change: dict = {"state": JobState.FAILED, "ended_at": at}
    else:
        change = {"state": JobState.QUEUED, "sent_at": None, "run_after": at + timedelta(seconds=5 * 2**job.tries)}
    Job.objects.filter(pk=job.pk, tries=job.tries, state=JobState.RUNNING).update(
        **change, lease_until=None, error_code=error_code[:60]
    )


def fail_lost_jobs(*, at: datetime) -> int:
    """Gives up what killed its worker at every one of its tries, and says how many those were."""
    lost = Job.objects.filter(state=JobState.RUNNING, lease_until__lt=at, tries__gte=F("max_tries"))
    return lost.update(state=JobState.FAILED, ended_at=at, lease_until=None, error_code="worker_lost")


@dataclass(frozen=True)
class Part:
    """A piece of a job: what it is about, and how many steps it takes."""

    payload: dict
    total: int


@transaction.atomic
def split_job(*, job: Job, parts: Sequence[Part], at: datetime) -> list[Job]:
    """Divides a job that this worker holds into jobs of the same task, which any worker takes; gives those to send.

    From now on they keep its lease, move its progress and end it (`gather_parts`).  A repeat makes none twice.
    """
    pieces = [
        Job(
            task=job.task,
            payload=piece.payload,
            total=piece.total,
            run_after=at,
            created_by_id=job.created_by_id,
            # When it was asked for, not when it was divided.
            created_at=job.created_at,
            whole=job,
            part=number,
        )
        for number, piece in enumerate(parts, start=1)
    ]
    Job.objects.bulk_create(pieces, ignore_conflicts=True)
    job.is_split = True
    return list(job.parts.filter(state=JobState.QUEUED, sent_at=None).order_by("part"))


@transaction.atomic
def gather_parts(*, job_id: UUID, at: datetime) -> None:
    """How far the parts of a job are; with the last of them it ends, and its result is the sum of theirs.

    Called after every step of a part, and by the sweep's message when all of them have been silent for a while: a
    worker that dies between the end of the last part and this call delays the end and no more.
    """
    whole = Job.objects.select_for_update(no_key=True).get(pk=job_id)
    if not whole.is_open:
        return
    if whole.parts.open().exists():
        whole.done = whole.parts.aggregate(done=Sum("done"))["done"]
        # That it was looked at in vain is no failed try.
        whole.state, whole.lease_until, whole.tries = JobState.RUNNING, at + LEASE, 0
        whole.save(update_fields=["done", "state", "lease_until", "tries"])
        return
    _end_whole(whole, at)


def _end_whole(whole: Job, at: datetime) -> None:
    """It failed where one of its parts did; what the others finished stays."""
    parts, counts = list(whole.parts.order_by("part")), Counter[str]()
    for part in parts:
        counts.update(part.result)
    failed = next((part for part in parts if part.state == JobState.FAILED), None)
    whole.state, whole.error_code = (JobState.FAILED, failed.error_code) if failed else (JobState.DONE, "")
    whole.done, whole.result = sum(part.done for part in parts), dict(counts)
    whole.lease_until, whole.ended_at = None, at
    whole.save(update_fields=["state", "error_code", "done", "result", "lease_until", "ended_at"])


def note_sent(*, job_ids: list[UUID], at: datetime) -> None:
    """Remembers that a message left, so that the sweep sends again only what got lost."""
    Job.objects.filter(pk__in=job_ids, state=JobState.QUEUED).update(sent_at=at, lease_until=at + LEASE)


def forget_jobs(*, before: datetime) -> int:
    """Destroys jobs that ended before: who asked for what; says how many."""
    return Job.objects.filter(ended_at__lt=before).delete()[0]
