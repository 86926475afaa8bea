"""What we tell allauth: nobody signs up by herself, and whoever signs in lands on her desk in her language."""

import time
from datetime import datetime
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext_lazy

from lms.common.clients import client_network
from lms.common.crypto import unwrap, wrap
from lms.common.languages import remember_language
from lms.common.throttling import too_many
from lms.people.middleware import CARD_BEFORE, CARD_IDLE_HOURS, CARD_SEEN
from lms.people.models import TWO_STEP_ROLES, User
from lms.people.permissions import SignedInRequest, has_role
from lms.people.queries import LINK_TOLD, Reprint, password_links_of, reprint_told_to

# Of what was done in her name before her card was printed again, so much stands in the message.
DONE_SHOWN = 10

# The library's forms say it; what our catalogue has comes before the library's own Kyrgyz.
gettext_noop("You must type the same password each time.")
# The same of Django's rules for a password.
ngettext_lazy(
    "Your password must contain at least %(min_length)d character.",
    "Your password must contain at least %(min_length)d characters.",
    "min_length",
)
ngettext_lazy(
    "This password is too short. It must contain at least %d character.",
    "This password is too short. It must contain at least %d characters.",
)
gettext_noop("Your password can’t be a commonly used password.")
gettext_noop("This password is too common.")
gettext_noop("Your password can’t be entirely numeric.")
gettext_noop("This password is entirely numeric.")
_NOT_THE_PRESENT = gettext_lazy("This is not your present password.")
_WRONG_PASSWORD = gettext_lazy("This user name or e-mail and this password do not belong together.")


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator, or with a card."""

    # In our words: the library's Kyrgyz has another word for a password than the rest of our pages.
    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        **dict.fromkeys(("username_password_mismatch", "email_password_mismatch"), _WRONG_PASSWORD),
        **dict.fromkeys(("enter_current_password", "incorrect_password"), _NOT_THE_PRESENT),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """By it allauth counts, and does nothing else with it: all addresses of one IPv6 line are one client."""
        return client_network(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Few tries per name and line; many per name: else anybody could keep a colleague out."""
        super().pre_authenticate(request, **credentials)
        name = credentials.get("email") or credentials.get("username") or ""
        if too_many(request, group="sign-in", rate=settings.SIGN_IN_RATE_PER_NAME, key=name.lower()):
            raise self.validation_error("too_many_login_attempts")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """What `login_failed` counts by: allauth's is the name alone."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{self.get_client_ip(request)}"

    def is_safe_url(self, url: str) -> bool:
        """Only this very host: ALLOWED_HOSTS may hold a wildcard."""
        request = context.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def get_login_redirect_url(self, request: SignedInRequest) -> str:
        with translation.override(request.user.language):
            return resolve_url(settings.LOGIN_REDIRECT_URL)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Goes on in her language, and reminds those who see much of the second step; a card opens for a while only."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        remember_language(response, user.language)
        request.session.pop(CARD_SEEN, None)
        request.session.pop(CARD_BEFORE, None)
        said = kwargs.get("signal_kwargs") or {}
        if said.get("by_card"):
            _open_for_a_while(request, user, said["before"])
        if user.has_usable_password():
            _tell_of_links(request, user)
        sees_much = user.is_superuser or has_role(user, *TWO_STEP_ROLES)
        if user.has_usable_password() and sees_much and not is_mfa_enabled(user):
            _recommend_two_steps(request, user)
        return response


def mail_to(person: User, to: str, template: str, **context: object) -> None:
    """A mail in her language, from people/email/<template>_subject.txt and _message.txt; it names nobody.

    Raises smtplib.SMTPRecipientsRefused where the address is none.
    """
    with translation.override(person.language):
        subject = render_to_string(f"people/email/{template}_subject.txt", context).strip()
        body = render_to_string(f"people/email/{template}_message.txt", context).strip()
    # Marked as written by a machine, so that no absence note answers it.
    EmailMessage(subject, body, to=[to], headers={"Auto-Submitted": "auto-generated"}).send()


def password_address(key: str) -> str:
    """The whole address at which the holder of `key` sets a password: ours, whatever host a request was sent to."""
    user_id, _hyphen, token = key.partition("-")
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_id, "key": token})
    return f"{settings.PUBLIC_BASE_URL}{path}"


def _open_for_a_while(request: HttpRequest, user: User, before: str) -> None:
    """Until the browser is closed or she has been away for long (middleware.CardSessionMiddleware).

    Whoever printed her card could have signed in with it: so she is told when somebody did last.
    """
    request.session[CARD_SEEN] = time.time()
    request.session[CARD_BEFORE] = before
    request.session.set_expiry(0)
    with translation.override(user.language):
        text = _(
            "You stay signed in until you close the browser, at most {hours} hours after your last page."
            " On somebody else's phone sign out when you are done."
        )
        messages.info(request, text.format(hours=CARD_IDLE_HOURS))
        messages.info(request, _last_time(before))
        if reprint := reprint_told_to(user, timezone.now()):
            messages.warning(request, _before_reprint(reprint))


def _last_time(before: str) -> str:
    if not before:
        return _("Nobody has signed in with your card before.")
    when = date_format(timezone.localtime(datetime.fromisoformat(before)), "DATETIME_FORMAT")
    return _("Last signed in: {when}. If that was not you, tell your coordinator.").format(when=when)


def _before_reprint(reprint: Reprint) -> str:
    """Who printed it knew the PIN of before, so she is sent to somebody else."""
    newest = reprint.done[:DONE_SHOWN]
    done = "; ".join(f"{one.said} ({_when(one.at)})" for one in newest)
    text = _(
        "Your card was printed again on {when}. Before that, whoever was signed in as you did this: {done}."
        " If it was not you, do not ask whoever printed the card: speak with {who}."
    )
    return text.format(when=_when(reprint.at), done=done, who=_whom_to_ask(reprint))


def _whom_to_ask(reprint: Reprint) -> str:
    if reprint.organisation is None:
        return _("whoever runs this site")
    if not reprint.coordinators:
        return _("an administrator of {organisation}").format(organisation=reprint.organisation)
    names = ", ".join(reprint.coordinators)
    return _("a coordinator of {organisation}: {names}").format(organisation=reprint.organisation, names=names)


def _when(at: datetime) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")


def _tell_of_links(request: HttpRequest, user: User) -> None:
    """Somebody who can make a link to her password can sign in as her: she learns of it for two weeks."""
    with translation.override(user.language):
        for link in password_links_of(user, timezone.now() - LINK_TOLD)[:1]:
            day = date_format(timezone.localtime(link.at), "DATE_FORMAT")
            if link.organisation is None:
                text = _("On {day} whoever runs this site made a link to a new password for your account.")
            else:
                text = _("On {day} an administrator of {organisation} made a link to a new password for your account.")
            advice = _("If you did not ask for it, change your password and tell another administrator.")
            said = text.format(day=day, organisation=link.organisation)
            messages.warning(request, format_html("{} {}", said, advice))


def _recommend_two_steps(request: HttpRequest, user: User) -> None:
    with translation.override(user.language):
        text = _("You see other people's data. Protect it with a second step when you sign in: a code from your phone.")
        link = format_html('<a href="{}">{}</a>', reverse("mfa_index"), _("Set up two-step sign-in"))
    messages.info(request, format_html("{} {}", text, link))


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of the second step are encrypted at rest."""

    def get_totp_label(self, user: User) -> str:
        return user.username or str(user)

    def encrypt(self, text: str) -> str:
        return wrap(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unwrap(encrypted_text.encode()).decode()
