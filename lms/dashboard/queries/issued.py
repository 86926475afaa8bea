"""What waits at the certificates that a coordinator answers for: some end soon, and of some a holder asks why."""

from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, Value

from lms.certificates.queries import certificates_for, ending_for
from lms.cohorts.models import Cohort
from lms.common.dates import local_day
from lms.people.models import User

# That she was answered is written down nowhere: so long it stands on the desk, and at the certificates ever after.
SHOWN = timedelta(days=30)


class Asked(NamedTuple):
    """A cohort, and how many holders of its certificates ask why theirs was revoked or suspended."""

    cohort_id: UUID
    cohort: str
    people: int


class Issued(NamedTuple):
    """How many trainers' certificates end soon, and where holders ask."""

    ending: int
    asked: list[Asked]


def issued_by(user: User, at: datetime) -> Issued:
    """Of the cohorts that she coordinates.  One query where nobody asks.

    Asked about is the state in which the certificate still is; an erased holder cannot be told.
    """
    ending = ending_for(user, local_day(at)).values_list("cohort", Value(value=False))
    asked = certificates_for(user).filter(
        person__isnull=False, questions__about=F("state_since"), questions__at__gt=at - SHOWN
    )
    rows = ending.order_by().union(asked.order_by().values_list("cohort", Value(value=True)), all=True)
    counted = Counter[tuple[UUID, bool]](rows)
    people = {cohort: count for (cohort, asks), count in counted.items() if asks}
    cohorts = Cohort.objects.filter(pk__in=people).order_by("code") if people else []
    return Issued(
        sum(count for (_cohort, asks), count in counted.items() if not asks),
        [Asked(one.pk, one.title or one.code, people[one.pk]) for one in cohorts],
    )
