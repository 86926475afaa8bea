"""What the worker does with everything that is kept about one person: it alone signs certificates anew."""

from celery import shared_task
from django.utils import timezone

from lms.common.errors import ActionError
from lms.jobs.tasks import running
from lms.people.models import User
from lms.privacy.actions import Wish, erase_person

ERASE = "privacy.erase"


@shared_task(name=ERASE)
def erase(job_id: str, **kwargs: object) -> None:
    """Erases payload["person"], who asked for it in the way that the payload says."""
    with running(job_id) as job:
        if job:
            person = User.objects.get(pk=job.payload["person"])
            wish = Wish(job.payload["reason"], job.payload["channel"])
            try:
                erase_person(person=person, by=job.created_by, at=timezone.now(), wish=wish)
            except ActionError as error:
                # Something was given into her hands since she was asked whether she means it.
                job.result = {"refused": error.code}
