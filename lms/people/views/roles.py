"""Staff and roles: an administrator's room."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.common.errors import ActionError
from lms.common.refusals import refusal_in, refusal_shown
from lms.common.throttling import too_many
from lms.common.views import too_many_requests
from lms.people import actions
from lms.people.forms import GrantForm, InviteForm, RoleForm, UserNameForm
from lms.people.models import ISSUING_ROLES, Organisation, Role, User
from lms.people.permissions import (
    SignedInRequest,
    ask_anew,
    is_asked_first,
    may_give_user_name,
    may_open_again,
    may_renew_access,
)
from lms.people.queries import LINK_SHOWN, password_links_for, staff_for, staff_roles_for, waiting_roles_for
from lms.people.views.shared import administrators_only, after_invitation, renew_access, show_word, staff_crumbs

_UNCONFIRMED = gettext_lazy("The role is given. It opens nothing until a second administrator confirms it.")
# Names that one administrator may try in an hour: enough for a new team, too few to find out who is here.
RATE = "30/h"


@require_safe
@administrators_only
def list_staff(request: SignedInRequest, organisations: list[Organisation]) -> HttpResponse:
    """Who works for her organisations, in which roles."""
    context = {
        "organisations": organisations,
        "unconfirmed": waiting_roles_for(request.user, timezone.now()),
        "staff": staff_for(request.user, timezone.localdate()),
        "password_links": password_links_for(request.user, timezone.now() - LINK_SHOWN),
    }
    return render(request, "people/staff.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def invite(request: SignedInRequest, organisations: list[Organisation]) -> HttpResponse:
    """A new account with its first role; the link to her password goes by mail, or is shown once."""
    initial = {"language": "ky", "kind": request.GET.get("kind", "")}
    form = InviteForm(request.POST or None, organisations=organisations, initial=initial)
    if form.is_valid():
        if too_many(request, group="offers", rate=RATE, key=str(request.user.pk)):
            return too_many_requests(request, retry_after=3600)
        with refusal_in(form, "username"):
            invitation = actions.invite_staff(**form.cleaned_data, by=request.user, at=timezone.now())
            return after_invitation(request, invitation, back="people:invitations")
    context = {"form": form, "crumbs": staff_crumbs()}
    return render(request, "people/invite.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def grant(request: SignedInRequest, organisations: list[Organisation]) -> HttpResponse:
    """A role for somebody who has an account already; whether a stranger has one is not said."""
    form = GrantForm(request.POST or None, organisations=organisations)
    if form.is_valid():
        if too_many(request, group="offers", rate=RATE, key=str(request.user.pk)):
            return too_many_requests(request, retry_after=3600)
        if given := _given(request, form.cleaned_data["account"], form):
            return given
    context = {"form": form, "crumbs": staff_crumbs()}
    return render(request, "people/grant.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def show_member(request: SignedInRequest, organisations: list[Organisation], person_id: UUID) -> HttpResponse:
    """One colleague's roles in her organisations; a POST grants one more."""
    roles = _roles_or_404(request, person_id)
    again = next((role for role in roles if str(role.pk) == request.GET.get("again")), None)
    form = RoleForm(request.POST or None, organisations=organisations, initial=_as_before(again) if again else None)
    if form.is_valid() and (given := _given(request, roles[0].person, form)):
        return given
    return _render_member(request, roles, form, UserNameForm())


def _as_before(role: Role) -> dict[str, str]:
    """A role that nobody confirmed in time, in the fields of the form that gives it again."""
    return {
        "kind": role.kind,
        "organisation": str(role.organisation_id),
        "region": role.region.code if role.region else "",
    }


def _roles_or_404(request: SignedInRequest, person_id: UUID) -> list[Role]:
    """Hers in the administrator's organisations, ended ones too."""
    roles = list(staff_roles_for(request.user).filter(person=person_id))
    if not roles:
        raise Http404
    return roles


