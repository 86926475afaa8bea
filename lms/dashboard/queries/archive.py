"""Every cohort of a person, the closed ones too: what no longer fits on the desk."""

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.cohorts.models import ENDED_STATES, LIVE_STATES, Cohort, CohortState
from lms.cohorts.queries import own_enrolments, run_cohorts_for, with_counts
from lms.dashboard.queries.cards import in_short
from lms.people.models import RoleKind, User
from lms.people.permissions import scope_filter

# The parts of the list: their name in the address, what they are called, the states that they hold.
PARTS: dict[str, tuple[Promise, tuple[CohortState, ...]]] = {
    "": (_("All"), tuple(CohortState)),
    "live": (_("Open and running"), LIVE_STATES),
    "drafts": (_("Drafts"), (CohortState.DRAFT,)),
    "ended": (_("Closed and cancelled"), ENDED_STATES),
}


def archive_for(user: User, part: str = "") -> QuerySet[Cohort]:
    """The cohorts that she runs, the newest first, with their counts; a key of PARTS narrows them down."""
    _name, states = PARTS[part]
    return with_counts(in_short(run_cohorts_for(user).filter(state__in=states)))


def followed_cohorts(user: User) -> list[Cohort]:
    """Those in which she takes or took part, the newest first."""
    return [enrolment.cohort for enrolment in own_enrolments(user)]


def counted_for(user: User) -> list[Cohort]:
    """For a monitoring officer: cohorts of her organisations and regions with their counts, and nobody's name."""
    hers = scope_filter(user, [RoleKind.MONITOR], "organisation", "region__path")
    cohorts = Cohort.objects.filter(hers).exclude(state=CohortState.DRAFT)
    return list(with_counts(cohorts.select_related("region")).order_by("-starts_on")[:50])
