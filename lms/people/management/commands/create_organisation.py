"""`manage.py create_organisation`: the beginning of an installation: an organisation and its first administrator."""

from argparse import ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import slug_re
from django.utils import timezone, translation

from lms.common.errors import ActionError
from lms.common.languages import LANGUAGE_CODES
from lms.people.actions import found_organisation, make_password_key
from lms.people.adapters import password_address


class Command(BaseCommand):
    help = "Makes an organisation and its first administrator, and prints the link with which she sets her password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", type=_slug, help="short, Latin letters: it stands in the keys and never changes")
        parser.add_argument("--administrator", required=True, help="her user name")
        parser.add_argument(
            "--language", choices=LANGUAGE_CODES, default=settings.LANGUAGE_CODE, help="in which she is spoken to"
        )
        for language in LANGUAGE_CODES:
            parser.add_argument(f"--name-{language}", required=True, help=f"the name in {language}")

    def handle(self, **options: Any) -> None:
        now = timezone.now()
        names = {language: options[f"name_{language}"] for language in LANGUAGE_CODES}
        try:
            administrator = found_organisation(
                code=options["code"],
                names=names,
                username=options["administrator"],
                # Until she writes her own; a.asanova would pass for the address of a site.
                display_name=options["administrator"].replace(".", " "),
                language=options["language"],
                by=None,
                at=now,
            ).person
        except ActionError as error:
            raise CommandError(str(error)) from error
        # She renews her own access: nobody stands above her yet.
        key = make_password_key(person=administrator, by=administrator, at=now)
        self.stdout.write(f"Her user name: {administrator.username}")
        self.stdout.write("She sets her password here, once, within three days:")
        with translation.override(administrator.language):
            self.stdout.write(password_address(key))


def _slug(text: str) -> str:
    """Raises ArgumentTypeError, whose words argparse prints."""
    if not slug_re.match(text):
        raise ArgumentTypeError(f"“{text}”: write a short name in Latin letters, digits and hyphens, such as zhenskiy")
    return text
