"""Whoever took over an account makes no second signature with it, whatever links are made afterwards."""

import re
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.people import actions
from lms.people.models import AuditEntry, Card, Invitation, Proposal, RoleKind, User
from lms.people.permissions import has_role
from lms.people.queries import are_independent
from tests.factories.people import PASSWORD, browser, make_role, make_staff
from tests.parallel import at_once, real_database, waiting_before
from tests.people.test_confirming import Coordinator, House

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """Links are used more often in a minute than one address may."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def house(db) -> House:
    return House()


@pytest.fixture
def root(db) -> User:
    return User.objects.create_superuser("root", PASSWORD)


def link_in(page: str) -> str:
    return re.search(r"http://testserver(\S+/key/\S+?)<", page)[1]


def shown(by: User, person: User) -> str:
    """The link that an administrator reads."""
    return link_in(browser(by).post(reverse("people:password_link", args=[person.pk])).text)


def shown_to_root(root: User, person: User) -> str:
    return link_in(browser(root).post(reverse("people:renew_administrator", args=[person.pk])).text)


def come_in(person: User, link: str) -> Client:
    """Whoever has the link sets a password, and signs in."""
    Coordinator.use(link)
    client, name = Client(), User.objects.get(pk=person.pk).username
    answer = client.post(reverse("account_login"), {"login": name, "password": "an-attack-2026"})
    assert answer.status_code == 302
    return client


def confirm(house: House, by: User, **more: str) -> str:
    url = reverse("people:confirm_role", args=[house.proposal.pk])
    return browser(by).post(url, {"answer": "confirm", "secret": PASSWORD, **more}, follow=True).text


# ── One administrator holds the account of the other ─────────────────────────────────────────────────────────────────


def test_a_link_of_the_installation_frees_an_account_once_it_is_used_and_not_before(house, root):
    thief = come_in(house.second, shown(house.first, house.second))
    assert not are_independent(house.first.pk, house.second.pk)
    link = shown_to_root(root, house.second)
    assert thief.get(reverse("people:roles")).status_code == 200
    assert not are_independent(house.first.pk, house.second.pk)
    assert not are_independent(house.second.pk, house.first.pk)
    come_in(house.second, link)
    assert thief.get(reverse("people:roles")).status_code == 302
    assert are_independent(house.first.pk, house.second.pk)


def test_nor_does_a_link_of_hers_or_of_whoever_holds_the_account(house):
    """Signed in as the other one she makes a link to that one's password, and uses it."""
    come_in(house.second, shown(house.first, house.second))
    come_in(house.second, shown(house.second, house.second))
    assert not are_independent(house.first.pk, house.second.pk)


def test_a_link_that_was_made_and_not_used_counts_beside_the_one_that_was(house, root):
    come_in(house.second, shown_to_root(root, house.second))
    shown(house.first, house.second)
    assert not are_independent(house.first.pk, house.second.pk)


@pytest.mark.parametrize(("used", "free"), [(0, False), (1, True)])
def test_of_two_links_at_hand_the_used_one_is_told_from_the_other(house, root, seconds_apart, used, free):
    """Both can be used until one of them is."""
    links = [shown(house.first, house.second), shown_to_root(root, house.second)]
    assert not are_independent(house.first.pk, house.second.pk)
    come_in(house.second, links[used])
    assert are_independent(house.first.pk, house.second.pk) is free


def test_what_was_proposed_from_a_held_account_is_not_confirmed_by_whoever_held_it(house, root):
    """She proposes as the other one, lets her have her account back, and confirms as herself."""
    thief = come_in(house.second, shown(house.first, house.second))
    page = reverse("people:member", args=[house.colleague.pk])
    typed = {"kind": "coordinator", "organisation": str(house.organisation.pk), "region": "", "valid_until": ""}
    thief.post(page, typed)
    assert house.proposal.proposed_by == house.second
    come_in(house.second, shown_to_root(root, house.second))
    assert are_independent(house.first.pk, house.second.pk)
    assert "One person could have made both signatures" in confirm(house, house.first)
    assert not house.coordinates


def test_an_administrator_made_from_a_held_account_stays_her_maker_s(house, root):
    come_in(house.second, shown(house.first, house.second))
    helper = make_staff("helper")
    make_role(helper, RoleKind.OBSERVER, house.organisation)
    role = {"person": helper, "kind": "administrator", "organisation": house.organisation}
    actions.grant_role(**role, by=house.second, at=timezone.now())
    come_in(house.second, shown_to_root(root, house.second))
    assert not are_independent(house.first.pk, helper.pk)


# ── Whoever holds a colleague's account confirms no role of hers ─────────────────────────────────────────────────────


