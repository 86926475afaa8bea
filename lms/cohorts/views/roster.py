"""The people of a cohort: who is in, who waits, and one person's page."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.cohorts import actions
from lms.cohorts.forms import LegalNameForm, TransferForm, WalkInForm, WithdrawForm
from lms.cohorts.models import Cohort, Enrolment, EnrolmentState
from lms.cohorts.permissions import may_see_to_people
from lms.cohorts.queries import (
    card_holders,
    colleagues_with_cards,
    get_run_cohort_or_404,
    locked_cards,
    may_be_brought_back,
    may_read_legal_name,
    people_by_state,
    telling_of_transfer,
    telling_of_withdrawal,
    tie_of,
    transfer_targets,
)
from lms.cohorts.views.shared import (
    after_transfer,
    after_withdrawal,
    cohort_crumbs,
    enrolment_or_404,
    people_or_403,
    person_or_403,
    remaining_or_404,
    roster_crumbs,
    say_transferred,
)
from lms.common.codes import new_id
from lms.common.refusals import refusal_in, refusal_shown
from lms.common.repeats import asked_first
from lms.people import actions as people_actions
from lms.people.models import Card, LegalName
from lms.people.permissions import SignedInRequest, has_sleeping_roles
from lms.people.queries import live_cards, own_pins_among, record_taken_back_at

# Seconds in which the same sheet sent again is a repeat.
SHEET_AGE = 2 * 60 * 60
# What the list may be narrowed down to, and by what it may be ordered: the word in the address, and what it is called.
PARTS: dict[str, str | Promise] = {
    "": gettext_lazy("All"),
    EnrolmentState.ENROLLED: gettext_lazy("Enrolled"),
    EnrolmentState.WAITING: gettext_lazy("Waiting list"),
    EnrolmentState.WITHDRAWN: pgettext_lazy("people who left a cohort", "Left"),
}
ORDERS: dict[str, tuple[str | Promise, Callable[[Enrolment, Card | None], Any]]] = {
    "name": (pgettext_lazy("of a person", "Name"), lambda _enrolment, _card: 0),
    "language": (gettext_lazy("Language"), lambda enrolment, _card: enrolment.language),
    "since": (pgettext_lazy("enrolled since", "Since"), lambda enrolment, _card: enrolment.enrolled_at),
    "card": (gettext_lazy("Card"), lambda _enrolment, card: _card_rank(card)),
}


@login_required
@never_cache
@require_safe
def show_roster(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """Display names only; a legal name stands on nobody's list."""
    cohort = get_run_cohort_or_404(request.user, cohort_id)
    part, order = request.GET.get("state", ""), request.GET.get("sort", "")
    part, order = part if part in PARTS else "", order if order in ORDERS else "name"
    people = people_by_state(cohort)
    enrolled, waiting = people[EnrolmentState.ENROLLED], people[EnrolmentState.WAITING]
    context = {
        "cohort": cohort,
        "part": part,
        "orders": [(key, name, key == order) for key, (name, _key) in ORDERS.items()],
        "tabs": [(name, f"?state={key}" if key else "?", key == part) for key, name in PARTS.items()],
        "rows": _ordered(_listed(enrolled), order) if part in ("", EnrolmentState.ENROLLED) else None,
        "waiting": _listed(waiting) if part in ("", EnrolmentState.WAITING) else None,
        "left": _listed(people[EnrolmentState.WITHDRAWN]) if part == EnrolmentState.WITHDRAWN else None,
        "enrolled_count": len(enrolled),
        "waiting_count": len(waiting),
        "locked_count": len(locked_cards(cohort, timezone.now())),
        "sees_to_people": may_see_to_people(request.user, cohort),
        "places_left": max(0, cohort.capacity - len(enrolled)),
        "crumbs": cohort_crumbs(cohort),
    }
    return render(request, "cohorts/roster.html", context)


def _listed(enrolments: Sequence[Enrolment]) -> list[Enrolment]:
    """Whoever was erased is counted, and stands on no list."""
    return [enrolment for enrolment in enrolments if not enrolment.person.erased_at]


def _ordered(enrolled: Sequence[Enrolment], order: str) -> list[tuple[Enrolment, Card | None]]:
    """With their cards; who is alike stays in the order of the names."""
    cards = live_cards([enrolment.person for enrolment in enrolled])
    rows = [(enrolment, cards.get(enrolment.person_id)) for enrolment in enrolled]
    _name, key = ORDERS[order]
    return sorted(rows, key=lambda row: key(*row))


