"""Roles: granted from a day on, ended on a day, never deleted."""

from datetime import date, datetime, timedelta

from django.contrib.auth.models import Group
from django.db import transaction

from lms.people.actions.audit import record_audit
from lms.people.models import Organisation, Role, RoleKind, User
from lms.people.queries import cms_groups_of
from lms.regions.models import Region


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
    """Gives a role in an organisation, in one region and below, or everywhere if none is named."""
    role = Role.objects.create(
        person=person,
        kind=RoleKind(kind),
        organisation=organisation,
        region=region,
        valid_from=valid_from or at.date(),
        valid_until=valid_until,
        granted_by=by,
        granted_at=at,
    )
    mirror_roles(person=person, at=at)
    record_audit(verb="role_granted", subject=role, by=by, at=at, organisation_id=organisation.pk, details={"role": kind})
    return role


@transaction.atomic
def end_role(*, role: Role, by: User, at: datetime) -> Role:
    """Ends it with yesterday: from now on it opens nothing."""
    role = Role.objects.select_for_update().get(pk=role.pk)
    role.valid_until = at.date() - timedelta(days=1)
    role.valid_from = min(role.valid_from, role.valid_until)
    role.save(update_fields=["valid_from", "valid_until"])
    mirror_roles(person=role.person, at=at)
    record_audit(verb="role_ended", subject=role, by=by, at=at, organisation_id=role.organisation_id)
    return role


@transaction.atomic
def mirror_roles(*, person: User, at: datetime) -> None:
    """Writes the roles of the editor's side as Wagtail's groups, since Wagtail asks groups for its permissions."""
    person.groups.set(Group.objects.filter(name__in=cms_groups_of(person, at.date())))
