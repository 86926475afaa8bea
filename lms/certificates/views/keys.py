"""The administrator's side of keys: which there are, is the issue log whole, and the end of a key by two people."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.certificates.actions import confirm_key_withdrawal, propose_key_withdrawal
from lms.certificates.exports import facts_of_bundle
from lms.certificates.forms.keys import WithdrawKeyForm
from lms.certificates.models import ProposalKind, SigningKey
from lms.certificates.queries import (
    CHECK_LOG,
    SIGN_AGAIN,
    is_copied_now,
    is_log_unread,
    is_signed_again_now,
    key_copies_of,
    key_copy_of,
    key_houses_for,
    key_proposals_for,
    last_log_check,
    rehearse_withdrawal,
    signing_keys_for,
)
from lms.certificates.tasks import ROTATE_KEY
from lms.certificates.views.copying import confirm_copy
from lms.certificates.views.public import bundle_now
from lms.certificates.views.shared import propose_about_key, said_before, start_job, tries_too_often
from lms.cohorts.views.shared import Crumbs
from lms.common.refusals import refusal_in, refusal_shown
from lms.common.views import too_many_requests
from lms.people.actions import decline_proposal, withdraw_proposal
from lms.people.forms import DeclineForm, SecretForm
from lms.people.models import Organisation, Proposal, ProposalState
from lms.people.permissions import SignedInRequest
from lms.people.queries import may_confirm, second_signers_of
from lms.people.views.shared import administrators_only, is_really_she

# Proposals of before that the page lists.
SHOWN = 20


def _crumbs() -> Crumbs:
    return [(_("Keys"), resolve_url("certificates:keys"))]


@require_safe
@administrators_only
def keys(request: SignedInRequest, organisations: list[Organisation]) -> HttpResponse:
    """The keys of her organisations, the issue log, the list that verifiers keep, and what waits for a signature."""
    now, bundle, check = timezone.now(), bundle_now(), last_log_check()
    found = [(one, one.state_at(now)) for one in key_proposals_for(request.user)[:SHOWN]]
    copies = key_copies_of(one for one, _state in found)
    context = {
        "houses": key_houses_for(request.user, now),
        "waiting": [(one, may_confirm(request.user, one, now)) for one, state in found if state == "waiting"],
        "settled": [(one, state, copies.get(one.pk)) for one, state in found if state != "waiting"],
        "check": check,
        "log_unread": is_log_unread(check, now),
        "bundle": facts_of_bundle(bundle) if bundle else None,
        "now": now,
    }
    return render(request, "certificates/keys.html", context)


@sensitive_post_parameters("secret")
@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def key(request: SignedInRequest, organisations: list[Organisation], kid: str) -> HttpResponse:
    """The rehearsal: what would happen if the key were withdrawn; a POST proposes it."""
    found = get_object_or_404(signing_keys_for(request.user), pk=kid)
    if request.method == "POST" and tries_too_often(request):
        return too_many_requests(request, retry_after=300)
    before = said_before(request, ProposalKind.WITHDRAW_KEY, found)
    form = WithdrawKeyForm(request.POST if request.method == "POST" else None, person=request.user, initial=before)
    said = _("Proposed. Nothing has changed yet: a second administrator must confirm it.")
    if proposed := propose_about_key(request, form, partial(propose_key_withdrawal, key=found), said):
        return proposed
    context = {
        "key": found,
        "rehearsal": rehearse_withdrawal(found),
        "is_running": is_signed_again_now(found),
        "others": second_signers_of(found.organisation_id, request.user),
        "form": form,
        "crumbs": _crumbs(),
    }
    return render(request, "certificates/key.html", context, status=422 if form.errors else 200)


@sensitive_post_parameters("secret")
@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def proposal(request: SignedInRequest, organisations: list[Organisation], signature_id: UUID) -> HttpResponse:
    """What somebody proposed, and the second signature: confirm, decline, or withdraw one's own."""
    found = get_object_or_404(key_proposals_for(request.user), pk=signature_id)
    if request.method != "POST":
        return _proposal_page(request, found)
    answer = request.POST.get("answer", "")
    if answer == "confirm":
        return _confirm(request, found)
    if answer != "withdraw":
        return _decline(request, found)
    with refusal_shown(request):
        withdraw_proposal(proposal=found, by=request.user, at=timezone.now())
        messages.success(request, _("Your proposal is withdrawn."))
    return redirect("certificates:keys")


