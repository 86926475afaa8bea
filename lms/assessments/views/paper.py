"""A participant's test: one address for starting, answering, waiting and reviewing."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse, translate_url
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lms.assessments.actions import (
    AnswerNotOfThisPaper,
    FormAnswer,
    PaperClosed,
    TestHandedIn,
    TimeIsOver,
    is_news,
    save_answers,
    start_attempt,
    submit_attempt,
)
from lms.assessments.forms import answers_from, kept_fields, missing_answers
from lms.assessments.models import Answer, Attempt, AttemptState, Paper
from lms.assessments.queries import (
    GRACE,
    allowed_until,
    current_answers,
    current_responses,
    item_shapes,
    may_review,
    module_title,
    own_attempt,
    own_paper_or_404,
    sees_review,
)
from lms.assessments.rendering import awaits_review, reviewed_items, saved_letters, seen_items, tag_of
from lms.assessments.views.saving import not_of_this_attempt
from lms.cohorts.models import EnrolmentState
from lms.cohorts.views.shared import cohort_crumbs
from lms.common.errors import ActionError
from lms.common.languages import LANGUAGE_NAMES
from lms.common.refusals import refusal_shown
from lms.common.throttling import too_many
from lms.people.permissions import SignedInRequest

# ── Signing in again ─────────────────────────────────────────────────────────────────────────────────────────────


def _session_key(paper_id: UUID) -> str:
    return f"kept-answers-{paper_id}"


def _sign_in_first(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """The session ran out over the test: what she sent waits beside the sign-in and is filled in again after it."""
    known = Paper.objects.filter(pk=paper_id).exists()
    if request.method == "POST" and known and not too_many(request, group="kept-answers", rate="300/10m"):
        request.session[_session_key(paper_id)] = kept_fields(request.POST)
    return redirect_to_login(reverse("tests:paper", args=[paper_id]), login_url=reverse("card:signin"))


def _signed_in(view: Callable[[SignedInRequest, UUID], HttpResponse]) -> Callable[[HttpRequest, UUID], HttpResponse]:
    """As login_required, for cards; a form that arrives too late is kept."""

    @wraps(view)
    def gate(request: HttpRequest, paper_id: UUID) -> HttpResponse:
        if not request.user.is_authenticated:
            return _sign_in_first(request, paper_id)
        return view(cast(SignedInRequest, request), paper_id)

    return gate


def _kept_form(request: SignedInRequest, attempt: Attempt) -> QueryDict | None:
    """What this attempt's form said before she signed in again, or when it came too late."""
    kept = request.session.get(_session_key(attempt.paper_id))
    if not kept or kept.get("attempt") != [tag_of(attempt.pk)]:
        return None
    form = QueryDict(mutable=True)
    for name, values in kept.items():
        form.setlist(name, values)
    return form


def _said_in(kept: QueryDict, attempt: Attempt) -> dict[str, FormAnswer]:
    try:
        return answers_from(kept, item_shapes(attempt.paper_id), attempt.pk)
    except AnswerNotOfThisPaper:
        return {}


def _count_late(request: SignedInRequest, attempt: Attempt) -> int:
    """How many answers of a kept form are not those that count."""
    kept = _kept_form(request, attempt)
    if kept is None:
        return 0
    saved = {answer.item_key: answer for answer in current_answers(attempt)}
    return sum(is_news(said=one, saved=saved.get(key)) for key, one in _said_in(kept, attempt).items())


# ── The test ─────────────────────────────────────────────────────────────────────────────────────────────────────


@never_cache
@_signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: SignedInRequest, paper_id: UUID) -> HttpResponse:
    """The test as it stands for her; POST saves the form and then hands in, goes on later or changes the language."""
    test = own_paper_or_404(request.user, paper_id)
    attempt = own_attempt(request.user, paper_id)
    if request.method == "POST" and attempt is not None:
        return _take_form(request, test, attempt)
    # A page of before, sent when she has not begun: her start, and why it stands here.
    is_of_before = request.method == "POST" and "attempt" in request.POST
    return _show_refused(request, test, attempt) if is_of_before else _show(request, test, attempt)


