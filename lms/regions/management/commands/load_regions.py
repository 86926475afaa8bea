"""`manage.py load_regions`: the regions of Kyrgyzstan, as often as one likes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lms.regions.importers import RegionFileRefused, load_regions


class Command(BaseCommand):
    help = "Loads the regions of Kyrgyzstan with their codes and names; what is there already is brought up to date."

    def handle(self, **_options: Any) -> None:
        try:
            loaded = load_regions()
        except RegionFileRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Regions: {loaded.added} added, {loaded.changed} changed, {loaded.unchanged} as they were.")
