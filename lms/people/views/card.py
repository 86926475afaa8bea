"""Signing in with a printed card."""

from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from lms.common.errors import ActionError
from lms.common.throttling import too_many
from lms.common.views import too_many_requests
from lms.people.actions import sign_in_with_card
from lms.people.forms import CardForm

# Thirty people behind one hotspot, ten tries each; the lock that bites is on the card.
RATE = "300/10m"


@never_cache
@sensitive_post_parameters("pin")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Code and PIN; then on to `next`, by way of the second step if she has set one up."""
    if request.method != "POST":
        return render(request, "people/card.html", {"form": CardForm()})
    if too_many(request, group="card", rate=RATE):
        return too_many_requests(request)
    form = CardForm(request.POST)
    if form.is_valid():
        try:
            person = sign_in_with_card(**form.cleaned_data, at=timezone.now())
        except ActionError as error:
            form.add_error("pin", str(error))
            # The page opens where she goes on typing, and a screen reader reads the refusal with the field.
            form.fields["pin"].widget.attrs["autofocus"] = True
        else:
            before = person.last_login.isoformat() if person.last_login else ""
            return perform_login(request, person, signal_kwargs={"by_card": True, "before": before})
    return render(request, "people/card.html", {"form": form}, status=422)
