"""What the views of this app share."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.certificates.forms.keys import KeyProposalForm
from lms.certificates.models import ProposalKind, SigningKey
from lms.certificates.queries import key_proposals_for
from lms.cohorts.models import Cohort
from lms.cohorts.views.shared import Crumbs, cohort_crumbs
from lms.common.refusals import refusal_in
from lms.common.throttling import too_many
from lms.jobs.actions import enqueue_job
from lms.jobs.tasks import send_job
from lms.people.models import Proposal, ProposalState
from lms.people.permissions import SignedInRequest
from lms.people.views.shared import is_really_she

# Tries of her password with which an open session could be used to end a key, or to take one out.
RATE = "5/5m"


def tries_too_often(request: SignedInRequest) -> bool:
    """Counts one that is asked for a signature about a key."""
    return too_many(request, group="keys", rate=RATE, key=str(request.user.pk))


def propose_about_key(
    request: SignedInRequest, form: KeyProposalForm, propose: Callable[..., Proposal], said: str
) -> HttpResponse | None:
    """The first signature, and on to what is proposed now; None where nothing is: a fault stands beside its field."""
    if form.is_valid() and is_really_she(form, request.user):
        with refusal_in(form):
            made = propose(**form.proposal, by=request.user, at=timezone.now())
            messages.success(request, said)
            return redirect("certificates:key_proposal", made.pk)
    return None


def said_before(request: SignedInRequest, kind: ProposalKind, key: SigningKey) -> dict[str, Any]:
    """What a proposal about this key said that nobody confirmed in time (`?again=` and its id), to be made again."""
    asked, now = request.GET.get("again"), timezone.now()
    same = key_proposals_for(request.user).filter(kind=kind, subject_id=key.pk)
    lapsed = (one for one in same if str(one.pk) == asked and one.state_at(now) == ProposalState.LAPSED)
    return next(({"reason": one.reason, **one.parameters} for one in lapsed), {})


def crumbs_of(cohort: Cohort, *, deeper: bool = False) -> Crumbs:
    """Back to the cohort, and from a page below it to its certificates."""
    crumbs = cohort_crumbs(cohort)
    return [*crumbs, (_("Certificates"), resolve_url("certificates:cohort", cohort.pk))] if deeper else crumbs


def start_job(request: SignedInRequest, *, task: str, payload: dict, total: int, key: str = "") -> HttpResponse:
    """Writes the work down, tells the worker once it is safely written, and shows how far it is.

    What has the same `key` and was not done yet is the same work: so all that she chose belongs into it, or it has none
    and each wish is work of its own.
    """
    person = request.user
    hers = f"{key}:{person.pk}" if key else ""
    with transaction.atomic():
        job = enqueue_job(task=task, payload=payload, key=hers, total=total, by=person, at=timezone.now())
        transaction.on_commit(lambda: send_job(job.pk))
    return redirect("jobs:progress", job.pk)
