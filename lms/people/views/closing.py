"""When a colleague leaves: one page that says what ends and what stays, one button."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lms.common.refusals import refusal_shown
from lms.people.actions import Closing, end_account, reopen_account
from lms.people.models import Organisation, User
from lms.people.permissions import SignedInRequest, works_elsewhere
from lms.people.queries import live_cards, staff_roles_for
from lms.people.views.shared import administrators_only, staff_crumbs


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def leave(request: SignedInRequest, organisations: list[Organisation], person_id: UUID) -> HttpResponse:
    """Ends all her roles in the administrator's organisations, and her account where she has no other house."""
    person = _colleague_or_404(request, person_id)
    if request.method == "POST":
        with refusal_shown(request):
            at = timezone.now()
            closing = end_account(person=person, organisations=organisations, by=request.user, at=at)
            messages.success(request, _said(closing))
        return redirect("people:member", person.pk)
    context = {
        "person": person,
        "organisations": organisations,
        "works_elsewhere": works_elsewhere(person, organisations) or person.is_superuser,
        "has_card": person.pk in live_cards([person]),
        "crumbs": staff_crumbs((person.display_name, reverse("people:member", args=[person.pk]))),
    }
    return render(request, "people/leave.html", context)


def _said(closing: Closing) -> str:
    if closing.is_closed:
        return _("All roles have ended and the account is closed.")
    if closing.keeps_card:
        return _("All roles have ended and the password is gone; the card still opens what is hers as a participant.")
    return _("All roles here have ended. The account stays open for the other organisation.")


@require_POST
@administrators_only
def reopen(request: SignedInRequest, organisations: list[Organisation], person_id: UUID) -> HttpResponse:
    """Without a role, which is offered to her anew, and without a password."""
    person = _colleague_or_404(request, person_id)
    with refusal_shown(request):
        reopen_account(person=person, by=request.user, at=timezone.now())
        messages.success(
            request,
            _("The account is open again. Make a password link, and offer her a role: it begins when she accepts."),
        )
    return redirect("people:member", person.pk)


def _colleague_or_404(request: SignedInRequest, person_id: UUID) -> User:
    role = staff_roles_for(request.user).filter(person=person_id).first()
    if role is None:
        raise Http404
    return role.person
