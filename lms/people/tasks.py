"""What Celery does for people's accounts."""

from celery import shared_task
from django.utils import timezone

from lms.people import actions


@shared_task(name="people.mirror_roles")
def mirror_roles(**kwargs: object) -> None:
    """At night: roles that began or ended by date become groups of Wagtail, or cease to be."""
    actions.mirror_all_roles(at=timezone.now())


@shared_task(name="people.forget_feedback")
def forget_feedback(**kwargs: object) -> None:
    """At night: what people told us is kept for a year."""
    actions.forget_feedback(at=timezone.now())
