from datetime import date

import pytest

from lms.people import actions
from lms.people.models import AuditEntry, Card, PersonKey, RoleKind, User
from tests.factories.people import PASSWORD, make_organisation, make_person, make_role, make_staff

pytestmark = pytest.mark.django_db


def test_create_participant_makes_a_card_and_a_key_and_no_password(at):
    person = actions.create_participant(display_name="Айгүл", language="ky", by=None, at=at)
    assert (person.username, person.email, person.has_usable_password()) == (None, None, False)
    card = Card.objects.get(person=person)
    assert (len(card.code), card.pin_hash, card.printed_at) == (8, "", None)
    assert PersonKey.objects.filter(person=person).count() == 1


def test_create_staff_signs_in_by_password_and_has_no_card():
    person = make_staff("aigul")
    assert person.check_password(PASSWORD)
    assert not Card.objects.filter(person=person).exists()


@pytest.mark.parametrize(
    ("username", "email"), [("AIGUL", None), ("aigul2", "a@example.org"), ("aigul2", "A@Example.org")]
)
def test_a_user_name_or_e_mail_is_given_once_whatever_its_case(at, username, email):
    fields = {"display_name": "A", "language": "ky", "password": PASSWORD, "by": None, "at": at}
    actions.create_staff(username="aigul", email="a@example.org", **fields)
    with pytest.raises(actions.UserNameTaken):
        actions.create_staff(username=username, email=email, **fields)
    assert User.objects.count() == 1


def test_two_accounts_without_an_e_mail_live_side_by_side(at):
    make_staff("one")
    make_staff("two")
    assert User.objects.filter(email__isnull=True).count() == 2


def test_invite_staff_makes_the_account_and_its_role_together(at):
    organisation, admin = make_organisation(), make_staff("admin")
    fields = {"display_name": "A", "language": "ru", "organisation": organisation, "by": admin, "at": at}
    person = actions.invite_staff(username="anna", kind=RoleKind.MONITOR, **fields).person
    assert not person.has_usable_password()
    assert list(person.roles.values_list("kind", "organisation", "granted_by")) == [
        ("monitor", organisation.pk, admin.pk)
    ]
    with pytest.raises(actions.UserNameTaken):
        actions.invite_staff(username="Anna", kind=RoleKind.COORDINATOR, **fields)
    assert person.roles.count() == 1


def test_an_invitation_with_an_unknown_role_leaves_no_account(at):
    fields = {"display_name": "A", "language": "ru", "organisation": make_organisation(), "by": make_staff(), "at": at}
    with pytest.raises(ValueError, match="queen"):
        actions.invite_staff(username="anna", kind="queen", **fields)
    assert not User.objects.filter(username="anna").exists()


class TestWhoMayMakeAPasswordLink:
    """Whoever makes the link can sign in with it, so it needs the right over *all* that the person may do."""

    @pytest.fixture
    def ours(self):
        return make_organisation("ours")

    @pytest.fixture
    def admin(self, ours):
        admin = make_staff("admin")
        make_role(admin, RoleKind.ADMINISTRATOR, ours)
        return admin

    def test_the_administrator_of_all_her_roles(self, ours, admin, at):
        person = make_staff("person")
        make_role(person, RoleKind.TRAINER, ours)
        assert actions.make_password_key(person=person, by=admin, at=at)
        assert AuditEntry.objects.get(verb="make_password_key").actor_id == admin.pk

    def test_not_where_she_also_works_for_others(self, ours, admin, at):
        person = make_staff("person")
        make_role(person, RoleKind.TRAINER, ours)
        make_role(person, RoleKind.TRAINER, make_organisation("theirs"))
        with pytest.raises(actions.AccessNotYours):
            actions.make_password_key(person=person, by=admin, at=at)
        assert not AuditEntry.objects.filter(verb="make_password_key").exists()

    def test_granting_a_role_is_no_way_into_an_account_that_others_made(self, ours, admin, at):
        person = make_staff("person")
        make_role(
            person,
            RoleKind.TRAINER,
            make_organisation("theirs"),
            valid_from=date(2025, 1, 1),
            valid_until=date(2025, 12, 31),
        )
        make_role(person, RoleKind.OBSERVER, ours)
        with pytest.raises(actions.AccessNotYours):
            actions.make_password_key(person=person, by=admin, at=at)

    @pytest.mark.parametrize("with_role", [False, True])
    def test_not_for_a_participant_who_signs_in_with_a_card(self, ours, admin, at, with_role):
        person = make_person()
        if with_role:
            make_role(person, RoleKind.TRAINER, ours)
        with pytest.raises(actions.AccessNotYours):
            actions.make_password_key(person=person, by=admin, at=at)

    def test_not_by_a_coordinator(self, ours, at):
        coordinator, person = make_staff("coordinator"), make_staff("person")
        make_role(coordinator, RoleKind.COORDINATOR, ours)
        make_role(person, RoleKind.TRAINER, ours)
        with pytest.raises(actions.AccessNotYours):
            actions.make_password_key(person=person, by=coordinator, at=at)

    def test_not_for_the_installation_s_superuser(self, ours, admin, at):
        person = User.objects.create_superuser("root", PASSWORD)
        make_role(person, RoleKind.TRAINER, ours)
        with pytest.raises(actions.AccessNotYours):
            actions.make_password_key(person=person, by=admin, at=at)


def test_a_changed_name_is_not_written_into_the_audit_trail(at):
    person = make_person("Айгүл")
    actions.change_display_name(person=person, display_name="Бермет", by=person, at=at)
    actions.change_language(person=person, language="ru", by=person, at=at)
    person.refresh_from_db()
    assert (person.display_name, person.language) == ("Бермет", "ru")
    kept = AuditEntry.objects.filter(verb="change_profile").order_by("pk").values_list("details", flat=True)
    assert list(kept) == [{"field": "display_name", "herself": True}, {"field": "language"}]