def _confirm(request: SignedInRequest, found: Proposal) -> HttpResponse:
    """With the signature the work that follows is written down: neither is there without the other."""
    if tries_too_often(request):
        return too_many_requests(request, retry_after=300)
    form = SecretForm(request.POST, person=request.user)
    if form.is_valid() and is_really_she(form, request.user):
        with refusal_in(form), transaction.atomic():
            if found.kind == ProposalKind.EXPORT_KEY:
                return confirm_copy(request, found)
            ended = confirm_key_withdrawal(proposal=found, by=request.user, at=timezone.now())
            return _sign_again(request, ended)
    return _proposal_page(request, found, form=form)


def _decline(request: SignedInRequest, found: Proposal) -> HttpResponse:
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _proposal_page(request, found, decline=form)
    with refusal_shown(request):
        decline_proposal(proposal=found, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, _("The proposal is declined."))
    return redirect("certificates:keys")


def _proposal_page(request: SignedInRequest, found: Proposal, **refused: SecretForm | DeclineForm) -> HttpResponse:
    now = timezone.now()
    key = SigningKey.objects.get(pk=found.subject_id)
    state = found.state_at(now)
    context = {
        "proposal": found,
        "state": state,
        "waits": state == ProposalState.WAITING,
        "may_confirm": may_confirm(request.user, found, now),
        "key": key,
        "is_copy": found.kind == ProposalKind.EXPORT_KEY,
        # Before the copy is looked for: a job that ends in between has made it.
        "is_copied_now": is_copied_now(found),
        "copy": key_copy_of(found),
        "rehearsal": rehearse_withdrawal(key),
        "now": now,
        "form": SecretForm(person=request.user),
        "decline": DeclineForm(),
        **refused,
        "crumbs": _crumbs(),
    }
    return render(request, "certificates/key_proposal.html", context, status=422 if refused else 200)


@require_POST
@administrators_only
def sign_rest(request: SignedInRequest, organisations: list[Organisation], kid: str) -> HttpResponse:
    """Goes on where signing again has stopped; safe alone, for the key is withdrawn already."""
    found = get_object_or_404(signing_keys_for(request.user), pk=kid)
    return _sign_again(request, found)


def _sign_again(request: SignedInRequest, key: SigningKey) -> HttpResponse:
    payload = {"kid": key.kid, "back": resolve_url("certificates:keys")}
    total = rehearse_withdrawal(key).certificates
    return start_job(request, task=SIGN_AGAIN, payload=payload, total=total, key=f"sign-again:{key.kid}")


@require_POST
@administrators_only
def check_log(request: SignedInRequest, organisations: list[Organisation]) -> HttpResponse:
    """Reads the issue log from its first line, in a job."""
    payload = {"back": resolve_url("certificates:keys")}
    return start_job(request, task=CHECK_LOG, payload=payload, total=1, key="check-log")


@require_POST
@administrators_only
def rotate(request: SignedInRequest, organisations: list[Organisation], organisation_id: UUID) -> HttpResponse:
    """A new key, in a job: what was signed with the old one stays as good as it was, so one person may."""
    organisation = get_object_or_404(
        Organisation.objects.filter(pk__in=[one.pk for one in organisations]), pk=organisation_id
    )
    payload = {"organisation": str(organisation.pk), "back": resolve_url("certificates:keys")}
    return start_job(request, task=ROTATE_KEY, payload=payload, total=1, key=f"rotate:{organisation.pk}")
