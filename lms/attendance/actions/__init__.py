"""Marking; what becomes of marks when two rows of one person are one, and when their term is over."""

from lms.attendance.actions.counting import count_attendance_over_by
from lms.attendance.actions.marking import (
    AlreadyMarked,
    AttendanceCounted,
    Correction,
    MarkedAway,
    MarkTakenBack,
    NotEnrolled,
    NotLateYet,
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
    no_marks_because,
    record_roster,
    undo_mark,
)
from lms.attendance.actions.merging import take_over_marking, unite_marks
from lms.attendance.actions.overruling import CoordinatorDecided, MarkChanged, MarksChanged, MarksDecided
from lms.cohorts.actions import ReasonNeeded

__all__ = [
    "AlreadyMarked",
    "AttendanceCounted",
    "CoordinatorDecided",
    "Correction",
    "MarkChanged",
    "MarkTakenBack",
    "MarkedAway",
    "MarksChanged",
    "MarksDecided",
    "NotEnrolled",
    "NotLateYet",
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
    "count_attendance_over_by",
    "erase_reasons",
    "no_marks_because",
    "record_roster",
    "take_over_marking",
    "undo_mark",
    "unite_marks",
]