@never_cache
@_signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: SignedInRequest, paper_id: UUID) -> HttpResponse:
    """The button that starts the clock; pressed twice or on two devices, it is one attempt."""
    test = own_paper_or_404(request.user, paper_id)
    if request.method == "POST":
        enrolment = test.cohort.enrolments.get(person=request.user)
        with refusal_shown(request):
            start_attempt(paper=test, enrolment=enrolment, language=_language(test), by=request.user, at=timezone.now())
    return redirect("tests:paper", test.pk)


def _language(test: Paper) -> str:
    """The language in which she reads the questions: the page's, if the test is offered in it."""
    wanted = get_language() or ""
    return wanted if wanted in test.languages else test.languages[0]


# ── The form ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _take_form(request: SignedInRequest, test: Paper, attempt: Attempt) -> HttpResponse:
    shapes, now, tag = item_shapes(test.pk), timezone.now(), tag_of(attempt.pk)
    if request.POST.get("attempt", tag) != tag:
        return _show_refused(request, test, attempt)
    try:
        answers = answers_from(request.POST, shapes, attempt.pk)
        language = _language(test)
        older = save_answers(attempt=attempt, answers=answers, language=language, by=request.user, at=now)
    except AnswerNotOfThisPaper as refused:
        return _show(request, test, attempt, error=str(refused))
    except ActionError as refused:
        return _too_late(request, test, attempt, refused)
    request.session.pop(_session_key(test.pk), None)
    if older:
        messages.info(request, _("Some questions have a newer answer from another device. Those answers count."))
    then = request.POST.get("then")
    if then not in ("hand_in", "hand_in_unfinished"):
        return _go_on(request, test)
    missing = missing_answers(shapes, current_responses(attempt))
    if missing and then == "hand_in":
        return _show(request, test, attempt, missing=missing)
    submit_attempt(attempt=attempt, by=request.user, at=now)
    return redirect("tests:paper", test.pk)


def _too_late(request: SignedInRequest, test: Paper, attempt: Attempt, refused: ActionError) -> HttpResponse:
    """Closed, over or handed in: what was saved is what counts, and it is handed in now.

    The form is kept until the next page has said how many of its answers came too late, and why.
    """
    submit_attempt(attempt=attempt, by=request.user, at=timezone.now())
    form = kept_fields(request.POST)
    if "attempt" in form:  # not the button of `paper_over.html` alone
        request.session[_session_key(test.pk)] = form
    if not isinstance(refused, TestHandedIn) and not _count_late(request, attempt):
        messages.warning(request, str(refused))
    return redirect("tests:paper", test.pk)


def _go_on(request: SignedInRequest, test: Paper) -> HttpResponse:
    """After saving: to the cohort's page, or the same questions in another language."""
    then = request.POST.get("then", "")
    here = reverse("tests:paper", args=[test.pk])
    if then in test.languages:
        return redirect(translate_url(here, then))
    messages.success(request, _("Your answers are saved. You can go on until the time is over."))
    return redirect(test.cohort if then == "later" else here)


# ── What is shown ────────────────────────────────────────────────────────────────────────────────────────────────


def _show(
    request: SignedInRequest, test: Paper, attempt: Attempt | None, *, missing: list[int] | None = None, error: str = ""
) -> HttpResponse:
    context: dict[str, Any] = {
        "paper": test,
        "attempt": attempt,
        "crumbs": cohort_crumbs(test.cohort),
        "module_title": module_title(test),
    }
    if attempt is None:
        context |= _start(request, test) | {"error": error}
        return render(request, "assessments/paper_start.html", context, status=422 if error else 200)
    attempt.paper = test
    if attempt.state == AttemptState.SUBMITTED:
        return _show_result(request, test, attempt, context)
    if not (test.is_open or attempt.is_late) or timezone.now() > attempt.deadline + GRACE:
        return render(request, "assessments/paper_over.html", context | _settled(request, attempt))
    context |= _questions(request, test, attempt) | {"missing": missing, "error": error}
    return render(request, "assessments/paper.html", context, status=422 if missing or error else 200)


