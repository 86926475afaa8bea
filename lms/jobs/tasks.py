"""Sends jobs by the name of their task, and what a task needs to hold one."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from celery import current_app, shared_task
from django.utils import timezone
from kombu.exceptions import ChannelError, OperationalError

from lms.jobs.actions import (
    JobNotFree,
    Part,
    advance_job,
    claim_job,
    fail_lost_jobs,
    finish_job,
    gather_parts,
    note_sent,
    return_job,
    split_job,
)
from lms.jobs.models import Job
from lms.jobs.queries import due_jobs

log = logging.getLogger("yntymak.jobs")


def send_job(job_id: UUID) -> None:
    """Tells a worker at once; if the message is lost or the broker is down, the sweep tells it again."""
    task = Job.objects.values_list("task", flat=True).get(pk=job_id)
    try:
        current_app.send_task(task, args=[str(job_id)])
    except (OSError, OperationalError, ChannelError):
        log.warning("broker does not answer; the sweep will send the job", extra={"fields": {"job": str(job_id)}})
        return
    note_sent(job_ids=[job_id], at=timezone.now())


def share_job(job: Job, parts: Sequence[Part]) -> None:
    """Gives a job that is `running` to all workers, in parts; it ends with the last of them."""
    for part in split_job(job=job, parts=parts, at=timezone.now()):
        send_job(part.pk)


def note_progress(job: Job, done: int) -> None:
    """How far a job that is `running` is, and the whole that it is a part of.  Raises JobNotFree: stop."""
    advance_job(job=job, done=done, at=timezone.now())
    _gather(job)


@contextmanager
def running(job_id: str | UUID) -> Iterator[Job | None]:
    """Holds the job while the block runs: None if another worker has it, given back if the block raises.

    with running(job_id) as job:
        if job:
            do_the_work(...)
    """
    try:
        job = claim_job(job_id=UUID(str(job_id)), at=timezone.now())
    except (JobNotFree, Job.DoesNotExist):
        yield None
        return
    try:
        yield job
    except JobNotFree:
        log.warning("job taken by another worker", extra={"fields": {"job": str(job.pk), "task": job.task}})
    except Exception as error:
        # Whatever went wrong, the work must happen: back into the queue, and the traceback into the log.
        log.exception("job failed", extra={"fields": {"job": str(job.pk), "task": job.task}})
        return_job(job=job, error_code=type(error).__name__, at=timezone.now())
    else:
        if not job.is_split:
            finish_job(job=job, at=timezone.now(), result=job.result)
    _gather(job)


def _gather(job: Job) -> None:
    whole = job.pk if job.is_split else job.whole_id
    if whole:
        gather_parts(job_id=whole, at=timezone.now())


@shared_task(name="jobs.sweep")
def sweep_jobs(**kwargs: object) -> None:
    """Sends again what a lost message or a killed worker left behind, and gives up what kills every worker."""
    fail_lost_jobs(at=timezone.now())
    due = due_jobs(timezone.now())
    for job_id, task in due:
        current_app.send_task(task, args=[str(job_id)])
    note_sent(job_ids=[job_id for job_id, _task in due], at=timezone.now())


@shared_task(name="jobs.go_round")
def go_round(job_id: str, **kwargs: object) -> None:
    """Nothing: that it is done says that whoever should send jobs and do them is alive."""
    with running(job_id):
        pass
