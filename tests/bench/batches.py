"""A thousand certificates issued, signed, drawn and kept by a real worker with two processes, twice over."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from lms.certificates.tasks import ISSUE_BATCH
from lms.jobs.actions import enqueue_job
from lms.jobs.models import ENDED_STATES, Job, JobState
from lms.jobs.tasks import send_job
from lms.people.models import User
from tests.bench.population import graduates
from tests.bench.server import children, cpu_seconds, memory_mb

CERTIFICATES, WORKERS = 1000, 2
SECONDS_GOAL, PATIENCE = 25, 900


def report(count: int = CERTIFICATES) -> None:
    """Seconds and CPU of each batch, and the memory of the largest process before, between and after."""
    asked = [graduates(count) for _batch in range(2)]
    with _working() as worker:
        _do(enqueue_job(task="jobs.go_round", payload={}, by=None, at=timezone.now()))
        memory = [_memory(worker)]
        for coordinator, enrolments in asked:
            _report_batch(worker, coordinator, enrolments)
            memory.append(_memory(worker))
    said = ", ".join(f"{mb:.0f} MB after {number * count}" for number, mb in enumerate(memory))
    print(f"worker process: {said} certificates")


def _report_batch(worker: int, coordinator: User, enrolments: list[str]) -> None:
    count, cpu, start = len(enrolments), _cpu(worker), time.perf_counter()
    payload = {"enrolments": enrolments}
    _do(enqueue_job(task=ISSUE_BATCH, payload=payload, by=coordinator, at=timezone.now(), total=count))
    seconds, cpu = time.perf_counter() - start, _cpu(worker) - cpu
    print(
        f"{count} certificates, {WORKERS} workers: {seconds:.1f} s (goal {SECONDS_GOAL}), "
        f"{cpu * 1000 / count:.1f} ms CPU each"
    )


def _do(job: Job) -> None:
    """Sends it and waits for its end.  Raises RuntimeError where it did not end well."""
    send_job(job.pk)
    until = time.monotonic() + PATIENCE
    while job.state not in ENDED_STATES and time.monotonic() < until:
        time.sleep(0.1)
        job.refresh_from_db()
    if job.state != JobState.DONE or job.result.get("refused"):
        raise RuntimeError(f"{job}: {job.state} {job.error_code} {job.result}")


@contextmanager
def _working() -> Iterator[int]:
    """The worker as `make run` starts it; its process id."""
    command = [
        sys.executable, "-m", "celery", "--quiet", "--app", "lms.celery", "worker", "--beat",
        "--concurrency", str(WORKERS), "--loglevel", "WARNING", "--without-gossip", "--without-mingle",
    ]  # fmt: skip
    process = subprocess.Popen(command)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=60)


def _cpu(worker: int) -> float:
    return sum(cpu_seconds(pid) for pid in [worker, *children(worker)])


def _memory(worker: int) -> float:
    return max(memory_mb(pid) for pid in children(worker))
