"""Standing: granted, replaced, withdrawn; coaches; two signatures under a founding one."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from lms.cohorts import actions
from lms.cohorts.models import Coaching, FoundingProposal, Level, Standing, StandingState
from lms.cohorts.queries import current_standing, observed_cohorts_for, standings_for
from lms.people import actions as people
from lms.people.actions import NotOfHere, end_account, grant_role, note_engagement
from lms.people.models import AuditEntry, Engagement, Role, RoleKind, User
from tests.factories.cohorts import AT, make_cohort, make_standing
from tests.factories.people import make_organisation, make_person, make_role, make_staff

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


@pytest.fixture
def office(regions):
    """An organisation with a coordinator and an administrator."""
    organisation, coordinator, administrator = make_organisation(), make_staff("coordinator"), make_staff("admin1")
    make_role(coordinator, RoleKind.COORDINATOR, organisation)
    make_role(administrator, RoleKind.ADMINISTRATOR, organisation)
    return organisation, coordinator, administrator


def grant(person, organisation, level, by, **values):
    facts = {"module_code": "M1", "languages": ["ky"], "starts_on": TODAY, **values}
    return actions.grant_standing(
        grant=actions.Grant(person=person, organisation=organisation, level=level, **facts), by=by, at=AT
    )


def test_grant_standing_replaces_the_current_one(office):
    organisation, coordinator, _admin = office
    person = make_person()
    candidate = grant(person, organisation, Level.CANDIDATE, coordinator, ends_on=date(2027, 5, 24))
    certified = grant(person, organisation, Level.CERTIFIED, coordinator)
    candidate.refresh_from_db()
    assert (candidate.state, certified.state) == (StandingState.REPLACED, StandingState.ACTIVE)
    assert current_standing(person, "M1", TODAY) == certified


def test_grant_standing_for_the_same_certificate_is_one(office):
    organisation, coordinator, _admin = office
    person, certificate = make_person(), uuid4()
    first = grant(person, organisation, Level.CERTIFIED, coordinator, granted_by=certificate)
    assert grant(person, organisation, Level.CERTIFIED, coordinator, granted_by=certificate) == first
    assert Standing.objects.count() == 1


def test_candidates_standing_never_lowers(office):
    organisation, coordinator, _admin = office
    person = make_person()
    founding = grant(person, organisation, Level.FOUNDING, coordinator)
    with pytest.raises(actions.StandingAlreadyHigher):
        grant(person, organisation, Level.CANDIDATE, coordinator)
    assert current_standing(person, "M1", TODAY) == founding


def test_current_standing_is_the_usable_one(office):
    organisation, _coordinator, _admin = office
    person = make_person()
    make_standing(person, organisation, level=Level.CANDIDATE, ends_on=date(2026, 11, 23))
    assert current_standing(person, "M1", TODAY) is None
    other = make_standing(person, make_organisation(), level=Level.CERTIFIED)
    assert current_standing(person, "M1", TODAY) == other
    assert current_standing(person, "M2", TODAY) is None


def test_withdraw_standing_needs_a_reason_and_repeats_harmlessly(office, at):
    organisation, coordinator, _admin = office
    standing = make_standing(make_person(), organisation)
    with pytest.raises(actions.ReasonNeeded):
        actions.withdraw_standing(standing=standing, reason=" ", by=coordinator, at=at)
    for _repeat in range(2):
        withdrawn = actions.withdraw_standing(standing=standing, reason="asked for it", by=coordinator, at=at)
        assert (withdrawn.state, withdrawn.reason) == (StandingState.WITHDRAWN, "asked for it")
    with pytest.raises(actions.StandingNotCurrent):
        actions.appoint_coach(standing=standing, coach=coordinator, by=coordinator, at=at)


def test_a_suspended_standing_opens_nothing_until_it_is_resumed(office, at):
    organisation, coordinator, _admin = office
    person = make_person()
    standing = make_standing(person, organisation)
    for _repeat in range(2):
        suspended = actions.suspend_standing(standing=standing, by=coordinator, at=at)
        assert suspended.state == StandingState.SUSPENDED
    assert current_standing(person, "M1", TODAY) is None
    for _repeat in range(2):
        assert actions.resume_standing(standing=standing, by=coordinator, at=at).state == StandingState.ACTIVE
    assert current_standing(person, "M1", TODAY) == standing
    verbs = AuditEntry.objects.filter(subject_id=str(standing.pk)).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["suspend_standing", "resume_standing"]


def test_resuming_leaves_a_dormant_standing_asleep(office, at):
    organisation, coordinator, _admin = office
    standing = make_standing(make_person(), organisation)
    Standing.objects.filter(pk=standing.pk).update(state=StandingState.DORMANT)
    assert actions.resume_standing(standing=standing, by=coordinator, at=at).state == StandingState.DORMANT


STEPS = {"en": "Two sessions.", "ru": "Два занятия.", "ky": "Эки сабак."}


def test_rest_and_wake_repeat_harmlessly_and_the_steps_go_with_the_rest(office, at):
    organisation, _coordinator, _admin = office
    standing = make_standing(make_person(), organisation)
    for _repeat in range(2):
        assert actions.rest_standing(standing=standing, steps_back=STEPS, at=at).state == StandingState.DORMANT
    standing.refresh_from_db()
    assert standing.steps_back == STEPS
    worded = actions.rest_standing(standing=standing, steps_back={**STEPS, "en": "Three sessions."}, at=at)
    assert worded.steps_back["en"] == "Three sessions."
    for _repeat in range(2):
        assert actions.wake_standing(standing=standing, at=at).state == StandingState.ACTIVE
    standing.refresh_from_db()
    assert standing.steps_back == {}
    entries = AuditEntry.objects.filter(subject_id=str(standing.pk)).order_by("pk")
    assert [entry.verb for entry in entries] == ["rest_standing", "wake_standing"]


@pytest.mark.parametrize("state", ["suspended", "withdrawn", "replaced"])
def test_what_people_decided_neither_rests_nor_wakes(office, at, state):
    organisation, _coordinator, _admin = office
    standing = make_standing(make_person(), organisation)
    Standing.objects.update(state=state)
    actions.rest_standing(standing=standing, steps_back=STEPS, at=at)
    actions.wake_standing(standing=standing, at=at)
    standing.refresh_from_db()
    assert (standing.state, standing.steps_back) == (state, {})


@pytest.mark.parametrize("verb", [actions.suspend_standing, actions.resume_standing])
def test_what_has_ended_is_neither_suspended_nor_resumed(office, at, verb):
    organisation, coordinator, _admin = office
    standing = make_standing(make_person(), organisation)
    actions.withdraw_standing(standing=standing, reason="asked for it", by=coordinator, at=at)
    with pytest.raises(actions.StandingNotCurrent):
        verb(standing=standing, by=coordinator, at=at)
    standing.refresh_from_db()
    assert standing.state == StandingState.WITHDRAWN


def test_appoint_coach_ends_the_earlier_coachs_time(office, at):
    organisation, coordinator, admin = office
    standing = make_standing(make_person(), organisation, level=Level.CANDIDATE, ends_on=date(2027, 5, 24))
    actions.appoint_coach(
        standing=standing, coach=admin, starts_on=date(2026, 11, 1), ends_on=date(2027, 5, 24), by=admin, at=at
    )
    for _repeat in range(2):
        actions.appoint_coach(standing=standing, coach=coordinator, by=coordinator, at=at)
    assert sorted(Coaching.objects.values_list("coach", "starts_on", "ends_on"), key=lambda row: row[1]) == [
        (admin.pk, date(2026, 11, 1), TODAY),
        (coordinator.pk, TODAY, date(2027, 5, 24)),
    ]


def test_appoint_coach_refuses_herself_and_dates_backwards(office, at):
    organisation, coordinator, _admin = office
    standing = make_standing(make_person(), organisation, level=Level.CANDIDATE)
    with pytest.raises(actions.CoachIsHerself):
        actions.appoint_coach(standing=standing, coach=standing.person, by=coordinator, at=at)
    with pytest.raises(actions.CoachingDates):
        actions.appoint_coach(standing=standing, coach=coordinator, ends_on=date(2026, 11, 1), by=coordinator, at=at)


def test_coach_observes_her_trainees_cohort_for_the_time_of_the_coaching(office, regions, at):
    organisation, coordinator, _admin = office
    coach, candidate = make_staff("coach"), make_staff("candidate")
    standing = make_standing(candidate, organisation, level=Level.CANDIDATE, ends_on=date(2027, 5, 24))
    actions.appoint_coach(standing=standing, coach=coach, by=coordinator, at=at)
    cohort = make_cohort(organisation, regions["KG-B"], candidate)
    make_cohort(organisation, regions["KG-B"])
    assert list(observed_cohorts_for(coach)) == [cohort]
    Coaching.objects.update(starts_on=date(2026, 1, 1), ends_on=date(2026, 11, 23))
    assert list(observed_cohorts_for(coach)) == []


def colleague(office) -> User:
    return make_role(make_staff(), RoleKind.TRAINER, office[0]).person


def propose(office, at, person=None, by=None, **values):
    organisation, coordinator, _admin = office
    return actions.propose_founding(
        person=person or colleague(office),
        organisation=organisation,
        module_code="M1",
        languages=["ky", "ru"],
        reason="trains since 2014",
        by=by or coordinator,
        at=at,
        **values,
    )


def test_founding_standing_takes_two_people(office, at):
    _organisation, coordinator, admin = office
    proposal = propose(office, at)
    with pytest.raises(actions.TwoPeopleNeeded):
        actions.confirm_founding(proposal=proposal, by=coordinator, at=at)
    standing = actions.confirm_founding(proposal=proposal, by=admin, at=at)
    assert (standing.level, standing.granted_by, standing.languages, standing.reason, standing.qualified_in) == (
        Level.FOUNDING,
        proposal.pk,
        ["ky", "ru"],
        "trains since 2014",
        None,
    )
    with pytest.raises(people.ProposalSettled):
        actions.confirm_founding(proposal=proposal, by=admin, at=at)


@pytest.mark.parametrize("giver", ["proposer", "signer"])
def test_second_signature_does_not_come_from_whoever_gave_or_got_the_role(office, at, giver):
    organisation, coordinator, _admin = office
    made = make_staff("made")
    role = make_role(made, RoleKind.COORDINATOR, organisation)
    type(role).objects.filter(pk=role.pk).update(granted_by=coordinator)
    proposer, signer = (coordinator, made) if giver == "proposer" else (made, coordinator)
    proposal = propose(office, at, by=proposer)
    with pytest.raises(people.SignersNotIndependent):
        actions.confirm_founding(proposal=proposal, by=signer, at=at)
    assert not Standing.objects.exists()


def test_two_signers_of_one_administrator_are_one_person(office, at):
    """She makes the accounts and their passwords: three helpers of hers would found trainers alone."""
    organisation, coordinator, admin = office
    first, second, between = make_staff("first"), make_staff("second"), make_staff("between")
    for person, kind, giver in (
        (first, RoleKind.COORDINATOR, admin),
        (between, RoleKind.ADMINISTRATOR, admin),
        (second, RoleKind.COORDINATOR, between),
    ):
        note_engagement(people=[person], organisation=organisation)
        grant_role(person=person, kind=kind, organisation=organisation, by=giver, at=at)
    # Whoever confirmed their roles does not stand behind what they sign.
    Role.objects.update(unconfirmed_since=None)
    proposal = propose(office, at, by=first)
    for signer in (second, between, admin):
        with pytest.raises(people.SignersNotIndependent):
            actions.confirm_founding(proposal=proposal, by=signer, at=at)
    assert actions.confirm_founding(proposal=proposal, by=coordinator, at=at)


def test_signers_whom_the_installation_invited_are_independent(office, at):
    organisation, _coordinator, _admin = office
    root = User.objects.create_superuser("root", "a long enough password")
    signers = [make_staff("one"), make_staff("two")]
    for person in signers:
        note_engagement(people=[person], organisation=organisation)
        grant_role(person=person, kind=RoleKind.ADMINISTRATOR, organisation=organisation, by=root, at=at)
    proposal = propose(office, at, by=signers[0])
    assert actions.confirm_founding(proposal=proposal, by=signers[1], at=at)


def test_nobody_founds_herself(office, at):
    _organisation, coordinator, admin = office
    with pytest.raises(actions.TwoPeopleNeeded):
        propose(office, at, person=coordinator)
    proposal = propose(office, at, person=admin)
    with pytest.raises(actions.TwoPeopleNeeded):
        actions.confirm_founding(proposal=proposal, by=admin, at=at)


def test_two_people_is_also_a_constraint_of_the_database(office, at):
    _organisation, coordinator, _admin = office
    proposal = propose(office, at)
    for signer in (coordinator, proposal.person):
        with pytest.raises(IntegrityError), transaction.atomic():
            FoundingProposal.objects.filter(pk=proposal.pk).update(confirmed_by=signer)


def test_signing_is_for_coordinators_and_administrators_of_the_organisation(office, at):
    stranger, trainer = make_staff(), make_staff()
    make_role(stranger, RoleKind.COORDINATOR, make_organisation())
    make_role(trainer, RoleKind.TRAINER, office[0])
    for person in (stranger, trainer):
        with pytest.raises(actions.MayNotSign):
            propose(office, at, by=person)
    proposal = propose(office, at)
    for person in (stranger, trainer):
        with pytest.raises(actions.MayNotSign):
            actions.confirm_founding(proposal=proposal, by=person, at=at)
        with pytest.raises(actions.MayNotSign):
            actions.decline_founding(proposal=proposal, why="No", by=person, at=at)


def test_proposal_once_declined_can_be_made_again(office, at):
    person = colleague(office)
    first = propose(office, at, person=person)
    with pytest.raises(people.AlreadyProposed):
        propose(office, at, person=person)
    actions.decline_founding(proposal=first, why="No", by=office[2], at=at)
    assert propose(office, at, person=person) != first


def test_nobody_is_made_a_trainer_of_an_organisation_for_which_she_does_not_work(office, at):
    """Whoever signs for two organisations would make the one's colleague the other's, without her yes."""
    stranger = make_role(make_staff(), RoleKind.TRAINER, make_organisation("elsewhere")).person
    with pytest.raises(NotOfHere):
        propose(office, at, person=stranger)
    leaver = colleague(office)
    proposal = propose(office, at, person=leaver)
    end_account(person=leaver, organisations=[office[0]], by=office[2], at=at)
    with pytest.raises(NotOfHere):
        actions.confirm_founding(proposal=proposal, by=office[2], at=at)
    assert not Engagement.objects.filter(person__in=[stranger, leaver]).exists()


def test_founding_needs_a_reason(office, at):
    organisation, coordinator, _admin = office
    with pytest.raises(actions.ReasonNeeded):
        actions.propose_founding(
            person=colleague(office),
            organisation=organisation,
            module_code="M1",
            languages=["ky"],
            reason=" ",
            by=coordinator,
            at=at,
        )


def test_standings_for_shows_own_coached_and_coordinated(office, regions, at):
    organisation, coordinator, _admin = office
    mine = make_standing(make_staff(), organisation, region=regions["leilek"])
    naryn = make_standing(make_staff(), organisation, region=regions["KG-N"])
    foreign = make_standing(make_staff(), make_organisation())
    batken = make_staff()
    make_role(batken, RoleKind.COORDINATOR, organisation, regions["KG-B"])
    actions.appoint_coach(standing=foreign, coach=batken, ends_on=date(2027, 1, 1), by=coordinator, at=at)
    assert set(standings_for(coordinator)) == {mine, naryn}
    assert set(standings_for(batken)) == {mine, foreign}
    assert set(standings_for(naryn.person)) == {naryn}
    assert set(standings_for(make_person())) == set()
