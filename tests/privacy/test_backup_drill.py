"""The drill: a backup made while a trainer marks, restored elsewhere; what was decided since is decided there too."""

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from lms.certificates.models import Certificate
from lms.cohorts.models import Cohort
from lms.common.backups.archives import make_key_pair
from lms.people.models import User
from tests.factories import certificates as make
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.installations import Installation, can_dump, copy_of_test_database, new_database

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 5
HER_NAME = "Бүркүт Тоолуктан"
# Marks the whole room again and again, by the action that the trainer's page calls, until the file goes.  Then the
# backup is made, and what is decided now a restore must not undo.
WORK = """
import sys
import time
from datetime import timedelta
from pathlib import Path
from django.utils import timezone
from lms.attendance.actions import record_roster
from lms.certificates.actions import revoke_certificate, withdraw_key
from lms.certificates.checks import wording_of
from lms.certificates.models import Certificate
from lms.cohorts.models import Session
from lms.common.codes import new_id
from lms.privacy.actions import Wish, erase_person

going, session_id, *certificate_ids = sys.argv[1:]
session = Session.objects.get(pk=session_id)
by = session.cohort.trainers.get(part="lead").person
ids = session.cohort.enrolments.exclude(person=by).values_list("pk", flat=True)
turn, said = 0, {}
while Path(going).exists():
    turn += 1
    over, said = said, dict.fromkeys(ids, ("present", "absent")[turn % 2])
    at = session.starts_at + timedelta(seconds=turn)
    record_roster(session=session, statuses=said, over=over, batch=new_id(), by=by, at=at, reason="drill")
    time.sleep(0.02)

decided = {"by": by, "at": timezone.now()}
revoked, exposed, hers = (Certificate.objects.get(pk=pk) for pk in certificate_ids)
revoke_certificate(certificate=revoked, public_wording=wording_of("mistake"), internal_reason="Wrong", **decided)
withdraw_key(key=exposed.key, **decided)
erase_person(person=hers.person, wish=Wish(), **decided)
print(turn)
"""
MARKS = ("attendance_attendanceevent", "attendance_mark")
# What is decided about certificates, without who did it and why: that the journal does not keep.
COMPARED = {
    "certificates_certificate": "id, state, state_since, pdf_name",
    "certificates_statechange": "certificate_id, state, at, public_wording",
    "certificates_signingkey": "kid, state, not_after",
    "cohorts_standing": "id, state",
}
TABLES = (
    "people_user", "cohorts_cohort", "cohorts_enrolment", "certificates_certificate", "certificates_issuelog",
    "regions_region",
)  # fmt: skip


@pytest.fixture
def key(tmp_path) -> Path:
    """The private key, in a file that is called like the public one."""
    public, private = make_key_pair()
    path = tmp_path / public
    path.write_text(private)
    return path


@pytest.fixture
def cohort() -> Cohort:
    """A room full of people."""
    cohort = make_cohort(state="running")
    for _person in range(PEOPLE):
        make_enrolment(cohort)
    return cohort


@pytest.fixture
def certificates() -> tuple[Certificate, Certificate, Certificate]:
    """A trainer's that will be revoked, one whose key will be withdrawn, one whose holder will be erased."""
    revoked, exposed, hers = make.make_trainer_certificate(), make.make_certificate(), make.make_certificate()
    User.objects.filter(pk=hers.person_id).update(display_name=HER_NAME)
    return revoked, exposed, hers


@pytest.fixture
def installations(tmp_path, key, cohort, certificates) -> Iterator[tuple[Installation, Installation]]:
    """The one that works, with files of its own, and an empty one."""
    if not can_dump():
        pytest.skip("pg_dump is not installed (tools/system.sh test)")
    Certificate.objects.filter(pk=certificates[0].pk).update(pdf_name="certificates/kept.pdf")
    with ExitStack() as stack:
        address = stack.enter_context(copy_of_test_database(tmp_path / "working"))
        working = Installation(tmp_path / "working", address, BACKUP_RECIPIENT=key.name)
        empty = Installation(tmp_path / "empty", stack.enter_context(new_database()))
        for name in ("private/certificates/kept.pdf", "private/certificates/stray.pdf", "public/images/a.jpg"):
            path = working.folder / "media" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(name.encode())
        yield working, empty


