"""What is kept of people's accounts for a term only."""

from datetime import datetime

from django.db import transaction

from lms.people.models import LINK_HOLDS, OFFER_HOLDS, AuditEntry, EmailChange, RoleOffer


@transaction.atomic
def forget_audit(*, before: datetime) -> int:
    """Destroys what was written down before; says how many entries that were."""
    return AuditEntry.objects.filter(at__lt=before).delete()[0]


@transaction.atomic
def forget_unanswered(*, at: datetime) -> int:
    """Destroys wishes for another e-mail address, and offers of a role, that can be answered no more."""
    wishes = EmailChange.objects.filter(asked_at__lt=at - LINK_HOLDS)
    offers = RoleOffer.objects.filter(offered_at__lt=at - OFFER_HOLDS)
    return wishes.delete()[0] + offers.delete()[0]
