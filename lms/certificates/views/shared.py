"""What the views of this app share."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.cohorts.models import Cohort
from lms.cohorts.views.shared import Crumbs, cohort_crumbs
from lms.common.throttling import too_many
from lms.jobs.actions import enqueue_job
from lms.jobs.tasks import send_job
from lms.people.permissions import SignedInRequest

# Tries of her password with which an open session could be used to end a key, or to take one out.
RATE = "5/5m"


def tries_too_often(request: SignedInRequest) -> bool:
    """Counts one that is asked for a signature about a key."""
    return too_many(request, group="keys", rate=RATE, key=str(request.user.pk))


def crumbs_of(cohort: Cohort, *, deeper: bool = False) -> Crumbs:
    """Back to the cohort, and from a page below it to its certificates."""
    crumbs = cohort_crumbs(cohort)
    return [*crumbs, (_("Certificates"), resolve_url("certificates:cohort", cohort.pk))] if deeper else crumbs


def start_job(request: SignedInRequest, *, task: str, payload: dict, total: int, key: str) -> HttpResponse:
    """Writes the work down, tells the worker once it is safely written, and shows how far it is."""
    person = request.user
    with transaction.atomic():
        job = enqueue_job(
            task=task, payload=payload, key=f"{key}:{person.pk}", total=total, by=person, at=timezone.now()
        )
        transaction.on_commit(lambda: send_job(job.pk))
    return redirect("jobs:progress", job.pk)
