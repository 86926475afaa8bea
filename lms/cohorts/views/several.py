"""What is done to several people of a cohort at once, each after a page that says whom it touches."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lms.cohorts import actions
from lms.cohorts.forms import WithdrawForm
from lms.cohorts.models import Cohort, Enrolment, EnrolmentState
from lms.cohorts.queries import locked_cards, people_by_state, telling_of_withdrawal
from lms.cohorts.views.shared import after_withdrawal, people_or_403, roster_crumbs
from lms.common.refusals import refusal_shown
from lms.people.permissions import SignedInRequest


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_several(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """Whom (the waiting list ticked where the address says so), then why, then it is done."""
    cohort = people_or_403(request, cohort_id)
    wanted = set(request.POST.getlist("enrolment"))
    people = people_by_state(cohort)
    there = [*people[EnrolmentState.WAITING], *people[EnrolmentState.ENROLLED]]
    chosen = [enrolment for enrolment in there if str(enrolment.pk) in wanted]
    if not chosen:
        return _choose(request, cohort, people)
    is_answer = "confirmed" in request.POST
    form = WithdrawForm(request.POST if is_answer else None, telling=telling_of_withdrawal(cohort, chosen))
    if form.is_valid():
        with refusal_shown(request), transaction.atomic():
            reason, at = form.cleaned_data["reason"], timezone.now()
            n = actions.withdraw_several(enrolments=chosen, reason=reason, by=request.user, at=at)
            said = ngettext("%(n)s person is withdrawn.", "%(n)s people are withdrawn.", n)
            messages.success(request, said % {"n": n})
            return after_withdrawal(request, cohort, chosen, at)
        return redirect("cohorts:roster", cohort.pk)
    context = {"cohort": cohort, "chosen": chosen, "form": form, "crumbs": roster_crumbs(cohort)}
    return render(request, "cohorts/withdraw_confirm.html", context, status=422 if is_answer else 200)


def _choose(request: SignedInRequest, cohort: Cohort, people: dict[str, list[Enrolment]]) -> HttpResponse:
    is_empty_answer = request.method == "POST"
    context = {
        "cohort": cohort,
        "waiting": people[EnrolmentState.WAITING],
        "enrolled": people[EnrolmentState.ENROLLED],
        "ticked": request.GET.get("all", ""),
        "error": _("Choose at least one person.") if is_empty_answer else "",
        "crumbs": roster_crumbs(cohort),
    }
    return render(request, "cohorts/withdraw_several.html", context, status=422 if is_empty_answer else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unlock_cards(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """All cards of the cohort that wrong PINs have closed."""
    cohort = people_or_403(request, cohort_id)
    if request.method != "POST":
        context = {"cohort": cohort, "locked": locked_cards(cohort, timezone.now()), "crumbs": roster_crumbs(cohort)}
        return render(request, "cohorts/unlock_cards.html", context)
    _say_unlocked(request, actions.unlock_cards_of(cohort=cohort, by=request.user, at=timezone.now()))
    return redirect("cohorts:roster", cohort.pk)


def _say_unlocked(request: SignedInRequest, done: actions.Unlocking) -> None:
    n = done.opened
    said = ngettext("%(n)s card is open again: five new tries.", "%(n)s cards are open again: five new tries each.", n)
    messages.success(request, said % {"n": n})
    if done.left:
        stays = ngettext(
            "%(n)s card stays locked: it was unlocked already within the last day, and it is not yours to print.",
            "%(n)s cards stay locked: they were unlocked already within the last day, and they are not yours to print.",
            done.left,
        )
        messages.warning(request, stays % {"n": done.left})
