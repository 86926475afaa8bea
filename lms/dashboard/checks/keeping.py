"""What outlives an accident or an intruder: the journal, the backups, the log of issued certificates."""

import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from lms.certificates.models import IssueLog
from lms.certificates.queries import is_log_unread, last_log_check
from lms.common.backups.files import last_backup
from lms.common.journal import unreadable_lines
from lms.dashboard.checks.findings import Finding, lacking, look, well
from lms.jobs.queries import BACKUP_AGE


def journal() -> Iterator[Finding]:
    """Where it cannot be written, nobody is erased and nothing revoked."""
    path = Path(settings.JOURNAL_FILE)
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        yield lacking("journal", f"{path} cannot be written: look at JOURNAL_DIR.")
    elif torn := unreadable_lines():
        yield look("journal", f"{len(torn)} of its lines cannot be read, the first is line {torn[0]}.")
    else:
        yield well("journal", f"in {path.parent}")


def backups() -> Iterator[Finding]:
    if not settings.BACKUP_FOLDER:
        yield look("backups", "None are made: set BACKUP_FOLDER and BACKUP_RECIPIENT (manage.py make_backup_key FILE).")
        return
    made = last_backup(Path(settings.BACKUP_FOLDER))
    if not settings.BACKUP_RECIPIENT:
        yield lacking("backups", "Set BACKUP_RECIPIENT to the public key that manage.py make_backup_key prints.")
    elif made is None:
        yield lacking("backups", f"There is none in {settings.BACKUP_FOLDER}: manage.py backup.")
    elif timezone.now() - made > BACKUP_AGE:
        yield lacking("backups", f"The last is of {made:%Y-%m-%d %H:%M} UTC: look at the worker's log.")
    else:
        yield well("backups", f"the last of {made:%Y-%m-%d %H:%M} UTC")


def issue_log() -> Iterator[Finding]:
    """What the schedule found last night; it is not read here, for it may be long."""
    check = last_log_check()
    if check and check.fell_over:
        yield lacking("issue log", f"The check of {check.at:%Y-%m-%d %H:%M} UTC fell over: manage.py check_issue_log.")
    elif check and check.faults:
        yield lacking("issue log", f"{check.faults} lines or certificates are not as issued: check_issue_log.")
    elif is_log_unread(check, timezone.now()) or (check is None and IssueLog.objects.exists()):
        yield look("issue log", "Not checked last night: look at the schedule, or manage.py check_issue_log.")
    else:
        yield well("issue log", f"{check.lines} lines, checked {check.at:%Y-%m-%d %H:%M} UTC" if check else "empty")


KEEPING_CHECKS = (journal, backups, issue_log)
