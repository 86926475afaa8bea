"""Marks and figures.  Every function takes a fixed number of queries, whatever the size of the cohort."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import QuerySet

from lms.attendance.models import AttendanceEvent, Mark
from lms.attendance.scoring import AttendanceFigure, count_attendance
from lms.cohorts.models import Cohort, CohortModule, Enrolment, Session, SessionState

# Where a module names no rule of its own.
DEFAULT_RULE = {"attendance_percent": 80, "excused_max_percent": 20}
Figures = dict[tuple[UUID, str], AttendanceFigure]


def marks_of(session: Session) -> dict[UUID, tuple[str, bool]]:
    """The current mark of each enrolment that has one: {enrolment id: (status, is disputed)}."""
    marks = Mark.objects.said().filter(session=session).values_list("enrolment_id", "status", "is_disputed")
    return {enrolment_id: (status, disputed) for enrolment_id, status, disputed in marks}


def marks_of_cohort(cohort: Cohort) -> dict[tuple[UUID, UUID], Mark]:
    """All marks of a cohort by (enrolment id, session id)."""
    marks = Mark.objects.said().filter(session__cohort=cohort)
    return {(mark.enrolment_id, mark.session_id): mark for mark in marks}


def mark_of(session: Session, enrolment: Enrolment) -> Mark | None:
    """One person's mark with the event that holds and the one before it; a mark that was taken back too."""
    marks = Mark.objects.filter(session=session, enrolment=enrolment)
    return marks.select_related("event__corrects").first()


def history_of(session: Session, enrolment: Enrolment) -> QuerySet[AttendanceEvent]:
    """Everything that was ever said of one person in one session, the newest first; who said it stays out."""
    events = AttendanceEvent.objects.filter(session=session, enrolment=enrolment).defer("recorded_by", "body_hash")
    return events.order_by("-received_at", "-pk")


def attendance_by_module(cohort: Cohort) -> Figures:
    """Attendance of everyone enrolled, per module of the cohort: {(enrolment id, module code): figure}."""
    return _figures(cohort, list(Enrolment.objects.filter(cohort=cohort).enrolled().values_list("pk", flat=True)))


def attendance_for(enrolment: Enrolment) -> dict[str, AttendanceFigure]:
    """One person's attendance per module code."""
    return {module: figure for (_id, module), figure in _figures(enrolment.cohort, [enrolment.pk]).items()}


def attendance_from(
    modules: Iterable[CohortModule], sessions: Iterable[Session], marks: Mapping[UUID, Mark]
) -> dict[str, AttendanceFigure]:
    """The same per module code from rows that are at hand: no query.  `marks` are one person's by session id."""
    planned: dict[str, list[Session]] = defaultdict(list)
    for session in sessions:
        if session.counts:
            planned[session.module_code].append(session)
    return {
        module.module_code: _figure(
            [marks[session.pk].status for session in planned[module.module_code] if session.pk in marks],
            len(planned[module.module_code]),
            _rule(module),
        )
        for module in modules
    }


def _rule(module: CohortModule) -> dict:
    """Of the module as it was when the cohort was opened."""
    return {**DEFAULT_RULE, **module.pinned.get("rule", {})}


def _figures(cohort: Cohort, enrolment_ids: list[UUID]) -> Figures:
    rules = {module.module_code: _rule(module) for module in CohortModule.objects.filter(cohort=cohort)}
    planned = _planned(cohort)
    statuses = _statuses(cohort, enrolment_ids)
    return {
        (enrolment_id, module): _figure(
            [status for of_module, status in statuses[enrolment_id] if of_module == module], planned[module], rule
        )
        for enrolment_id in enrolment_ids
        for module, rule in rules.items()
    }


def _planned(cohort: Cohort) -> dict[str, int]:
    planned: dict[str, int] = defaultdict(int)
    sessions = Session.objects.filter(cohort=cohort).exclude(state=SessionState.CANCELLED)
    for module in sessions.values_list("module_code", flat=True):
        planned[module] += 1
    return planned


def _statuses(cohort: Cohort, enrolment_ids: list[UUID]) -> dict[UUID, list[tuple[str, str]]]:
    marks = Mark.objects.filter(session__cohort=cohort).exclude(session__state=SessionState.CANCELLED)
    if len(enrolment_ids) == 1:
        marks = marks.filter(enrolment=enrolment_ids[0])
    found: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    for enrolment_id, module, status in marks.values_list("enrolment_id", "session__module_code", "status"):
        found[enrolment_id].append((module, status))
    return found


def _figure(statuses: Iterable[str], planned: int, rule: dict) -> AttendanceFigure:
    return count_attendance(
        statuses,
        planned=planned,
        required_percent=rule["attendance_percent"],
        excused_max_percent=rule["excused_max_percent"],
    )
