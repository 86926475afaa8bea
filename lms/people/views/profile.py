"""One's own data: name, language, e-mail, consents, sign-in.  Each has a form of its own that keeps what was typed."""

from datetime import datetime
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.common.languages import LANGUAGE_NAMES, remember_language
from lms.common.refusals import refusal_in, refusal_shown
from lms.common.throttling import too_many
from lms.common.views import too_many_requests
from lms.people import actions
from lms.people.forms import (
    CertificateNameForm,
    ConsentForm,
    DisplayNameForm,
    EmailForm,
    LanguageForm,
    NameFormForm,
)
from lms.people.models import ConsentPurpose, Organisation, User
from lms.people.permissions import SignedInRequest
from lms.people.queries import (
    LINK_SHOWN,
    agreements_of,
    card_others_know,
    consent_states,
    live_cards,
    makes_own_pin,
    masked_legal_name,
    name_in_use_since,
    offers_for,
    own_pin_waits_until,
    password_links_of,
    roles_of,
)
from lms.people.tasks import SEND_EMAIL_CHANGE
from lms.people.views.shared import signed_in_before, start_mail

# Tries of her password with which an open session could be used to take the account away.
RATE = "5/5m"


@never_cache
@login_required
@require_safe
def show_profile(request: SignedInRequest) -> HttpResponse:
    """What is kept about her."""
    return _page(request)


@never_cache
@login_required
@require_POST
def change_display_name(request: SignedInRequest) -> HttpResponse:
    """What trainers and colleagues see."""
    form = DisplayNameForm(request.POST)
    if not form.is_valid():
        return _page(request, refused={"display_name_form": form})
    actions.change_display_name(person=request.user, **form.cleaned_data, by=request.user, at=timezone.now())
    return _saved(request)


