"""`manage.py sign_credentials`: once, after the upgrade from which on there is a file for wallets."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lms.certificates.actions import sign_credential
from lms.certificates.models import Certificate, KeyState
from lms.certificates.queries import issue_log_faults


class Command(BaseCommand):
    help = "Signs the file for wallets (Open Badges 3.0) of certificates that were issued before there was one."

    def handle(self, *args: Any, **options: Any) -> None:
        if list(issue_log_faults()):
            raise CommandError("Nothing was signed: the issue log is not whole. manage.py check_issue_log says where.")
        without = Certificate.objects.current().filter(holder__sealed_credential=None, holder__erased_at=None)
        certificates = list(without.exclude(key__state=KeyState.COMPROMISED).order_by("pk"))
        for certificate in certificates:
            sign_credential(certificate=certificate, by=None, at=timezone.now())
        self.stdout.write(f"Signed the files of {len(certificates)} certificates.")
