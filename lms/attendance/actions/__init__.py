"""Marking, and what becomes of marks when two rows of one person are one."""

from lms.attendance.actions.marking import (
    AlreadyMarked,
    CoordinatorDecided,
    Correction,
    MarkChanged,
    MarkTakenBack,
    NotEnrolled,
    NotOnRoster,
    OwnMark,
    SameIdOtherBody,
    SessionNotOpen,
    TooEarly,
    TooLate,
    check_in,
    check_room_open,
    correct_mark,
    erase_reasons,
    record_roster,
    undo_mark,
)
from lms.attendance.actions.merging import take_over_marking, unite_marks
from lms.cohorts.actions import ReasonNeeded

__all__ = [
    "AlreadyMarked",
    "CoordinatorDecided",
    "Correction",
    "MarkChanged",
    "MarkTakenBack",
    "NotEnrolled",
    "NotOnRoster",
    "OwnMark",
    "ReasonNeeded",
    "SameIdOtherBody",
    "SessionNotOpen",
    "TooEarly",
    "TooLate",
    "check_in",
    "check_room_open",
    "correct_mark",
    "erase_reasons",
    "record_roster",
    "take_over_marking",
    "undo_mark",
    "unite_marks",
]