@never_cache
@login_required
@require_POST
def change_language(request: SignedInRequest) -> HttpResponse:
    """The next page speaks it."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return _page(request, refused={"language_form": form})
    language = form.cleaned_data["language"]
    actions.change_language(person=request.user, language=language, by=request.user, at=timezone.now())
    with translation.override(language):
        messages.success(request, _("Your data are saved."))
        response = redirect("people:profile")
    remember_language(response, language)
    return response


@never_cache
@login_required
@require_POST
def choose_name_form(request: SignedInRequest) -> HttpResponse:
    """How much of her name strangers see, on certificates to come."""
    form = NameFormForm(request.POST)
    if form.is_valid():
        with refusal_in(form, "name_form"):
            actions.choose_name_form(person=request.user, **form.cleaned_data, by=request.user, at=timezone.now())
            return _saved(request, "certificate")
    return _page(request, refused={"name_form_form": form})


@never_cache
@login_required
@require_POST
def give_name(request: SignedInRequest) -> HttpResponse:
    """The name on paper, with her agreement."""
    form = CertificateNameForm(request.POST, asking=_asking(request.user), auto_id="id_paper_%s")
    if form.is_valid():
        with refusal_in(form, "name"):
            actions.give_certificate_name(
                person=request.user,
                name=form.cleaned_data["name"],
                language=get_language() or request.user.language,
                organisations=form.cleaned_data.get("organisations", ()),
                by=request.user,
                at=timezone.now(),
            )
            return _answered(request, "certificate", _("Your name is kept for your certificate."))
    return _page(request, refused={"name_form": form})


@never_cache
@login_required
@sensitive_post_parameters("password")
@require_POST
def ask_email(request: SignedInRequest) -> HttpResponse:
    """Another address to sign in with: it holds once she has opened the link that goes there."""
    person = request.user
    if too_many(request, group="email-change", rate=RATE, key=str(person.pk)):
        return too_many_requests(request, retry_after=300)
    form = EmailForm(request.POST, person=person)
    if not form.is_valid():
        return _page(request, refused={"email_form": form})
    if not form.cleaned_data["email"]:
        actions.remove_email(person=person, by=person, at=timezone.now())
        return _saved(request, "signing-in")
    change = actions.ask_email_change(person=person, email=form.cleaned_data["email"], by=person, at=timezone.now())
    # Each wish has a mail of its own: the one of before may be on its way to the other address.
    key = f"{person.pk}:{change.asked_at.isoformat()}"
    start_mail(task=SEND_EMAIL_CHANGE, person_id=str(person.pk), key=key, by=person)
    return _answered(request, "signing-in", _("A link went to the new address. Until you open it, nothing changes."))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_email(request: SignedInRequest, token: str) -> HttpResponse:
    """The link in the mail: one button, since opening a page changes nothing."""
    if request.method != "POST":
        return render(request, "people/confirm_email.html")
    with refusal_shown(request):
        actions.confirm_email_change(person=request.user, token=token, by=request.user, at=timezone.now())
        return _answered(request, "signing-in", _("From now on you sign in with this address."))
    return redirect(reverse("people:profile"))


@never_cache
@login_required
@require_POST
def answer_consent(request: SignedInRequest) -> HttpResponse:
    """Yes or no to one purpose; her name for the certificate is asked for elsewhere."""
    form = ConsentForm(request.POST, asking=_asking(request.user))
    if not form.is_valid():
        return _page(request, refused={})
    organisation: Organisation | None = form.cleaned_data.get("organisation")
    answer = {
        "person": request.user,
        "purpose": form.cleaned_data["purpose"],
        "organisation": organisation,
        "language": get_language() or request.user.language,
        "by": request.user,
        "at": timezone.now(),
    }
    if form.cleaned_data["given"]:
        return _agree(request, answer)
    return _disagree(request, answer)


def _disagree(request: SignedInRequest, answer: dict[str, Any]) -> HttpResponse:
    had_name, printed = bool(masked_legal_name(request.user)), name_in_use_since(request.user)
    with refusal_shown(request):
        actions.withdraw_consent(**answer)
        return _answered(request, "consents", " ".join(_what_ended(request.user, answer, had_name, printed)))
    return redirect(reverse("people:profile") + "#consents")


def _what_ended(person: User, answer: dict[str, Any], had_name: bool, printed: datetime | None) -> list[str]:
    noted = [_noted(answer["organisation"], given=False)]
    if had_name and not masked_legal_name(person):
        noted += _without_name(is_printed=printed is not None)
    if answer["purpose"] == ConsentPurpose.LEARNING_RECORD:
        noted += _record_goes_on()
    return noted


def _agree(request: SignedInRequest, answer: dict[str, Any]) -> HttpResponse:
    with refusal_shown(request):
        actions.record_consent(**answer, given=True)
        return _answered(request, "consents", _noted(answer["organisation"], given=True))
    return redirect(reverse("people:profile") + "#consents")


def _without_name(*, is_printed: bool) -> list[str]:
    deleted = _("Your name for certificates is deleted.")
    stays = _(
        "Certificates that were issued before keep it: under “My certificates” you choose how much of it strangers "
        "see, and it goes from them when you have your data erased, at the end of this page."
    )
    return [deleted, stays] if is_printed else [deleted]


def _record_goes_on() -> list[str]:
    """A no to it stops nothing by itself: whoever takes part is marked and counted.  So she is told what does."""
    return [
        _("While you take part in a training, attendance and answers are still kept with your name."),
        _("If you do not want that, tell your trainer that you leave: then nothing new is added."),
        _("What is kept already stays for its term; to remove your name before, have your data erased below."),
    ]


def _noted(organisation: Organisation | None, *, given: bool) -> str:
    if organisation is None:
        return _("Your answer is noted.")
    if given:
        text = _("Noted: %(organisation)s may print your name on its certificates.")
    else:
        text = _("Noted: %(organisation)s may not print your name on its certificates.")
    return text % {"organisation": organisation.name}


def _asking(person: User) -> list[Organisation]:
    """The organisations that she answers one by one."""
    return [agreement.organisation for agreement in agreements_of(person)]


def _saved(request: SignedInRequest, part: str = "") -> HttpResponse:
    return _answered(request, part, _("Your data are saved."))


def _answered(request: SignedInRequest, part: str, text: str) -> HttpResponse:
    """Back to the part of the page that she answered, where the message stands (templates/components/messages.html)."""
    messages.success(request, text, extra_tags=part)
    return redirect(reverse("people:profile") + (f"#{part}" if part else ""))


def _forms(person: User, asking: list[Organisation]) -> dict[str, Form]:
    """The page's forms as they are before anybody typed."""
    return {
        "display_name_form": DisplayNameForm(initial={"display_name": person.display_name}),
        "language_form": LanguageForm(initial={"language": person.language}),
        "name_form_form": NameFormForm(initial={"name_form": person.name_form}),
        "name_form": CertificateNameForm(asking=asking, auto_id="id_paper_%s"),
        "email_form": EmailForm(person=person),
    }


def _page(request: SignedInRequest, *, refused: dict[str, Form] | None = None) -> HttpResponse:
    """`refused` is the form that was not accepted, by its name, with what was typed into it."""
    person = request.user
    consents = consent_states(person)
    asking = [agreement.organisation for consent in consents for agreement in consent.agreements]
    context: dict[str, Any] = {
        **_forms(person, asking),
        **(refused or {}),
        "language_name": LANGUAGE_NAMES[person.language],
        "kept_name": masked_legal_name(person),
        "name_used_at": name_in_use_since(person),
        "consents": consents,
        "roles": roles_of(person),
        "offers": offers_for(person, timezone.now()),
        "card": live_cards([person]).get(person.pk),
        "makes_own_pin": makes_own_pin(person),
        "known_card": card_others_know(person),
        "waits_until": own_pin_waits_until(person, timezone.now()),
        "signed_in_before": signed_in_before(request),
        "password_links": password_links_of(person, timezone.now() - LINK_SHOWN),
        "two_steps": person.has_usable_password() and is_mfa_enabled(person),
    }
    return render(request, "people/profile.html", context, status=200 if refused is None else 422)
