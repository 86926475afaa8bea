"""Attendance: events are evidence and only added; a mark is what they amount to now."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.cohorts.models import Cohort, Enrolment, Session
from lms.common.codes import new_id


class Status(models.TextChoices):
    PRESENT = "present", _("present")
    LATE = "late", _("late")
    EXCUSED = "excused", _("excused")
    ABSENT = "absent", _("absent")
    # Said by a correction only: what was said before is taken back, and nothing takes its place.
    UNMARKED = "unmarked", _("not marked")


ATTENDED = (Status.PRESENT, Status.LATE)
# What somebody may say of a person on the roster.
SAID = (*ATTENDED, Status.EXCUSED, Status.ABSENT)


class Source(models.TextChoices):
    ROSTER = "roster", _("trainer's roster")
    SELF = "self", _("room's code")
    COORDINATOR = "coordinator", _("coordinator")


class AttendanceEvent(models.Model):
    """Somebody said that a participant was there, or not.  A correction is a new event that names the old one."""

    # Given by the sender: the same id sent twice is one event.
    id = models.UUIDField(primary_key=True, default=new_id)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="events")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="events")
    status = models.CharField(max_length=8, choices=Status)
    source = models.CharField(max_length=12, choices=Source)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrected_by")
    reason = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    taken_at = models.DateTimeField()
    received_at = models.DateTimeField()
    # SHA-256 of what was said: the same id with another body is refused.
    body_hash = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["session", "enrolment", "received_at"], name="event_session_enrolment")]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "enrolment"], condition=Q(source="self"), name="event_one_self_checkin"
            )
        ]

    def __str__(self) -> str:
        return f"event {str(self.id)[-6:]}"


class MarkQuerySet(models.QuerySet["Mark"]):
    def said(self) -> Self:
        """Without those that were taken back."""
        return self.exclude(status=Status.UNMARKED)


class Mark(models.Model):
    """The current status, derived from the events by attendance.actions."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="marks")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="marks")
    status = models.CharField(max_length=8, choices=Status)
    event = models.ForeignKey(AttendanceEvent, on_delete=models.PROTECT, related_name="+")
    # Two witnesses said different things; both events stay.
    is_disputed = models.BooleanField(default=False)
    updated_at = models.DateTimeField()

    objects = MarkQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "enrolment"], name="mark_one_per_session")]

    def __str__(self) -> str:
        return f"mark {self.session_id}/{self.enrolment_id}"


class SessionCount(models.Model):
    """How many of the roster were there, when nobody's name stands beside it any more."""

    session = models.OneToOneField(Session, on_delete=models.PROTECT, primary_key=True, related_name="counted")
    present = models.PositiveSmallIntegerField(default=0)
    late = models.PositiveSmallIntegerField(default=0)
    excused = models.PositiveSmallIntegerField(default=0)
    absent = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"count of {self.session_id}"


class ModuleCount(models.Model):
    """What attendance in one module of a cohort came to: of all who had a place, with what they had brought along."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="module_counts")
    module_code = models.CharField(max_length=10)
    people = models.PositiveSmallIntegerField()
    # So many of them came often enough for the certificate.
    reached = models.PositiveSmallIntegerField()
    # Lessons that they attended, of those that counted for each: the sums over all of them.
    attended = models.PositiveIntegerField()
    counted = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cohort", "module_code"], name="module_count_once")]

    def __str__(self) -> str:
        return f"count of {self.cohort_id}/{self.module_code}"

    @property
    def percent(self) -> int:
        """Rounded down, as each person's is."""
        return self.attended * 100 // self.counted if self.counted else 0
