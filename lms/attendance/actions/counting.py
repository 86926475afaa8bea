"""After its term attendance becomes counts: how many were there stays true, and nothing says any more who was."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from lms.attendance.models import SAID, AttendanceEvent, Mark, ModuleCount, SessionCount
from lms.attendance.queries import attendance_by_module, cohorts_to_count
from lms.attendance.scoring import AttendanceFigure
from lms.cohorts.actions import close_forgotten_cohort
from lms.cohorts.models import Cohort, EnrolmentState, Progress
from lms.people.actions import record_audit


def count_attendance_over_by(*, day: date, at: datetime) -> int:
    """Counts and forgets the attendance of cohorts whose last day was before `day`; says how many these were.

    All are counted before anything of one is forgotten: marks that somebody brought along from another cohort count
    in both.  Killed in between, it goes on where it was.
    """
    due = cohorts_to_count(day)
    for cohort in due:
        count_attendance(cohort=cohort, at=at)
    for cohort in due:
        forget_attendance(cohort=cohort, at=at)
    return len(due)


@transaction.atomic
def count_attendance(*, cohort: Cohort, at: datetime) -> None:
    """Per session how many were there, per module how many came often enough.  A repeat is harmless."""
    close_forgotten_cohort(cohort=cohort, at=at)
    if ModuleCount.objects.filter(cohort=cohort).exists():
        return
    SessionCount.objects.bulk_create(_session_counts(cohort))
    figures: dict[str, list[AttendanceFigure]] = defaultdict(list)
    for (_enrolment, module), figure in attendance_by_module(cohort).items():
        figures[module].append(figure)
    ModuleCount.objects.bulk_create(
        _module_count(cohort, module.module_code, figures[module.module_code]) for module in cohort.modules.all()
    )


def _session_counts(cohort: Cohort) -> list[SessionCount]:
    marks = Mark.objects.filter(session__cohort=cohort, status__in=SAID, enrolment__state=EnrolmentState.ENROLLED)
    said: dict[UUID, Counter[str]] = defaultdict(Counter)
    for session_id, status in marks.values_list("session", "status"):
        said[session_id][status] += 1
    return [SessionCount(session=session, **said[session.pk]) for session in cohort.sessions.all()]


def _module_count(cohort: Cohort, module_code: str, figures: Sequence[AttendanceFigure]) -> ModuleCount:
    return ModuleCount(
        cohort=cohort,
        module_code=module_code,
        people=len(figures),
        reached=sum(figure.is_enough for figure in figures),
        attended=sum(figure.attended for figure in figures),
        counted=sum(figure.counted for figure in figures),
    )


@transaction.atomic
def forget_attendance(*, cohort: Cohort, at: datetime) -> None:
    """Destroys marks, their evidence, and which lessons were read.  A repeat is harmless."""
    locked = Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
    if locked.attendance_counted_at:
        return
    events = AttendanceEvent.objects.filter(session__cohort=locked)
    Mark.objects.filter(session__cohort=locked).delete()
    events.update(corrects=None)
    events.delete()
    Progress.objects.filter(enrolment__cohort=locked).delete()
    locked.attendance_counted_at = at
    locked.save(update_fields=["attendance_counted_at"])
    record_audit(verb="count_attendance", subject=locked, by=None, at=at, organisation_id=locked.organisation_id)
