"""Marks and figures.  Every function takes a fixed number of queries, whatever the size of the cohort."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, DateTimeField, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, UUIDField, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan

from lms.attendance.models import AttendanceEvent, Mark, ModuleCount, Status
from lms.attendance.scoring import AttendanceFigure, best_by_lesson, best_mark, count_attendance
from lms.cohorts.models import Cohort, CohortModule, Enrolment, EnrolmentState, Session, SessionState
from lms.cohorts.queries import cohorts_over_by, names_in_order
from lms.common.prepared import prepared

# Where a module names no rule of its own.
DEFAULT_RULE = {"attendance_percent": 80, "excused_max_percent": 20}
# Of fewer people a percentage says more about one of them than about the training.
SMALLEST_GROUP = 10
Figures = dict[tuple[UUID, str], AttendanceFigure]


def cohorts_to_count(day: date) -> list[Cohort]:
    """Cohorts that were over before `day` and whose attendance still bears names.

    One from which somebody was transferred waits for the cohort in which she went on: her marks count there.
    """
    over = cohorts_over_by(day).filter(attendance_counted_at__isnull=True)
    went_on = Enrolment.carries.through.objects.filter(from_enrolment__cohort__attendance_counted_at__isnull=True)
    going_on = went_on.exclude(from_enrolment__cohort__in=over.order_by().values("pk"))
    return list(over.exclude(pk__in=going_on.values("to_enrolment__cohort")).prefetch_related("modules", "sessions"))


def counts_of(cohort: Cohort) -> list[ModuleCount]:
    """What is left of a cohort's attendance after its term, in the order of its modules."""
    counts = {count.module_code: count for count in ModuleCount.objects.filter(cohort=cohort)}
    return [counts[module.module_code] for module in cohort.modules.all() if module.module_code in counts]


def roster_of(session: Session) -> list[tuple[UUID, str, str, bool, bool]]:
    """The enrolled, in the order of every list: their enrolments' ids, names told apart and marks in this session.

    With each mark ("" while nobody has marked her), whether it is disputed, and whether she joined when the session was
    over: nobody, where all did.  Then the list was written afterwards, and says nothing of who was there.

    One query, two where a name repeats.
    """
    rows = names_in_order(_roster(cohort=session.cohort_id, session=session.pk, end=session.ends_at))
    if all(joined_later for *_who, joined_later in rows):
        return [(*row[:-1], False) for row in rows]
    return rows


@prepared(cohort=UUIDField(), session=UUIDField(), end=DateTimeField())
def _roster(cohort: Any, session: Any, end: Any) -> QuerySet[Enrolment, tuple[UUID, str, str, str, bool, bool]]:
    """Everybody who ever was in the cohort."""
    said = FilteredRelation("marks", condition=Q(marks__session=session) & ~Q(marks__status=Status.UNMARKED))
    return (
        Enrolment.objects.people()
        .filter(cohort=cohort)
        .order_by("pk")
        .annotate(
            said=said,
            mark=Coalesce("said__status", Value("")),
            is_disputed=Coalesce("said__is_disputed", Value(False)),
            joined_later=GreaterThan(F("enrolled_at"), end),
        )
        .values_list("pk", "person__display_name", "state", "mark", "is_disputed", "joined_later")
    )


class Marks(NamedTuple):
    """One person's own marks in a cohort by session id, and the best of those that she brought by lesson code."""

    own: dict[UUID, Mark]
    brought: dict[str, Mark]

    def in_session(self, session: Session) -> Mark | None:
        """The one that counts, whether from here or from before."""
        return best_mark(self.own.get(session.pk), self.brought.get(session.lesson_code))


