"""The journal done once more: what was decided holds, and nothing else changes."""

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from lms.certificates.actions import (
    change_name_form,
    erase_holder,
    lift_suspension,
    revoke_certificate,
    suspend_certificate,
)
from lms.certificates.checks import wording_of
from lms.certificates.models import Certificate, IssueLog, KeyState
from lms.certificates.queries import verdict_of
from lms.cohorts.actions import make_calendar_address, revoke_calendar_address, withdraw_standing
from lms.cohorts.models import CalendarAddress, Standing, StandingState
from lms.common.codes import new_id
from lms.common.journal import Entry, append_entry, line_of, merge_entries, read_entries
from lms.notices.actions import set_contact_rule
from lms.notices.models import Channel, ContactRule, Reveals
from lms.people.actions import (
    CardRefused,
    choose_name_form,
    end_role,
    invite_staff,
    record_consent,
    renew_pins,
    replace_card,
    sign_in_with_card,
    withdraw_consent,
    withdraw_invitation,
)
from lms.people.models import Card, ConsentPurpose, Invitation, NameForm, Role, RoleKind, User
from lms.people.queries import answers_of
from lms.privacy.actions import replay_journal
from tests.factories import certificates as make
from tests.factories.cohorts import make_standing
from tests.factories.people import AT, make_organisation, make_person, make_region, make_role, make_staff

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
    assert replay_journal(entries=twice, at=LATER) == {"done": 2}
    certificate.refresh_from_db()
    assert certificate.state_since == AT


# ── What may be given anew: a replay takes it back only where the database knows nothing newer ───────────────────
@pytest.fixture
def role() -> Role:
    """A coordinator's for one region, beside one for the whole country and one of another organisation."""
    person, organisation = make_staff(), make_organisation()
    for place in ({"organisation": organisation}, {"organisation": make_organisation()}):
        make_role(person, RoleKind.COORDINATOR, **place)
    return make_role(person, RoleKind.COORDINATOR, organisation, region=make_region("417"))


def undone(entries: list[Entry], undo) -> None:
    """The database as a backup of before the decision has it; then the replay, twice."""
    undo()
    for _time in range(2):
        assert replay_journal(entries=entries, at=LATER) == {"done": len(entries)}


def test_role_that_was_ended_opens_nothing_again_and_no_other_one_ends(role):
    end_role(role=role, by=make_staff(), at=LATER)
    ended = (role.valid_from, None)
    undone(list(read_entries()), lambda: Role.objects.filter(pk=role.pk).update(valid_from=ended[0], valid_until=None))
    active = Role.objects.active(LATER.date()).filter(person=role.person)
    assert role not in active
    assert active.count() == 2


def test_role_that_was_granted_anew_stays(role):
    end_role(role=role, by=make_staff(), at=LATER)
    Role.objects.filter(pk=role.pk).update(valid_until=None, granted_at=LATER + timedelta(days=1))
    replay_journal(entries=read_entries(), at=LATER + timedelta(days=2))
    assert Role.objects.active(LATER.date()).filter(pk=role.pk).exists()


def test_card_that_was_lost_stays_lost_and_the_one_after_it_stays():
    person = make_person()
    lost = person.cards.get()
    replace_card(person=person, by=make_staff(), at=LATER)
    entries = list(read_entries())

    def undo() -> None:
        person.cards.exclude(pk=lost.pk).delete()
        person.cards.update(replaced_at=None)

    undone(entries, undo)
    lost.refresh_from_db()
    assert lost.replaced_at == LATER
    assert person.cards.filter(replaced_at=None).count() == 1
    assert person.cards.count() == 2


def test_a_pin_that_was_renewed_opens_nothing_until_the_card_is_printed_again():
    """A trainer who left knows the PINs that she printed: the new ones were made because of her."""
    person, other = make_person(), make_person()
    known = renew_pins(people=[person, other], by=make_staff(), at=AT)
    kept = Card.objects.in_bulk()
    renew_pins(people=[person], by=make_staff(), at=LATER)
    undone(list(read_entries()), lambda: Card.objects.bulk_update(kept.values(), ["pin_hash", "printed_at"]))
    with pytest.raises(CardRefused):
        sign_in_with_card(code=person.cards.get().code, pin=known[person.pk], at=LATER)
    assert person.cards.get().printed_at is None
    assert sign_in_with_card(code=other.cards.get().code, pin=known[other.pk], at=LATER) == other
    anew = renew_pins(people=[person], by=make_staff(), at=LATER + timedelta(days=1))
    replay_journal(entries=read_entries(), at=LATER + timedelta(days=2))
    assert sign_in_with_card(code=person.cards.get().code, pin=anew[person.pk], at=LATER) == person


