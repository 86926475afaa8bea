"""The people's audit trail."""

from datetime import datetime
from uuid import UUID

from django.db.models import Model

from lms.people.models import AuditEntry, User


def record_audit(
    *,
    verb: str,
    subject: Model,
    by: User | None,
    at: datetime,
    organisation_id: UUID | None = None,
    details: dict | None = None,
) -> AuditEntry:
    """Notes who did what to what.  `details` holds ids, codes and counts: never a name, never an answer."""
    return AuditEntry.objects.create(
        at=at,
        actor_id=by.pk if by else None,
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        organisation_id=organisation_id,
        details=details or {},
    )
