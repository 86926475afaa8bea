"""A trainer who has left the organisation: what she still holds of a cohort until somebody takes it over."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.assessments.models import Observation
from lms.assessments.queries import coached_by
from lms.certificates.queries import coaches_for
from lms.cohorts import actions
from lms.cohorts.models import Cohort, Level, Session
from lms.cohorts.permissions import usable_standings
from lms.cohorts.queries import (
    coach_choices,
    observed_cohorts_for,
    standings_for,
    substituted_sessions_for,
    substitutes_for,
    trainer_choices,
)
from lms.notices.models import Notice
from lms.people.actions import end_account
from lms.people.models import Card, LegalName, RoleKind, User
from lms.people.permissions import has_left
from lms.privacy.actions.merging import merge_people
from tests.cohorts.test_views_joining import join_url
from tests.factories.assessments import make_observation
from tests.factories.cohorts import make_coaching, make_cohort, make_enrolment, make_standing
from tests.factories.people import browser, make_organisation, make_person, make_role, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def leaver(scene, at) -> User:
    """Her account stays open for the other house for which she works."""
    make_role(scene.lead, RoleKind.TRAINER, scene.organisation)
    make_role(scene.lead, RoleKind.TRAINER, make_organisation("elsewhere"))
    end_account(person=scene.lead, organisations=[scene.organisation], by=make_staff(), at=at)
    return User.objects.get(pk=scene.lead.pk)


OF_ENROLMENT = ("person", "correct", "unlock_card", "replace_card", "legal_name", "transfer", "withdraw", "enrol_again")


def address(scene, name: str) -> str:
    enrolment = scene.cohort.enrolments.get()
    if name == "session":
        return reverse("cohorts:session", args=[scene.cohort.sessions.first().pk])
    return reverse(f"cohorts:{name}", args=[enrolment.pk if name in OF_ENROLMENT else scene.cohort.pk])


OF_PEOPLE = ("correct", "unlock_card", "replace_card", "legal_name", "withdraw", "enrol_again", "withdraw_several")
OF_CARDS = ("cards", "unlock_cards", "walk_in", "roster_import", "joining")
OF_DATES = ("session", "edit", "cancel", "close", "duplicate", "add_extra_session", "make_calendar")


@pytest.mark.parametrize("door", [*OF_PEOPLE, *OF_CARDS, *OF_DATES])
def test_cards_and_names_are_shut_to_whoever_left(scene, leaver, door):
    card = Card.objects.get(person=scene.participant)
    Card.objects.filter(pk=card.pk).update(failed_tries=5, locked_at=timezone.now())
    sent = {"enrolment": str(scene.cohort.enrolments.get().pk), "legal_name": "Өмүрова Айгүл"}
    assert browser(leaver).post(address(scene, door), sent).status_code == 403
    after = Card.objects.get(person=scene.participant)
    assert (after.pk, after.pin_hash, after.failed_tries) == (card.pk, "", 5)
    assert not LegalName.objects.exists()
    assert browser(scene.coordinator).post(address(scene, door), sent).status_code in (200, 302, 422)
    assert browser(scene.other_coordinator).post(address(scene, door), sent).status_code == 404


def test_the_page_that_ends_her_account_says_that_she_may_know_the_pins(scene):
    make_role(scene.lead, RoleKind.TRAINER, scene.organisation)
    administrator = make_role(make_staff(), RoleKind.ADMINISTRATOR, scene.organisation).person
    page = browser(administrator).get(reverse("people:leave", args=[scene.lead.pk])).text
    assert scene.cohort.code in page
    assert "She may know PINs of the participants" in page
    make_role(scene.monitor, RoleKind.OBSERVER, scene.organisation)
    assert "She may know PINs" not in browser(administrator).get(reverse("people:leave", args=[scene.monitor.pk])).text


def test_new_cards_for_the_whole_cohort_are_one_link_away(scene, leaver, at):
    actions.renew_cards(cohort=scene.cohort, enrolments=[scene.cohort.enrolments.get()], by=scene.coordinator, at=at)
    chosen = f'value="{scene.cohort.enrolments.get().pk}" data-printed checked'
    coordinator = browser(scene.coordinator)
    assert chosen not in coordinator.get(address(scene, "cards")).text
    assert chosen in coordinator.get(address(scene, "cards"), {"only": "all"}).text


def test_the_action_itself_gives_her_no_pins(scene, leaver, at):
    with pytest.raises(actions.CardNotYours):
        actions.renew_cards(cohort=scene.cohort, enrolments=[scene.cohort.enrolments.get()], by=leaver, at=at)


def test_until_she_is_replaced_she_finds_her_cohort_without_these_buttons(scene, leaver):
    client = browser(leaver)
    roster, person = (client.get(address(scene, name)).text for name in ("roster", "person"))
    hub, poster = (client.get(url).text for url in (scene.cohort.get_absolute_url(), join_url(scene)))
    assert "You do not work for this organisation any more" in roster
    assert "You train this cohort" in poster
    for door in ("cards", "walk_in", "roster_import", "replace_card", "legal_name", "transfer", "poster", "edit"):
        assert address(scene, door) not in roster + person + hub + poster
    coordinator = browser(scene.coordinator)
    assert address(scene, "cards") in coordinator.get(address(scene, "roster")).text
    assert address(scene, "roster_import") in coordinator.get(scene.cohort.get_absolute_url()).text


def test_coordinator_is_told_on_her_desk_until_somebody_else_leads(scene, leaver):
    desk, said = reverse("dashboard:desk"), "does not work for the organisation any more"
    for person, is_told in ((scene.coordinator, True), (scene.other_coordinator, False), (leaver, False)):
        page = browser(person).get(desk).text
        assert (said in page, address(scene, "trainers") in page) == (is_told, is_told)
    successor = make_staff()
    make_standing(successor, scene.organisation)
    actions.change_trainers(
        cohort=scene.cohort, lead=successor, co_trainers=[], by=scene.coordinator, at=timezone.now()
    )
    assert said not in browser(scene.coordinator).get(desk).text


@pytest.mark.parametrize("happened", ["left", "standing ended", "nothing"])
def test_a_draft_whose_lead_may_not_open_it_says_so_on_the_desk_and_when_it_is_opened(scene, happened, at):
    lead = make_staff("draft.lead", "Венера")
    make_role(lead, RoleKind.TRAINER, scene.organisation)
    make_role(lead, RoleKind.TRAINER, make_organisation("elsewhere"))
    draft = make_cohort(scene.organisation, scene.region, lead, state="draft", starts_on=timezone.localdate())
    if happened == "left":
        end_account(person=lead, organisations=[scene.organisation], by=make_staff(), at=at)
    if happened == "standing ended":
        lead.standings.update(state="withdrawn")
    said = {"left": "does not work for the organisation any more", "standing ended": "may not train this here: M1"}
    trainers, desk = reverse("cohorts:trainers", args=[draft.pk]), reverse("dashboard:desk")
    coordinator = browser(scene.coordinator)
    page = coordinator.get(desk).text
    assert {key for key, text in said.items() if text in page} == {happened} & set(said)
    assert (trainers in page) == (happened in said)
    if happened == "standing ended":
        hers = browser(lead).get(desk).text
        assert (said[happened] in hers, "Ask your coordinator." in hers, trainers in hers) == (True, True, False)
    opened = coordinator.post(reverse("cohorts:open", args=[draft.pk]), follow=True).text
    refused = {"left": "does not work for this organisation any more", "standing ended": "may not train the module M1"}
    assert {key for key, text in refused.items() if text in opened} == {happened} & set(said)
    draft.refresh_from_db()
    assert draft.state == ("open" if happened == "nothing" else "draft")


def test_a_language_is_not_covered_by_a_helper_who_left(scene, at):
    helper = make_staff("helper")
    make_role(helper, RoleKind.TRAINER, make_organisation("elsewhere"))
    draft = make_cohort(scene.organisation, scene.region, co_trainers=(helper,), state="draft")
    draft.trainers.get(part="lead").person.standings.update(languages=["ky"])
    make_standing(helper, scene.organisation, languages=("ru",))
    end_account(person=helper, organisations=[scene.organisation], by=make_staff(), at=at)
    with pytest.raises(actions.LanguageNotCovered):
        actions.open_cohort(cohort=draft, by=scene.coordinator, at=at)


def test_messages_and_the_way_of_a_person_are_shut_to_whoever_left(scene, leaver):
    session, way = scene.cohort.sessions.first(), 'id="way"'
    actions.tell_participants(
        cohort=scene.cohort, kind="session_moved", session=session, by=scene.coordinator, at=timezone.now()
    )
    message = reverse("cohorts:notice", args=[Notice.objects.filter(group_id=scene.cohort.pk).first().pk])
    assert (status_of(leaver, message), status_of(scene.coordinator, message)) == (403, 200)
    person = address(scene, "person")
    assert [way in browser(one).get(person).text for one in (leaver, scene.coordinator)] == [False, True]


def test_tests_and_certificates_are_shut_to_whoever_left(scene, leaver):
    for name in ("assessments:tests", "certificates:cohort", "cohorts:notices"):
        url = reverse(name, args=[scene.cohort.pk])
        assert status_of(leaver, url) == 403
        assert status_of(scene.coordinator, url) == 200
        assert url not in browser(leaver).get(scene.cohort.get_absolute_url()).text


def status_of(person: User, url: str) -> int:
    return browser(person).get(url).status_code


def test_whoever_left_plans_nothing_with_the_standing_that_she_had(scene, leaver):
    day = timezone.localdate()
    assert not usable_standings(leaver, day)
    assert leaver not in [choice.person for choice in trainer_choices(scene.organisation, day)]
    assert leaver not in substitutes_for(scene.cohort.sessions.first())
    assert scene.organisation.name not in browser(leaver).get(reverse("cohorts:plan")).text


def test_coach_and_substitute_who_left_see_nothing_any_more(scene, at):
    helper, now = make_staff(), timezone.now()
    make_role(helper, RoleKind.TRAINER, make_organisation("elsewhere"))
    standing = scene.cohort.trainers.get().standing
    month = {"starts_on": now.date(), "ends_on": now.date() + timedelta(days=30)}
    actions.appoint_coach(standing=standing, coach=helper, **month, by=scene.coordinator, at=now)
    session = scene.cohort.sessions.first()
    Session.objects.filter(pk=session.pk).update(led_by=helper, starts_at=now, ends_at=now + timedelta(hours=1))
    assert observed_cohorts_for(helper).exists()
    assert substituted_sessions_for(helper).exists()
    end_account(person=helper, organisations=[scene.organisation], by=make_staff(), at=at)
    helper = User.objects.get(pk=helper.pk)
    assert not observed_cohorts_for(helper).exists()
    assert not substituted_sessions_for(helper).exists()
    assert not coached_by(helper, now.date()).exists()


def test_what_observers_saw_is_shut_to_a_trainer_who_left(scene, at):
    """She reads nothing about the people, and turns no teach-back that she once saw into one that passed."""
    make_role(scene.lead, RoleKind.TRAINER, scene.organisation)
    make_role(scene.lead, RoleKind.TRAINER, make_organisation("elsewhere"))
    seen = make_observation(scene.participant, scene.cohort, scene.lead, passed=False)
    doors = [
        reverse("assessments:observations", args=[scene.cohort.pk]),
        reverse("assessments:correct", args=[seen.pk]),
    ]
    assert [status_of(scene.lead, door) for door in doors] == [200, 200]
    end_account(person=scene.lead, organisations=[scene.organisation], by=make_staff(), at=at)
    assert [status_of(scene.lead, door) for door in doors] == [404, 404]
    said = {"passed": "yes", "note": "", "observed_on": "2026-11-24"}
    assert browser(scene.lead).post(doors[1], said).status_code == 404
    assert doors[0] not in browser(scene.lead).get(scene.cohort.get_absolute_url()).text
    assert [one.passed for one in Observation.objects.all()] == [False]
    assert status_of(scene.coordinator, doors[0]) == 200


def test_a_coach_who_left_reads_no_standing_and_is_offered_to_nobody(scene, at):
    coach, ended, day = make_staff("coach"), make_staff("ended"), timezone.localdate()
    for person in (coach, ended):
        make_role(person, RoleKind.TRAINER, make_organisation())
    make_role(coach, RoleKind.COACH, scene.organisation)
    make_role(ended, RoleKind.COACH, scene.organisation, valid_until=day - timedelta(days=1))
    make_standing(coach, scene.organisation)
    candidate = make_standing(scene.participant, scene.organisation, level=Level.CANDIDATE)
    make_coaching(candidate, coach, ends_on=day + timedelta(days=30))
    offered = coaches_for(scene.cohort.enrolments.get(), "M1")
    assert (candidate in standings_for(coach), coach in offered, ended in offered) == (True, True, False)
    assert coach in coach_choices(scene.organisation, day)
    end_account(person=coach, organisations=[scene.organisation], by=make_staff(), at=at)
    coach = User.objects.get(pk=coach.pk)
    assert candidate not in standings_for(coach)
    assert coach not in coaches_for(scene.cohort.enrolments.get(), "M1")
    assert coach not in coach_choices(scene.organisation, day)


@pytest.mark.parametrize("has_role", [False, True])
@pytest.mark.parametrize("stays", ["left", "other"])
def test_a_merge_gives_nothing_back_to_whoever_left(scene, at, stays, has_role):
    """Her other row, a participant's who may train another module, never left; with a role there she is back."""
    left, other, boss = (make_person("Бурул"), make_person("Бурул"), make_staff())
    make_role(boss, RoleKind.COORDINATOR, scene.organisation)
    for person, module in ((left, "M1"), (other, "M2")):
        make_enrolment(scene.cohort, person)
        make_standing(person, scene.organisation, module)
    end_account(person=left, organisations=[scene.organisation], by=make_staff(), at=at)
    kept, merged = (left, other) if stays == "left" else (other, left)
    if has_role:
        make_role(kept, RoleKind.TRAINER, scene.organisation)
    merge_people(kept=kept, merged=merged, by=boss, at=timezone.now())
    now_one = User.objects.get(pk=kept.pk)
    assert has_left(now_one, scene.organisation.pk) is not has_role
    assert len(usable_standings(now_one, timezone.localdate())) == (2 if has_role else 0)


