"""What a piece of work is called for whoever asked for it.

Apps above say it of their tasks when they are loaded; nothing here knows that they exist:

    name_works({"certificates.issue_batch": _("Issuing certificates")})
"""

from collections.abc import Mapping

from django.utils.functional import Promise

from lms.jobs.models import Job

_NAMES: dict[str, str | Promise] = {}


def name_works(names: Mapping[str, str | Promise]) -> None:
    """By the name of a task; the same task twice is one name."""
    _NAMES.update(names)


def work_name(job: Job) -> str:
    """In the active language; "" where no app named it."""
    return str(_NAMES.get(job.task, ""))
