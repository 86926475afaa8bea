"""How often a name was compared with the one on a certificate: numbers for its holder, and nothing else."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from lms.certificates.models import NameCheckCount
from lms.common.dates import local_day


def count_name_checks(*, outcomes: Mapping[UUID, bool], at: datetime) -> None:
    """Certificate id → was it the name?  Each is one more in its month; in as many queries for one as for all."""
    if outcomes:
        _count(outcomes, local_day(at))


@transaction.atomic
def _count(outcomes: Mapping[UUID, bool], day: date) -> None:
    # Always in one order: two lists that name the same certificates wait for one another instead of for ever.
    chosen, month = sorted(outcomes), {"month": day.replace(day=1)}
    empty = [NameCheckCount(certificate_id=one, last_on=day, **month) for one in chosen]
    NameCheckCount.objects.bulk_create(empty, ignore_conflicts=True)
    rows = NameCheckCount.objects.filter(**month)
    list(rows.filter(certificate__in=chosen).select_for_update(no_key=True).order_by("certificate").values_list("pk"))
    for matched, column in ((True, "matches"), (False, "mismatches")):
        asked = [one for one in chosen if outcomes[one] is matched]
        rows.filter(certificate__in=asked).update(**{column: F(column) + 1}, last_on=day)


@transaction.atomic
def forget_name_checks(*, before: date) -> int:
    """The counts of months before the one of this day; says how many."""
    return NameCheckCount.objects.filter(month__lt=before.replace(day=1)).delete()[0]
