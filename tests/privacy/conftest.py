"""What the tests of one person's data share."""

import pytest


@pytest.fixture(autouse=True)
def _journal_of_its_own(tmp_path, settings):
    settings.JOURNAL_FILE = tmp_path / "journal.jsonl"
