"""Cards to print, and the poster to join by."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.cohorts import actions
from lms.cohorts.models import Cohort, Enrolment, EnrolmentState
from lms.cohorts.permissions import manages
from lms.cohorts.queries import card_holders, roster, run_enrolments_for
from lms.cohorts.rendering import card_sheet
from lms.cohorts.views.shared import cohort_crumbs, people_or_403
from lms.common.qr import qr_svg
from lms.common.refusals import refusal_shown
from lms.people.permissions import SignedInRequest
from lms.people.queries import live_cards, own_pins_among

# Holds how many cards are on the sheet, and nothing else; read and removed by static/js/cards.js.
SHEET_COOKIE = "sheet"
# In place of one enrolment, where somebody may know the PINs of a whole cohort.
EVERYBODY = "all"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cards(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """GET: whose cards.  POST: new PINs, and the sheet on which alone they stand."""
    cohort = people_or_403(request, cohort_id)
    enrolled = _enrolled(request, cohort)
    if request.method != "POST":
        return _choose(request, cohort, enrolled)
    wanted = set(request.POST.getlist("enrolment"))
    chosen = [enrolment for enrolment in enrolled.printable if str(enrolment.pk) in wanted]
    if not chosen:
        return _choose(request, cohort, enrolled, error=_("Choose at least one person."))
    with refusal_shown(request):
        pins = actions.renew_cards(cohort=cohort, enrolments=chosen, by=request.user, at=timezone.now())
        return _sheet(request, cohort, chosen, pins)
    return redirect("cohorts:cards", cohort.pk)


def _sheet(
    request: SignedInRequest, cohort: Cohort, chosen: Sequence[Enrolment], pins: Mapping[UUID, str]
) -> HttpResponse:
    """The file; a cookie that lives for a minute tells the page, which stays on the screen, that it has come."""
    codes = {person: card.code for person, card in live_cards([one.person for one in chosen]).items()}
    pdf = card_sheet(cohort=cohort, enrolments=chosen, codes=codes, pins=pins)
    headers = {"Content-Disposition": f'attachment; filename="cards-{cohort.code}.pdf"'}
    response = HttpResponse(pdf, content_type="application/pdf", headers=headers)
    response.set_cookie(SHEET_COOKIE, str(len(chosen)), max_age=60, secure=request.is_secure(), samesite="Strict")
    return response


@login_required
@never_cache
@require_POST
def renew_colleague(request: SignedInRequest, enrolment_id: UUID) -> HttpResponse:
    """A new card for somebody with duties here: the sheet, while her roles sleep."""
    there = run_enrolments_for(request.user).filter(person__erased_at=None).exclude(state=EnrolmentState.WITHDRAWN)
    enrolment = get_object_or_404(there, pk=enrolment_id)
    if not manages(request.user, enrolment.cohort):
        raise PermissionDenied
    with refusal_shown(request):
        pins = actions.renew_colleagues_card(enrolment=enrolment, by=request.user, at=timezone.now())
        return _sheet(request, enrolment.cohort, [enrolment], pins)
    return redirect("cohorts:person", enrolment.pk)


class _Enrolled(NamedTuple):
    """The cohort's people: whose card she may print, and the others."""

    printable: list[Enrolment]
    others: list[Enrolment]


def _enrolled(request: SignedInRequest, cohort: Cohort) -> _Enrolled:
    enrolled = roster(cohort)
    allowed = card_holders([enrolment.person for enrolment in enrolled], cohort, by=request.user)
    ids = set(allowed.values_list("pk", flat=True))
    printable = [enrolment for enrolment in enrolled if enrolment.person_id in ids]
    return _Enrolled(printable, [enrolment for enrolment in enrolled if enrolment.person_id not in ids])


def _choose(request: SignedInRequest, cohort: Cohort, enrolled: _Enrolled, *, error: str = "") -> HttpResponse:
    """Preselected: the one that was asked for, or all; else those whose card was never printed."""
    live = live_cards([enrolment.person for enrolment in (*enrolled.printable, *enrolled.others)])
    only = request.GET.get("only", "")
    rows = [(enrolment, live.get(enrolment.person_id)) for enrolment in enrolled.printable]
    chosen = {
        str(enrolment.pk)
        for enrolment, card in rows
        if (only in (EVERYBODY, str(enrolment.pk)) if only else card is None or card.printed_at is None)
    }
    rows_shown = [(enrolment, card, str(enrolment.pk) in chosen) for enrolment, card in rows]
    context = {
        "cohort": cohort,
        "rows": rows_shown,
        "own_pins": own_pins_among(card for _enrolment, card in rows if card and card.printed_at),
        "others": [(enrolment, enrolment.person_id in live) for enrolment in enrolled.others],
        "why_not": actions.CardNotYours.message,
        "error": error,
        "crumbs": cohort_crumbs(cohort),
    }
    return render(request, "cohorts/cards.html", context, status=422 if error else 200)


@login_required
@never_cache
@require_safe
def poster(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """To hang on the door: what, where, when, and the code to scan."""
    cohort = people_or_403(request, cohort_id)
    address = f"{settings.PUBLIC_BASE_URL}{reverse('join:join', args=[cohort.join_token])}"
    context = {
        "cohort": cohort,
        "address": address,
        "qr": qr_svg(address, label=_("Code that opens the page to join")),
        "sessions": [session for session in cohort.sessions.all() if session.counts],
        "crumbs": cohort_crumbs(cohort),
    }
    return render(request, "cohorts/poster.html", context)


@login_required
@require_POST
def joining(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """Opens or closes joining by the poster."""
    cohort = people_or_403(request, cohort_id)
    is_open = request.POST.get("open") == "yes"
    said = _("People can join by the poster now.") if is_open else _("Joining is closed. Old posters no longer work.")
    with refusal_shown(request):
        actions.set_joining(cohort=cohort, is_open=is_open, by=request.user, at=timezone.now())
        messages.success(request, said)
    return redirect("cohorts:poster", cohort.pk)
