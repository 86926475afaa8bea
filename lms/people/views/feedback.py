"""Telling us what happened, without an account; and the room where administrators read it."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.common.crypto import unwrap
from lms.common.throttling import too_many
from lms.common.views import too_many_requests
from lms.people.actions import send_feedback, settle_feedback
from lms.people.forms import FeedbackForm
from lms.people.models import Feedback, RoleKind
from lms.people.permissions import SignedInRequest, has_role
from lms.people.queries import feedback_for, organisation_told

# A whole hall behind one hotspot may have something to say.
RATE = "60/h"
PER_PAGE = 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: HttpRequest) -> HttpResponse:
    """A form for everybody; nothing is noted about who sends it."""
    if request.method == "POST" and too_many(request, group="feedback", rate=RATE):
        return too_many_requests(request, retry_after=3600)
    form = FeedbackForm(request.POST or None, initial={"page": request.GET.get("page", "")[:120]})
    organisation = organisation_told(request.user)
    if form.is_valid():
        language = get_language() or "en"
        send_feedback(**form.cleaned_data, language=language, organisation=organisation, at=timezone.now())
        return redirect("help:told")
    context = {"form": form, "organisation": organisation}
    return render(request, "help/tell.html", context, status=422 if form.is_bound else 200)


@require_safe
def told(request: HttpRequest) -> HttpResponse:
    """It has arrived, and what happens now."""
    return render(request, "help/told.html")


@never_cache
@login_required
@require_safe
def list_feedback(request: SignedInRequest) -> HttpResponse:
    """What people told those who answer for it: what waits first, each with its text."""
    administers = has_role(request.user, RoleKind.ADMINISTRATOR)
    if not administers and not request.user.is_superuser:
        raise Http404
    waiting = feedback_for(request.user).filter(settled_at__isnull=True)
    settled = feedback_for(request.user).filter(settled_at__isnull=False)
    page = Paginator(settled, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "waiting": [_opened(feedback) for feedback in waiting[:PER_PAGE]],
        "settled": [_opened(feedback) for feedback in page],
        "page": page,
        "crumbs": [(_("Staff and roles"), reverse("people:roles"))] if administers else [],
    }
    return render(request, "people/feedback.html", context)


@login_required
@require_POST
def settle(request: SignedInRequest, feedback_id: UUID) -> HttpResponse:
    """Answered, mended or noted."""
    feedback = get_object_or_404(feedback_for(request.user), pk=feedback_id)
    settle_feedback(feedback=feedback, by=request.user, at=timezone.now())
    return redirect("people:feedback")


def _opened(feedback: Feedback) -> dict:
    contact = feedback.sealed_contact
    return {
        "feedback": feedback,
        "text": unwrap(feedback.sealed_text).decode(),
        "contact": unwrap(contact).decode() if contact else "",
    }
