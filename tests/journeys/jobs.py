"""Jobs that a journey asked for: done by a real worker where the database can be shared with one, else in its place."""

import time

from celery import current_app
from django.db import connection

from lms.jobs.models import ENDED_STATES, Job, JobState

PATIENCE_SECONDS = 60


def work_off_jobs() -> None:
    """Until none is left; each must have ended well.  (On SQLite a worker is tried in tests/jobs/test_worker.py.)"""
    if connection.vendor == "sqlite":
        for job in Job.objects.filter(state=JobState.QUEUED):
            current_app.tasks[job.task](str(job.pk))
    until = time.monotonic() + PATIENCE_SECONDS
    while Job.objects.exclude(state__in=ENDED_STATES).exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert list(Job.objects.exclude(state=JobState.DONE).values_list("task", "state", "error_code")) == []