def _render_member(
    request: SignedInRequest, roles: Sequence[Role], form: RoleForm, naming: UserNameForm
) -> HttpResponse:
    person, today = roles[0].person, timezone.localdate()
    current = [role for role in roles if not role.has_ended(today)]
    asleep = next((role for role in current if role.asleep_since), None)
    context = {
        "person": person,
        "roles": current,
        "ended": [role for role in roles if role.has_ended(today)],
        "asleep": asleep,
        "unconfirmed": waiting_roles_for(request.user, timezone.now()),
        "why_not_wake": _why_not_wake(request, asleep) if asleep else "",
        "form": form,
        "naming": naming if naming.is_bound or may_give_user_name(request.user, person) else None,
        "crumbs": staff_crumbs(),
        "issues": any(role.kind in ISSUING_ROLES for role in current),
        "may_renew_access": may_renew_access(request.user, person),
        "may_open_again": not person.is_active and may_open_again(request.user, person),
    }
    refused = form.is_bound or naming.is_bound
    return render(request, "people/member.html", context, status=422 if refused else 200)


def _why_not_wake(request: SignedInRequest, role: Role) -> str:
    """Empty where she may make the word."""
    try:
        actions.require_may_wake(role=role, by=request.user)
    except ActionError as refused:
        return str(refused)
    return ""


@require_POST
@administrators_only
def give_user_name(request: SignedInRequest, organisations: list[Organisation], person_id: UUID) -> HttpResponse:
    """To a colleague with a card alone; the link to her password goes by mail, or is shown once."""
    roles = _roles_or_404(request, person_id)
    person, organisation = roles[0].person, roles[0].organisation
    naming = UserNameForm(request.POST)
    if naming.is_valid():
        with refusal_in(naming, "username"):
            named = actions.give_user_name(
                person=person,
                **naming.cleaned_data,
                organisation=organisation,
                by=request.user,
                at=timezone.now(),
            )
            return renew_access(request, named, organisation=organisation, back=redirect("people:member", person_id))
    return _render_member(request, roles, RoleForm(organisations=organisations), naming)


@require_POST
@administrators_only
def end(request: SignedInRequest, organisations: list[Organisation], person_id: UUID) -> HttpResponse:
    """Ends one role from today on."""
    number = request.POST.get("role", "")
    roles = staff_roles_for(request.user).filter(person=person_id)
    role = get_object_or_404(roles, pk=number if number.isdecimal() and len(number) < 20 else None)
    with refusal_shown(request):
        actions.end_role(role=role, by=request.user, at=timezone.now())
        messages.success(request, _("The role has ended."))
    # She may have ended her own last role here.
    ask_anew(request.user)
    back = resolve_url("people:member", person_id)
    return redirect(f"{back}?again={role.pk}#grant" if "again" in request.POST else back)


@require_POST
@administrators_only
def renew_password(request: SignedInRequest, organisations: list[Organisation], person_id: UUID) -> HttpResponse:
    """A link for somebody who forgot her password."""
    role = staff_roles_for(request.user).filter(person=person_id).first()
    if role is None:
        raise Http404
    back = redirect("people:member", person_id)
    with refusal_shown(request):
        return renew_access(request, role.person, organisation=role.organisation, back=back)
    return back


def _given(request: SignedInRequest, person: User | None, form: RoleForm) -> HttpResponse | None:
    """Grants what the form says, or offers it where she is a stranger; a refusal becomes an error beside the role."""
    values = {key: form.cleaned_data[key] for key in ("kind", "organisation", "region", "valid_until")}
    # Of nobody as much is asked as of a stranger, so that the time does not say which it was.
    is_asked = is_asked_first(person or User(), values["organisation"])
    with refusal_in(form, "kind"):
        if person is not None and not is_asked:
            role = actions.grant_role(person=person, **values, by=request.user, at=timezone.now())
            messages.success(request, _UNCONFIRMED if role.unconfirmed_since else _("The role is granted."))
            return redirect("people:member", person.pk)
        return show_word(request, actions.offer_role(person=person, **values, by=request.user, at=timezone.now()))
    return None
