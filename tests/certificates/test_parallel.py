"""A certificate is issued while somebody else changes the roster: one is first, and nobody waits for ever."""

from datetime import timedelta

import pytest

from lms.certificates.actions import issue_certificate
from lms.cohorts.actions import close_cohort, withdraw_enrolment
from lms.cohorts.models import WithdrawalReason
from lms.common.errors import ActionError
from tests.factories.certificates import make_coordinator, make_graduate
from tests.factories.cohorts import make_cohort
from tests.factories.people import AT
from tests.parallel import at_once, real_database

pytestmark = pytest.mark.django_db(transaction=True)
LATER = AT + timedelta(days=1)


def done_or_refused(result: object) -> bool:
    """A deadlock is neither."""
    return isinstance(result, ActionError) or not isinstance(result, Exception)


def test_while_people_are_withdrawn_and_the_cohort_is_closed(tmp_path):
    cohort = make_cohort()
    graduates, by = [make_graduate(cohort) for _ in range(4)], make_coordinator(cohort)

    def withdraw(graduate):
        reason = WithdrawalReason.CANNOT_COME
        return lambda: withdraw_enrolment(enrolment=graduate, reason=reason, by=by, at=LATER)

    def issue(graduate):
        return lambda: issue_certificate(enrolment=graduate, by=by, at=LATER)

    with real_database(tmp_path):
        results = at_once(
            *(call(graduate) for graduate in graduates for call in (issue, withdraw)),
            lambda: close_cohort(cohort=cohort, anyway=True, by=by, at=LATER),
        )
    assert [result for result in results if not done_or_refused(result)] == []
