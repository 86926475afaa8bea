"""Secret addresses for calendars: made, and revoked."""

import secrets
from datetime import datetime

from django.db import IntegrityError, transaction

from lms.cohorts.models import CalendarAddress, Cohort
from lms.common.crypto import keyed_index, seal
from lms.common.journal import append_entry
from lms.people.actions import record_audit, require_awake
from lms.people.models import User


@transaction.atomic
def make_calendar_address(*, person: User, by: User, at: datetime, cohort: Cohort | None = None) -> CalendarAddress:
    """An address of all her sessions, or of one cohort's; if she has it already, that one.

    Raises PinProvesNothing while her roles sleep: it would go on answering whoever printed her card.
    """
    require_awake(person=person)
    token = secrets.token_hex(16)
    address = CalendarAddress(
        person=person,
        cohort=cohort,
        sealed=seal(person.key.wrapped, token),
        index=keyed_index("calendar", token),
        created_at=at,
    )
    try:
        with transaction.atomic():
            address.save(force_insert=True)
    except IntegrityError:
        return CalendarAddress.objects.get(person=person, cohort=cohort)
    record_audit(verb="make_calendar_address", subject=address, by=by, at=at)
    return address


@transaction.atomic
def revoke_calendar_address(*, address: CalendarAddress, by: User | None, at: datetime) -> None:
    """From now on it answers nothing; a new one is another address.  `by` is None after a restore."""
    identity = str(address.pk)
    record_audit(verb="revoke_calendar_address", subject=address, by=by, at=at)
    address.delete()
    append_entry("revoke_calendar_address", identity, at)


def shut_calendars(*, person: User, by: User, at: datetime) -> None:
    """All her addresses: whoever can sign in as she reads them on her page, and they outlive a PIN.

    For actions that give `by` her PIN, within their transaction.
    """
    for address in CalendarAddress.objects.select_for_update(no_key=True).filter(person=person).order_by("pk"):
        revoke_calendar_address(address=address, by=by, at=at)
