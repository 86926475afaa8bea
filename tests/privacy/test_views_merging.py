"""The pages on which a coordinator makes one person of two rows."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from django.utils.formats import date_format

from lms.people.actions import renew_pins, set_legal_name
from lms.people.models import AuditEntry, Card, Role, User
from lms.privacy.queries.openings import openings_of
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.merging import NAME, Twice, crowd, make_twice
from tests.factories.people import browser, make_organisation, make_person, make_role, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def twice(regions) -> Twice:
    return make_twice(make_organisation("alga"), regions["KG-B"])


def choose_url(twice: Twice) -> str:
    return reverse("merging:choose", args=[twice.stays.pk])


def merge_url(twice: Twice, other: User | None = None) -> str:
    return reverse("merging:merge", args=[twice.stays.pk, (other or twice.merged).pk])


def test_coordinator_trainer_and_strangers_at_the_gates(twice, regions):
    lead = twice.shared.trainers.get().person
    colleague, elsewhere, other_house = make_staff(), make_staff(), make_staff()
    make_role(colleague, "coordinator", twice.organisation)
    make_role(elsewhere, "coordinator", twice.organisation, regions["KG-N"])
    make_role(other_house, "coordinator", make_organisation())
    stranger = make_cohort(region=twice.region).trainers.get().person
    answers = {
        twice.coordinator: 200,
        colleague: 200,
        lead: 403,
        elsewhere: 404,
        other_house: 404,
        stranger: 404,
        twice.kept: 404,
    }
    for url in (choose_url(twice), merge_url(twice)):
        for person, status in answers.items():
            assert browser(person).get(url).status_code == status
    for person, status in answers.items():
        assert browser(person).post(compare_url(twice)).status_code == status
    for person in (lead, elsewhere, other_house, stranger, twice.kept):
        sent = browser(person).post(merge_url(twice), {"stays": str(twice.kept.pk)})
        assert sent.status_code == answers[person]
    assert not User.objects.filter(merged_into__isnull=False).exists()


def test_only_the_coordinator_finds_the_way_there(twice):
    page = reverse("cohorts:person", args=[twice.stays.pk])
    lead = twice.shared.trainers.get().person
    found = [choose_url(twice) in browser(person).get(page).content.decode() for person in (twice.coordinator, lead)]
    assert found == [True, False]


def test_a_name_that_stands_twice_on_a_list_leads_there_too(twice):
    make_enrolment(twice.shared, make_person("айгүл  өмүрова"), state="withdrawn")
    roster = reverse("cohorts:roster", args=[twice.shared.pk])
    lead = twice.shared.trainers.get().person
    link = reverse("merging:choose", args=[twice.gives_way.pk])
    pages = [browser(person).get(roster).content.decode() for person in (twice.coordinator, lead)]
    assert [page.count(link) for page in pages] == [1, 0]
    elsewhere = reverse("cohorts:roster", args=[twice.other.pk])
    assert "/twice/" not in browser(twice.coordinator).get(elsewhere).content.decode()


def test_the_same_name_is_offered_and_another_is_found_by_its_card(twice):
    differently = make_enrolment(twice.other, make_person("Айгуль О."))
    unknown = make_enrolment(make_cohort(), make_person(NAME)).person
    client = browser(twice.coordinator)
    page = client.get(choose_url(twice)).content.decode()
    offered = [merge_url(twice, one) in page for one in (twice.merged, differently.person, unknown)]
    assert offered == [True, False, False]
    codes = dict(Card.objects.values_list("person", "code"))
    typed = codes[differently.person_id].lower()
    sent = client.post(choose_url(twice), {"code": f" {typed[:4]}-{typed[4:]} "})
    assert sent["Location"] == merge_url(twice, differently.person)
    for code in (codes[unknown.pk], codes[twice.kept.pk], "00000000"):
        refused = client.post(choose_url(twice), {"code": code})
        assert refused.status_code == 422
        assert "No other person in your cohorts has this card" in refused.content.decode()


def test_a_row_of_another_organisation_is_not_shown(twice):
    unknown = make_enrolment(make_cohort(), make_person(NAME)).person
    assert browser(twice.coordinator).get(merge_url(twice, unknown)).status_code == 404
    assert browser(twice.coordinator).get(merge_url(twice, twice.kept)).status_code == 404


def test_whichever_card_she_has_stays(twice):
    gave_way = twice.gives_way
    sent = browser(twice.coordinator).post(merge_url(twice), {"stays": str(twice.merged.pk)}, follow=True)
    assert sent.redirect_chain == [(reverse("cohorts:person", args=[gave_way.pk]), 302)]
    assert "They are one person now" in sent.content.decode()
    assert User.objects.get(merged_into=twice.merged).pk == twice.kept.pk
    assert list(Card.objects.filter(replaced_at=None).values_list("person", flat=True)) == [twice.merged.pk]


def test_a_row_of_another_cohort_comes_here_with_the_card_that_stays(twice):
    other = make_enrolment(twice.other, make_person(NAME)).person
    sent = browser(twice.coordinator).post(merge_url(twice, other), {"stays": str(other.pk)})
    assert sent["Location"] == reverse("cohorts:person", args=[twice.shared.enrolments.get(person=other).pk])


def test_both_are_told_apart_by_card_day_and_what_they_said(twice):
    """The day as the printer's calendar had it: in Bishkek the first of December has begun."""
    Card.objects.filter(person=twice.merged).update(printed_at=datetime(2025, 11, 30, 18, 30, tzinfo=UTC))
    twice.shared.enrolments.filter(person=twice.merged).update(category="teacher", region=twice.region, language="ru")
    page = browser(twice.coordinator).get(merge_url(twice)).text
    end, day = twice.merged.cards.get().code[-4:], date_format(date(2025, 12, 1), "SHORT_DATE_FORMAT")
    assert f"a card that ends in {end}, its PIN made on {day}" in page
    assert f"2. {NAME}: the card that ends in {end}, its PIN made on {day}" in page
    assert f"Русский · {twice.region.name} · teacher" in page


