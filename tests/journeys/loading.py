"""What a journey begins with, loaded once a process: every journey throws it away, and loading takes seconds."""

import sqlite3
from collections.abc import Callable

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from psycopg import sql
from wagtail.models import Site

# How to bring back what the commands had loaded, by the commands.
_copies: dict[tuple[str, ...], Callable[[], None]] = {}


def load(*commands: str) -> None:
    """Runs the commands one after the other; only those that this process has not run after the same ones."""
    for number, command in enumerate(commands, start=1):
        done = commands[:number]
        if done in _copies:
            continue
        if bring_back := _copies.get(done[:-1]):
            bring_back()
        call_command(command, verbosity=0)
        _copies[done] = _copy_in_memory() if connection.vendor == "sqlite" else _copy_beside("_".join(done))
    _copies[commands]()
    # Rows are read anew under the keys that they had.
    ContentType.objects.clear_cache()
    Site.clear_site_root_paths_cache()


def _copy_in_memory() -> Callable[[], None]:
    copy = sqlite3.connect(":memory:")
    connection.connection.backup(copy)
    return lambda: copy.backup(connection.connection)


def _copy_beside(name: str) -> Callable[[], None]:
    """A schema with a copy of each table: whatever empties the tables does not reach it."""
    names = connection.introspection.django_table_names(only_existing=True)
    tables = [sql.Identifier(name) for name in names]
    schema = sql.Identifier(name)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(schema))
        for table in tables:
            cursor.execute(sql.SQL("CREATE TABLE {0}.{1} AS TABLE public.{1}").format(schema, table))

    def bring_back() -> None:
        # At the end of the transaction every row that another one names is there.
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in connection.ops.sql_flush(no_style(), names):
                cursor.execute(statement)
            for table in tables:
                cursor.execute(sql.SQL("INSERT INTO public.{1} TABLE {0}.{1}").format(schema, table))
            for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
                cursor.execute(statement)

    return bring_back
