"""The role that may issue certificates: given by one administrator, confirmed by another."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.jobs.models import Job
from lms.people import actions
from lms.people.actions import roles
from lms.people.models import PROPOSAL_HOLDS, AuditEntry, Proposal, Role, RoleKind, User
from lms.people.permissions import has_role
from lms.people.tasks import SEND_PASSWORD_LINK, send_password_link
from tests.factories.people import PASSWORD, browser, make_organisation, make_person, make_role, make_staff

pytestmark = pytest.mark.django_db


class House:
    """Two administrators whom the installation sent, and a colleague."""

    def __init__(self) -> None:
        self.organisation, self.now = make_organisation(), timezone.now()
        self.first, self.second, self.colleague = make_staff("first"), make_staff("second"), make_staff("colleague")
        for person in (self.first, self.second):
            make_role(person, RoleKind.ADMINISTRATOR, self.organisation)
        make_role(self.colleague, RoleKind.OBSERVER, self.organisation)

    def give(self, kind: str = RoleKind.COORDINATOR, by: User | None = None) -> Role:
        return actions.grant_role(
            person=self.colleague, kind=kind, organisation=self.organisation, by=by or self.first, at=self.now
        )

    @property
    def proposal(self) -> Proposal:
        return Proposal.objects.get()

    def confirm(self, by: User | None = None, **later: int) -> Role:
        at = self.now + timedelta(**later)
        return actions.confirm_role(proposal=self.proposal, by=by or self.second, at=at)

    @property
    def coordinates(self) -> bool:
        return has_role(User.objects.get(pk=self.colleague.pk), RoleKind.COORDINATOR)


@pytest.fixture
def house(db) -> House:
    return House()


def test_a_coordinator_takes_two_and_every_other_role_one(house):
    house.give()
    assert not house.coordinates
    house.confirm()
    assert house.coordinates
    trail = AuditEntry.objects.filter(verb="confirm_proposal")
    assert [(one.actor_id, one.details) for one in trail] == [(house.second.pk, {"kind": "confirm_role"})]
    assert house.give(RoleKind.TRAINER).unconfirmed_since is None
    assert house.give(RoleKind.ADMINISTRATOR).unconfirmed_since is None


@pytest.mark.parametrize("way", ["invited", "offered"])
def test_no_way_to_the_role_goes_round_the_second_signature(house, way):
    role = {"kind": "coordinator", "organisation": house.organisation, "at": house.now}
    if way == "invited":
        person = actions.invite_staff(username="new", display_name="New", language="ky", by=house.first, **role).person
    else:
        person = make_staff("outside")
        actions.offer_role(person=person, by=house.first, **role)
        actions.accept_offer(offer=person.role_offers.get(), by=person, at=house.now)
    assert not has_role(User.objects.get(pk=person.pk), RoleKind.COORDINATOR)
    if way == "invited":
        # Her link is on its way, to an address that one person wrote.
        with pytest.raises(actions.NotComeYet):
            house.confirm()
        browser(person)
    house.confirm()
    assert has_role(User.objects.get(pk=person.pk), RoleKind.COORDINATOR)


def test_the_installation_gives_it_alone(house):
    assert house.give(by=User.objects.create_superuser("root", PASSWORD)).unconfirmed_since is None
    assert house.coordinates


def test_nobody_confirms_who_gave_it_got_it_or_depends_on_whoever_gave_it(house):
    appointed = make_staff("appointed")
    role = make_role(appointed, RoleKind.ADMINISTRATOR, house.organisation)
    Role.objects.filter(pk=role.pk).update(granted_by=house.first)
    make_role(house.colleague, RoleKind.ADMINISTRATOR, house.organisation)
    house.give()
    for person, refusal in (
        (house.first, actions.OwnProposal),
        (appointed, actions.SignersNotIndependent),
        (house.colleague, actions.SignersNotIndependent),
        (make_staff(), actions.MayNotPropose),
    ):
        with pytest.raises(refusal):
            house.confirm(person)
    assert not house.coordinates


def test_it_lapses_is_ended_and_given_again(house):
    role = house.give()
    with pytest.raises(actions.ProposalLapsed):
        house.confirm(days=PROPOSAL_HOLDS.days)
    actions.end_role(role=role, by=house.first, at=house.now)
    with pytest.raises(actions.ProposalSettled):
        house.confirm()
    Proposal.objects.all().delete()
    house.give()
    house.confirm()
    assert house.coordinates


@pytest.mark.parametrize(("who", "own"), [("first", True), ("second", False)])
def test_withdrawn_or_declined_the_role_ends(house, who, own):
    role = house.give()
    facts = {"proposal": house.proposal, "by": getattr(house, who), "at": house.now}
    with pytest.raises(actions.OwnProposal if own else actions.NotYourProposal):
        actions.refuse_role(**facts, why="No") if own else actions.take_role_back(**facts)
    if own:
        actions.take_role_back(**facts)
    else:
        with pytest.raises(actions.DeclinedWithoutWhy):
            actions.refuse_role(**facts, why=" ")
        actions.refuse_role(**facts, why="She leaves us.")
    role.refresh_from_db()
    assert role.has_ended(timezone.localdate(house.now))
    assert house.proposal.state_at(house.now) == ("withdrawn" if own else "declined")
    with pytest.raises(actions.ProposalSettled):
        house.confirm()


def test_whoever_gave_it_must_still_administer(house):
    house.give()
    actions.end_role(role=house.first.roles.get(), by=house.second, at=house.now)
    with pytest.raises(actions.ProposerGone):
        house.confirm()
    assert not house.coordinates


# ── Whoever makes a way to her password does not issue in her place ──────────────────────────────────────────────────


class Coordinator:
    """She works with the role; the first administrator wants to issue in her place."""

    def __init__(self, house: House, *, by_card: bool) -> None:
        self.house = house
        self.person = house.colleague = make_person(language="en") if by_card else house.colleague
        make_role(self.person, RoleKind.COORDINATOR, house.organisation)
        Client().force_login(self.person)
        self.attacker = browser(house.first)

    def link_shown(self) -> str:
        page = self.attacker.post(reverse("people:password_link", args=[self.person.pk]))
        return re.search(r"http://testserver(\S+/key/\S+?)<", page.text)[1]

    def link_mailed_to(self, address: str) -> str:
        url = reverse("people:give_user_name", args=[self.person.pk])
        self.attacker.post(url, {"username": "hers", "email": address})
        for job in Job.objects.filter(task=SEND_PASSWORD_LINK):
            send_password_link(str(job.pk))
        [sent] = mail.outbox
        assert sent.to == [address]
        return re.search(r"http://testserver(\S+/key/\S+)", sent.body)[1]

    @staticmethod
    def use(link: str) -> Client:
        """Whoever has it sets a password, and is signed in."""
        client = Client()
        there = client.get(link, follow=True).request["PATH_INFO"]
        client.post(there, {"password1": "an-attack-2026", "password2": "an-attack-2026"})
        return client

    @property
    def name(self) -> str:
        return User.objects.get(pk=self.person.pk).username


def come_in(coordinator: Coordinator, link: str) -> Client:
    coordinator.use(link)
    client = Client()
    client.post(reverse("account_login"), {"login": coordinator.name, "password": "an-attack-2026"})
    return client


@pytest.mark.parametrize("way", ["shown", "mailed"])
def test_an_administrator_cannot_issue_by_a_link_to_a_coordinator_s_password(house, way):
    victim = Coordinator(house, by_card=way == "mailed")
    assert house.coordinates
    plan = reverse("cohorts:plan")
    assert browser(victim.person).get(plan).status_code == 200
    link = victim.link_shown() if way == "shown" else victim.link_mailed_to("attacker@example.org")
    assert not house.coordinates
    thief = come_in(victim, link)
    assert "Your role waits for a second signature" in thief.get(reverse("dashboard:desk")).text
    assert thief.get(plan).status_code == 404
    # The thief cannot sign for herself; the other administrator is asked, and reads where such links go.
    with pytest.raises(actions.OwnProposal):
        house.confirm(house.first)
    page = browser(house.second).get(reverse("people:confirm_role", args=[house.proposal.pk])).text
    assert "made a link to the password of" in page
    assert ("attacker@example.org" in page) == (way == "mailed")
    assert [one.verb for one in AuditEntry.objects.filter(verb="doubt_role")] == ["doubt_role"]


def test_nothing_is_confirmed_while_the_link_can_still_be_used(house):
    """Else it could be used after the signature."""
    victim = Coordinator(house, by_card=False)
    link = victim.link_shown()
    client, url = browser(house.second), reverse("people:confirm_role", args=[house.proposal.pk])
    assert "waits for your signature" not in client.get(reverse("dashboard:desk")).text
    assert "Nobody has come in yet" in client.get(url).text
    assert "nobody has signed in as she since" in client.post(url, {"answer": "confirm", "secret": PASSWORD}).text
    assert not house.coordinates
    come_in(victim, link)
    assert "waits for your signature" in client.get(reverse("dashboard:desk")).text
    client.post(url, {"answer": "confirm", "secret": PASSWORD})
    assert house.coordinates


def test_an_administrator_does_not_sign_twice_by_an_address_that_she_wrote_for_another_one(house):
    """The other one has a card alone, and her role from somebody else."""
    third = make_staff("third")
    make_role(third, RoleKind.ADMINISTRATOR, house.organisation)
    victim = Coordinator(house, by_card=True)
    make_role(victim.person, RoleKind.ADMINISTRATOR, house.organisation)
    come_in(victim, victim.link_mailed_to("attacker@example.org"))
    Proposal.objects.all().delete()
    house.colleague = make_staff("colleague-of-hers")
    make_role(house.colleague, RoleKind.OBSERVER, house.organisation)
    house.give()
    with pytest.raises(actions.SignersNotIndependent):
        house.confirm(User.objects.get(pk=victim.person.pk))
    house.confirm(third)
    assert house.coordinates


def test_a_link_to_a_colleague_who_issues_nothing_or_by_the_installation_takes_one_person(house):
    root = User.objects.create_superuser("root", PASSWORD)
    actions.make_password_key(person=house.colleague, by=house.first, at=house.now)
    make_role(house.colleague, RoleKind.COORDINATOR, house.organisation)
    roles.doubt_roles(person=house.colleague, by=root, at=house.now)
    assert (house.coordinates, Proposal.objects.exists()) == (True, False)


def test_a_coordinator_who_waits_is_helped_with_the_waiting(house):
    house.give()
    house.colleague.roles.filter(kind=RoleKind.OBSERVER).delete()
    helped = [reverse("help:role", args=[role]) for role in ("waiting", "participant", "coordinator")]
    desk = browser(house.colleague).get(reverse("dashboard:desk")).text
    # The notice and the last line of the page lead there.
    assert [desk.count(f'href="{page}"') for page in helped] == [2, 0, 0]
    house.confirm()
    desk = browser(house.colleague).get(reverse("dashboard:desk")).text
    assert [desk.count(f'href="{page}"') for page in helped] == [0, 0, 1]


def test_the_role_is_confirmed_on_its_page(house):
    house.give()
    one, other = browser(house.first), browser(house.second)
    url = reverse("people:confirm_role", args=[house.proposal.pk])
    assert "Your role waits for a second signature" in browser(house.colleague).get(reverse("dashboard:desk")).text
    assert "waits for your signature" in other.get(reverse("dashboard:desk")).text
    for page in (reverse("people:roles"), reverse("people:member", args=[house.colleague.pk])):
        assert ("not confirmed yet" in one.get(page).text, url in one.get(page).text) == (True, True)
    hers = one.get(url).text
    assert 'value="confirm"' not in hers
    assert f"These administrators can: {house.second.display_name}." in hers
    asked = f"Ask <bdi>{house.colleague.display_name}</bdi>: did you sign in here yourself?"
    assert (asked in hers, asked in other.get(url).text) == (False, True)
    assert "You made this proposal yourself" in one.post(url, {"answer": "confirm", "secret": PASSWORD}).text
    assert other.post(url, {"answer": "confirm", "secret": "wrong"}).status_code == 422
    assert not house.coordinates
    assert other.post(url, {"answer": "confirm", "secret": PASSWORD}).status_code == 302
    assert house.coordinates
    assert 'name="answer"' not in other.get(url).text


def test_whoever_gave_the_role_reads_why_it_was_declined(house):
    house.give()
    one, other = browser(house.first), browser(house.second)
    url = reverse("people:confirm_role", args=[house.proposal.pk])
    reached = other.post(url, {"answer": "decline", "why": "Write to jamila@example.org"})
    assert (reached.status_code, "jamila@example.org" in reached.text) == (422, True)
    assert other.post(url, {"answer": "decline", "why": ""}).status_code == 422
    assert house.proposal.state_at(house.now) == "waiting"
    assert other.post(url, {"answer": "decline", "why": "She leaves us in May"}).status_code == 302
    assert "She leaves us in May" in one.get(url).text
    actions.erase_details(person=house.colleague, by=None, at=house.now)
    assert "She leaves us in May" not in one.get(url).text


def test_a_role_that_nobody_confirmed_is_ended_and_given_again_from_the_form_filled_in(house):
    role = house.give()
    one = browser(house.first)
    url, member = reverse("people:confirm_role", args=[house.proposal.pk]), house.colleague.pk
    Proposal.objects.update(proposed_at=house.now - PROPOSAL_HOLDS)
    lapsed = one.get(url).text
    assert ("Lapsed on" in lapsed, "Can be confirmed until" in lapsed) == (True, False)
    filled = one.post(reverse("people:end_role", args=[member]), {"role": role.pk, "again": "1"}, follow=True)
    assert filled.context["form"].initial["kind"] == RoleKind.COORDINATOR
    assert '<details id="grant" open>' in filled.text
    given = one.post(filled.request["PATH_INFO"], {**filled.context["form"].initial, "valid_until": ""})
    assert given.status_code == 302
    assert Proposal.objects.waiting(timezone.now()).count() == 1


def test_pages_of_the_signature_are_for_administrators_of_the_organisation(house):
    house.give()
    elsewhere = make_staff()
    make_role(elsewhere, RoleKind.ADMINISTRATOR, make_organisation())
    url = reverse("people:confirm_role", args=[house.proposal.pk])
    for person in (elsewhere, house.colleague):
        client = browser(person)
        statuses = [client.get(url).status_code, client.post(url, {"answer": "decline"}).status_code]
        assert statuses == [404, 404]
    assert browser(house.second).get(url).status_code == 200
    assert house.proposal.state_at(house.now) == "waiting"
