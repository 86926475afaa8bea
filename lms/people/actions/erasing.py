"""Erasing a person: whatever says who she was is destroyed, and her row stays as a number."""

from datetime import datetime
from functools import partial
from importlib import import_module

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.models import EditingSession, FormState
from wagtail.models import APIToken, PageSubscription
from wagtail.users.models import UserProfile

from lms.common.errors import ActionError
from lms.people.actions.roles import close_role, require_another_administrator
from lms.people.models import (
    CONFIRM_ROLE,
    Card,
    Consent,
    ConsentChannel,
    Contact,
    EmailChange,
    Engagement,
    Invitation,
    LegalName,
    PersonKey,
    Proposal,
    Role,
    RoleKind,
    RoleOffer,
    User,
)
from lms.people.queries import answers_of

# Rows that are destroyed with her, by the column that names her.  Her key is the last: without it nothing opens.
_HERS = (LegalName, Contact, EmailChange, Card, Invitation, RoleOffer, Engagement, PersonKey)
_OF_HER_ACCOUNT = (EmailAddress, Authenticator, APIToken, EditingSession, FormState, PageSubscription, UserProfile)


class LastOperator(ActionError):
    """Nobody would be left who runs the installation."""

    code = "last_operator"
    message = gettext_lazy("This is the only account that runs the installation. Let somebody else run it first.")


def require_may_go(*, person: User, at: datetime) -> None:
    """Raises LastAdministrator, LastOperator where others need her first to hand over."""
    today = timezone.localdate(at)
    for role in Role.objects.active(today).filter(person=person, kind=RoleKind.ADMINISTRATOR):
        require_another_administrator(role=role, day=today)
    operators = User.objects.filter(is_superuser=True, is_active=True)
    if person.is_superuser and not operators.exclude(pk=person.pk).exists():
        raise LastOperator


@transaction.atomic
def erase_details(*, person: User, by: User | None, at: datetime) -> User:
    """Destroys names, contacts, cards, ways in and the key under which all of it was encrypted; ends roles.

    What she did stays under her number: consents and the audit trail too, which hold no name.  A repeat is harmless.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    for role in Role.objects.filter(person=person).not_ended(timezone.localdate(at)):
        close_role(role=role, by=by, at=at)
    Proposal.objects.unsettled().filter(proposed_by=person).update(declined_by=person, declined_at=at)
    _forget_why_declined(person)
    _take_consents_back(person, by, at)
    _end_sessions(person)
    _drop_picture(person)
    for model in _HERS:
        model._default_manager.filter(person=person).delete()
    for model in _OF_HER_ACCOUNT:
        model._default_manager.filter(user=person).delete()
    person.groups.clear()
    person.user_permissions.clear()
    _empty_row(person, at)
    return person


def _empty_row(person: User, at: datetime) -> None:
    with translation.override(person.language):
        person.display_name = _("Name erased")
    person.username = person.email = person.last_login = None
    person.name_form = ""
    person.is_active = person.is_superuser = False
    person.session_epoch += 1
    person.erased_at = person.erased_at or at
    person.set_unusable_password()
    person.save()


def _forget_why_declined(person: User) -> None:
    """Of her roles: it was written about her."""
    hers = Role.objects.filter(person=person).values_list("pk", flat=True)
    about_her = Proposal.objects.filter(kind=CONFIRM_ROLE, subject_id__in=[str(pk) for pk in hers])
    about_her.update(declined_because="")


def _take_consents_back(person: User, by: User | None, at: datetime) -> None:
    """The answers stay as evidence of what was agreed to, until today."""
    Consent.objects.bulk_create(
        Consent(
            person=person,
            purpose=purpose,
            given=False,
            text_version=answer.text_version,
            language=answer.language,
            channel=ConsentChannel.SCREEN,
            recorded_by=by,
            at=at,
        )
        for purpose, answers in answers_of(person).items()
        for answer in [given for given in answers.values() if given.given][-1:]
    )


def _end_sessions(person: User) -> None:
    """Their rows, and their copies in the cache: a session may hold what a page said last."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for session in Session.objects.iterator():
        if session.get_decoded().get(SESSION_KEY) == str(person.pk):
            store(session.session_key).delete()


def _drop_picture(person: User) -> None:
    """What she uploaded as her picture in the editor; it goes once it is sure that she does."""
    profile = UserProfile.objects.filter(user=person).exclude(avatar="").first()
    if profile:
        transaction.on_commit(partial(profile.avatar.storage.delete, profile.avatar.name))
