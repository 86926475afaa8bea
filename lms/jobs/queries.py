"""Which jobs are due, which a person may see, and how the installation is."""

import os
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError
from django.db.models import Min
from kombu.exceptions import OperationalError

from lms.common.backups.files import last_backup
from lms.jobs.models import Job, JobQuerySet, JobState

# Under this much free disk /readyz says no, bytes.
DISK_FLOOR = 200 * 1024 * 1024
# A job that waits longer than this means that no worker runs.
PATIENCE = timedelta(minutes=10)
# One a night, and some hours to make it.
BACKUP_AGE = timedelta(hours=30)


@dataclass(frozen=True)
class Readiness:
    """What /readyz reports: `ok` is the sum of `parts`, the figures say how near the end is."""

    database: bool
    broker: bool
    disk_free_bytes: int
    # None where the database does not answer.
    oldest_job_seconds: int | None
    # None where none was made.
    last_backup_seconds: int | None

    @property
    def parts(self) -> dict[str, bool]:
        """Which part is well: no figure, so that anybody may be told.  The backup, where a folder for it is set."""
        parts = {
            "database": self.database,
            "broker": self.broker,
            "disk": self.disk_free_bytes > DISK_FLOOR,
            "jobs": _is_under(self.oldest_job_seconds, PATIENCE),
        }
        return {**parts, "backup": _is_under(self.last_backup_seconds, BACKUP_AGE)} if settings.BACKUP_FOLDER else parts

    @property
    def ok(self) -> bool:
        return all(self.parts.values())


def due_jobs(at: datetime) -> list[tuple[UUID, str]]:
    """Ids and task names of what must be sent (again), oldest first."""
    return list(Job.objects.due(at).order_by("created_at").values_list("pk", "task")[:500])


def jobs_for(user: AbstractBaseUser | AnonymousUser) -> JobQuerySet:
    """The jobs that this person asked for."""
    if isinstance(user, AnonymousUser):
        return Job.objects.none()
    return Job.objects.filter(created_by_id=user.pk)


def readiness(at: datetime) -> Readiness:
    """Asks the database, the broker, the disk and the queue; a part that fails is said, never raised."""
    waited = _oldest_job_seconds(at)
    return Readiness(
        database=waited is not None,
        broker=_broker_answers(),
        disk_free_bytes=_free_bytes(),
        oldest_job_seconds=waited,
        last_backup_seconds=_last_backup_seconds(at),
    )


def _is_under(seconds: int | None, limit: timedelta) -> bool:
    return seconds is not None and seconds < limit.total_seconds()


def _last_backup_seconds(at: datetime) -> int | None:
    made = last_backup(Path(settings.BACKUP_FOLDER)) if settings.BACKUP_FOLDER else None
    return int((at - made).total_seconds()) if made else None


def _oldest_job_seconds(at: datetime) -> int | None:
    """How long the longest waiting job has waited; one that a living worker holds does not wait."""
    waiting = Job.objects.open().filter(run_after__lte=at).exclude(state=JobState.RUNNING, lease_until__gte=at)
    try:
        oldest = waiting.aggregate(first=Min("run_after"))["first"]
    except DatabaseError:
        return None
    return int((at - oldest).total_seconds()) if oldest else 0


def _broker_answers() -> bool:
    """On disk: may this process write there.  Otherwise one connection and a PING, a few milliseconds."""
    options = current_app.conf.broker_transport_options
    if "data_folder_out" in options:
        return os.access(options["data_folder_out"], os.W_OK)
    try:
        with current_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=0)
    except (OSError, OperationalError):
        return False
    return True


def _free_bytes() -> int:
    try:
        return shutil.disk_usage(settings.DATA_DIR).free
    except OSError:
        return 0
