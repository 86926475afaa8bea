"""Work that must happen: a row with a lease.  Celery only makes it fast (see README, "Jobs")."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lms.common.codes import new_id


class JobState(models.TextChoices):
    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


OPEN_STATES = (JobState.QUEUED, JobState.RUNNING)
ENDED_STATES = (JobState.DONE, JobState.FAILED)


class JobQuerySet(models.QuerySet["Job"]):
    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def due(self, at: datetime) -> Self:
        """Waiting jobs whose time has come, and running ones whose worker let its lease run out."""
        waiting = Q(state=JobState.QUEUED, run_after__lte=at, sent_at__isnull=True)
        lost = Q(state=JobState.QUEUED, run_after__lte=at, lease_until__lt=at)
        dropped = Q(state=JobState.RUNNING, lease_until__lt=at)
        return self.filter(waiting | lost | dropped)


class Job(models.Model):
    """`task` is the name of a Celery task that takes the job's id; `payload` holds ids only, never a person's data."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    task = models.CharField(max_length=100)
    payload = models.JSONField(default=dict)
    # The same work asked for twice is one job: unique among the open ones.
    key = models.CharField(max_length=150, blank=True)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    run_after = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    max_tries = models.PositiveSmallIntegerField(default=5)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    error_code = models.CharField(max_length=60, blank=True)
    result = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    # A large piece of work is done in parts, each a job of its own that any worker takes: of which job it is one.
    whole = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="parts")
    part = models.PositiveIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    # No column: whoever holds it has divided it, and its parts will end it (jobs.actions.split_job).
    is_split = False

    class Meta:
        indexes = [models.Index(fields=["state", "run_after"], name="job_state_run_after")]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(state__in=["queued", "running"]) & ~Q(key=""), name="job_open_key_unique"
            ),
            models.UniqueConstraint(fields=["whole", "part"], name="job_part_once"),
            models.CheckConstraint(condition=Q(done__lte=F("total")) | Q(total=0), name="job_done_within_total"),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.id}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES
