"""An administrator describes her organisation: names, signatory, how much of a name a verdict shows."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lms.common.refusals import refusal_in
from lms.people.actions import change_organisation
from lms.people.forms import OrganisationForm
from lms.people.models import Organisation, RoleKind
from lms.people.permissions import SignedInRequest
from lms.people.queries import LINK_SHOWN, organisations_for, signatory_history_of


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedInRequest, organisation_id: UUID) -> HttpResponse:
    """What stands on certificates and verdicts from now on."""
    organisation = _own_or_404(request, organisation_id)
    form = OrganisationForm(request.POST or None, instance=organisation)
    if form.is_valid():
        with refusal_in(form, "name_ky"):
            change_organisation(organisation=organisation, values=form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("Saved."))
            return redirect("people:organisation", organisation.pk)
    context = {
        "form": form,
        "code": organisation.code,
        "signatories": signatory_history_of(organisation, timezone.now() - LINK_SHOWN),
        "crumbs": [(_("Staff and roles"), reverse("people:roles"))],
    }
    return render(request, "people/organisation.html", context, status=422 if form.is_bound else 200)


def _own_or_404(request: SignedInRequest, organisation_id: UUID) -> Organisation:
    for organisation in organisations_for(request.user, RoleKind.ADMINISTRATOR):
        if organisation.pk == organisation_id:
            return organisation
    raise Http404
