"""The holder's side: her certificates, the paper, and how much of her name strangers see."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lms.certificates.actions import ask_about_certificate, credential_file, freeze_pdf, note_download
from lms.certificates.checks import OF_PROFILE, Gap
from lms.certificates.forms import NameFormForm
from lms.certificates.models import WITHHELD_STATES, Certificate
from lms.certificates.queries import (
    CHANGE_NAME_FORM,
    OwnLicence,
    asked_about,
    get_own_certificate_or_404,
    get_readable_certificate_or_404,
    licences_in_short,
    own_certificates,
    own_ended,
    own_gaps,
    own_licences,
    own_name_checks,
    own_paperwork_gaps,
    resting_modules,
    steps_together,
    waits_for_issue,
    wording_of,
)
from lms.certificates.rendering import address_of_own, baked_png, baked_svg, described, file_name
from lms.certificates.views.shared import start_job
from lms.common.languages import pick
from lms.common.refusals import refusal_shown
from lms.common.throttling import too_many
from lms.common.views import too_many_requests
from lms.people.actions import require_may_show, require_settled
from lms.people.models import NameForm, User
from lms.people.permissions import SignedInRequest
from lms.people.queries import card_others_know, own_pin_waits_until

# Choices of one holder in an hour: each is work of its own for the worker.
CHOICES = "30/h"
# In the trail: what was opened was no paper.
BADGE = "badge"
# By the end of its address: the type of the file, and how the credential comes into it.
BADGES: dict[str, tuple[str, Callable[[Certificate, str], bytes | str]]] = {
    "json": ("application/json", lambda _certificate, credential: credential),
    "png": ("image/png", baked_png),
    "svg": ("image/svg+xml", baked_svg),
}


@login_required
@never_cache
@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    """What she holds, and what a first or another one waits for."""
    today = timezone.localdate()
    rows = _rows(request.user, today)
    lacks = own_paperwork_gaps(request.user) if rows else own_gaps(request.user, timezone.now())
    has_name = all(gap.code != "legal_name" for gap in lacks)
    ways = [(gap, _where_mended(gap, has_name=has_name)) for gap in lacks]
    writes_name = any(gap.code in OF_PROFILE and not address for gap, address in ways)
    is_due = not lacks and waits_for_issue(request.user)
    context = {
        "rows": rows,
        # Only beside these she chooses how much strangers see.
        "has_current": any(row["certificate"].is_current for row in rows),
        "lacks": ways,
        "writes_name": writes_name,
        "is_due": is_due,
        "licences": licences_in_short(request.user, today),
        "known_card": card_others_know(request.user),
        "waits_until": own_pin_waits_until(request.user, timezone.now()),
    }
    return render(request, "certificates/mine.html", context)


def _where_mended(gap: Gap, *, has_name: bool) -> str:
    """To her answer to this organisation, where several ask; she gives her name first, and there she is asked, too.

    To the training for what is done there.
    """
    return f"{reverse('people:profile')}#agreement-{gap.asked_by}" if gap.asked_by and has_name else gap.address


def _rows(user: User, today: date) -> list[dict[str, Any]]:
    held, checks, asked = list(own_certificates(user)), own_name_checks(user), asked_about(user)
    current = {(one.cohort_id, one.kind): one for one in held if one.is_current}
    return [
        {
            **_row(certificate, today),
            "checks": checks.get(certificate.pk),
            "asked": asked.get(certificate.pk),
            "newer": current.get((certificate.cohort_id, certificate.kind)),
        }
        for certificate in held
    ]


def _row(certificate: Certificate, today: date) -> dict:
    standing = certificate.standing
    is_withheld = certificate.state in WITHHELD_STATES
    resting = resting_modules(
        certificate.claims,
        person=certificate.person_id,
        organisation=certificate.organisation_id,
        joined=(standing.state, standing.steps_back) if standing else None,
    )
    return {
        "certificate": certificate,
        "said": described(certificate.claims),
        "expired": certificate.has_expired(today),
        "resting": ", ".join(resting),
        "way_back": pick(steps_together(resting.values())),
        "is_withheld": is_withheld,
        "wording": pick(wording_of(certificate)) if is_withheld else "",
        "form": NameFormForm(initial={"form": certificate.holder.name_form}, auto_id=f"id_{certificate.pk}_%s"),
    }


@login_required
@never_cache
@require_safe
def licences(request: SignedInRequest) -> HttpResponse:
    """What she may train: what counts for it, what it still needs, and how it is renewed."""
    now = timezone.now()
    rows = [(one, [(gap, _where_licensed(gap, one)) for gap in one.missing]) for one in own_licences(request.user, now)]
    ended = own_ended(request.user, now)
    houses = {one.standing.organisation_id: one.standing.organisation for one, _lacks in rows}
    houses |= {one.certificate.organisation_id: one.certificate.organisation for one in ended}
    context = {
        "rows": rows,
        "ended": ended,
        "today": timezone.localdate(now),
        # Said once, below all of them.
        "counts": any(not one.is_candidate for one, _lacks in rows),
        "organisations": list(houses.values()),
    }
    return render(request, "certificates/licences.html", context)


def _where_licensed(gap: Gap, licence: OwnLicence) -> str:
    """Where she mends it herself."""
    if gap.code in OF_PROFILE:
        return f"{reverse('people:profile')}#certificate"
    qualified_in = licence.standing.qualified_in_id
    return reverse("assessments:my_plan", args=[qualified_in]) if gap.code == "plan" and qualified_in else ""


@login_required
@never_cache
@require_safe
def paper(request: SignedInRequest, certificate_id: UUID) -> HttpResponse:
    """The PDF, for the holder and for those who coordinate her cohort."""
    certificate = get_readable_certificate_or_404(request.user, certificate_id)
    with refusal_shown(request):
        content = freeze_pdf(certificate=certificate)
        note_download(certificate=certificate, by=request.user, at=timezone.now())
        headers = {"Content-Disposition": file_name(certificate)}
        return HttpResponse(content, content_type="application/pdf", headers=headers)
    return redirect("certificates:mine")


@login_required
@never_cache
@require_safe
def badge(request: SignedInRequest, certificate_id: UUID, kind: str) -> HttpResponse:
    """The signed credential, for the holder alone: as a file, or within a picture.  It is hers to pass on.

    With the salt and the digest in it anybody can try names, so it is not for whoever printed her card.
    """
    content_type, bake = BADGES[kind]
    certificate = get_own_certificate_or_404(request.user, certificate_id)
    with refusal_shown(request):
        require_settled(person=request.user, at=timezone.now())
        content = bake(certificate, credential_file(certificate=certificate))
        note_download(certificate=certificate, by=request.user, at=timezone.now(), why=BADGE)
        headers = {"Content-Disposition": file_name(certificate, kind)}
        return HttpResponse(content, content_type=content_type, headers=headers)
    return redirect("certificates:share", certificate.pk)


@login_required
@require_POST
def name_form(request: SignedInRequest, certificate_id: UUID) -> HttpResponse:
    """Her choice of what strangers see: the worker signs the certificate anew under the same address."""
    certificate = get_own_certificate_or_404(request.user, certificate_id)
    form = NameFormForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the four."))
        return redirect("certificates:mine")
    if too_many(request, group="name-form", rate=CHOICES, key=str(request.user.pk)):
        return too_many_requests(request, retry_after=3600)
    chosen, mine = NameForm(form.cleaned_data["form"]), resolve_url("certificates:mine")
    with refusal_shown(request):
        shown = certificate.holder.name_form
        require_may_show(person=request.user, form=chosen, now=shown, at=timezone.now())
        payload = {"certificate": str(certificate.pk), "form": chosen.value, "back": mine}
        text = _("Your choice is saved: strangers see “%(shown)s”, as soon as the certificate is signed anew below.")
        messages.success(request, text % {"shown": chosen.label})
        return start_job(request, task=CHANGE_NAME_FORM, payload=payload, total=1)
    return redirect(mine)


@login_required
@require_POST
def ask(request: SignedInRequest, certificate_id: UUID) -> HttpResponse:
    """She asks why it was revoked or suspended."""
    certificate = get_own_certificate_or_404(request.user, certificate_id)
    with refusal_shown(request):
        ask_about_certificate(certificate=certificate, by=request.user, at=timezone.now())
        messages.success(
            request, _("Your question is noted. The coordinator sees it with the certificates of your cohort.")
        )
    return redirect(address_of_own(certificate.pk))
