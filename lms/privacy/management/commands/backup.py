"""`manage.py backup [FOLDER]`: database, files and journal in one encrypted file, while people work."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lms.common.errors import ActionError
from lms.privacy.actions import make_backup


class Command(BaseCommand):
    help = "Writes a backup that only the holder of BACKUP_RECIPIENT's private key can read, and deletes the oldest."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", default=settings.BACKUP_FOLDER, help="default BACKUP_FOLDER")
        parser.add_argument("--keep", type=_positive, default=settings.BACKUP_KEEP, help="how many newest stay there")

    def handle(self, **options: Any) -> None:
        if not options["folder"]:
            raise CommandError("Where to?  Name a folder, or set BACKUP_FOLDER.")
        try:
            path = make_backup(folder=Path(options["folder"]), keep=options["keep"], at=timezone.now())
        except (ActionError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{path} ({path.stat().st_size:,} bytes)")


def _positive(text: str) -> int:
    """For argparse, which turns a ValueError into words about the argument."""
    if (number := int(text)) < 1:
        raise ValueError(text)
    return number
