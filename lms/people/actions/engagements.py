"""What apps above know and this one needs: for whom somebody trains or coaches."""

from collections.abc import Iterable
from uuid import UUID

from lms.people.models import Engagement, Organisation, User
from lms.people.permissions import ask_anew


def note_engagement(*, people: Iterable[User], organisation: Organisation | UUID) -> None:
    """Writes down that they train, may train or coach for it; a repeat is harmless.  Nothing takes it back."""
    organisation_id = organisation.pk if isinstance(organisation, Organisation) else organisation
    rows = [Engagement(person=person, organisation_id=organisation_id) for person in people]
    Engagement.objects.bulk_create(rows, ignore_conflicts=True)
    for row in rows:
        ask_anew(row.person)
