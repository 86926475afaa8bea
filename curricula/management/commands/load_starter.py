"""`manage.py load_starter [--pack DIR]`: loads a curriculum from a folder of YAML files."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from curricula.importers import BrokenPack, LoadReport, load_pack

STARTER = Path(__file__).resolve().parents[2] / "starter"
BAR = 30


class Command(BaseCommand):
    help = "Loads a curriculum pack.  Running it again changes only what the pack has changed; edited texts are kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--pack", type=Path, default=STARTER, help="folder of the pack (default: the starter pack)")

    def handle(self, *args: Any, pack: Path, **options: Any) -> None:
        if not pack.is_dir():
            raise CommandError(f"There is no folder {pack}.")
        try:
            report = load_pack(pack, progress=self._show)
        except BrokenPack as broken:
            raise CommandError(f"Nothing was loaded. The pack in {pack} has faults:\n{broken}") from broken
        self._tell(report)

    def _show(self, done: int, total: int, what: str) -> None:
        """A bar on a terminal, without the red of errors; a line every tenth of the way in a log."""
        if sys.stderr.isatty():
            full = BAR * done // total
            bar = f"\r[{'#' * full}{'.' * (BAR - full)}] {done}/{total} {what:<40.40}"
            self.stderr.write(bar, style_func=str, ending="\n" * (done == total))
        elif done == total or done * 10 // total > (done - 1) * 10 // total:
            self.stderr.write(f"{done}/{total} {what}")
        self.stderr.flush()

    def _tell(self, report: LoadReport) -> None:
        self.stdout.write(
            f"Loaded {len(report.created)} new and {len(report.changed)} changed texts; {report.unchanged} as before."
        )
        for text in report.kept:
            self.stdout.write(f"Left as it is, because it was edited or removed here: {text}")
