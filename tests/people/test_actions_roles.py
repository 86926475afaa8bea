from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from lms.people import actions
from lms.people.models import AuditEntry, Organisation, Role, RoleKind, User
from lms.people.permissions import active_roles, has_role
from tests.factories.people import make_organisation, make_role, make_staff

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)


@pytest.fixture
def admin() -> User:
    return make_staff("admin")


@pytest.fixture(autouse=True)
def _today(monkeypatch, at):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)


def afresh(person: User) -> User:
    return User.objects.get(pk=person.pk)


def make_colleague() -> tuple[User, Organisation]:
    """Somebody who trains for an organisation, and so may be given a role there without being asked."""
    person, organisation = make_staff("person"), make_organisation()
    actions.note_engagement(people=[person], organisation=organisation)
    return person, organisation


def groups(person: User) -> set[str]:
    return set(person.groups.values_list("name", flat=True))


def test_grant_role_holds_from_today_and_is_noted(admin, at):
    person, organisation = make_colleague()
    role = actions.grant_role(person=person, kind="trainer", organisation=organisation, by=admin, at=at)
    assert (role.valid_from, role.valid_until, role.granted_by) == (TODAY, None, admin)
    entry = AuditEntry.objects.get(verb="grant_role")
    assert (entry.actor_id, entry.organisation_id, entry.details) == (admin.pk, organisation.pk, {"role": "trainer"})


def test_nobody_gives_herself_a_role(admin, at):
    with pytest.raises(actions.OwnRole):
        actions.grant_role(person=admin, kind="coordinator", organisation=make_organisation(), by=admin, at=at)
    assert not Role.objects.filter(person=admin, kind="coordinator").exists()


def test_the_same_role_is_granted_once(admin, at):
    person, organisation = make_colleague()
    fields = {"person": person, "kind": "trainer", "organisation": organisation, "by": admin, "at": at}
    actions.grant_role(**fields)
    with pytest.raises(actions.RoleHeld):
        actions.grant_role(**fields)
    assert Role.objects.count() == 1


def test_a_role_in_another_region_is_another_role(admin, at, regions):
    person, organisation = make_colleague()
    fields = {"person": person, "kind": "coordinator", "organisation": organisation, "by": admin, "at": at}
    actions.grant_role(**fields, region=regions["KG-B"])
    actions.grant_role(**fields, region=regions["KG-N"])
    assert person.roles.count() == 2


