"""A job is never lost and never done by two at once."""

from datetime import UTC, datetime, timedelta

import pytest
from celery import current_app
from kombu.exceptions import OperationalError

from lms.jobs.actions import (
    LEASE,
    JobNotFree,
    Part,
    advance_job,
    claim_job,
    enqueue_job,
    fail_lost_jobs,
    finish_job,
    gather_parts,
    return_job,
    split_job,
)
from lms.jobs.models import Job, JobState
from lms.jobs.queries import due_jobs
from lms.jobs.tasks import running, send_job

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
    with pytest.raises(JobNotFree):
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


def test_running_block_that_lost_its_lease_stops_and_changes_nothing():
    job = a_job()
    with running(job.pk) as held:
        Job.objects.filter(pk=job.pk).update(tries=2)
        advance_job(job=held, done=1, at=AT)
        pytest.fail("the block went on")
    job.refresh_from_db()
    assert (job.state, job.tries, job.error_code) == (JobState.RUNNING, 2, "")


def test_job_that_kills_every_worker_is_given_up():
    job = a_job()
    moment = AT
    for _try in range(job.max_tries):
        assert fail_lost_jobs(at=moment) == 0
        claim_job(job_id=job.pk, at=moment)
        moment += LEASE + timedelta(seconds=1)
    assert fail_lost_jobs(at=moment) == 1
    job.refresh_from_db()
    assert (job.state, job.error_code, job.lease_until) == (JobState.FAILED, "worker_lost", None)
    assert due_jobs(moment + timedelta(days=1)) == []


def test_send_job_to_a_dead_broker_raises_nothing_and_leaves_it_to_the_sweep(monkeypatch):
    job = a_job()

    def dead(*args, **kwargs):
        raise OperationalError("Error 111 connecting to 127.0.0.1:6379")

    monkeypatch.setattr(current_app, "send_task", dead)
    send_job(job.pk)
    assert due_jobs(AT) == [(job.pk, "tests.nothing")]


def a_divided_job() -> tuple[Job, list[Job]]:
    whole = claim_job(job_id=a_job(total=5).pk, at=AT)
    parts = split_job(job=whole, parts=[Part({"of": 1}, 2), Part({"of": 2}, 3)], at=AT)
    gather_parts(job_id=whole.pk, at=AT)
    return whole, parts


def test_the_last_part_ends_the_whole_with_the_sum_of_what_they_did():
    whole, parts = a_divided_job()
    assert [(part.task, part.payload, part.total) for part in parts] == [
        ("tests.nothing", {"of": 1}, 2),
        ("tests.nothing", {"of": 2}, 3),
    ]
    for part in parts:
        with running(part.pk) as job:
            job.result = {"made": job.total, "refused": 0}
    whole.refresh_from_db()
    assert (whole.state, whole.done, whole.result) == (JobState.DONE, 5, {"made": 5, "refused": 0})
    gather_parts(job_id=whole.pk, at=AT + LEASE)
    assert Job.objects.get(pk=whole.pk).ended_at == whole.ended_at


def test_a_whole_whose_parts_wait_for_long_is_looked_at_again_and_never_given_up():
    whole, parts = a_divided_job()
    at = AT
    for _round in range(whole.max_tries + 1):
        at += LEASE + timedelta(seconds=1)
        assert (whole.pk, "tests.nothing") in due_jobs(at)
        assert fail_lost_jobs(at=at) == 0
        claimed = claim_job(job_id=whole.pk, at=at)
        assert {part.pk for part in split_job(job=claimed, parts=[Part({"of": 1}, 2)], at=at)} == {
            part.pk for part in parts
        }
        gather_parts(job_id=whole.pk, at=at)
    whole.refresh_from_db()
    assert (whole.state, whole.tries, whole.parts.count()) == (JobState.RUNNING, 0, 2)


def test_a_part_that_is_given_up_fails_the_whole_and_keeps_what_the_others_did():
    whole, (first, second) = a_divided_job()
    with running(first.pk) as job:
        job.result = {"made": 2}
    Job.objects.filter(pk=second.pk).update(max_tries=1)
    with running(second.pk):
        raise ValueError
    whole.refresh_from_db()
    assert (whole.state, whole.error_code, whole.done) == (JobState.FAILED, "ValueError", 2)
    assert whole.result == {"made": 2}
