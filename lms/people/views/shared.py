"""What the views of this app share: the administrators' gate, mails, and the pages that show a link or a PIN once."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from lms.common.crypto import unwrap, wrap
from lms.common.refusals import refusal_in
from lms.common.throttling import too_many
from lms.jobs.actions import enqueue_job
from lms.jobs.tasks import send_job
from lms.people.actions import make_password_key, order_password_mail, prove_identity
from lms.people.adapters import password_address
from lms.people.forms import SecretForm
from lms.people.middleware import CARD_BEFORE
from lms.people.models import Invitation, MailState, Organisation, RoleKind, User
from lms.people.permissions import SignedInRequest
from lms.people.queries import Change, live_cards, organisations_for, second_signers_of, unconfirmed_role_of
from lms.people.signing import check_pin
from lms.people.tasks import INSTALLATION, SEND_INVITATION, SEND_PASSWORD_LINK

View = Callable[..., HttpResponse]
# Words that somebody may try in an hour.
WORDS = "10/h"
# So long a new PIN is shown again to whoever loads its page again, in seconds.
PIN_KEPT = 10 * 60


def administrators_only(view: View) -> View:
    """For whoever administers an organisation; to others the room does not exist."""

    @never_cache
    @login_required
    @wraps(view)
    def gated(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        organisations = organisations_for(request.user, RoleKind.ADMINISTRATOR)
        if not organisations:
            raise Http404
        return view(request, organisations, *args, **kwargs)

    return gated


def installation_only(view: View) -> View:
    """For whoever runs the installation (`manage.py createsuperuser`); to others the room does not exist."""

    @never_cache
    @login_required
    @wraps(view)
    def gated(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_superuser:
            raise Http404
        return view(request, *args, **kwargs)

    return gated


def is_really_she(form: SecretForm, person: User) -> bool:
    """Does what she typed open her account?  If not it stands beside the field."""
    with refusal_in(form, "secret"):
        prove_identity(person=person, secret=form.cleaned_data["secret"], at=timezone.now())
    return not form.errors


def staff_crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    """From the desk to the page of staff, and on."""
    return [(_("Staff and roles"), reverse("people:roles")), *more]


def start_mail(*, task: str, person_id: str, key: str, by: User | None, **more: str) -> None:
    """Writes the mail down as work that must happen, and tells the worker once it is safely written."""
    payload = {"person": person_id, **more}
    with transaction.atomic():
        job = enqueue_job(task=task, payload=payload, key=f"{task}:{key}", by=by, at=timezone.now())
        transaction.on_commit(lambda: send_job(job.pk))


def after_invitation(request: SignedInRequest, invitation: Invitation, *, back: str) -> HttpResponse:
    """Mails the link where she has an address; otherwise shows it once, to be handed over."""
    if invitation.mail_state != MailState.WAITING:
        return password_page(request, invitation.person)
    person_id = str(invitation.pk)
    start_mail(task=SEND_INVITATION, person_id=person_id, key=person_id, by=request.user)
    messages.success(request, _("The account is made. The invitation goes to her by e-mail."))
    if unconfirmed_role_of(invitation.person, timezone.localdate()):
        messages.info(request, _("As a coordinator she can do nothing until a second administrator confirms her role."))
    return redirect(back)


def renew_access(
    request: SignedInRequest, person: User, *, organisation: Organisation | None, back: HttpResponse
) -> HttpResponse:
    """A link to a new password: by e-mail where she has an address, otherwise shown once, to be handed over."""
    if not person.email:
        return password_page(request, person, organisation)
    order_password_mail(person=person, organisation=organisation, by=request.user, at=timezone.now())
    asked_by = str(organisation.pk) if organisation else INSTALLATION
    person_id = str(person.pk)
    start_mail(task=SEND_PASSWORD_LINK, person_id=person_id, key=person_id, by=request.user, asked_by=asked_by)
    messages.success(request, _("The link goes to her by e-mail. You do not see it."))
    return back


def password_page(request: SignedInRequest, person: User, organisation: Organisation | None = None) -> HttpResponse:
    """Shows the link once; it speaks her language and is void when it has been used."""
    key = make_password_key(person=person, organisation=organisation, by=request.user, at=timezone.now())
    with translation.override(person.language):
        address = password_address(key)
    administers = bool(organisations_for(request.user, RoleKind.ADMINISTRATOR))
    role = unconfirmed_role_of(person, timezone.localdate())
    context = {
        "person": person,
        "address": address,
        "crumbs": staff_crumbs() if administers else [],
        "unconfirmed": role,
        "signers": [one.display_name for one in second_signers_of(role.organisation_id, request.user)] if role else [],
    }
    return render(request, "people/password_link.html", context)


def too_many_words(request: SignedInRequest) -> bool:
    """Counts a try of a word that she was told (lms.people.actions.words), whatever it is for."""
    return too_many(request, group="offer-word", rate=WORDS, key=str(request.user.pk))


def show_word(request: SignedInRequest, word: str, *, sleeper: User | None = None) -> HttpResponse:
    """For her to tell: in this answer and nowhere else, neither in a session nor on the page that comes next.

    Without a sleeper it is the word of an offer, and the page names nobody: whether she is here, it does not say.
    """
    administers = bool(organisations_for(request.user, RoleKind.ADMINISTRATOR))
    crumbs = staff_crumbs() if administers else []
    return render(request, "people/told_word.html", {"word": word, "sleeper": sleeper, "crumbs": crumbs})


def signed_in_before(request: SignedInRequest) -> datetime | None:
    """When somebody signed in as she the last time before this session, where a card opened it."""
    before = request.session.get(CARD_BEFORE)
    return datetime.fromisoformat(before) if before else None


def show_pin(
    request: SignedInRequest, pin: str, *, why: str, go_on: str = "", changes: Sequence[Change] = ()
) -> HttpResponse:
    """Once, and nowhere else.  What the old PIN opened is over, but for this session."""
    update_session_auth_hash(request, User.objects.get(pk=request.user.pk))
    return pin_page(request, pin, why=why, go_on=go_on, changes=changes)


def show_pin_again(request: SignedInRequest, pin: str, *, go_on: str) -> HttpResponse:
    """The PIN that this session made, to its first tap and to the second one alike.

    The session keeps its key: a second tap, sent before the first was answered, knows no other and would find her
    signed out, with a card whose PIN nobody has read.
    """
    request.session[HASH_SESSION_KEY] = User.objects.get(pk=request.user.pk).get_session_auth_hash()
    request.session.save()
    return pin_page(request, pin, why="own", go_on=go_on)


def keep_pin(request: SignedInRequest, seen: str, pin: str) -> None:
    """For ten minutes, sealed, for this session alone: whoever loads the page again has written this one down.

    `seen`: what the form said that she knew of her card; the same again is the same wish.  In the cache, because there
    it ends by itself; it is nowhere in the database.
    """
    cache.set(_kept_at(request), (seen, wrap(pin.encode())), PIN_KEPT)


def pin_kept(request: SignedInRequest, seen: str) -> str:
    """The PIN that this form has made a moment ago, else an empty text.  Never one that opens her card no more."""
    form, sealed = cache.get(_kept_at(request), ("", b""))
    card = live_cards([request.user]).get(request.user.pk)
    if not sealed or form != seen or card is None:
        return ""
    pin = unwrap(sealed).decode()
    return pin if check_pin(pin, card.pin_hash) else ""


def _kept_at(request: SignedInRequest) -> str:
    return f"own-pin:{request.session.session_key}"


def pin_page(
    request: SignedInRequest, pin: str, *, why: str, go_on: str = "", changes: Sequence[Change] = ()
) -> HttpResponse:
    """Her code and her PIN, to be written down.

    `go_on`: what she came for.  `changes`: what was done in her name while others knew her PIN.
    """
    code = live_cards([request.user])[request.user.pk].code
    context = {"pin": pin, "code": code, "why": why, "go_on": go_on, "changes": changes}
    return render(request, "people/new_pin.html", context)
