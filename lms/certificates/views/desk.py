"""The coordinator's side: who qualifies and who lacks what, issuing, the teaching level, revoking."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lms.certificates.actions import (
    lift_suspension,
    make_candidate,
    note_answer,
    open_names,
    record_paperwork,
    revoke_certificate,
    suspend_certificate,
)
from lms.certificates.checks import may_come_from_paper
from lms.certificates.forms import AnsweredForm, CandidateForm, IssueForm, PaperworkForm, StateForm
from lms.certificates.models import Certificate, CertificateState
from lms.certificates.queries import (
    Eligibility,
    certificates_for,
    coaches_for,
    eligibility_of,
    last_issued,
    names_to_certify,
    questions_of,
    reports_of,
    teaching_of,
    teaching_of_one,
)
from lms.certificates.rendering import Remedies
from lms.certificates.tasks import ISSUE_BATCH, ISSUE_TRAINER
from lms.certificates.views.shared import crumbs_of, start_job
from lms.cohorts.models import Cohort, Enrolment
from lms.cohorts.permissions import manages
from lms.cohorts.queries import get_managed_cohort_or_404, planning_rights
from lms.cohorts.views.shared import people_or_403
from lms.common.refusals import refusal_shown
from lms.people.permissions import SignedInRequest
from lms.people.queries import SIGNATORY_TOLD, signatory_changes_in


class Choosable(NamedTuple):
    """Somebody who can be given a certificate."""

    row: Eligibility
    # Given name and initial of the full name that is kept.
    short_name: str
    # The whole of it, where it was opened just now.
    full_name: str
    is_ticked: bool


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cohort_certificates(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """Who qualifies and who lacks what; POST issues to those who were chosen, in a job."""
    cohort = people_or_403(request, cohort_id)
    if request.method != "POST":
        return _render_cohort(request, cohort)
    if not manages(request.user, cohort):
        raise PermissionDenied
    if "show_names" in request.POST:
        return _show_names(request, cohort)
    form = IssueForm(request.POST, rows=eligibility_of(cohort))
    if not form.is_valid():
        ticked = request.POST.getlist("enrolments")
        return _render_cohort(request, cohort, error=str(form.errors["enrolments"][0]), ticked=ticked)
    chosen = form.cleaned_data["enrolments"]
    payload = {"enrolments": chosen, "back": resolve_url("certificates:cohort", cohort.pk)}
    # A second tap is the first one; another choice, while that one is still being issued, is not.
    key = f"issue:{cohort.pk}:{_digest_of(chosen)}"
    return start_job(request, task=ISSUE_BATCH, payload=payload, total=len(chosen), key=key)


def _digest_of(chosen: Collection[str]) -> str:
    return hashlib.sha256(" ".join(sorted(chosen)).encode()).hexdigest()[:32]


def _show_names(request: SignedInRequest, cohort: Cohort) -> HttpResponse:
    """The names as the papers will bear them, once; what was ticked stays ticked."""
    shown = [row.enrolment for row in eligibility_of(cohort) if row.may_be_chosen]
    opened = open_names(enrolments=shown, by=request.user, at=timezone.now())
    return _render_cohort(request, cohort, opened=opened, ticked=request.POST.getlist("enrolments"))


def _render_cohort(
    request: SignedInRequest,
    cohort: Cohort,
    *,
    error: str = "",
    opened: Mapping[UUID, str] | None = None,
    ticked: Collection[str] | None = None,
) -> HttpResponse:
    prefetch_related_objects([cohort], "modules")
    rows, may_issue, now = eligibility_of(cohort), manages(request.user, cohort), timezone.now()
    teaching, remedies = teaching_of(cohort, timezone.localdate(now), rows), Remedies(cohort, request.user, now)
    context = {
        "cohort": cohort,
        "crumbs": crumbs_of(cohort),
        "rows": [(row, remedies.beside(row.missing, row.enrolment)) for row in rows],
        "choosable": _choosable(rows, opened or {}, ticked) if may_issue else [],
        "opened": bool(opened),
        "issued": last_issued(request.user, cohort.pk, now) if may_issue else None,
        **_waiting(rows),
        "teaching": [(row, remedies.beside(row.missing, row.enrolment)) for row in teaching],
        **_asked(cohort, rows, now),
        "may_issue": may_issue,
        "error": error,
    }
    return render(request, "certificates/cohort.html", context, status=422 if error else 200)


def _asked(cohort: Cohort, rows: Sequence[Eligibility], at: datetime) -> dict[str, Any]:
    """What to look at before another one is issued.

    What strangers reported, what holders ask, and that somebody changed who signs.
    """
    places: dict[UUID | None, UUID] = {row.enrolment.person_id: row.enrolment.pk for row in rows}
    return {
        "reports": reports_of(cohort),
        "questions": [(asked, places.get(asked.certificate.person_id)) for asked in questions_of(cohort)],
        "signatories": signatory_changes_in(cohort.organisation, at - SIGNATORY_TOLD),
    }


def _waiting(rows: Sequence[Eligibility]) -> dict[str, int]:
    """How many can get a certificate now, of how many somebody decides first, and of how many a paper is missing."""
    return {
        "due": sum(row.is_due for row in rows),
        "undecided": sum(row.waits_for_decision for row in rows),
        "papers_missing": sum(may_come_from_paper(row.paperwork) for row in rows),
    }


def _choosable(
    rows: Iterable[Eligibility], opened: Mapping[UUID, str], ticked: Collection[str] | None
) -> list[Choosable]:
    """Without an answer about her, whoever is due is ticked."""
    ready = [row for row in rows if row.may_be_chosen]
    short = names_to_certify(ready)
    return [
        Choosable(
            row,
            short.get(row.enrolment.person_id, ""),
            opened.get(row.enrolment.person_id, ""),
            row.is_due if ticked is None else str(row.enrolment.pk) in ticked,
        )
        for row in ready
    ]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def paperwork(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """Names and consents from paper, for all who lack them."""
    cohort = get_managed_cohort_or_404(request.user, cohort_id)
    form = PaperworkForm(request.POST or None, rows=eligibility_of(cohort))
    if request.method == "POST" and form.is_valid():
        by, at = request.user, timezone.now()
        with refusal_shown(request), transaction.atomic():
            for enrolment, name, consent in form.given():
                record_paperwork(enrolment=enrolment, name=name, consent=consent, by=by, at=at)
            messages.success(request, _("Saved."))
        return redirect("certificates:cohort", cohort.pk)
    context = {"cohort": cohort, "form": form, "crumbs": crumbs_of(cohort, deeper=True)}
    return render(request, "certificates/paperwork.html", context, status=422 if form.errors else 200)


def _managed_enrolment_or_404(request: SignedInRequest, enrolment_id: UUID) -> Enrolment:
    enrolment = get_object_or_404(Enrolment.objects.enrolled().select_related("person", "region"), pk=enrolment_id)
    enrolment.cohort = get_managed_cohort_or_404(request.user, enrolment.cohort_id)
    return enrolment


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def candidate(request: SignedInRequest, enrolment_id: UUID, module_code: str) -> HttpResponse:
    """Makes a graduate a candidate: coach, languages, region."""
    enrolment = _managed_enrolment_or_404(request, enrolment_id)
    row = teaching_of_one(enrolment, module_code, timezone.localdate())
    if row is None:
        raise Http404
    form = _candidate_form(request, enrolment, module_code)
    if request.method == "POST" and form.is_valid():
        with refusal_shown(request):
            make_candidate(
                enrolment=enrolment,
                module_code=module_code,
                by=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            )
            messages.success(request, _("She is a candidate trainer now and may open her own cohort."))
        return redirect("certificates:cohort", enrolment.cohort_id)
    lacks = Remedies(enrolment.cohort, request.user, timezone.now()).beside(row.missing, enrolment)
    context = {"row": row, "lacks": lacks, "form": form, "crumbs": crumbs_of(enrolment.cohort, deeper=True)}
    return render(request, "certificates/candidate.html", context, status=422 if form.errors else 200)


def _candidate_form(request: SignedInRequest, enrolment: Enrolment, module_code: str) -> CandidateForm:
    right = next(right for right in planning_rights(request.user) if right.manages(enrolment.cohort))
    return CandidateForm(
        request.POST or None,
        cohort=enrolment.cohort,
        coaches=list(coaches_for(enrolment, module_code)),
        regions=list(right.regions()),
        whole_country=right.is_national,
        initial={"languages": enrolment.cohort.languages, "region": str(enrolment.region_id or "")},
    )


@login_required
@require_POST
def trainer(request: SignedInRequest, enrolment_id: UUID, module_code: str) -> HttpResponse:
    """Issues a trainer's certificate, in a job: the worker holds the key."""
    enrolment = _managed_enrolment_or_404(request, enrolment_id)
    row = teaching_of_one(enrolment, module_code, timezone.localdate())
    back = resolve_url("certificates:cohort", enrolment.cohort_id)
    if row is None:
        raise Http404
    if not row.may_become_trainer:
        messages.error(request, _("Something is still missing: see the list."))
        return redirect(back)
    payload = {"enrolment": str(enrolment.pk), "module": module_code, "back": back}
    return start_job(request, task=ISSUE_TRAINER, payload=payload, total=1, key=f"trainer:{enrolment.pk}:{module_code}")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_state(request: SignedInRequest, certificate_id: UUID) -> HttpResponse:
    """Revokes, suspends or lifts, with public wording or none."""
    certificate = get_object_or_404(certificates_for(request.user), pk=certificate_id)
    form = StateForm(request.POST or None, certificate=certificate)
    if request.method == "POST" and form.is_valid():
        with refusal_shown(request):
            _apply(request, certificate, form)
            messages.success(request, _("Done. Whoever checks the certificate sees it from now on."))
        return redirect("certificates:cohort", certificate.cohort_id)
    context = {"certificate": certificate, "form": form, "crumbs": crumbs_of(certificate.cohort, deeper=True)}
    return render(request, "certificates/state.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def answered(request: SignedInRequest, certificate_id: UUID) -> HttpResponse:
    """Notes that the holder who asked why was told."""
    certificate = get_object_or_404(certificates_for(request.user), pk=certificate_id)
    form = AnsweredForm(request.POST)
    asked = form.cleaned_data["asked"] if form.is_valid() else None
    with refusal_shown(request):
        note_answer(certificate=certificate, asked=asked, by=request.user, at=timezone.now())
        messages.success(request, _("Noted: she was told. She reads the day beside her certificate."))
    return redirect("certificates:cohort", certificate.cohort_id)


def _apply(request: SignedInRequest, certificate: Certificate, form: StateForm) -> None:
    reason, by, at = form.cleaned_data["internal_reason"], request.user, timezone.now()
    if form.cleaned_data["state"] == CertificateState.VALID:
        lift_suspension(certificate=certificate, internal_reason=reason, by=by, at=at)
        return
    act = revoke_certificate if form.cleaned_data["state"] == CertificateState.REVOKED else suspend_certificate
    act(certificate=certificate, public_wording=form.public_wording, internal_reason=reason, by=by, at=at)