def marks_of_cohort(cohort: Cohort) -> dict[UUID, Marks]:
    """Everybody's marks by enrolment id, with those that they brought when they were transferred.  Two queries."""
    found: dict[UUID, Marks] = defaultdict(lambda: Marks({}, {}))
    for mark in Mark.objects.said().filter(session__cohort=cohort):
        found[mark.enrolment_id].own[mark.session_id] = mark
    marks = Mark.objects.said().filter(enrolment__carried_by__cohort=cohort).select_related("session")
    for mark in marks.annotate(here=F("enrolment__carried_by")):
        _keep_brought(found[mark.here], mark)
    return found


def marks_for(enrolment: Enrolment) -> Marks:
    """One person's.  One query."""
    found = Marks({}, {})
    for mark in _marks_of(enrolment=enrolment.pk):
        if mark.enrolment_id == enrolment.pk:
            found.own[mark.session_id] = mark
        else:
            _keep_brought(found, mark)
    return found


@prepared(enrolment=UUIDField())
def _marks_of(enrolment: Any) -> QuerySet[Mark]:
    carried = Enrolment.carries.through.objects.filter(from_enrolment=enrolment).values("to_enrolment")
    marks = Mark.objects.said().filter(Q(enrolment=enrolment) | Q(enrolment__in=carried)).select_related("session")
    return marks.only("session__lesson_code", "session__state", "enrolment", "status")


def _keep_brought(marks: Marks, mark: Mark) -> None:
    if mark.session.counts:
        lesson = mark.session.lesson_code
        marks.brought[lesson] = best_mark(mark, marks.brought.get(lesson)) or mark


def mark_of(session: Session, enrolment: Enrolment) -> Mark | None:
    """One person's mark with the event that holds and the one before it; a mark that was taken back too."""
    marks = Mark.objects.filter(session=session, enrolment=enrolment)
    return marks.select_related("event__corrects").first()


def status_before(event: AttendanceEvent) -> Status:
    """What stood before it, and what its undoing says."""
    return Status(event.corrects.status) if event.corrects else Status.UNMARKED


def history_of(session: Session, enrolment: Enrolment) -> QuerySet[AttendanceEvent]:
    """Everything that was ever said of one person in one session, the newest first; who said it stays out."""
    events = AttendanceEvent.objects.filter(session=session, enrolment=enrolment).defer("recorded_by", "body_hash")
    return events.order_by("-received_at", "-pk")


def attendance_by_module(cohort: Cohort) -> Figures:
    """Attendance of everyone enrolled, per module of the cohort: {(enrolment id, module code): figure}."""
    everyone = list(Enrolment.objects.filter(cohort=cohort).enrolled().values_list("pk", flat=True))
    return _figures(cohort, everyone, _said(cohort))


def attendance_among(cohort: Cohort, enrolment_ids: list[UUID]) -> Figures:
    """The same of some of them."""
    return _figures(cohort, enrolment_ids, _said(cohort, enrolment_ids))


def attendance_for(enrolment: Enrolment) -> dict[str, AttendanceFigure]:
    """One person's attendance per module code."""
    return {module: figure for (_id, module), figure in attendance_among(enrolment.cohort, [enrolment.pk]).items()}


def attendance_from(
    modules: Iterable[CohortModule], sessions: Iterable[Session], marks: Marks
) -> dict[str, AttendanceFigure]:
    """The same per module code from rows that are at hand: no query."""
    counting = [session for session in sessions if session.counts and not session.is_extra]
    planned = _by_module((session.module_code, session.lesson_code) for session in counting)
    said = [(session.lesson_code, marks.own[session.pk].status) for session in counting if session.pk in marks.own]
    said += [(lesson, mark.status) for lesson, mark in marks.brought.items()]
    return {module.module_code: _figure(said, planned[module.module_code], _rule(module)) for module in modules}


def forgotten_sessions(cohort: Cohort, at: datetime) -> list[Session]:
    """Those of the plan that have begun, and for which nobody was marked, in order of time."""
    begun = cohort.sessions.exclude(state=SessionState.CANCELLED).filter(starts_at__lte=at)
    unmarked = ~Exists(Mark.objects.said().filter(session=OuterRef("pk")))
    return list(begun.filter(unmarked).defer("checkin_seed").order_by("starts_at"))


