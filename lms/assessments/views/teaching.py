"""Observers say what they saw: teach-backs, and real sessions of the lead trainer."""

from dataclasses import dataclass, field
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lms.assessments.actions import correct_observation, record_observation
from lms.assessments.forms import SPARE_OCCASIONS, CorrectionForm, ObservationForm, SessionForm, TeachBackForm
from lms.assessments.models import Observation, ObservationKind
from lms.assessments.permissions import may_observe_session
from lms.assessments.queries import (
    Occasion,
    observations_of,
    observed_cohorts,
    occasions_of,
    own_observations,
    title_of,
)
from lms.cohorts.models import Cohort, CohortModule, CohortTrainer, Enrolment, TrainerPart
from lms.cohorts.queries import leader_of, roster
from lms.cohorts.views.shared import cohort_crumbs
from lms.common.refusals import refusal_in
from lms.people.models import User
from lms.people.permissions import SignedInRequest


@dataclass
class _Desk:
    """What one page of observations is made of, read once."""

    cohort: Cohort
    user: User
    people: list[Enrolment]
    modules: list[CohortModule]
    seen: list[Observation]
    lead: User | None
    sees_sessions: bool
    offered: dict[str, ObservationForm] = field(default_factory=dict)

    @property
    def required(self) -> int:
        """How many teach-backs the strictest of the modules asks for."""
        return max((module.pinned.get("rule", {}).get("teach_backs_required", 2) for module in self.modules), default=2)

    @property
    def rounds(self) -> int:
        """How many teach-backs can be chosen from: what is asked for, and room for repeating."""
        latest = max((one.occasion for one in self.seen), default=0)
        return max(self.required + SPARE_OCCASIONS, latest + 1)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def observations(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """What was seen in this cohort, and the two forms to say more."""
    desk = _desk(request, get_object_or_404(observed_cohorts(request.user), pk=cohort_id))
    kind = request.POST.get("kind") if request.method == "POST" else None
    desk.offered = _forms(desk, request.POST, kind)
    form = desk.offered.get(kind or "")
    if form is not None and form.is_valid() and _record(request, desk, kind or "", form):
        messages.success(request, _("Your observation is recorded."))
        return redirect("assessments:observations", cohort_id)
    return render(request, "assessments/observations.html", _context(desk), status=422 if kind else 200)


def _desk(request: SignedInRequest, cohort: Cohort) -> _Desk:
    lead = CohortTrainer.objects.filter(cohort=cohort, part=TrainerPart.LEAD).select_related("person").first()
    person = lead.person if lead else None
    return _Desk(
        cohort=cohort,
        user=request.user,
        people=[one for one in roster(cohort) if one.person_id != request.user.pk],
        modules=list(cohort.modules.all()),
        seen=list(observations_of(cohort)),
        lead=person,
        sees_sessions=person is not None and person != request.user and may_observe_session(request.user, cohort),
    )


def _forms(desk: _Desk, data: object, kind: str | None) -> dict[str, ObservationForm]:
    today = {"observed_on": timezone.localdate()}

    def arguments(of: str) -> dict:
        return {"initial": today, "prefix": of, "data": data if kind == of else None}

    offered: dict[str, ObservationForm] = {}
    if desk.people:
        offered[ObservationKind.TEACH_BACK] = TeachBackForm(
            desk.people, desk.modules, desk.rounds, **arguments(ObservationKind.TEACH_BACK)
        )
    if desk.sees_sessions:
        held = [session for session in desk.cohort.sessions.select_related("led_by") if session.counts]
        offered[ObservationKind.REAL_SESSION] = SessionForm(held, **arguments(ObservationKind.REAL_SESSION))
    return offered


def _record(request: SignedInRequest, desk: _Desk, kind: str, form: ObservationForm) -> bool:
    """False after a refusal, which then stands in the form."""
    facts = form.seen
    if kind == ObservationKind.REAL_SESSION:
        facts["person"] = leader_of(facts["session"])
    with refusal_in(form):
        record_observation(kind=kind, cohort=desk.cohort, by=request.user, at=timezone.now(), **facts)
        return True
    return False


def _context(desk: _Desk) -> dict:
    occasions = occasions_of(desk.seen)
    return {
        "cohort": desk.cohort,
        "crumbs": cohort_crumbs(desk.cohort),
        "rows": [_row(person, module, occasions) for person in desk.people for module in desk.modules],
        "several_modules": len(desk.modules) > 1,
        "required": desk.required,
        "sessions_seen": [one for one in desk.seen if one.kind == ObservationKind.REAL_SESSION],
        "lead": desk.lead,
        "teach_back_form": desk.offered.get(ObservationKind.TEACH_BACK),
        "session_form": desk.offered.get(ObservationKind.REAL_SESSION),
    }


def _row(
    enrolment: Enrolment, module: CohortModule, occasions: dict[tuple[UUID, str], list[Occasion]]
) -> dict[str, object]:
    of_person = occasions.get((enrolment.person_id, module.module_code), [])
    passed = sum(occasion.passed for occasion in of_person)
    return {"person": enrolment.person, "module": title_of(module), "occasions": of_person, "passed": passed}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: SignedInRequest, observation_id: UUID) -> HttpResponse:
    """Her own observation, said anew; the old one stays as evidence."""
    observation = get_object_or_404(own_observations(request.user), pk=observation_id)
    before = {
        "passed": "yes" if observation.passed else "no",
        "note": observation.note,
        "observed_on": observation.observed_on,
    }
    form = CorrectionForm(request.POST or None, initial=before)
    if form.is_valid():
        with refusal_in(form):
            correct_observation(observation=observation, by=request.user, at=timezone.now(), **form.seen)
            messages.success(request, _("The correction is recorded; the first record stays beside it."))
            return redirect("assessments:observations", observation.cohort_id)
    context = {
        "observation": observation,
        "form": form,
        "crumbs": cohort_crumbs(observation.cohort),
    }
    return render(request, "assessments/correct.html", context, status=422 if request.method == "POST" else 200)
