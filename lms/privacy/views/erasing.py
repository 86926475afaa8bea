"""Erased: a page that says what goes and what stays, one button, and no way back."""

from uuid import UUID

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from lms.cohorts.views.shared import roster_crumbs
from lms.common.refusals import refusal_in
from lms.common.throttling import too_many
from lms.common.views import too_many_requests
from lms.people.models import Organisation, User
from lms.people.permissions import SignedInRequest
from lms.people.queries import card_others_know, own_pin_waits_until
from lms.people.views.shared import administrators_only, is_really_she, staff_crumbs
from lms.privacy.actions import Wish
from lms.privacy.forms.erasing import EraseOtherForm, EraseOwnForm
from lms.privacy.views.shared import colleague_or_refuse, enrolment_or_refuse, in_the_way, start_erasure

# Tries of her password with which an open session could be used to erase her.
RATE = "5/5m"


@never_cache
@login_required
@sensitive_post_parameters("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def erase_own(request: SignedInRequest) -> HttpResponse:
    """Herself: after her password or PIN she is signed out, and the worker does the rest."""
    person = request.user
    if request.method != "POST":
        return _own_page(request, EraseOwnForm(person=person))
    if too_many(request, group="erase", rate=RATE, key=str(person.pk)):
        return too_many_requests(request, retry_after=300)
    form = EraseOwnForm(request.POST, person=person)
    if form.is_valid() and is_really_she(form, person):
        with refusal_in(form):
            start_erasure(request, person, Wish(), back="")
            logout(request)
            return redirect("privacy:erasing")
    return _own_page(request, form)


def _own_page(request: SignedInRequest, form: EraseOwnForm) -> HttpResponse:
    crumbs = [(_("My data and consents"), resolve_url("people:profile"))]
    by_pin = not request.user.has_usable_password()
    context = {
        "form": form,
        "known_card": card_others_know(request.user) if by_pin else None,
        "waits_until": own_pin_waits_until(request.user, timezone.now()) if by_pin else None,
        "in_the_way": in_the_way(request.user),
        "crumbs": crumbs,
    }
    return render(request, "privacy/erase_own.html", context, status=422 if form.errors else 200)


@require_safe
def erasing(request: HttpRequest) -> HttpResponse:
    """What happens now: for whoever has just been signed out by it."""
    return render(request, "privacy/erasing.html")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def erase_participant(request: SignedInRequest, enrolment_id: UUID) -> HttpResponse:
    """On her written or spoken wish, by whoever coordinates all her cohorts."""
    enrolment = enrolment_or_refuse(request, enrolment_id)
    back, after = resolve_url("cohorts:person", enrolment.pk), resolve_url("cohorts:roster", enrolment.cohort_id)
    return _erase_other(request, enrolment.person, roster_crumbs(enrolment.cohort), back=back, after=after)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def erase_colleague(request: SignedInRequest, _organisations: list[Organisation], person_id: UUID) -> HttpResponse:
    """On her wish, by whoever administers all her organisations."""
    person = colleague_or_refuse(request, person_id)
    back = resolve_url("people:member", person.pk)
    crumbs = staff_crumbs((_("Roles of a colleague"), back))
    return _erase_other(request, person, crumbs, back=back, after=back)


def _erase_other(
    request: SignedInRequest, person: User, crumbs: list[tuple[str, str]], *, back: str, after: str
) -> HttpResponse:
    """`back` is her page; `after` is where it goes on once she is erased."""
    form = EraseOtherForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        wish = Wish(form.cleaned_data["reason"], form.cleaned_data["channel"])
        with refusal_in(form):
            return start_erasure(request, person, wish, back=after)
    context = {"person": person, "form": form, "in_the_way": in_the_way(person), "back": back, "crumbs": crumbs}
    return render(request, "privacy/erase_other.html", context, status=422 if form.errors else 200)
