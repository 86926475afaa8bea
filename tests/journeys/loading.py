"""What a journey begins with, loaded once a process: every journey throws it away, and loading takes seconds."""

import sqlite3

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from wagtail.models import Site

# By the commands that had been run.
_copies: dict[tuple[str, ...], sqlite3.Connection] = {}


def load(*commands: str) -> None:
    """Runs the commands one after the other; on SQLite only those that this process has not run after the same ones."""
    for number, command in enumerate(commands, start=1):
        done = commands[:number]
        if done in _copies:
            continue
        if before := _copies.get(done[:-1]):
            _bring_back(before)
        call_command(command, verbosity=0)
        if connection.vendor == "sqlite":
            _copies[done] = _copy_of(connection.connection)
    if commands in _copies:
        _bring_back(_copies[commands])


def _copy_of(database: sqlite3.Connection) -> sqlite3.Connection:
    copy = sqlite3.connect(":memory:")
    database.backup(copy)
    return copy


def _bring_back(copy: sqlite3.Connection) -> None:
    """Rows are read anew under the keys that they had."""
    copy.backup(connection.connection)
    ContentType.objects.clear_cache()
    Site.clear_site_root_paths_cache()