def test_why_not_is_said_before_anything_is_chosen(twice):
    make_enrolment(make_cohort(region=twice.region), twice.merged)
    client = browser(twice.coordinator)
    page = client.get(merge_url(twice)).content.decode()
    assert "You cannot make one person of these two" in page
    assert 'name="stays"' not in page
    refused = client.post(merge_url(twice), {"stays": str(twice.kept.pk)})
    assert refused.status_code == 422


def test_with_duties_one_way_is_open_and_the_other_says_why_not(twice):
    make_role(twice.merged, "trainer", twice.organisation)
    client = browser(twice.coordinator)
    assert 'name="stays"' in client.get(merge_url(twice)).content.decode()
    refused = client.post(merge_url(twice), {"stays": str(twice.kept.pk)})
    assert (refused.status_code, "Let that one stay" in refused.content.decode()) == (422, True)
    assert client.post(merge_url(twice), {"stays": str(twice.merged.pk)}).status_code == 302


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_nothing_that_is_secret_stands_on_the_pages(twice, language, at):
    pins = renew_pins(people=[twice.kept, twice.merged], by=twice.coordinator, at=at)
    secrets = [*pins.values(), *Card.objects.values_list("code", flat=True)]
    client = browser(twice.coordinator)
    client.cookies["lang"] = language
    for url in (choose_url(twice), merge_url(twice)):
        page = client.get(url.replace("/en/", f"/{language}/", 1)).content.decode()
        assert [secret for secret in secrets if secret in page] == []


def test_the_card_page_sends_her_to_her_other_card(twice, at):
    pins = renew_pins(people=[twice.kept, twice.merged], by=twice.coordinator, at=at)
    code = twice.merged.cards.get().code
    browser(twice.coordinator).post(merge_url(twice), {"stays": str(twice.kept.pk)})
    sent = browser(make_person()).post(reverse("card:signin"), {"code": code, "pin": pins[twice.merged.pk]})
    assert (sent.status_code, "Use your other card" in sent.content.decode()) == (422, True)


# ── The full names ───────────────────────────────────────────────────────────────────────────────────────────────────


def give_names(twice: Twice, at, *names: str) -> None:
    for person, name in zip((twice.kept, twice.merged), names, strict=False):
        set_legal_name(person=person, name=name, by=person, at=at)


def compare_url(twice: Twice) -> str:
    return reverse("merging:compare", args=[twice.stays.pk, twice.merged.pk])


@pytest.mark.parametrize(("other", "said"), [(NAME, "are the same."), ("Айгүл Токтосунова", "are not the same.")])
def test_full_names_are_compared_when_she_asks_and_both_see_it(twice, at, other, said):
    give_names(twice, at, NAME, other)
    client = browser(twice.coordinator)
    page = client.get(merge_url(twice)).content.decode()
    assert (compare_url(twice) in page, "certificate are" in page) == (True, False)
    assert not AuditEntry.objects.filter(verb="compare_names").exists()
    compared = client.post(compare_url(twice)).content.decode()
    assert (said in compared, f'action="{merge_url(twice)}"' in compared) == (True, True)
    for person in (twice.kept, twice.merged):
        assert [one.said[:27] for one in openings_of(person)] == ["Your full name was compared"]


def test_where_one_has_no_name_there_is_nothing_to_compare(twice, at):
    give_names(twice, at, NAME)
    client = browser(twice.coordinator)
    assert compare_url(twice) not in client.get(merge_url(twice)).content.decode()
    assert "certificate are" not in client.post(compare_url(twice)).content.decode()
    assert not AuditEntry.objects.filter(verb="compare_names").exists()


def test_of_somebody_who_is_not_hers_alone_no_name_is_guessed_and_no_place_told(twice, at):
    give_names(twice, at, NAME, NAME)
    make_enrolment(make_cohort(region=twice.region), twice.merged)
    client = browser(twice.coordinator)
    answers = [client.get(merge_url(twice)), client.post(compare_url(twice))]
    answers.append(client.post(merge_url(twice), {"stays": str(twice.kept.pk)}))
    for page in (answer.content.decode() for answer in answers):
        assert ("certificate are" in page, "takes part" in page, "coordinate" in page) == (False, False, False)
        assert "Why is not said" in page
    assert not AuditEntry.objects.filter(verb="compare_names").exists()


def test_that_names_differ_is_said_with_what_to_do_and_written_down(twice, at):
    """Else whoever tries to merge would guess without a trace."""
    certificate = crowd(twice)
    set_legal_name(person=twice.kept, name=NAME, by=twice.kept, at=at)
    Role.objects.filter(person=twice.merged).delete()
    sent = browser(twice.coordinator).post(merge_url(twice), {"stays": str(twice.kept.pk)})
    assert (sent.status_code, "first correct the full name that is wrong" in sent.content.decode()) == (422, True)
    assert AuditEntry.objects.filter(verb="compare_names").count() == 2
    certificate.refresh_from_db()
    assert certificate.person == twice.merged


@pytest.mark.usefixtures("clock")
def test_thirty_names_an_hour_and_no_more(twice, at):
    give_names(twice, at, NAME, NAME)
    client = browser(twice.coordinator)
    assert {client.post(compare_url(twice)).status_code for _try in range(30)} == {200}
    assert client.post(compare_url(twice)).status_code == 429
    assert client.post(merge_url(twice), {"stays": str(twice.kept.pk)}).status_code == 429
