"""`manage.py sign_titles`: once, after the upgrade from which on a verdict shows only titles that are signed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lms.certificates.actions import sign_titles
from lms.certificates.models import Certificate, KeyState
from lms.certificates.queries import issue_log_faults


class Command(BaseCommand):
    help = (
        "Signs the titles of certificates that were issued before titles were signed: until then a code stands there."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if list(issue_log_faults()):
            raise CommandError("Nothing was signed: the issue log is not whole. manage.py check_issue_log says where.")
        unsigned = Certificate.objects.filter(record_signature=b"").exclude(key__state=KeyState.COMPROMISED)
        certificates = list(unsigned.order_by("pk"))
        for certificate in certificates:
            sign_titles(certificate=certificate, by=None, at=timezone.now())
        self.stdout.write(f"Signed the titles of {len(certificates)} certificates.")
