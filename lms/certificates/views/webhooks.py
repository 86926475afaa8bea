"""Webhooks of an organisation, for whoever administers it; to others the room does not exist."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.certificates import actions
from lms.certificates.forms import WebhookEventsForm, WebhookForm
from lms.certificates.queries import get_webhook_or_404, recent_deliveries, webhooks_for
from lms.cohorts.views.shared import Crumbs
from lms.common.refusals import refusal_in, refusal_shown
from lms.common.throttling import too_many
from lms.common.views import too_many_requests
from lms.jobs.tasks import send_job
from lms.people.models import Organisation, RoleKind
from lms.people.permissions import SignedInRequest
from lms.people.queries import organisations_for

# Tests of one administrator in an hour: each makes us ask somebody else's machine.
TESTS = "30/h"


@require_safe
@login_required
@never_cache
def list_webhooks(request: SignedInRequest, organisation_id: UUID) -> HttpResponse:
    """All of one organisation, those that are off too."""
    organisation = _organisation_or_404(request, organisation_id)
    hers = webhooks_for(request.user).filter(organisation=organisation).order_by("created_at", "pk")
    context = {"organisation": organisation, "webhooks": hers, "crumbs": _crumbs(organisation)}
    return render(request, "certificates/webhooks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def add(request: SignedInRequest, organisation_id: UUID) -> HttpResponse:
    """A new one; its secret stands in this one answer."""
    organisation = _organisation_or_404(request, organisation_id)
    form = WebhookForm(request.POST or None)
    if form.is_valid():
        with refusal_in(form, "address"):
            made = actions.add_webhook(
                organisation=organisation, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            return _show_secret(request, made)
    context = {"form": form, "organisation": organisation, "crumbs": _crumbs(organisation, deeper=True)}
    return render(request, "certificates/webhook_new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show(request: SignedInRequest, webhook_id: UUID) -> HttpResponse:
    """One with what it was told; a POST changes what it is told."""
    webhook = get_webhook_or_404(request.user, webhook_id)
    form = WebhookEventsForm(request.POST or None, initial={"events": list(webhook.events)})
    if form.is_valid():
        with refusal_in(form, "events"):
            actions.change_webhook(webhook=webhook, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("Saved."))
            return redirect("webhooks:webhook", webhook.pk)
    context = {
        "webhook": webhook,
        "form": form,
        "deliveries": recent_deliveries(webhook),
        "crumbs": _crumbs(webhook.organisation, deeper=True),
    }
    return render(request, "certificates/webhook.html", context, status=422 if form.is_bound else 200)


@require_POST
@login_required
def send_test(request: SignedInRequest, webhook_id: UUID) -> HttpResponse:
    """A message about nothing; the list below says how it went."""
    webhook = get_webhook_or_404(request.user, webhook_id)
    if too_many(request, group="webhook-tests", rate=TESTS, key=str(request.user.pk)):
        return too_many_requests(request, retry_after=3600)
    with refusal_shown(request), transaction.atomic():
        actions.try_webhook(webhook=webhook, by=request.user, at=timezone.now())
        for job_id in actions.queue_deliveries(at=timezone.now()):
            transaction.on_commit(partial(send_job, job_id))
        messages.success(
            request, _("The test is on its way. Open this page again in a moment: the answer stands below.")
        )
    return redirect("webhooks:webhook", webhook.pk)


@require_POST
@login_required
@never_cache
def renew_secret(request: SignedInRequest, webhook_id: UUID) -> HttpResponse:
    """Another secret, in this one answer; the one before holds for a day."""
    webhook = get_webhook_or_404(request.user, webhook_id)
    made = actions.renew_webhook_secret(webhook=webhook, by=request.user, at=timezone.now())
    return _show_secret(request, made)


@require_POST
@login_required
def switch_off(request: SignedInRequest, webhook_id: UUID) -> HttpResponse:
    """Nothing is told any more."""
    webhook = get_webhook_or_404(request.user, webhook_id)
    actions.switch_webhook_off(webhook=webhook, by=request.user, at=timezone.now())
    messages.success(request, _("The webhook is switched off."))
    return redirect("webhooks:webhook", webhook.pk)


@require_POST
@login_required
def switch_on(request: SignedInRequest, webhook_id: UUID) -> HttpResponse:
    """What happens from now on is told again."""
    webhook = get_webhook_or_404(request.user, webhook_id)
    actions.switch_webhook_on(webhook=webhook, by=request.user, at=timezone.now())
    messages.success(request, _("The webhook is switched on."))
    return redirect("webhooks:webhook", webhook.pk)


def _show_secret(request: SignedInRequest, made: actions.NewSecret) -> HttpResponse:
    crumbs = _crumbs(made.webhook.organisation, deeper=True)
    context = {"webhook": made.webhook, "secret": made.secret, "crumbs": crumbs}
    return render(request, "certificates/webhook_secret.html", context)


def _organisation_or_404(request: SignedInRequest, organisation_id: UUID) -> Organisation:
    for organisation in organisations_for(request.user, RoleKind.ADMINISTRATOR):
        if organisation.pk == organisation_id:
            return organisation
    raise Http404


def _crumbs(organisation: Organisation, *, deeper: bool = False) -> Crumbs:
    """From the desk to the organisation, and from a page of one webhook to the list."""
    crumbs = [
        (_("Staff and roles"), resolve_url("people:roles")),
        (_("Organisation"), resolve_url("people:organisation", organisation.pk)),
    ]
    return [*crumbs, (_("Webhooks"), resolve_url("webhooks:list", organisation.pk))] if deeper else crumbs
