"""What is kept of people's accounts for a term only."""

from datetime import datetime

from django.db import transaction

from lms.people.models import LINK_HOLDS, AuditEntry, EmailChange, SignatoryChange


@transaction.atomic
def forget_audit(*, before: datetime) -> int:
    """Destroys what was written down before, with who signed before that; says how many entries that were."""
    SignatoryChange.objects.filter(at__lt=before).delete()
    return AuditEntry.objects.filter(at__lt=before).delete()[0]


@transaction.atomic
def forget_email_wishes(*, at: datetime) -> int:
    """Destroys wishes for another e-mail address whose link has run out; says how many."""
    return EmailChange.objects.filter(asked_at__lt=at - LINK_HOLDS).delete()[0]
