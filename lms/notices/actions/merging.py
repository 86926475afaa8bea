"""Two rows of one person become one: her messages, and how she is told."""

from datetime import datetime

from django.db import transaction

from lms.notices.models import PERSON_GONE, ContactRule, Notice, NoticeState
from lms.people.actions import take_over_contacts
from lms.people.models import User


@transaction.atomic
def take_over_notices(*, kept: User, merged: User, at: datetime) -> None:
    """Each message once: where both rows have it, that of the row that stays.

    Its rule of how she is told holds too, with its address; without one the other row's does.
    """
    hers = Notice.objects.filter(person=merged)
    twice = hers.filter(batch__in=list(Notice.objects.filter(person=kept).values_list("batch", flat=True)))
    twice.waiting().update(state=NoticeState.CANCELLED, reason=PERSON_GONE, ended_at=at)
    hers.exclude(pk__in=list(twice.values_list("pk", flat=True))).update(person=kept)
    if ContactRule.objects.filter(person=kept).exists():
        ContactRule.objects.filter(person=merged).delete()
    elif ContactRule.objects.filter(person=merged).update(person=kept):
        take_over_contacts(kept=kept, merged=merged)
