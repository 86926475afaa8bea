"""A name that she gave to one organisation is not printed by another: there she agrees once more, and only she."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.certificates import actions
from lms.certificates.checks import masked_name
from lms.certificates.queries import eligibility_of_one
from lms.cohorts.models import Enrolment
from lms.people.actions import record_consent
from lms.people.models import User
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
    coordinator, hers = make.make_coordinator(guest.cohort), guest.person.enrolments.exclude(pk=guest.pk).get()
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


@pytest.mark.parametrize("is_printed", [False, True])
def test_she_agrees_anew_on_her_own_page_and_nobody_else_is_asked(client, guest, is_printed):
    """Also where a certificate bears her name already, so that she cannot write it again."""
    hers = guest.person.enrolments.exclude(pk=guest.pk).get()
    if is_printed:
        make.make_certificate(hers)
    profile = reverse("people:profile")
    for other in (make.make_graduate().person, make.make_coordinator(guest.cohort)):
        assert "consent-anew" not in sign_in(client, other).get(profile).text
    page = sign_in(client, guest.person).get(profile).text.partition("consent-anew")[2]
    assert str(guest.cohort.organisation.name) in page
    assert str(hers.cohort.organisation.name) not in page.partition("</section>")[0]
    client.post(reverse("people:consent"), {"purpose": "certificate", "given": "yes"})
    assert consent_of(guest)
    assert consent_of(hers)
    assert "consent-anew" not in client.get(profile).text
    assert actions.issue_certificate(enrolment=guest, by=make.make_coordinator(guest.cohort), at=timezone.now())


def test_a_second_training_of_the_same_organisation_asks_nothing_anew(client):
    first = make.make_graduate()
    second = make_enrolment(make_cohort(first.cohort.organisation), first.person, at=LATER)
    assert consent_of(second)
    assert "consent-anew" not in sign_in(client, first.person).get(reverse("people:profile")).text
