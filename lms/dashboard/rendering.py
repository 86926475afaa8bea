"""Which one thing the desk puts first."""

from datetime import datetime

from lms.cohorts.models import Session
from lms.common.dates import local_day
from lms.dashboard.queries import Desk
from lms.people.models import RoleKind


def session_to_mark(desk: Desk, at: datetime) -> Session | None:
    """On a training day the session of today that is marked next, else the last one that nobody marked.

    A coordinator has many cohorts' sessions before her and marks none: her first thing is to plan.
    """
    if RoleKind.COORDINATOR in desk.roles:
        return None
    running = [one for one in desk.running if not one.is_draft]
    unmarked = [session for one in running for session in one.unmarked]
    coming = [one.next_session for one in running if one.next_session]
    today = [session for session in [*unmarked, *coming] if local_day(session.starts_at) == local_day(at)]
    if today:
        return min(today, key=lambda session: session.starts_at)
    return max(unmarked, key=lambda session: session.starts_at, default=None)
