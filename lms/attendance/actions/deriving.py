"""What everything that was said of people amounts to."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from lms.attendance.models import AttendanceEvent, Mark
from lms.attendance.scoring import weigh_events
from lms.cohorts.models import Session


def derive_marks(*, session: Session, enrolment_ids: set[UUID], at: datetime) -> None:
    """What the events about these people amount to now; for the actions that add or move events."""
    evidence: dict[UUID, list[AttendanceEvent]] = defaultdict(list)
    for event in AttendanceEvent.objects.filter(session=session, enrolment__in=enrolment_ids):
        evidence[event.enrolment_id].append(event)
    fresh = []
    for enrolment_id, events in evidence.items():
        event, disputed = weigh_events(events)
        fresh.append(
            Mark(
                session=session,
                enrolment_id=enrolment_id,
                status=event.status,
                event=event,
                is_disputed=disputed,
                updated_at=at,
            )
        )
    Mark.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["session", "enrolment"],
        update_fields=["status", "event", "is_disputed", "updated_at"],
    )
