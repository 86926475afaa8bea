"""A whole installation beside the tests: a folder, a database of its own, and its commands as processes."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from django.apps import apps
from django.conf import settings
from django.db import connection
from psycopg import sql

from tests.workers import ROOT, address_of_test_database

# The desk of a person, then verdicts, as visitors see them.
LOOK = """
import sys
from django.test import Client
from lms.people.models import User
client = Client()
client.force_login(User.objects.get(pk=sys.argv[1]), backend="lms.people.backends.RoleBackend")
for path in ("/en/desk/", *(f"/v/{public_id}?lang=en" for public_id in sys.argv[2:])):
    answer = client.get(path)
    print("PAGE", answer.status_code, answer.content.decode())
"""


class Installation:
    """With the keys of the tests; `database` is the address on PostgreSQL, "" on SQLite."""

    def __init__(self, folder: Path, database: str, **changes: str) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self.database = folder, database
        self.journal = folder / "journal" / "journal.jsonl"
        self.private, self.public = folder / "media" / "private", folder / "media" / "public"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("CACHE_", "CELERY_"))}
        self.environment = kept | {
            "DJANGO_SETTINGS_MODULE": "lms.settings.dev",
            "DATA_DIR": str(folder),
            "DATABASE_URL": database,
            "FIELD_KEYS": settings.FIELD_KEYS[0],
            "PEPPER": settings.PEPPER,
            "PUBLIC_BASE_URL": "http://testserver",
            **changes,
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Python with these arguments, in the environment of the installation."""
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def manage(self, *arguments: object) -> tuple[int, str, str]:
        """Exit code, what it said, what it complained of."""
        process = self.start("manage.py", *map(str, arguments))
        said, complained = process.communicate(timeout=120)
        return process.returncode, said, complained

    def run(self, script: str, *arguments: object) -> str:
        """A script within Django; fails unless it ends well."""
        process = self.start("-c", f"import django; django.setup()\n{script}", *map(str, arguments))
        said, complained = process.communicate(timeout=120)
        assert process.returncode == 0, complained
        return said.strip()

    def look(self, person_id: object, *public_ids: str) -> list[str]:
        """The person's desk and the verdicts on certificates: the status, then the page."""
        return [page.strip() for page in self.run(LOOK, person_id, *public_ids).split("PAGE")[1:]]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database answers."""
        if self.database:
            with psycopg.connect(self.database) as database:
                return database.execute(query).fetchall()
        with closing(sqlite3.connect(self.folder / "yntymak.sqlite3")) as database:
            return database.execute(query).fetchall()

    def count(self, *tables: str) -> dict[str, int]:
        """Rows in each."""
        return {table: self.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables}

    def text(self) -> bytes:
        """Everything that lies in its database and its files."""
        files = b"".join(path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file())
        if not self.database:
            return files
        return files + subprocess.run(["pg_dump", self.database], capture_output=True, check=True).stdout


@contextmanager
def copy_of_test_database(folder: Path) -> Iterator[str]:
    """What the test has committed, as a database of its own whose migrations have all run; gives its address."""
    if connection.vendor == "sqlite":
        folder.mkdir(exist_ok=True)
        with closing(sqlite3.connect(folder / "yntymak.sqlite3")) as copy:
            connection.connection.backup(copy)
            copy.executemany("INSERT INTO django_migrations (app, name, applied) VALUES (?, ?, ?)", _migrations())
            copy.commit()
            # As an installation has it from its first start; changing it later needs the file for oneself.
            copy.execute("PRAGMA journal_mode=WAL")
        yield ""
        return
    name = connection.settings_dict["NAME"]
    connection.close()
    with new_database(template=name) as address, psycopg.connect(address, autocommit=True) as copy:
        copy.cursor().executemany(
            "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", _migrations()
        )
        copy.close()
        yield address


@contextmanager
def new_database(template: str = "template0") -> Iterator[str]:
    """On PostgreSQL an empty database, dropped afterwards; on SQLite "", a file being enough."""
    if connection.vendor == "sqlite":
        yield ""
        return
    address = address_of_test_database()
    server, name = f"{address.rpartition('/')[0]}", f"{connection.settings_dict['NAME']}_{uuid4().hex[:8]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        names = sql.Identifier(name), sql.Identifier(template)
        # A thread of an earlier test may have left a connection open, and PostgreSQL copies no database in use.
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [template])
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
        try:
            yield f"{server}/{name}"
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(names[0]))


def can_dump() -> bool:
    """SQLite needs no program for it."""
    return connection.vendor == "sqlite" or shutil.which("pg_dump") is not None


def _migrations() -> list[tuple[str, str, str]]:
    """All there are.  Django cannot say it here: tests make their tables without migrations."""
    folders = ((app.label, Path(app.path) / "migrations") for app in apps.get_app_configs())
    names = ((label, path.stem) for label, folder in folders for path in sorted(folder.glob("[!_]*.py")))
    return [(label, name, "2026-11-24T03:00:00+00:00") for label, name in names]
