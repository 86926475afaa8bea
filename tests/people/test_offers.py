"""Whoever is not of the house is asked: an offer opens nothing, counts nowhere, and tells nobody that she exists."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lms.cohorts.queries import card_holders
from lms.people import actions
from lms.people.models import OFFER_HOLDS, AuditEntry, Card, Organisation, Role, RoleKind, RoleOffer, User
from lms.people.permissions import belongs_to, may_renew_access, works_elsewhere
from lms.people.tasks import forget_offers
from tests.factories.cohorts import make_cohort, make_enrolment, make_standing
from tests.factories.people import browser, make_organisation, make_person, make_region, make_role, make_staff

pytestmark = pytest.mark.django_db
WORD = re.compile(r'<output class="code">([0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4})<')


def afresh(person: User) -> User:
    return User.objects.get(pk=person.pk)


@pytest.fixture
def admin(ours) -> User:
    admin = make_staff("admin")
    make_role(admin, RoleKind.ADMINISTRATOR, ours)
    return afresh(admin)


@pytest.fixture
def her_admin(theirs) -> User:
    her_admin = make_staff("her.admin")
    make_role(her_admin, RoleKind.ADMINISTRATOR, theirs)
    return afresh(her_admin)


@pytest.fixture
def stranger(theirs) -> User:
    """She works for them."""
    stranger = make_staff("stranger", "Бурул")
    make_role(stranger, RoleKind.TRAINER, theirs)
    return stranger


def typed(organisation: Organisation, account: str, **more: str) -> dict[str, str]:
    values = {"kind": "coordinator", "organisation": str(organisation.pk), "region": "", "valid_until": ""}
    return {**values, "account": account, **more}


def offer(admin: User, organisation: Organisation, account: str = "stranger", **more: str) -> RoleOffer:
    browser(admin).post(reverse("people:grant"), typed(organisation, account, **more))
    return RoleOffer.objects.get()


def offer_with_word(admin: User, organisation: Organisation, account: str) -> tuple[RoleOffer, str]:
    said = browser(admin).post(reverse("people:grant"), typed(organisation, account), follow=True).text
    return RoleOffer.objects.get(), WORD.search(said)[1]


def answer(person: User, verb: str, asked: RoleOffer, word: str = ""):
    return browser(person).post(reverse(f"people:{verb}_offer", args=[asked.pk]), {"word": word}, follow=True)


# ── What the organisation sees ───────────────────────────────────────────────────────────────────────────────────


def test_nobody_and_a_stranger_and_a_closed_account_get_the_same_answer(admin, ours, stranger):
    closed = make_staff("closed")
    User.objects.filter(pk=closed.pk).update(is_active=False)
    card = Card.objects.get(person=make_person()).code
    pages = {
        WORD.sub("", browser(admin).post(reverse("people:grant"), typed(ours, account), follow=True).text).partition(
            "<main"
        )[2]
        for account in ("nobody", "stranger", "closed", card, "%", "0000 0000")
    }
    assert len(pages) == 1
    assert "finds the offer when she signs in" in pages.pop()
    assert {offer.person.username for offer in RoleOffer.objects.all()} == {"stranger", None}
    notes = AuditEntry.objects.filter(verb="offer_role").values_list("subject_id", "details")
    assert {(subject, details["role"]) for subject, details in notes} == {(str(ours.pk), "coordinator")}


def test_an_offer_gives_nothing_and_counts_nowhere(admin, ours, her_admin, theirs, stranger):
    offer(admin, ours)
    assert not Role.objects.filter(organisation=ours, person=stranger).exists()
    assert not belongs_to(stranger, ours)
    assert not works_elsewhere(stranger, [theirs])
    assert may_renew_access(her_admin, stranger)
    assert not may_renew_access(admin, stranger)
    assert browser(admin).get(reverse("people:member", args=[stranger.pk])).status_code == 404
    assert "Бурул" not in browser(admin).get(reverse("people:roles")).text


def test_whoever_belongs_nowhere_is_not_taken_over_by_naming_her(admin, ours):
    alone = make_staff("alone")
    offer(admin, ours, "alone")
    assert not may_renew_access(admin, alone)
    answer = browser(admin).post(reverse("people:password_link", args=[alone.pk]))
    assert answer.status_code == 404


def test_the_action_itself_refuses_to_give_a_stranger_a_role(admin, ours, stranger, at):
    with pytest.raises(actions.NotOfHere):
        actions.grant_role(person=stranger, kind="trainer", organisation=ours, by=admin, at=at)
    assert not Role.objects.filter(organisation=ours, person=stranger).exists()


@pytest.mark.parametrize("kind", ["today", "coming", "engaged"])
def test_whoever_works_here_has_the_role_at_once(admin, ours, stranger, kind):
    if kind == "engaged":
        actions.note_engagement(people=[stranger], organisation=ours)
    else:
        first = timezone.localdate() + timedelta(days=9 if kind == "coming" else 0)
        make_role(stranger, RoleKind.COACH, ours, valid_from=first)
    browser(admin).post(reverse("people:grant"), typed(ours, "stranger"))
    assert stranger.roles.filter(kind="coordinator", organisation=ours).exists()
    assert not RoleOffer.objects.exists()


@pytest.mark.parametrize("path", ["grant", "member"])
@pytest.mark.parametrize("kind", ["ended", "left"])
def test_whoever_worked_here_once_is_asked_as_a_stranger(admin, ours, stranger, kind, path, at):
    make_role(stranger, RoleKind.COACH, ours, valid_until=timezone.localdate() - timedelta(days=9))
    if kind == "left":
        actions.note_engagement(people=[stranger], organisation=ours)
        actions.end_account(person=stranger, organisations=[ours], by=admin, at=at)
    address = reverse("people:member", args=[stranger.pk]) if path == "member" else reverse("people:grant")
    said = browser(admin).post(address, typed(ours, "stranger"), follow=True).text
    assert "finds the offer when she signs in" in said
    assert not belongs_to(stranger, ours)
    assert not stranger.roles.filter(kind="coordinator").exists()
    with pytest.raises(actions.NotOfHere):
        actions.grant_role(person=stranger, kind="trainer", organisation=ours, by=admin, at=at)
    answer(stranger, "accept", RoleOffer.objects.get())
    assert stranger.roles.filter(kind="coordinator", organisation=ours).exists()
    assert belongs_to(stranger, ours)


def test_a_former_employer_does_not_keep_her_card_from_being_printed(admin, ours, theirs):
    """Whoever has a role prints no card here: nobody may make her one without her yes."""
    participant = make_person()
    cohort = make_cohort(theirs, make_region("417"))
    make_enrolment(cohort, participant)
    make_role(participant, RoleKind.OBSERVER, ours, valid_until=timezone.localdate() - timedelta(days=9))
    lead = cohort.trainers.get().person
    assert participant in card_holders([participant], cohort, by=lead)
    browser(admin).post(reverse("people:member", args=[participant.pk]), typed(ours, ""))
    assert participant in card_holders([participant], cohort, by=lead)


def test_an_account_that_was_ended_comes_back_with_its_roles_by_her_yes(admin, ours):
    colleague = make_staff("colleague")
    make_role(colleague, RoleKind.TRAINER, ours)
    member = reverse("people:member", args=[colleague.pk])
    client = browser(admin)
    client.post(reverse("people:leave", args=[colleague.pk]))
    assert "offer her a role: she signs in, accepts" in client.get(member).text
    assert "offer her a role" in client.post(reverse("people:reopen", args=[colleague.pk]), follow=True).text
    client.post(member, typed(ours, "", kind="trainer"))
    assert not belongs_to(afresh(colleague), ours)
    answer(colleague, "accept", RoleOffer.objects.get())
    assert belongs_to(afresh(colleague), ours)


def test_a_colleague_of_one_house_is_asked_by_another_of_the_same_administrator(admin, ours):
    second = make_organisation("second")
    make_role(admin, RoleKind.ADMINISTRATOR, second)
    colleague = make_staff("colleague")
    make_role(colleague, RoleKind.TRAINER, ours)
    path = reverse("people:member", args=[colleague.pk])
    assert browser(admin).post(path, typed(second, "")).status_code == 200
    assert RoleOffer.objects.get().organisation == second
    assert not colleague.roles.filter(organisation=second).exists()


@pytest.mark.usefixtures("clock")
def test_names_cannot_be_tried_without_end(admin, ours):
    client = browser(admin)
    answers = [client.post(reverse("people:grant"), typed(ours, f"name-{number}")) for number in range(31)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429]


# ── What she sees ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["dashboard:desk", "people:profile"])
def test_she_finds_the_offer_and_nobody_else_does(admin, ours, stranger, her_admin, regions, path):
    asked = offer(admin, ours, region="41705236000000")
    text = browser(stranger).get(reverse(path)).text
    assert reverse("people:accept_offer", args=[asked.pk]) in text
    assert "ours (en), Leilek" in text
    for other in (admin, her_admin, make_person()):
        assert "accept/" not in browser(other).get(reverse(path)).text


def test_accepting_begins_the_role_as_if_it_had_been_granted(admin, ours, stranger, regions):
    last = timezone.localdate() + timedelta(days=90)
    asked = offer(admin, ours, region="41705236000000", valid_until=last.isoformat())
    said = answer(stranger, "accept", asked)
    assert "You have accepted." in said.text
    role = stranger.roles.get(organisation=ours)
    assert (role.kind, role.region, role.valid_until) == ("coordinator", regions["leilek"], last)
    assert (role.granted_by, role.valid_from) == (admin, timezone.localdate())
    assert not RoleOffer.objects.exists()
    assert AuditEntry.objects.get(verb="accept_offer").actor_id == stranger.pk
    assert browser(admin).get(reverse("people:member", args=[stranger.pk])).status_code == 200


def test_whoever_printed_her_card_does_not_have_the_role_with_it(admin, ours, her_admin, theirs):
    """A trainer of her training knows the PIN; the role is hers alone, and so is her card from now on."""
    cohort = make_cohort()
    person = make_enrolment(cohort).person
    code = person.cards.get().code
    printed = actions.renew_pins(people=[person], by=cohort.trainers.get().person, at=timezone.now())[person.pk]
    trainer = browser(person)
    hers, (asked, word) = browser(person), offer_with_word(admin, ours, code)
    page = hers.post(reverse("people:accept_offer", args=[asked.pk]), {"word": word.lower().replace("-", " ")})
    pin = re.search(r"<dt>PIN</dt><dd><output[^>]*>(\d{6})<", page.text)[1]
    assert "no-store" in page.headers["Cache-Control"]
    with pytest.raises(actions.CardRefused):
        actions.sign_in_with_card(code=code, pin=printed, at=timezone.now())
    assert actions.sign_in_with_card(code=code, pin=pin, at=timezone.now()) == person
    desk = reverse("dashboard:desk")
    assert (trainer.get(desk).status_code, hers.get(desk).status_code) == (302, 200)
    # With the next role she keeps a PIN that nobody else has seen.
    again = hers.post(reverse("people:accept_offer", args=[offer(her_admin, theirs, account=code).pk]))
    assert again.status_code == 302


def test_whoever_printed_her_card_cannot_accept_in_her_place(admin, ours):
    """She signs in with code and PIN as the holder does, even with a PIN of today; the word she was not told."""
    cohort = make_cohort()
    person = make_enrolment(cohort).person
    code, trainer = person.cards.get().code, cohort.trainers.get().person
    asked, word = offer_with_word(admin, ours, code)
    actions.renew_pins(people=[person], by=trainer, at=timezone.now())
    assert 'name="word"' in browser(person).get(reverse("dashboard:desk")).text
    for guess in ("", "0000-0000", word[:-1]):
        said = answer(person, "accept", asked, guess)
        assert "This is not the word." in said.text
    assert not person.roles.exists()
    other, new = offer_with_word(admin, ours, code)
    assert (other, new != word) == (asked, True)
    answer(person, "accept", asked, word)
    assert not person.roles.exists()
    answer(person, "accept", asked, new)
    assert person.roles.get().kind == "coordinator"


def test_words_cannot_be_tried_without_end(admin, ours):
    cohort = make_cohort()
    person = make_enrolment(cohort).person
    asked, word = offer_with_word(admin, ours, person.cards.get().code)
    actions.renew_pins(people=[person], by=cohort.trainers.get().person, at=timezone.now())
    codes = [answer(person, "accept", asked, f"0000-000{number}").status_code for number in range(11)]
    assert codes == [200] * 10 + [429]
    assert answer(person, "accept", asked, word).status_code == 429


def test_whoever_alone_knows_her_pin_needs_no_word(admin, ours, stranger):
    asked = offer(admin, ours)
    assert 'name="word"' not in browser(stranger).get(reverse("dashboard:desk")).text
    answer(stranger, "accept", asked)
    assert stranger.roles.filter(organisation=ours).exists()


def test_a_colleague_whose_pin_others_know_is_asked_too(admin, ours):
    """A candidate trainer of the house with the card of her training: its trainer is not made a coordinator by it."""
    cohort = make_cohort(ours)
    person = make_enrolment(cohort).person
    make_standing(person, ours, "M2")
    code, role = person.cards.get().code, {"person": person, "kind": "coordinator", "organisation": ours}
    actions.renew_pins(people=[person], by=cohort.trainers.get().person, at=timezone.now())
    with pytest.raises(actions.OthersKnowHerPin):
        actions.grant_role(**role, by=admin, at=timezone.now())
    asked, word = offer_with_word(admin, ours, code)
    assert not person.roles.exists()
    assert "Your new PIN" in answer(person, "accept", asked, word).text
    assert person.roles.get().kind == "coordinator"
    assert actions.grant_role(**{**role, "kind": "monitor"}, by=admin, at=timezone.now())


def test_after_her_yes_neither_house_opens_her_account_alone(admin, ours, her_admin, stranger):
    answer(stranger, "accept", offer(admin, ours))
    assert not may_renew_access(admin, stranger)
    assert not may_renew_access(her_admin, stranger)


def test_declining_leaves_no_trace_for_the_organisation(admin, ours, stranger):
    asked = offer(admin, ours)
    assert "You have declined." in answer(stranger, "decline", asked).text
    assert not RoleOffer.objects.exists()
    assert not stranger.roles.filter(organisation=ours).exists()
    note = AuditEntry.objects.get(verb="decline_offer")
    assert (note.actor_id, note.organisation_id) == (stranger.pk, None)


@pytest.mark.parametrize("verb", ["accept", "decline"])
def test_an_offer_is_answered_by_her_alone_and_by_a_post(admin, ours, stranger, her_admin, client, verb):
    asked = offer(admin, ours)
    path = reverse(f"people:{verb}_offer", args=[asked.pk])
    for other in (admin, her_admin, make_person()):
        assert browser(other).post(path).status_code == 404
    assert browser(stranger).get(path).status_code == 405
    assert client.post(path).status_code == 302
    assert RoleOffer.objects.filter(pk=asked.pk).exists()
    assert not stranger.roles.filter(organisation=ours).exists()


def test_an_offer_whose_maker_is_no_administrator_any_more_is_void(admin, ours, stranger):
    """Else whoever is put out would come back by an account that she made an offer to before."""
    asked = offer(admin, ours, kind="administrator")
    make_role(make_staff("second"), RoleKind.ADMINISTRATOR, ours)
    actions.end_role(role=admin.roles.get(), by=admin, at=timezone.now())
    assert "accept/" not in browser(stranger).get(reverse("people:profile")).text
    assert "does not stand any more" in answer(stranger, "accept", asked).text
    assert not stranger.roles.filter(organisation=ours).exists()


def test_an_offer_runs_out_and_is_forgotten_at_night(admin, ours, stranger):
    asked = offer(admin, ours)
    forget_offers()
    assert RoleOffer.objects.exists()
    RoleOffer.objects.update(offered_at=timezone.now() - OFFER_HOLDS)
    assert "does not stand any more" in answer(stranger, "accept", asked).text
    assert not stranger.roles.filter(organisation=ours).exists()
    forget_offers()
    assert not RoleOffer.objects.exists()


def test_an_offer_made_again_waits_anew_and_stays_one(admin, ours, stranger):
    offer(admin, ours)
    old = timezone.now() - OFFER_HOLDS + timedelta(hours=1)
    RoleOffer.objects.update(offered_at=old)
    assert offer(admin, ours).offered_at > old


def test_an_offer_of_a_role_that_she_has_meanwhile_is_answered_and_changes_nothing(admin, ours, stranger):
    asked = offer(admin, ours)
    make_role(stranger, RoleKind.COORDINATOR, ours)
    answer(stranger, "accept", asked)
    assert stranger.roles.filter(organisation=ours).count() == 1
    assert not RoleOffer.objects.exists()


def test_an_offer_to_nobody_does_the_same_work_and_leaves_nothing(admin, ours, stranger):
    """How long the answer takes would say whether somebody is here; a difference of one is the name or the card."""
    client = browser(admin)
    client.post(reverse("people:grant"), typed(ours, "somebody"))
    counts = []
    for account in ("stranger", "nobody"):
        with CaptureQueriesContext(connection) as queries:
            client.post(reverse("people:grant"), typed(ours, account))
        counts.append(len(queries))
    assert abs(counts[0] - counts[1]) <= 2
    assert [one.person for one in RoleOffer.objects.all()] == [stranger]
