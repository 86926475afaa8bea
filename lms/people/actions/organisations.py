"""Organisations: founded by whoever runs the installation, described by their own people."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from lms.common.errors import ActionError
from lms.common.languages import LANGUAGE_CODES
from lms.common.names import looks_of
from lms.people.actions.audit import record_audit
from lms.people.actions.invitations import make_invitation
from lms.people.models import SIGNATORIES, Invitation, Organisation, RoleKind, SignatoryChange, User


class OrganisationCodeTaken(ActionError):
    """The code stands in the identifiers of its keys and so belongs to one organisation for ever."""

    code = "organisation_code_taken"
    message = _("Another organisation has this code.")


class OrganisationNameTaken(ActionError):
    """Who issued is read by its name: on the verdict, on paper, where people join."""

    code = "organisation_name_taken"
    message = _("Another organisation has this name in one of the languages.")


class InstallationInvites(ActionError):
    """Whoever gives a role stands behind what is signed with it: the second signature must come from elsewhere."""

    code = "installation_invites"
    message = _("Only whoever runs this site invites an administrator who owes her role to nobody in the organisation.")


@transaction.atomic
def create_organisation(*, code: str, names: Mapping[str, str], by: User | None, at: datetime) -> Organisation:
    """An organisation with its name per language, {"ky": …, "ru": …, "en": …}.

    Raises OrganisationCodeTaken, OrganisationNameTaken.
    """
    organisation = Organisation(code=code, **{f"name_{language}": name for language, name in names.items()})
    _require_own_names(organisation, _looks_of(organisation))
    try:
        with transaction.atomic():
            organisation.save(force_insert=True)
    except IntegrityError as error:
        raise OrganisationCodeTaken from error
    record_audit(verb="create_organisation", subject=organisation, by=by, at=at, organisation_id=organisation.pk)
    return organisation


@transaction.atomic
def found_organisation(
    *,
    code: str,
    names: Mapping[str, str],
    username: str,
    display_name: str,
    language: str,
    by: User | None,
    at: datetime,
    email: str | None = None,
) -> Invitation:
    """The organisation and its first administrator, who invites everybody else.

    Raises OrganisationCodeTaken, OrganisationNameTaken, NotAName, UserNameTaken.
    """
    organisation = create_organisation(code=code, names=names, by=by, at=at)
    return invite_administrator(
        organisation=organisation,
        username=username,
        display_name=display_name,
        language=language,
        email=email,
        by=by,
        at=at,
    )


@transaction.atomic
def invite_administrator(
    *,
    organisation: Organisation,
    username: str,
    display_name: str,
    language: str,
    by: User | None,
    at: datetime,
    email: str | None = None,
) -> Invitation:
    """Another administrator, who owes her role to nobody in the organisation; its administrators are told (queries).

    The first trainers need two signatures, and neither signer may have her role from the other.
    Raises InstallationInvites, NotAName, UserNameTaken.
    """
    if by is not None and not by.is_superuser:
        raise InstallationInvites
    return make_invitation(
        username=username,
        display_name=display_name,
        language=language,
        kind=RoleKind.ADMINISTRATOR,
        organisation=organisation,
        email=email,
        by=by,
        at=at,
    )


@transaction.atomic
def change_organisation(
    *, organisation: Organisation, values: Mapping[str, object], by: User, at: datetime
) -> Organisation:
    """Writes its names, signatory and rules; certificates that were issued keep what they said.

    That who signs was changed is written down with what it was before: the other administrators are told (queries),
    and whoever issues reads it before she does.  Raises OrganisationNameTaken.
    """
    locked = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    before, signed = _looks_of(locked), {name: getattr(locked, name) for name in _signatory_fields()}
    for name, value in values.items():
        setattr(locked, name, value)
    _require_own_names(locked, _looks_of(locked) - before)
    locked.save(update_fields=[*values])
    _note_signatories(locked, signed, by, at)
    record_audit(
        verb="change_organisation",
        subject=locked,
        by=by,
        at=at,
        organisation_id=locked.pk,
        details={"fields": sorted(values)},
    )
    return locked


def _signatory_fields() -> list[str]:
    return [field for name, positions in SIGNATORIES.items() for field in (name, *positions)]


def _note_signatories(organisation: Organisation, signed: Mapping[str, str], by: User, at: datetime) -> None:
    after = {name: getattr(organisation, name) for name, text in signed.items() if getattr(organisation, name) != text}
    if after:
        before = {name: signed[name] for name in after}
        SignatoryChange.objects.create(organisation=organisation, before=before, after=after, by=by, at=at)


def _require_own_names(organisation: Organisation, names: set[str]) -> None:
    """None of these, as they look, is another organisation's.  Raises OrganisationNameTaken."""
    others = Organisation.objects.exclude(pk=organisation.pk)
    if names & {name for other in others for name in _looks_of(other)}:
        raise OrganisationNameTaken


def _looks_of(organisation: Organisation) -> set[str]:
    return {looks_of(getattr(organisation, f"name_{language}")) for language in LANGUAGE_CODES}
