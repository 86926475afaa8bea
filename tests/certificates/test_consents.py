"""A name that she gave to one organisation is not printed by another: there she agrees once more, and only she."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.certificates import actions
from lms.certificates.checks import masked_name
from lms.certificates.queries import eligibility_of_one
from lms.cohorts.models import Enrolment
from lms.common.journal import read_entries
from lms.people.actions import record_consent
from lms.people.models import LegalName, User
from lms.privacy.actions import replay_journal
from tests.factories import certificates as make
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import AT

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)


@pytest.fixture
def guest() -> Enrolment:
    """A graduate of ours who came from another organisation, where she gave her name and her yes."""
    enrolment = make_enrolment(make_cohort(), make.make_graduate().person, at=LATER)
    make.attend(enrolment)
    make.take_post_test(enrolment)
    return enrolment


def sign_in(client: Client, person: User) -> Client:
    client.cookies["lang"] = "en"
    client.force_login(person)
    return client


def consent_of(enrolment: Enrolment) -> bool:
    return eligibility_of_one(enrolment).paperwork.consent_given


def test_the_name_given_to_another_organisation_is_not_printed_here(client, guest):
    coordinator, hers = make.make_coordinator(guest.cohort), of_elsewhere(guest)
    sign_in(client, coordinator)
    page = client.get(reverse("certificates:cohort", args=[guest.cohort_id])).text
    assert "Only she can" in page
    assert masked_name(make.FULL_NAME) not in page
    with pytest.raises(actions.NotEligible):
        actions.issue_certificate(enrolment=guest, by=coordinator, at=LATER)
    assert consent_of(hers)
    assert actions.issue_certificate(enrolment=hers, by=make.make_coordinator(hers.cohort), at=LATER)


def test_nobody_agrees_for_her_who_learns_at_two_organisations(client, guest):
    coordinator = make.make_coordinator(guest.cohort)
    sign_in(client, coordinator)
    address = reverse("certificates:paperwork", args=[guest.cohort_id])
    assert f"consent-{guest.pk}" not in client.get(address).text
    client.post(address, {f"consent-{guest.pk}": "on"})
    with pytest.raises(actions.ConsentIsHers):
        actions.record_paperwork(enrolment=guest, name="", consent=True, by=coordinator, at=LATER)
    record_consent(person=guest.person, purpose="certificate", given=True, language="ky", by=coordinator, at=LATER)
    assert not consent_of(guest)


def of_elsewhere(guest: Enrolment) -> Enrolment:
    """Her place in the organisation where she learned first."""
    return guest.person.enrolments.exclude(pk=guest.pk).get()


def row_of(page: str, enrolment: Enrolment) -> str:
    """What one's own page says of her name and the organisation of this cohort."""
    part = page.partition('id="consents"')[2].partition("</section>")[0]
    return part.partition(f"<h3>{enrolment.cohort.organisation.name}</h3>")[2].partition("</li>")[0]


def answer(client: Client, enrolment: Enrolment, given: str) -> str:
    """Her answer to one organisation; the page that follows."""
    data = {"purpose": "certificate", "organisation": str(enrolment.cohort.organisation_id), "given": given}
    return client.post(reverse("people:consent"), data, follow=True).text


@pytest.mark.parametrize("is_printed", [False, True])
def test_she_agrees_with_each_organisation_by_itself_on_her_own_page(client, guest, is_printed):
    """Also where a certificate bears her name already, so that she cannot write it again."""
    hers = of_elsewhere(guest)
    if is_printed:
        make.make_certificate(hers)
    page = sign_in(client, guest.person).get(reverse("people:profile")).text
    assert 'value="no"' in row_of(page, hers)
    assert 'value="yes"' not in row_of(page, hers)
    assert 'value="yes"' in row_of(page, guest)
    assert "does not count here" in row_of(page, guest)
    page = answer(client, guest, "yes")
    assert f"Noted: {guest.cohort.organisation.name} may print your name" in page.partition('id="consents"')[2]
    assert page.count("Noted: ") == 1
    assert 'value="yes"' not in row_of(page, guest)
    assert (consent_of(guest), consent_of(hers)) == (True, True)
    assert actions.issue_certificate(enrolment=guest, by=make.make_coordinator(guest.cohort), at=timezone.now())


def test_the_name_goes_with_the_last_yes(client, guest):
    hers = of_elsewhere(guest)
    sign_in(client, guest.person)
    answer(client, guest, "yes")
    page = answer(client, hers, "no")
    assert (consent_of(guest), consent_of(hers)) == (True, False)
    assert "Withdraw, and remove my name" in row_of(page, guest)
    assert LegalName.objects.filter(person=guest.person).exists()
    deleted = "Your name for certificates is deleted."
    assert (deleted in page, deleted in answer(client, guest, "no")) == (False, True)
    assert (consent_of(guest), consent_of(hers)) == (False, False)
    assert not LegalName.objects.filter(person=guest.person).exists()
    newest = guest.person.consents.order_by("at", "pk").last()
    assert (newest.given, newest.organisation) == (False, None)


