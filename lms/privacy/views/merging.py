"""The same person is here twice: the other row is found, both are compared, and one stays."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lms.cohorts.models import Enrolment
from lms.cohorts.permissions import manages
from lms.cohorts.queries import run_enrolments_for
from lms.cohorts.views.shared import roster_crumbs
from lms.common.errors import ActionError
from lms.common.refusals import refusal_in
from lms.common.throttling import too_many
from lms.common.views import too_many_requests
from lms.people.models import User
from lms.people.permissions import SignedInRequest
from lms.privacy.actions.merging import compare_names, merge_people, require_mergeable
from lms.privacy.forms.merging import CardCodeForm, MergeForm
from lms.privacy.queries.merging import (
    both_are_named,
    get_mergeable_or_404,
    names_twice_in,
    person_rows,
    row_with_card,
    rows_named_alike,
)

# Names that one coordinator may hold beside others in an hour, merging included.
RATE = "30/h"


def on_participants_page(request: HttpRequest, enrolment: Any) -> str:
    """The way to these pages, for whoever coordinates the cohort."""
    if not isinstance(request.user, User) or not manages(request.user, enrolment.cohort):
        return ""
    return render_to_string("privacy/panel_twice.html", {"enrolment": enrolment}, request)


def on_roster(request: HttpRequest, cohort: Any) -> str:
    """Names that stand twice on the list of a cohort that she coordinates."""
    if not isinstance(request.user, User) or not manages(request.user, cohort):
        return ""
    twice = names_twice_in(cohort)
    return render_to_string("privacy/panel_names_twice.html", {"twice": twice}, request) if twice else ""


def _enrolment(request: SignedInRequest, enrolment_id: UUID) -> Enrolment:
    """Of somebody whom she sees; 403 for who runs the cohort and does not coordinate it."""
    enrolment = get_object_or_404(run_enrolments_for(request.user), pk=enrolment_id)
    if not manages(request.user, enrolment.cohort):
        raise PermissionDenied
    return enrolment


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: SignedInRequest, enrolment_id: UUID) -> HttpResponse:
    """Rows of the same name, and any other by the code on its card."""
    enrolment = _enrolment(request, enrolment_id)
    form = CardCodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        other = row_with_card(request.user, enrolment.person, form.cleaned_data["code"])
        if other:
            return redirect("merging:merge", enrolment.pk, other.pk)
        form.add_error("code", _("No other person in your cohorts has this card. Look at the code again."))
    alike = rows_named_alike(request.user, enrolment.person)
    context = {"enrolment": enrolment, "form": form, "alike": alike, "crumbs": roster_crumbs(enrolment.cohort)}
    return render(request, "privacy/twice.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: SignedInRequest, enrolment_id: UUID, other_id: UUID) -> HttpResponse:
    """Both side by side; POST makes one of them."""
    enrolment, other = _two(request, enrolment_id, other_id)
    form = MergeForm(
        request.POST if request.method == "POST" else None, rows=person_rows(request.user, [enrolment.person, other])
    )
    if form.is_bound and _tries_too_often(request):
        return too_many_requests(request, retry_after=3600)
    if form.is_valid():
        with refusal_in(form, "stays"):
            kept, merged, now = form.cleaned_data["kept"], form.cleaned_data["merged"], timezone.now()
            # Whether the names agree decides whether it is refused: that it was looked at stays written down.
            compare_names(one=kept, other=merged, by=request.user, at=now)
            merge_people(kept=kept, merged=merged, by=request.user, at=now)
            messages.success(request, _("They are one person now. Her other card says so when it is used."))
            stays = get_object_or_404(Enrolment, person=kept, cohort=enrolment.cohort_id)
            return redirect("cohorts:person", stays.pk)
    return _render_merge(request, enrolment, other, form)


@login_required
@never_cache
@require_POST
def compare(request: SignedInRequest, enrolment_id: UUID, other_id: UUID) -> HttpResponse:
    """Says whether both have the same full name; both see on "Who opened my name" that it was asked."""
    enrolment, other = _two(request, enrolment_id, other_id)
    if _tries_too_often(request):
        return too_many_requests(request, retry_after=3600)
    form = MergeForm(rows=person_rows(request.user, [enrolment.person, other]))
    agree = None
    # The page says by itself why they cannot be made one.
    with suppress(ActionError):
        agree = compare_names(one=enrolment.person, other=other, by=request.user, at=timezone.now())
    return _render_merge(request, enrolment, other, form, names_agree=agree)


def _two(request: SignedInRequest, enrolment_id: UUID, other_id: UUID) -> tuple[Enrolment, User]:
    """The row from which she comes, and the other one."""
    enrolment = _enrolment(request, enrolment_id)
    other = get_mergeable_or_404(request.user, other_id)
    if other.pk == enrolment.person_id:
        raise Http404
    return enrolment, other


def _tries_too_often(request: SignedInRequest) -> bool:
    return too_many(request, group="compare-names", rate=RATE, key=str(request.user.pk))


def _render_merge(
    request: SignedInRequest, enrolment: Enrolment, other: User, form: MergeForm, *, names_agree: bool | None = None
) -> HttpResponse:
    context = {
        "enrolment": enrolment,
        "other": other,
        "rows": form.rows.values(),
        "both_named": both_are_named(enrolment.person, other),
        "names_agree": names_agree,
        "refusal": _refusal(request.user, enrolment.person, other),
        "form": form,
        "crumbs": roster_crumbs(enrolment.cohort),
    }
    return render(request, "privacy/merge.html", context, status=422 if form.errors else 200)


def _refusal(user: User, one: User, other: User) -> str:
    """Why they cannot be merged, whichever stays; "" where one way is open."""
    refusals = [_refused(user, *way) for way in ((one, other), (other, one))]
    return refusals[0] if all(refusals) else ""


def _refused(user: User, kept: User, merged: User) -> str:
    try:
        require_mergeable(kept=kept, merged=merged, by=user)
    except ActionError as error:
        return str(error)
    return ""
