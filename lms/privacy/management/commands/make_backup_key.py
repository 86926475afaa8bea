"""`manage.py make_backup_key > KEY`: the pair of keys of the backups, as age-keygen writes them."""

from typing import Any

from django.core.management.base import BaseCommand

from lms.common.backups.archives import make_key_pair


class Command(BaseCommand):
    help = (
        "Prints a new pair of keys, once. The public one goes into BACKUP_RECIPIENT; the private one opens every"
        " backup: keep it away from this server, best on paper and on two sticks."
    )
    # Needs no database, nor anything else of an installation.
    requires_system_checks = []

    def handle(self, **options: Any) -> None:
        public, private = make_key_pair()
        self.stdout.write(f"# public key: {public}\n{private}")
        if not self.stdout.isatty():
            self.stderr.write(f"Public key, for BACKUP_RECIPIENT: {public}", self.style.SUCCESS)
