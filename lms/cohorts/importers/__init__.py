"""Files in: a roster as CSV or XLSX."""

from lms.cohorts.importers.namesakes import Namesake
from lms.cohorts.importers.roster import MAX_PEOPLE, preview_roster
from lms.cohorts.importers.rows import Message, RosterPreview, RosterRow
from lms.cohorts.importers.words import COLUMNS, template_choices, template_header

__all__ = [
    "COLUMNS",
    "MAX_PEOPLE",
    "Message",
    "Namesake",
    "RosterPreview",
    "RosterRow",
    "preview_roster",
    "template_choices",
    "template_header",
]
