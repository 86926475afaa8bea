"""`manage.py withdraw_key KID`: for whoever runs the server, where no two administrators can do it on the screen."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lms.certificates.actions import NotAsIssued, sign_again, withdraw_key
from lms.certificates.models import Certificate, KeyState, SigningKey
from lms.certificates.queries import rehearse_withdrawal


class Command(BaseCommand):
    help = (
        "Withdraws a signing key that others may have seen, and signs its certificates again. Cut short, run it again:"
        " it goes on where it was. The audit trail says that it came from here."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kid", help="the key, as the page “Keys of the certificates” and the trust bundle name it")
        parser.add_argument("--drill", action="store_true", help="say what would happen, and do nothing")

    def handle(self, *args: Any, kid: str, drill: bool, **options: Any) -> None:
        key = SigningKey.objects.select_related("organisation").filter(pk=kid).first()
        if key is None:
            known = ", ".join(SigningKey.objects.order_by("-not_before", "kid").values_list("kid", flat=True))
            raise CommandError(f"There is no such key. There are: {known or 'none'}")
        would = rehearse_withdrawal(key)
        if drill:
            self.stdout.write(
                f"Key {kid} of {key.organisation.code}, {KeyState(key.state).value}: {would.certificates} certificates"
                f" would be signed again ({would.current} of them hold today, {would.erased} without a name), in about"
                f" {would.minutes} min. Nothing was done."
            )
            return
        withdraw_key(key=key, by=None, at=timezone.now(), via="command_line")
        refused = self._sign_again(key)
        self.stdout.write(f"Key {kid} is withdrawn; {would.certificates - refused} certificates were signed again.")
        if refused:
            raise CommandError(f"{refused} are not what the issue log says and were left: manage.py check_issue_log")

    def _sign_again(self, key: SigningKey) -> int:
        """How many are not as they were issued."""
        refused = 0
        for certificate in Certificate.objects.filter(key=key).order_by("pk"):
            try:
                sign_again(certificate=certificate, by=None, at=timezone.now())
            except NotAsIssued:
                refused += 1
        return refused
