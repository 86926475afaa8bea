"""Roles that sleep are woken by a word that another than the printer told their holder, and by nothing else."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.cohorts.actions import make_calendar_address, propose_founding
from lms.cohorts.models import CalendarAddress, FoundingProposal, Standing
from lms.people import actions
from lms.people.actions import change_display_name, grant_role, renew_pins
from lms.people.models import OFFER_HOLDS, AuditEntry, Card, Role, RoleKind, RoleOffer, User
from lms.people.permissions import others_know_pin_of
from lms.people.queries import signing_line
from tests.cohorts.test_colleagues_cards import DESK, by_card, enter, opens, renew, roles_of, word_for, word_on
from tests.factories.people import PASSWORD, browser, make_organisation, make_role, make_staff

pytestmark = pytest.mark.django_db


def test_whoever_printed_has_none_of_her_roles_whatever_she_does_with_the_pin(scene, colleague):
    """She signs in as her colleague, wants a PIN of her own, and administers the house as well."""
    make_role(scene.coordinator, RoleKind.ADMINISTRATOR, scene.organisation)
    attacker = by_card(*renew(scene))
    assert attacker.get(reverse("assessments:observations", args=[scene.cohort.pk])).status_code == 404
    desk = attacker.get(reverse("dashboard:desk")).text
    assert ("Your roles sleep" in desk, "Scan the poster" in desk) == (True, False)
    assert reverse("people:own_pin") not in attacker.get(reverse("people:profile")).text
    assert attacker.post(reverse("people:own_pin")).status_code == 404
    assert others_know_pin_of(colleague)
    tell = reverse("people:tell_word", args=[colleague.pk])
    said = browser(scene.coordinator).post(tell, follow=True).text
    assert "another administrator wakes her roles" in said
    assert attacker.post(tell).status_code == 404
    assert tell not in browser(scene.coordinator).get(reverse("people:member", args=[colleague.pk])).text
    for guess in ("", "0000-0000"):
        assert "This is not the word." in enter(attacker, guess).text
    assert roles_of(colleague) == []


def test_the_word_is_made_by_an_administrator_of_the_house_and_entered_by_her_alone(scene, colleague, administrator):
    renew(scene)
    outsider = make_role(make_staff("outsider"), RoleKind.ADMINISTRATOR, make_organisation("elsewhere")).person
    tell = reverse("people:tell_word", args=[colleague.pk])
    for person in (outsider, scene.lead, *scene.strangers):
        assert browser(person).post(tell).status_code == 404
    assert browser(administrator).get(tell).status_code == 405
    word = word_for(colleague, administrator)
    for person in (administrator, scene.coordinator, outsider):
        assert "This is not the word." in enter(browser(person), word).text
    assert browser(colleague).get(reverse("people:wake")).status_code == 405
    assert roles_of(colleague) == []
    enter(browser(colleague), word)
    assert roles_of(colleague) == ["observer"]
    # Once, and nothing sleeps that could be woken again.
    assert "This is not the word." in enter(browser(colleague), word).text
    assert "Her roles are awake." in browser(administrator).post(tell, follow=True).text


def test_a_pin_that_the_printer_made_her_own_before_there_were_words_is_over_with_the_word(
    scene, colleague, administrator
):
    """She writes it on the sheet that she hands over: so waking always makes another."""
    code, _printed = renew(scene)
    known = renew_pins(people=[colleague], by=colleague, at=timezone.now())[colleague.pk]
    with pytest.raises(actions.OthersKnowHerPin):
        grant_role(person=colleague, kind="coach", organisation=scene.organisation, by=administrator, at=timezone.now())
    enter(by_card(code, known), word_for(colleague, administrator))
    assert roles_of(colleague) == ["observer"]
    assert not opens(code, known)


def test_an_offer_is_no_way_around_the_word(scene, colleague, administrator):
    """The printer administers the house, and offers a role to the colleague as whom she signs in."""
    make_role(scene.coordinator, RoleKind.ADMINISTRATOR, scene.organisation)
    attacker = by_card(*renew(scene))
    role = {"person": colleague, "kind": "coach", "organisation": scene.organisation, "at": timezone.now()}
    word = actions.offer_role(**role, by=scene.coordinator)
    accept = reverse("people:accept_offer", args=[RoleOffer.objects.get().pk])
    assert "Wake your roles first, then accept." in attacker.post(accept, {"word": word}, follow=True).text
    assert others_know_pin_of(colleague)
    word = actions.offer_role(**role, by=administrator)
    assert "This is not the word." in attacker.post(accept, follow=True).text
    assert "Your new PIN" in browser(colleague).post(accept, {"word": word}, follow=True).text
    assert roles_of(colleague) == ["coach"]


@pytest.mark.parametrize("ends", ["role", "account", "time", "another word", "printed again"])
def test_a_word_ends_with_whoever_told_it_and_when_the_card_is_printed_again(scene, colleague, administrator, ends):
    make_role(make_staff("second"), RoleKind.ADMINISTRATOR, scene.organisation)
    renew(scene)
    word = word_for(colleague, administrator)
    {
        "role": lambda: actions.end_role(role=administrator.roles.get(), by=administrator, at=timezone.now()),
        "account": lambda: User.objects.filter(pk=administrator.pk).update(is_active=False),
        "time": lambda: colleague.roles.update(word_at=timezone.now() - OFFER_HOLDS),
        "another word": lambda: word_for(colleague, administrator),
        "printed again": lambda: renew(scene),
    }[ends]()
    assert "This is not the word." in enter(browser(colleague), word).text
    assert roles_of(colleague) == []


def test_words_cannot_be_tried_without_end(scene, colleague, administrator):
    renew(scene)
    word, hers = word_for(colleague, administrator), browser(colleague)
    assert [enter(hers, f"0000-000{number}").status_code for number in range(11)] == [200] * 10 + [429]
    assert enter(hers, word).status_code == 429


def test_whoever_printed_makes_no_word_as_another_administrator(scene, colleague, administrator):
    """She was shown the link to the other's password, and could sign in as she."""
    make_role(scene.coordinator, RoleKind.ADMINISTRATOR, scene.organisation)
    browser(scene.coordinator).post(reverse("people:password_link", args=[administrator.pk]))
    renew(scene)
    tell = reverse("people:tell_word", args=[colleague.pk])
    said = browser(administrator).post(tell, follow=True).text
    assert "from whoever printed her card, or from somebody" in said
    assert tell not in browser(administrator).get(reverse("people:member", args=[colleague.pk])).text
    assert word_for(colleague, administrator) == ""


