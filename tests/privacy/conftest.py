"""What the tests of one person's data share."""

import pytest

from lms.settings import env


@pytest.fixture(autouse=True)
def _journal_of_its_own(tmp_path, settings):
    settings.JOURNAL_FILE = tmp_path / "journal.jsonl"


@pytest.fixture(autouse=True)
def _files_of_its_own(tmp_path, settings):
    """Whoever is looked for in every file must not have been left there by another test."""
    settings.STORAGES = {**settings.STORAGES, **env.storage("", tmp_path / "media")}
    settings.MEDIA_ROOT = tmp_path / "media" / "public"
