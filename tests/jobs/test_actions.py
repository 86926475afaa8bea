"""A job is never lost and never done by two at once."""

from datetime import UTC, datetime, timedelta

import pytest

from lms.jobs.actions import LEASE, JobNotFree, advance_job, claim_job, enqueue_job, finish_job, return_job
from lms.jobs.models import Job, JobState
from lms.jobs.queries import due_jobs
from lms.jobs.tasks import running

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def a_job(**fields) -> Job:
    return enqueue_job(**{"task": "tests.nothing", "payload": {}, "by": None, "at": AT, **fields})


def test_enqueue_twice_with_one_key_gives_one_job():
    assert a_job(key="issue:1").pk == a_job(key="issue:1").pk
    assert Job.objects.count() == 1


def test_key_is_free_again_after_the_job_ended():
    first = a_job(key="issue:1")
    finish_job(job=claim_job(job_id=first.pk, at=AT), at=AT)
    assert a_job(key="issue:1").pk != first.pk


def test_claim_refuses_a_second_worker_while_the_lease_runs():
    job = a_job()
    claim_job(job_id=job.pk, at=AT)
    with pytest.raises(JobNotFree):
        claim_job(job_id=job.pk, at=AT + LEASE)


def test_job_of_a_killed_worker_is_due_after_its_lease_and_the_dead_one_cannot_end_it():
    job = a_job()
    dead = claim_job(job_id=job.pk, at=AT)
    later = AT + LEASE + timedelta(seconds=1)
    assert due_jobs(later) == [(job.pk, "tests.nothing")]
    alive = claim_job(job_id=job.pk, at=later)
    finish_job(job=dead, at=later)
    advance_job(job=dead, done=9, at=later)
    job.refresh_from_db()
    assert (job.state, job.done, job.tries) == (JobState.RUNNING, 0, 2)
    finish_job(job=alive, at=later)
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_failed_job_comes_back_later_and_gives_up_after_its_last_try():
    job = a_job()
    moment = AT
    for _try in range(job.max_tries):
        return_job(job=claim_job(job_id=job.pk, at=moment), error_code="Boom", at=moment)
        job.refresh_from_db()
        if job.state == JobState.QUEUED:
            assert job.run_after > moment
            moment = job.run_after
    assert (job.state, job.error_code) == (JobState.FAILED, "Boom")
    assert due_jobs(moment + timedelta(days=1)) == []


def test_running_block_that_raises_returns_the_job():
    job = a_job()
    with running(job.pk) as held:
        assert held.pk == job.pk
        raise ZeroDivisionError
    job.refresh_from_db()
    assert (job.state, job.error_code) == (JobState.QUEUED, "ZeroDivisionError")


def test_running_gives_none_to_the_second_worker():
    job = a_job()
    with running(job.pk), running(job.pk) as second:
        assert second is None
