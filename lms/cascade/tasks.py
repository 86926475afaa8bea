"""What happens to licences by the clock."""

from celery import shared_task
from django.utils import timezone

from lms.cascade.actions import refresh_standings


@shared_task(name="cascade.refresh_standings")
def refresh(**kwargs: object) -> None:
    """Once a night: what was held during the day counts in the morning."""
    refresh_standings(at=timezone.now())
