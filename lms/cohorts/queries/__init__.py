"""What is read about cohorts.  Whatever a person is shown starts at one of the `*_for(user)` querysets."""

from lms.cohorts.queries.cohorts import (
    cohorts_for,
    get_managed_cohort_or_404,
    get_run_cohort_or_404,
    managed_cohorts_for,
    observed_cohorts_for,
    own_enrolments,
    places_left,
    roster,
    run_cohorts_for,
    sessions_for,
    waiting_list,
    with_counts,
)
from lms.cohorts.queries.lessons import (
    FacilitatorPlan,
    LessonText,
    Reading,
    has_read,
    lesson_text_or_404,
    plan_or_404,
    reading_or_404,
)
from lms.cohorts.queries.planning import PlanningRight, TrainerChoice, planning_rights, trainer_choices
from lms.cohorts.queries.standings import (
    LEVEL_ORDER,
    current_standing,
    founding_proposals_for,
    managed_standings_for,
    standings_for,
)

__all__ = [
    "LEVEL_ORDER",
    "FacilitatorPlan",
    "LessonText",
    "PlanningRight",
    "Reading",
    "TrainerChoice",
    "cohorts_for",
    "current_standing",
    "founding_proposals_for",
    "get_managed_cohort_or_404",
    "get_run_cohort_or_404",
    "has_read",
    "lesson_text_or_404",
    "managed_cohorts_for",
    "managed_standings_for",
    "observed_cohorts_for",
    "own_enrolments",
    "places_left",
    "plan_or_404",
    "planning_rights",
    "reading_or_404",
    "roster",
    "run_cohorts_for",
    "sessions_for",
    "standings_for",
    "trainer_choices",
    "waiting_list",
    "with_counts",
]
