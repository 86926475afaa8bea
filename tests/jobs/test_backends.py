"""The broker on disk: whole messages, each for one reader, in the order in which they were put."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty

import pytest
from celery import Celery
from celery.schedules import crontab
from kombu import Connection
from kombu.exceptions import ChannelError
from kombu.simple import SimpleQueue

import lms.celery  # noqa: F401 - names the transport
from lms.jobs.backends import DiskScheduler


@pytest.fixture
def options(tmp_path: Path) -> dict:
    for name in ("queue", "control"):
        (tmp_path / name).mkdir()
    folder = str(tmp_path / "queue")
    return {
        "data_folder_in": folder,
        "data_folder_out": folder,
        "control_folder": str(tmp_path / "control"),
        "polling_interval": 0.001,
    }


def open_queue(options: dict) -> SimpleQueue:
    # kombu remembers for the whole process which queues are bound, so each folder has a queue of its own name.
    name = Path(options["data_folder_in"]).parent.name.replace("_", "-")
    return Connection("filesystem://", transport_options=options).SimpleQueue(name)


def read_all(queue: SimpleQueue) -> list[int]:
    found = []
    while True:
        try:
            message = queue.get(timeout=0.3)
        except Empty:
            return found
        found.append(message.payload)
        message.ack()


def test_messages_come_in_order_and_leave_no_file(options: dict, tmp_path: Path) -> None:
    queue = open_queue(options)
    for number in range(20):
        queue.put(number)
    assert read_all(open_queue(options)) == list(range(20))
    assert list((tmp_path / "queue").iterdir()) == []


def test_two_writers_and_two_readers_lose_and_double_nothing(options: dict) -> None:
    def write(first: int) -> list[int]:
        queue = open_queue(options)
        for number in range(first, first + 200):
            queue.put(number)
        return []

    def read() -> list[int]:
        return read_all(open_queue(options))

    # Bound before they start: kombu remembers for the process that a queue is bound as soon as one thread begins to.
    open_queue(options)
    with ThreadPoolExecutor(4) as pool:
        turns = [pool.submit(write, 0), pool.submit(write, 1000), pool.submit(read), pool.submit(read)]
        found = [number for turn in turns for number in turn.result()]
    found += read()
    assert sorted(found) == [*range(200), *range(1000, 1200)]


def test_first_start_of_many_at_once_writes_one_whole_table(options: dict) -> None:
    barrier = threading.Barrier(8)

    def bind(number: int) -> None:
        channel = Connection("filesystem://", transport_options=options).channel()
        barrier.wait(timeout=10)
        channel._queue_bind("jobs", "jobs", "", f"queue-{number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(bind, range(8)))
    table = Connection("filesystem://", transport_options=options).channel().get_table("jobs")
    assert sorted(row.queue for row in table) == [f"queue-{number}" for number in range(8)]


def test_folder_that_is_gone_is_an_error_that_send_job_knows(options: dict) -> None:
    queue = open_queue(options)
    options["data_folder_out"] = "/nowhere/at/all"
    with pytest.raises(ChannelError):
        queue.put(1)


# ── The schedule ─────────────────────────────────────────────────────────────────────────────────────────────────────


def open_schedule(path: Path) -> DiskScheduler:
    app = Celery("tests", set_as_current=False)
    app.conf.beat_schedule = {"nightly": {"task": "tests.nightly", "schedule": crontab(hour="20", minute="30")}}
    return DiskScheduler(app=app, schedule_filename=str(path))


def test_what_was_due_while_the_machine_was_off_is_due_when_it_is_on_again(tmp_path: Path) -> None:
    path = tmp_path / "schedule"
    before = open_schedule(path)
    assert not before.schedule["nightly"].is_due().is_due
    before.schedule["nightly"].last_run_at = datetime.now(UTC) - timedelta(days=2)
    before.close()
    assert open_schedule(path).schedule["nightly"].is_due().is_due
    assert [file.name for file in tmp_path.iterdir()] == ["schedule"]


def test_times_of_a_killed_schedule_are_those_of_its_last_sync(tmp_path: Path) -> None:
    path, ran = tmp_path / "schedule", datetime.now(UTC) - timedelta(days=2)
    killed = open_schedule(path)
    killed.schedule["nightly"].last_run_at = ran
    killed.sync()
    killed.schedule["nightly"].last_run_at = datetime.now(UTC)
    assert open_schedule(path).schedule["nightly"].last_run_at == ran


@pytest.mark.parametrize("kept", [b"", b"SQLite format 3\x00", b"\x80\x04]"])
def test_a_file_that_is_no_schedule_is_begun_anew(tmp_path: Path, kept: bytes) -> None:
    path = tmp_path / "schedule"
    path.write_bytes(kept)
    assert "nightly" in open_schedule(path).schedule
