"""Health for the operator, progress for whoever asked."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from lms.jobs.actions import enqueue_job
from tests.factories.people import make_person

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_healthz_answers_without_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").content == b"ok"


def test_readyz_names_what_is_wrong_when_a_job_lies_for_long(client):
    assert client.get("/readyz").json()["ok"] is True
    enqueue_job(task="tests.nothing", payload={}, by=None, at=AT)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["oldest_job_seconds"] > 600


def test_progress_is_for_whoever_asked_only(client):
    owner, stranger = make_person(), make_person()
    job = enqueue_job(task="tests.nothing", payload={}, by=owner, at=AT, total=3)
    address = reverse("jobs:progress", args=[job.pk])
    assert client.get(address).status_code == 302
    client.force_login(stranger)
    assert client.get(address).status_code == 404
    client.force_login(owner)
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Refresh"] == "3"
