"""What a holder passes on: the link, a picture for messengers, the paper, the badge.

Before each stands what whoever gets it will see.  Who sends what to whom is not known here.
"""

from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lms.certificates.actions import note_download
from lms.certificates.queries import get_own_certificate_or_404, shown_name_of
from lms.certificates.rendering import described, file_name, messenger_picture
from lms.common.refusals import refusal_shown
from lms.people.actions import require_settled
from lms.people.permissions import SignedInRequest
from lms.people.queries import card_others_know, own_pin_waits_until

# In the trail: what was opened was no paper.
PICTURE = "picture"


@login_required
@never_cache
@require_safe
def share(request: SignedInRequest, certificate_id: UUID) -> HttpResponse:
    """What there is to pass on of one that holds; of another her page says why not."""
    certificate = get_own_certificate_or_404(request.user, certificate_id)
    if not certificate.is_current:
        return redirect("certificates:mine")
    context = {
        "certificate": certificate,
        "said": described(certificate.claims),
        "shown_name": shown_name_of(certificate),
        "link": f"{settings.PUBLIC_BASE_URL}/v/{certificate.public_id}",
        "has_badge": certificate.holder.sealed_credential is not None,
        "known_card": card_others_know(request.user),
        "waits_until": own_pin_waits_until(request.user, timezone.now()),
        "crumbs": [(_("My certificates"), reverse("certificates:mine"))],
    }
    return render(request, "certificates/share.html", context)


@login_required
@never_cache
@require_safe
def picture(request: SignedInRequest, certificate_id: UUID) -> HttpResponse:
    """The certificate as a picture for messengers, for the holder alone, with the form of the name that she chose."""
    certificate = get_own_certificate_or_404(request.user, certificate_id)
    if not certificate.is_current:
        return redirect("certificates:mine")
    with refusal_shown(request):
        require_settled(person=request.user, at=timezone.now())
        content = messenger_picture(certificate, shown_name=shown_name_of(certificate))
        note_download(certificate=certificate, by=request.user, at=timezone.now(), why=PICTURE)
        headers = {"Content-Disposition": file_name(certificate, "png")}
        return HttpResponse(content, content_type="image/png", headers=headers)
    return redirect("certificates:share", certificate.pk)
