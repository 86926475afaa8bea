"""`desk`: mine and next.  `archive`: all of mine.  `hub`: one cohort, as its staff or as a participant sees it.

`way`: one participant in one cohort, as its staff see her.
"""

from lms.dashboard.queries.archive import PARTS, archive_for, followed_cohorts
from lms.dashboard.queries.desk import Desk, Meeting, desk_for
from lms.dashboard.queries.hub import ParticipantHub, StaffHub, hub_for
from lms.dashboard.queries.way import Way, way_of

__all__ = [
    "PARTS",
    "Desk",
    "Meeting",
    "ParticipantHub",
    "StaffHub",
    "Way",
    "archive_for",
    "desk_for",
    "followed_cohorts",
    "hub_for",
    "way_of",
]
