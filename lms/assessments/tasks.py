"""What happens to tests by the clock."""

from celery import shared_task
from django.utils import timezone

from lms.assessments.actions import close_overdue_attempts


@shared_task(name="assessments.close_overdue")
def close_overdue(**kwargs: object) -> None:
    """Hands in, once a minute and after a paper is closed, what nobody can answer any more."""
    close_overdue_attempts(at=timezone.now())
