"""What the views of this app share."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.cohorts.models import Cohort
from lms.cohorts.views.shared import Crumbs, cohort_crumbs
from lms.common.errors import ActionError
from lms.jobs.actions import enqueue_job
from lms.jobs.tasks import send_job
from lms.people.models import User


def signed_in(request: HttpRequest) -> User:
    """The person behind a view that is for signed-in people only."""
    assert isinstance(request.user, User)
    return request.user


def crumbs_of(cohort: Cohort, *, deeper: bool = False) -> Crumbs:
    """Back to the cohort, and from a page below it to its certificates."""
    crumbs = cohort_crumbs(cohort)
    return [*crumbs, (_("Certificates"), resolve_url("certificates:cohort", cohort.pk))] if deeper else crumbs


def start_job(request: HttpRequest, *, task: str, payload: dict, total: int, key: str) -> HttpResponse:
    """Writes the work down, tells the worker once it is safely written, and shows how far it is."""
    person = signed_in(request)
    with transaction.atomic():
        job = enqueue_job(
            task=task, payload=payload, key=f"{key}:{person.pk}", total=total, by=person, at=timezone.now()
        )
        transaction.on_commit(lambda: send_job(job.pk))
    return redirect("jobs:progress", job.pk)


def refuse(request: HttpRequest, error: ActionError, back: str) -> HttpResponse:
    """Says why nothing was done, on the page that the person came from."""
    messages.error(request, str(error))
    return redirect(back)
