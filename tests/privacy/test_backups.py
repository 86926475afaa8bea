"""A backup is whole or not there; what does not fit is refused before anything is written."""

import gzip
import io
import json
import os
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection

from lms.certificates.signing import KEY_FILE
from lms.common.backups.archives import ArchiveDamaged, Part, WrongKey, make_key_pair, open_archive, write_archive
from lms.common.backups.databases import dump_name
from lms.common.backups.files import backup_name, backups_in
from lms.common.errors import ActionError
from lms.common.journal import append_entry
from lms.people.models import User
from lms.privacy.actions import (
    KeysMissing,
    NewerBackup,
    NoBackupFolder,
    NoRecipient,
    NotABackup,
    NotEmpty,
    OtherDatabase,
    make_backup,
    restore_backup,
)
from lms.privacy.actions.backups import key_fingerprints
from lms.privacy.actions.restoring import require_empty, require_fitting
from lms.privacy.tasks import make_backup as make_backup_at_night
from lms.regions.models import Region
from tests.factories.cohorts import make_cohort
from tests.factories.people import AT, make_person, make_region
from tests.installations import can_dump

pytestmark = pytest.mark.django_db
PUBLIC, PRIVATE = make_key_pair()
OTHER_KEY = "b3RoZXItZmllbGQta2V5LW9mLTMyLWJ5dGVzLi4uLi4="


@pytest.fixture(autouse=True)
def _own_folders(settings, tmp_path) -> None:
    """No backup holds what other tests left behind."""
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    settings.JOURNAL_FILE = settings.DATA_DIR / "journal.jsonl"
    settings.BACKUP_RECIPIENT = [PUBLIC]
    options = {"location": tmp_path / "media"}
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options},
        "private": {"BACKEND": "lms.common.storages.PrivateFolder", "OPTIONS": {"location": tmp_path / "private"}},
    }


@pytest.fixture
def folder(tmp_path) -> Path:
    path = tmp_path / "backups"
    path.mkdir()
    return path


@pytest.fixture
def key(tmp_path) -> Path:
    path = tmp_path / "key"
    path.write_text(PRIVATE)
    return path


# ── Made ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not can_dump(), reason="pg_dump is not installed")
def test_backup_holds_database_files_and_journal_and_no_key(folder, key, settings):
    make_person()
    storages["default"].save("images/a.jpg", ContentFile(b"a"))
    storages["private"].save("certificates/b.pdf", ContentFile(b"b"))
    append_entry("erase_person", "1", AT)
    path = make_backup(folder=folder, at=AT)
    assert path.name == backup_name(AT)
    assert path.stat().st_mode & 0o077 == 0
    with open_archive(path, key, settings.DATA_DIR) as archive:
        manifest = archive.manifest
        assert archive.names == [
            dump_name(),
            "media/public/images/a.jpg",
            "media/private/certificates/b.pdf",
            "journal.jsonl",
        ]
        for secret in (settings.FIELD_KEYS[0], settings.PEPPER, settings.SECRET_KEY):
            assert secret not in json.dumps(manifest)
    assert (manifest["database"], manifest["made_at"]) == (connection.vendor, AT.isoformat())
    assert list(settings.DATA_DIR.iterdir()) == [Path(settings.JOURNAL_FILE)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="pg_dump reads rows, not pages")
