"""Pure rules of a plan: when sessions take place, what a standing allows, which message still holds.  No database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from lms.cohorts.models import (
    LIVE_STATES,
    Cohort,
    CohortState,
    DropReason,
    Enrolment,
    EnrolmentState,
    PlaceNotice,
    Session,
    SessionNotice,
    Standing,
)

LESSONS_A_DAY = 2
BREAK = timedelta(minutes=30)
FIRST_LESSON = time(10, 0)
BISHKEK = "Asia/Bishkek"
# Somebody finds a forgotten sheet; after that certificates and reports stand on what was closed.
REOPENED_WITHIN = timedelta(days=30)


@dataclass(frozen=True)
class PlannedLesson:
    """A lesson of a module, as far as a timetable needs it."""

    module_code: str
    code: str
    minutes: int


def proposed_starts(
    lessons: Sequence[PlannedLesson], starts_on: date, first_at: time = FIRST_LESSON, zone: str = BISHKEK
) -> dict[str, datetime]:
    """Two lessons a day from `starts_on`, half an hour apart: {lesson code: start}."""
    starts: dict[str, datetime] = {}
    moment = datetime.combine(starts_on, first_at, ZoneInfo(zone))
    for place, lesson in enumerate(lessons):
        day, lesson_of_day = divmod(place, LESSONS_A_DAY)
        if lesson_of_day == 0:
            moment = datetime.combine(starts_on + timedelta(days=day), first_at, ZoneInfo(zone))
        starts[lesson.code] = moment
        moment += timedelta(minutes=lesson.minutes) + BREAK
    return starts


def shifted_starts(starts: Mapping[str, datetime], starts_on: date, zone: str = BISHKEK) -> dict[str, datetime]:
    """The same hours and days in between, from another first day."""
    local = {code: start.astimezone(ZoneInfo(zone)) for code, start in starts.items()}
    if not local:
        return {}
    moved = starts_on - min(local.values()).date()
    return {code: datetime.combine(start.date() + moved, start.time(), ZoneInfo(zone)) for code, start in local.items()}


class Slot(NamedTuple):
    """When a session begins and ends, and what people call it."""

    starts_at: datetime
    ends_at: datetime
    name: str


def first_overlap(slots: Iterable[Slot]) -> tuple[Slot, Slot] | None:
    """The first two of which the later begins before the earlier has ended."""
    ordered = pairwise(sorted(slots))
    return next(((earlier, later) for earlier, later in ordered if later.starts_at < earlier.ends_at), None)


def spoken(standings: Iterable[Standing]) -> set[str]:
    """The languages in which at least one of these standings allows training."""
    return {language for standing in standings for language in standing.languages}


def batch_name(kind: str, session: Session) -> str:
    """One occasion of a message: this session in this revision."""
    return f"{kind}:{session.pk}:{session.revision}"


def reason_against(kind: str, revision: int, session: Session, at: datetime) -> DropReason | None:
    """Why participants should not be told this any more: what it said of the session at `revision` no longer holds."""
    wanted_of_cohort = (CohortState.CANCELLED,) if kind == SessionNotice.CALLED_OFF else LIVE_STATES
    if session.cohort.state not in wanted_of_cohort:
        return DropReason.COHORT_ENDED
    if session.starts_at <= at:
        return DropReason.TOO_LATE
    is_as_said = session.counts != (kind == SessionNotice.CANCELLED)
    # A session that was moved has another reminder; the other messages are worded as it is now.
    changed = kind == SessionNotice.REMINDER and session.revision != revision
    return DropReason.SESSION_CHANGED if changed or not is_as_said else None


def reason_against_place(kind: str, moved_at: datetime, enrolment: Enrolment | None) -> DropReason | None:
    """Why she should not be told any more what was done at `moved_at`; `enrolment` is hers in that cohort."""
    if enrolment is None:
        return DropReason.LEFT
    if not enrolment.cohort.is_live:
        return DropReason.COHORT_ENDED
    if kind == PlaceNotice.TRANSFERRED:
        return None if enrolment.state == EnrolmentState.ENROLLED else DropReason.LEFT
    # Whoever came back and left once more is told, or not, of the second time.
    is_as_said = enrolment.state == EnrolmentState.WITHDRAWN and enrolment.withdrawn_at == moved_at
    return None if is_as_said else DropReason.BACK


def may_reopen(cohort: Cohort, at: datetime) -> bool:
    """Was it closed, not too long ago, and are its marks still kept?"""
    closed = cohort.closed_at if cohort.state == CohortState.CLOSED and not cohort.attendance_counted_at else None
    return closed is not None and at <= closed + REOPENED_WITHIN
