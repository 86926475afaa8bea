"""A backup into an empty installation: everything is checked before anything is written."""

import fcntl
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.base import File
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from lms.certificates.actions import drop_stray_papers
from lms.certificates.signing import KEY_FILE
from lms.cohorts.models import Cohort
from lms.common.backups.archives import Archive, open_archive
from lms.common.backups.databases import dump_name, load_database
from lms.common.errors import ActionError
from lms.common.journal import merge_entries, read_entries
from lms.people.models import User
from lms.privacy.actions.backups import FORMAT, JOURNAL, MEDIA, key_fingerprints
from lms.privacy.actions.replaying import replay_journal

# What `make run` and `make serve` hold while they work in the data folder.
IN_USE = "in-use.lock"


class NotEmpty(ActionError):
    code = "not_empty"
    message = (
        "There are people or cohorts in this installation already; nothing was written. "
        "Restore into a database of its own."
    )


class SiteRuns(ActionError):
    code = "site_runs"
    message = "The site runs in %(folder)s; nothing was written. Stop it first: systemctl stop yntymak, or Ctrl-C."


class NotABackup(ActionError):
    code = "not_a_backup"
    message = "This is the copy of a signing key, and no backup; nothing was written: manage.py import_signing_key."


class OtherDatabase(ActionError):
    code = "other_database"
    message = "The backup is of %(theirs)s and this installation runs on %(ours)s; nothing was written."


class NewerBackup(ActionError):
    code = "newer_backup"
    message = (
        "The backup is of a newer version of Yntymak (%(migration)s is not known here); nothing was written. "
        "Install that version first."
    )


class KeysMissing(ActionError):
    code = "keys_missing"
    message = (
        "%(names)s: not those with which the backup was made, so names and PINs could not be read; "
        "nothing was written. Give this installation the old keys; of FIELD_KEYS the newest first, then the rest."
    )


class RestoreUnfinished(ActionError):
    code = "restore_unfinished"
    message = (
        "The data is back, but a migration failed (%(said)s), and the journal was not replayed: people who were erased "
        "are here again. Let nobody in; mend it, then: manage.py migrate, manage.py replay_journal."
    )


@dataclass(frozen=True)
class Restored:
    """What was restored, and what became of the journal's entries (see replay_journal)."""

    made_at: str
    files: int
    replayed: Counter[str]


def restore_backup(*, path: Path, key_file: Path, at: datetime) -> Restored:
    """Database, files and journal of the backup; then the migrations since, and the journals of both once more.

    Everybody is signed out.  Raises SiteRuns, NotEmpty, NoKey, WrongKey, ArchiveDamaged, NotABackup, OtherDatabase,
    NewerBackup, KeysMissing (nothing was written), RestoreUnfinished.
    """
    with _standing_still():
        return _restore(path, key_file, at)


def _restore(path: Path, key_file: Path, at: datetime) -> Restored:
    require_empty()
    with open_archive(path, key_file, settings.DATA_DIR) as archive:
        require_fitting(archive=archive)
        # Last of all the database: until then the installation is empty, and a restore that broke off can be repeated.
        files = sum(_restore_file(archive, name) for name in archive.names)
        with tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix="restore-") as folder:
            _merge_journal(archive, Path(folder))
            dump = Path(folder) / dump_name()
            archive.extract(dump_name(), dump)
            load_database(dump)
        made_at = archive.manifest["made_at"]
    _migrate()
    Session.objects.all().delete()
    drop_stray_papers()
    return Restored(made_at=made_at, files=files, replayed=replay_journal(entries=read_entries(), at=at))


@contextmanager
def _standing_still() -> Iterator[None]:
    """While `make run` and `make serve` do not work in the data folder, nor begin to: theirs is the lock.

    Where there is no such file (tools/alone.py) neither was ever here; several servers have no such lock.
    """
    path = Path(settings.DATA_DIR) / IN_USE
    if not path.exists():
        yield
        return
    with path.open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SiteRuns(folder=str(settings.DATA_DIR)) from error
        yield


def require_empty() -> None:
    """Raises NotEmpty where anybody or any cohort is in the database; one without tables is empty."""
    tables = connection.introspection.table_names()
    if any(model._meta.db_table in tables and model.objects.exists() for model in (User, Cohort)):
        raise NotEmpty


def require_fitting(*, archive: Archive) -> None:
    """Raises NotABackup, OtherDatabase, NewerBackup, KeysMissing."""
    facts = archive.manifest
    if facts["format"] == KEY_FILE:
        raise NotABackup
    if facts["format"] != FORMAT:
        raise NewerBackup(migration=f"format {facts['format']}")
    if facts["database"] != connection.vendor or dump_name() not in archive.names:
        raise OtherDatabase(theirs=facts["database"], ours=connection.vendor)
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if unknown := sorted(set(facts["migrations"]) - known):
        raise NewerBackup(migration=unknown[0])
    if missing := list(_missing_keys(facts["keys"])):
        raise KeysMissing(names=", ".join(missing))


def _missing_keys(needed: dict) -> Iterator[str]:
    ours = key_fingerprints()
    if not set(needed["field_keys"]) <= set(ours["field_keys"]):
        yield "FIELD_KEYS"
    if needed["pepper"] != ours["pepper"]:
        yield "PEPPER"


def _restore_file(archive: Archive, name: str) -> bool:
    for alias, place in MEDIA.items():
        if name.startswith(f"{place}/"):
            storage, own_name = storages[alias], name.removeprefix(f"{place}/")
            storage.delete(own_name)
            with archive.open(name) as content:
                storage.save(own_name, File(content))
            return True
    return False


def _migrate() -> None:
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except Exception as error:
        raise RestoreUnfinished(said=f"{type(error).__name__}: {error}") from error


def _merge_journal(archive: Archive, folder: Path) -> None:
    """What either knows: this installation's own may be newer than the backup."""
    if JOURNAL in archive.names:
        archive.extract(JOURNAL, folder / JOURNAL)
        merge_entries(read_entries(folder / JOURNAL))