def test_what_was_deleted_from_the_database_is_in_no_backup(folder, key, settings):
    """SQLite keeps deleted rows in free pages; even where they were not overwritten they stay here."""
    name = "Айгүлүнөчүрүлгөн"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete=OFF")
        make_person(display_name=name)
        User.objects.all().delete()
        # The next test's connection is this one.
        cursor.execute("PRAGMA secure_delete=ON")
    path = make_backup(folder=folder, at=AT)
    with open_archive(path, key, settings.DATA_DIR) as archive:
        archive.extract(dump_name(), folder / "dump.gz")
    assert name.encode() not in gzip.decompress((folder / "dump.gz").read_bytes())


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not can_dump(), reason="pg_dump is not installed")
def test_newest_are_kept_and_a_failed_one_leaves_nothing(folder, settings, tmp_path):
    for day in range(3):
        make_backup(folder=folder, keep=2, at=AT + timedelta(days=day))
    assert [path.name for path in backups_in(folder)] == [backup_name(AT + timedelta(days=day)) for day in (2, 1)]
    # What one that was killed left behind is old enough to go; what another one works on is not.
    for name, days in (("backup-killed", 0), ("backup-going-on", 3)):
        staging = settings.DATA_DIR / name
        staging.mkdir()
        os.utime(staging, times=((AT + timedelta(days=days)).timestamp(),) * 2)
    # The journal cannot be read: the backup breaks off when the database is in it already.
    Path(settings.JOURNAL_FILE).mkdir()
    with pytest.raises(IsADirectoryError):
        make_backup(folder=folder, keep=1, at=AT + timedelta(days=3))
    assert len(list(folder.iterdir())) == 2
    assert {path.name for path in settings.DATA_DIR.iterdir()} == {"journal.jsonl", "backup-going-on"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not can_dump(), reason="pg_dump is not installed")
def test_files_of_a_bucket_are_listed(folder, key, settings):
    """Django's storage in memory stands for whatever is no folder."""
    settings.STORAGES = settings.STORAGES | {"private": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    for name in ("certificates/b.pdf", "certificates/old/a.pdf", "c.pdf"):
        storages["private"].save(name, ContentFile(b"1"))
    path = make_backup(folder=folder, at=AT)
    with open_archive(path, key, settings.DATA_DIR) as archive:
        listing = archive.open("listings/media/private.txt").read().decode()
        assert archive.manifest["media"] == {"default": "folder", "private": "bucket"}
    assert listing.splitlines() == ["c.pdf", "certificates/b.pdf", "certificates/old/a.pdf"]


def test_backup_that_nobody_could_read_is_not_made(folder, settings):
    settings.BACKUP_RECIPIENT = []
    with pytest.raises(NoRecipient):
        make_backup(folder=folder, at=AT)
    assert list(folder.iterdir()) == []


def test_folder_that_is_not_mounted_is_told(tmp_path):
    with pytest.raises(NoBackupFolder, match="mounted"):
        make_backup(folder=tmp_path / "gone", at=AT)
    with pytest.raises(CommandError, match="mounted"):
        call_command("backup", str(tmp_path / "gone"))
    with pytest.raises(CommandError, match="Where to"):
        call_command("backup")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not can_dump(), reason="pg_dump is not installed")
def test_backup_is_made_at_night_where_a_folder_is_set(folder, settings):
    make_backup_at_night()
    settings.BACKUP_FOLDER = str(folder)
    make_backup_at_night()
    assert len(backups_in(folder)) == 1


def test_key_pair_is_printed_as_age_writes_it():
    out = io.StringIO()
    call_command("make_backup_key", stdout=out, stderr=io.StringIO())
    public, private = out.getvalue().split("\n")[:2]
    assert public.startswith("# public key: age1")
    assert private.startswith("AGE-SECRET-KEY-1")


def test_private_key_goes_into_a_file_of_its_own_and_never_over_another(tmp_path):
    path, said = tmp_path / "backup-key.txt", io.StringIO()
    call_command("make_backup_key", str(path), stdout=io.StringIO(), stderr=said)
    written = path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    public = written.split()[3]
    assert public in said.getvalue()
    assert "AGE-SECRET-KEY" not in said.getvalue()
    with pytest.raises(CommandError, match="stays as it is"):
        call_command("make_backup_key", str(path), stdout=io.StringIO(), stderr=said)
    assert path.read_text() == written


# ── Refused ──────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def archive(folder, tmp_path):
    """Makes one with these facts, whose database could not be loaded."""

    def make(**changes: object) -> Path:
        facts = {
            "format": 1,
            "made_at": AT.isoformat(),
            "database": connection.vendor,
            "migrations": [],
            "keys": key_fingerprints(),
            **changes,
        }
        (tmp_path / "content").write_bytes(b"nothing that could be loaded")
        parts = [Part(name, tmp_path / "content") for name in (dump_name(), "media/public/images/a.jpg")]
        path = folder / backup_name(AT)
        with path.open("wb") as file:
            write_archive(file, parts, facts, [PUBLIC])
        return path

    return make


