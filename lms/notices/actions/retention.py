"""What was sent, and what was not, is kept for a term."""

from datetime import datetime

from django.db import transaction

from lms.notices.models import Notice


@transaction.atomic
def forget_ended_notices(*, before: datetime) -> int:
    """Destroys the notices that were sent, cancelled or given up before; says how many."""
    return Notice.objects.filter(ended_at__lt=before).delete()[0]
