"""The sessions of a cohort one by one: moved, cancelled, held once more, and something extra beside the lessons."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lms.cohorts import actions
from lms.cohorts.forms import ExtraSessionForm, SessionForm, SubstituteForm, TellingForm
from lms.cohorts.models import Session, SessionNotice
from lms.cohorts.queries import telling_of, telling_of_session, untold_of
from lms.cohorts.views.shared import after_change, changeable_or_403, edit_crumbs
from lms.common.refusals import refusal_in, refusal_shown
from lms.people.permissions import SignedInRequest


def _session_or_404(request: SignedInRequest, session_id: UUID) -> Session:
    session = get_object_or_404(Session, pk=session_id)
    session.cohort = changeable_or_403(request, session.cohort_id)
    return session


def _form(request: SignedInRequest, session: Session, kind: SessionNotice) -> SessionForm:
    typed = request.POST if request.method == "POST" else None
    initial = {"starts_at": session.starts_at, "place": session.place}
    return SessionForm(typed, initial=initial, telling=telling_of(session.cohort, kind))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def session(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """Another time or place."""
    row = _session_or_404(request, session_id)
    form = _form(request, row, SessionNotice.MOVED)
    if form.is_valid():
        with refusal_in(form, "starts_at"), transaction.atomic():
            change = actions.SessionChange(form.cleaned_data["starts_at"], form.cleaned_data["place"])
            moved = actions.move_session(session=row, change=change, by=request.user, at=timezone.now())
            messages.success(request, _("Saved."))
            return after_change(request, row.cohort, SessionNotice.MOVED, [moved])
    is_planned = row.counts and not row.has_taken_place and not row.cohort.has_ended
    of_cancelling = telling_of_session(row, SessionNotice.CANCELLED, timezone.now())
    context = {
        "session": row,
        "form": form,
        "is_planned": is_planned,
        "cancelling": TellingForm(telling=of_cancelling, auto_id="cancel_%s"),
        "untold": untold_of(row, timezone.now()),
        "substitute": _substitute_form(row) if row.counts and not row.cohort.has_ended else None,
        "crumbs": edit_crumbs(row.cohort),
    }
    return render(request, "cohorts/session.html", context, status=422 if request.method == "POST" else 200)


def _substitute_form(session: Session, typed: QueryDict | None = None) -> SubstituteForm:
    telling = telling_of_session(session, SessionNotice.LED, timezone.now())
    return SubstituteForm(typed, session=session, telling=telling)


@login_required
@require_POST
def substitute(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """Who leads this one session, or led it."""
    row = _session_or_404(request, session_id)
    form = _substitute_form(row, request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the people on the list."))
        return redirect("cohorts:session", row.pk)
    with refusal_shown(request), transaction.atomic():
        person = form.cleaned_data["person"]
        led = actions.name_substitute(session=row, person=person, by=request.user, at=timezone.now())
        messages.success(request, _("Saved."))
        return after_change(request, row.cohort, SessionNotice.LED, [led])
    return redirect("cohorts:session", row.pk)


@login_required
@require_POST
def cancel_session(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """This session does not take place and does not count; the participants are told where she ticked it."""
    row = _session_or_404(request, session_id)
    with refusal_shown(request), transaction.atomic():
        cancelled = actions.cancel_session(session=row, by=request.user, at=timezone.now())
        messages.success(request, _("The session is cancelled. It does not count for attendance."))
        return after_change(request, row.cohort, SessionNotice.CANCELLED, [cancelled])
    return redirect("cohorts:edit", row.cohort_id)


@login_required
@require_POST
def tell_of_session(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """What was changed without a word is told after all, as the session is now."""
    row = _session_or_404(request, session_id)
    untold = untold_of(row, timezone.now())
    if untold is None:
        messages.info(request, _("A message about it exists already, or nobody would get one any more."))
        return redirect("cohorts:session", row.pk)
    with refusal_shown(request):
        return after_change(request, row.cohort, SessionNotice(untold.kind), [row])
    return redirect("cohorts:session", row.pk)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def plan_session_again(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """A new time for the lesson of a session that was cancelled, or that some people missed."""
    row = _session_or_404(request, session_id)
    form = _form(request, row, SessionNotice.ADDED)
    if form.is_valid():
        with refusal_in(form, "starts_at"), transaction.atomic():
            starts_at, place = form.cleaned_data["starts_at"], form.cleaned_data["place"]
            by, at = request.user, timezone.now()
            again = actions.plan_session_again(session=row, starts_at=starts_at, place=place, by=by, at=at)
            messages.success(request, _("The lesson has a new time."))
            return after_change(request, row.cohort, SessionNotice.ADDED, [again])
    context = {"session": row, "form": form, "crumbs": edit_crumbs(row.cohort)}
    return render(request, "cohorts/session_again.html", context, status=422 if request.method == "POST" else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add_extra_session(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """Something beside the lessons."""
    cohort = changeable_or_403(request, cohort_id)
    typed = request.POST if request.method == "POST" else None
    form = ExtraSessionForm(typed, cohort=cohort, telling=telling_of(cohort, SessionNotice.ADDED))
    if form.is_valid():
        with refusal_in(form, "starts_at"), transaction.atomic():
            extra = actions.add_extra_session(cohort=cohort, extra=form.extra(), by=request.user, at=timezone.now())
            messages.success(request, _("The extra session is in the plan."))
            return after_change(request, cohort, SessionNotice.ADDED, [extra])
    context = {"cohort": cohort, "form": form, "crumbs": edit_crumbs(cohort)}
    return render(request, "cohorts/session_extra.html", context, status=422 if request.method == "POST" else 200)
