"""What an installation really runs with: started as a process of its own, with an environment of its own."""

import json
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from django.db import IntegrityError, connections, transaction

from lms.settings import env
from lms.settings.local_keys import local_keys

ROOT = Path(__file__).resolve().parent.parent.parent
FULL = {
    "PUBLIC_BASE_URL": "https://lms.example",
    "SECRET_KEY": "a-secret-key-of-more-than-fifty-characters-0123456789-abcdef",
    "FIELD_KEYS": "dGVzdHMtb25seS1maWVsZC1rZXktMzItYnl0ZXMhISE=",
    "PEPPER": "a-pepper-of-more-than-thirty-two-characters",
}
READ_SETTINGS = """
import json
from lms.settings import production as s
print(json.dumps([s.ALLOWED_HOSTS, s.CSRF_TRUSTED_ORIGINS, s.DEBUG, s.SESSION_COOKIE_NAME, s.SECURE_PROXY_SSL_HEADER]))
"""


def start(folder: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    production = {"DJANGO_SETTINGS_MODULE": "lms.settings.production", "DATA_DIR": str(folder)}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**kept, **production, **FULL, **changes},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_production_passes_every_deployment_check(tmp_path: Path) -> None:
    done = start(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", FULL)
def test_production_without_a_secret_stops_and_names_it(tmp_path: Path, name: str) -> None:
    done = start(tmp_path, "-c", READ_SETTINGS, **{name: ""})
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith(f"The environment variable {name} is not set.")


def test_a_command_says_item_by_item_what_production_lacks_and_stops(tmp_path: Path) -> None:
    done = start(
        tmp_path, "manage.py", "migrate", SECRET_KEY="short", FIELD_KEYS="", PUBLIC_BASE_URL="http://lms.example"
    )
    *items, end = done.stderr.splitlines()
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (1, "", False)
    assert [item.split(maxsplit=2) for item in items] == [
        [
            "LACKING",
            "settings",
            "PUBLIC_BASE_URL must be https:// and a host name, nothing more; it is 'http://lms.example'.",
        ],
        ["LACKING", "settings", "SECRET_KEY must have at least 50 characters; it has 5."],
        ["LACKING", "settings", "The environment variable FIELD_KEYS is not set."],
    ]
    assert end.startswith("── Nothing was done.")
    assert not (tmp_path / "yntymak.sqlite3").exists()


def test_a_fault_of_ours_behind_the_settings_keeps_its_traceback(tmp_path: Path) -> None:
    fault = "from django.core.exceptions import ImproperlyConfigured; raise ImproperlyConfigured('ours')"
    done = start(tmp_path, "manage.py", "shell", "--no-imports", "--command", fault)
    assert (done.returncode, "Traceback" in done.stderr, "LACKING" in done.stderr) == (1, True, False)


def test_production_takes_every_secret_from_a_file(tmp_path: Path) -> None:
    files = {}
    for name, value in FULL.items():
        (tmp_path / name).write_text(f"{value}\n")
        files |= {name: "", f"{name}_FILE": str(tmp_path / name)}
    done = start(tmp_path, "-c", READ_SETTINGS, **files)
    assert (done.returncode, json.loads(done.stdout or "[]")[:1]) == (0, [["lms.example"]])


def test_production_takes_no_short_operators_token(tmp_path: Path) -> None:
    done = start(tmp_path, "-c", READ_SETTINGS, OPERATOR_TOKEN="short")
    assert done.returncode == 1
    assert "OPERATOR_TOKEN must have at least 32 characters" in done.stderr


def test_production_derives_hosts_from_its_address_and_believes_no_proxy_unasked(tmp_path: Path) -> None:
    done = start(tmp_path, "-c", READ_SETTINGS)
    assert json.loads(done.stdout) == [["lms.example"], ["https://lms.example"], False, "__Host-session", None]


@pytest.fixture
def embedded(tmp_path: Path, django_db_blocker) -> Iterator[str]:
    """The alias of a database as settings.DATABASES describes it where nothing is configured."""
    alias = "embedded"
    described = {"default": {}, alias: env.database("", tmp_path / "x.sqlite3")}
    connections.settings[alias] = connections.configure_settings(described)[alias]
    with django_db_blocker.unblock():
        yield alias
        connections[alias].close()
    del connections[alias]
    del connections.settings[alias]


def test_sqlite_runs_with_wal_and_foreign_keys(embedded: str) -> None:
    with connections[embedded].cursor() as cursor:
        pragmas = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "foreign_keys")}
        assert pragmas == {"journal_mode": "wal", "foreign_keys": 1}
        cursor.execute("CREATE TABLE a (id INTEGER PRIMARY KEY)")
        cursor.execute("CREATE TABLE b (a_id INTEGER REFERENCES a (id))")
        with pytest.raises(IntegrityError):
            cursor.execute("INSERT INTO b VALUES (1)")


def test_sqlite_transaction_holds_the_write_lock_from_its_first_moment(embedded: str, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "x.sqlite3", timeout=0)
    with closing(other), transaction.atomic(using=embedded), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")


def test_sqlite_lets_many_read_and_then_write_without_losing_one(embedded: str) -> None:
    with connections[embedded].cursor() as cursor:
        cursor.execute("CREATE TABLE counter (n INTEGER)")
        cursor.execute("INSERT INTO counter VALUES (0)")

    def add_twenty(_thread: int) -> None:
        for _ in range(20):
            with transaction.atomic(using=embedded), connections[embedded].cursor() as cursor:
                count = cursor.execute("SELECT n FROM counter").fetchone()[0]
                cursor.execute("UPDATE counter SET n = %s", [count + 1])
        connections[embedded].close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add_twenty, range(4)))
    with connections[embedded].cursor() as cursor:
        assert cursor.execute("SELECT n FROM counter").fetchone()[0] == 80


def test_local_keys_are_made_once_and_read_by_their_owner_only(tmp_path: Path) -> None:
    keys = local_keys(tmp_path / "keys.json")
    assert local_keys(tmp_path / "keys.json") == keys
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600


def test_processes_that_begin_at_once_have_the_same_keys(tmp_path: Path) -> None:
    path, barrier = tmp_path / "keys.json", threading.Barrier(8)

    def begin(_number: int) -> dict[str, str]:
        barrier.wait()
        return local_keys(path)

    for _round in range(20):
        path.unlink(missing_ok=True)
        with ThreadPoolExecutor(8) as pool:
            first, *others = pool.map(begin, range(8))
        assert [keys for keys in others if keys != first] == []
    assert [file.name for file in tmp_path.iterdir()] == ["keys.json"]
