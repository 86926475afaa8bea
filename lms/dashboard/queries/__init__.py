"""`desk`: mine and next.  `hub`: one cohort, as its staff or as a participant sees it."""

from lms.dashboard.queries.desk import Desk, desk_for
from lms.dashboard.queries.hub import ParticipantHub, StaffHub, hub_for

__all__ = ["Desk", "ParticipantHub", "StaffHub", "desk_for", "hub_for"]
