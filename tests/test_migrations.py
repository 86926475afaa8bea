"""No migration is missing, and ours run forwards, back and forwards again."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.first
@pytest.mark.services
def test_migrations_are_complete_and_run_both_ways():
    """In a process and a database of its own: tests use tables that were made without migrations."""
    check = [sys.executable, str(ROOT / "tools" / "check_migrations.py")]
    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert (done.returncode, done.stdout.count("done")) == (0, 2), done.stdout + done.stderr
