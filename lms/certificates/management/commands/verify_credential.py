"""`manage.py verify_credential FILE`: is it genuine?  0: good, 1: refused, 2: cannot be told from here."""

import sys
import warnings
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.utils import timezone

from lms.certificates.importers import MOST_BYTES, ask_host, judge_credential
from lms.certificates.rendering import REASONS, licence_at_rest, plain, sentence_of, way_back_of
from lms.certificates.signing import Outcome

EXIT_CODES = {Outcome.GOOD: 0, Outcome.REFUSED: 1, Outcome.OPEN: 2}


class Command(BaseCommand):
    help = "Judges a credential of Open Badges 3.0: JSON, a compact JWS, or a picture with one inside."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the file; - for what comes in")

    @no_translations
    def handle(self, *args: Any, file: str, **options: Any) -> None:
        try:
            with sys.stdin.buffer if file == "-" else Path(file).open("rb") as source:
                content = source.read(MOST_BYTES + 1)
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error.strerror}", returncode=2) from error
        # joserfc says of each JWS that RFC 9864 would call the same algorithm Ed25519.
        warnings.filterwarnings("ignore", message="EdDSA is deprecated")
        said = judge_credential(content, base_url=settings.PUBLIC_BASE_URL, at=timezone.now(), ask=ask_host)
        code = f" ({said.code})" if said.code else ""
        self.stdout.write(f"{REASONS[said.code][1]}{code}")
        if licence := licence_at_rest(said):
            self.stdout.write(" ".join(filter(None, (sentence_of(licence), way_back_of(licence)))))
        for label, text in (("Issuer", said.issuer), ("Name", said.issuer_name), ("Achievement", said.title)):
            if text:
                self.stdout.write(f"{label}: {plain(text)}")
        if said.outcome != Outcome.GOOD:
            sys.exit(EXIT_CODES[said.outcome])
