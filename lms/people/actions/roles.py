"""Roles: granted from a day on, ended on a day, never deleted."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.common.errors import ActionError
from lms.common.journal import append_entry
from lms.people.actions.audit import record_audit
from lms.people.actions.groups import mirror_roles
from lms.people.actions.living import lock_living
from lms.people.models import (
    CONFIRM_ROLE,
    ISSUING_ROLES,
    LINK_MADE,
    Engagement,
    Organisation,
    Proposal,
    Role,
    RoleKind,
    User,
)
from lms.people.permissions import ask_anew, belongs_to, needs_word
from lms.people.queries import CMS_GROUPS
from lms.regions.models import Region

# How the journal writes that a role has no region.
WHOLE_COUNTRY = "all"


class OwnRole(ActionError):
    """Nobody widens her own rights: that would make one person out of two."""

    code = "own_role"
    message = _("You cannot give yourself a role. Ask another administrator.")


class RoleHeld(ActionError):
    """The same role would be granted twice."""

    code = "role_held"
    message = _(
        "She has this role already. End it first if its dates should change; if it is her only one here, she is asked "
        "before the new one begins."
    )


class NotOfHere(ActionError):
    """Somebody from outside, or who left, is asked first.

    A role decides who may renew her password, who may close her account, and who prints her card.
    """

    code = "not_of_here"
    message = _("She does not work for this organisation now. Offer her the role; it begins when she accepts.")


class OthersKnowHerPin(ActionError):
    """Whoever printed her card could sign in with it, and would have the role."""

    code = "others_know_her_pin"
    message = _(
        "Whoever printed her card knows its PIN. Offer her the role; it begins when she accepts, and her card gets "
        "another PIN."
    )


class AdministratorEverywhere(ActionError):
    """She invites and helps staff of all regions: a region would promise a limit that nothing keeps."""

    code = "administrator_everywhere"
    message = _("An administrator works for the whole organisation. Choose the whole country.")


class LastAdministrator(ActionError):
    """Nobody would be left who may grant roles in the organisation."""

    code = "last_administrator"
    message = _("This is the organisation's only administrator. Grant the role to somebody else first.")


@transaction.atomic
def grant_role(
    *,
    person: User,
    kind: str,
    organisation: Organisation,
    by: User | None,
    at: datetime,
    region: Region | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Role:
    """Gives a role in an organisation, in one region and below, or everywhere if none is named.

    Raises OwnRole, NotOfHere, OthersKnowHerPin, RoleHeld, AdministratorEverywhere.
    """
    if by is not None:
        require_other(person=person, by=by)
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if by is not None and not belongs_to(person, organisation):
        raise NotOfHere
    if by is not None and needs_word(person):
        raise OthersKnowHerPin
    return begin_role(
        person=person,
        kind=kind,
        organisation=organisation,
        by=by,
        at=at,
        region=region,
        valid_from=valid_from,
        valid_until=valid_until,
    )


def begin_role(
    *,
    person: User,
    kind: str,
    organisation: Organisation,
    by: User | None,
    at: datetime,
    region: Region | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Role:
    """For actions that know that she agrees, within their transaction.

    Raises PersonErased, PersonMerged, RoleHeld, AdministratorEverywhere.
    """
    require_whole_country(kind=kind, region=region)
    first_day = valid_from or timezone.localdate(at)
    lock_living(person=person)
    if same_role(person=person, kind=kind, organisation=organisation, region=region, day=first_day) is not None:
        raise RoleHeld
    role = Role.objects.create(
        person=person,
        kind=RoleKind(kind),
        organisation=organisation,
        region=region,
        valid_from=first_day,
        valid_until=valid_until,
        granted_by=by,
        granted_at=at,
        unconfirmed_since=at if (alone := _takes_two(kind, by)) else None,
    )
    if by is not None and alone:
        _propose(role, by, at)
    Engagement.objects.filter(person=person, organisation=organisation).update(left_at=None)
    ask_anew(person)
    mirror_role(role=role, at=at)
    record_audit(verb="grant_role", subject=role, by=by, at=at, organisation_id=organisation.pk, details={"role": kind})
    return role


def _takes_two(kind: str, by: User | None) -> bool:
    """Does it open nothing until another administrator confirms?  Whoever runs the installation can do anything."""
    return kind in ISSUING_ROLES and by is not None and not by.is_superuser


def _propose(role: Role, by: User, at: datetime, why: str = "") -> None:
    Proposal.objects.create(
        kind=CONFIRM_ROLE,
        subject_type=role._meta.label_lower,
        subject_id=str(role.pk),
        organisation=role.organisation,
        proposed_by=by,
        proposed_at=at,
        parameters={"why": why} if why else {},
    )


@transaction.atomic
def doubt_roles(*, person: User, by: User, at: datetime) -> None:
    """What she issues with takes two again: `by` has made a way in for her that others could take.

    For actions that show `by` a link to her password, or let her say where such links go.  Whoever runs the
    installation can do anything, and is not asked for a second signature.
    """
    if by.is_superuser:
        return
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    held = Role.objects.not_ended(timezone.localdate(at)).filter(person=person, kind__in=ISSUING_ROLES)
    for role in held.filter(unconfirmed_since__isnull=True).select_related("organisation"):
        role.unconfirmed_since = at
        role.save(update_fields=["unconfirmed_since"])
        _propose(role, by, at, why=LINK_MADE)
        record_audit(verb="doubt_role", subject=role, by=by, at=at, organisation_id=role.organisation_id)
    ask_anew(person)


def same_role(*, person: User, kind: str, organisation: Organisation, region: Region | None, day: date) -> Role | None:
    """The role that she has already, or will have."""
    same = Role.objects.filter(person=person, kind=kind, organisation=organisation, region=region)
    return same.not_ended(day).first()


def require_other(*, person: User, by: User) -> None:
    """Raises OwnRole."""
    if by.pk == person.pk:
        raise OwnRole


def require_whole_country(*, kind: str, region: Region | None) -> None:
    """Raises AdministratorEverywhere."""
    if kind == RoleKind.ADMINISTRATOR and region is not None:
        raise AdministratorEverywhere


@transaction.atomic
def end_role(*, role: Role, by: User | None, at: datetime) -> Role:
    """Ends it with yesterday: from now on it opens nothing.  A repeat is harmless.  Raises LastAdministrator."""
    role = Role.objects.select_for_update(of=("self",), no_key=True).select_related("person").get(pk=role.pk)
    today = timezone.localdate(at)
    if role.valid_until is not None and role.valid_until < today:
        return role
    if role.kind == RoleKind.ADMINISTRATOR:
        require_another_administrator(role=role, day=today)
    role = close_role(role=role, by=by, at=at)
    place = {"organisation": str(role.organisation_id), "region": str(role.region_id or WHOLE_COUNTRY)}
    append_entry("end_role", str(role.person_id), at, role=role.kind, **place)
    return role


def require_another_administrator(*, role: Role, day: date) -> None:
    """Raises LastAdministrator where nobody else may grant roles in the organisation of this administrator's role."""
    # Locks the organisation: two administrators who end each other's role at once wait for one another.
    Organisation.objects.select_for_update(no_key=True).get(pk=role.organisation_id)
    others = Role.objects.active(day).filter(organisation=role.organisation_id, kind=role.kind, person__is_active=True)
    if not others.exclude(pk=role.pk).exists():
        raise LastAdministrator


def close_role(*, role: Role, by: User | None, at: datetime) -> Role:
    """Within the caller's transaction, once it is sure that the role may end."""
    role.valid_until = timezone.localdate(at) - timedelta(days=1)
    role.valid_from = min(role.valid_from, role.valid_until)
    role.save(update_fields=["valid_from", "valid_until"])
    asked = Proposal.objects.unsettled().filter(kind=CONFIRM_ROLE, subject_id=str(role.pk))
    asked.update(declined_by=by, declined_at=at)
    mirror_role(role=role, at=at)
    record_audit(verb="end_role", subject=role, by=by, at=at, organisation_id=role.organisation_id)
    return role


def mirror_role(*, role: Role, at: datetime) -> None:
    """In the editor, after a change of the role and within its transaction."""
    if role.kind in CMS_GROUPS:
        mirror_roles(person=role.person, at=at)
