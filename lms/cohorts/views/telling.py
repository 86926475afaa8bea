"""What participants are told: seen by those who run the cohort.

Messages about sessions are changed by those who may change these; messages about a place by all who may give one.
"""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.cohorts.actions import cancel_telling, move_telling
from lms.cohorts.forms import MoveTellingForm
from lms.cohorts.models import DropReason
from lms.cohorts.permissions import may_change, may_see_to_people
from lms.cohorts.queries import (
    CohortBatch,
    SessionBatch,
    cohort_batches,
    get_cohort_batch_or_404,
)
from lms.cohorts.rendering import words_of_batch
from lms.cohorts.views.shared import cohort_crumbs, people_or_403
from lms.common.languages import LANGUAGE_NAMES
from lms.common.refusals import refusal_in, refusal_shown
from lms.notices.models import FailureCode, Reveals
from lms.notices.queries import waiting_on_site
from lms.notices.rendering import Message, message_of
from lms.people.models import User
from lms.people.permissions import SignedInRequest


@login_required
@never_cache
@require_safe
def notices(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """Per occasion what will be sent, when and to how many; below, what was."""
    cohort = people_or_403(request, cohort_id)
    batches = cohort_batches(cohort, timezone.now())
    context = {
        "cohort": cohort,
        "coming": [batch for batch in batches if batch.is_waiting and not batch.dropped],
        "dropped": [batch for batch in batches if batch.is_waiting and batch.dropped],
        "ended": [batch for batch in reversed(batches) if not batch.is_waiting],
        "crumbs": cohort_crumbs(cohort),
    }
    return render(request, "cohorts/notices.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: SignedInRequest, notice_id: UUID) -> HttpResponse:
    """One message in every language, as much as each person's rule lets it say; POST sets another time."""
    found = get_cohort_batch_or_404(request.user, notice_id, timezone.now())
    cohort = found.cohort
    if not may_see_to_people(request.user, cohort):
        raise PermissionDenied
    typed = request.POST if request.method == "POST" else None
    session = found.session if isinstance(found, SessionBatch) else None
    form = MoveTellingForm(typed, session=session, due_at=found.batch.due_at)
    if typed is not None:
        _require_may_stop(request.user, found)
        if form.is_valid():
            with refusal_in(form, "due_at"):
                name, due_at = found.batch.notice.batch, form.cleaned_data["due_at"]
                move_telling(cohort=cohort, batch=name, due_at=due_at, by=request.user, at=timezone.now())
                messages.success(request, _("Saved."))
                return redirect("cohorts:notices", cohort.pk)
    return _render_notice(request, found, form)


def _may_stop(user: User, found: CohortBatch) -> bool:
    may = may_change if isinstance(found, SessionBatch) else may_see_to_people
    return may(user, found.cohort)


def _require_may_stop(user: User, found: CohortBatch) -> None:
    if not _may_stop(user, found):
        raise PermissionDenied


def _render_notice(request: SignedInRequest, found: CohortBatch, form: MoveTellingForm) -> HttpResponse:
    cohort = found.cohort
    context = {
        "cohort": cohort,
        "found": found,
        "form": form,
        "on_site": waiting_on_site(found.batch.notice) if found.is_waiting else 0,
        "may_change": found.is_waiting and _may_stop(request.user, found),
        "previews": [(code, name, _preview(found, code)) for code, name in LANGUAGE_NAMES.items()],
        "failed": [(FailureCode(code).label, count) for code, count in found.batch.failed.items()],
        "cancelled": [(DropReason(code).label, count) for code, count in found.batch.cancelled.items()],
        "crumbs": [*cohort_crumbs(cohort), (_("Messages"), reverse("cohorts:notices", args=[cohort.pk]))],
    }
    return render(request, "cohorts/notice.html", context, status=422 if form.errors else 200)


def _preview(found: CohortBatch, language: str) -> list[tuple[Reveals, Message]]:
    """What the message says in this language: for each of the rules that people may choose."""
    with translation.override(language):
        words = words_of_batch(found)
        return [(reveals, message_of(words, reveals)) for reveals in Reveals]


@login_required
@require_POST
def cancel_notice(request: SignedInRequest, notice_id: UUID) -> HttpResponse:
    """It is not sent."""
    found = get_cohort_batch_or_404(request.user, notice_id, timezone.now())
    cohort = found.cohort
    _require_may_stop(request.user, found)
    with refusal_shown(request):
        cancel_telling(cohort=cohort, batch=found.batch.notice.batch, by=request.user, at=timezone.now())
        messages.success(request, _("This message will not be sent."))
    return redirect("cohorts:notices", cohort.pk)