def _card_rank(card: Card | None) -> int:
    """What wants something done first: locked or none, not printed yet, printed."""
    return 0 if card is None or card.is_locked else 2 if card.printed_at else 1


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def walk_in(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """One person who came through the door; then on to her card."""
    cohort, language = people_or_403(request, cohort_id), get_language() or ""
    if request.method != "POST":
        return _render_walk_in(request, cohort, WalkInForm(cohort=cohort, language=language, sheet=new_id()))
    form = WalkInForm(request.POST, cohort=cohort, language=language)
    if not form.is_valid():
        return _render_walk_in(request, cohort, form)
    sheet, made = f"walk-in-{form.cleaned_data.pop('sheet')}", None
    with refusal_in(form), asked_first(sheet, SHEET_AGE) as is_first:
        if not is_first:
            return redirect("cohorts:roster", cohort.pk)  # sent twice: she stands on it once
        made = actions.enrol_walk_in(cohort=cohort, **form.cleaned_data, by=request.user, at=timezone.now())
    return _after_walk_in(request, made) if made else _render_walk_in(request, cohort, form)


def _after_walk_in(request: SignedInRequest, made: Enrolment) -> HttpResponse:
    if made.state != EnrolmentState.ENROLLED:
        messages.warning(request, _("All places are taken: she is on the waiting list."))
        return redirect("cohorts:person", made.pk)
    messages.success(request, _("Added. Print her card now."))
    return redirect(reverse("cohorts:cards", args=[made.cohort_id], query={"only": made.pk}))


def _render_walk_in(request: SignedInRequest, cohort: Cohort, form: WalkInForm) -> HttpResponse:
    context = {"cohort": cohort, "form": form, "crumbs": roster_crumbs(cohort)}
    return render(request, "cohorts/walk_in.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_safe
def show_person(request: SignedInRequest, enrolment_id: UUID) -> HttpResponse:
    """One person in this cohort: her card, her facts, her name for the certificate."""
    return _render_person(request, enrolment_or_404(request, enrolment_id), LegalNameForm())


def _render_person(
    request: SignedInRequest,
    enrolment: Enrolment,
    form: LegalNameForm,
    *,
    leaving: WithdrawForm | None = None,
    opened: str = "",
    status: int = 200,
) -> HttpResponse:
    gone = enrolment.person.erased_at is not None or enrolment.cohort.has_ended
    back = _way_back(enrolment) if enrolment.may_come_back and not gone else {}
    context = {
        "enrolment": enrolment,
        **_card_of(request, enrolment),
        "sees_to_people": may_see_to_people(request.user, enrolment.cohort),
        "has_legal_name": _has_legal_name(enrolment),
        "record_taken_back_at": None if gone else record_taken_back_at(enrolment.person),
        "reads_name": may_read_legal_name(request.user, enrolment),
        "leaving": leaving or _leaving_form(enrolment),
        "legal_name": opened,
        "form": form,
        "crumbs": roster_crumbs(enrolment.cohort),
    }
    return render(request, "cohorts/person.html", context | back, status=status)


def _card_of(request: SignedInRequest, enrolment: Enrolment) -> dict[str, Any]:
    """Her card, and whether whoever looks may print it, or renew it while her roles sleep."""
    person, cohort = enrolment.person, enrolment.cohort
    cards = live_cards([person])
    return {
        "card": cards.get(person.pk),
        "has_own_pin": bool(own_pins_among(cards.values())),
        "card_is_hers_to_print": card_holders([person], cohort, by=request.user).exists(),
        "is_colleague": colleagues_with_cards([person], cohort, by=request.user).exists(),
        "sleeps": has_sleeping_roles(person),
        "why_not": str(actions.why_not_renewed(person=person, by=request.user)),
    }


def _leaving_form(enrolment: Enrolment, typed: QueryDict | None = None) -> WithdrawForm:
    return WithdrawForm(typed, telling=telling_of_withdrawal(enrolment.cohort, [enrolment]))


def _way_back(enrolment: Enrolment) -> dict[str, Any]:
    """The button, or why there is none."""
    if may_be_brought_back(enrolment):
        return {"may_come_back": True}
    return {"needs_her_yes": actions.NeedsHerYes.message}


def _has_legal_name(enrolment: Enrolment) -> bool:
    return LegalName.objects.filter(person=enrolment.person_id).exists()


@login_required
@require_POST
def admit(request: SignedInRequest, enrolment_id: UUID) -> HttpResponse:
    """From the waiting list to a place."""
    enrolment = person_or_403(request, enrolment_id)
    with refusal_shown(request):
        actions.admit_enrolment(enrolment=enrolment, by=request.user, at=timezone.now())
        messages.success(request, _("The place is given."))
    return redirect("cohorts:roster", enrolment.cohort_id)


@login_required
@never_cache
@require_POST
def withdraw(request: SignedInRequest, enrolment_id: UUID) -> HttpResponse:
    """She leaves the cohort; what she did there stays."""
    enrolment = person_or_403(request, enrolment_id)
    form = _leaving_form(enrolment, request.POST)
    if not form.is_valid():
        return _render_person(request, enrolment, LegalNameForm(), leaving=form, status=422)
    with refusal_shown(request), transaction.atomic():
        reason, at = form.cleaned_data["reason"], timezone.now()
        actions.withdraw_enrolment(enrolment=enrolment, reason=reason, by=request.user, at=at)
        messages.success(request, _("Withdrawn from the cohort. Marks and tests stay."))
        return after_withdrawal(request, enrolment.cohort, [enrolment], at)
    return redirect("cohorts:roster", enrolment.cohort_id)


@login_required
@require_POST
def enrol_again(request: SignedInRequest, enrolment_id: UUID) -> HttpResponse:
    """She comes back: a place, or the waiting list."""
    left = person_or_403(request, enrolment_id)
    with refusal_shown(request):
        back = actions.enrol_again(enrolment=left, by=request.user, at=timezone.now())
        messages.success(request, _("Back in the cohort: %(state)s.") % {"state": back.get_state_display()})
    return redirect("cohorts:person", left.pk)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def transfer(request: SignedInRequest, enrolment_id: UUID) -> HttpResponse:
    """To another cohort that she runs too."""
    enrolment = remaining_or_404(request, enrolment_id)
    targets = transfer_targets(request.user, enrolment)
    typed = request.POST if request.method == "POST" else None
    form = TransferForm(typed, targets=targets, telling=telling_of_transfer(enrolment))
    if form.is_valid():
        with refusal_in(form, "to"), transaction.atomic():
            to, now = form.cleaned_data["to"], timezone.now()
            came = actions.transfer_enrolment(enrolment=enrolment, to=to, by=request.user, at=now)
            say_transferred(request, came)
            return after_transfer(request, came, now)
    crumbs = roster_crumbs(enrolment.cohort)
    context = {
        "enrolment": enrolment,
        "targets": targets,
        "tie": tie_of(enrolment),
        "form": form,
        "crumbs": crumbs,
    }
    return render(request, "cohorts/transfer.html", context, status=422 if request.method == "POST" else 200)


@login_required
@require_POST
def unlock_card(request: SignedInRequest, enrolment_id: UUID) -> HttpResponse:
    """After five wrong PINs."""
    enrolment = remaining_or_404(request, enrolment_id)
    with refusal_shown(request):
        actions.unlock_card_of(enrolment=enrolment, by=request.user, at=timezone.now())
        messages.success(request, _("The card is open again: five new tries."))
    return redirect("cohorts:person", enrolment.pk)


@login_required
@require_POST
def replace_card(request: SignedInRequest, enrolment_id: UUID) -> HttpResponse:
    """A lost card: the old one stops working at once."""
    enrolment = remaining_or_404(request, enrolment_id)
    with refusal_shown(request):
        actions.replace_card_of(enrolment=enrolment, by=request.user, at=timezone.now())
        messages.success(request, _("The old card no longer works. Print the new one now."))
        return redirect(reverse("cohorts:cards", args=[enrolment.cohort_id], query={"only": enrolment.pk}))
    return redirect("cohorts:person", enrolment.pk)


@login_required
@never_cache
@require_POST
def legal_name(request: SignedInRequest, enrolment_id: UUID) -> HttpResponse:
    """Writes the name for the certificate; a trainer may write the first one, and neither read nor replace it."""
    enrolment = remaining_or_404(request, enrolment_id)
    if _has_legal_name(enrolment) and not may_read_legal_name(request.user, enrolment):
        raise PermissionDenied
    form = LegalNameForm(request.POST)
    if form.is_valid():
        name = form.cleaned_data["legal_name"]
        with refusal_in(form, "legal_name"):
            people_actions.set_legal_name(person=enrolment.person, name=name, by=request.user, at=timezone.now())
            messages.success(request, _("The name for the certificate is kept, encrypted."))
            return redirect("cohorts:person", enrolment.pk)
    return _render_person(request, enrolment, form, status=422)


@login_required
@never_cache
@require_POST
def open_legal_name(request: SignedInRequest, enrolment_id: UUID) -> HttpResponse:
    """Shows the legal name to the coordinator, once, and writes down that she looked."""
    enrolment = remaining_or_404(request, enrolment_id)
    if not may_read_legal_name(request.user, enrolment):
        raise PermissionDenied
    person, by, at = enrolment.person, request.user, timezone.now()
    with refusal_shown(request):
        name = people_actions.reveal_legal_name(person=person, by=by, at=at, why="roster")
        return _render_person(request, enrolment, LegalNameForm(), opened=name)
    return redirect("cohorts:person", enrolment.pk)
