"""One's own data: name, language, consents, sign-in."""

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lms.common.languages import remember_language
from lms.people.actions import give_certificate_name, record_consent, update_profile, withdraw_consent
from lms.people.forms import CertificateNameForm, ConsentForm, ProfileForm
from lms.people.models import ConsentPurpose, User
from lms.people.permissions import SignedInRequest
from lms.people.queries import consent_states, live_cards, masked_legal_name, roles_of


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_profile(request: SignedInRequest) -> HttpResponse:
    """What is kept about her; a POST changes display name and language."""
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=_profile(request.user))
    if not form.is_bound:
        return _page(request)
    if not form.is_valid():
        return _page(request, status=422, form=form)
    person = update_profile(person=request.user, **form.cleaned_data, by=request.user, at=timezone.now())
    with translation.override(person.language):
        messages.success(request, _("Your data are saved."))
        response = redirect("people:profile")
    remember_language(response, person.language)
    return response


@never_cache
@login_required
@require_POST
def give_name(request: SignedInRequest) -> HttpResponse:
    """The name on paper, with her agreement."""
    form = CertificateNameForm(request.POST, auto_id="id_paper_%s")
    if not form.is_valid():
        return _page(request, status=422, name_form=form)
    give_certificate_name(
        person=request.user,
        name=form.cleaned_data["name"],
        language=get_language() or request.user.language,
        by=request.user,
        at=timezone.now(),
    )
    messages.success(request, _("Your name is kept for your certificate."))
    return redirect(reverse("people:profile") + "#certificate")


@never_cache
@login_required
@require_POST
def answer_consent(request: SignedInRequest) -> HttpResponse:
    """Yes or no to one purpose; her name for the certificate is asked for elsewhere."""
    form = ConsentForm(request.POST)
    if not form.is_valid() or form.cleaned_data["purpose"] not in ConsentPurpose.values:
        return _page(request, status=422)
    answer = {
        "person": request.user,
        "purpose": form.cleaned_data["purpose"],
        "language": get_language() or request.user.language,
        "by": request.user,
        "at": timezone.now(),
    }
    if form.cleaned_data["given"]:
        record_consent(**answer, given=True)
    else:
        withdraw_consent(**answer)
    messages.success(request, _("Your answer is noted."))
    return redirect(reverse("people:profile") + "#consents")


def _profile(person: User) -> dict[str, str]:
    return {"display_name": person.display_name, "language": person.language}


def _page(
    request: SignedInRequest,
    *,
    status: int = 200,
    form: ProfileForm | None = None,
    name_form: CertificateNameForm | None = None,
) -> HttpResponse:
    person = request.user
    context: dict[str, Any] = {
        "form": form or ProfileForm(initial=_profile(person)),
        "name_form": name_form or CertificateNameForm(auto_id="id_paper_%s"),
        "kept_name": masked_legal_name(person),
        "consents": consent_states(person),
        "roles": roles_of(person),
        "card": live_cards([person]).get(person.pk),
        "two_steps": person.has_usable_password() and is_mfa_enabled(person),
    }
    return render(request, "people/profile.html", context, status=status)
