"""The coordinator's side of a licence: whose trainer's certificate ends, and renewing it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lms.certificates.queries import certificates_for, renewable_for, renewal_of
from lms.certificates.rendering import renewal_remedies
from lms.certificates.tasks import RENEW_TRAINER
from lms.certificates.views.shared import start_job
from lms.cohorts.permissions import PLANNING_ROLES
from lms.people.models import RoleKind
from lms.people.permissions import SignedInRequest, has_role
from lms.people.queries import SIGNATORY_TOLD, signatory_changes_for


@login_required
@never_cache
@require_safe
def ending(request: SignedInRequest) -> HttpResponse:
    """The trainers' certificates that end, and what each holder lacks for another term."""
    if not has_role(request.user, *PLANNING_ROLES):
        raise Http404
    now = timezone.now()
    renewals = [(renewal, renewal_remedies(renewal)) for renewal in renewable_for(request.user, now)]
    context = {
        "renewals": renewals,
        "signatories": signatory_changes_for(request.user, now - SIGNATORY_TOLD, RoleKind.COORDINATOR),
        "today": timezone.localdate(now),
    }
    return render(request, "certificates/ending.html", context)


@login_required
@require_POST
def renew(request: SignedInRequest, certificate_id: UUID) -> HttpResponse:
    """Renews one, in a job: the worker holds the key."""
    certificate = get_object_or_404(certificates_for(request.user), pk=certificate_id)
    renewal = renewal_of(certificate, timezone.now())
    if renewal is None or not renewal.may_be_renewed:
        messages.error(request, _("Something is still missing: see the list."))
        return redirect("certificates:ending")
    payload = {"certificate": str(certificate.pk), "back": resolve_url("certificates:ending")}
    return start_job(request, task=RENEW_TRAINER, payload=payload, total=1, key=f"renew:{certificate.pk}")