def test_whoever_took_the_account_before_or_after_does_not_confirm_its_role(house):
    come_in(house.colleague, shown(house.second, house.colleague))
    house.give()
    client, url = browser(house.second), reverse("people:confirm_role", args=[house.proposal.pk])
    assert "waits for your signature" not in client.get(reverse("dashboard:desk")).text
    assert 'value="confirm"' not in client.get(url).text
    assert "could be she" in confirm(house, house.second)
    assert not house.coordinates


def test_nor_whoever_takes_it_while_it_waits(house):
    victim = Coordinator(house, by_card=False)
    shown(house.first, victim.person)
    assert house.proposal.proposed_by == house.first
    come_in(victim.person, shown(house.second, victim.person))
    assert "could be she" in confirm(house, house.second)
    assert not house.coordinates


def test_nor_whoever_let_a_helper_of_hers_take_it(house):
    helper = make_staff("helper")
    make_role(helper, RoleKind.OBSERVER, house.organisation)
    role = {"person": helper, "kind": "administrator", "organisation": house.organisation}
    actions.grant_role(**role, by=house.second, at=timezone.now())
    come_in(house.colleague, shown(helper, house.colleague))
    house.give()
    assert "could be she" in confirm(house, house.second)
    assert not house.coordinates


def invited_to_her_own_mailbox(house: House, root: User | None = None) -> User:
    """An observer whose invitation the first administrator, or the installation, sends to an address of her choice."""
    typed = {"username": "invented", "display_name": "Invented", "language": "en", "kind": RoleKind.OBSERVER}
    by = root or house.first
    invitation = actions.invite_staff(
        **typed, organisation=house.organisation, email="attacker@example.org", by=by, at=timezone.now()
    )
    come_in(invitation.person, f"/en/accounts/password/reset/key/{make_invitation_key(invitation)}/")
    return invitation.person


def make_invitation_key(invitation: Invitation) -> str:
    return actions.make_invitation_key(invitation=invitation, at=timezone.now())


def test_nor_whoever_invited_her_to_an_address_of_her_choice(house):
    house.colleague = invited_to_her_own_mailbox(house)
    house.give(by=house.second)
    assert "could be she" in confirm(house, house.first)
    assert not house.coordinates


def test_nor_does_she_sign_beside_whom_she_invited_so(house):
    house.colleague = invited_to_her_own_mailbox(house)
    house.give(RoleKind.ADMINISTRATOR, by=house.second)
    assert not are_independent(house.first.pk, house.colleague.pk)
    assert are_independent(house.first.pk, house.second.pk)


def test_whom_the_installation_invited_by_mail_depends_on_nobody(house, root):
    house.colleague = invited_to_her_own_mailbox(house, root)
    house.give(by=house.second)
    confirm(house, house.first)
    assert house.coordinates


def test_nor_whoever_renewed_the_card(house):
    house.give()
    house.colleague.roles.first().in_hands_of.add(house.second)
    assert "could be she" in confirm(house, house.second)
    assert not house.coordinates


def test_an_earlier_giver_who_was_shown_no_link_confirms(house):
    """Two administrators: each gave her a role once, one helped her with a link, and both sign for her."""
    house.give(RoleKind.COACH, by=house.second)
    come_in(house.colleague, shown(house.first, house.colleague))
    house.give()
    confirm(house, house.second)
    assert house.coordinates


def test_whoever_helped_once_confirms_again_after_another_one_s_link_was_used(house):
    come_in(house.colleague, shown(house.second, house.colleague))
    house.give()
    assert "could be she" in confirm(house, house.second)
    come_in(house.colleague, shown(house.first, house.colleague))
    confirm(house, house.second)
    assert house.coordinates


# ── A card beside the link ───────────────────────────────────────────────────────────────────────────────────────────


class WithCard(Coordinator):
    """She works with her card, whose PIN is hers, and an administrator gives her a user name."""

    def __init__(self, house: House) -> None:
        super().__init__(house, by_card=True)
        self.pin = actions.renew_pins(people=[self.person], by=self.person, at=timezone.now())[self.person.pk]
        self.code = Card.objects.get(person=self.person).code
        # A sign-in ends a link where it is not of the same second as the one before.
        User.objects.filter(pk=self.person.pk).update(last_login=timezone.now() - timedelta(days=1))
        url = reverse("people:give_user_name", args=[self.person.pk])
        self.link = link_in(self.attacker.post(url, {"username": "hers", "email": ""}).text)

    def by_card(self) -> Client:
        client = Client()
        assert client.post("/card/", {"code": self.code, "pin": self.pin}).status_code == 302
        return client


