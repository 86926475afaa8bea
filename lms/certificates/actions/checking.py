"""The issue log is read from its first line; what is not as it should be goes into the audit trail."""

from datetime import datetime
from typing import NamedTuple

from lms.certificates.models import IssueLog
from lms.certificates.queries import issue_log_faults
from lms.people.actions import record_audit
from lms.people.models import User


class Checked(NamedTuple):
    """How many lines there are, and how many of them or of the certificates are not as they should be."""

    lines: int
    faults: int


def check_issue_log(*, by: User | None, at: datetime) -> Checked:
    """Each line against the one before, and every certificate against its last one.

    A fault is written down with the figures: which lines they are the command check_issue_log says, as often as it is
    asked.  `by` is empty where the schedule asked.
    """
    found = Checked(IssueLog.objects.count(), sum(1 for _fault in issue_log_faults()))
    if found.faults:
        last = IssueLog.objects.order_by("-sequence").first()
        record_audit(
            verb="find_log_faults", subject=last or IssueLog(sequence=0), by=by, at=at, details=found._asdict()
        )
    return found
