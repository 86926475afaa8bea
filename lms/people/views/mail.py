"""An administrator tries out whether mail from this site arrives."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lms.common.refusals import refusal_in
from lms.common.throttling import too_many
from lms.common.views import too_many_requests
from lms.people import actions
from lms.people.forms import MailTestForm
from lms.people.models import Organisation
from lms.people.permissions import SignedInRequest
from lms.people.views.shared import administrators_only, staff_crumbs

# Enough to find out what is wrong, too few to annoy anybody.
RATE = "10/10m"


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def send_test(request: SignedInRequest, organisations: list[Organisation]) -> HttpResponse:
    """Sends one mail with a fixed text to the address that she types, hers unless she changes it."""
    form = MailTestForm(request.POST or None, initial={"address": request.user.email})
    if form.is_valid():
        if too_many(request, group="test-mail", rate=RATE, key=str(request.user.pk)):
            return too_many_requests(request, retry_after=600)
        with refusal_in(form, "address"):
            actions.send_test_mail(**form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("The mail has left. It should be there within ten minutes."))
            return redirect("people:test_mail")
    context = {"form": form, "crumbs": staff_crumbs()}
    return render(request, "people/test_mail.html", context, status=422 if form.is_bound else 200)
