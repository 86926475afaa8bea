"""When a room may be marked, and when a mark has settled.  Pure rules."""

from datetime import datetime, timedelta

from lms.cohorts.models import CohortState, Session, SessionState

# A room may be marked, and a participant may check in, from this long before the planned beginning.
ROSTER_OPENS = timedelta(hours=2)
CHECKIN_OPENS = timedelta(minutes=30)
# Who checks in later than this after the beginning is late; after the end the room's code closes.
LATE_AFTER = timedelta(minutes=15)
CHECKIN_CLOSES = timedelta(minutes=15)
# While the trainer still puts her sheet in order a mark is changed without a word; later it takes a reason.
SETTLES = timedelta(hours=2)


def roster_opens_at(session: Session) -> datetime:
    """From when the room may be marked."""
    return session.starts_at - ROSTER_OPENS


def takes_marks(session: Session) -> bool:
    """Is it to be held, in a cohort that goes on?"""
    return session.state != SessionState.CANCELLED and session.cohort.is_live


def takes_corrections(session: Session, *, by_coordinator: bool) -> bool:
    """The same of one mark: a coordinator corrects it also after the cohort has closed, while names stand beside it."""
    cohort = session.cohort
    is_closed = session.counts and cohort.state == CohortState.CLOSED and not cohort.attendance_counted_at
    return takes_marks(session) or (by_coordinator and is_closed)


def is_settled(session: Session, at: datetime) -> bool:
    """Does a mark of this session change only with a reason by now?"""
    return at > session.ends_at + SETTLES
