"""The trainer's side: mark the room, show its code, see the whole cohort."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from lms.attendance.actions import (
    MarksChanged,
    MarksDecided,
    TooEarly,
    check_room_open,
    correct_mark,
    no_marks_because,
    record_roster,
    undo_mark,
)
from lms.attendance.checks import (
    CHECKIN_CLOSES,
    CHECKIN_OPENS,
    is_settled,
    roster_opens_at,
    takes_corrections,
    takes_marks,
)
from lms.attendance.forms import CorrectionForm, RosterForm
from lms.attendance.models import ATTENDED, Mark, Source, Status
from lms.attendance.queries import (
    SMALLEST_GROUP,
    attendance_from,
    counts_of,
    history_of,
    mark_of,
    marks_of_cohort,
    roster_of,
    status_before,
)
from lms.attendance.rendering import RosterRow, roster_rows
from lms.attendance.scoring import COUNTED_HOW
from lms.attendance.signing import room_token, seconds_left
from lms.cohorts.actions import ReasonNeeded
from lms.cohorts.models import Cohort, Enrolment, Session
from lms.cohorts.permissions import manages, runs, trains
from lms.cohorts.queries import get_run_cohort_or_404, get_session_or_404, roster
from lms.cohorts.views.shared import Crumbs, cohort_crumbs
from lms.common.codes import new_id
from lms.common.errors import ActionError
from lms.common.qr import qr_svg
from lms.common.refusals import refusal_in
from lms.people.models import User
from lms.people.permissions import SignedInRequest


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mark_roster(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """The roster of one session: four big choices a person, saved in one POST."""
    session = get_session_or_404(request.user, session_id)
    if request.method != "POST":
        return _render_roster(request, session)
    form = RosterForm(request.POST)
    if not form.is_valid():
        return _render_roster(request, session, error=str(next(iter(form.errors.values()))[0]))
    source = Source.ROSTER if trains(request.user, session) else Source.COORDINATOR
    try:
        count = record_roster(
            session=session,
            statuses=form.statuses,
            over=form.over,
            batch=form.cleaned_data["batch"],
            reason=form.cleaned_data["reason"],
            source=source,
            by=request.user,
            at=timezone.now(),
        )
    except ActionError as error:
        return _refuse_roster(request, session, form, error)
    messages.success(request, ngettext("Received: %(n)s mark.", "Received: %(n)s marks.", count) % {"n": count})
    return redirect("attendance:roster", session.pk)


def _refuse_roster(request: SignedInRequest, session: Session, form: RosterForm, error: ActionError) -> HttpResponse:
    """The sheet as she filled it in, with the refusal where it belongs."""
    if isinstance(error, ReasonNeeded):
        return _render_roster(request, session, reason_error=str(error), typed=form.statuses)
    refused = error if isinstance(error, MarksChanged | MarksDecided) else None
    return _render_roster(request, session, error=str(error), typed=form.statuses, refused=refused)


def _render_roster(
    request: SignedInRequest,
    session: Session,
    *,
    error: str = "",
    reason_error: str = "",
    typed: dict[UUID, str] | None = None,
    refused: MarksChanged | MarksDecided | None = None,
) -> HttpResponse:
    rows = _rows(session, typed or {}, refused)
    context = {
        "session": session,
        "title": session.title,
        "rows": rows,
        "sheet": roster_rows(rows),
        "refused": [row for row in rows if row.is_refused],
        "batch": new_id(),
        "error": error,
        "asks_reason": any(row.received for row in rows) and is_settled(session, timezone.now()),
        "reason": request.POST.get("reason", ""),
        "reason_error": reason_error,
        "crumbs": _cohort_crumbs(request, session),
    }
    context |= _figures(rows) | _not_yet(session, request.user, timezone.now()) | {"statuses": Status.choices}
    return render(request, "attendance/roster.html", context, status=422 if error or reason_error else 200)


def _not_yet(session: Session, user: User, at: datetime) -> dict[str, Any]:
    """What waits for its time: the list itself (`opens`: from when, None once it is open), and the word “late”.

    `refusal` says why no time will do; then the list is only read, and a single mark corrected by her who may.
    """
    opens, early = roster_opens_at(session), at < session.starts_at
    if takes_marks(session):
        has_code = at <= session.ends_at + CHECKIN_CLOSES
        return {"opens": opens if at < opens else None, "is_early": early, "refusal": "", "has_code": has_code}
    is_left = takes_corrections(session, by_coordinator=True)
    return {
        "is_early": early,
        "refusal": str(no_marks_because(session=session)),
        "left_to_coordinator": is_left,
        "corrects": is_left and manages(user, session.cohort),
    }


def _figures(rows: Sequence[RosterRow]) -> dict[str, int]:
    return {
        "people": len(rows),
        "received": sum(bool(row.received) for row in rows),
        "present": sum(row.received in ATTENDED for row in rows),
        "joined_later": sum(row.joined_later and not row.received for row in rows),
    }


def _rows(session: Session, typed: Mapping[UUID, str], refused: MarksChanged | MarksDecided | None) -> list[RosterRow]:
    overtaken = refused.enrolments if isinstance(refused, MarksChanged) else ()
    decided = refused.enrolments if isinstance(refused, MarksDecided) else ()
    return [
        RosterRow(one, name, typed.get(one) or mark, mark, is_disputed, one in overtaken, one in decided, joined_later)
        for one, name, mark, is_disputed, joined_later in roster_of(session)
    ]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mark_person(request: SignedInRequest, session_id: UUID, enrolment_id: UUID) -> HttpResponse:
    """One person's mark with its history: corrected, or undone."""
    session = get_session_or_404(request.user, session_id)
    enrolment = get_object_or_404(_on_roster(session), pk=enrolment_id)
    mark, now = mark_of(session, enrolment), timezone.now()
    typed = request.POST if request.method == "POST" else None
    form = CorrectionForm(typed, mark=mark, needs_reason=mark is not None and is_settled(session, now))
    if form.is_valid():
        with refusal_in(form):
            if _correct(form, session, enrolment, by=request.user, at=now):
                messages.success(request, _("Corrected. What was said before stays in the history."))
            else:
                messages.info(request, _("Nothing changed: this is what stood there."))
            return redirect("attendance:mark", session.pk, enrolment.pk)
    return _render_person(request, session, enrolment, mark, form)


