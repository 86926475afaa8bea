"""A search of everything that an installation keeps, as a thief with its keys would do it."""

import gzip
import re
import sqlite3
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.files.storage import storages
from django.db import connection

from lms.common.backups.archives import open_archive
from lms.common.backups.databases import dump_name
from lms.common.crypto import unwrap


def words_kept(words: tuple[str, ...]) -> list[str]:
    """Those of them that stand somewhere: in a table, in the media folders, in the journal or in SQLite's file."""
    return _found(words, [*_cells(), *_files(), _database(), *_sessions()])


def words_cached(words: tuple[str, ...], alias: str = "default") -> list[str]:
    """Those of them that stand in a cache: in the memory of this process, or in Redis."""
    return _found(words, _cached(alias))


def words_in_backup(words: tuple[str, ...], path: Path, key: Path, folder: Path) -> list[str]:
    """Those of them that stand in the archive; `folder` takes what is unpacked."""
    with open_archive(path, key, folder) as archive:
        for number, name in enumerate(archive.names):
            archive.extract(name, folder / f"{number}.part")
        dump = folder / f"{archive.names.index(dump_name())}.part"
        files = [file.read_bytes().decode("utf-8", "replace") for file in folder.glob("*.part")]
        said = repr(archive.manifest) + repr(archive.names)
    return _found(
        words, [*files, said, *(_sqlite_dump(dump) if dump_name().endswith("gz") else _postgresql_dump(dump))]
    )


def _found(words: tuple[str, ...], kept: Iterable[str]) -> list[str]:
    text = "\n".join(kept).casefold()
    return [word for word in words if word.casefold() in text]


def _cells() -> Iterator[str]:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield from map(_read, row)


def _read(value: Any) -> str:
    """What the installation's keys open is opened; JSON's \\u0417 is read as the letter that it is."""
    if isinstance(value, bytes | memoryview):
        return _opened(bytes(value))
    text = str(value)
    return text.encode("ascii", "xmlcharrefreplace").decode("unicode_escape") if "\\u" in text else text


def _opened(value: bytes) -> str:
    try:
        return unwrap(value).decode("utf-8", "replace")
    except InvalidToken:
        return value.decode("utf-8", "replace")


def _files() -> Iterator[str]:
    folders = [Path(storages[name].location) for name in ("default", "private")]
    for file in [*(file for folder in folders for file in folder.rglob("*")), Path(settings.JOURNAL_FILE)]:
        if file.is_file():
            yield file.read_bytes().decode("utf-8", "replace")


def _database() -> str:
    """The pages of the file itself: what was deleted may still lie in them."""
    if connection.vendor != "sqlite":
        return ""
    connection.ensure_connection()
    return connection.connection.serialize().decode("utf-8", "replace")


def _sessions() -> Iterator[str]:
    """What is packed in their rows."""
    for session in Session.objects.iterator():
        yield repr(session.get_decoded())


def _cached(alias: str) -> Iterator[str]:
    backend = caches[alias]._cache
    if isinstance(backend, dict):
        keys = [key.split(":", 2)[2] for key in backend]
    else:
        keys = [key.decode().split(":", 2)[2] for key in backend.get_client().scan_iter()]
    for key in keys:
        yield f"{key} {caches[alias].get(key)!r}"


def _sqlite_dump(dump: Path) -> Iterator[str]:
    plain = dump.with_suffix(".sqlite3")
    plain.write_bytes(gzip.decompress(dump.read_bytes()))
    yield plain.read_bytes().decode("utf-8", "replace")
    with closing(sqlite3.connect(plain)) as copy:
        for (table,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in copy.execute(f'SELECT * FROM "{table}"').fetchall():
                yield from map(_read, row)


def _postgresql_dump(dump: Path) -> Iterator[str]:
    """Rows as text, in which bytes stand in hexadecimal."""
    done = subprocess.run(["pg_restore", "--file=-", str(dump)], capture_output=True, text=True, check=True)
    yield done.stdout
    for digits in re.findall(r"\\\\x([0-9a-f]+)", done.stdout):
        yield _opened(bytes.fromhex(digits))
