"""A search of everything that an installation keeps, as a thief with its keys would do it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.files.storage import storages
from django.db import connection

from lms.common.crypto import unwrap


def words_kept(words: tuple[str, ...]) -> list[str]:
    """Those of them that stand somewhere: in a table, in the media folders, in the journal or in SQLite's file."""
    kept = "\n".join([*_cells(), *_files(), _database()]).casefold()
    return [word for word in words if word.casefold() in kept]


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