@pytest.fixture
def folder(tmp_path) -> Path:
    """Where backups go."""
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


def turns(installation: Installation) -> int:
    """How often the whole room was marked."""
    return installation.rows("SELECT count(*) FROM people_auditentry WHERE verb = 'mark_attendance'")[0][0]


def back_up_at_work(working: Installation, folder: Path, *ids: object) -> tuple[int, int]:
    """Turns that were marked before the backup began and when it had ended; the work goes on meanwhile."""
    going = working.folder / "going"
    going.touch()
    worker = working.start("-c", f"import django; django.setup()\n{WORK}", str(going), *map(str, ids))
    try:
        until = time.monotonic() + 60
        while not (before := turns(working)):
            assert worker.poll() is None, worker.communicate()[1]
            assert time.monotonic() < until
            time.sleep(0.05)
        code, said, complained = working.manage("backup", folder)
    finally:
        going.unlink()
        after, trouble = worker.communicate(timeout=60)
    assert (code, worker.returncode) == (0, 0), complained + trouble
    assert said.startswith(str(folder))
    return before, int(after)


def test_what_was_backed_up_comes_back_whole_and_what_was_decided_since_holds(
    installations, key, cohort, certificates, folder
):
    """One drill for all of it: each of its commands takes seconds."""
    working, there = installations
    revoked, _exposed, hers = certificates
    assert HER_NAME.encode() in working.text()
    others = working.count(*MARKS)
    before, after = back_up_at_work(working, folder, cohort.sessions.all()[0].pk, *(one.pk for one in certificates))
    there.journal.parent.mkdir()
    shutil.copy(working.journal, there.journal)
    with there.journal.open("ab") as file:
        file.write(b'{"torn')
    [backup] = folder.iterdir()

    code, said, complained = there.manage("restore", backup, "--key", key)
    assert code == 0, complained
    assert "3 files" in said
    # The standing that the certificate granted is the fourth.
    assert "4 decisions in it" in said
    assert "newer than this database" not in said
    assert "Now start the site" in said
    assert "left out: 5." in complained

    # One moment of the database: of each turn everything or nothing.
    assert before <= turns(there) <= after
    events, marks = (there.count(*MARKS)[table] - others[table] for table in MARKS)
    assert (events, marks) == (turns(there) * PEOPLE, PEOPLE)
    assert there.count(*TABLES) == working.count(*TABLES)
    # The file that no row names was younger than the database.
    assert (there.private / "certificates" / "kept.pdf").read_bytes() == b"private/certificates/kept.pdf"
    assert (there.public / "images" / "a.jpg").read_bytes() == b"public/images/a.jpg"
    assert not (there.private / "certificates" / "stray.pdf").exists()
    # Decided after the backup; a day with its wording, as it was.
    for table, columns in COMPARED.items():
        query = f"SELECT {columns} FROM {table} ORDER BY {columns.partition(',')[0]}"
        assert there.rows(query) == working.rows(query)
    assert there.rows("SELECT count(*) FROM certificates_certificate WHERE state = 'revoked'") == [(1,)]
    assert HER_NAME.encode() not in there.text()
    lead = cohort.trainers.get(part="lead").person_id
    desk, her_page, revoked_page = there.look(lead, hers.public_id, revoked.public_id)
    assert desk.startswith("200 ")
    assert "Issued by mistake." in revoked_page
    assert "withdrew her details" in her_page
    # Nothing plain is left lying about.
    assert not [*there.folder.glob("restore-*"), *working.folder.glob("backup-*")]
