"""Full names on a list of people whose full name is kept already: it stays, and that is said.

Who may not read the kept name learns nothing of whether the list's is the same.
"""

from collections.abc import Collection
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.cohorts.models import Cohort, Enrolment, EnrolmentState
from lms.cohorts.permissions import manages
from lms.common.crypto import keyed_index
from lms.people.models import LegalName, User

DIFFERS = _("the full name differs from the one that is kept; that one stays: correct it on the page of the person")
STAYS = _(
    "rows %(rows)s: a full name is kept already and stays as it is; a coordinator corrects it on the person’s page"
)


class KeptNames:
    """What is kept of these people, and of whom the reader may be told that the list says something else."""

    def __init__(self, cohort: Cohort, by: User, people: Collection[UUID]) -> None:
        self.indexes = dict(LegalName.objects.filter(person__in=people).values_list("person", "index"))
        self.comparable = _readable(cohort, set(self.indexes)) if manages(by, cohort) else set()
        self.uncompared: list[int] = []

    def __contains__(self, person_id: UUID | None) -> bool:
        return person_id in self.indexes

    def against(self, person_id: UUID, name: str, number: int) -> Promise | None:
        """What is said of this row at once; who stays uncompared is said together, see `said_of_all`."""
        if person_id in self.comparable:
            return DIFFERS if keyed_index("legal_name", name) != self.indexes[person_id] else None
        self.uncompared.append(number)
        return None

    def said_of_all(self) -> str:
        """One line for the rows that were not compared; empty where there are none."""
        return str(STAYS) % {"rows": ", ".join(map(str, self.uncompared))} if self.uncompared else ""


def _readable(cohort: Cohort, people: set[UUID]) -> set[UUID]:
    """As `may_read_legal_name`, for a coordinator of the cohort and many people: two queries."""
    here = cohort.enrolments.filter(person__in=people, state=EnrolmentState.ENROLLED).values_list("person", flat=True)
    elsewhere = Enrolment.objects.filter(person__in=people).exclude(cohort__organisation=cohort.organisation_id)
    return set(here) - set(elsewhere.values_list("person", flat=True))
