"""The shipped pack, and a copy of it that a test may change."""

import shutil
from pathlib import Path

import pytest

from tests.curricula.packs import STARTER


@pytest.fixture
def pack(tmp_path):
    """A copy of the pack, to be changed."""
    return Path(shutil.copytree(STARTER, tmp_path / "pack"))
