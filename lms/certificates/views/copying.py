"""A copy of a signing key for another site: proposed by one administrator, confirmed by another, fetched once."""

from functools import partial
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from lms.certificates.actions import confirm_key_export, propose_key_export, take_key_export
from lms.certificates.forms.keys import CopyKeyForm
from lms.certificates.models import KeyState, ProposalKind
from lms.certificates.queries import COPY_KEY, key_proposals_for, signing_keys_for
from lms.certificates.views.shared import propose_about_key, said_before, start_job, tries_too_often
from lms.common.refusals import refusal_shown
from lms.common.views import too_many_requests
from lms.people.models import Organisation, Proposal
from lms.people.permissions import SignedInRequest
from lms.people.queries import second_signers_of
from lms.people.views.shared import administrators_only


@sensitive_post_parameters("secret", "recipient")
@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def copy(request: SignedInRequest, organisations: list[Organisation], kid: str) -> HttpResponse:
    """What a copy is for and what it means; a POST proposes one."""
    keys = signing_keys_for(request.user).filter(state=KeyState.ACTIVE)
    found = get_object_or_404(keys, pk=kid)
    if request.method == "POST" and tries_too_often(request):
        return too_many_requests(request, retry_after=300)
    before = said_before(request, ProposalKind.EXPORT_KEY, found)
    form = CopyKeyForm(request.POST if request.method == "POST" else None, person=request.user, initial=before)
    said = _("Proposed. Nothing has left the site: a second administrator must confirm it.")
    if proposed := propose_about_key(request, form, partial(propose_key_export, key=found), said):
        return proposed
    context = {
        "key": found,
        "others": second_signers_of(found.organisation_id, request.user),
        "form": form,
        "crumbs": [(_("Keys"), resolve_url("certificates:keys"))],
    }
    return render(request, "certificates/key_copy.html", context, status=422 if form.errors else 200)


def confirm_copy(request: SignedInRequest, found: Proposal) -> HttpResponse:
    """The second signature, and with it the work that makes the copy: neither is there without the other."""
    confirm_key_export(proposal=found, by=request.user, at=timezone.now())
    payload = {"proposal": str(found.pk), "back": resolve_url("certificates:key_proposal", found.pk)}
    return start_job(request, task=COPY_KEY, payload=payload, total=1, key=f"copy-key:{found.pk}")


@require_POST
@administrators_only
def fetch(request: SignedInRequest, organisations: list[Organisation], signature_id: UUID) -> HttpResponse:
    """The file, once: it changes what is there, so it is no link."""
    found = get_object_or_404(key_proposals_for(request.user), pk=signature_id)
    with refusal_shown(request):
        content = take_key_export(proposal=found, by=request.user, at=timezone.now())
        headers = {"Content-Disposition": f'attachment; filename="signing-key-{found.subject_id}.age"'}
        return HttpResponse(content, content_type="application/octet-stream", headers=headers)
    return redirect("certificates:key_proposal", found.pk)
