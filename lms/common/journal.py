"""The journal of erasures and revocations: a file outside the database, replayed after a restore.

A backup is older than what was decided since.  Whoever restores it would bring back the erased and make good again what
was revoked; so each such act leaves a line here, and `manage.py restore` does them once more.

One JSON object a line: {"id": …, "at": …, "kind": …, "subject": …} and further ids; never a name, an address or a free
text.  A line is one write under a lock, and on the disk before `append_entry` returns.  Call it inside the transaction,
as its last step: an entry too many does no harm, since a replay is idempotent; an entry too few would.
With several servers the file must lie on a volume that all of them share.
"""

import errno
import fcntl
import json
import logging
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lms.common.codes import new_id
from lms.common.errors import ActionError

logger = logging.getLogger(__name__)

_KIND = re.compile(r"[a-z][a-z_]{0,39}")
# Ids, codes and times; whatever people are called or wrote has a letter or a sign that does not fit.
_ID = re.compile(r"[0-9A-Za-z_.:+-]{1,64}")
_OWN = {"id", "at", "kind", "subject"}
# Far beyond what an entry needs; a longer line is damage, and is not even looked at.
_LONGEST = 4096


class JournalUnwritable(ActionError):
    code = "journal_unwritable"
    message = _(
        "Nothing was changed: the journal that keeps this decision safe cannot be written. "
        "Tell whoever runs this installation."
    )


@dataclass(frozen=True)
class Entry:
    """What was decided (`kind`) about which row (`subject`), and when; `ids` is what a replay needs beside them."""

    id: UUID
    at: datetime
    kind: str
    subject: str
    ids: dict[str, str] = field(default_factory=dict)


def append_entry(kind: str, subject: str, at: datetime, **ids: str) -> Entry:
    """Writes one line and waits for the disk.  Raises JournalUnwritable; ValueError for what is no id."""
    entry = Entry(id=new_id(), at=at.astimezone(UTC), kind=kind, subject=subject, ids=ids)
    line = line_of(entry)
    try:
        _append(Path(settings.JOURNAL_FILE), line)
    except OSError as error:
        raise JournalUnwritable from error
    return entry


def merge_entries(entries: Iterable[Entry]) -> int:
    """Writes those that are not here yet, as they are; how many they were.  Raises OSError."""
    known = {entry.id for entry in read_entries()}
    new = {entry.id: line_of(entry) for entry in entries if entry.id not in known}
    if new:
        _append(Path(settings.JOURNAL_FILE), b"".join(new.values()))
    return len(new)


def read_entries(path: Path | None = None) -> Iterator[Entry]:
    """Every entry in the order of writing; a line that cannot be read is reported to the log and left out."""
    for number, entry in _numbered(path):
        if entry is None:
            logger.warning("Line %s of the journal cannot be read and was left out.", number)
        else:
            yield entry


def unreadable_lines(path: Path | None = None) -> list[int]:
    """The numbers of torn and damaged lines, from 1.  A torn one is an act that was cut off and did not happen."""
    return [number for number, entry in _numbered(path) if entry is None]


def line_of(entry: Entry) -> bytes:
    """The entry as it stands in the file.  Raises ValueError for what is no id."""
    if not _KIND.fullmatch(entry.kind) or _OWN & entry.ids.keys():
        raise ValueError("not a kind of entry")
    if not all(_ID.fullmatch(value) for value in (entry.subject, *entry.ids.values())):
        raise ValueError("the journal holds ids and codes only")
    facts = {"id": str(entry.id), "at": entry.at.isoformat(), "kind": entry.kind, "subject": entry.subject}
    return json.dumps(facts | entry.ids).encode() + b"\n"


def _numbered(path: Path | None) -> Iterator[tuple[int, Entry | None]]:
    for number, line in enumerate(_read(path or Path(settings.JOURNAL_FILE)).split(b"\n"), start=1):
        if line:
            yield number, _entry_of(line)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            return file.read()
    except FileNotFoundError:
        return b""


def _entry_of(line: bytes) -> Entry | None:
    if len(line) > _LONGEST:
        return None
    try:
        facts = json.loads(line)
        identity, at = UUID(facts.pop("id")), datetime.fromisoformat(facts.pop("at"))
        entry = Entry(id=identity, at=at, kind=facts.pop("kind"), subject=facts.pop("subject"), ids=facts)
        line_of(entry)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return entry if entry.at.tzinfo else None


def _append(path: Path, line: bytes) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        length = os.fstat(descriptor).st_size
        if length and os.pread(descriptor, 1, length - 1) != b"\n":
            # Whoever wrote before died in the middle of a line, and with it the transaction that it belonged to.
            line = b"\n" + line
        if os.write(descriptor, line) != len(line):
            os.ftruncate(descriptor, length)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(descriptor)
        if not length:
            _sync_folder(path.parent)
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    """A new file's name is on the disk as well."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
