"""A night's work meets a coordinator's: a licence is renewed once, and what she suspends stays suspended."""

from datetime import UTC, date, datetime, timedelta

import pytest

from lms.cascade.actions import refresh_standings
from lms.certificates.actions import renew_trainer_certificate
from lms.certificates.models import Certificate
from lms.cohorts.actions import suspend_standing
from lms.cohorts.models import Standing
from tests.factories.certificates import attend, make_coordinator, make_trainer_certificate
from tests.factories.cohorts import AT, make_cohort, make_enrolment
from tests.parallel import at_once, real_database

pytestmark = pytest.mark.django_db(transaction=True)
LATER = datetime(2029, 9, 1, 6, tzinfo=UTC)


def test_renewed_once_while_the_night_goes_on(tmp_path):
    certificate = make_trainer_certificate()
    taught = make_cohort(
        organisation=certificate.organisation,
        lead=certificate.person,
        starts_on=date(2029, 6, 1),
        at=LATER - timedelta(days=120),
    )
    attend(make_enrolment(taught))
    coordinators = [make_coordinator(certificate.cohort) for _ in range(3)]

    def renew(by):
        return lambda: renew_trainer_certificate(certificate=certificate, by=by, at=LATER)

    current = Standing.objects.filter(person=certificate.person, state="active")
    with real_database(tmp_path):
        results = at_once(*map(renew, coordinators), lambda: refresh_standings(at=LATER))
        [rows] = at_once(lambda: list(Certificate.objects.filter(kind="trainer", state="valid")))
        [granted] = at_once(lambda: list(current.values_list("granted_by", flat=True)))
    assert results[:3] == rows * 3
    assert granted == [rows[0].pk]


def test_what_is_suspended_at_the_same_moment_stays_so(tmp_path):
    certificate = make_trainer_certificate()
    hers = Standing.objects.filter(person=certificate.person, level="certified")
    with real_database(tmp_path):
        results = at_once(
            lambda: suspend_standing(standing=certificate.standing, by=None, at=AT),
            lambda: refresh_standings(at=LATER),
            lambda: refresh_standings(at=LATER),
        )
        [states] = at_once(lambda: list(hers.values_list("state", flat=True)))
    assert [result for result in results if isinstance(result, Exception)] == []
    assert states == ["suspended"]
