"""Whoever runs the installation founds organisations and helps their administrators; she sees nothing inside them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.common.refusals import refusal_in, refusal_shown
from lms.people.actions import (
    OrganisationCodeTaken,
    OrganisationNameTaken,
    UserNameTaken,
    found_organisation,
    invite_administrator,
)
from lms.people.forms import FoundingForm, NewcomerForm
from lms.people.models import Organisation
from lms.people.permissions import SignedInRequest
from lms.people.queries import administrators_for, founded_organisations, stranded_roles_for
from lms.people.views.shared import after_invitation, installation_only, renew_access

# In which field of the form somebody else has it already.
WRONG = {OrganisationCodeTaken: "code", OrganisationNameTaken: "name_ky", UserNameTaken: "username"}


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Organisations"), reverse("people:organisations"))]


@require_safe
@installation_only
def list_organisations(request: SignedInRequest) -> HttpResponse:
    """Each with its administrators, and of its other people whoever nobody there may help."""
    context = {
        "rows": founded_organisations(request.user, timezone.localdate()),
        "stranded": stranded_roles_for(request.user),
    }
    return render(request, "people/organisations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@installation_only
def found(request: SignedInRequest) -> HttpResponse:
    """A new organisation with its first administrator."""
    form = FoundingForm(request.POST or None, initial={"language": "ky"})
    if form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("code", "username", "display_name", "email", "language")}
        try:
            invitation = found_organisation(names=form.names, **values, by=request.user, at=timezone.now())
        except (OrganisationCodeTaken, OrganisationNameTaken, UserNameTaken) as error:
            form.add_error(WRONG[type(error)], str(error))
        else:
            messages.success(request, _("The organisation is made."))
            return after_invitation(request, invitation, back="people:organisations")
    return render(
        request, "people/found.html", {"form": form, "crumbs": _crumbs()}, status=422 if form.is_bound else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@installation_only
def invite_another(request: SignedInRequest, organisation_id: UUID) -> HttpResponse:
    """One more administrator, whose signature does not depend on those who are there."""
    organisation = get_object_or_404(Organisation, pk=organisation_id)
    form = NewcomerForm(request.POST or None, initial={"language": "ky"})
    if form.is_valid():
        with refusal_in(form, "username"):
            values = {**form.cleaned_data, "by": request.user, "at": timezone.now()}
            invitation = invite_administrator(organisation=organisation, **values)
            return after_invitation(request, invitation, back="people:organisations")
    context = {"form": form, "organisation": organisation, "crumbs": _crumbs()}
    return render(request, "people/invite_administrator.html", context, status=422 if form.is_bound else 200)


@require_POST
@installation_only
def renew_administrator(request: SignedInRequest, person_id: UUID) -> HttpResponse:
    """A link for an administrator whom nobody in her organisation can help."""
    person = get_object_or_404(administrators_for(request.user, timezone.localdate()), pk=person_id)
    back = redirect("people:organisations")
    with refusal_shown(request):
        return renew_access(request, person, organisation=None, back=back)
    return back
