"""Which cohorts that a coordinator closed have people who qualify and have no certificate."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import DateTimeField, Exists, OuterRef, QuerySet

from lms.certificates.models import Certificate, CertificateKind
from lms.certificates.queries import eligibility_of
from lms.cohorts.models import Cohort, CohortState, Enrolment
from lms.cohorts.permissions import managed_by
from lms.common.prepared import prepared
from lms.people.models import Consent, ConsentPurpose, LegalName, User
from lms.people.permissions import Reader

# After that, whoever has none will hardly get one, and the desk goes on.
REMINDED = timedelta(days=60)
# Whether somebody qualifies takes a dozen queries a cohort, so only the latest few are looked at.
LOOKED_AT = 4


class Uncertified(NamedTuple):
    """A closed cohort, and how many of its people met the rule and have no certificate of it."""

    cohort_id: UUID
    cohort: str
    people: int


def uncertified_of(user: User, at: datetime) -> list[Uncertified]:
    """The latest closed first.  One query where nobody agreed and gave her name, and still waits."""
    ids = _closed(user=user, since=at - REMINDED)
    found = [_uncertified(cohort) for cohort in Cohort.objects.filter(pk__in=ids).order_by("-closed_at")] if ids else []
    return [one for one in found if one.people]


def _uncertified(cohort: Cohort) -> Uncertified:
    waiting = [one for one in eligibility_of(cohort) if one.is_due and one.certificate is None]
    return Uncertified(cohort.pk, cohort.title or cohort.code, len(waiting))


@prepared(user=Reader(), since=DateTimeField())
def _closed(user: Any, since: Any) -> QuerySet[Cohort, UUID]:
    """Where at least one could qualify: what that asks of papers is asked here, so that most are not looked at."""
    hers = Certificate.objects.filter(
        cohort=OuterRef("cohort"), person=OuterRef("person"), kind=CertificateKind.PARTICIPANT
    )
    named = LegalName.objects.filter(person=OuterRef("person"))
    agreed = Consent.objects.filter(person=OuterRef("person"), purpose=ConsentPurpose.CERTIFICATE, given=True)
    people = Enrolment.objects.enrolled().filter(Exists(named), Exists(agreed), ~Exists(hers))
    closed = Cohort.objects.filter(
        managed_by(user), state=CohortState.CLOSED, closed_at__gte=since, attendance_counted_at__isnull=True
    )
    waiting = closed.filter(Exists(people.filter(cohort=OuterRef("pk"))))
    return waiting.order_by("-closed_at").values_list("pk", flat=True)[:LOOKED_AT]
