"""A real worker with its schedule, as a process beside the tests.

On SQLite, whose tests live in memory, it works on a copy of the tables in a folder of its own; on PostgreSQL on the
very database of the test, so that it does what the test has asked for (tests/journeys).
"""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from tests.parallel import at_once, opened_from

ROOT = Path(__file__).resolve().parent.parent
# On SQLite (tests/jobs/worker_settings.py).
FILE = "worker.sqlite3"


class Workers:
    """What runs on one folder with one broker; `folder` also takes their log."""

    def __init__(self, folder: Path, *, lease_seconds: int = 2, address: str = "") -> None:
        self.folder = folder
        self.log = folder / "worker.log"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.jobs.worker_settings",
            "DATA_DIR": str(folder),
            "PUBLIC_BASE_URL": address or settings.PUBLIC_BASE_URL,
            "JOB_LEASE_SECONDS": str(lease_seconds),
            "DATABASE_URL": "" if connection.vendor == "sqlite" else address_of_test_database(),
        }

    def start(self) -> subprocess.Popen[bytes]:
        """One more, with the schedule."""
        command = [sys.executable, "-m", "celery", "--quiet", "--app", "lms.celery", "worker", "--pool", "solo"]
        with self.log.open("ab") as log:
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

    def end(self) -> None:
        """All of them."""
        for process in self.processes:
            self.kill(process)

    def answer(self, question: Callable[[], Any]) -> Any:
        """What it gives, asked of the database that the workers use."""
        with opened_from(self.folder / FILE):
            [answer] = at_once(question)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def copy_database(self) -> None:
        """On SQLite: what is committed so far, as a file that the workers open."""
        if connection.vendor == "sqlite":
            with sqlite3.connect(self.folder / FILE) as copy:
                connection.connection.backup(copy)


def address_of_test_database() -> str:
    """On PostgreSQL, with who may open it."""
    kept = connection.settings_dict
    who = quote(kept["USER"]) + (f":{quote(kept['PASSWORD'])}" if kept["PASSWORD"] else "")
    return f"postgres://{who}@{kept['HOST']}:{kept['PORT'] or 5432}/{kept['NAME']}"
