"""The lesson that the enrolled read, and the plan that only trainers see."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, translate_url
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lms.cohorts.actions import mark_lesson_read
from lms.cohorts.models import Session
from lms.cohorts.permissions import runs
from lms.cohorts.queries import (
    Reading,
    has_read,
    lesson_text_or_404,
    objectives_or_404,
    plan_or_404,
    reading_or_404,
)
from lms.cohorts.views.shared import cohort_crumbs
from lms.common.languages import LANGUAGE_NAMES
from lms.common.refusals import refusal_shown
from lms.people.permissions import SignedInRequest

# Who reads lessons has a card; its page leads staff on to their own door.
card_required = login_required(login_url="card:signin")


@card_required
@never_cache
@require_safe
def lesson(request: SignedInRequest, cohort_id: UUID, lesson_code: str) -> HttpResponse:
    """The text that her cohort follows, in the language of the screen where the cohort has it."""
    reading = reading_or_404(request.user, cohort_id)
    text = lesson_text_or_404(reading, lesson_code, get_language() or "")
    is_other = text.language != get_language()
    offered = text.languages if is_other else ()
    context = {
        "cohort": reading.cohort,
        "text": text,
        "lesson": text.page,
        "texts": [(code, LANGUAGE_NAMES[code], translate_url(request.path, code)) for code in offered],
        "is_other_language": is_other,
        "language_name": LANGUAGE_NAMES[text.language],
        "may_mark": reading.enrolment is not None,
        "is_read": reading.enrolment is not None and has_read(reading.enrolment, lesson_code),
        "crumbs": cohort_crumbs(reading.cohort),
    }
    return render(request, "cohorts/lesson.html", context)


@card_required
@require_POST
def mark_read(request: SignedInRequest, cohort_id: UUID, lesson_code: str) -> HttpResponse:
    """She has read it; then on to the next lesson, or back to her cohort."""
    reading = reading_or_404(request.user, cohort_id)
    if reading.enrolment is None:
        raise Http404
    with refusal_shown(request):
        mark_lesson_read(enrolment=reading.enrolment, lesson_code=lesson_code, by=request.user, at=timezone.now())
        messages.success(request, _kept(reading, lesson_code))
        return redirect("learn:lesson", reading.cohort.pk, lesson_code)
    return redirect(reading.cohort)


def _kept(reading: Reading, lesson_code: str) -> str:
    """The message at the top of a long page, with the way on."""
    kept, following = _("Kept: you have read this lesson."), _following(reading, lesson_code)
    if following is None:
        return kept
    address = reverse("learn:lesson", args=[reading.cohort.pk, following.lesson_code])
    return format_html('{} {} <a href="{}">{}</a>', kept, _("Next lesson:"), address, following.title)


def _following(reading: Reading, lesson_code: str) -> Session | None:
    return lesson_text_or_404(reading, lesson_code, get_language() or "").following


@card_required
@never_cache
@require_safe
def learn_cohort(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """A participant's page of her cohort is its hub."""
    return redirect(reading_or_404(request.user, cohort_id).cohort)


@login_required
@never_cache
@require_safe
def facilitator_plan(request: SignedInRequest, cohort_id: UUID, lesson_code: str) -> HttpResponse:
    """Step by step, made to be printed; participants never receive it, in no form."""
    cohort, plan = plan_or_404(request.user, cohort_id, lesson_code, get_language() or "")
    context = {
        "cohort": cohort,
        "plan": plan,
        "lesson": plan.lesson,
        "steps": list(plan.lesson.steps.all()),
        "module": plan.module,
        "crumbs": cohort_crumbs(cohort) if runs(request.user, cohort) else [],
    }
    return render(request, "cohorts/facilitator_plan.html", context)


@login_required
@never_cache
@require_safe
def objectives(request: SignedInRequest, cohort_id: UUID, module_code: str) -> HttpResponse:
    """What of the module serves which objective, made to be printed; for those who read its plans."""
    cohort, found = objectives_or_404(request.user, cohort_id, module_code, get_language() or "")
    crumbs = cohort_crumbs(cohort) if runs(request.user, cohort) else []
    return render(request, "cohorts/objectives.html", {"cohort": cohort, "map": found, "crumbs": crumbs})
