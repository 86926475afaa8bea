"""Run a command with PostgreSQL and Redis: `services.py make unit`.

Those that answer on this machine without a password are used; what does not answer is started from Debian's packages
on a port and in a folder of its own, and ended afterwards.  Either way the command gets a name for its database that
nobody else uses, and databases of Redis that are empty and are emptied again.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import redis
from psycopg import sql

HOST = "127.0.0.1"
NAME = f"yntymak_{os.getpid()}"
# Three processes of the journeys, each with a database for the cache and one for the broker.
REDIS_DATABASES = 6
START_SECONDS = 30


def main(command: list[str]) -> int:
    """The command's exit code."""
    with _postgresql() as database, _redis() as (address, first):
        environment = os.environ | {
            "DATABASE_URL": f"{database}/{NAME}",
            "CACHE_URL": f"{address}/{first}",
            "CELERY_BROKER_URL": f"{address}/{first + REDIS_DATABASES // 2}",
        }
        return subprocess.run(command, env=environment, check=False).returncode


@contextlib.contextmanager
def _postgresql() -> Iterator[str]:
    """postgres://user@host:port of a server on which databases may be made."""
    with contextlib.ExitStack() as stack:
        port = 5432
        if not _postgresql_answers(port):
            port = stack.enter_context(_own_postgresql())
        print(f"── PostgreSQL at {HOST}:{port}", flush=True)
        with _connect(port) as server:
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
        try:
            yield f"postgres://postgres@{HOST}:{port}"
        finally:
            _drop_databases(port)


def _connect(port: int) -> psycopg.Connection:
    return psycopg.connect(host=HOST, port=port, user="postgres", connect_timeout=3, autocommit=True)


def _postgresql_answers(port: int) -> bool:
    with contextlib.suppress(psycopg.OperationalError), _connect(port):
        return True
    return False


def _drop_databases(port: int) -> None:
    """What a suite that was stopped left behind."""
    with contextlib.suppress(psycopg.OperationalError), _connect(port) as server:
        # "yntymak_12", "test_yntymak_12_gw0"; not "yntymak_123", which another run may be using.
        ours = rf"(^|_){NAME}(_|$)"
        names = server.execute("SELECT datname FROM pg_database WHERE datname ~ %s", [ours]).fetchall()
        for (name,) in names:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextlib.contextmanager
def _own_postgresql() -> Iterator[int]:
    _need("postgresql", lambda: any(Path("/usr/lib/postgresql").glob("*/bin/initdb")))
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    with tempfile.TemporaryDirectory(prefix="yntymak-postgresql-") as folder:
        as_postgres = [] if os.geteuid() else ["runuser", "-u", "postgres", "--"]
        if as_postgres:
            shutil.chown(folder, "postgres")
        port, data = _free_port(), f"{folder}/data"
        make = [*as_postgres, programs / "initdb", "--auth", "trust", "--username", "postgres", "--pgdata", data]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL, cwd=folder)
        # Nothing here outlives the tests, so nothing has to reach the disk.
        options = ["-c", "fsync=off", "-c", f"port={port}", "-c", f"listen_addresses={HOST}", "-k", folder]
        with _running([*as_postgres, programs / "postgres", "-D", data, *options], folder):
            _wait("PostgreSQL", lambda: _postgresql_answers(port))
            yield port


@contextlib.contextmanager
def _redis() -> Iterator[tuple[str, int]]:
    """redis://host:port, and the first of the databases that are ours."""
    with contextlib.ExitStack() as stack:
        port = 6379
        if not _redis_answers(port):
            port = stack.enter_context(_own_redis())
        first = _empty_databases(port)
        print(f"── Redis at {HOST}:{port}, databases {first} to {first + REDIS_DATABASES - 1}", flush=True)
        try:
            yield f"redis://{HOST}:{port}", first
        finally:
            for number in range(first, first + REDIS_DATABASES):
                redis.Redis(HOST, port, number).flushdb()


def _redis_answers(port: int) -> bool:
    with contextlib.suppress(redis.RedisError):
        return bool(redis.Redis(HOST, port, socket_connect_timeout=3).ping())
    return False


def _empty_databases(port: int) -> int:
    """From the end, where fewest look."""
    for first in range(16 - REDIS_DATABASES, -1, -REDIS_DATABASES):
        numbers = range(first, first + REDIS_DATABASES)
        if not any(redis.Redis(HOST, port, number).dbsize() for number in numbers):
            return first
    sys.exit(f"── No {REDIS_DATABASES} databases in a row of Redis at {HOST}:{port} are empty.")


@contextlib.contextmanager
def _own_redis() -> Iterator[int]:
    _need("redis-server", lambda: shutil.which("redis-server"))
    port = _free_port()
    command = ["redis-server", "--bind", HOST, "--port", str(port), "--save", ""]
    with tempfile.TemporaryDirectory(prefix="yntymak-redis-") as folder, _running(command, folder):
        _wait("Redis", lambda: _redis_answers(port))
        yield port


@contextlib.contextmanager
def _running(command: list[str | Path], folder: str) -> Iterator[None]:
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def _need(package: str, is_there: Callable[[], object]) -> None:
    if is_there():
        return
    if os.geteuid():
        sys.exit(f"── Please type this, then the same command again:  sudo apt-get install -y {package}")
    print(f"── System package: {package}", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update", "-qq"], check=True, **quiet)
    subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", package], check=True, **quiet)


def _wait(name: str, answers: Callable[[], object]) -> None:
    until = time.monotonic() + START_SECONDS
    while not answers():
        if time.monotonic() > until:
            sys.exit(f"── {name} did not start within {START_SECONDS} seconds.")
        time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
