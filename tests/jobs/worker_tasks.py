"""Tasks for test_worker.py: a job that writes down each of its steps in a file, and may wait for a sign."""

import os
import time
from pathlib import Path

from celery import shared_task
from django.utils import timezone

from lms.jobs.actions import advance_job
from lms.jobs.tasks import running


@shared_task(name="tests.steps")
def take_steps(job_id: str, **kwargs: object) -> None:
    """Takes the job's steps; one that was taken by an earlier try is not taken again."""
    with running(job_id) as job:
        if job:
            diary = Path(job.payload["diary"])
            taken = diary.read_text().splitlines() if diary.exists() else []
            for step in range(1, job.total + 1):
                if str(step) not in taken:
                    with diary.open("a") as file:
                        file.write(f"{step}\n")
                advance_job(job=job, done=step, at=timezone.now())
                _hang(job.payload.get("hang_at") == step and job.tries == 1, diary)


def _hang(hang: bool, diary: Path) -> None:
    """Says that it hangs, and who, and waits to be killed."""
    if hang:
        diary.with_suffix(".hangs").write_text(str(os.getpid()))
        time.sleep(60)
