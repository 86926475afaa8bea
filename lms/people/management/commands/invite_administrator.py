"""`manage.py invite_administrator`: a second administrator, who owes her role to nobody in the organisation."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from lms.common.errors import ActionError
from lms.common.languages import LANGUAGE_CODES
from lms.people.actions import invite_administrator, make_password_key
from lms.people.adapters import password_address
from lms.people.models import Organisation


class Command(BaseCommand):
    help = (
        "Makes another administrator of an organisation, and prints the link with which she sets her password."
        " A coordinator's role, the first trainers, the withdrawal of a key and a copy of one need two signatures, and"
        " neither signer may have her role from the other: so every organisation needs an administrator more than the"
        " one with whom it was made, and she is made by this command."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="of the organisation")
        parser.add_argument("username", help="hers")
        parser.add_argument(
            "--language", choices=LANGUAGE_CODES, default=settings.LANGUAGE_CODE, help="in which she is spoken to"
        )

    def handle(self, **options: Any) -> None:
        organisation = Organisation.objects.filter(code=options["code"]).first()
        if organisation is None:
            raise CommandError("No organisation has this code.")
        now, username, language = timezone.now(), options["username"], options["language"]
        try:
            person = invite_administrator(
                organisation=organisation,
                username=username,
                # Until she writes her own; a.asanova would pass for the address of a site.
                display_name=username.replace(".", " "),
                language=language,
                by=None,
                at=now,
            ).person
        except ActionError as error:
            raise CommandError(str(error)) from error
        key = make_password_key(person=person, by=person, at=now)
        self.stdout.write(f"Her user name: {person.username}")
        self.stdout.write("She sets her password here, once, within three days:")
        with translation.override(language):
            self.stdout.write(password_address(key))
