"""Counting as decided, and the weight of witnesses."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.attendance.models import Source, Status
from lms.attendance.scoring import count_attendance, weigh_events

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
RULE = {"required_percent": 80, "excused_max_percent": 20}
P, L, E, A = Status.PRESENT, Status.LATE, Status.EXCUSED, Status.ABSENT
U = Status.UNMARKED


@dataclass
class Said:
    status: str
    source: str
    received_at: datetime


def said(status: str, source: str, minutes: int = 0) -> Said:
    return Said(status, source, AT + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("marks", "planned", "percent", "enough"),
    [
        ([P, P, P, P, P], 5, 100, True),
        ([P, L, P, L, A], 5, 80, True),
        ([P, P, P, E, A], 5, 75, False),
        ([P, P, P, P, E], 5, 100, True),
        ([P, P, P, E, E], 5, 75, False),  # the second excuse of five counts as absent
        ([P, P, P], 5, 60, False),  # a session without a mark counts, for a late joiner too
        ([E, P, P, P], 4, 75, False),  # one in five of four is none
        ([], 5, 0, False),
        ([], 0, 0, False),
    ],
)
def test_attendance_is_counted_as_decided(marks, planned, percent, enough):
    figure = count_attendance(marks, planned=planned, **RULE)
    assert (figure.percent, figure.is_enough) == (percent, enough)


@given(st.lists(st.sampled_from(list(Status)), max_size=30), st.integers(0, 10))
def test_percent_stays_between_0_and_100_and_excuses_never_help_beyond_their_limit(marks, unmarked):
    planned = len(marks) + unmarked
    figure = count_attendance(marks, planned=planned, **RULE)
    assert 0 <= figure.percent <= 100
    assert figure.excused * 5 <= planned
    assert figure.attended <= figure.counted or planned == 0


def test_trainer_beats_the_rooms_code_and_the_difference_is_a_dispute():
    holding, disputed = weigh_events([said(P, Source.SELF, 5), said(A, Source.ROSTER)])
    assert (holding.status, disputed) == (A, True)


def test_latest_of_one_source_holds_without_dispute():
    holding, disputed = weigh_events([said(L, Source.ROSTER, 9), said(A, Source.ROSTER, 1)])
    assert (holding.status, disputed) == (L, False)


def test_coordinator_settles_a_dispute():
    events = [
        said(P, Source.SELF),
        said(A, Source.ROSTER, 1),
        said(L, Source.COORDINATOR, 2),
        said(A, Source.ROSTER, 3),
    ]
    holding, disputed = weigh_events(events)
    assert (holding.status, disputed) == (L, False)


@pytest.mark.parametrize(
    ("words", "holds", "disputed"),
    [
        # The trainer takes back what she said, or what the room's code said.
        ([(A, Source.ROSTER), (U, Source.ROSTER)], U, False),
        ([(P, Source.SELF), (U, Source.ROSTER)], U, False),
        # What is said afterwards holds, and old differences are forgotten.
        ([(A, Source.ROSTER), (U, Source.ROSTER), (P, Source.SELF)], P, False),
        ([(P, Source.SELF), (U, Source.ROSTER), (A, Source.ROSTER)], A, False),
        # A trainer takes back nothing that a coordinator said; a coordinator takes back all of it.
        ([(P, Source.COORDINATOR), (U, Source.ROSTER)], P, False),
        ([(A, Source.ROSTER), (P, Source.COORDINATOR), (U, Source.COORDINATOR)], U, False),
        ([(U, Source.COORDINATOR), (P, Source.SELF), (A, Source.ROSTER)], A, True),
    ],
)
def test_not_marked_takes_back_what_was_said_before(words, holds, disputed):
    events = [said(status, source, minute) for minute, (status, source) in enumerate(words)]
    holding, is_disputed = weigh_events(events)
    assert (holding.status, is_disputed) == (holds, disputed)
