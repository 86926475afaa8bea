"""The second signature under a role that may issue certificates."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from lms.common.refusals import refusal_in, refusal_shown
from lms.common.throttling import too_many
from lms.common.views import too_many_requests
from lms.people.actions import CouldBeShe, confirm_role, refuse_role, take_role_back
from lms.people.forms import DeclineForm, SecretForm
from lms.people.models import LINK_MADE, Organisation, Proposal, ProposalState, Role, User
from lms.people.permissions import SignedInRequest
from lms.people.queries import (
    could_be,
    has_come_since_link,
    live_cards,
    may_confirm,
    password_set_at,
    role_proposals_for,
    second_signers_of,
)
from lms.people.views.shared import administrators_only, is_really_she, staff_crumbs

# Tries of her password with which an open session could be used to sign.
RATE = "5/5m"


@sensitive_post_parameters("secret")
@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def confirm(request: SignedInRequest, organisations: list[Organisation], signature_id: UUID) -> HttpResponse:
    """Who got which role from whom; a POST confirms it (and ends a password that is not hers), or ends the role."""
    proposal = get_object_or_404(role_proposals_for(request.user), pk=signature_id)
    if request.method != "POST":
        return _page(request, proposal)
    answer = request.POST.get("answer", "")
    if answer in ("confirm", "confirm_card"):
        return _confirm(request, proposal, ends_password=answer == "confirm_card")
    if answer != "withdraw":
        return _decline(request, proposal)
    with refusal_shown(request):
        take_role_back(proposal=proposal, by=request.user, at=timezone.now())
        messages.success(request, _("The role has ended."))
    return redirect("people:roles")


def _decline(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _page(request, proposal, decline=form)
    with refusal_shown(request):
        refuse_role(proposal=proposal, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, _("The role has ended."))
    return redirect("people:roles")


def _confirm(request: SignedInRequest, proposal: Proposal, *, ends_password: bool) -> HttpResponse:
    if too_many(request, group="confirm-role", rate=RATE, key=str(request.user.pk)):
        return too_many_requests(request, retry_after=300)
    form = SecretForm(request.POST, person=request.user)
    if form.is_valid() and is_really_she(form, request.user):
        with refusal_in(form):
            role = confirm_role(proposal=proposal, by=request.user, at=timezone.now(), ends_password=ends_password)
            messages.success(request, _("Confirmed. The role holds from now on."))
            return redirect("people:member", role.person_id)
    return _page(request, proposal, form=form)


def _page(request: SignedInRequest, proposal: Proposal, **refused: SecretForm | DeclineForm) -> HttpResponse:
    now = timezone.now()
    state = proposal.state_at(now)
    role = Role.objects.select_related("person", "organisation", "region").get(pk=int(proposal.subject_id))
    context = {
        "proposal": proposal,
        "role": role,
        "state": state,
        "waits": state == ProposalState.WAITING,
        "may_confirm": may_confirm(request.user, proposal, now),
        "is_anew": proposal.parameters.get("why") == LINK_MADE,
        "signers": _signers_beside(request.user, role),
        "why_not_hers": CouldBeShe.message if could_be(request.user.pk, role.person_id) else "",
        "has_come": has_come_since_link(role.person),
        "password_set_at": password_set_at(role.person) if role.person.has_usable_password() else None,
        "has_card": bool(live_cards([role.person])),
        "form": SecretForm(person=request.user),
        "decline": DeclineForm(),
        **refused,
        "crumbs": staff_crumbs(),
    }
    return render(request, "people/confirm_role.html", context, status=422 if refused else 200)


def _signers_beside(user: User, role: Role) -> list[str]:
    """Who may confirm it where she may not."""
    others = second_signers_of(role.organisation_id, user)
    return [one.display_name for one in others if not could_be(one.pk, role.person_id)]
