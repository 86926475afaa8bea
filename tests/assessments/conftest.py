"""Whoever takes a test."""

import pytest

from tests.factories.cohorts import make_cohort, make_enrolment


@pytest.fixture
def enrolment():
    return make_enrolment(make_cohort())


@pytest.fixture
def her(client, enrolment):
    client.force_login(enrolment.person)
    return client
