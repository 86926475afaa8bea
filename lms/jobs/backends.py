"""Celery's files on local disk, whole at every moment: messages of the broker, and when the schedule last ran what.

kombu opens a message's file under its final name and then writes it; a worker that looks in between reads an empty
file, loses the message and ends (seen at a rate of one in a hundred with two busy writers).  Here a file is written
under another name first and renamed, and a reader takes a file by renaming it, which only one can.

Celery's schedule keeps its times in a shelf of Python's dbm, since Python 3.13 a database of SQLite: now and then a
busy machine answered it "locking protocol", the schedule ended, and nothing that comes round came any more, no backup
either.  Here it is one small file that is written beside the old one and takes its place.
"""

import logging
import os
import time
import uuid
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from queue import Empty
from typing import Any

from celery.beat import Scheduler
from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)


class DiskChannel(filesystem.Channel):
    """Messages as files `<time>_<uuid>.<queue>.msg`, the oldest first."""

    def _put(self, queue: str, payload: dict, **kwargs: object) -> None:  # type: ignore[override]  # as kombu's own, unlike its base
        name = f"{time.time_ns():020}_{uuid.uuid4()}.{queue}.msg"
        try:
            _write_whole(Path(self.data_folder_out) / name, dumps(payload).encode())
        except OSError as error:
            raise ChannelError(f"cannot write into {self.data_folder_out}") from error

    def _get(self, queue: str, timeout: float | None = None) -> dict:
        for name in sorted(os.listdir(self.data_folder_in)):
            if name.partition(".")[2] == f"{queue}.msg":
                text = _take_whole(Path(self.data_folder_in) / name)
                if text:
                    return loads(text)
        raise Empty

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        table = self._exchange_file(exchange)
        if not table.exists():
            with suppress(FileExistsError):
                _write_whole(table, b"[]", replace=False)
        super()._queue_bind(exchange, routing_key, pattern, queue)


class DiskTransport(filesystem.Transport):
    """`filesystem://` as lms.celery knows it."""

    Channel: Any = DiskChannel


class DiskScheduler(Scheduler):
    """Celery's own, and on disk when each task was last sent: what was due in a night without power runs after it."""

    def __init__(self, *args: Any, schedule_filename: str, **kwargs: Any) -> None:
        self.path = Path(schedule_filename)
        super().__init__(*args, **kwargs)

    def setup_schedule(self) -> None:
        super().setup_schedule()
        for name, sent in self._sent().items():
            if name in self.schedule:
                self.schedule[name].last_run_at = sent

    def sync(self) -> None:
        sent = {name: entry.last_run_at.isoformat() for name, entry in self.schedule.items()}
        _write_whole(self.path, dumps(sent).encode())

    def _sent(self) -> dict[str, datetime]:
        """Of each task by its name; nothing where there is no such file, and Celery begins anew."""
        try:
            return {name: datetime.fromisoformat(at) for name, at in loads(self.path.read_bytes()).items()}
        except FileNotFoundError:
            return {}
        except (ValueError, TypeError, AttributeError):
            logger.warning("The times of the schedule cannot be read: it begins anew.")
            return {}


def _write_whole(path: Path, data: bytes, *, replace: bool = True) -> None:
    """Writes the file so that it appears whole or not at all; raises FileExistsError unless it may replace."""
    draft = path.with_name(f"{uuid.uuid4().hex}.draft")
    try:
        draft.write_bytes(data)
        if replace:
            draft.rename(path)
        else:
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _take_whole(path: Path) -> str:
    """The file's text, and the file is gone; empty if somebody else took it first."""
    taken = path.with_name(f"{path.name}.taken")
    try:
        path.rename(taken)
    except FileNotFoundError:
        return ""
    text = taken.read_text()
    taken.unlink()
    return text