def test_printing_once_more_leaves_the_second_printer_as_the_one_who_does_not_wake(scene, colleague, administrator):
    first = renew(scene)
    second = make_role(make_staff("second"), RoleKind.COORDINATOR, scene.organisation).person
    make_role(second, RoleKind.ADMINISTRATOR, scene.organisation)
    code, pin = renew(scene, second)
    assert not opens(*first)
    assert word_for(colleague, second) == ""
    enter(by_card(code, pin), word_for(colleague, administrator))
    assert roles_of(colleague) == ["observer"]


def test_nothing_that_the_printer_set_up_in_her_name_outlives_the_word_unseen(scene, colleague, administrator):
    make_calendar_address(person=colleague, by=colleague, at=timezone.now())
    change_display_name(person=colleague, display_name="Нурзада", by=colleague, at=timezone.now())
    code, printed = renew(scene)
    assert not CalendarAddress.objects.exists()
    printer, hers = by_card(code, printed), by_card(code, printed)
    assert "Your roles sleep" in printer.post(reverse("calendar:make"), follow=True).text
    assert not CalendarAddress.objects.exists()
    printer.post(reverse("people:display_name"), {"display_name": "Мээрим"})
    printer.post(reverse("people:name_form"), {"name_form": "none"})
    printer.post(reverse("people:consent"), {"purpose": "photo", "given": "no"})
    printer.post(reverse("notices:mine"), {"channel": "site", "reveals": "nothing"})
    page = enter(hers, word_for(colleague, administrator)).text
    me = reverse("people:profile")
    said = re.findall(rf'<a class="tap" href="{me}(#?[a-z-]*)">([^<]+)</a> <span', page)
    assert said == [
        ("#messages", "Wishes about messages changed"),
        ("#consents", "Consent withdrawn or refused"),
        ("#certificate", "How much of the name strangers see changed"),
        ("", "Display name changed"),
    ]
    assert printer.get(me).status_code == 302
    assert hers.get(me).status_code == 200
    hers.post(reverse("calendar:make"))
    assert CalendarAddress.objects.get().person == colleague


def test_whoever_sleeps_without_a_card_is_signed_out_elsewhere_too(scene, colleague, administrator):
    renew(scene)
    hers, other = browser(colleague), browser(colleague)
    word = word_for(colleague, administrator)
    Card.objects.filter(person=colleague).update(replaced_at=timezone.now())
    assert "Your roles are awake." in enter(hers, word).text
    assert other.get(reverse("people:profile")).status_code == 302
    assert hers.get(reverse("people:profile")).status_code == 200


# ── Where the only administrator printed ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def root() -> User:
    return User.objects.create_superuser("root", PASSWORD)


def stranded(colleague: User) -> str:
    return reverse("people:tell_word_to_stranded", args=[colleague.pk])


