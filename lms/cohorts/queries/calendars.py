"""Calendars: whose a secret address is, and what it shows."""

import hmac
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from lms.cohorts.models import CalendarAddress, Cohort, CohortState, Session
from lms.cohorts.permissions import trained_by
from lms.cohorts.queries.cohorts import own_enrolments, run_cohorts_for
from lms.common.crypto import keyed_index, unseal
from lms.people.models import User
from lms.people.queries import is_living

# A calendar keeps what has passed so long.
KEPT = timedelta(days=90)


def calendar_addresses_for(user: User) -> QuerySet[CalendarAddress]:
    """Her own, that of all her sessions first."""
    addresses = CalendarAddress.objects.filter(person=user).select_related("cohort", "person__key")
    return addresses.order_by("created_at")


def token_of(address: CalendarAddress) -> str:
    """The secret, for its owner's eyes."""
    return unseal(address.person.key.wrapped, address.sealed)


def calendar_behind(token: str) -> CalendarAddress | None:
    """The address with exactly this secret, while its person is there and may see what it shows."""
    known = CalendarAddress.objects.filter(index=keyed_index("calendar", token), person__key__isnull=False)
    address = known.select_related("person__key").first()
    if address is None or not is_living(address.person):
        return None
    # The index folds what people type; a secret is copied.
    return address if hmac.compare_digest(token_of(address).encode(), token.encode()) else None


def sessions_behind(address: CalendarAddress, at: datetime) -> list[Session]:
    """What the address shows today, by time: roles and enrolments count as they are now, not as when it was made."""
    cohorts = _cohorts_of(address.person, address.cohort_id).exclude(state=CohortState.DRAFT)
    sessions = Session.objects.filter(cohort__in=cohorts.order_by().values("pk"), ends_at__gte=at - KEPT)
    return list(sessions.select_related("cohort").defer("checkin_seed").order_by("starts_at"))


def _cohorts_of(person: User, cohort_id: UUID | None) -> QuerySet[Cohort]:
    if cohort_id is not None:
        return run_cohorts_for(person).filter(pk=cohort_id)
    learns = own_enrolments(person).enrolled().order_by().values("cohort")
    return Cohort.objects.filter(pk__in=learns) | Cohort.objects.filter(trained_by(person))
