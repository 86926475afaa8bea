"""Who may train: standings, coaches, and founding trainers by two signatures."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from curricula.queries import module_outlines
from lms.cohorts import actions
from lms.cohorts.forms import CoachForm, FoundingForm, ReasonForm
from lms.cohorts.models import Level, Standing
from lms.cohorts.permissions import FOUNDING_ROLES
from lms.cohorts.queries import (
    coach_choices,
    founding_candidates,
    founding_proposals_for,
    managed_standings_for,
    standings_for,
)
from lms.cohorts.views.shared import Crumbs, refuse, signed_in
from lms.common.errors import ActionError
from lms.people.permissions import has_role
from lms.people.queries import organisations_for
from lms.regions.models import Region, RegionKind


def _crumbs() -> Crumbs:
    return [(_("Standings"), reverse("cohorts:standings"))]


@login_required
@never_cache
@require_safe
def standings(request: HttpRequest) -> HttpResponse:
    """Who may train what, until when, and with which coach."""
    user, today = signed_in(request), timezone.localdate()
    rows = list(standings_for(user).prefetch_related("coachings__coach"))
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
    """Display name of the coach; from the prefetched rows."""
    coachings = [one for one in standing.coachings.all() if one.starts_on <= today <= one.ends_on]
    return max(coachings, key=lambda one: one.starts_on).coach.display_name if coachings else ""


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def standing(request: HttpRequest, standing_id: UUID) -> HttpResponse:
    """Names the coach of a standing that she coordinates."""
    user, now = signed_in(request), timezone.now()
    row = get_object_or_404(managed_standings_for(user), pk=standing_id)
    typed = request.POST if request.method == "POST" else None
    people = coach_choices(row.organisation, timezone.localdate())
    form = CoachForm(typed, standing=row, people=people, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            actions.appoint_coach(standing=row, **form.cleaned_data, by=user, at=now)
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The coach is named."))
            return redirect("cohorts:standings")
    return _render_standing(request, row, form, ReasonForm())


def _render_standing(request: HttpRequest, row: Standing, form: CoachForm, reason: ReasonForm) -> HttpResponse:
    needs_coach = row.level == Level.CANDIDATE
    context = {"standing": row, "needs_coach": needs_coach, "form": form, "reason": reason, "crumbs": _crumbs()}
    return render(request, "cohorts/standing.html", context, status=422 if request.method == "POST" else 200)


@login_required
@never_cache
@require_POST
def withdraw_standing(request: HttpRequest, standing_id: UUID) -> HttpResponse:
    """Takes it away, with a reason that stays in the record."""
    user = signed_in(request)
    row = get_object_or_404(managed_standings_for(user), pk=standing_id)
    reason = ReasonForm(request.POST)
    if not reason.is_valid():
        people = coach_choices(row.organisation, timezone.localdate())
        return _render_standing(
            request, row, CoachForm(standing=row, people=people, today=timezone.localdate()), reason
        )
    actions.withdraw_standing(standing=row, reason=reason.cleaned_data["reason"], by=user, at=timezone.now())
    messages.success(request, _("The standing is withdrawn."))
    return redirect("cohorts:standings")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def founding(request: HttpRequest) -> HttpResponse:
    """Proposals that wait for a second signature, and a form for the first one."""
    user = signed_in(request)
    if not has_role(user, *FOUNDING_ROLES):
        raise Http404
    form = _founding_form(request)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            actions.propose_founding(
                person=values["person"],
                organisation=values["organisation"],
                module_code=values["module"],
                languages=values["languages"],
                region=values["region"],
                reason=values["reason"],
                by=user,
                at=timezone.now(),
            )
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Proposed. A second person must confirm it now."))
            return redirect("cohorts:founding")
    proposals = list(founding_proposals_for(user))
    context = {"form": form, "proposals": proposals, "user_id": user.pk, "crumbs": _crumbs()}
    return render(request, "cohorts/founding.html", context, status=422 if request.method == "POST" else 200)


def _founding_form(request: HttpRequest) -> FoundingForm:
    user = signed_in(request)
    organisations = organisations_for(user, *FOUNDING_ROLES)
    return FoundingForm(
        request.POST if request.method == "POST" else None,
        organisations=organisations,
        people=founding_candidates(user, organisations),
        outlines=module_outlines(),
        regions=list(Region.objects.exclude(kind=RegionKind.COUNTRY).order_by("path")),
    )


@login_required
@require_POST
def settle_founding(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """The second signature, or none."""
    user = signed_in(request)
    proposal = get_object_or_404(founding_proposals_for(user), pk=proposal_id)
    confirms = request.POST.get("answer") == "confirm"
    act = actions.confirm_founding if confirms else actions.decline_founding
    try:
        act(proposal=proposal, by=user, at=timezone.now())
    except ActionError as error:
        return refuse(request, error, reverse("cohorts:founding"))
    messages.success(request, _("The founding standing is granted.") if confirms else _("The proposal is declined."))
    return redirect("cohorts:founding")
