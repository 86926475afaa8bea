"""The whole database into a file and back, while people go on working with it."""

import gzip
import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection

from lms.common.errors import ActionError

# Options of an address that libpq takes from its environment as well.
_OPTIONS = {"sslmode", "sslrootcert", "sslcert", "sslkey", "passfile", "service"}


class ProgramMissing(ActionError):
    code = "program_missing"
    message = "%(program)s is not installed: apt-get install postgresql-client, not older than the server."


class DatabaseRefused(ActionError):
    code = "database_refused"
    message = "%(program)s failed: %(said)s"


def dump_name() -> str:
    """What the dump of this kind of database is called in an archive."""
    return {"sqlite": "database.sqlite3.gz", "postgresql": "database.pgdump"}[connection.vendor]


def dump_database(target: Path) -> None:
    """One moment of the database, whatever is written meanwhile.  Raises ProgramMissing, DatabaseRefused."""
    if connection.vendor == "sqlite":
        _dump_sqlite(target)
    else:
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")


def load_database(source: Path) -> None:
    """Puts the dump in the place of all that is there.  Raises ProgramMissing, DatabaseRefused."""
    if connection.vendor == "sqlite":
        _load_sqlite(source)
    else:
        _load_postgresql(source)
    connection.close()
    # What this process and others remember is of the database before.
    ContentType.objects.clear_cache()
    cache.clear()


def _dump_sqlite(target: Path) -> None:
    """VACUUM INTO reads one snapshot and holds no writer up.

    SQLite's backup API would copy free pages too, and with them what was deleted: the names of the erased.
    """
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        plain = Path(folder) / "database.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(plain)])
        with closing(sqlite3.connect(plain)) as copy:
            said = copy.execute("PRAGMA integrity_check").fetchone()[0]
        if said != "ok":
            raise DatabaseRefused(program="SQLite", said=said)
        with plain.open("rb") as whole, gzip.open(target, "wb", compresslevel=6) as packed:
            shutil.copyfileobj(whole, packed, 1024 * 1024)


def _load_sqlite(source: Path) -> None:
    """Through SQLite itself, page by page in one transaction: right for a file in WAL mode and for who has it open."""
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder:
        plain = Path(folder) / "database.sqlite3"
        with gzip.open(source, "rb") as packed, plain.open("xb") as whole:
            shutil.copyfileobj(packed, whole, 1024 * 1024)
        connection.ensure_connection()
        with closing(sqlite3.connect(plain)) as copy:
            copy.backup(connection.connection)


def _load_postgresql(source: Path) -> None:
    """All or nothing; the empty tables that stood there go first, also those that the dump does not know."""
    # Fails on what it cannot read, before anything is gone.
    _run("pg_restore", "--list", "--file=/dev/null", str(source))
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    connection.close()
    name = connection.settings_dict["NAME"]
    options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    _run("pg_restore", f"--dbname={name}", *options, str(source))


def _run(program: str, *arguments: str) -> None:
    _need(program)
    done = subprocess.run(  # noqa: S603 - our own arguments
        [program, *arguments], env=_environment(), capture_output=True, text=True, check=False, errors="replace"
    )
    if done.returncode:
        lines = done.stderr.splitlines()
        said = next((line for line in lines if "error:" in line), f"exit code {done.returncode}")
        raise DatabaseRefused(program=program, said=said)


def _need(program: str) -> None:
    if shutil.which(program) is None:
        raise ProgramMissing(program=program)


def _environment() -> dict[str, str]:
    """Where the database is, for libpq; in the environment, since everybody may read a process's arguments."""
    known = connection.settings_dict
    places = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    given = {variable: str(known[key]) for variable, key in places.items() if known[key]}
    options = {f"PG{key.upper()}": str(value) for key, value in known["OPTIONS"].items() if key in _OPTIONS}
    return {**os.environ, "LC_ALL": "C.UTF-8", **given, **options}
