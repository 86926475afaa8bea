"""`manage.py restore FILE --key KEY`: a backup into an empty installation."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lms.common.errors import ActionError
from lms.privacy.actions import restore_backup
from lms.privacy.management.replies import tell_replay


class Command(BaseCommand):
    help = (
        "Restores database, files and journal into an installation without people, runs the migrations since, and does"
        " once more what the journals say: the erased stay erased, what was revoked stays revoked."
    )
    # The database may have no tables yet.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="yntymak-….backup")
        parser.add_argument("--key", type=Path, required=True, help="the file with the private key")

    def handle(self, **options: Any) -> None:
        try:
            restored = restore_backup(path=options["file"], key_file=options["key"], at=timezone.now())
        except (ActionError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Restored: the state of {restored.made_at}, {restored.files} files.")
        tell_replay(self, restored.replayed)
        self.stdout.write(
            "Now start the site (systemctl start yntymak; make serve), run manage.py check_installation, look up the"
            " certificate of somebody known, and look at what no journal brings back (OPERATIONS.md, “Backups”)."
        )
