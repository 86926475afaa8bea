"""Keys on the desk: what administrators see, and the end of a key by two of them."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from lms.certificates import actions, tasks
from lms.certificates.models import IssueLog, KeyState, SigningKey
from lms.certificates.queries import VerdictState, verdict_of
from lms.jobs.models import Job, JobState
from lms.notices.models import Notice, NoticeState
from lms.notices.rendering import words_for
from lms.people import actions as people
from lms.people.actions import end_role, grant_role, note_engagement
from lms.people.models import PROPOSAL_HOLDS, AuditEntry, Proposal, Role, RoleKind, User
from tests.factories import certificates as make
from tests.factories.people import PASSWORD, browser, make_organisation, make_role, make_staff

pytestmark = pytest.mark.django_db
SAID = {"reason": "A backup was stolen in May."}


class Office:
    """An organisation with a certificate, and two administrators whom the installation sent."""

    def __init__(self) -> None:
        self.certificate = make.make_certificate()
        self.key = SigningKey.objects.get(pk=self.certificate.key_id)
        self.organisation = self.key.organisation
        self.first, self.second = (self.administrator(name) for name in ("first", "second"))
        self.now = timezone.now()

    def administrator(self, name: str, by: User | None = None) -> User:
        person = make_staff(name)
        role = make_role(person, RoleKind.ADMINISTRATOR, self.organisation)
        Role.objects.filter(pk=role.pk).update(granted_by=by)
        return person

    def propose(self, by: User | None = None) -> Proposal:
        return actions.propose_key_withdrawal(key=self.key, by=by or self.first, at=self.now, **SAID)

    def confirm(self, proposal: Proposal, by: User | None = None, **later: int) -> SigningKey:
        at = self.now + timedelta(**later)
        return actions.confirm_key_withdrawal(proposal=proposal, by=by or self.second, at=at)

    @property
    def state(self) -> str:
        return SigningKey.objects.get(pk=self.key.pk).state


@pytest.fixture
def office(db) -> Office:
    cache.clear()
    return Office()


# ── Two people ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_key_is_withdrawn_by_two_administrators(office):
    proposal = office.propose()
    assert office.state == KeyState.ACTIVE
    office.confirm(proposal)
    assert office.state == KeyState.COMPROMISED
    proposal.refresh_from_db()
    assert (proposal.proposed_by, proposal.confirmed_by) == (office.first, office.second)
    entries = AuditEntry.objects.filter(verb__in=["make_proposal", "confirm_proposal", "withdraw_key"]).order_by("at")
    assert [(one.verb, one.actor_id) for one in entries.order_by("pk")] == [
        ("make_proposal", office.first.pk),
        ("confirm_proposal", office.second.pk),
        ("withdraw_key", office.second.pk),
    ]


def test_whoever_proposed_does_not_confirm(office):
    proposal = office.propose()
    with pytest.raises(people.OwnProposal):
        office.confirm(proposal, office.first)
    assert office.state == KeyState.ACTIVE


def test_nobody_confirms_who_has_her_role_from_the_proposer_or_the_same_giver(office):
    appointed = office.administrator("appointed", by=office.first)
    sister = office.administrator("sister", by=office.second)
    for proposer, signer in ((office.first, appointed), (appointed, office.first), (office.second, sister)):
        proposal = office.propose(proposer)
        with pytest.raises(people.SignersNotIndependent):
            office.confirm(proposal, signer)
        people.withdraw_proposal(proposal=proposal, by=proposer, at=office.now)
    assert office.state == KeyState.ACTIVE


def test_where_nobody_could_confirm_nothing_is_proposed(office):
    end_role(role=office.second.roles.get(), by=office.first, at=office.now)
    office.administrator("appointed", by=office.first)
    with pytest.raises(actions.NobodyConfirms):
        office.propose()
    assert not Proposal.objects.exists()


def test_a_proposal_lapses_and_can_be_made_again(office):
    proposal = office.propose()
    with pytest.raises(people.AlreadyProposed):
        office.propose(office.second)
    with pytest.raises(people.ProposalLapsed):
        office.confirm(proposal, days=PROPOSAL_HOLDS.days)
    assert office.state == KeyState.ACTIVE
    office.now += PROPOSAL_HOLDS
    office.confirm(office.propose(office.second), office.first)
    assert office.state == KeyState.COMPROMISED


def test_what_was_withdrawn_declined_or_confirmed_is_not_confirmed_again(office):
    ways = {
        "withdrawn": lambda one: people.withdraw_proposal(proposal=one, by=office.first, at=office.now),
        "declined": lambda one: people.decline_proposal(proposal=one, why="No", by=office.second, at=office.now),
        "confirmed": office.confirm,
    }
    for state, settle in ways.items():
        proposal = office.propose()
        settle(proposal)
        with pytest.raises(people.ProposalSettled):
            office.confirm(proposal)
        with pytest.raises(people.ProposalSettled):
            settle(proposal)
        proposal.refresh_from_db()
        assert proposal.state_at(office.now) == state
    assert AuditEntry.objects.filter(verb="withdraw_key").count() == 1
    with pytest.raises(actions.KeyWithdrawn):
        office.propose()


def test_each_takes_back_her_own_and_declines_anothers(office):
    proposal = office.propose()
    with pytest.raises(people.NotYourProposal):
        people.withdraw_proposal(proposal=proposal, by=office.second, at=office.now)
    with pytest.raises(people.OwnProposal):
        people.decline_proposal(proposal=proposal, why="No", by=office.first, at=office.now)
    proposal.refresh_from_db()
    assert proposal.state_at(office.now) == "waiting"


@pytest.mark.parametrize("whose", ["first", "second"])
def test_a_role_that_ended_in_between_signs_nothing(office, whose):
    proposal = office.propose()
    signer = User.objects.get(pk=office.second.pk)
    assert signer.roles.exists()
    end_role(role=getattr(office, whose).roles.get(), by=None, at=office.now)
    with pytest.raises(people.ProposerGone if whose == "first" else people.MayNotPropose):
        office.confirm(proposal, signer)
    assert office.state == KeyState.ACTIVE


def test_a_proposer_whose_roles_sleep_or_whose_account_is_closed_signs_nothing(office):
    proposal = office.propose()
    office.first.roles.update(asleep_since=office.now)
    with pytest.raises(people.ProposerGone):
        office.confirm(proposal)
    office.first.roles.update(asleep_since=None)
    User.objects.filter(pk=office.first.pk).update(is_active=False)
    with pytest.raises(people.ProposerGone):
        office.confirm(proposal)


def test_proposing_needs_the_role_there_and_a_reason(office):
    stranger, coordinator = make_staff(), make_staff()
    make_role(stranger, RoleKind.ADMINISTRATOR, make_organisation())
    make_role(coordinator, RoleKind.COORDINATOR, office.organisation)
    for person in (stranger, coordinator):
        with pytest.raises(people.MayNotPropose):
            office.propose(person)
    proposal = office.propose()
    for person in (stranger, coordinator):
        with pytest.raises(people.MayNotPropose):
            office.confirm(proposal, person)
    with pytest.raises(people.WhyMissing):
        actions.propose_key_withdrawal(key=office.key, reason=" ", by=office.second, at=office.now)


def test_two_people_is_also_a_constraint_of_the_database(office):
    proposal = office.propose()
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(confirmed_by=office.first)


def test_administrators_whom_another_one_made_later_do_not_count(office):
    """By the way that roles are really given."""
    helper = make_staff("helper")
    note_engagement(people=[helper], organisation=office.organisation)
    grant_role(
        person=helper, kind=RoleKind.ADMINISTRATOR, organisation=office.organisation, by=office.first, at=office.now
    )
    with pytest.raises(people.SignersNotIndependent):
        office.confirm(office.propose(), helper)


# ── Who is told ──────────────────────────────────────────────────────────────────────────────────────────────────────


def settle(notice: Notice, at) -> str:
    actions.settle_signature_notice(notice=Notice.objects.select_related("person").get(pk=notice.pk), at=at)
    notice.refresh_from_db()
    return notice.state


def test_both_are_told(office):
    helper = office.administrator("helper", by=office.first)
    proposal = office.propose()
    asked = Notice.objects.get()
    assert (asked.person, asked.checked_by) == (office.second, actions.CHECK_KEY_NOTICE)
    words = words_for([asked])[asked.pk]
    assert words.url == reverse("certificates:key_proposal", args=[proposal.pk])
    assert "key" not in words.time_and_place
    assert settle(asked, office.now) == NoticeState.SENT
    office.confirm(proposal)
    actions.plan_outcomes(at=office.now)
    answered = Notice.objects.exclude(pk=asked.pk)
    assert {one.person for one in answered} == {office.first, office.second}
    assert helper not in {one.person for one in Notice.objects.all()}
    assert {settle(one, office.now) for one in answered} == {NoticeState.SENT}


def test_who_is_asked_is_not_told_of_what_was_answered_meanwhile(office):
    proposal = office.propose()
    people.withdraw_proposal(proposal=proposal, by=office.first, at=office.now)
    notice = Notice.objects.get()
    job = Job.objects.create(
        task=notice.checked_by, payload={"notice": str(notice.pk)}, run_after=office.now, created_at=office.now
    )
    tasks.check_key_notice(str(job.pk))
    notice.refresh_from_db()
    assert (notice.state, notice.reason) == (NoticeState.CANCELLED, "answered")


# ── Pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_two_browsers_withdraw_a_key_and_its_certificates_are_signed_again(office):
    one, other = browser(office.first), browser(office.second)
    url = reverse("certificates:key", args=[office.key.kid])
    assert "What would happen" in one.get(url).text
    refused = one.post(url, {**SAID, "secret": "wrong"})
    assert (refused.status_code, SAID["reason"] in refused.text, Proposal.objects.exists()) == (422, True, False)
    page = one.post(url, {**SAID, "secret": PASSWORD}, follow=True)
    proposal = Proposal.objects.get()
    settle_url = reverse("certificates:key_proposal", args=[proposal.pk])
    assert (page.request["PATH_INFO"], 'value="confirm"' in page.text) == (settle_url, False)
    assert "You made this proposal yourself" in one.post(settle_url, {"answer": "confirm", "secret": PASSWORD}).text
    assert "waits for your signature" in other.get(reverse("dashboard:desk")).text
    assert SAID["reason"] in other.get(settle_url).text
    assert other.post(settle_url, {"answer": "confirm", "secret": "wrong"}).status_code == 422
    assert office.state == KeyState.ACTIVE
    going = other.post(settle_url, {"answer": "confirm", "secret": PASSWORD})
    job = Job.objects.get(task=tasks.SIGN_AGAIN)
    assert going["Location"] == reverse("jobs:progress", args=[job.pk])
    assert verdict_of(office.certificate.public_id, timezone.localdate()).state == VerdictState.WITHDRAWN_KEY
    assert "still to be signed again" in one.get(reverse("certificates:keys")).text
    tasks.sign_key_again(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.result) == (JobState.DONE, 1, 1, {"refused": 0})
    assert verdict_of(office.certificate.public_id, timezone.localdate()).state == VerdictState.GENUINE
    assert "Everything that it had signed is signed again" in one.get(url).text
    assert "confirmed" in one.get(reverse("certificates:keys")).text


def test_pages_are_for_administrators_of_the_organisation(office):
    proposal = office.propose()
    elsewhere, coordinator = make_staff(), make_staff()
    make_role(elsewhere, RoleKind.ADMINISTRATOR, make_organisation())
    make_role(coordinator, RoleKind.COORDINATOR, office.organisation)
    looks = [
        reverse("certificates:key", args=[office.key.kid]),
        reverse("certificates:key_proposal", args=[proposal.pk]),
    ]
    writes = [
        reverse("certificates:sign_rest", args=[office.key.kid]),
        reverse("certificates:rotate_key", args=[office.organisation.pk]),
    ]
    for url in looks:
        statuses = [browser(one).get(url).status_code for one in (office.first, elsewhere, coordinator)]
        assert statuses == [200, 404, 404]
    for url in (*looks, *writes):
        for person in (elsewhere, coordinator):
            typed = {**SAID, "secret": PASSWORD, "answer": "confirm"}
            assert browser(person).post(url, typed).status_code == 404
    assert office.key.kid not in browser(elsewhere).get(reverse("certificates:keys")).text
    assert (office.state, Job.objects.exists()) == (KeyState.ACTIVE, False)


def test_tries_of_a_password_have_an_end(office):
    client, url = browser(office.first), reverse("certificates:key", args=[office.key.kid])
    statuses = [client.post(url, {**SAID, "secret": "wrong"}).status_code for _try in range(6)]
    assert statuses == [422] * 5 + [429]


def test_proposal_is_declined_and_withdrawn_on_its_page(office):
    for client, answer, state in (
        (browser(office.first), "withdraw", "withdrawn"),
        (browser(office.second), "decline", "declined"),
    ):
        proposal = office.propose()
        url = reverse("certificates:key_proposal", args=[proposal.pk])
        assert f'value="{answer}"' in client.get(url).text
        if answer == "decline":
            silent = client.post(url, {"answer": answer, "why": " "})
            assert (silent.status_code, "id_why" in silent.text) == (422, True)
        client.post(url, {"answer": answer, "why": "The stick was found"})
        proposal.refresh_from_db()
        assert proposal.state_at(timezone.now()) == state
        assert 'name="answer"' not in client.get(url).text
    assert "The stick was found" in browser(office.first).get(url).text


def test_what_lapsed_says_when_and_is_proposed_again_from_the_form_filled_in(office):
    proposal = office.propose()
    client, page = browser(office.first), reverse("certificates:key_proposal", args=[proposal.pk])
    form = reverse("certificates:key", args=[office.key.kid]) + f"?again={proposal.pk}"
    waits = client.get(page).text
    assert ("Can be confirmed until" in waits, form in waits) == (True, False)
    # While it waits nothing is made of it again.
    assert SAID["reason"] not in client.get(form).text
    Proposal.objects.update(proposed_at=timezone.now() - PROPOSAL_HOLDS)
    lapsed = client.get(page).text
    assert ("Lapsed on" in lapsed, form in lapsed) == (True, True)
    again = client.get(form)
    assert (SAID["reason"] in again.text, PASSWORD in again.text, again.context["form"].is_bound) == (
        True,
        False,
        False,
    )
    client.post(form, {**SAID, "secret": PASSWORD})
    assert Proposal.objects.waiting(timezone.now()).count() == 1


def test_issue_log_is_checked_in_a_job(office):
    client, url = browser(office.first), reverse("certificates:keys")
    assert "It was not checked" in client.get(url).text

    def check() -> str:
        client.post(reverse("certificates:check_log"))
        tasks.check_log(str(Job.objects.open().get(task=tasks.CHECK_LOG).pk))
        return client.get(url).text

    assert "whole, with 1 line." in check()
    IssueLog.objects.update(statement_digest="0" * 64)
    assert "2 lines or certificates were not as they should be" in check()


def test_the_log_is_checked_every_night_and_a_fault_stands_on_every_administrator_s_desk(office):
    root, coordinator = User.objects.create_superuser("root", PASSWORD), make_staff()
    make_role(coordinator, RoleKind.COORDINATOR, office.organisation)
    said, desk = "The log of issued certificates is not as it should be", reverse("dashboard:desk")

    def night() -> list[bool]:
        tasks.look_at_log()
        tasks.check_log(str(Job.objects.open().get(task=tasks.CHECK_LOG).pk))
        people = (office.first, office.second, root, coordinator, office.certificate.person)
        return [said in browser(person).get(desk).text for person in people]

    assert night() == [False] * 5
    assert not AuditEntry.objects.filter(verb="find_log_faults").exists()
    IssueLog.objects.update(statement_digest="0" * 64)
    assert night() == [True, True, True, False, False]
    entry = AuditEntry.objects.get(verb="find_log_faults")
    assert (entry.actor_id, entry.details) == (None, {"lines": 1, "faults": 2})
    assert (
        "2 lines or certificates were not as they should be"
        in browser(office.first).get(reverse("certificates:keys")).text
    )


def test_a_new_key_is_made_by_one_person_once_a_week(office):
    client, url = browser(office.first), reverse("certificates:rotate_key", args=[office.organisation.pk])

    def rotate() -> dict:
        client.post(url)
        job = Job.objects.open().get(task=tasks.ROTATE_KEY)
        tasks.rotate(str(job.pk))
        return Job.objects.get(pk=job.pk).result

    SigningKey.objects.update(not_before=timezone.now() - timedelta(days=30))
    assert rotate() == {}
    assert rotate() == {"refused": "key_too_young"}
    assert sorted(SigningKey.objects.values_list("state", flat=True)) == ["active", "retired"]
    assert verdict_of(office.certificate.public_id, timezone.localdate()).state == VerdictState.GENUINE


def test_the_page_tells_of_the_list_for_phones(office):
    actions.ensure_installation_key(at=timezone.now())
    page = browser(office.first).get(reverse("certificates:keys")).text
    assert reverse("verify:bundle") in page
    assert "Phones ask for the next one after" in page
