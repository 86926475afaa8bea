"""What leaves this app as a file: calendars, and what it keeps about one person."""

from lms.cohorts.exports.calendars import calendar_file
from lms.cohorts.exports.kept import kept_about

__all__ = ["calendar_file", "kept_about"]
