"""The journal outlives the database: whole lines, ids only, and no act without its line."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lms.common.codes import new_id
from lms.common.journal import JournalUnwritable, append_entry, read_entries, unreadable_lines
from tests.factories.people import AT


@pytest.fixture
def journal(settings, tmp_path) -> Path:
    settings.JOURNAL_FILE = tmp_path / "journal.jsonl"
    return settings.JOURNAL_FILE


def test_entries_come_back_in_order_as_they_were_written(journal):
    one = append_entry("erase_person", str(new_id()), AT)
    other = append_entry("revoke_certificate", str(new_id()), AT, wording="mistake")
    assert list(read_entries()) == [one, other]
    assert (other.ids, other.at, other.at.tzinfo) == ({"wording": "mistake"}, AT, UTC)
    assert journal.read_bytes().count(b"\n") == 2


def test_journal_that_was_never_written_is_empty(journal):
    assert list(read_entries()) == unreadable_lines() == []


def test_nobody_else_on_the_machine_reads_it(journal):
    append_entry("erase_person", str(new_id()), AT)
    assert journal.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("value", ["Айгүл", "Aigul T", "a@b.kg", "+996 555", "", "x" * 65, "line\nbreak"])
def test_names_addresses_and_texts_are_refused(journal, value):
    with pytest.raises(ValueError, match="ids and codes"):
        append_entry("erase_person", value, AT)
    with pytest.raises(ValueError, match="ids and codes"):
        append_entry("erase_person", "1", AT, note=value)
    assert not journal.exists()


@pytest.mark.parametrize("kind", ["", "Erase", "erase person", "e" * 41])
def test_kind_is_a_word_of_code(journal, kind):
    with pytest.raises(ValueError, match="kind"):
        append_entry(kind, "1", AT)


def test_torn_last_line_is_reported_and_the_next_entry_stands_by_itself(journal, caplog):
    first = append_entry("erase_person", "1", AT)
    with journal.open("ab") as file:
        file.write(b'{"id": "01936')
    assert list(read_entries()) == [first]
    assert "Line 2" in caplog.text
    second = append_entry("erase_person", "2", AT)
    assert list(read_entries()) == [first, second]
    assert unreadable_lines() == [2]


@pytest.mark.parametrize(
    "line",
    [
        b"[]",
        b"\xff\xfe",
        b"null",
        b'{"id": "no", "at": "2026-11-24T09:00:00+00:00", "kind": "erase_person", "subject": "1"}',
        b'{"id": "01936d5e-0000-7000-8000-000000000000", "at": "2026-11-24T09:00:00", "kind": "a", "subject": "1"}',
        b'{"id": "01936d5e-0000-7000-8000-000000000000", "at": "2026-11-24T09:00:00+00:00", "kind": "a", "subject": 1}',
        b'{"id": "01936d5e-0000-7000-8000-000000000000", "at": "2026-11-24T09:00:00+00:00", "kind": "a"}',
        b'{"id":' + b"[" * 200_000,
        b'{"id":' + b"[" * 4_000,
        b'{"id": "01936d5e-0000-7000-8000-000000000000", "at": "2026-11-24T09:00:00+00:00", "kind": "a", '
        + b" " * 5_000
        + b'"subject": "1"}',
    ],
)
def test_damaged_line_is_left_out(journal, line):
    journal.write_bytes(line + b"\n")
    kept = append_entry("erase_person", "1", AT)
    assert list(read_entries()) == [kept]
    assert unreadable_lines() == [1]


def test_act_fails_where_the_journal_cannot_be_written(settings, tmp_path):
    settings.JOURNAL_FILE = tmp_path / "gone" / "journal.jsonl"
    with pytest.raises(JournalUnwritable, match="Nothing was changed"):
        append_entry("erase_person", "1", AT)


def test_full_disk_leaves_no_half_line(settings):
    settings.JOURNAL_FILE = Path("/dev/full")
    with pytest.raises(JournalUnwritable):
        append_entry("erase_person", "1", AT)


WRITER = """
import sys
from datetime import UTC, datetime
from lms.common.journal import append_entry
for number in range(100):
    append_entry("erase_person", f"{sys.argv[1]}-{number}", datetime.now(UTC))
"""


def test_processes_that_write_at_once_lose_and_mix_nothing(journal, settings):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "lms.settings.dev",
        "DATA_DIR": str(journal.parent),
        "JOURNAL_DIR": str(journal.parent),
    }
    command = [sys.executable, "-c", WRITER]
    writers = [subprocess.Popen([*command, str(number)], cwd=settings.BASE_DIR, env=environment) for number in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    subjects = [entry.subject for entry in read_entries()]
    assert len(subjects) == 300
    for number in range(3):
        hers = [subject for subject in subjects if subject.startswith(f"{number}-")]
        assert hers == [f"{number}-{place}" for place in range(100)]


def test_time_is_kept_to_the_second_it_was_decided_in_whatever_zone(journal):
    append_entry("erase_person", "1", datetime.fromisoformat("2026-11-24T09:00:00+06:00"))
    assert next(read_entries()).at == datetime(2026, 11, 24, 3, tzinfo=UTC)