def test_whoever_runs_the_installation_makes_the_word_where_the_only_administrator_printed(scene, colleague, root):
    make_role(scene.coordinator, RoleKind.ADMINISTRATOR, scene.organisation)
    assert "Roles that sleep" not in browser(root).get(reverse("people:organisations")).text
    code, printed = renew(scene)
    only = browser(scene.coordinator)
    assert "ask whoever runs this site" in only.get(reverse("people:member", args=[colleague.pk])).text
    runs = browser(root)
    assert "nobody in her organisation may wake them" in runs.get(DESK).text
    assert stranded(colleague) in runs.get(reverse("people:organisations")).text
    for person in (scene.coordinator, scene.lead, colleague, *scene.strangers):
        assert browser(person).post(stranded(colleague)).status_code == 404
    said = runs.post(stranded(colleague), follow=True).text
    enter(by_card(code, printed), word_on(said))
    assert roles_of(colleague) == ["observer"]
    made = AuditEntry.objects.get(verb="tell_waking_word")
    assert (made.actor_id, made.organisation_id) == (root.pk, scene.organisation.pk)
    assert runs.post(stranded(colleague)).status_code == 404


def test_she_does_not_where_an_administrator_of_the_house_can(scene, colleague, administrator, root):
    renew(scene)
    assert stranded(colleague) not in browser(root).get(reverse("people:organisations")).text
    assert browser(root).post(stranded(colleague)).status_code == 404
    User.objects.filter(pk=administrator.pk).update(is_active=False)
    assert word_on(browser(root).post(stranded(colleague)).text)


def test_she_makes_none_for_herself_nor_for_whom_she_printed(scene, colleague, root):
    make_role(root, RoleKind.COORDINATOR, scene.organisation)
    renew(scene, root)
    assert "You printed her card" in browser(root).post(stranded(colleague), follow=True).text
    Role.objects.filter(person=root).update(asleep_since=timezone.now(), asleep_by=scene.coordinator)
    assert "You cannot give yourself a role." in browser(root).post(stranded(root), follow=True).text
    assert not AuditEntry.objects.filter(verb="tell_waking_word").exists()


# ── One person behind the printer and the teller ─────────────────────────────────────────────────────────────────────


def staff(name: str, kind: str, scene, *, by: User | None = None, shown: bool = False, region=None) -> User:
    """Somebody who has her role from `by`, who was shown the link to her password, too, where one is `shown`.

    If she issues, her role was confirmed since.
    """
    person = make_staff(name)
    role = make_role(person, kind, scene.organisation, region)
    Role.objects.filter(pk=role.pk).update(granted_by=by)
    if shown:
        actions.make_password_key(person=person, by=by, at=timezone.now())
        Role.objects.filter(pk=role.pk).update(unconfirmed_since=None)
    return person


@pytest.fixture
def proposed(scene, administrator) -> FoundingProposal:
    """By the administrator, who wants a second signature."""
    make_role(scene.lead, RoleKind.TRAINER, scene.organisation)
    return propose_founding(
        person=scene.lead,
        organisation=scene.organisation,
        module_code="M9",
        languages=["ky"],
        reason="x",
        region=scene.region.get_children().get(),
        by=administrator,
        at=timezone.now(),
    )


def confirm(proposal: FoundingProposal, client: Client) -> str:
    return client.post(reverse("cohorts:settle_founding", args=[proposal.pk]), {"answer": "confirm"}, follow=True).text


def test_one_administrator_does_not_get_the_second_signature_by_a_renewed_card(
    scene, colleague, administrator, proposed
):
    """As her helper she renews the coordinator's card, as herself she makes the word, and is the coordinator."""
    make_role(colleague, RoleKind.COORDINATOR, scene.organisation, proposed.region)
    assert not signing_line(colleague.pk) & signing_line(administrator.pk)
    helper = staff("helper", RoleKind.COORDINATOR, scene, by=administrator, shown=True)
    assert "One person could have made both signatures" in confirm(proposed, browser(helper))
    attacker = by_card(*renew(scene, helper))
    enter(attacker, word_for(colleague, administrator))
    assert sorted(roles_of(colleague)) == ["coordinator", "observer"]
    assert "One person could have made both signatures" in confirm(proposed, attacker)
    assert not Standing.objects.filter(module_code="M9").exists()
    second = staff("second", RoleKind.COORDINATOR, scene)
    confirm(proposed, browser(second))
    assert Standing.objects.get(module_code="M9").person == scene.lead


