"""What waits at the certificates that a coordinator answers for: some end soon, and of some a holder asks why."""

from collections import Counter
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import DateField, F, QuerySet, Value

from lms.certificates.checks import ENDS_SOON
from lms.certificates.models import Certificate
from lms.certificates.queries import certificates_for, ending_for
from lms.cohorts.models import Cohort
from lms.common.dates import local_day
from lms.common.prepared import prepared
from lms.people.models import User
from lms.people.permissions import Reader


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

    Asked about is the state in which the certificate still is, until it is noted that she was told; an erased holder
    cannot be.
    """
    day = local_day(at)
    counted = Counter(_waiting(user=user, day=day, soon=day + ENDS_SOON))
    people = {cohort: count for (cohort, asks), count in counted.items() if asks}
    cohorts = Cohort.objects.filter(pk__in=people).order_by("code") if people else []
    return Issued(
        sum(count for (_cohort, asks), count in counted.items() if not asks),
        [Asked(one.pk, one.title or one.code, people[one.pk]) for one in cohorts],
    )


@prepared(user=Reader(), day=DateField(), soon=DateField())
def _waiting(user: Any, day: Any, soon: Any) -> QuerySet[Certificate, tuple[UUID, bool]]:
    """The cohort of each that ends soon, and of each that is asked about: what tells them apart is the second value."""
    ending = ending_for(user, day, soon).order_by().values_list("cohort", Value(value=False))
    questions = {"questions__about": F("state_since"), "questions__answered_at": None}
    asked = certificates_for(user).filter(person__isnull=False, **questions)
    return ending.union(asked.order_by().values_list("cohort", Value(value=True)), all=True)