def consent_of(person: User) -> bool:
    return answers_of(person)[ConsentPurpose.PHOTO][None].given


def test_consent_that_was_withdrawn_is_no_consent_and_one_given_later_is():
    person = make_person()
    answer = {"person": person, "purpose": ConsentPurpose.PHOTO, "language": "ky", "by": person}
    record_consent(**answer, given=True, at=AT)
    withdraw_consent(**answer, at=LATER)
    undone(list(read_entries()), lambda: person.consents.filter(given=False).delete())
    assert (consent_of(person), person.consents.count()) == (False, 2)
    record_consent(**answer, given=True, at=LATER + timedelta(days=1))
    replay_journal(entries=read_entries(), at=LATER + timedelta(days=2))
    assert consent_of(person) is True


def test_standing_that_was_withdrawn_opens_no_cohort():
    standing = make_standing(make_staff(), make_organisation(), "M1")
    withdraw_standing(standing=standing, reason="x", by=make_staff(), at=LATER)
    undone(list(read_entries()), lambda: Standing.objects.update(state=StandingState.ACTIVE))
    standing.refresh_from_db()
    assert standing.state == StandingState.WITHDRAWN


def choose(person: User, channel: str, at, address: str = "") -> None:
    set_contact_rule(person=person, channel=channel, reveals=Reveals.EVERYTHING, address=address, by=person, at=at)


def test_who_changed_how_she_is_reached_is_told_nothing_until_she_chooses_again():
    """The address of the day of the backup may be in other hands by now, and a text there may betray her."""
    person = make_person()
    choose(person, Channel.EMAIL, AT, "old@example.org")
    choose(person, Channel.SITE, LATER)
    entries = list(read_entries())
    undone([entries[-1]], lambda: choose(person, Channel.EMAIL, AT, "old@example.org"))
    rule = ContactRule.objects.get(person=person)
    assert (rule.channel, rule.reveals, person.contacts.exists()) == (Channel.SITE, Reveals.NOTHING, False)
    choose(person, Channel.EMAIL, LATER + timedelta(days=1), "new@example.org")
    assert replay_journal(entries=read_entries(), at=LATER) == {"done": 1}
    assert ContactRule.objects.get(person=person).channel == Channel.EMAIL


@pytest.mark.parametrize(("first", "last"), [(NameForm.FULL, NameForm.NONE), (NameForm.NONE, "")])
def test_preference_for_certificates_to_come_is_her_last(first, last):
    person = make_person()
    for day, form in enumerate((first, last)):
        choose_name_form(person=person, name_form=form, by=person, at=LATER + timedelta(days=day))
    undone([list(read_entries())[-1]], lambda: User.objects.update(name_form=NameForm.FULL))
    person.refresh_from_db()
    assert person.name_form == last


def test_name_is_shown_as_she_last_chose():
    certificate = make.make_certificate()
    for day, form in enumerate((NameForm.FULL, NameForm.NONE)):
        change_name_form(certificate=certificate, form=form, by=certificate.person, at=LATER + timedelta(days=day))
    entries = list(read_entries())
    statements = IssueLog.objects.count()
    change_name_form(certificate=certificate, form=NameForm.MASKED, by=None, at=AT)
    assert replay_journal(entries=entries, at=LATER) == {"done": 1}
    assert verdict_of(certificate.public_id, LATER.date()).shown_name == ""
    assert IssueLog.objects.count() == statements + 2
    erase_holder(certificate=certificate, by=None, at=LATER)
    assert replay_journal(entries=[entry("change_name_form", certificate.pk, form="full")], at=LATER) == {"done": 1}


def test_what_was_given_anew_is_nothing_to_somebody_whom_the_backup_does_not_know():
    gone, place = uuid4(), {"organisation": str(uuid4()), "region": "all"}
    entries = [
        entry("end_role", gone, role="coordinator", **place),
        entry("replace_card", gone),
        entry("withdraw_consent", gone, purpose="photo"),
        entry("withdraw_standing", gone),
        entry("set_contact_rule", gone),
        entry("change_name_form", gone, form="none"),
        entry("choose_name_form", gone, form="none"),
        entry("suspend_certificate", gone),
        entry("lift_suspension", uuid4()),
        entry("revoke_calendar_address", gone),
        entry("withdraw_invitation", gone),
        entry("leave_organisation", gone, organisation=str(uuid4())),
        entry("close_account", gone),
        entry("reopen_account", uuid4()),
    ]
    assert replay_journal(entries=entries, at=LATER) == {"absent": 14}


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
    assert "Journal: 1 decisions in it" in out.getvalue()
    assert "1 are about something newer than this database" in out.getvalue()
    append_entry("of_a_later_version", "1", AT)
    with pytest.raises(CommandError, match="1 decisions could not be done again"):
        call_command("replay_journal", stdout=out)


