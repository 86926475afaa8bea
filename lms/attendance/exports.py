"""What this app keeps about a person, for her own copy.  Who marked her is not hers to have."""

from django.utils.translation import gettext_lazy as _

from lms.attendance.models import AttendanceEvent, Mark
from lms.common.sections import Section, coded
from lms.people.models import User
from lms.people.queries import rows_of


def kept_about(person: User) -> list[Section]:
    """Everything, in the active language."""
    return [_marks(person), _events(person)]


def _marks(person: User) -> Section:
    marks = Mark.objects.filter(enrolment__person=person).select_related("session__cohort")
    rows = [
        {
            "cohort": mark.session.cohort.code,
            "lesson": mark.session.lesson_code,
            "title": mark.session.title,
            "starts_at": mark.session.starts_at,
            "status": coded(mark, "status"),
            "is_disputed": mark.is_disputed,
            "updated_at": mark.updated_at,
        }
        for mark in marks.order_by("session__starts_at", "pk")
    ]
    labels = {
        "cohort": _("Cohort"),
        "lesson": _("Lesson"),
        "title": _("Title"),
        "starts_at": _("Began"),
        "status": _("Mark"),
        "is_disputed": _("Two people said different things"),
        "updated_at": _("Since"),
    }
    return Section("marks", _("When you were present"), labels, rows)


def _events(person: User) -> Section:
    events = AttendanceEvent.objects.filter(enrolment__person__in=rows_of(person)).select_related("session__cohort")
    rows = [
        {
            "number": str(event.pk),
            "cohort": event.session.cohort.code,
            "lesson": event.session.lesson_code,
            "status": coded(event, "status"),
            "source": coded(event, "source"),
            "corrects": str(event.corrects_id) if event.corrects_id else None,
            "reason": event.reason,
            "taken_at": event.taken_at,
            "received_at": event.received_at,
        }
        for event in events.order_by("received_at", "pk")
    ]
    labels = {
        "number": _("Number"),
        "cohort": _("Cohort"),
        "lesson": _("Lesson"),
        "status": _("Mark"),
        "source": _("Where it comes from"),
        "corrects": _("Corrects number"),
        "reason": _("Reason"),
        "taken_at": _("Noted at"),
        "received_at": _("Received at"),
    }
    return Section("attendance_events", _("How these marks came about"), labels, rows)
