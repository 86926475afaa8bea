"""What SQLite keeps beside its tables of rows that are gone."""

import logging

from django.db import connection

log = logging.getLogger("yntymak.common")


def empty_write_ahead_log() -> None:
    """Writes SQLite's log of changes into the database and empties it: until then what was erased can be read in it.

    Where others read for longer than the busy timeout it stays as it is, the log says so, and the next night does it.
    Nothing to do on PostgreSQL, which keeps its own log to itself, nor within a transaction, which only tests wrap
    round a task: nothing is committed yet.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        is_busy, *_pages = cursor.fetchone()
    if is_busy:
        log.warning("the write-ahead log could not be emptied, somebody reads; it is tried again at night")