def half_marked_sessions(cohort: Cohort, at: datetime) -> list[tuple[Session, int]]:
    """Those of the plan that have begun, and for which some were marked and some were not: how many.  Two queries.

    Not the repeated ones: to these come those who missed the first.
    """
    begun = cohort.sessions.exclude(state=SessionState.CANCELLED).filter(starts_at__lte=at, is_extra=False)
    on_roster = Q(marks__enrolment__state=EnrolmentState.ENROLLED) & ~Q(marks__status=Status.UNMARKED)
    marked = begun.annotate(marked=Count("marks", filter=on_roster)).filter(marked__gt=0)
    enrolled = cohort.enrolments.enrolled().count()
    found = marked.defer("checkin_seed").order_by("starts_at")
    return [(session, enrolled - session.marked) for session in found if session.marked < enrolled]


class WithoutMark(NamedTuple):
    """Of a module's lessons without a mark of hers: how many are still to come, how many are over and wait for it."""

    coming: int
    unmarked: int


def lessons_without_mark(sessions: Iterable[Session], module: str, marks: Marks, at: datetime) -> WithoutMark:
    """Of the planned lessons of a module code; one that is repeated later is still to come.  No query."""
    lessons = [one for one in sessions if one.module_code == module and one.counts and not one.is_extra]
    marked = {one.lesson_code for one in lessons if marks.in_session(one)}
    waiting = {one.lesson_code for one in lessons} - marked
    coming = waiting & {one.lesson_code for one in lessons if one.ends_at >= at}
    return WithoutMark(len(coming), len(waiting - coming))


def _rule(module: CohortModule) -> dict:
    """Of the module as it was when the cohort was opened."""
    return {**DEFAULT_RULE, **module.pinned.get("rule", {})}


def _figures(cohort: Cohort, enrolment_ids: list[UUID], said: dict[UUID, list[tuple[str, str]]]) -> Figures:
    rules = {module.module_code: _rule(module) for module in CohortModule.objects.filter(cohort=cohort)}
    lessons = Session.objects.filter(cohort=cohort, is_extra=False).exclude(state=SessionState.CANCELLED)
    planned = _by_module(lessons.values_list("module_code", "lesson_code"))
    return {
        (enrolment_id, module): _figure(said[enrolment_id], planned[module], rule)
        for enrolment_id in enrolment_ids
        for module, rule in rules.items()
    }


def _by_module(lessons: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """{module code: its lesson codes}"""
    planned: dict[str, set[str]] = defaultdict(set)
    for module, lesson in lessons:
        planned[module].add(lesson)
    return planned


def _said(cohort: Cohort, enrolment_ids: list[UUID] | None = None) -> dict[UUID, list[tuple[str, str]]]:
    """{enrolment id: her marks as (lesson code, status)}, with those that she brought along.  One query.

    Of everybody in the cohort where no ids are given.
    """
    marks = Mark.objects.exclude(session__state=SessionState.CANCELLED)
    own, brought = marks.filter(session__cohort=cohort), marks.filter(enrolment__carried_by__cohort=cohort)
    if enrolment_ids is not None:
        own = own.filter(enrolment__in=enrolment_ids)
        brought = brought.filter(enrolment__carried_by__in=enrolment_ids)
    found: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    rows = own.values_list("enrolment", "session__lesson_code", "status")
    for enrolment_id, lesson, status in rows.union(
        brought.values_list("enrolment__carried_by", "session__lesson_code", "status")
    ):
        found[enrolment_id].append((lesson, status))
    return found


def _figure(said: Iterable[tuple[str, str]], planned: Collection[str], rule: dict) -> AttendanceFigure:
    return count_attendance(
        best_by_lesson(said, planned),
        planned=len(planned),
        required_percent=rule["attendance_percent"],
        excused_max_percent=rule["excused_max_percent"],
    )
