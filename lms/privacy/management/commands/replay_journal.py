"""`manage.py replay_journal [FILE]`: after a restore by other means, or one that broke off."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from lms.common.journal import merge_entries, read_entries
from lms.privacy.actions import replay_journal
from lms.privacy.management.replies import tell_replay


class Command(BaseCommand):
    help = (
        "Erases and revokes once more what the journal says. For a database that came back by other means than"
        " manage.py restore: a snapshot of a disk, the provider's own backup. A repeat is harmless."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", nargs="?", type=Path, help="a copy of the journal, whose entries are taken over first"
        )

    def handle(self, **options: Any) -> None:
        if options["file"]:
            merge_entries(read_entries(options["file"]))
        tell_replay(self, replay_journal(entries=read_entries(), at=timezone.now()))
