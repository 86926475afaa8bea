"""Which jobs are due, which a person may see, and how the installation is."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from lms.jobs.models import Job, JobQuerySet

# Under this much free disk /readyz says no, bytes.
DISK_FLOOR = 200 * 1024 * 1024
# A job that waits longer than this means that no worker runs.
PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True)
class Readiness:
    """What /readyz reports; `ok` is the sum of it."""

    database: bool
    broker: bool
    disk_free_bytes: int
    oldest_job_seconds: int

    @property
    def ok(self) -> bool:
        patient = self.oldest_job_seconds < PATIENCE.total_seconds()
        return self.database and self.broker and self.disk_free_bytes > DISK_FLOOR and patient


def due_jobs(at: datetime) -> list[tuple[UUID, str]]:
    """Ids and task names of what must be sent (again), oldest first."""
    return list(Job.objects.due(at).order_by("created_at").values_list("pk", "task")[:500])


def jobs_for(user: AbstractBaseUser | AnonymousUser) -> JobQuerySet:
    """The jobs that this person asked for."""
    if isinstance(user, AnonymousUser):
        return Job.objects.none()
    return Job.objects.filter(created_by=user)


def readiness(at: datetime) -> Readiness:
    """Asks the database, the broker's connection, the disk and the queue."""
    return Readiness(
        database=_database_answers(),
        broker=_broker_answers(),
        disk_free_bytes=shutil.disk_usage(settings.DATA_DIR).free,
        oldest_job_seconds=_oldest_job_seconds(at),
    )


def _database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def _broker_answers() -> bool:
    from lms.celery import app

    try:
        with app.connection_for_write(connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except (OSError, app.connection().connection_errors):
        return False
    return True


def _oldest_job_seconds(at: datetime) -> int:
    oldest = (
        Job.objects.open().filter(run_after__lte=at).order_by("run_after").values_list("run_after", flat=True).first()
    )
    return int((at - oldest).total_seconds()) if oldest else 0
