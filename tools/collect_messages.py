"""Collect the strings of the interface into the catalogues of the folder this is started in.

Django's makemessages, with two differences: a new string starts empty, never as a guess taken from a similar one, and
the catalogue holds no date, so that it changes only when a string does.
"""

import os
import sys
from pathlib import Path

ROOT = Path.cwd()
LANGUAGES = ["ru", "ky"]  # English is what the strings are written in
KEPT_HEADERS = ["MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Plural-Forms"]

sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "lms.settings.test"

import django

django.setup()

import polib
from django.core.management import call_command
from django.core.management.commands import makemessages


class Command(makemessages.Command):
    """makemessages without guesses."""

    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]


def main() -> None:
    """Write lms/locale/<language>/LC_MESSAGES/django.po for each language."""
    call_command(
        Command(),
        locale=LANGUAGES,
        ignore_patterns=["node_modules", "var", "tests", "tools", "starter"],
        add_location="file",
        no_wrap=True,
        no_obsolete=True,
        verbosity=0,
    )
    for language in LANGUAGES:
        catalogue = polib.pofile(str(ROOT / "lms" / "locale" / language / "LC_MESSAGES" / "django.po"), wrapwidth=0)
        catalogue.header = "Yntymak: the words of the interface."
        catalogue.metadata = {name: catalogue.metadata[name] for name in KEPT_HEADERS} | {"Language": language}
        catalogue.metadata_is_fuzzy = False
        catalogue.save()
        missing = len(catalogue.untranslated_entries()) + len(catalogue.fuzzy_entries())
        print(f"   {language}: {len(catalogue)} strings, {missing} to translate")


if __name__ == "__main__":
    main()
