"""What /readyz says of each fault, and what is due."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from celery import current_app
from django.db import connection

from lms.common.backups.files import backup_name
from lms.jobs import queries
from lms.jobs.actions import LEASE, claim_job, enqueue_job, note_sent
from lms.jobs.queries import BACKUP_AGE, PATIENCE, due_jobs, readiness

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def a_job(**fields):
    return enqueue_job(**{"task": "tests.nothing", "payload": {}, "by": None, "at": AT, **fields})


@contextmanager
def broken_database() -> Iterator[None]:
    """Every statement fails, as when the server is gone."""

    def refuse(execute, sql, params, many, context):
        raise connection.Database.OperationalError("gone")

    def wrapped(execute, sql, params, many, context):
        with connection.wrap_database_errors:
            return refuse(execute, sql, params, many, context)

    with connection.execute_wrapper(wrapped):
        yield


@pytest.fixture
def broker_at(monkeypatch: pytest.MonkeyPatch):
    """Points the application's broker somewhere else."""

    def point(url: str, options: dict) -> None:
        monkeypatch.setitem(current_app.conf, "broker_transport_options", options)
        monkeypatch.setitem(current_app.conf, "broker_write_url", url)

    return point


def a_closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_readiness_is_good_on_a_fresh_installation() -> None:
    state = readiness(AT)
    assert (state.ok, state.database, state.broker, state.oldest_job_seconds) == (True, True, True, 0)


def test_readiness_asks_the_database_once(django_assert_num_queries) -> None:
    for _ in range(3):
        a_job()
    with django_assert_num_queries(1):
        readiness(AT)


def test_readyz_without_database_is_503_and_says_so(client) -> None:
    with broken_database():
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert (answer.json()["ok"], answer.json()["database"], answer.json()["broker"]) == (False, False, True)


def test_readyz_without_a_broker_folder_is_503(client, broker_at, tmp_path: Path) -> None:
    broker_at("filesystem://", {"data_folder_out": str(tmp_path / "gone")})
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["broker"], answer.json()["database"]) == (503, False, True)


def test_readyz_without_redis_is_503_at_once(client, broker_at) -> None:
    broker_at(f"redis://127.0.0.1:{a_closed_port()}/0", {"socket_connect_timeout": 2})
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["broker"]) == (503, False)


def test_readyz_with_a_full_disk_is_503(client, monkeypatch) -> None:
    monkeypatch.setattr(queries, "DISK_FLOOR", 1 << 60)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ok"]) == (503, False)


def test_readiness_without_data_folder_counts_no_free_byte(settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "gone"
    assert (readiness(AT).disk_free_bytes, readiness(AT).ok) == (0, False)


def test_readiness_is_bad_when_a_job_waits_longer_than_patience() -> None:
    a_job()
    assert readiness(AT + PATIENCE - timedelta(seconds=1)).ok is True
    assert readiness(AT + PATIENCE).ok is False


def test_readiness_does_not_count_a_job_that_a_worker_holds() -> None:
    job = a_job()
    later = AT + 2 * PATIENCE
    claim_job(job_id=job.pk, at=later)
    assert readiness(later).oldest_job_seconds == 0
    assert readiness(later + LEASE + timedelta(seconds=1)).ok is False


def test_readiness_does_not_count_what_is_due_later() -> None:
    a_job(at=AT + timedelta(hours=1))
    assert readiness(AT).oldest_job_seconds == 0


def test_readiness_speaks_of_backups_where_a_folder_is_set(settings, tmp_path: Path) -> None:
    assert "backup" not in readiness(AT).parts
    settings.BACKUP_FOLDER = str(tmp_path)
    assert (readiness(AT).parts["backup"], readiness(AT).last_backup_seconds) == (False, None)
    (tmp_path / backup_name(AT)).touch()
    assert readiness(AT + timedelta(hours=1)).last_backup_seconds == 3600
    assert readiness(AT + BACKUP_AGE - timedelta(seconds=1)).ok is True
    assert readiness(AT + BACKUP_AGE).ok is False
    settings.BACKUP_FOLDER = str(tmp_path / "not mounted")
    assert readiness(AT).ok is False


def test_sent_job_is_due_again_only_when_its_message_must_be_lost() -> None:
    job = a_job()
    assert due_jobs(AT) == [(job.pk, "tests.nothing")]
    note_sent(job_ids=[job.pk], at=AT)
    assert due_jobs(AT + LEASE) == []
    assert due_jobs(AT + LEASE + timedelta(seconds=1)) == [(job.pk, "tests.nothing")]