# ── This way and that: of each the last decision holds ───────────────────────────────────────────────────────────────


def as_issued(certificate: Certificate) -> None:
    """As the backup has it, from before anything was decided."""
    Certificate.objects.filter(pk=certificate.pk).update(state="valid", state_since=AT)
    Standing.objects.filter(pk=certificate.standing_id).update(state=StandingState.ACTIVE)


def test_certificate_that_was_suspended_is_so_again_in_the_same_words_and_once():
    certificate = make.make_trainer_certificate()
    wording = wording_of("decision")
    suspend_certificate(certificate=certificate, public_wording=wording, internal_reason="x", by=make_staff(), at=LATER)
    undone(list(read_entries()), lambda: as_issued(certificate))
    certificate.refresh_from_db()
    assert (certificate.state, certificate.state_since) == ("suspended", LATER)
    assert [change.public_wording for change in certificate.changes.all()] == [wording, wording]
    assert certificate.person.standings.get(pk=certificate.standing_id).state == StandingState.SUSPENDED


def test_suspension_that_was_lifted_since_is_not_done_again_and_one_of_before_is_lifted():
    certificate, by = make.make_certificate(), make_staff()
    suspend_certificate(certificate=certificate, public_wording={}, internal_reason="x", by=by, at=AT)
    lift_suspension(certificate=certificate, internal_reason="x", by=by, at=LATER)
    entries = list(read_entries())
    assert replay_journal(entries=entries, at=LATER) == {"done": 1}
    certificate.refresh_from_db()
    assert (certificate.state, certificate.changes.count()) == ("valid", 2)
    Certificate.objects.filter(pk=certificate.pk).update(state="suspended", state_since=AT)
    assert replay_journal(entries=entries, at=LATER) == {"done": 1}
    certificate.refresh_from_db()
    assert certificate.state == "valid"


def test_what_the_database_knows_of_later_stays():
    certificate = make.make_certificate()
    Certificate.objects.filter(pk=certificate.pk).update(state_since=LATER)
    assert replay_journal(entries=[entry("suspend_certificate", certificate.pk)], at=LATER) == {"done": 1}
    certificate.refresh_from_db()
    assert certificate.state == "valid"


def test_revoked_calendar_address_answers_nothing():
    person = make_person()
    address = make_calendar_address(person=person, by=person, at=AT)
    kept = CalendarAddress.objects.get(pk=address.pk)
    revoke_calendar_address(address=address, by=person, at=LATER)
    kept.save(force_insert=True)
    assert replay_journal(entries=read_entries(), at=LATER) == {"done": 1}
    assert not person.calendar_addresses.exists()
    again = make_calendar_address(person=person, by=person, at=LATER)
    assert set(replay_journal(entries=read_entries(), at=LATER)) == {"absent"}
    assert list(person.calendar_addresses.all()) == [again]


def test_withdrawn_invitation_is_no_way_in():
    by, organisation = make_staff(), make_organisation()
    asked = {"username": "asked", "display_name": "Гүлзат", "language": "ky", "kind": RoleKind.OBSERVER}
    invitation = invite_staff(**asked, organisation=organisation, by=by, at=AT)
    person, role = invitation.person, Role.objects.get(person=invitation.person)
    withdraw_invitation(invitation=invitation, by=by, at=LATER)
    Invitation.objects.filter(pk=invitation.pk).update(withdrawn_at=None)
    User.objects.filter(pk=person.pk).update(username="asked", is_active=True)
    Role.objects.filter(pk=role.pk).update(valid_until=None)
    for _time in range(2):
        assert set(replay_journal(entries=read_entries(), at=LATER)) == {"done"}
    invitation.refresh_from_db()
    person.refresh_from_db()
    assert (invitation.withdrawn_at, person.username, person.is_active) == (LATER, None, False)
    assert not Role.objects.active(LATER.date()).filter(person=person).exists()