@pytest.fixture
def refused(archive, key, settings):
    """Tries to restore it; the refusal must come before anything is written, and says so.  Gives what is said."""

    def attempt(refusal: type[ActionError], path: Path | None = None, **changes: object) -> str:
        path = path or archive(**changes)
        people = User.objects.count()
        with pytest.raises(refusal, match="nothing was written") as caught:
            restore_backup(path=path, key_file=key, at=AT)
        with pytest.raises(CommandError, match="nothing was written"):
            call_command("restore", str(path), "--key", str(key))
        assert User.objects.count() == people
        assert not storages["default"].exists("images/a.jpg")
        assert list(settings.DATA_DIR.iterdir()) == []
        return str(caught.value)

    return attempt


def test_installation_with_people_is_never_overwritten(refused):
    make_person()
    refused(NotEmpty)


def test_installation_that_runs_is_never_restored_into(archive, key, settings):
    """Begun as `make run` and `make serve` begin."""
    waits = [sys.executable, "-c", "print('here', flush=True); input()"]
    alone = subprocess.Popen(
        [sys.executable, "tools/alone.py", "serve", *waits],
        env=os.environ | {"DATA_DIR": str(settings.DATA_DIR)},
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert alone.stdout.readline() == b"here\n"
        make_person()
        with pytest.raises(CommandError, match="The site runs in"):
            call_command("restore", str(archive()), "--key", str(key))
    finally:
        alone.communicate(b"\n")
    with pytest.raises(CommandError, match="people or cohorts"):
        call_command("restore", str(archive()), "--key", str(key))


def test_installation_with_a_cohort_is_never_overwritten(refused):
    make_cohort()
    refused(NotEmpty)


@pytest.mark.parametrize("content", [b"", b"age-encryption.org/v1\n" * 20])
def test_damaged_file_is_refused(refused, folder, content):
    (folder / "damaged").write_bytes(content)
    refused(ArchiveDamaged, folder / "damaged")


def test_wrong_key_is_refused(refused, key):
    key.write_text(make_key_pair()[1])
    refused(WrongKey)


@pytest.mark.parametrize("kind", ["mysql", {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]])
def test_backup_of_another_kind_of_database_is_refused(refused, kind):
    refused(OtherDatabase, database=kind)


@pytest.mark.parametrize("change", [{"migrations": ["people.9999_later"]}, {"format": 2}])
def test_backup_of_a_newer_version_is_refused(refused, change):
    refused(NewerBackup, **change)


def test_the_copy_of_a_signing_key_is_no_backup(refused):
    refused(NotABackup, format=KEY_FILE)


@pytest.mark.skipif(not can_dump(), reason="pg_restore is not installed")
def test_restore_that_breaks_off_can_be_repeated(archive, key):
    """The database cannot be loaded, so what was there stays; the files are there already and do no harm."""
    make_region("417")
    for _time in range(2):
        with pytest.raises((OSError, ActionError)):
            restore_backup(path=archive(), key_file=key, at=AT)
        with pytest.raises(CommandError):
            call_command("restore", str(archive()), "--key", str(key))
    assert Region.objects.count() == 1
    require_empty()


def test_missing_keys_are_named(refused, settings):
    made_with = key_fingerprints()
    settings.FIELD_KEYS = [OTHER_KEY]
    assert refused(KeysMissing, keys=made_with).startswith("FIELD_KEYS: ")
    settings.PEPPER = "another pepper than that of the tests"
    assert refused(KeysMissing, keys=made_with).startswith("FIELD_KEYS, PEPPER: ")


def test_keys_that_were_rotated_since_fit(archive, key, settings):
    path = archive()
    settings.FIELD_KEYS = [OTHER_KEY, *settings.FIELD_KEYS]
    with open_archive(path, key, settings.DATA_DIR) as opened:
        require_fitting(archive=opened)