def test_of_a_cohort_that_has_ended_she_keeps_no_list(scene, leaver, at):
    assert browser(leaver).get(address(scene, "roster")).status_code == 200
    actions.close_cohort(cohort=scene.cohort, anyway=True, by=scene.coordinator, at=timezone.now())
    assert browser(leaver).get(address(scene, "roster")).status_code == 404
    assert browser(scene.coordinator).get(address(scene, "roster")).status_code == 200


def test_with_a_role_anew_she_has_her_cohort_as_before(scene, leaver):
    make_role(leaver, RoleKind.TRAINER, scene.organisation, valid_from=timezone.localdate())
    assert browser(leaver).get(address(scene, "cards")).status_code == 200
    assert Cohort.objects.get(pk=scene.cohort.pk).trainers.get().person == leaver


def test_whoever_ends_her_account_reads_which_cohorts_she_leads(scene, at):
    admin, other = make_staff("admin"), make_organisation("elsewhere")
    make_role(admin, RoleKind.ADMINISTRATOR, scene.organisation)
    make_role(scene.lead, RoleKind.TRAINER, scene.organisation)
    ended, foreign = make_cohort(scene.organisation, lead=scene.lead), make_cohort(other, lead=scene.lead)
    actions.close_cohort(cohort=ended, anyway=True, by=scene.coordinator, at=at)
    page = browser(admin).get(reverse("people:leave", args=[scene.lead.pk])).text
    assert [cohort.code in page for cohort in (scene.cohort, ended, foreign)] == [True, False, False]
    make_role(scene.coordinator, RoleKind.TRAINER, scene.organisation)
    assert scene.cohort.code not in browser(admin).get(reverse("people:leave", args=[scene.coordinator.pk])).text
