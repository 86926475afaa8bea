"""Somebody with a role has lost the PIN of her card: it is renewed, and whoever prints it has no role by it."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.cohorts.actions import HasNoCard, renew_cards
from lms.people import actions
from lms.people.actions import grant_role, sign_in_with_card
from lms.people.models import AuditEntry, Card, Engagement, RoleKind, RoleOffer, User
from lms.people.permissions import active_roles, belongs_to, others_know_pin_of
from tests.cohorts.test_views_cards import text_of
from tests.factories.cohorts import make_enrolment
from tests.factories.people import PASSWORD, browser, make_organisation, make_role, make_staff

pytestmark = pytest.mark.django_db
DESK = "/en/desk/"


def address(name: str, scene) -> str:
    return reverse(f"cohorts:{name}", args=[scene.cohort.enrolments.get().pk])


def renew(scene, by: User | None = None) -> tuple[str, str]:
    """Code and PIN, as they stand on the sheet."""
    answer = browser(by or scene.coordinator).post(address("renew_colleague", scene))
    assert answer["Content-Type"] == "application/pdf"
    text = text_of(answer.content)
    card = Card.objects.get(person=scene.participant, replaced_at=None)
    assert f"{card.code[:4]} {card.code[4:]}" in text
    return card.code, next(pin for pin in re.findall(r"\b\d{6}\b", text) if opens(card.code, pin))


def opens(code: str, pin: str) -> bool:
    try:
        sign_in_with_card(code=code, pin=pin, at=timezone.now())
    except actions.CardRefused:
        return False
    return True


def by_card(code: str, pin: str) -> Client:
    client = Client()
    assert client.post("/card/", {"code": code, "pin": pin}).status_code == 302
    return client


def roles_of(person: User) -> list[str]:
    return [role.kind for role in active_roles(User.objects.get(pk=person.pk))]


def pin_on(page) -> str:
    return re.search(r"<dt>PIN</dt><dd><output[^>]*>(\d{6})<", page.text)[1]


def own_pin(client: Client) -> str:
    """As the button on her page makes it."""
    seen = re.search(r'name="seen" value="([^"]*)"', client.get(reverse("people:profile")).text)[1]
    return pin_on(client.post(reverse("people:own_pin"), {"seen": seen}))


def word_for(colleague: User, by: User) -> str:
    """As it is shown to whoever makes it, in the answer alone."""
    return word_on(browser(by).post(reverse("people:tell_word", args=[colleague.pk]), follow=True).text)


def word_on(page: str) -> str:
    found = re.search(r'<output class="code">([0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4})<', page)
    return found[1] if found else ""


def enter(client: Client, word: str):
    return client.post(reverse("people:wake"), {"word": word}, follow=True)


def test_her_card_is_renewed_in_one_step_and_her_roles_come_back_by_a_word(scene, colleague, administrator):
    page = browser(scene.coordinator).get(address("person", scene)).text
    assert address("renew_colleague", scene) in page
    assert "Her roles sleep from now on" in page
    code, printed = renew(scene)
    assert roles_of(colleague) == []
    page = browser(scene.coordinator).get(address("person", scene)).text
    assert "Her roles sleep" in page
    assert "tells her a word; she enters it on her desk" in page
    assert "nothing sleeps" not in page
    hers = by_card(code, printed)
    desk = hers.get(DESK).text
    assert "Your roles sleep" in desk
    assert 'name="word"' in desk
    member = reverse("people:member", args=[colleague.pk])
    admin = browser(administrator)
    assert member in admin.get(DESK).text
    assert "Make the word" in admin.get(member).text
    word = word_for(colleague, administrator)
    page = admin.get(member).text
    assert "She has not entered it yet." in page
    assert word not in page
    assert roles_of(colleague) == []
    woken = enter(hers, word.lower().replace("-", " "))
    assert "Your roles are awake." in woken.text
    assert "no-store" in woken.headers["Cache-Control"]
    assert not opens(code, printed)
    assert opens(code, pin_on(woken))
    assert roles_of(colleague) == ["observer"]
    assert "Your roles sleep" not in hers.get(DESK).text
    assert member not in admin.get(DESK).text
    verbs = AuditEntry.objects.filter(verb__in=["sleep_role", "tell_waking_word", "wake_role"]).order_by("pk")
    assert [(one.verb, one.actor_id, one.organisation_id) for one in verbs] == [
        ("sleep_role", scene.coordinator.pk, scene.organisation.pk),
        ("tell_waking_word", administrator.pk, scene.organisation.pk),
        ("wake_role", colleague.pk, scene.organisation.pk),
    ]


def test_no_role_is_given_while_another_knows_the_pin(scene, colleague, administrator):
    renew(scene)
    with pytest.raises(actions.OthersKnowHerPin):
        grant_role(person=colleague, kind="coach", organisation=scene.organisation, by=administrator, at=timezone.now())


def test_what_her_card_had_opened_is_over(scene, colleague):
    before = browser(colleague)
    assert before.get(DESK).status_code == 200
    old = Card.objects.get(person=colleague, replaced_at=None)
    renew(scene)
    assert before.get(DESK).status_code == 302
    assert Card.objects.get(pk=old.pk).replaced_at is not None


def test_a_sleeping_role_belongs_to_her_and_is_neither_printed_for_nor_offered_again(scene, colleague, administrator):
    renew(scene)
    assert belongs_to(colleague, scene.organisation)
    page = browser(scene.lead).get(address("person", scene)).text
    assert address("renew_colleague", scene) not in page
    for user in (scene.lead, scene.coordinator):
        printed = browser(user).post(
            reverse("cohorts:cards", args=[scene.cohort.pk]), {"enrolment": [scene.cohort.enrolments.get().pk]}
        )
        assert printed.status_code == 422
    member = reverse("people:member", args=[colleague.pk])
    same = {"kind": "observer", "organisation": str(scene.organisation.pk), "region": scene.region.code}
    browser(administrator).post(member, {**same, "valid_until": ""})
    browser(colleague).post(reverse("people:accept_offer", args=[RoleOffer.objects.get().pk]))
    assert roles_of(colleague) == []


# ── Whose card, by whom ──────────────────────────────────────────────────────────────────────────────────────────────


def test_only_a_coordinator_of_the_house_renews_it(scene, colleague):
    door = address("renew_colleague", scene)
    assert browser(scene.lead).post(door).status_code == 403
    for stranger in scene.strangers:
        assert browser(stranger).post(door).status_code == 404
    assert roles_of(colleague) == ["observer"]


@pytest.mark.parametrize("duty", ["elsewhere", "country", "administrator", "coming"])
def test_nobody_is_shut_out_by_whoever_stands_below_her_or_in_another_house(scene, colleague, duty):
    later = timezone.localdate() + timedelta(days=9)
    {
        "elsewhere": lambda: make_role(colleague, RoleKind.TRAINER, make_organisation("elsewhere")),
        "country": lambda: make_role(colleague, RoleKind.COORDINATOR, scene.organisation),
        "administrator": lambda: make_role(colleague, RoleKind.ADMINISTRATOR, scene.organisation),
        "coming": lambda: make_role(colleague, RoleKind.COACH, scene.organisation, valid_from=later),
    }[duty]()
    held = roles_of(colleague)
    code = Card.objects.get(person=colleague, replaced_at=None).code
    client, why = browser(scene.coordinator), "is not yours to print"
    if duty in ("country", "administrator"):
        why = "She coordinates as much as you or more, or administers"
    page = client.get(address("person", scene)).text
    assert address("renew_colleague", scene) not in page
    assert why in page
    assert why in client.post(address("renew_colleague", scene), follow=True).text
    assert roles_of(colleague) == held
    assert Card.objects.get(person=colleague, replaced_at=None).code == code


@pytest.mark.parametrize("where", ["KG-B", "leilek"])
def test_a_coordinator_s_card_is_renewed_only_from_above_her_region(scene, colleague, regions, where):
    """Whoever was made a coordinator minutes ago puts to sleep no other one of her region, nor of the country."""
    make_role(colleague, RoleKind.COORDINATOR, scene.organisation, regions[where])
    national = make_role(make_staff("national"), RoleKind.COORDINATOR, scene.organisation).person
    client = browser(scene.coordinator)
    if where == "KG-B":
        said = client.post(address("renew_colleague", scene), follow=True).text
        assert "She coordinates as much as you or more" in said
        assert sorted(roles_of(colleague)) == ["coordinator", "observer"]
        renew(scene, national)
    else:
        renew(scene)
    assert roles_of(colleague) == []


@pytest.mark.parametrize("of", ["no region", "the whole country"])
def test_nobody_stands_above_a_coordinator_of_the_country(scene, colleague, regions, administrator, of):
    """She is helped by an administrator, as the refusal says."""
    country = regions["KG"] if of == "the whole country" else None
    make_role(colleague, RoleKind.COORDINATOR, scene.organisation, country)
    newcomer = make_role(make_staff("newcomer"), RoleKind.COORDINATOR, scene.organisation).person
    client = browser(newcomer)
    for _attempt in range(2):
        said = client.post(address("renew_colleague", scene), follow=True).text
        assert "an administrator gives her a link to a password" in said
    assert sorted(roles_of(colleague)) == ["coordinator", "observer"]
    assert not AuditEntry.objects.filter(verb="sleep_role").exists()
    door = reverse("people:give_user_name", args=[colleague.pk])
    assert "/password/reset/key/" in browser(administrator).post(door, {"username": "aigul", "email": ""}).text


def test_no_card_is_made_for_a_colleague_who_has_none(scene):
    """She joined with her user name and password: a card would be a way in that she did not ask for."""
    joined = make_role(make_staff("joined"), RoleKind.OBSERVER, scene.organisation, scene.region).person
    enrolment = make_enrolment(scene.cohort, joined)
    door = reverse("cohorts:renew_colleague", args=[enrolment.pk])
    client = browser(scene.coordinator)
    page = client.get(reverse("cohorts:person", args=[enrolment.pk])).text
    assert door not in page
    assert "She has no card" in page
    assert "She has no card" in client.post(door, follow=True).text
    assert roles_of(joined) == ["observer"]
    assert not Card.objects.filter(person=joined).exists()


def test_no_first_card_is_printed_among_others_for_whoever_signs_in_with_a_password(scene):
    """She trained elsewhere and learns here, without a role."""
    joined = make_enrolment(scene.cohort, make_staff("joined"))
    client, door = browser(scene.coordinator), reverse("cohorts:cards", args=[scene.cohort.pk])
    page = client.get(door).text
    assert f'value="{joined.pk}"' not in page
    assert "has no card: signs in with a user name" in page
    assert client.post(door, {"enrolment": str(joined.pk)}).status_code == 422
    replace = reverse("cohorts:replace_card", args=[joined.pk])
    assert "She has no card" in client.post(replace, follow=True).text
    both = [joined, scene.cohort.enrolments.get(person=scene.participant)]
    with pytest.raises(HasNoCard):
        renew_cards(cohort=scene.cohort, enrolments=both, by=scene.coordinator, at=timezone.now())
    assert not Card.objects.filter(person=joined.person).exists()


def test_whoever_is_no_coordinator_here_is_not_told_what_she_is(scene, colleague):
    make_role(colleague, RoleKind.COORDINATOR, scene.organisation)
    page = browser(scene.lead).get(address("person", scene)).text
    assert "is not yours to print" in page
    assert "She coordinates" not in page


def test_a_coordinator_of_the_country_renews_it_for_whoever_has_no_region_within_her_organisation(
    scene, colleague, regions
):
    national = make_role(make_staff("national"), RoleKind.COORDINATOR, scene.organisation, regions["KG"]).person
    elsewhere = make_role(make_staff("foreign"), RoleKind.COORDINATOR, make_organisation("third"), regions["KG"]).person
    make_role(colleague, RoleKind.TRAINER, scene.organisation)
    door = address("renew_colleague", scene)
    assert browser(elsewhere).post(door).status_code == 404
    assert "is not yours to print" in browser(scene.coordinator).post(door, follow=True).text
    assert roles_of(colleague) == ["observer", "trainer"]
    assert door in browser(national).get(address("person", scene)).text
    renew(scene, national)
    assert roles_of(colleague) == []


def test_a_coordinator_does_not_renew_her_own_card_so(scene, colleague):
    make_role(colleague, RoleKind.COORDINATOR, scene.organisation, scene.region)
    browser(colleague).post(address("renew_colleague", scene))
    assert sorted(roles_of(colleague)) == ["coordinator", "observer"]


def test_a_pin_that_she_made_before_she_had_a_role_brings_none_without_the_word(scene, administrator):
    """With a card that another printed it could be the printer's own."""
    assert browser(scene.lead).post(reverse("people:own_pin")).status_code == 404
    participant = scene.participant
    actions.renew_pins(people=[participant], by=scene.coordinator, at=timezone.now())
    own = own_pin(browser(participant))
    assert opens(participant.cards.get(replaced_at=None).code, own)
    assert not others_know_pin_of(participant)
    facts = {"person": participant, "kind": "observer", "organisation": scene.organisation, "at": timezone.now()}
    Engagement.objects.create(person=participant, organisation=scene.organisation)
    with pytest.raises(actions.OthersKnowHerPin):
        grant_role(**facts, by=administrator)
    word = actions.offer_role(**facts, by=administrator)
    accept = reverse("people:accept_offer", args=[RoleOffer.objects.get().pk])
    assert "This is not the word." in browser(participant).post(accept, follow=True).text
    pin_on(browser(participant).post(accept, {"word": word}))
    assert roles_of(participant) == ["observer"]


