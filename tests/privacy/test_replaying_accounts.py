"""The journal done once more: who left has no way in, unless she came back."""

from collections import Counter
from datetime import timedelta

import pytest

from lms.common.codes import new_id
from lms.common.journal import Entry, read_entries
from lms.people.actions import (
    end_account,
    end_password,
    forget_audit,
    give_user_name,
    reopen_account,
    replace_card,
)
from lms.people.models import AuditEntry, Engagement, Role, RoleKind, User
from lms.privacy.actions import replay_journal
from tests.factories.cohorts import make_cohort
from tests.factories.people import AT, PASSWORD, make_organisation, make_person, make_role, make_staff
from tests.privacy.test_replaying import undone

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=3)


@pytest.fixture(autouse=True)
def _journal(tmp_path, settings):
    settings.JOURNAL_FILE = tmp_path / "journal.jsonl"


@pytest.mark.parametrize("has_card", [False, True])
def test_account_that_was_closed_opens_nothing(has_card):
    """A password of before works no more; a card that is hers as a participant does."""
    person, organisation, by = make_staff(), make_organisation(), make_staff()
    make_role(person, RoleKind.OBSERVER, organisation)
    if has_card:
        replace_card(person=person, by=by, at=AT)
    before = {name: getattr(person, name) for name in ("username", "password", "is_active")}
    end_account(person=person, organisations=[organisation], by=by, at=LATER)
    entries = [one for one in read_entries() if one.kind == "close_account"]
    undone(entries, lambda: User.objects.filter(pk=person.pk).update(**before))
    person.refresh_from_db()
    assert (person.has_usable_password(), person.is_active) == (False, has_card)
    assert AuditEntry.objects.filter(verb="end_account", actor_id=None).count() == 1


@pytest.mark.parametrize("came_back", [False, True])
def test_whoever_left_an_organisation_has_left_it_unless_she_came_back(came_back):
    person, organisation = make_staff(), make_organisation()
    make_cohort(organisation, lead=person)
    make_role(person, RoleKind.TRAINER, make_organisation())
    end_account(person=person, organisations=[organisation], by=make_staff(), at=LATER)
    if came_back:
        make_role(person, RoleKind.TRAINER, organisation)
        Role.objects.filter(person=person, organisation=organisation).update(granted_at=LATER + timedelta(days=1))
    entries = [one for one in read_entries() if one.kind == "leave_organisation"]
    undone(entries, lambda: Engagement.objects.filter(person=person).update(left_at=None))
    left = Engagement.objects.get(person=person, organisation=organisation).left_at
    assert left == (None if came_back else LATER)


@pytest.fixture
def back() -> User:
    """Whose account was closed and, three days later, opened again."""
    person, organisation, by = make_staff(), make_organisation(), make_staff()
    make_role(person, RoleKind.OBSERVER, organisation)
    make_role(by, RoleKind.ADMINISTRATOR, organisation)
    end_account(person=person, organisations=[organisation], by=by, at=AT)
    return reopen_account(person=person, by=by, at=LATER)


def replay_of_account(at=LATER) -> Counter[str]:
    entries = [one for one in read_entries() if one.kind in ("close_account", "reopen_account")]
    return replay_journal(entries=entries, at=at)


def restore_from_before(person: User) -> None:
    """A backup of before both: she has her old password, and nothing is known of what became of her account."""
    AuditEntry.objects.all().delete()
    person.set_password(PASSWORD)
    person.save()


def test_account_that_was_opened_again_stays_open(back):
    back.set_password(PASSWORD)
    back.save()
    assert replay_of_account() == {"done": 2}
    back.refresh_from_db()
    assert (back.is_active, back.check_password(PASSWORD)) == (True, True)


def test_opening_again_that_the_backup_does_not_know_lets_no_old_password_in(back):
    restore_from_before(back)
    for _time in range(2):
        assert replay_of_account() == {"done": 2}
        back.refresh_from_db()
        assert (back.is_active, back.has_usable_password()) == (False, False)
    assert AuditEntry.objects.get(verb="end_account").at == AT


def test_account_that_was_opened_again_after_the_restore_stays_open(back):
    restore_from_before(back)
    replay_of_account()
    by = Role.objects.get(kind=RoleKind.ADMINISTRATOR).person
    reopen_account(person=back, by=by, at=LATER + timedelta(days=1))
    assert replay_of_account() == {"done": 3}
    back.refresh_from_db()
    assert back.is_active


def test_account_that_was_closed_a_second_time_is_closed(back):
    closed_again = Entry(id=new_id(), at=LATER + timedelta(days=1), kind="close_account", subject=str(back.pk))
    assert replay_journal(entries=[*read_entries(), closed_again], at=LATER + timedelta(days=2))["failed"] == 0
    back.refresh_from_db()
    assert not back.is_active


@pytest.mark.parametrize("has_new_role", [False, True])
def test_when_the_audit_trail_is_forgotten_a_role_given_since_keeps_the_account_open(back, has_new_role):
    years_later = LATER + timedelta(days=4 * 365)
    Role.objects.filter(person=back).update(granted_at=LATER if has_new_role else AT - timedelta(days=1))
    forget_audit(before=years_later - timedelta(days=3 * 365))
    replay_of_account(at=years_later)
    back.refresh_from_db()
    assert back.is_active == has_new_role


def test_within_the_term_of_the_audit_trail_a_role_alone_opens_nothing(back):
    restore_from_before(back)
    Role.objects.filter(person=back).update(granted_at=LATER)
    replay_of_account()
    back.refresh_from_db()
    assert not back.is_active


@pytest.mark.parametrize("named_since", [False, True])
def test_a_password_that_was_ended_beside_a_card_comes_back_with_no_backup(named_since):
    """Unless she was given a user name anew since: that one is hers."""
    person, organisation, by = make_person(), make_organisation(), make_staff()
    make_role(person, RoleKind.OBSERVER, organisation)
    make_role(by, RoleKind.ADMINISTRATOR, organisation)
    name = {"person": person, "email": None, "organisation": organisation, "by": by}
    give_user_name(**name, username="first", at=AT)
    end_password(person=person, by=by, at=LATER)
    if named_since:
        give_user_name(**name, username="second", at=LATER + timedelta(days=1))
    else:
        User.objects.filter(pk=person.pk).update(username="first")
    person.refresh_from_db()
    person.set_password(PASSWORD)
    person.save()
    replay_of_account(at=LATER + timedelta(days=2))
    person.refresh_from_db()
    assert (person.is_active, person.username) == (True, "second" if named_since else None)
    assert person.has_usable_password() is named_since
