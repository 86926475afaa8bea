"""Everything the installation holds in one encrypted file, made while people work; keys are never in it."""

import hashlib
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from lms.common.backups.archives import Part, write_archive
from lms.common.backups.databases import dump_database, dump_name
from lms.common.backups.files import GIVEN_UP, UNFINISHED, backup_name, drop_old
from lms.common.errors import ActionError

log = logging.getLogger("yntymak.privacy")

FORMAT = 1
JOURNAL = "journal.jsonl"
STAGING = "backup-"
# The storages that hold files, and where theirs lie in the archive.
MEDIA = {"default": "media/public", "private": "media/private"}


class NoRecipient(ActionError):
    code = "no_recipient"
    message = "Nobody could read the backup: manage.py make_backup_key, and set BACKUP_RECIPIENT to the public key."


class NoBackupFolder(ActionError):
    code = "no_backup_folder"
    message = "There is no folder %(folder)s in which backups can be written. Is its disk mounted?"


def make_backup(*, folder: Path, keep: int | None = None, at: datetime) -> Path:
    """Writes yntymak-<time>.backup into the folder and deletes all but the `keep` newest there.

    The database is of one moment; files are copied after it, so each that it names is there, and the journal last.
    Raises NoRecipient, NoBackupFolder, ProgramMissing, DatabaseRefused; OSError where the disk is full.
    """
    if not settings.BACKUP_RECIPIENT:
        raise NoRecipient
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise NoBackupFolder(folder=str(folder))
    path = folder / backup_name(at)
    _drop_cut_off(at)
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix=STAGING) as staging:
        dump = Path(staging) / dump_name()
        dump_database(dump)
        _write(path, [Part(dump.name, dump), *_media(Path(staging)), *_journal()], _facts(at))
    gone = drop_old(folder, keep, at) if keep else []
    log.info("backup made", extra={"fields": {"bytes": path.stat().st_size, "dropped": len(gone)}})
    return path


def key_fingerprints() -> dict[str, Any]:
    """Which keys the data needs, in a form that tells nothing about them."""
    return {"field_keys": [_fingerprint(key) for key in settings.FIELD_KEYS], "pepper": _fingerprint(settings.PEPPER)}


def _drop_cut_off(at: datetime) -> None:
    """What a backup that was killed left behind: the database as it is, not encrypted yet."""
    for staging in Path(settings.DATA_DIR).glob(f"{STAGING}*"):
        if staging.stat().st_mtime < (at - GIVEN_UP).timestamp():
            shutil.rmtree(staging, ignore_errors=True)


def _write(path: Path, parts: list[Part], facts: dict[str, Any]) -> None:
    """Under its own name only when it is whole and on the disk."""
    unfinished = path.with_name(path.name + UNFINISHED)
    try:
        with open(unfinished, "xb", opener=_for_the_owner) as file:
            write_archive(file, parts, facts, settings.BACKUP_RECIPIENT)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _for_the_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _facts(at: datetime) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "made_at": at.isoformat(),
        "database": connection.vendor,
        "migrations": sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()),
        "keys": key_fingerprints(),
        "media": {alias: _kind(storages[alias]) for alias in MEDIA},
    }


def _media(staging: Path) -> Iterator[Part]:
    for alias, place in MEDIA.items():
        storage = storages[alias]
        if isinstance(storage, FileSystemStorage):
            yield from _files(Path(storage.location), place)
        else:
            # A bucket keeps the versions of its own files; what it held is listed.
            listing = staging / f"{alias}.txt"
            listing.write_text("".join(f"{name}\n" for name in _names(storage, "")), encoding="utf-8")
            yield Part(f"listings/{place}.txt", listing)


def _files(root: Path, place: str) -> Iterator[Part]:
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield Part(f"{place}/{path.relative_to(root).as_posix()}", path, may_vanish=True)


def _names(storage: Storage, folder: str) -> Iterator[str]:
    folders, files = storage.listdir(folder)
    yield from (f"{folder}{name}" for name in sorted(files))
    for name in sorted(folders):
        yield from _names(storage, f"{folder}{name}/")


def _journal() -> Iterator[Part]:
    path = Path(settings.JOURNAL_FILE)
    if path.exists():
        yield Part(JOURNAL, path)


def _kind(storage: Storage) -> str:
    return "folder" if isinstance(storage, FileSystemStorage) else "bucket"


def _fingerprint(key: str) -> str:
    """64 bits of a SHA-256: the keys are random, so it leads back to none."""
    return hashlib.sha256(b"yntymak backup\x00" + key.encode()).hexdigest()[:16]