# ── The way by a password, which comes first ─────────────────────────────────────────────────────────────────────────


def test_with_a_password_she_makes_a_new_pin_herself_and_nothing_sleeps(scene, colleague, administrator):
    browser(colleague).get(DESK)
    assert "Ask an administrator first" in browser(scene.coordinator).get(address("person", scene)).text
    door = reverse("people:give_user_name", args=[colleague.pk])
    assert door in browser(administrator).get(reverse("people:member", args=[colleague.pk])).text
    answer = browser(administrator).post(door, {"username": "Aigul", "email": ""})
    link = re.search(r">http://testserver(/[^<]+/password/reset/key/[^<]+)</textarea>", answer.text)[1]
    hers = Client()
    form = hers.get(link, follow=True)
    hers.post(form.redirect_chain[-1][0], {"password1": PASSWORD, "password2": PASSWORD})
    assert hers.post(reverse("account_login"), {"login": "aigul", "password": PASSWORD}).status_code == 302
    assert "Others made a link to a new password" in hers.get("/en/me/").text
    page = browser(scene.coordinator).get(address("person", scene)).text
    assert "She signs in with her user name and password" in page
    assert reverse("people:own_pin") in hers.get(reverse("people:profile")).text
    own = own_pin(hers)
    assert opens(Card.objects.get(person=colleague, replaced_at=None).code, own)
    assert roles_of(colleague) == ["observer"]


