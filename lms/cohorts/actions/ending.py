"""How a cohort ends, closed or called off, and what ends with it.

Apps above say what of theirs ends too when they are loaded; nothing here knows that they exist:

    end_with_cohort(name="assessments", end=close_papers)
"""

from datetime import datetime
from typing import Protocol

from django.db import transaction

from lms.cohorts.models import Cohort
from lms.people.models import User


class End(Protocol):
    """Ends in the transaction of the cohort; `by` is None where the retention ends it."""

    def __call__(self, *, cohort: Cohort, by: User | None, at: datetime) -> object: ...


_ENDS: dict[str, End] = {}


def end_with_cohort(*, name: str, end: End) -> None:
    """`end` is called whenever a cohort ends; the same name twice is one call."""
    _ENDS[name] = end


@transaction.atomic
def end_cohort(*, cohort: Cohort, state: str, by: User | None, at: datetime) -> None:
    """For the actions that end one, and have its row under lock; they write it down."""
    cohort.state, cohort.closed_at, cohort.joining_open = state, at, False
    cohort.save(update_fields=["state", "closed_at", "joining_open"])
    for end in _ENDS.values():
        end(cohort=cohort, by=by, at=at)
