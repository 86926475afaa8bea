"""`manage.py import_signing_key FILE --key KEY`: the copy of a signing key that two administrators took elsewhere."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lms.certificates.actions import import_key
from lms.certificates.importers import read_key_file
from lms.common.errors import ActionError


class Command(BaseCommand):
    help = (
        "Takes in the copy of a signing key that two administrators took out of another installation. The organisation"
        " must be here, under the same code, and have issued nothing yet."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="signing-key-….age")
        parser.add_argument("--key", type=Path, required=True, help="the file with the private age key")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            key = import_key(file=read_key_file(options["file"], options["key"]), at=timezone.now())
        except (ActionError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Key {key.kid} of {key.organisation.code} signs here, until {key.not_after:%Y-%m-%d}.")