def _show_refused(request: SignedInRequest, test: Paper, attempt: Attempt | None) -> HttpResponse:
    refused = not_of_this_attempt(request.user, request.POST.get("owner"))
    return _show(request, test, attempt, error=str(refused))


def _lang(language: str) -> SafeString:
    """The attribute that marks the questions where they are not in the page's language."""
    return SafeString("") if language == get_language() else format_html(' lang="{}"', language)


def _start(request: SignedInRequest, test: Paper) -> dict:
    return {
        "question_count": len(item_shapes(test.pk)),
        "reads_in": LANGUAGE_NAMES[_language(test)],
        "until": allowed_until(test, request.user, timezone.now()) if test.closed_at else None,
    }


def _content(test: Paper) -> dict:
    """With the right answers: for rendering only, never for a context."""
    return Paper.objects.values_list("content", flat=True).get(pk=test.pk)


def _questions(request: SignedInRequest, test: Paper, attempt: Attempt) -> dict:
    content, language = _content(test), _language(test)
    answers = {answer.item_key: answer for answer in current_answers(attempt)}
    kept = _kept_form(request, attempt)
    if kept is not None:
        answers |= _unsaved(kept, attempt)
    return {
        "items": seen_items(content, attempt.pk, answers, language),
        "language": language,
        "lang": _lang(language),
        "offered": [(code, LANGUAGE_NAMES[code]) for code in test.languages],
        "awaits_review": awaits_review(content, language),
        "tag": tag_of(attempt.pk),
        "owner": tag_of(request.user.pk),
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "is_kept": kept is not None,
        "seconds_left": max(0, int((attempt.deadline - timezone.now()).total_seconds())),
    }


def _unsaved(kept: QueryDict, attempt: Attempt) -> dict[str, Answer]:
    """Kept form fields as answers that are shown and not stored."""
    said = _said_in(kept, attempt)
    return {key: Answer(item_key=key, revision=one.revision, response=one.response) for key, one in said.items()}


def _settled(request: SignedInRequest, attempt: Attempt) -> dict:
    """How many answers a form brought too late; and by what her phone tells which of those that it still keeps did."""
    saved = saved_letters(attempt.pk, item_shapes(attempt.paper_id), current_answers(attempt))
    late = _count_late(request, attempt)
    return {"tag": tag_of(attempt.pk), "saved": json.dumps(saved), "answered": bool(saved), "late": late}


def _how_it_ended(attempt: Attempt) -> str:
    """What stood in the way of an answer that came after it was handed in."""
    handed_in, over = attempt.submitted_at, attempt.deadline + GRACE
    if handed_in and attempt.closed_at and attempt.closed_at <= min(handed_in, over):
        return str(PaperClosed())
    return str(TimeIsOver() if handed_in and handed_in > over else TestHandedIn())


def _show_result(request: SignedInRequest, test: Paper, attempt: Attempt, context: dict) -> HttpResponse:
    context |= _settled(request, attempt) | {"ended": _how_it_ended(attempt)}
    request.session.pop(_session_key(test.pk), None)
    if attempt.enrolment and attempt.enrolment.state != EnrolmentState.ENROLLED:
        context |= {"has_left": True, "crumbs": []}  # the cohort's page is no longer hers, the test is
    if not sees_review(test, request.user):
        return render(request, "assessments/paper_done.html", context | {"waits_for_her": may_review(test)})
    content, language = _content(test), _language(test)
    context |= {
        "items": reviewed_items(content, current_responses(attempt), language),
        "lang": _lang(language),
        "awaits_review": awaits_review(content, language),
    }
    return render(request, "assessments/paper_review.html", context)
