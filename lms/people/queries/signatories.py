"""That who signs the certificates was changed, for those who should know of it before one is issued."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from django.db.models import Field
from django.utils.functional import Promise
from django.utils.text import capfirst

from lms.common.languages import LANGUAGE_CODES, LANGUAGE_NAMES
from lms.people.models import SIGNATORIES, Organisation, RoleKind, SignatoryChange, User
from lms.people.permissions import active_roles

# So long it stands on the desk, and where certificates are issued.
SIGNATORY_TOLD = timedelta(days=14)
# Changes of before that the organisation's page lists.
_LISTED = 20


@dataclass(frozen=True)
class ChangedField:
    """One line of the change: what it is called, what it said, what it says; either may be empty."""

    label: str | Promise
    before: str
    after: str


@dataclass(frozen=True)
class ChangedSignatory:
    """A change with its lines, in the order of the form."""

    change: SignatoryChange
    fields: list[ChangedField]


def signatory_changes_for(user: User, since: datetime, kind: str = RoleKind.ADMINISTRATOR) -> list[ChangedSignatory]:
    """Those that others made in the organisations where she has a role of this kind, the newest first."""
    houses = {role.organisation_id for role in active_roles(user) if role.kind == kind}
    return [one for one in _changes(houses, since) if one.change.by_id != user.pk]


def signatory_changes_in(organisation: Organisation, since: datetime) -> list[ChangedSignatory]:
    """The same in one organisation, whoever made them: the caller knows that she may look."""
    return _changes([organisation.pk], since)


def _changes(houses: Collection[UUID], since: datetime) -> list[ChangedSignatory]:
    found = SignatoryChange.objects.filter(organisation__in=houses, at__gte=since).order_by("-at", "-pk")
    return [ChangedSignatory(one, _fields(one)) for one in found.select_related("organisation", "by")[:_LISTED]]


def _fields(change: SignatoryChange) -> list[ChangedField]:
    names = [field for name, positions in SIGNATORIES.items() for field in (name, *positions)]
    return [
        ChangedField(_label(name), change.before[name], change.after[name]) for name in names if name in change.after
    ]


def _label(name: str) -> str:
    label = capfirst(str(cast(Field, Organisation._meta.get_field(name)).verbose_name))
    language = name.rpartition("_")[2]
    return f"{label} ({LANGUAGE_NAMES[language]})" if language in LANGUAGE_CODES else label
