"""What became of everything that takes two people: told once to whoever signed, and to whose role it is about."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from django.utils import timezone

from lms.certificates import actions, tasks
from lms.certificates.models import SigningKey
from lms.cohorts.actions import confirm_founding, decline_founding, propose_founding
from lms.cohorts.models import FoundingProposal
from lms.jobs.models import Job
from lms.notices.models import Notice, NoticeState
from lms.notices.rendering import words_for
from lms.people import actions as people
from lms.people.models import PROPOSAL_HOLDS, Proposal, RoleKind, User
from tests.factories import certificates as make
from tests.factories.people import make_organisation, make_role, make_staff

pytestmark = pytest.mark.django_db


class House:
    """Two administrators whom the installation sent, and a colleague."""

    def __init__(self) -> None:
        self.organisation, self.now = make_organisation("ours"), timezone.now()
        self.first, self.second, self.colleague = (make_staff(name) for name in ("first", "second", "colleague"))
        for person in (self.first, self.second):
            make_role(person, RoleKind.ADMINISTRATOR, self.organisation)
        make_role(self.colleague, RoleKind.OBSERVER, self.organisation)

    def give_role(self) -> Proposal:
        people.grant_role(
            person=self.colleague, kind=RoleKind.COORDINATOR, organisation=self.organisation, by=self.first, at=self.now
        )
        return Proposal.objects.get()

    def found(self):
        return propose_founding(
            person=self.colleague, organisation=self.organisation, module_code="M1", languages=["ky"], reason="First.",
            by=self.first, at=self.now,
        )  # fmt: skip


@pytest.fixture
def house(db) -> House:
    return House()


def told(at: datetime) -> dict[User, str]:
    """What everybody reads who is told something then, and how it leaves: nothing of it says more than it may."""
    for _twice in range(2):
        actions.plan_outcomes(at=at)
    found = {}
    for notice in Notice.objects.exclude(kind="key_signature_asked").select_related("person"):
        words = words_for([notice])[notice.pk]
        assert "ours" not in words.title + words.time_and_place
        actions.settle_signature_notice(notice=notice, at=at)
        notice.refresh_from_db()
        assert notice.state == NoticeState.SENT
        assert notice.person not in found
        found[notice.person] = words.everything
    return found


def test_a_confirmed_role_is_told_to_both_and_to_whoever_has_it(house):
    proposal = house.give_role()
    assert told(house.now) == {}
    people.confirm_role(proposal=proposal, by=house.second, at=house.now)
    said = told(house.now)
    assert said.keys() == {house.first, house.second, house.colleague}
    assert said[house.first] == said[house.second]
    assert said[house.first] == ("The role as coordinator of ours (en) that waited for a second signature: confirmed.")
    assert "It holds now" in said[house.colleague]


@pytest.mark.parametrize(("who", "own", "signers"), [("second", False, {"first"}), ("first", True, set())])
def test_a_declined_or_withdrawn_role_is_told_to_whoever_does_not_know(house, who, own, signers):
    proposal = house.give_role()
    if own:
        people.take_role_back(proposal=proposal, by=house.first, at=house.now)
    else:
        people.refuse_role(proposal=proposal, why="She leaves us.", by=house.second, at=house.now)
    said = told(house.now)
    # What was written is read on the page, not in a message.
    assert "She leaves us." not in str(said)
    assert all(said[getattr(house, name)].endswith("Why was written down: read it there.") for name in signers)
    assert said.keys() == {*(getattr(house, name) for name in signers), house.colleague}
    assert "was not confirmed and has ended" in said[house.colleague]


def test_what_lapsed_is_told_on_that_day_and_not_before(house):
    house.give_role()
    end = house.now + PROPOSAL_HOLDS
    assert told(end - timedelta(minutes=1)) == {}
    assert told(end + timedelta(minutes=1)).keys() == {house.first, house.colleague}


def test_what_was_settled_long_ago_is_no_news(house):
    """A site that is upgraded tells nobody of last year."""
    people.confirm_role(proposal=house.give_role(), by=house.second, at=house.now)
    assert told(house.now + timedelta(days=3)) == {}
    Proposal.objects.update(confirmed_at=None, confirmed_by=None)
    assert told(house.now + PROPOSAL_HOLDS + timedelta(days=3)) == {}


@pytest.mark.parametrize(
    ("settle", "names"), [(confirm_founding, ["first", "second"]), (partial(decline_founding, why="No"), ["first"])]
)
def test_signers_of_a_founding_standing_are_told(house, settle, names):
    settle(proposal=house.found(), by=house.second, at=house.now)
    said = told(house.now)
    assert said.keys() == {getattr(house, name) for name in names}
    assert said[house.first].startswith("The proposal of a founding trainer of ours (en): ")


def test_a_founding_proposal_that_nobody_answered_is_told_to_whoever_made_it(house):
    house.found()
    FoundingProposal.objects.update(proposed_at=house.now - PROPOSAL_HOLDS)
    assert told(house.now) == {
        house.first: "The proposal of a founding trainer of ours (en): lapsed: nobody confirmed it in time."
    }


def test_a_key_s_proposal_tells_its_end_by_the_schedule(house):
    certificate = make.make_certificate()
    key = SigningKey.objects.get(pk=certificate.key_id)
    for person in (house.first, house.second):
        make_role(person, RoleKind.ADMINISTRATOR, key.organisation)
    proposal = actions.propose_key_withdrawal(key=key, reason="Stolen.", by=house.first, at=house.now)
    people.decline_proposal(proposal=proposal, why="Found.", by=house.second, at=timezone.now())
    tasks.tell_outcomes()
    notice = Notice.objects.get(kind="key_proposal_answered")
    job = Job.objects.create(
        task=notice.checked_by, payload={"notice": str(notice.pk)}, run_after=house.now, created_at=house.now
    )
    tasks.check_key_notice(str(job.pk))
    notice.refresh_from_db()
    assert (notice.person, notice.state) == (house.first, NoticeState.SENT)
