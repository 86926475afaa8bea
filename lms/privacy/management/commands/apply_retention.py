"""`manage.py apply_retention [--dry-run]`: what the schedule does every night, by hand or only to look."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from lms.privacy.actions.retention import apply_retention, look_at_retention

# What is counted of each step.
WORDS = {
    "attendance": "cohorts whose attendance becomes counts",
    "answers": "cohorts whose answers become statistics",
    "plans": "session plans emptied",
    "notes": "observers' notes emptied",
    "messages": "messages destroyed",
    "name_checks": "counts of compared names destroyed",
    "email_wishes": "unconfirmed e-mail addresses destroyed",
    "invitations": "accounts of people who never came erased",
    "sessions": "expired sessions destroyed",
    "webhooks": "messages to partners' programs destroyed, with webhooks long switched off",
    "key_copies": "copies of signing keys destroyed that nobody fetched",
    "jobs": "ended jobs destroyed",
    "audit": "entries of the audit trail destroyed",
    "papers": "files of certificates that no certificate names destroyed",
}


class Command(BaseCommand):
    help = "Counts, empties and destroys what is kept for a term only.  With --dry-run it says what it would do."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        apply = look_at_retention if options["dry_run"] else apply_retention
        done = apply(at=timezone.now())
        for code, words in WORDS.items():
            self.stdout.write(f"{done[code]:6} {words}" if code in done else f"failed {words}")
        if options["dry_run"]:
            self.stdout.write("Nothing was changed.")
