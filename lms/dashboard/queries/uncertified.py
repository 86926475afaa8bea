"""Which cohorts that a coordinator closed have people who came and have no certificate."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, DateTimeField, Exists, OuterRef, QuerySet

from lms.attendance.models import Mark, Status
from lms.certificates.models import Certificate, CertificateKind
from lms.cohorts.models import Cohort, CohortState, Enrolment
from lms.cohorts.permissions import managed_by
from lms.common.languages import LANGUAGE_CODES, pick
from lms.common.prepared import prepared
from lms.people.models import User
from lms.people.permissions import Reader

# After that, whoever has none will hardly get one, and the desk goes on.
REMINDED = timedelta(days=60)


class Uncertified(NamedTuple):
    """A closed cohort, and how many of its people came and have no certificate of it.

    Whether they kept the rule, only the page of its certificates knows: that takes as many queries as a desk may.
    """

    cohort_id: UUID
    cohort: str
    people: int


def uncertified_of(user: User, at: datetime) -> list[Uncertified]:
    """The latest closed first: one query."""
    rows = _closed(user=user, since=at - REMINDED)
    return [
        Uncertified(cohort_id, pick(dict(zip(LANGUAGE_CODES, titles, strict=True))) or code, people)
        for cohort_id, code, _closed_at, *titles, people in rows
    ]


@prepared(user=Reader(), since=DateTimeField())
def _closed(user: Any, since: Any) -> QuerySet[Enrolment, tuple[Any, ...]]:
    closed = Cohort.objects.filter(
        managed_by(user), state=CohortState.CLOSED, closed_at__gte=since, attendance_counted_at__isnull=True
    )
    hers = Certificate.objects.filter(
        cohort=OuterRef("cohort"), person=OuterRef("person"), kind=CertificateKind.PARTICIPANT
    )
    came = Mark.objects.filter(enrolment=OuterRef("pk"), status__in=(Status.PRESENT, Status.LATE))
    people = Enrolment.objects.enrolled().filter(Exists(came), ~Exists(hers), cohort__in=closed.values("pk"))
    titles = [f"cohort__title_{code}" for code in LANGUAGE_CODES]
    rows = people.values_list("cohort_id", "cohort__code", "cohort__closed_at", *titles)
    return rows.annotate(people=Count("pk")).order_by("-cohort__closed_at")[:6]
