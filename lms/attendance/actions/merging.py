"""Two rows of one person become one: what was said of her, and what she said.

Nothing is deleted but the marks that follow from it.  An event that goes from one enrolment to the other keeps its id,
its time and the hash of what was said then.
"""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from django.db import transaction

from lms.attendance.actions.deriving import derive_marks
from lms.attendance.models import AttendanceEvent, Mark, Source
from lms.attendance.scoring import counts_more
from lms.cohorts.models import Enrolment, Session
from lms.people.models import User

type Said = dict[UUID, list[UUID]]


@transaction.atomic
def unite_marks(*, stays: Enrolment, gives_way: Enrolment, at: datetime) -> int:
    """Of each session the better mark of two enrolments in one cohort, with its evidence; says how many came over.

    Whoever has two rows is marked present on one and absent on the other: to weigh both as one person's evidence would
    let the later word win.  So evidence is never mixed: where both have a mark, the lesser stays with the enrolment
    that gives way, and counts no more.
    """
    # Under lock before anything is read: whoever marks takes the same lock first.
    sessions = list(Session.objects.select_for_update(no_key=True).filter(cohort=stays.cohort_id).order_by("pk"))
    own, hers = _said_of(stays), _said_of(gives_way)
    own_marks, her_marks = _marks_of(stays), _marks_of(gives_way)
    better = [one for one in sessions if counts_more(her_marks.get(one.pk), own_marks.get(one.pk))]
    Mark.objects.filter(enrolment=gives_way).delete()
    for session in better:
        _exchange(own.get(session.pk, []), hers[session.pk], stays, gives_way)
        derive_marks(session=session, enrolment_ids={stays.pk}, at=at)
    return len(better)


def _said_of(enrolment: Enrolment) -> Said:
    """Session id → the events about her in it."""
    found: Said = defaultdict(list)
    for session_id, event_id in AttendanceEvent.objects.filter(enrolment=enrolment).values_list("session", "pk"):
        found[session_id].append(event_id)
    return found


def _marks_of(enrolment: Enrolment) -> dict[UUID, Mark]:
    return {mark.session_id: mark for mark in Mark.objects.filter(enrolment=enrolment)}


def _exchange(own: list[UUID], hers: list[UUID], stays: Enrolment, gives_way: Enrolment) -> None:
    """The evidence of one session, either way."""
    events = AttendanceEvent.objects
    # An enrolment checks in once a session, also in the moment in which both check-ins would stand with one of them.
    checked_in = list(events.filter(pk__in=own, source=Source.SELF).values_list("pk", flat=True))
    events.filter(pk__in=checked_in).update(source=Source.ROSTER)
    events.filter(pk__in=own).update(enrolment=gives_way)
    events.filter(pk__in=hers).update(enrolment=stays)
    events.filter(pk__in=checked_in).update(source=Source.SELF)


@transaction.atomic
def take_over_marking(*, kept: User, merged: User) -> None:
    """What she said of others, and of herself with the room's code."""
    AttendanceEvent.objects.filter(recorded_by=merged).update(recorded_by=kept)