def test_the_second_signature_reads_that_somebody_set_a_password_and_can_end_it(house):
    victim = WithCard(house)
    thief = come_in(victim.person, victim.link)
    hers = victim.by_card()
    page = browser(house.second).get(reverse("people:confirm_role", args=[house.proposal.pk])).text
    assert "a password was set" in page
    assert "did you set it yourself?" in page
    confirm(house, house.second, answer="confirm_card")
    assert house.coordinates
    plan = reverse("cohorts:plan")
    assert thief.get(plan).status_code == 302
    again = Client()
    again.post(reverse("account_login"), {"login": "hers", "password": "an-attack-2026"})
    assert again.get(plan).status_code == 302
    assert hers.get(plan).status_code == 302
    assert victim.by_card().get(plan).status_code == 200
    assert User.objects.get(pk=victim.person.pk).username is None
    assert AuditEntry.objects.get(verb="end_password").actor_id == house.second.pk


def test_a_coordinator_who_goes_on_with_her_card_is_confirmed_without_ever_using_the_link(house):
    victim = WithCard(house)
    page = reverse("people:confirm_role", args=[house.proposal.pk])
    assert "Nobody has come in yet" in browser(house.second).get(page).text
    victim.by_card()
    text = browser(house.second).get(page).text
    assert "password was set" not in text
    assert "did you sign in here yourself?" in text
    # Her sign-in made it void.
    assert "password1" not in Client().get(victim.link, follow=True).text
    confirm(house, house.second)
    assert house.coordinates
    assert User.objects.get(pk=victim.person.pk).username == "hers"


def test_a_sign_in_while_the_link_was_being_made_does_not_make_it_void(house):
    """Whoever asked for it waited for her row, and she signed in meanwhile: the link was made after that."""
    house.give()
    asked = timezone.now()
    browser(house.colleague)
    actions.make_password_key(person=house.colleague, by=house.first, at=asked)
    with pytest.raises(actions.NotComeYet):
        actions.confirm_role(proposal=house.proposal, by=house.second, at=timezone.now())


def test_only_a_card_that_is_left_lets_the_password_be_ended(house):
    house.give()
    with pytest.raises(actions.NoCard):
        actions.confirm_role(proposal=house.proposal, by=house.second, at=timezone.now(), ends_password=True)
    assert not house.coordinates


# ── The link itself ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_link_is_used_once_and_written_down(house):
    link = shown(house.first, house.colleague)
    there = Client().get(link, follow=True).request["PATH_INFO"]
    late = Client()
    late.get(link, follow=True)
    Coordinator.use(link)
    before = User.objects.get(pk=house.colleague.pk).password
    late.post(there, {"password1": "another-attack-2026", "password2": "another-attack-2026"})
    assert User.objects.get(pk=house.colleague.pk).password == before
    used = AuditEntry.objects.get(verb="use_password_link")
    assert (used.subject_id, used.actor_id) == (str(house.colleague.pk), None)
    token = re.search(r"/key/[^/]+?-([^/]+)/", link)[1]
    with pytest.raises(actions.LinkUsed):
        actions.use_password_link(
            person=house.colleague, token=token, password="another-attack-2026", at=timezone.now()
        )


def test_who_could_be_somebody_is_kept_as_long_as_her_account(house):
    past = timezone.now() - timedelta(days=1200)
    actions.make_password_key(person=house.second, by=house.first, at=past)
    actions.make_password_key(person=house.colleague, by=house.first, at=past)
    actions.make_password_key(person=house.first, by=house.first, at=past)
    kept, erased = house.second, house.colleague
    actions.erase_details(person=erased, by=None, at=timezone.now())
    actions.forget_audit(before=timezone.now() - timedelta(days=1095))
    assert not are_independent(house.first.pk, kept.pk)
    links = AuditEntry.objects.filter(verb="make_password_key").values_list("subject_id", flat=True)
    assert set(links) == {str(kept.pk), str(house.first.pk)}
    assert not AuditEntry.objects.filter(at__lt=past + timedelta(days=1)).exclude(verb="make_password_key").exists()


@pytest.mark.django_db(transaction=True)
def test_a_link_made_while_the_signature_is_given_doubts_the_role_anew(tmp_path):
    """Never a confirmed role beside a link that can still be used: the signature has looked, and is not written yet."""
    house = House()
    house.give()
    proposal = house.proposal

    looked, made = threading.Event(), threading.Event()

    def sign() -> None:
        with waiting_before('UPDATE "people_role"', looked, made):
            actions.confirm_role(proposal=proposal, by=house.second, at=timezone.now())

    def make_link() -> None:
        assert looked.wait(10)
        actions.make_password_key(person=house.colleague, by=house.first, at=timezone.now())
        made.set()

    with real_database(tmp_path):
        assert at_once(sign, make_link) == [None, None]
        person, waiting = at_once(
            lambda: User.objects.get(pk=house.colleague.pk), lambda: Proposal.objects.waiting(timezone.now()).count()
        )
        [coordinates] = at_once(lambda: has_role(person, RoleKind.COORDINATOR))
        assert (coordinates, waiting) == (False, 1)
