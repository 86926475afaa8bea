"""The issue log is read from its first line; what is not as it should be goes into the audit trail."""

from datetime import datetime
from typing import NamedTuple

from lms.certificates.models import IssueLog
from lms.certificates.queries import issue_log_faults
from lms.people.actions import record_audit
from lms.people.models import User


class Checked(NamedTuple):
    """How many lines there are, and how many of them or of the certificates are not as they should be.

    And the hash of the last line, which each later check looks for.
    """

    lines: int
    faults: int
    end: str


def check_issue_log(*, by: User | None, at: datetime) -> Checked:
    """Each line against the one before, and every certificate against its last one.

    A fault is written down with the figures: which lines they are the command check_issue_log says, as often as it is
    asked.  `by` is empty where the schedule asked.
    """
    faults = sum(1 for _fault in issue_log_faults())
    last = IssueLog.objects.order_by("-sequence").values_list("sequence", "hash").first()
    number, end = last or (0, "")
    found = Checked(IssueLog.objects.count(), faults, end)
    if faults:
        details = {"lines": found.lines, "faults": faults}
        record_audit(verb="find_log_faults", subject=IssueLog(sequence=number), by=by, at=at, details=details)
    return found
