"""Which cohorts are so long over that what was kept of their people is over too."""

from datetime import date

from django.db.models import QuerySet

from lms.cohorts.models import Cohort, CohortState


def cohorts_over_by(day: date) -> QuerySet[Cohort]:
    """Those whose last day, as planned and as held, was before `day`; a draft has nobody's attendance."""
    begun = Cohort.objects.filter(ends_on__lt=day).exclude(state=CohortState.DRAFT)
    return begun.exclude(sessions__ends_at__date__gte=day).order_by("pk")
