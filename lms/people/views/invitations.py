"""Invitations: who has not come yet; sent again, withdrawn."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lms.common.refusals import refusal_shown
from lms.people.actions import renew_invitation, withdraw_invitation
from lms.people.models import Organisation
from lms.people.permissions import SignedInRequest
from lms.people.queries import invitation_rows, invitations_for
from lms.people.views.shared import administrators_only, after_invitation, staff_crumbs


@require_safe
@administrators_only
def list_invitations(request: SignedInRequest, organisations: list[Organisation]) -> HttpResponse:
    """Those that wait first."""
    context = {"rows": invitation_rows(request.user, timezone.now()), "crumbs": staff_crumbs()}
    return render(request, "people/invitations.html", context)


@require_POST
@administrators_only
def send_again(request: SignedInRequest, organisations: list[Organisation], person_id: UUID) -> HttpResponse:
    """A new link for three more days: by mail, or shown once."""
    invitation = get_object_or_404(invitations_for(request.user), pk=person_id)
    with refusal_shown(request):
        renewed = renew_invitation(invitation=invitation, by=request.user, at=timezone.now())
        return after_invitation(request, renewed, back="people:invitations")
    return redirect("people:invitations")


@require_POST
@administrators_only
def withdraw(request: SignedInRequest, organisations: list[Organisation], person_id: UUID) -> HttpResponse:
    """The link is void and the role ends."""
    invitation = get_object_or_404(invitations_for(request.user), pk=person_id)
    with refusal_shown(request):
        withdraw_invitation(invitation=invitation, by=request.user, at=timezone.now())
        messages.success(request, _("The invitation is withdrawn; its link opens nothing."))
    return redirect("people:invitations")
