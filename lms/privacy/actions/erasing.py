"""One person erased: each app gives up what it holds of her, and the counts stay true."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from lms.assessments.actions import erase_texts
from lms.attendance.actions import erase_reasons
from lms.certificates.actions import erase_certificates
from lms.cohorts.actions import leave_cohorts, require_no_cohort_led
from lms.common.journal import append_entry
from lms.notices.actions import forget_notices
from lms.people.actions import erase_details, record_audit, require_may_go
from lms.people.models import ConsentChannel, User
from lms.privacy.models import ErasureReason

ERASE_PERSON = "erase_person"


@dataclass(frozen=True)
class Wish:
    """Why somebody is erased, and how she said so."""

    reason: str = ErasureReason.OWN_WISH
    channel: str = ConsentChannel.SCREEN


@transaction.atomic
def erase_person(*, person: User, by: User | None, at: datetime, wish: Wish | None) -> User:
    """Destroys whatever says who she was; what she did stays under her number.  A repeat is harmless.

    `wish` is None where an erasure of before a restore is done again: then nothing is asked, and nothing stops it.
    Certificates are signed anew without her name: for the worker, which holds the keys.
    Raises LeadsCohorts, LastAdministrator, LastOperator.
    """
    # Not against whoever writes a row that names her: an issuer who holds her enrolment ends first.
    locked = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if wish and locked.erased_at is None:
        require_erasable(person=locked, at=at)
    for row in _rows_of(locked):
        _erase_row(row, by, at, wish)
    locked.refresh_from_db()
    return locked


@transaction.atomic
def require_erasable(*, person: User, at: datetime) -> None:
    """Raises LeadsCohorts, LastAdministrator, LastOperator where others need her first to hand over."""
    require_no_cohort_led(person=person)
    require_may_go(person=person, at=at)


def _rows_of(person: User) -> list[User]:
    """Hers, and those that were merged into it."""
    rows = newest = [person]
    while newest:
        newest = list(User.objects.select_for_update(no_key=True).filter(merged_into__in=newest).order_by("pk"))
        rows = [*rows, *newest]
    return rows


def _erase_row(person: User, by: User | None, at: datetime, wish: Wish | None) -> None:
    if person.erased_at:
        return
    # Her enrolments first: whoever is writing her a certificate holds one, and is waited for.
    leave_cohorts(person=person, by=by, at=at)
    erase_certificates(person=person, by=by, at=at)
    erase_texts(person=person)
    erase_reasons(person=person)
    forget_notices(person=person)
    erase_details(person=person, by=by, at=at)
    record_audit(verb=ERASE_PERSON, subject=person, by=by, at=at, details=asdict(wish) if wish else {"replayed": True})
    if wish:
        append_entry(ERASE_PERSON, str(person.pk), at)
