"""The journal done once more: two rows that were made one are one, and what she decided since holds for both."""

from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest
from django.db import transaction

from lms.common.journal import Entry, read_entries
from lms.people.actions import (
    CardMerged,
    record_consent,
    renew_pins,
    set_legal_name,
    sign_in_with_card,
    withdraw_consent,
)
from lms.people.models import AuditEntry, Card, ConsentPurpose, LegalName, Role, RoleKind, User
from lms.people.queries import answers_of
from lms.privacy.actions import Wish, erase_person, replay_journal
from lms.privacy.actions.merging import merge_people
from tests.factories.merging import Twice, crowd, make_twice
from tests.factories.people import AT, make_organisation, make_role

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=3)
NAME = "Айгүл Токтосунова"


@pytest.fixture
def twice(regions) -> Twice:
    return make_twice(make_organisation("alga"), regions["KG-B"])


def backed_up_before(decide: Callable[[], object]) -> list[Entry]:
    """The database as a backup of before has it; the journal outside knows what was decided."""
    with transaction.atomic():
        decide()
        transaction.set_rollback(True)
    return list(read_entries())


def merge(twice: Twice) -> None:
    merge_people(kept=twice.kept, merged=twice.merged, by=twice.coordinator, at=LATER)


def rows(twice: Twice) -> Iterable[User]:
    return User.objects.get(pk=twice.kept.pk), User.objects.get(pk=twice.merged.pk)


def test_two_rows_are_one_again_and_her_no_of_afterwards_reaches_what_both_said(twice):
    certificate = crowd(twice)
    photo = {"purpose": ConsentPurpose.PHOTO, "language": "ky"}
    record_consent(person=twice.merged, given=True, by=twice.merged, at=AT, **photo)
    pin = renew_pins(people=[twice.merged], by=twice.coordinator, at=AT)[twice.merged.pk]

    def decide() -> None:
        merge(twice)
        withdraw_consent(person=twice.kept, by=twice.kept, at=LATER + timedelta(hours=1), **photo)

    entries = backed_up_before(decide)
    assert [(one.kind, one.subject, one.ids) for one in entries if one.kind == "merge_people"] == [
        ("merge_people", str(twice.kept.pk), {"merged": str(twice.merged.pk)})
    ]
    assert User.objects.get(pk=twice.merged.pk).merged_into is None
    for _time in range(2):
        assert replay_journal(entries=entries, at=LATER)["failed"] == 0
    kept, merged = rows(twice)
    assert (merged.merged_into, merged.is_active, merged.display_name) == (kept, False, "")
    certificate.refresh_from_db()
    assert certificate.person == kept
    assert [answer.given for answer in answers_of(kept)[ConsentPurpose.PHOTO].values()] == [False]
    assert set(AuditEntry.objects.filter(verb="merge_people").values_list("actor_id", flat=True)) == {None}
    with pytest.raises(CardMerged):
        sign_in_with_card(code=Card.objects.get(person=merged).code, pin=pin, at=LATER)
    assert len([one for one in read_entries() if one.kind == "merge_people"]) == 1


@pytest.mark.parametrize("merge_is_lost", [False, True])
def test_whoever_was_erased_after_the_merge_is_revived_in_neither_row(twice, merge_is_lost):
    for row in (twice.kept, twice.merged):
        set_legal_name(person=row, name=NAME, by=row, at=AT)

    def decide() -> None:
        merge(twice)
        erase_person(person=twice.kept, by=None, at=LATER + timedelta(hours=1), wish=Wish())

    entries = backed_up_before(decide)
    assert LegalName.objects.count() == 2
    left = [one for one in entries if not (merge_is_lost and one.kind == "merge_people")]
    assert replay_journal(entries=left, at=LATER)["failed"] == 0
    assert all(row.erased_at for row in rows(twice))
    assert not LegalName.objects.exists()


@pytest.mark.parametrize("why", ["duties", "erased", "other way", "unknown"])
def test_rows_that_are_not_to_be_united_in_the_backup_stop_nothing(twice, why):
    entries = backed_up_before(lambda: merge(twice))
    if why == "duties":
        make_role(twice.merged, RoleKind.OBSERVER, twice.organisation)
    elif why == "erased":
        erase_person(person=twice.merged, by=None, at=AT, wish=None)
    elif why == "other way":
        merge_people(kept=twice.merged, merged=twice.kept, by=twice.coordinator, at=AT)
    else:
        entries = [Entry(one.id, one.at, one.kind, one.subject, {"merged": str(one.id)}) for one in entries]
    counted = replay_journal(entries=entries, at=LATER)
    assert counted["failed"] == (1 if why == "duties" else 0)
    assert User.objects.get(pk=twice.merged.pk).merged_into is None
    assert Role.objects.filter(person=twice.kept, kind=RoleKind.OBSERVER).count() == 0
