"""A session that runs right now."""

import pytest
from django.utils import timezone

from lms.cohorts.models import Session
from tests.factories.cohorts import make_cohort


@pytest.fixture
def cohort(regions):
    return make_cohort(region=regions["KG-B"])


@pytest.fixture
def session(cohort):
    """A session that runs right now."""
    session = cohort.sessions.order_by("starts_at").first()
    now = timezone.now()
    Session.objects.filter(pk=session.pk).update(starts_at=now, ends_at=now + timezone.timedelta(minutes=90))
    session.refresh_from_db()
    return session
