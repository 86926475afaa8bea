"""The journal done once more: what was decided holds, and nothing else changes."""

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from lms.certificates.actions import revoke_certificate
from lms.certificates.models import KeyState
from lms.cohorts.models import StandingState
from lms.common.codes import new_id
from lms.common.journal import Entry, append_entry, line_of, merge_entries, read_entries
from lms.privacy.actions import replay_journal
from tests.factories import certificates as make
from tests.factories.people import AT, make_person, make_staff

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=3)


@pytest.fixture(autouse=True)
def _journal(tmp_path, settings):
    settings.JOURNAL_FILE = tmp_path / "journal.jsonl"


def entry(kind: str, subject: object, at=AT, **ids: str) -> Entry:
    return Entry(id=new_id(), at=at, kind=kind, subject=str(subject), ids=ids)


def test_revocation_is_done_on_its_own_day_in_its_own_words_and_nobody_has_done_it():
    certificate = make.make_trainer_certificate()
    counted = replay_journal(entries=[entry("revoke_certificate", certificate.pk, wording="mistake")], at=LATER)
    certificate.refresh_from_db()
    change = certificate.changes.get()
    assert counted == {"done": 1}
    assert (certificate.state, certificate.state_since) == ("revoked", AT)
    assert (change.by, change.public_wording["en"]) == (None, "Issued by mistake.")
    assert certificate.person.standings.get(pk=certificate.standing_id).state == StandingState.WITHDRAWN


@pytest.mark.parametrize("wording", ["own", "nothing", "of-a-later-version"])
def test_words_that_no_code_tells_are_not_invented(wording):
    certificate = make.make_certificate()
    replay_journal(entries=[entry("revoke_certificate", certificate.pk, wording=wording)], at=LATER)
    assert certificate.changes.get().public_wording == {}


def test_withdrawn_key_and_erased_person_are_so_again():
    certificate, person = make.make_certificate(), make_person()
    entries = [entry("withdraw_key", certificate.key_id), entry("erase_person", person.pk)]
    assert replay_journal(entries=entries, at=LATER) == {"done": 2}
    certificate.key.refresh_from_db()
    person.refresh_from_db()
    assert (certificate.key.state, person.erased_at) == (KeyState.COMPROMISED, AT)


def test_repeat_is_harmless_and_what_held_already_stays_as_it_was():
    certificate = make.make_certificate()
    revoke_certificate(certificate=certificate, public_wording={}, internal_reason="x", by=make_staff(), at=AT)
    for _time in range(2):
        assert replay_journal(entries=read_entries(), at=LATER) == {"done": 1}
    assert certificate.changes.count() == 1
    assert len(list(read_entries())) == 1


def test_what_the_backup_does_not_know_is_counted_and_what_fails_stops_nothing():
    person = make_person()
    entries = [
        entry("revoke_certificate", uuid4()),
        entry("erase_person", uuid4()),
        entry("withdraw_key", "00ff"),
        entry("of_a_later_version", uuid4()),
        entry("erase_person", "no-uuid"),
        entry("erase_person", person.pk, at=LATER),
    ]
    assert replay_journal(entries=entries, at=LATER) == {"absent": 3, "failed": 2, "done": 1}
    person.refresh_from_db()
    assert person.erased_at == LATER


def test_certificate_that_was_replaced_is_left_alone():
    certificate = make.make_certificate()
    certificate.state = "superseded"
    certificate.save()
    assert replay_journal(entries=[entry("revoke_certificate", certificate.pk)], at=LATER) == {"done": 1}
    certificate.refresh_from_db()
    assert certificate.state == "superseded"


def test_first_of_several_entries_about_the_same_counts():
    certificate = make.make_certificate()
    twice = [entry("revoke_certificate", certificate.pk, at=at) for at in (LATER, AT)]
    assert replay_journal(entries=twice, at=LATER) == {"done": 1}
    certificate.refresh_from_db()
    assert certificate.state_since == AT


def test_entries_of_another_journal_are_taken_over_once(tmp_path):
    ours = append_entry("erase_person", "1", AT)
    theirs = entry("erase_person", "2")
    assert merge_entries([ours, theirs, theirs]) == 1
    assert merge_entries([theirs]) == 0
    assert list(read_entries()) == [ours, theirs]


def test_command_takes_a_copy_and_fails_where_an_entry_could_not_be_done(tmp_path):
    person, copy, out = make_person(), tmp_path / "copy.jsonl", StringIO()
    copy.write_bytes(line_of(entry("erase_person", person.pk)) + line_of(entry("erase_person", uuid4())))
    call_command("replay_journal", str(copy), stdout=out)
    person.refresh_from_db()
    assert person.erased_at == AT
    assert "1 decisions hold, 1 are" in out.getvalue()
    append_entry("of_a_later_version", "1", AT)
    with pytest.raises(CommandError, match="1 decisions could not be done again"):
        call_command("replay_journal", stdout=out)
