"""What Celery does for people's accounts."""

from celery import shared_task
from django.utils import timezone

from lms.people.actions import mirror_all_roles


@shared_task(name="people.mirror_roles")
def mirror_roles(**kwargs: object) -> None:
    """At night: roles that began or ended by date become groups of Wagtail, or cease to be."""
    mirror_all_roles(at=timezone.now())
