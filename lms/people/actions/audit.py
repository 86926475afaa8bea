"""The people's audit trail."""

from collections.abc import Iterable
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
    return record_audits(verb=verb, subjects=[subject], by=by, at=at, organisation_id=organisation_id, details=details)[
        0
    ]


def record_audits(
    *,
    verb: str,
    subjects: Iterable[Model],
    by: User | None,
    at: datetime,
    organisation_id: UUID | None = None,
    details: dict | None = None,
) -> list[AuditEntry]:
    """The same done to several: an entry for each, in one query."""
    return AuditEntry.objects.bulk_create(
        AuditEntry(
            at=at,
            actor_id=by.pk if by else None,
            verb=verb,
            subject_type=subject._meta.label_lower,
            subject_id=str(subject.pk),
            organisation_id=organisation_id,
            details=details or {},
        )
        for subject in subjects
    )
