"""What participants are told about the sessions of a cohort and their places in it, and whether it still holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from lms.cohorts.checks import batch_name, reason_against, reason_against_place
from lms.cohorts.models import (
    Cohort,
    DropReason,
    Enrolment,
    EnrolmentQuerySet,
    PlaceNotice,
    Session,
    SessionNotice,
)
from lms.cohorts.queries.cohorts import get_run_cohort_or_404
from lms.notices.models import Notice, NoticeState
from lms.notices.queries import Batch, batch_of, batches_of, reached_outside
from lms.people.models import AuditEntry, User
from lms.people.queries import is_living


@dataclass(frozen=True)
class SessionBatch:
    """One message to the participants of a session."""

    batch: Batch
    session: Session
    # Why it will not be sent although it waits: said before the time comes.
    dropped: DropReason | None

    @property
    def kind(self) -> SessionNotice:
        return SessionNotice(self.batch.notice.kind)

    @property
    def cohort(self) -> Cohort:
        return self.session.cohort

    @property
    def is_waiting(self) -> bool:
        return self.batch.waiting > 0


@dataclass(frozen=True)
class PlaceBatch:
    """One message to those who were moved together."""

    batch: Batch
    cohort: Cohort
    # The same.
    dropped: DropReason | None

    @property
    def kind(self) -> PlaceNotice:
        return PlaceNotice(self.batch.notice.kind)

    @property
    def is_waiting(self) -> bool:
        return self.batch.waiting > 0


type CohortBatch = SessionBatch | PlaceBatch


def tellable(cohort: Cohort) -> QuerySet[Enrolment, UUID]:
    """The ids of the people who are told what changes: enrolled, and still there."""
    return _living(cohort.enrolments.enrolled())


def _living(enrolments: EnrolmentQuerySet) -> QuerySet[Enrolment, UUID]:
    living = enrolments.filter(person__is_active=True, person__erased_at__isnull=True, person__merged_into__isnull=True)
    return living.values_list("person_id", flat=True)


def tellable_among(enrolments: Iterable[Enrolment]) -> QuerySet[Enrolment, UUID]:
    """The ids of those among them who are still there, enrolled or not."""
    return _living(Enrolment.objects.filter(pk__in=[enrolment.pk for enrolment in enrolments]))


@dataclass(frozen=True)
class Telling:
    """What a tick at "tell the participants" would do."""

    kind: SessionNotice | PlaceNotice
    people: int
    # Of them: who finds it only when she opens the site.
    on_site: int


def telling_of(cohort: Cohort, kind: SessionNotice) -> Telling | None:
    """None where nobody would be told: nobody is enrolled, or the cohort is not under way."""
    return _telling(kind, tellable(cohort)) if cohort.is_live else None


def _telling(kind: SessionNotice | PlaceNotice, people: QuerySet[Enrolment, UUID]) -> Telling | None:
    count = people.count()
    return Telling(kind, count, count - reached_outside(people)) if count else None


def telling_of_session(session: Session, kind: SessionNotice, at: datetime) -> Telling | None:
    """The same about a session whose time stays: of one that has begun nobody is told any more."""
    return telling_of(session.cohort, kind) if session.starts_at > at else None


def untold_of(session: Session, at: datetime) -> Telling | None:
    """What its participants can still be told: it is not as they knew it, and no message was made of that."""
    kind = change_to_tell(session)
    return telling_of_session(session, kind, at) if kind else None


def change_to_tell(session: Session) -> SessionNotice | None:
    """The message that was never made of the last change of its time or place; None where there was none."""
    kind = _kind_of_change(session)
    if kind is None or Notice.objects.filter(batch=batch_name(kind, session)).exists():
        return None
    return kind


def _kind_of_change(session: Session) -> SessionNotice | None:
    if session.revision == session.known_revision:
        return None
    if not session.counts:
        return SessionNotice.CANCELLED
    if session.known_revision is None and _was_added(session):
        # Of what nobody heard of, another leader or time is no news.
        heard_of = Notice.objects.filter(kind=SessionNotice.ADDED, subject_id=str(session.pk)).exists()
        return SessionNotice.MOVED if session.revision and heard_of else SessionNotice.ADDED
    return SessionNotice.MOVED if session.revision else None


def time_known(session: Session) -> datetime | None:
    """When its participants think that it begins, where it was moved since they were told; None where it was not.

    What was replaced or stopped before it left told nobody.
    """
    subject = {"subject_type": session._meta.label_lower, "subject_id": str(session.pk)}
    sent = Notice.objects.filter(**subject, kind__in=SessionNotice.values, state=NoticeState.SENT)
    told_at = sent.aggregate(last=Max("ended_at"))["last"] or session.cohort.opened_at
    moves = AuditEntry.objects.filter(**subject, verb="move_session").order_by("at", "pk")
    move = (moves.filter(at__gt=told_at) if told_at else moves).first()
    was = move.details.get("was") if move else None
    return datetime.fromisoformat(was) if was else None


def _was_added(session: Session) -> bool:
    """Since the cohort was opened: something extra, or a lesson once more."""
    first_of_lesson = session.cohort.sessions.filter(lesson_code=session.lesson_code).order_by("pk").first()
    return session.is_extra or first_of_lesson != session


def telling_of_transfer(enrolment: Enrolment) -> Telling | None:
    """The same about her who goes on in another cohort; that one is under way, or she could not go there."""
    return _telling(PlaceNotice.TRANSFERRED, tellable_among([enrolment]))


def telling_of_withdrawal(cohort: Cohort, enrolments: Sequence[Enrolment]) -> Telling | None:
    """The same about those who leave."""
    return _telling(PlaceNotice.WITHDRAWN, tellable_among(enrolments)) if cohort.is_live else None


def cohort_batches(cohort: Cohort, at: datetime) -> list[CohortBatch]:
    """All messages of the cohort, by the time when they are due."""
    sessions = {str(session.pk): session for session in cohort.sessions.all()}
    found = [_cohort_batch(batch, cohort, sessions, at) for batch in batches_of(cohort.pk)]
    return [batch for batch in found if batch is not None]


def get_cohort_batch_or_404(user: User, notice_id: UUID, at: datetime) -> CohortBatch:
    """The message that this notice is part of, in a cohort that she runs."""
    notice = get_object_or_404(Notice, pk=notice_id, kind__in=[*SessionNotice.values, *PlaceNotice.values])
    if notice.group_id is None:
        raise Http404
    cohort = get_run_cohort_or_404(user, notice.group_id)
    sessions = {str(session.pk): session for session in cohort.sessions.filter(pk=notice.subject_id)}
    found = _cohort_batch(batch_of(notice), cohort, sessions, at)
    if found is None:
        raise Http404
    return found


def _cohort_batch(batch: Batch, cohort: Cohort, sessions: dict[str, Session], at: datetime) -> CohortBatch | None:
    """None where its session is gone."""
    if batch.notice.kind in PlaceNotice.values:
        return PlaceBatch(batch, cohort, _dropped_of_all(batch) if batch.waiting else None)
    session = sessions.get(batch.notice.subject_id)
    if session is None:
        return None
    session.cohort = cohort
    dropped = _dropped(batch.notice, session, at) if batch.waiting else None
    return SessionBatch(batch, session, dropped)


def _dropped(notice: Notice, session: Session, at: datetime) -> DropReason | None:
    return reason_against(notice.kind, notice.parameters["revision"], session, at)


def _dropped_of_all(batch: Batch) -> DropReason | None:
    """Why none of those who wait for it will be told; None as soon as one will."""
    waiting = Notice.objects.filter(batch=batch.notice.batch).waiting().select_related("person")
    reasons = [_reason_of_place(notice) for notice in waiting]
    return None if None in reasons else next(iter(reasons), None)


def reason_to_drop(notice: Notice, at: datetime) -> DropReason | None:
    """Why this person should not be told this now: of the session, or of herself."""
    if notice.kind in PlaceNotice.values:
        return _reason_of_place(notice)
    session = Session.objects.select_related("cohort").filter(pk=notice.subject_id).first()
    if session is None:
        return DropReason.SESSION_CHANGED
    if not is_living(notice.person):
        return DropReason.GONE
    if not Enrolment.objects.enrolled().filter(cohort=session.cohort_id, person=notice.person_id).exists():
        return DropReason.LEFT
    return _dropped(notice, session, at)


def _reason_of_place(notice: Notice) -> DropReason | None:
    if not is_living(notice.person):
        return DropReason.GONE
    hers = Enrolment.objects.select_related("cohort").filter(cohort=notice.group_id, person=notice.person_id)
    return reason_against_place(notice.kind, datetime.fromisoformat(notice.parameters["at"]), hers.first())
