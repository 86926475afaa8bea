"""What became of a person's certificates, for her to be told."""

from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import DateTimeField, F, OuterRef, QuerySet, Subquery, UUIDField

from lms.certificates.models import (
    Certificate,
    CertificateNotice,
    CertificateState,
    HolderQuestion,
    LicenceNotice,
    StateChange,
    UntoldReason,
)
from lms.cohorts.models import Cohort
from lms.common.prepared import prepared
from lms.notices.models import Notice
from lms.people.models import User
from lms.people.queries import is_living

# What she is told when her certificate comes into a state.
STATE_NOTICES = {
    CertificateState.REVOKED: CertificateNotice.REVOKED,
    CertificateState.SUSPENDED: CertificateNotice.SUSPENDED,
    CertificateState.VALID: CertificateNotice.LIFTED,
    CertificateState.SUPERSEDED: CertificateNotice.REPLACED,
}
_STATES = {notice: state for state, notice in STATE_NOTICES.items()}


class Told(NamedTuple):
    """What became of one of her certificates last."""

    certificate: UUID
    state: str
    at: datetime
    # When she got the one that holds in its place: a revoked one says no word of it.
    newer_at: datetime | None


def moment_of(at: datetime) -> str:
    """The moment as it is written into a notice: the same text for the same moment."""
    return at.astimezone(UTC).isoformat()


def state_of(notice: Notice) -> CertificateState:
    """What it tells of; for a notice of CertificateNotice."""
    return _STATES[CertificateNotice(notice.kind)]


def reason_against(notice: Notice, day: date) -> UntoldReason | None:
    """Why she should not be told it any more."""
    certificate = Certificate.objects.filter(pk=notice.subject_id, person=notice.person_id).first()
    if not is_living(notice.person):
        return UntoldReason.GONE
    if certificate is None or not _still_so(notice, certificate):
        return UntoldReason.SETTLED
    ends = notice.kind == LicenceNotice.ENDS
    return UntoldReason.TOO_LATE if ends and certificate.has_expired(day) else None


def _still_so(notice: Notice, certificate: Certificate) -> bool:
    """Of an end: does it still hold?  Of a change: is it the last one?"""
    if notice.kind == LicenceNotice.ENDS:
        return certificate.state == CertificateState.VALID
    is_last = notice.parameters["at"] == moment_of(certificate.state_since)
    return is_last and certificate.state == state_of(notice)


def told_since(user: User, since: datetime) -> list[Told]:
    """What became of certificates of hers since then: the last of each, the newest first."""
    last = {one.certificate: one for one in map(Told._make, _changes(person=user.pk, since=since))}
    return sorted(last.values(), key=lambda one: (one.at, one.certificate), reverse=True)


@prepared(person=UUIDField(), since=DateTimeField())
def _changes(person: Any, since: Any) -> QuerySet[StateChange, tuple[UUID, str, datetime, datetime | None]]:
    changes = StateChange.objects.filter(certificate__person__id=person, at__gte=since).order_by("at", "pk")
    alike = {name: OuterRef(f"certificate__{name}") for name in ("person", "cohort", "kind")}
    newer = Certificate.objects.current().filter(**alike, issued_at__gt=OuterRef("certificate__issued_at"))
    return changes.values_list("certificate", "state", "at", Subquery(newer.values("issued_at")[:1]))


def questions_of(cohort: Cohort) -> QuerySet[HolderQuestion]:
    """Of its certificates that are still in the state that was asked about, the newest first.

    Each with `wording`, the words that the public reads about it; {} where none were chosen.
    """
    asked = HolderQuestion.objects.filter(certificate__cohort=cohort, certificate__person__isnull=False)
    open_ = asked.filter(about=F("certificate__state_since")).select_related("certificate__person")
    changes = StateChange.objects.filter(certificate=OuterRef("certificate"), at=OuterRef("about")).order_by("-pk")
    return open_.annotate(wording=Subquery(changes.values("public_wording")[:1])).order_by("-at", "-pk")


def asked_about(user: User) -> dict[UUID, HolderQuestion]:
    """By certificate of hers, what she asked about the state that it is in."""
    asked = HolderQuestion.objects.filter(certificate__person=user, about=F("certificate__state_since"))
    return {question.certificate_id: question for question in asked}
