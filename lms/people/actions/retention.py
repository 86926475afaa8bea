"""What is kept of people's accounts for a term only."""

from datetime import datetime

from django.db import transaction

from lms.people.models import LINK_HOLDS, AuditEntry, EmailChange, SignatoryChange, User
from lms.people.queries import WAYS_IN


@transaction.atomic
def forget_audit(*, before: datetime) -> int:
    """Destroys what was written down before, with who signed before that; says how many entries that were.

    Not who could sign in as somebody: as long as there is an account, no second signature comes from there.
    """
    SignatoryChange.objects.filter(at__lt=before).delete()
    old = AuditEntry.objects.filter(at__lt=before)
    ways = old.filter(verb__in=WAYS_IN, subject_type=User._meta.label_lower)
    people = User.objects.filter(pk__in=set(ways.values_list("subject_id", flat=True)))
    living = people.filter(erased_at__isnull=True, merged_into__isnull=True).values_list("pk", flat=True)
    kept = ways.filter(subject_id__in=[str(pk) for pk in living])
    return old.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()[0]


@transaction.atomic
def forget_email_wishes(*, at: datetime) -> int:
    """Destroys wishes for another e-mail address whose link has run out; says how many."""
    return EmailChange.objects.filter(asked_at__lt=at - LINK_HOLDS).delete()[0]
