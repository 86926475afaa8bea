"""Several people at the same moment: threads with connections of their own, on a database that locks as a real one.

Tests run on SQLite in memory, where threads would meet table locks that no installation has; so the tables are copied
into a file that is opened as in production (WAL, IMMEDIATE).  On PostgreSQL the threads simply use the test database.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, connections


@contextmanager
def real_database(folder: Path) -> Iterator[None]:
    """For tests with `transaction=True`: what is committed so far is seen by every thread of `at_once`."""
    if connection.vendor != "sqlite":
        yield
        return
    file = folder / "parallel.sqlite3"
    # Not the backup API: it copies free pages too, and with them what earlier tests took back.
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(file)])
    # An installation's file is in this mode from its first day: threads that change it at once find it locked.
    with closing(sqlite3.connect(file)) as opened:
        opened.execute("PRAGMA journal_mode = WAL")
    with opened_from(file):
        yield


@contextmanager
def opened_from(file: Path) -> Iterator[None]:
    """On SQLite the threads of `at_once` open this file, whatever the test itself has open."""
    settings = connections.settings["default"]
    before = settings["NAME"]
    if connection.vendor == "sqlite":
        settings["NAME"] = str(file)
    try:
        yield
    finally:
        settings["NAME"] = before


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call gives, or the exception that it raises; all start at the same moment."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=10)
            return call()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@contextmanager
def waiting_before(start: str, told: threading.Event, awaited: threading.Event) -> Iterator[None]:
    """Holds the first such statement of this thread for as long as the other one can get on."""

    def wrapped(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith(start) and not told.is_set():
            told.set()
            awaited.wait(1)
        return execute(sql, *rest)

    with connection.execute_wrapper(wrapped):
        yield
