"""A real worker: a job is done at once, survives the death of whoever does it, and the installation says so."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from lms.jobs.actions import enqueue_job
from lms.jobs.models import Job, JobState
from tests.workers import ROOT, Workers

PATIENCE_SECONDS = 60
# lms first: these settings live outside of it, and lms.celery reads them.
SEND = "import sys, lms, django; django.setup(); from lms.jobs.tasks import send_job; send_job(sys.argv[1])"
CHECK = "import lms; from django.core import management as m; m.execute_from_command_line(['', 'check_installation'])"

pytestmark = pytest.mark.django_db(transaction=True)


class Installation(Workers):
    """A database, a broker, and the workers that were started on them."""

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)

    def send(self, job: Job) -> None:
        assert self.run("-c", SEND, str(job.pk)).returncode == 0

    def job(self, job: Job) -> tuple[str, int, int]:
        """State, steps done and tries, as the worker left them."""
        if connection.vendor != "sqlite":
            return Job.objects.values_list("state", "done", "tries").get(pk=job.pk)
        with sqlite3.connect(self.folder / "worker.sqlite3", timeout=20) as database:
            return database.execute("SELECT state, done, tries FROM jobs_job WHERE id = ?", [job.pk.hex]).fetchone()

    def wait(self, happened: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not happened():
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.05)


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path)
    yield made
    made.end()


def test_worker_does_what_was_sent_what_got_lost_and_once_what_a_killed_one_left(installation: Installation) -> None:
    folder = installation.folder
    plain = a_job(diary=str(folder / "plain"))
    deadly = a_job(diary=str(folder / "deadly"), hang_at=2)
    installation.copy_database()

    # One message waits for the worker; the other never left, as if the broker had lost it.
    installation.send(plain)
    first = installation.start()
    installation.wait(lambda: installation.job(plain) == (JobState.DONE, 3, 1))
    installation.wait((folder / "deadly.hangs").exists)
    installation.kill(first)
    assert installation.job(deadly) == (JobState.RUNNING, 2, 1)

    installation.start()
    installation.wait(lambda: installation.job(deadly)[0] == JobState.DONE)
    assert installation.job(deadly) == (JobState.DONE, 3, 2)
    assert (folder / "deadly").read_text() == "1\n2\n3\n"
    assert (folder / "plain").read_text() == "1\n2\n3\n"

    # What an operator asks: a job that is sent goes round, and one that is not is found by the schedule.
    said = installation.run("-c", CHECK).stdout
    assert ["ok", "worker"] in [line.split()[:2] for line in said.splitlines()]
    assert ["ok", "schedule"] in [line.split()[:2] for line in said.splitlines()]


def a_job(**payload: object) -> Job:
    return enqueue_job(task="tests.steps", payload=payload, by=None, at=timezone.now(), total=3)
