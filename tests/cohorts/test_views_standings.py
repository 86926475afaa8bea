"""Standings, coaches and founding proposals on the desk."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from curricula.queries import module_outlines
from lms.cohorts.actions import propose_founding
from lms.cohorts.models import Coaching, FoundingProposal, Standing
from lms.common.languages import pick
from lms.people.models import PROPOSAL_HOLDS, AuditEntry, RoleKind
from tests.factories.cohorts import make_coaching, make_standing
from tests.factories.people import browser, make_role, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def coach(scene):
    person = make_staff("coach", "Гүлнара")
    make_role(person, RoleKind.COACH, scene.organisation)
    return person


@pytest.fixture
def candidate(scene, regions):
    return make_standing(
        make_staff("candidate", "Бермет"),
        scene.organisation,
        level="candidate",
        region=regions["leilek"],
        ends_on=date(2027, 5, 24),
    )


def test_coordinator_names_the_coach(scene, coach, candidate):
    client, url = browser(scene.coordinator), reverse("cohorts:standing", args=[candidate.pk])
    assert "no coach yet" in client.get(reverse("cohorts:standings")).content.decode()
    assert "Гүлнара" in client.get(url).content.decode()
    wrong = {"coach": str(candidate.person_id), "starts_on": "2026-11-24", "ends_on": "2027-05-24"}
    assert client.post(url, wrong).status_code == 422
    backwards = {"coach": str(coach.pk), "starts_on": "2026-11-24", "ends_on": "2026-11-01"}
    assert client.post(url, backwards).status_code == 422
    assert not Coaching.objects.exists()
    assert client.post(url, {**backwards, "ends_on": "24.05.2027"}).status_code == 302
    assert Coaching.objects.get().coach == coach
    page = client.get(url).text
    assert (f"<dd><bdi>{coach.display_name}</bdi></dd>" in page, "Another coach" in page) == (True, True)


def test_a_standing_that_rests_says_what_brings_it_back(scene, candidate):
    page = reverse("cohorts:standing", args=[candidate.pk])
    assert "dormant" not in browser(scene.coordinator).get(page).text
    Standing.objects.filter(pk=candidate.pk).update(state="dormant", steps_back={"en": "Two sessions beside her."})
    shown = browser(scene.coordinator).get(page).text
    assert ("dormant" in shown, "Two sessions beside her." in shown) == (True, True)


def test_coordinator_withdraws_with_a_reason(scene, candidate):
    client = browser(scene.coordinator)
    url = reverse("cohorts:withdraw_standing", args=[candidate.pk])
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "She moved away"}).status_code == 302
    candidate.refresh_from_db()
    assert (candidate.state, candidate.reason) == ("withdrawn", "She moved away")


@pytest.mark.parametrize("people", [1, 30])
def test_standings_take_the_same_queries_for_one_and_thirty(
    scene, regions, coach, people, django_assert_max_num_queries
):
    for _person in range(people):
        standing = make_standing(make_staff(), scene.organisation, level="candidate", region=regions["leilek"])
        make_coaching(standing, coach, date(2099, 1, 1), starts_on=date(2026, 1, 1))
    client, url = browser(scene.coordinator), reverse("cohorts:standings")
    client.get(url)
    with django_assert_max_num_queries(10):
        assert client.get(url).content.decode().count("Гүлнара") == people


def test_founding_is_proposed_by_one_and_confirmed_by_another(scene, coach):
    administrator = make_staff("administrator")
    make_role(administrator, RoleKind.ADMINISTRATOR, scene.organisation)
    first, second = browser(scene.coordinator), browser(administrator)
    url = reverse("cohorts:founding")
    typed = {
        "organisation": str(scene.organisation.pk),
        "person": str(coach.pk),
        "module": "M1",
        "languages": ["ky", "ru"],
        "region": str(scene.region.pk),
        "reason": "",
    }
    refused = first.post(url, typed)
    assert (refused.status_code, 'value="M1" selected' in refused.content.decode()) == (422, True)
    assert first.post(url, {**typed, "reason": "Trains since 2014"}).status_code == 302
    proposal = FoundingProposal.objects.get()
    title = next(pick(outline.titles) for outline in module_outlines() if outline.code == "M1")
    assert f"M1 {title} ·" in second.get(url).text
    settle = reverse("cohorts:settle_founding", args=[proposal.pk])
    first.post(settle, {"answer": "confirm"})
    assert not Standing.objects.filter(person=coach).exists()
    for stranger in (scene.lead, scene.participant, *scene.strangers):
        assert browser(stranger).post(settle, {"answer": "confirm"}).status_code == 404
    assert "Trains since 2014" in second.get(url).content.decode()
    second.post(settle, {"answer": "confirm"})
    standing = Standing.objects.get(person=coach)
    assert (standing.level, standing.granted_by, standing.region) == ("founding", proposal.pk, scene.region)


def test_a_founding_proposal_says_until_when_and_afterwards_is_made_again_from_the_form_filled_in(scene, coach):
    administrator = make_staff("administrator")
    make_role(administrator, RoleKind.ADMINISTRATOR, scene.organisation)
    propose_founding(
        person=coach,
        organisation=scene.organisation,
        module_code="M1",
        languages=["ky"],
        region=scene.region,
        reason="Trains since 2014",
        by=scene.coordinator,
        at=timezone.now(),
    )
    proposal, url = FoundingProposal.objects.get(), reverse("cohorts:founding")
    client, again = browser(scene.coordinator), f"?again={proposal.pk}"
    waits = client.get(url).text
    assert ("Can be confirmed until" in waits, again in waits) == (True, False)
    FoundingProposal.objects.update(proposed_at=timezone.now() - PROPOSAL_HOLDS)
    lapsed = client.get(url).text
    assert ("so it has lapsed" in lapsed, again in lapsed, "Trains since 2014" in lapsed) == (True, True, False)
    filled = client.get(url + again)
    assert "Trains since 2014" in filled.text
    assert client.post(url, filled.context["form"].initial).status_code == 302
    assert FoundingProposal.objects.waiting(timezone.now()).get().reason == "Trains since 2014"


def test_each_signs_for_the_regions_of_her_role(scene, coach, regions):
    """Whoever coordinates a part of the country is offered no other, and chooses: nothing is not the whole country."""
    typed = {
        "organisation": str(scene.organisation.pk),
        "person": str(coach.pk),
        "module": "M1",
        "languages": ["ky"],
        "region": "",
        "reason": "Trains since 2014",
    }
    url, elsewhere = reverse("cohorts:founding"), regions["KG-N"]
    client = browser(scene.coordinator)
    page = client.get(url).text
    offered = [f'value="{region.pk}"' in page for region in (scene.region, elsewhere)]
    assert (offered, "The whole country" in page) == ([True, False], False)
    for region in ("", str(elsewhere.pk)):
        assert client.post(url, {**typed, "region": region}).status_code == 422
    assert not FoundingProposal.objects.exists()
    administrator = make_staff("administrator")
    make_role(administrator, RoleKind.ADMINISTRATOR, scene.organisation)
    assert "The whole country" in browser(administrator).get(url).text
    assert browser(administrator).post(url, typed).status_code == 302
    assert FoundingProposal.objects.get().region is None


def test_proposal_is_declined_by_another_and_withdrawn_by_whoever_made_it(scene, coach):
    proposer, other = browser(scene.coordinator), make_staff("other")
    make_role(other, RoleKind.ADMINISTRATOR, scene.organisation)
    doors = {"withdraw": 'value="withdraw"', "decline": 'value="decline"'}
    url = reverse("cohorts:founding")
    for client, verb, wrong in ((proposer, "withdraw", "decline"), (browser(other), "decline", "withdraw")):
        proposal = FoundingProposal.objects.create(
            person=coach,
            organisation=scene.organisation,
            module_code="M1",
            region=scene.region,
            reason="x",
            proposed_by=scene.coordinator,
            proposed_at=timezone.now(),
        )
        page = client.get(url).text
        assert (doors[verb] in page, doors[wrong] in page) == (True, False)
        settle = reverse("cohorts:settle_founding", args=[proposal.pk])
        assert f"You can {verb} it." in client.post(settle, {"answer": wrong, "why": "Not yet"}, follow=True).text
        proposal.refresh_from_db()
        assert proposal.declined_at is None
        if verb == "decline":
            reached = {"answer": verb, "why": "Ask her under +996 555 123456"}
            for typed, kept in ((reached, "+996 555 123456"), ({"answer": verb}, 'value="decline"')):
                again = client.post(settle, typed)
                assert (again.status_code, kept in again.text) == (422, True)
            assert not AuditEntry.objects.filter(verb="decline_founding").exists()
        client.post(settle, {"answer": verb, "why": "She has led no session yet"})
        proposal.refresh_from_db()
        assert proposal.declined_at is not None
        assert AuditEntry.objects.get(subject_id=str(proposal.pk)).verb == f"{verb}_founding"
        assert "x</p>" not in client.get(url).text
    # A no is not proposed once more by a tap.
    assert proposer.get(f"{url}?again={proposal.pk}").context["form"].initial == {}
    # Whoever proposed it reads why; whoever it was about does not, though she may sign for others.
    make_role(coach, RoleKind.ADMINISTRATOR, scene.organisation)
    told = ["She has led no session yet" in browser(one).get(url).text for one in (scene.coordinator, other, coach)]
    assert told == [True, True, False]
