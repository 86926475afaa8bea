"""A copy of everything that is kept: made at the press of a button, and kept nowhere."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lms.common.dates import local_day
from lms.common.refusals import refusal_shown
from lms.common.throttling import too_many
from lms.common.views import too_many_requests
from lms.people.models import ConsentChannel, Organisation, User
from lms.people.permissions import SignedInRequest
from lms.people.queries import card_others_know, own_pin_waits_until
from lms.people.views.shared import administrators_only
from lms.privacy.actions import export_person
from lms.privacy.exports import ZIP_TYPE
from lms.privacy.views.shared import colleague_or_refuse, enrolment_or_refuse

# So often one person's papers may be drawn and packed.
RATE = "10/h"


@never_cache
@login_required
@require_safe
def show_export(request: SignedInRequest) -> HttpResponse:
    """What is in the copy and what is not."""
    crumbs = [(_("My data and consents"), resolve_url("people:profile"))]
    context = {
        "known_card": card_others_know(request.user),
        "waits_until": own_pin_waits_until(request.user, timezone.now()),
        "crumbs": crumbs,
    }
    return render(request, "privacy/export.html", context)


@never_cache
@login_required
@require_POST
def export_own(request: SignedInRequest) -> HttpResponse:
    """Her own."""
    with refusal_shown(request):
        return _file(request, request.user, ConsentChannel.SCREEN)
    return redirect("privacy:export")


@never_cache
@login_required
@require_POST
def export_participant(request: SignedInRequest, enrolment_id: UUID) -> HttpResponse:
    """For somebody who asked on paper, by whoever coordinates all her cohorts."""
    return _file(request, enrolment_or_refuse(request, enrolment_id).person, ConsentChannel.PAPER)


@require_POST
@administrators_only
def export_colleague(request: SignedInRequest, _organisations: list[Organisation], person_id: UUID) -> HttpResponse:
    """For a colleague who asked, by whoever administers all her organisations."""
    return _file(request, colleague_or_refuse(request, person_id), ConsentChannel.PAPER)


def _file(request: SignedInRequest, person: User, channel: ConsentChannel) -> HttpResponse:
    if too_many(request, group="export", rate=RATE, key=f"{request.user.pk}"):
        return too_many_requests(request, retry_after=3600)
    now = timezone.now()
    content = export_person(person=person, by=request.user, at=now, channel=channel)
    name = f'attachment; filename="yntymak-data-{local_day(now).isoformat()}.zip"'
    return HttpResponse(content, content_type=ZIP_TYPE, headers={"Content-Disposition": name})
