"""What is written down of a search."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from lms.cohorts.models import Enrolment
from lms.people.actions import record_audit
from lms.people.models import User


@transaction.atomic
def note_recognised(*, found: Iterable[Enrolment], by: User, at: datetime) -> None:
    """These people were found by a name or an address that is encrypted: whoever finds them knew it, or guessed it."""
    for enrolment in found:
        organisation = enrolment.cohort.organisation_id
        record_audit(verb="find_by_name", subject=enrolment.person, by=by, at=at, organisation_id=organisation)
