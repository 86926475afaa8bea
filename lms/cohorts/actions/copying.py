"""A new cohort like an old one."""

from datetime import date, datetime, timedelta

from django.db import transaction

from curricula.queries import module_outlines
from lms.cohorts.actions.planning import plan_cohort
from lms.cohorts.checks import PlannedLesson, proposed_starts, shifted_starts
from lms.cohorts.models import Cohort, TrainerPart
from lms.cohorts.permissions import manages
from lms.common.languages import texts_of
from lms.people.actions import record_audit
from lms.people.models import User


@transaction.atomic
def duplicate_cohort(*, cohort: Cohort, starts_on: date, by: User, at: datetime) -> Cohort:
    """A draft with its modules, languages, places, place, title, trainers and days between the lessons.

    Nobody who takes part goes with it, nor does anything that was recorded.  Whoever plans for herself alone leads it.
    Raises what `plan_cohort` does.
    """
    parts = list(cohort.trainers.select_related("person"))
    lead = next(part.person for part in parts if part.part == TrainerPart.LEAD) if manages(by, cohort) else by
    copy = plan_cohort(
        organisation=cohort.organisation,
        programme=cohort.programme,
        module_codes=[module.module_code for module in cohort.modules.all()],
        region=cohort.region,
        starts_on=starts_on,
        languages=cohort.languages,
        lead=lead,
        co_trainers=[part.person for part in parts if part.part == TrainerPart.CO] if manages(by, cohort) else [],
        capacity=cohort.capacity,
        place=cohort.place,
        title=texts_of(cohort, "title"),
        session_starts=_pattern(cohort, starts_on),
        by=by,
        at=at,
    )
    details = {"from": cohort.code}
    organisation = cohort.organisation_id
    record_audit(verb="duplicate_cohort", subject=copy, by=by, at=at, organisation_id=organisation, details=details)
    return copy


def _pattern(cohort: Cohort, starts_on: date) -> dict[str, datetime]:
    """When each lesson starts: as in `cohort`; lessons that the module did not have then follow the last of these."""
    held: dict[str, datetime] = {}
    for session in sorted(cohort.sessions.filter(is_extra=False), key=lambda s: (not s.counts, s.starts_at)):
        held.setdefault(session.lesson_code, session.starts_at)
    starts = shifted_starts(held, starts_on, cohort.time_zone)
    outlines = module_outlines([module.module_code for module in cohort.modules.all()])
    new = [
        PlannedLesson(outline.code, lesson.code, lesson.minutes)
        for outline in outlines
        for lesson in outline.lessons
        if lesson.code not in starts
    ]
    last = max(starts.values(), default=None)
    return {**starts, **proposed_starts(new, last.date() + timedelta(days=1) if last else starts_on)}