def test_with_an_address_the_link_goes_there_and_nobody_sees_it(scene, colleague, administrator):
    door = reverse("people:give_user_name", args=[colleague.pk])
    said = browser(administrator).post(door, {"username": "aigul", "email": "Aigul@example.org"}, follow=True).text
    assert "The link goes to her by e-mail." in said
    assert "/password/reset/key/" not in said
    assert User.objects.get(pk=colleague.pk).email == "aigul@example.org"


@pytest.mark.parametrize("username", ["administrator", "Айгүл", "a"])
def test_a_user_name_that_will_not_do_is_said_beside_it(scene, colleague, administrator, username):
    door = reverse("people:give_user_name", args=[colleague.pk])
    answer = browser(administrator).post(door, {"username": username, "email": ""})
    assert (answer.status_code, list(answer.context["naming"].errors)) == (422, ["username"])
    assert f'value="{username}"' in answer.text
    assert User.objects.get(pk=colleague.pk).username is None


def test_a_user_name_is_given_by_whoever_could_renew_her_password_and_to_nobody_twice(scene, colleague, administrator):
    door = reverse("people:give_user_name", args=[colleague.pk])
    outsider = make_role(make_staff("outsider"), RoleKind.ADMINISTRATOR, make_organisation("elsewhere")).person
    for person in (outsider, scene.coordinator, scene.lead):
        assert browser(person).post(door, {"username": "aigul", "email": ""}).status_code == 404
    make_role(colleague, RoleKind.TRAINER, make_organisation("third"))
    refused = browser(administrator).post(door, {"username": "aigul", "email": ""})
    assert (refused.status_code, "not yours to renew" in refused.text) == (422, True)
    assert door not in browser(administrator).get(reverse("people:member", args=[colleague.pk])).text
    with pytest.raises(actions.AccessNotYours):
        actions.give_user_name(
            person=administrator,
            username="other",
            email=None,
            organisation=scene.organisation,
            by=administrator,
            at=timezone.now(),
        )
    assert User.objects.get(pk=colleague.pk).username is None