def test_what_was_woken_stands_in_the_line_of_roles_that_come_later(scene, colleague, administrator, proposed):
    """She was an observer when her card was renewed, and another administrator lets her sign later."""
    enter(by_card(*renew(scene)), word_for(colleague, administrator))
    other = staff("other", RoleKind.ADMINISTRATOR, scene)
    grant_role(person=colleague, kind="coordinator", organisation=scene.organisation, by=other, at=timezone.now())
    Role.objects.update(unconfirmed_since=None)
    assert signing_line(colleague.pk) == {colleague.pk, other.pk, scene.coordinator.pk, administrator.pk}
    assert "One person could have made both signatures" in confirm(proposed, browser(colleague))


def test_waking_her_again_by_others_takes_nobody_out_of_her_line(scene, colleague, administrator):
    """Whoever was she once may have left herself a way in."""
    enter(by_card(*renew(scene)), word_for(colleague, administrator))
    second, third = staff("second", RoleKind.COORDINATOR, scene), staff("third", RoleKind.ADMINISTRATOR, scene)
    enter(by_card(*renew(scene, second)), word_for(colleague, third))
    assert signing_line(colleague.pk) == {
        person.pk for person in (colleague, scene.coordinator, administrator, second, third)
    }


def test_a_link_of_whoever_runs_the_site_does_not_take_the_card_from_whoever_woke_her(scene, colleague, administrator):
    enter(by_card(*renew(scene)), word_for(colleague, administrator))
    before = signing_line(colleague.pk)
    actions.give_user_name(
        person=colleague,
        username="aigul",
        email="aigul@example.org",
        organisation=scene.organisation,
        by=administrator,
        at=timezone.now(),
    )
    actions.order_password_mail(person=User.objects.get(pk=colleague.pk), by=administrator, at=timezone.now())
    assert signing_line(colleague.pk) == before


def test_whoever_accepted_by_a_word_depends_on_its_teller(scene, administrator):
    """She has no role yet, and the trainer who printed her card could be she once told the word."""
    pins = renew_pins(people=[scene.participant], by=scene.coordinator, at=timezone.now())
    role = {"person": scene.participant, "kind": "observer", "organisation": scene.organisation}
    word = actions.offer_role(**role, by=administrator, at=timezone.now())
    attacker = by_card(scene.participant.cards.get(replaced_at=None).code, pins[scene.participant.pk])
    attacker.post(reverse("people:accept_offer", args=[RoleOffer.objects.get().pk]), {"word": word})
    assert roles_of(scene.participant) == ["observer"]
    assert administrator.pk in signing_line(scene.participant.pk)


@pytest.mark.parametrize("shown", [True, False])
def test_the_printer_makes_no_word_as_somebody_two_steps_behind_her(scene, colleague, shown):
    """E1 has her role and link from the printer, E2 hers from E1; without a link it may have gone to any address."""
    make_role(scene.coordinator, RoleKind.ADMINISTRATOR, scene.organisation)
    first = staff("eone", RoleKind.ADMINISTRATOR, scene, by=scene.coordinator, shown=shown)
    second = staff("etwo", RoleKind.ADMINISTRATOR, scene, by=first, shown=shown)
    renew(scene)
    for person in (scene.coordinator, first, second):
        assert word_for(colleague, person) == ""
    page = browser(second).get(reverse("people:member", args=[colleague.pk])).text
    assert "or from somebody who has hers from there" in page
    root = User.objects.create_superuser("root", PASSWORD)
    assert word_on(browser(root).post(stranded(colleague)).text)


def test_the_other_way_round_the_word_is_hers_to_tell(scene, colleague, administrator):
    """A small team's only coordinator has her role from its only administrator."""
    helper = staff("helper", RoleKind.COORDINATOR, scene, by=administrator, shown=True)
    renew(scene, helper)
    assert word_for(colleague, administrator)


def test_a_word_of_somebody_who_came_to_depend_on_the_printer_wakes_nothing(scene, colleague, administrator):
    make_role(scene.coordinator, RoleKind.ADMINISTRATOR, scene.organisation)
    between = staff("between", RoleKind.ADMINISTRATOR, scene, by=scene.coordinator)
    renew(scene)
    word = word_for(colleague, administrator)
    actions.make_password_key(person=administrator, by=between, at=timezone.now())
    assert "This is not the word." in enter(browser(colleague), word).text
    assert roles_of(colleague) == []


def test_the_word_stands_in_no_session(scene, colleague, administrator):
    renew(scene)
    client = browser(administrator)
    answer = client.post(reverse("people:tell_word", args=[colleague.pk]))
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    word = word_on(answer.text)
    assert word
    kept = [str(one.get_decoded()) for one in Session.objects.all()]
    assert kept
    assert not any(word in one for one in kept)
    assert not any(word in str(morsel) for morsel in client.cookies.values())
    assert word not in client.get(DESK).text