def _correct(form: CorrectionForm, session: Session, enrolment: Enrolment, *, by: User, at: datetime) -> bool:
    """Whether the mark is now what this form said, and not the same as before."""
    said = form.correction
    if form.undoes:
        mark = undo_mark(session=session, enrolment=enrolment, correction=said, by=by, at=at)
    else:
        status = form.cleaned_data["status"]
        mark = correct_mark(session=session, enrolment=enrolment, status=status, correction=said, by=by, at=at)
    return mark is not None and mark.event_id == said.event_id


def _on_roster(session: Session) -> QuerySet[Enrolment]:
    return session.cohort.enrolments.enrolled().select_related("person")


def _render_person(
    request: SignedInRequest, session: Session, enrolment: Enrolment, mark: Mark | None, form: CorrectionForm
) -> HttpResponse:
    coordinates = manages(request.user, session.cohort)
    if form.is_bound:
        mark = mark_of(session, enrolment)
        form.show_again(mark)
    context = {
        "session": session,
        "enrolment": enrolment,
        "mark": mark,
        "before": status_before(mark.event).label if mark else "",
        "history": history_of(session, enrolment),
        "form": form,
        "is_read": not form.is_bound and not takes_corrections(session, by_coordinator=coordinates),
        "refusal": str(no_marks_because(session=session)),
        "crumbs": _session_crumbs(request, session),
    }
    return render(request, "attendance/mark.html", context, status=422 if form.is_bound else 200)


def _cohort_crumbs(request: SignedInRequest, session: Session) -> Crumbs:
    """The cohort's page is not for whoever stands in for one session; anybody else who sees it runs the cohort."""
    stands_in = session.led_by_id == request.user.pk
    return cohort_crumbs(session.cohort) if not stands_in or runs(request.user, session.cohort) else []


def _session_crumbs(request: SignedInRequest, session: Session) -> Crumbs:
    """For a page below the roster of a session."""
    return [*_cohort_crumbs(request, session), (_("Attendance"), reverse("attendance:roster", args=[session.pk]))]


@login_required
@never_cache
@require_safe
def room_code(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """The code on the trainer's screen; it renews itself every 15 seconds, with and without JavaScript."""
    session = get_session_or_404(request.user, session_id)
    now = timezone.now()
    token = room_token(session_id=session.pk, seed=session.checkin_seed, at=now)
    address = request.build_absolute_uri(reverse("checkin:check_in", args=[token]))
    context = {
        "session": session,
        "title": session.title,
        "qr": qr_svg(address),
        "address": address,
        "seconds": seconds_left(now),
        "closed": _why_closed(session, now),
        "checked_in": session.marks.filter(status__in=ATTENDED).count(),
        "crumbs": _session_crumbs(request, session),
    }
    if "HX-Request" in request.headers:
        return render(request, "attendance/room_code_figure.html", context)
    return render(request, "attendance/room_code.html", context)


def _why_closed(session: Session, at: datetime) -> str:
    """Why nobody can check in, in words for the trainer; "" while people can."""
    try:
        check_room_open(session=session, at=at)
    except TooEarly:
        opens = date_format(timezone.localtime(session.starts_at - CHECKIN_OPENS), "DATETIME_FORMAT")
        return _("It opens half an hour before the session begins: %(when)s.") % {"when": opens}
    except ActionError:
        is_over = takes_marks(session)
        return _("Mark on the roster who was here.") if is_over else str(no_marks_because(session=session))
    return ""


@login_required
@never_cache
@require_safe
def overview(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """Everybody and every session in one grid, with the figure that counts for the certificate."""
    cohort, now = get_run_cohort_or_404(request.user, cohort_id), timezone.now()
    if cohort.attendance_counted_at:
        return _render_counts(request, cohort)
    modules, sessions = list(cohort.modules.all()), [one for one in cohort.sessions.all() if one.counts]
    marks = marks_of_cohort(cohort)
    rows = [
        {
            "enrolment": enrolment,
            "cells": [(one, marks[enrolment.pk].in_session(one), one.starts_at > now) for one in sessions],
            "figures": attendance_from(modules, sessions, marks[enrolment.pk]).values(),
        }
        for enrolment in roster(cohort)
    ]
    context = {
        "cohort": cohort,
        "sessions": sessions,
        "rows": rows,
        "modules": [module.module_code for module in modules],
        "manages": manages(request.user, cohort),
        "crumbs": cohort_crumbs(cohort),
        "note": COUNTED_HOW,
    }
    return render(request, "attendance/overview.html", context)


def _render_counts(request: SignedInRequest, cohort: Cohort) -> HttpResponse:
    """What is left after the term: how many, and no names."""
    sessions = cohort.sessions.select_related("counted").order_by("starts_at")
    context = {
        "cohort": cohort,
        "sessions": [session for session in sessions if session.counts],
        "modules": counts_of(cohort),
        "smallest": SMALLEST_GROUP,
        "crumbs": cohort_crumbs(cohort),
        "note": COUNTED_HOW,
    }
    return render(request, "attendance/counts.html", context)