def test_an_administrator_has_no_region(admin, at, regions):
    person, organisation = make_colleague()
    fields = {"person": person, "kind": "administrator", "organisation": organisation, "by": admin, "at": at}
    with pytest.raises(actions.AdministratorEverywhere):
        actions.grant_role(**fields, region=regions["KG-B"])
    actions.grant_role(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        person.roles.update(region=regions["KG-B"])
    assert person.roles.get().region is None


@pytest.mark.parametrize(
    ("first", "last", "holds"),
    [
        (TODAY, None, True),
        (TODAY, TODAY, True),
        (TODAY + timedelta(days=1), None, False),
        (TODAY - timedelta(days=9), TODAY - timedelta(days=1), False),
    ],
)
def test_a_role_holds_between_its_days(first, last, holds):
    person = make_staff("person")
    make_role(person, RoleKind.TRAINER, make_organisation(), valid_from=first, valid_until=last)
    assert has_role(afresh(person), RoleKind.TRAINER) is holds


def test_a_day_begins_at_midnight_in_bishkek(monkeypatch, at):
    person = make_staff("person")
    make_role(person, RoleKind.TRAINER, make_organisation(), valid_until=TODAY)
    # 23:59 and 00:01 in Bishkek; both are the 24th in UTC.
    last_minute = at.replace(hour=17, minute=59)
    for now, holds in ((last_minute, True), (last_minute + timedelta(minutes=2), False)):
        monkeypatch.setattr("django.utils.timezone.now", lambda now=now: now)
        assert has_role(afresh(person), RoleKind.TRAINER) is holds


def test_an_ended_role_is_gone_at_once_and_its_row_stays(admin, at):
    person = make_staff("person")
    role = make_role(person, RoleKind.TRAINER, make_organisation())
    assert len(active_roles(afresh(person))) == 1
    ended = actions.end_role(role=role, by=admin, at=at)
    assert active_roles(afresh(person)) == []
    assert ended.valid_until == TODAY - timedelta(days=1)
    assert AuditEntry.objects.filter(verb="end_role", actor_id=admin.pk).count() == 1


def test_ending_a_role_twice_is_harmless(admin, at):
    role = make_role(make_staff("person"), RoleKind.TRAINER, make_organisation())
    first = actions.end_role(role=role, by=admin, at=at)
    again = actions.end_role(role=role, by=admin, at=at + timedelta(days=5))
    assert again.valid_until == first.valid_until
    assert AuditEntry.objects.filter(verb="end_role").count() == 1


@pytest.mark.parametrize("first", [TODAY, TODAY + timedelta(days=30)])
def test_a_role_of_today_or_to_come_can_be_ended(admin, at, first):
    person = make_staff("person")
    role = make_role(person, RoleKind.TRAINER, make_organisation(), valid_from=first)
    actions.end_role(role=role, by=admin, at=at)
    assert not Role.objects.not_ended(TODAY).exists()


def test_the_only_administrator_stays_until_there_is_another(at):
    organisation, one, two = make_organisation(), make_staff("one"), make_staff("two")
    role = make_role(one, RoleKind.ADMINISTRATOR, organisation)
    make_role(two, RoleKind.ADMINISTRATOR, make_organisation())
    with pytest.raises(actions.LastAdministrator):
        actions.end_role(role=role, by=one, at=at)
    make_role(two, RoleKind.ADMINISTRATOR, organisation)
    actions.end_role(role=role, by=two, at=at)
    assert not has_role(afresh(one), RoleKind.ADMINISTRATOR)


def test_an_administrator_who_was_put_out_does_not_count(at):
    organisation, one, two = make_organisation(), make_staff("one"), make_staff("two")
    role = make_role(one, RoleKind.ADMINISTRATOR, organisation)
    make_role(two, RoleKind.ADMINISTRATOR, organisation)
    User.objects.filter(pk=two.pk).update(is_active=False)
    with pytest.raises(actions.LastAdministrator):
        actions.end_role(role=role, by=one, at=at)


def test_a_role_whose_days_are_in_the_wrong_order_is_refused_by_the_database():
    with pytest.raises(IntegrityError), transaction.atomic():
        make_role(make_staff(), RoleKind.TRAINER, make_organisation(), valid_from=TODAY, valid_until=date(2026, 1, 1))


# ── Wagtail's groups ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (RoleKind.EDITOR, {"Editors"}),
        (RoleKind.TRANSLATOR, {"Translators"}),
        (RoleKind.REGIONAL_AUTHOR, {"Translators"}),
        (RoleKind.ADMINISTRATOR, {"Administrators"}),
        (RoleKind.COORDINATOR, set()),
        (RoleKind.TRAINER, set()),
    ],
)
def test_granting_a_role_is_mirrored_to_groups(kind, expected):
    person = make_staff("person")
    make_role(person, kind, make_organisation())
    assert groups(person) == expected


def test_ending_one_of_two_editor_s_roles_leaves_the_group(admin, at):
    person = make_staff("person")
    roles = [make_role(person, RoleKind.EDITOR, make_organisation()) for _ in range(2)]
    actions.end_role(role=roles[0], by=admin, at=at)
    assert groups(person) == {"Editors"}
    actions.end_role(role=roles[1], by=admin, at=at)
    assert groups(person) == set()


def test_at_night_roles_that_began_or_ended_by_date_are_mirrored(at):
    ends, begins, organisation = make_staff("ends"), make_staff("begins"), make_organisation()
    make_role(ends, RoleKind.EDITOR, organisation, valid_until=TODAY)
    make_role(begins, RoleKind.TRANSLATOR, organisation, valid_from=TODAY + timedelta(days=1))
    assert (groups(ends), groups(begins)) == ({"Editors"}, set())
    assert actions.mirror_all_roles(at=at + timedelta(days=1)) == 2
    assert (groups(ends), groups(begins)) == (set(), {"Translators"})


def test_the_nightly_mirror_gives_the_groups_back_what_was_taken_from_them(at):
    person = make_staff("person")
    make_role(person, RoleKind.EDITOR, make_organisation())
    editors = Group.objects.get(name="Editors")
    before = set(editors.permissions.all())
    editors.permissions.clear()
    actions.mirror_all_roles(at=at)
    assert set(editors.permissions.all()) == before
