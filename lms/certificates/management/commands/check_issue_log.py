"""`manage.py check_issue_log`: says whether the log of issued certificates is whole; exit code 1 if it is not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lms.certificates.models import IssueLog
from lms.certificates.queries import issue_log_faults


class Command(BaseCommand):
    help = "Checks the hash chain of the issue log, and every certificate against its last line."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = list(issue_log_faults())
        if faults:
            raise CommandError("\n".join(faults))
        self.stdout.write(f"The issue log is whole: {IssueLog.objects.count()} lines.")
