"""A real worker on the embedded default: a job is done at once, and survives the death of whoever does it."""

import os
import signal
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

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 60
# lms first: these settings live outside of it, and lms.celery reads them.
SEND = "import sys, lms, django; django.setup(); from lms.jobs.tasks import send_job; send_job(sys.argv[1])"

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="the embedded default is SQLite"),
]


class Installation:
    """A folder with a database and a broker, and the processes that were started on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.jobs.worker_settings",
            "DATA_DIR": str(folder),
            "JOB_LEASE_SECONDS": "2",
            "CELERY_BROKER_URL": os.environ.get("CELERY_BROKER_URL", "filesystem://"),
        }

    def start_worker(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "--quiet", "--app", "lms.celery", "worker", "--pool", "solo"]
        log = (self.folder / "worker.log").open("ab")
        process = subprocess.Popen(
            [*command, "--beat", "--without-gossip", "--without-mingle"],
            cwd=ROOT,
            env=self.environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """kill -9, the process of the schedule too."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def send(self, job: Job) -> None:
        subprocess.run([sys.executable, "-c", SEND, str(job.pk)], cwd=ROOT, env=self.environment, check=True)

    def job(self, job: Job) -> tuple[str, int, int]:
        """State, steps done and tries, as they stand in the file."""
        with sqlite3.connect(self.folder / "worker.sqlite3", timeout=20) as database:
            return database.execute("SELECT state, done, tries FROM jobs_job WHERE id = ?", [job.pk.hex]).fetchone()

    def wait(self, happened: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not happened():
            assert time.monotonic() < end, (self.folder / "worker.log").read_text()
            time.sleep(0.05)


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path)
    yield made
    for process in made.processes:
        made.kill(process)


def test_worker_does_what_was_sent_what_got_lost_and_once_what_a_killed_one_left(installation: Installation) -> None:
    folder = installation.folder
    plain = a_job(diary=str(folder / "plain"))
    deadly = a_job(diary=str(folder / "deadly"), hang_at=2)
    copy_database_to(folder / "worker.sqlite3")

    # One message waits for the worker; the other never left, as if the broker had lost it.
    installation.send(plain)
    first = installation.start_worker()
    installation.wait(lambda: installation.job(plain) == (JobState.DONE, 3, 1))
    installation.wait((folder / "deadly.hangs").exists)
    installation.kill(first)
    assert installation.job(deadly) == (JobState.RUNNING, 2, 1)

    installation.start_worker()
    installation.wait(lambda: installation.job(deadly)[0] == JobState.DONE)
    assert installation.job(deadly) == (JobState.DONE, 3, 2)
    assert (folder / "deadly").read_text() == "1\n2\n3\n"
    assert (folder / "plain").read_text() == "1\n2\n3\n"


def a_job(**payload: object) -> Job:
    return enqueue_job(task="tests.steps", payload=payload, by=None, at=timezone.now(), total=3)


def copy_database_to(file: Path) -> None:
    """The tables and rows of the test's database, as a file that other processes open."""
    with sqlite3.connect(file) as copy:
        connection.connection.backup(copy)
