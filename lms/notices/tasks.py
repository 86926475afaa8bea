"""The sweep: whatever is due goes to the task of the app that planned it, by that task's name."""

from celery import shared_task
from django.utils import timezone

from lms.jobs.tasks import send_job
from lms.notices.actions import queue_due_notices, settle_lost_notices


@shared_task(name="notices.sweep")
def sweep_notices(**kwargs: object) -> None:
    """Once a minute; two sweeps at once are as good as one."""
    settle_lost_notices(at=timezone.now())
    for job_id in queue_due_notices(at=timezone.now()):
        send_job(job_id)
