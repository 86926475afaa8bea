"""How attendance is counted, and which of several events about one person in one session holds.  Pure functions."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from lms.attendance.models import ATTENDED, SAID, Mark, Source, Status

# Stands under every figure.
COUNTED_HOW = _(
    "Each lesson counts once, with the best mark, also if it was held twice or in a cohort from which somebody was "
    "transferred. Present and late count. Excused lessons leave the count, at most one in five. Extra sessions do not "
    "count."
)


class Evidence(Protocol):
    """What is needed of an event to weigh it."""

    status: str
    source: str
    received_at: datetime


# A coordinator's word beats a trainer's, a trainer's beats the room's code.
_WEIGHT = {Source.SELF: 0, Source.ROSTER: 1, Source.COORDINATOR: 2}


# The best first.
_RANK = [*SAID]


@dataclass(frozen=True)
class AttendanceFigure:
    """One person's attendance over the planned lessons.

    `planned` lessons stand in the plan (cancelled ones do not); `excused` of them leave the count, `counted` remain;
    `attended` is present or late; `percent` is attended / counted × 100, rounded down.
    """

    planned: int
    excused: int
    counted: int
    attended: int
    required_percent: int

    @property
    def percent(self) -> int:
        return self.attended * 100 // self.counted if self.counted else 0

    @property
    def needed(self) -> int:
        """The fewest sessions that are enough."""
        return -(-self.counted * self.required_percent // 100)

    @property
    def is_enough(self) -> bool:
        return self.counted > 0 and self.percent >= self.required_percent


def by_worth(mark: Mark) -> int:
    """To sort by: the best mark first."""
    return _worth(mark.status)


def _worth(status: str) -> int:
    return _RANK.index(Status(status))


def best_mark(*marks: Mark | None) -> Mark | None:
    """The one that counts of what is there."""
    return min((mark for mark in marks if mark), key=by_worth, default=None)


def counts_more(mark: Mark | None, than: Mark | None) -> bool:
    """Is it the better of the two?  One that was taken back counts no more than none."""
    said = [one if one and one.status in SAID else None for one in (mark, than)]
    best = best_mark(*reversed(said))
    return best is not None and best is not said[1]


def best_by_lesson(said: Iterable[tuple[str, str]], planned: Collection[str]) -> list[str]:
    """Of her marks (lesson code, status) the best one for each of the planned lessons that she has a mark for."""
    best: dict[str, str] = {}
    for lesson, status in said:
        if lesson in planned and status in SAID:
            best[lesson] = min(best.get(lesson, status), status, key=_worth)
    return list(best.values())


def count_attendance(
    statuses: Iterable[str], *, planned: int, required_percent: int, excused_max_percent: int
) -> AttendanceFigure:
    """Present and late count; an excused lesson leaves numerator and denominator, at most `excused_max_percent` of
    the planned ones (rounded down); an excuse beyond that, like a lesson without a mark, counts as absent.
    """
    marks = list(statuses)
    excused = min(marks.count(Status.EXCUSED), planned * excused_max_percent // 100)
    attended = sum(status in ATTENDED for status in marks)
    return AttendanceFigure(
        planned=planned,
        excused=excused,
        counted=planned - excused,
        attended=attended,
        required_percent=required_percent,
    )


def weigh_events[Event: Evidence](events: Sequence[Event]) -> tuple[Event, bool]:
    """The event that holds, and whether witnesses disagree.

    The weightier source holds, and of one source the latest event.  Room and roster that say different things are a
    dispute until a coordinator decides.  "Not marked" takes back whatever no weightier source has said before, and
    holds where nothing else is left.  `events` is not empty.
    """
    latest: dict[str, Event] = {}
    for event in sorted(events, key=lambda event: event.received_at):
        if event.status == Status.UNMARKED:
            latest = {source: said for source, said in latest.items() if _weight(said) > _weight(event)}
        latest[event.source] = event
    said = {source: event for source, event in latest.items() if event.status != Status.UNMARKED}
    holding = max((said or latest).values(), key=_weight)
    return holding, Source.COORDINATOR not in said and len({event.status for event in said.values()}) > 1


def _weight(event: Evidence) -> int:
    return _WEIGHT[Source(event.source)]
