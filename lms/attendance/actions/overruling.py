"""Whose word does not go over whose: one that she has not read, and a coordinator's."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lms.attendance.models import AttendanceEvent, Mark, Source, Status
from lms.common.errors import ActionError


class _OfSheet(ActionError):
    """Refuses a whole sheet; `enrolments` says whose marks are why."""

    def __init__(self, enrolments: frozenset[UUID]) -> None:
        super().__init__()
        self.enrolments = enrolments


class MarkChanged(ActionError):
    """Somebody else was quicker."""

    code = "mark_changed"
    message = _("Somebody changed this mark while you looked at it. See what stands there now.")


class MarksChanged(_OfSheet, MarkChanged):
    """The same of a sheet."""

    code = "marks_changed"
    message = _(
        "Nothing was saved: these marks were changed after this list was opened. See what stands there now, choose "
        "again where you still mean yours, and save:"
    )


class CoordinatorDecided(ActionError):
    """A trainer's word does not undo a coordinator's."""

    code = "coordinator_decided"
    message = _("A coordinator has decided this mark. Ask the coordinator to change it.")


class MarksDecided(_OfSheet, CoordinatorDecided):
    """The same of a sheet."""

    code = "marks_decided"
    message = _(
        "Nothing was saved: a coordinator has decided these marks, and yours do not replace them. Choose what stands "
        "there now, and save again:"
    )


def check_overruled(*, events: Sequence[AttendanceEvent], marks: Mapping[UUID, Mark], over: Mapping[UUID, str]) -> None:
    """Of a sheet about to be taken.  An event that came before is a repeat, and overrules nothing.

    Raises MarksChanged, MarksDecided.
    """
    known = AttendanceEvent.objects.filter(pk__in=[event.pk for event in events if event.enrolment_id in marks])
    repeated = set(known.values_list("pk", flat=True))
    new = [event for event in events if event.pk not in repeated]
    unread = [event for event in new if over.get(event.enrolment_id, "") != _standing(marks.get(event.enrolment_id))]
    if unread:
        raise MarksChanged(frozenset(event.enrolment_id for event in unread))
    decided = [event for event in new if _is_decided(marks.get(event.enrolment_id), event)]
    if decided:
        raise MarksDecided(frozenset(event.enrolment_id for event in decided))


def _standing(mark: Mark | None) -> str:
    """As a roster shows it: a mark that was taken back is none."""
    return mark.status if mark and mark.status != Status.UNMARKED else ""


def _is_decided(mark: Mark | None, event: AttendanceEvent) -> bool:
    is_coordinators = mark is not None and bool(_standing(mark)) and mark.event.source == Source.COORDINATOR
    return is_coordinators and event.source != Source.COORDINATOR
