"""`manage.py verify_credential FILE`: is it genuine?  0: good, 1: refused, 2: cannot be told from here."""

import sys
import warnings
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lms.certificates.importers import MOST_BYTES, Outcome, ask_host, judge_credential

EXIT_CODES = {Outcome.GOOD: 0, Outcome.REFUSED: 1, Outcome.OPEN: 2}
REASONS = {
    "": "Genuine, and it holds now.",
    # the file
    "no_credential": "There is no credential in this file.",
    "two_credentials": "There is more than one credential in this file.",
    "too_large": "The file is larger than a credential is.",
    "not_json": "The credential is not JSON, or a key stands in it twice.",
    "bad_picture": "The picture is damaged, or refers to other files.",
    "not_a_badge": "This is no credential of Open Badges 3.0.",
    "unknown_context": "It speaks in terms of a context that is not known here; none is fetched.",
    "unsigned_term": "It says something that its contexts do not define, and that is not signed for that reason.",
    "ambiguous": "It describes the same thing in two ways.",
    "malformed": "It is not well formed.",
    "too_complex": "It is too deep or too long to be judged.",
    "bad_dates": "A date in it is none.",
    # the signature
    "no_proof": "It is not signed.",
    "unsupported_proof": "It is signed in another way than Ed25519 (eddsa-rdfc-2022, or a JWS with EdDSA).",
    "bad_proof": "Its proof is incomplete, or says more than it may.",
    "key_in_header": "It brings along the key by which it wants to be judged.",
    "foreign_key": "It is signed by another key than one of the issuer that it names.",
    "unknown_key": "The issuer does not publish the key that it is signed by.",
    "withdrawn_key": "It is signed with a key that was withdrawn; ask its holder for the file of today.",
    "bad_signature": "It was changed after it was signed.",
    # the state
    "not_yet_valid": "It is not valid yet.",
    "expired": "It has expired.",
    "revoked": "It was revoked.",
    "suspended": "It is suspended.",
    "superseded": "It was replaced by a newer one.",
    "not_issued_here": "It was not issued here.",
    "unknown_status": "The list that would say whether it was revoked cannot be relied on.",
    # cannot be told
    "host_not_allowed": "Its issuer is elsewhere, and its host is not in CREDENTIAL_HOSTS: nobody was asked.",
    "unreachable": "Its issuer's host gives no answer that can be used.",
    "nobody_vouches": "The signature is good, but its issuer is only a key: nobody says whose.",
}


class Command(BaseCommand):
    help = "Judges a credential of Open Badges 3.0: JSON, a compact JWS, or a picture with one inside."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the file; - for what comes in")

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
        self.stdout.write(f"{REASONS[said.code]}{code}")
        for label, text in (("Issuer", said.issuer), ("Name", said.issuer_name), ("Achievement", said.title)):
            if text:
                self.stdout.write(f"{label}: {_plain(text)}")
        if said.outcome != Outcome.GOOD:
            sys.exit(EXIT_CODES[said.outcome])


def _plain(text: str) -> str:
    """A stranger's text on a terminal: one line, without control characters."""
    return "".join(letter if letter.isprintable() else " " for letter in text)[:300]
