"""`/verify/credential/`: a badge of Open Badges 3.0, of any issuer, judged with a reason; nothing of it is kept."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from lms.certificates.forms import BadgeForm
from lms.certificates.importers import ask_host, judge_credential
from lms.certificates.rendering import judgement_shown
from lms.certificates.rendering.verifier import STYLES
from lms.common.throttling import too_many

# From one address (IPv6: one /64).  Each may ask hosts elsewhere that the operator allows.
BADGES = "30/h"


@csrf_exempt  # No cookie is needed, and nothing is changed but the count that limits it: as in the check of a list.
@cache_control(no_store=True)
@require_http_methods(["GET", "HEAD", "POST"])
def judge_file(request: HttpRequest) -> HttpResponse:
    """GET: the form.  POST with a badge: what to think of it."""
    if request.method != "POST":
        return _page(request, form=BadgeForm())
    form = BadgeForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form=form, status=422)
    if too_many(request, group="verify-credential", rate=BADGES):
        return _page(request, form=form, busy=True, status=429)
    content, at = form.cleaned_data["content"], timezone.now()
    said = judge_credential(content, base_url=settings.PUBLIC_BASE_URL, at=at, ask=ask_host)
    judged = judgement_shown(said)
    # What could not be read is mended and sent again.
    return _page(request, form=BadgeForm() if judged["is_read"] else form, judged=judged)


def _page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    parent = {"url": reverse("verify:code", query={"lang": get_language()}), "title": _("Verify a certificate")}
    context = {"parent": parent, "stylesheet": STYLES[-1], **context}
    response = render(request, "certificates/credential.html", context, status=status)
    if status == 429:
        response.headers["Retry-After"] = "3600"
    return response
