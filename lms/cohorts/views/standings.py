"""Who may train: standings, coaches, and founding trainers by two signatures."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from curricula.queries import module_outlines
from lms.cohorts import actions
from lms.cohorts.forms import CoachForm, FoundingForm, ReasonForm
from lms.cohorts.models import FoundingProposal, Level, Standing
from lms.cohorts.permissions import FOUNDING_ROLES
from lms.cohorts.queries import (
    coach_choices,
    founding_candidates,
    founding_proposals_for,
    founding_regions,
    managed_standings_for,
    settled_founding_for,
    standings_for,
    waiting_for_signature_of,
)
from lms.cohorts.views.shared import Crumbs
from lms.common.alphabet import alphabetical
from lms.common.refusals import refusal_in, refusal_shown
from lms.people.forms import DeclineForm
from lms.people.models import ProposalState, User
from lms.people.permissions import SignedInRequest, has_role
from lms.people.queries import organisations_for


def _crumbs() -> Crumbs:
    return [(_("Standings"), reverse("cohorts:standings"))]


@login_required
@never_cache
@require_safe
def standings(request: SignedInRequest) -> HttpResponse:
    """Who may train what, until when, and with which coach."""
    user, today = request.user, timezone.localdate()
    found = standings_for(user).prefetch_related("coachings__coach")
    rows = sorted(found, key=lambda row: (row.module_code, alphabetical(row.person.display_name)))
    signs = has_role(user, *FOUNDING_ROLES)
    if not rows and not signs:
        raise Http404
    mine = set(managed_standings_for(user).values_list("pk", flat=True))
    context = {
        "rows": [(row, _coach_today(row, today), row.pk in mine) for row in rows],
        "today": today,
        "signs": signs,
        "proposals": founding_proposals_for(user).count() if signs else 0,
    }
    return render(request, "cohorts/standings.html", context)


def _coach_today(standing: Standing, today: date) -> str:
    """Display name of the coach; from the prefetched rows where there are many."""
    coachings = [one for one in standing.coachings.all() if one.starts_on <= today <= one.ends_on]
    return max(coachings, key=lambda one: one.starts_on).coach.display_name if coachings else ""


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def standing(request: SignedInRequest, standing_id: UUID) -> HttpResponse:
    """Names the coach of a standing that she coordinates."""
    row = get_object_or_404(managed_standings_for(request.user), pk=standing_id)
    form = _coach_form(row, request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusal_in(form):
            actions.appoint_coach(standing=row, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("The coach is named."))
            return redirect("cohorts:standings")
    return _render_standing(request, row, form, ReasonForm())


def _coach_form(row: Standing, typed: QueryDict | None = None) -> CoachForm:
    today = timezone.localdate()
    return CoachForm(typed, standing=row, people=coach_choices(row.organisation, today), today=today)


def _render_standing(request: SignedInRequest, row: Standing, form: CoachForm, reason: ReasonForm) -> HttpResponse:
    context = {
        "standing": row,
        "needs_coach": row.level == Level.CANDIDATE,
        "coach": _coach_today(row, timezone.localdate()),
        "form": form,
        "reason": reason,
        "crumbs": _crumbs(),
    }
    return render(request, "cohorts/standing.html", context, status=422 if request.method == "POST" else 200)


@login_required
@never_cache
@require_POST
def withdraw_standing(request: SignedInRequest, standing_id: UUID) -> HttpResponse:
    """Takes it away, with a reason that stays in the record."""
    row = get_object_or_404(managed_standings_for(request.user), pk=standing_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _render_standing(request, row, _coach_form(row), form)
    reason = form.cleaned_data["reason"]
    actions.withdraw_standing(standing=row, reason=reason, by=request.user, at=timezone.now())
    messages.success(request, _("The standing is withdrawn."))
    return redirect("cohorts:standings")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def founding(request: SignedInRequest) -> HttpResponse:
    """Proposals that wait for a second signature, and a form for the first one."""
    if not has_role(request.user, *FOUNDING_ROLES):
        raise Http404
    form = _founding_form(request.user, request.POST if request.method == "POST" else None, request.GET.get("again"))
    if form.is_valid():
        with refusal_in(form):
            actions.propose_founding(**form.proposal, by=request.user, at=timezone.now())
            messages.success(request, _("Proposed. A second person must confirm it now."))
            return redirect("cohorts:founding")
    return _founding_page(request, form)


def _founding_page(
    request: SignedInRequest, form: FoundingForm, declined: dict[UUID, DeclineForm] | None = None
) -> HttpResponse:
    """`declined`: by proposal, the form in which why was not said as it must be."""
    user, said = request.user, declined or {}
    context = {
        "form": form,
        "proposals": [
            (
                one,
                form.module_titles.get(one.module_code, ""),
                said.get(one.pk) or DeclineForm(auto_id=f"id_{one.pk}_%s"),
            )
            for one in founding_proposals_for(user)
        ],
        "hers": waiting_for_signature_of(user),
        "settled": [
            (one, form.module_titles.get(one.module_code, ""), one.state_at(timezone.now()))
            for one in settled_founding_for(user, timezone.now())
        ],
        "crumbs": _crumbs(),
    }
    return render(request, "cohorts/founding.html", context, status=422 if request.method == "POST" else 200)


def _founding_form(user: User, typed: QueryDict | None, again: str | None = None) -> FoundingForm:
    """`again`: the id of a proposal that nobody confirmed in time, to be proposed once more."""
    organisations = organisations_for(user, *FOUNDING_ROLES)
    regions, is_national = founding_regions(user)
    return FoundingForm(
        typed,
        organisations=organisations,
        people=founding_candidates(user, organisations),
        outlines=module_outlines(),
        regions=regions,
        is_national=is_national,
        again=_lapsed_founding(user, again) if again else None,
    )


def _lapsed_founding(user: User, proposal_id: str) -> FoundingProposal | None:
    """None of those that somebody declined: whoever thinks otherwise writes it anew."""
    now = timezone.now()
    found = (one for one in settled_founding_for(user, now) if str(one.pk) == proposal_id)
    return next((one for one in found if one.state_at(now) == ProposalState.LAPSED), None)


@login_required
@require_POST
def settle_founding(request: SignedInRequest, proposal_id: UUID) -> HttpResponse:
    """The second signature, or none; whoever proposed takes her proposal back."""
    proposal = get_object_or_404(founding_proposals_for(request.user), pk=proposal_id)
    answers = {
        "confirm": (actions.confirm_founding, _("The founding standing is granted.")),
        "withdraw": (actions.withdraw_founding, _("Your proposal is withdrawn.")),
    }
    answer = request.POST.get("answer", "")
    if answer not in answers:
        return _decline_founding(request, proposal)
    settle, said = answers[answer]
    with refusal_shown(request):
        settle(proposal=proposal, by=request.user, at=timezone.now())
        messages.success(request, said)
    return redirect("cohorts:founding")


def _decline_founding(request: SignedInRequest, proposal: FoundingProposal) -> HttpResponse:
    form = DeclineForm(request.POST, auto_id=f"id_{proposal.pk}_%s")
    if not form.is_valid():
        return _founding_page(request, _founding_form(request.user, None), {proposal.pk: form})
    with refusal_shown(request):
        actions.decline_founding(proposal=proposal, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, _("The proposal is declined."))
    return redirect("cohorts:founding")
