"""What Celery does with the installation as a whole: the backup at night."""

from pathlib import Path

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from lms.privacy import actions


@shared_task(name="privacy.make_backup")
def make_backup(**kwargs: object) -> None:
    """At night, where BACKUP_FOLDER is set.  One that fails is missed by /readyz, and tried again the next night."""
    if settings.BACKUP_FOLDER:
        actions.make_backup(folder=Path(settings.BACKUP_FOLDER), keep=settings.BACKUP_KEEP, at=timezone.now())
