"""What happens to a cohort's messages by the clock."""

from celery import shared_task
from django.utils import timezone

from lms.cohorts.actions import plan_reminders, settle_notice
from lms.cohorts.actions.telling import CHECK_NOTICE
from lms.jobs.tasks import running
from lms.notices.models import Notice


@shared_task(name="cohorts.plan_reminders")
def plan(**kwargs: object) -> None:
    """Four times an hour; whoever has a reminder gets no second one."""
    plan_reminders(at=timezone.now())


@shared_task(name=CHECK_NOTICE)
def check_notice(job_id: str, **kwargs: object) -> None:
    """Looks whether the notice payload["notice"] still holds, and sends or cancels it."""
    with running(job_id) as job:
        if job:
            notice = Notice.objects.select_related("person").get(pk=job.payload["notice"])
            settle_notice(notice=notice, at=timezone.now())
