"""That who signs the certificates was changed, for those who should know of it before one is issued."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
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


@dataclass(frozen=True)
class ChangedField:
    """One line of the change: what it is called, what it said, what it says; either may be empty."""

    label: str | Promise
    before: str
    after: str

    @property
    def is_as_before(self) -> bool:
        """Was it something else only in between?  What was issued then bears that."""
        return self.before == self.after


@dataclass(frozen=True)
class ChangedSignatory:
    """A change with its lines, in the order of the form; what they said before, perhaps before an earlier one."""

    change: SignatoryChange
    fields: list[ChangedField]


def signatory_changes_for(user: User, since: datetime, kind: str = RoleKind.ADMINISTRATOR) -> list[ChangedSignatory]:
    """Where she has a role of this kind: what others changed and she did not after them."""
    houses = {role.organisation_id for role in active_roles(user) if role.kind == kind}
    return _summed_up(_changes(houses, since), known_to=user.pk)


def signatory_changes_in(organisation: Organisation, since: datetime) -> list[ChangedSignatory]:
    """The same in one organisation, whoever made them: the caller knows that she may look."""
    return _summed_up(_changes([organisation.pk], since))


def signatory_history_of(organisation: Organisation, since: datetime) -> list[ChangedSignatory]:
    """Each change by itself, the newest first."""
    return [ChangedSignatory(one, _fields(one.before, one.after)) for one in _changes([organisation.pk], since)]


def _changes(houses: Collection[UUID], since: datetime) -> list[SignatoryChange]:
    found = SignatoryChange.objects.filter(organisation__in=houses, at__gte=since).order_by("-at", "-pk")
    return list(found.select_related("organisation", "by"))


def _summed_up(changes: Sequence[SignatoryChange], known_to: UUID | None = None) -> list[ChangedSignatory]:
    """Of each field its last change, with what stood there before the first: as few as there are fields, so that no
    number of further changes hides one.  What somebody wrote herself she knows; of such a field, what came after it.
    """
    told: dict[tuple[UUID, str], tuple[SignatoryChange, str]] = {}
    for change in reversed(changes):
        for name in change.after:
            field = change.organisation_id, name
            if known_to and change.by_id == known_to:
                told.pop(field, None)
            else:
                _earlier, before = told.get(field, (change, change.before[name]))
                told[field] = change, before
    lines = defaultdict[UUID, dict[str, str]](dict)
    for (_house, name), (change, before) in told.items():
        lines[change.pk][name] = before
    return [ChangedSignatory(one, _fields(lines[one.pk], one.after)) for one in changes if one.pk in lines]


def _fields(before: Mapping[str, str], after: Mapping[str, str]) -> list[ChangedField]:
    """Those that `before` has."""
    names = [field for name, positions in SIGNATORIES.items() for field in (name, *positions)]
    return [ChangedField(_label(name), before[name], after[name]) for name in names if name in before]


def _label(name: str) -> str:
    label = capfirst(str(cast(Field, Organisation._meta.get_field(name)).verbose_name))
    language = name.rpartition("_")[2]
    return f"{label} ({LANGUAGE_NAMES[language]})" if language in LANGUAGE_CODES else label
