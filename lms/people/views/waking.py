"""Roles that sleep: another one makes the word that wakes them, and their holder enters it."""

from collections.abc import Collection
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from lms.common.refusals import refusal_shown
from lms.common.views import too_many_requests
from lms.people.actions import tell_waking_word, wake_roles
from lms.people.models import Organisation, User
from lms.people.permissions import SignedInRequest
from lms.people.queries import asleep_since, changes_in_her_name, staff_roles_for, stranded_roles_for
from lms.people.views.shared import administrators_only, installation_only, show_pin, show_word, too_many_words


@require_POST
@administrators_only
def tell_word(request: SignedInRequest, organisations: list[Organisation], person_id: UUID) -> HttpResponse:
    """A word for a colleague, shown in the answer alone."""
    role = staff_roles_for(request.user).filter(person=person_id).first()
    if role is None:
        raise Http404
    return _tell(request, role.person, organisations) or redirect("people:member", person_id)


@require_POST
@installation_only
def tell_word_to_stranded(request: SignedInRequest, person_id: UUID) -> HttpResponse:
    """The same where nobody in her organisation may."""
    stranded = [role for role in stranded_roles_for(request.user) if role.person_id == person_id]
    if not stranded:
        raise Http404
    organisations = [role.organisation for role in stranded]
    return _tell(request, stranded[0].person, organisations) or redirect("people:organisations")


def _tell(request: SignedInRequest, person: User, organisations: Collection[Organisation]) -> HttpResponse | None:
    with refusal_shown(request):
        word = tell_waking_word(person=person, organisations=organisations, by=request.user, at=timezone.now())
        if word:
            return show_word(request, word, sleeper=person)
        messages.success(request, _("Her roles are awake."))
    return None


@never_cache
@login_required
@require_POST
def wake(request: SignedInRequest) -> HttpResponse:
    """She enters the word that she was told: her roles hold again, and she is shown a PIN that only she knows."""
    if too_many_words(request):
        return too_many_requests(request, retry_after=3600)
    since = asleep_since(request.user)
    with refusal_shown(request):
        pin = wake_roles(by=request.user, word=request.POST.get("word", "")[:100], at=timezone.now())
        if pin:
            return show_pin(request, pin, why="woken", changes=changes_in_her_name(request.user, since))
        update_session_auth_hash(request, User.objects.get(pk=request.user.pk))
        messages.success(request, _("Your roles are awake."))
    return redirect(settings.LOGIN_REDIRECT_URL)