def test_who_gives_her_name_says_on_whose_certificates_it_may_stand(client, guest):
    hers, profile = of_elsewhere(guest), reverse("people:profile")
    sign_in(client, guest.person)
    answer(client, hers, "no")
    assert "Give your name first" in client.get(profile).text
    name = {"name": make.FULL_NAME, "agreed": "on"}
    assert client.post(reverse("people:certificate_name"), name).status_code == 422
    ids = [str(enrolment.cohort.organisation_id) for enrolment in (guest,)]
    client.post(reverse("people:certificate_name"), {**name, "organisations": ids})
    assert (consent_of(guest), consent_of(hers)) == (True, False)


def test_no_answer_is_taken_for_all_or_for_an_organisation_that_does_not_teach_her(client, guest):
    stranger, given = make.make_graduate(), guest.person.consents.count()
    sign_in(client, guest.person)
    for organisation in ({}, {"organisation": str(stranger.cohort.organisation_id)}, {"organisation": "x"}):
        data = {"purpose": "certificate", "given": "yes", **organisation}
        assert client.post(reverse("people:consent"), data).status_code == 422
    assert guest.person.consents.count() == given
    for other in (stranger.person, make.make_coordinator(guest.cohort)):
        page = sign_in(client, other).get(reverse("people:profile")).text
        assert 'name="organisation"' not in page


def test_her_no_to_one_organisation_is_done_again_after_a_restore(client, guest):
    hers = of_elsewhere(guest)
    sign_in(client, guest.person)
    answer(client, guest, "yes")
    answer(client, hers, "no")
    guest.person.consents.filter(given=False).delete()
    assert consent_of(hers)
    replay_journal(entries=read_entries(), at=timezone.now())
    assert (consent_of(guest), consent_of(hers)) == (True, False)


def test_a_second_training_of_the_same_organisation_asks_nothing_anew(client):
    first = make.make_graduate()
    second = make_enrolment(make_cohort(first.cohort.organisation), first.person, at=LATER)
    assert consent_of(second)
    assert 'name="organisation"' not in sign_in(client, first.person).get(reverse("people:profile")).text


def pointers(page: str) -> list[str]:
    """Where the page of one's certificates leads for what is missing."""
    return re.findall(r'href="[^"]*/me/#([^"]*)"', page.partition("<main")[2])


def test_my_certificates_lead_to_the_question_of_each_organisation(client, guest):
    hers, address = of_elsewhere(guest), reverse("certificates:mine")
    codes = [one.cohort.organisation.code for one in (guest, hers)]
    # The yes that she gave before she came to the second one counts at the first alone.
    assert pointers(sign_in(client, guest.person).get(address).text) == [f"agreement-{codes[0]}"]
    record_consent(person=guest.person, purpose="certificate", given=False, language="ky", by=guest.person, at=LATER)
    page = client.get(address).text
    assert sorted(pointers(page)) == sorted(f"agreement-{code}" for code in codes)
    for enrolment in (guest, hers):
        assert f"certificate of this organisation: {enrolment.cohort.organisation.name}" in page
    profile = client.get(reverse("people:profile")).text
    assert all(f'id="agreement-{code}"' in profile for code in codes)


def test_with_one_certificate_my_certificates_lead_to_the_question_of_the_other(client, guest):
    hers, address = of_elsewhere(guest), reverse("certificates:mine")
    actions.issue_certificate(enrolment=hers, by=make.make_coordinator(hers.cohort), at=LATER)
    code = guest.cohort.organisation.code
    page = sign_in(client, guest.person).get(address).text
    assert pointers(page) == [f"agreement-{code}"]
    assert "What your next certificate needs from you" in page
    answer(client, guest, "yes")
    assert pointers(client.get(address).text) == []


def test_without_a_name_my_certificates_lead_to_where_it_is_given(client, guest):
    LegalName.objects.all().delete()
    assert pointers(sign_in(client, guest.person).get(reverse("certificates:mine")).text) == ["certificate"]


def test_whoever_learns_at_one_organisation_is_led_to_her_profile(client):
    enrolment = make_enrolment(make_cohort())
    page = sign_in(client, enrolment.person).get(reverse("certificates:mine")).text
    assert pointers(page) == ["certificate"]
    assert "organisation:" not in page


def test_what_two_trainings_lack_alike_is_said_once(client):
    enrolment = make_enrolment(make_cohort())
    behind = make_enrolment(make_cohort(enrolment.cohort.organisation), enrolment.person)
    make.mark(behind, behind.cohort.sessions.first())
    for one in (enrolment, behind):
        make.put_ahead(one.cohort)
    page = sign_in(client, enrolment.person).get(reverse("certificates:mine")).text
    assert page.count("come to more sessions") == 1
