"""Who may record what she saw.  Nobody observes herself; that stands in the actions and in the table."""

from lms.cohorts.models import Cohort
from lms.cohorts.permissions import may_see_to_people, runs
from lms.cohorts.queries import observed_cohorts_for
from lms.people.models import User


def may_observe_session(user: User, cohort: Cohort) -> bool:
    """Real sessions: observers and coaches, who come from outside the cohort."""
    return observed_cohorts_for(user).filter(pk=cohort.pk).exists()


def may_observe_teach_back(user: User, cohort: Cohort) -> bool:
    """Teach-backs: the same people, and those who run the cohort and have not left its organisation."""
    return (runs(user, cohort) and may_see_to_people(user, cohort)) or may_observe_session(user, cohort)
