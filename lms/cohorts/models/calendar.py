"""Addresses from which a calendar fetches sessions."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.cohorts.models.cohort import PERSON, Cohort
from lms.common.codes import new_id
from lms.people.models import Private


class CalendarAddress(Private, models.Model):
    """A secret address: whoever knows it sees times.  Revoking it deletes the row.

    The secret lies under its person's own key, so erasing her shuts the address too.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="calendar_addresses")
    # Empty: all sessions of hers.
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, null=True, related_name="calendar_addresses")
    sealed = models.BinaryField()
    index = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        constraints = [
            models.UniqueConstraint(fields=["person", "cohort"], name="calendar_once_per_cohort"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(cohort__isnull=True), name="calendar_one_of_all_sessions"
            ),
        ]

    def __str__(self) -> str:
        return f"calendar {str(self.id)[-6:]}"
