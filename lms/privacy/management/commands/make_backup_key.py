"""`manage.py make_backup_key FILE`: a pair of keys as age-keygen writes them, in a file that was not there before."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lms.common.backups.archives import make_key_pair


class Command(BaseCommand):
    help = (
        "Makes a new pair of keys: the private one into FILE, which must not be there yet, the public one is printed."
        " The public one goes into BACKUP_RECIPIENT, or to the site that sends the copy of a signing key; the private"
        " one opens what is encrypted to it. Each purpose has a pair of its own."
    )
    # Needs no database, nor anything else of an installation.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", nargs="?", type=Path, help="where the private key goes; without it, it is printed once"
        )

    def handle(self, **options: Any) -> None:
        public, private = make_key_pair()
        text, path = f"# public key: {public}\n{private}\n", options["file"]
        if path is None:
            self.stdout.write(text, ending="")
        else:
            _write_new(path, text)
            self.stdout.write(
                f"The private key is in {path}: keep it away from this server, on paper and on two sticks."
            )
        if path is not None or not self.stdout.isatty():
            self.stderr.write(
                f"Public key, for BACKUP_RECIPIENT or a copy of a signing key: {public}", self.style.SUCCESS
            )


def _write_new(path: Path, text: str) -> None:
    """For its owner alone, and never over a file that is there: it may be the key of every backup so far."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError as error:
        raise CommandError(f"{path} is there already, and stays as it is: give this key a name of its own.") from error
    except OSError as error:
        raise CommandError(str(error)) from error
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
