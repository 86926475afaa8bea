"""What Celery does with one person's data, and with the installation as a whole."""

from pathlib import Path

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from lms.common.errors import ActionError
from lms.common.leftovers import empty_write_ahead_log
from lms.jobs.models import Job
from lms.jobs.tasks import running
from lms.people.models import User
from lms.privacy import actions
from lms.privacy.permissions import may_act_for

ERASE = "privacy.erase"


@shared_task(name=ERASE)
def erase(job_id: str, **kwargs: object) -> None:
    """Erases payload["person"], who asked for it in the way that the payload says.  Only a worker signs anew."""
    with running(job_id) as job:
        if job:
            person = User.objects.get(pk=job.payload["person"])
            wish = actions.Wish(job.payload["reason"], job.payload["channel"])
            try:
                _require_hers(job, person)
                actions.erase_person(person=person, by=job.created_by, at=timezone.now(), wish=wish)
            except ActionError as error:
                # Something was given into her hands since she was asked whether she means it.
                job.result = {"refused": error.code}
    empty_write_ahead_log()


class NotHersAnyMore(ActionError):
    """Whoever asked has left since, or another organisation answers for the person too."""

    code = "not_hers_any_more"


def _require_hers(job: Job, person: User) -> None:
    """Raises NotHersAnyMore.  Whoever is erased already stays so: a worker that was killed may have got that far."""
    by = job.created_by
    if by and by.pk != person.pk and person.erased_at is None and not may_act_for(by, person):
        raise NotHersAnyMore


@shared_task(name="privacy.make_backup")
def make_backup(**kwargs: object) -> None:
    """At night, where BACKUP_FOLDER is set.  One that fails is missed by /readyz, and tried again the next night."""
    if settings.BACKUP_FOLDER:
        actions.make_backup(folder=Path(settings.BACKUP_FOLDER), keep=settings.BACKUP_KEEP, at=timezone.now())


@shared_task(name="privacy.apply_retention")
def forget_what_is_over(**kwargs: object) -> None:
    """At night: whatever has reached the end of its term."""
    actions.apply_retention(at=timezone.now())
    empty_write_ahead_log()
