"""After an erasure the database's files hold no name, not even for the minutes until SQLite tidies up by itself."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from lms.jobs.actions import enqueue_job
from lms.people.models import User
from lms.privacy.tasks import ERASE, erase
from tests.factories.people import AT, make_person
from tests.parallel import at_once, real_database

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "Кыздаркүл"
WISH = {"reason": "own_wish", "channel": "screen", "back": ""}


def files_with_the_name(folder: Path) -> list[str]:
    """The database's own file and SQLite's beside it, read as a thief would."""
    return [file.name for file in folder.glob("parallel.sqlite3*") if NAME.encode() in file.read_bytes()]


def asked_for(person: User) -> str:
    return str(enqueue_job(task=ERASE, payload={"person": str(person.pk), **WISH}, by=person, at=AT).pk)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps its log to itself")
def test_no_name_is_left_in_the_write_ahead_log(tmp_path):
    with real_database(tmp_path):
        [person] = at_once(make_person)
        # Another process has the database open, as the web server has beside the worker: else SQLite tidies up.
        with closing(sqlite3.connect(tmp_path / "parallel.sqlite3")) as web:
            web.execute("SELECT count(*) FROM people_user").fetchone()
            at_once(lambda: User.objects.filter(pk=person.pk).update(display_name=NAME))
            [job] = at_once(lambda: asked_for(person))
            assert files_with_the_name(tmp_path) == ["parallel.sqlite3-wal"]
            assert at_once(lambda: erase(job)) == [None]
            assert at_once(lambda: User.objects.get(pk=person.pk).erased_at is not None) == [True]
            assert files_with_the_name(tmp_path) == []
