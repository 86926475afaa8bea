"""The database of each release that we kept is upgraded, and what was in it still answers (tools/keep_release.py)."""

import lzma
from pathlib import Path

import pytest
from django.db import connection

from tests.installations import Installation

KEPT = sorted(Path(__file__).parent.glob("*.sqlite3.xz"))
# What people entered and what was decided: no migration makes it more or less.
TABLES = (
    "people_user", "people_role", "people_card", "people_consent", "people_legalname", "people_auditentry",
    "cohorts_cohort", "cohorts_enrolment", "cohorts_session", "cohorts_pin", "cohorts_standing",
    "attendance_attendanceevent", "attendance_mark", "assessments_attempt", "assessments_answer",
    "certificates_certificate", "certificates_issuelog", "wagtailcore_page", "wagtailcore_revision",
)  # fmt: skip
# Who marks, and whose certificate with a name on it anybody may check.
LEAD = """
    SELECT person_id FROM cohorts_cohorttrainer JOIN cohorts_cohort ON cohorts_cohort.id = cohort_id
    WHERE part = 'lead' AND state = 'running'
"""
PUBLIC_IDS = "SELECT public_id FROM certificates_certificate WHERE state = 'valid'"


def sources_of(installation):
    """Where each question comes from, as a participant reads it, in Kyrgyz, Russian and English."""
    columns = {name for _number, name, *_others in installation.rows("PRAGMA table_info(curricula_question)")}
    three = ("source_ky", "source_ru", "source_en") if "source_en" in columns else ("source",) * 3
    return installation.rows(f"SELECT item_key, {', '.join(three)} FROM curricula_question ORDER BY item_key")


def test_at_least_one_release_is_kept():
    assert KEPT


@pytest.mark.skipif(connection.vendor != "sqlite", reason="they are kept as SQLite's files")
@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.name)
def test_database_of_a_release_is_upgraded_and_answers(kept, tmp_path):
    old = Installation(tmp_path / "old", "")
    (old.folder / "yntymak.sqlite3").write_bytes(lzma.decompress(kept.read_bytes()))
    before, sources = old.count(*TABLES), sources_of(old)
    assert all(before.values())
    assert sources
    code, _said, complained = old.manage("migrate", "--noinput", "--verbosity", "0")
    assert (code, complained) == (0, "")
    assert old.count(*TABLES) == before
    assert sources_of(old) == sources
    assert old.rows("PRAGMA foreign_key_check") == []
    lead, certificates = old.rows(LEAD)[0][0], [public_id for (public_id,) in old.rows(PUBLIC_IDS)]
    desk, *verdicts = old.look(lead, *certificates)
    assert desk.startswith("200 ")
    assert verdicts
    # A signature that still fits what it signs, and a name that the key still opens.
    for verdict in verdicts:
        assert verdict.startswith("200 ")
        assert "Genuine" in verdict
