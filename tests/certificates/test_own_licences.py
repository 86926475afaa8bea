"""A trainer reads of her own licence: what counts, what is still needed, until when, and how it is renewed."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from curricula.queries import LicenceRule
from lms.cascade.checks import steps_back
from lms.certificates.checks import Practice, active_until, is_resting, missing_for_renewal
from lms.certificates.models import Certificate
from lms.certificates.queries import own_licences
from lms.cohorts.models import Session, Standing, StandingState
from lms.common.dates import add_months, long_date
from lms.people.models import Engagement
from tests.factories import certificates as make
from tests.factories.assessments import make_submission
from tests.factories.cohorts import make_cohort, make_enrolment, make_standing
from tests.factories.people import browser, make_organisation, make_staff

pytestmark = pytest.mark.django_db
PAGE = reverse("certificates:licences")
RULE = LicenceRule(sessions_a_year=2)


@pytest.fixture
def certificate() -> Certificate:
    return make.make_trainer_certificate()


def page(person) -> str:
    return browser(person).get(PAGE).text


def give(certificate: Certificate, days_ago: int):
    """She leads a cohort of two sessions, and somebody is there."""
    cohort = make_cohort(
        organisation=certificate.organisation,
        lead=certificate.person,
        starts_on=timezone.localdate() - timedelta(days=days_ago),
    )
    make.attend(make_enrolment(cohort))
    return cohort


@pytest.mark.parametrize(
    "practice",
    [
        Practice(),
        Practice((date(2025, 3, 1),)),
        Practice((date(2025, 3, 1), date(2025, 6, 1))),
        Practice((date(2025, 6, 1), date(2025, 3, 1), date(2025, 5, 1))),
        Practice((date(2025, 3, 1), date(2025, 4, 1)), (date(2025, 8, 8),)),
    ],
)
@pytest.mark.parametrize("starts_on", [date(2023, 1, 1), date(2025, 5, 15)])
def test_the_day_until_which_it_stays_active_is_the_day_before_it_rests(practice, starts_on):
    last = active_until(RULE, starts_on, practice)
    assert not is_resting(RULE, starts_on, practice, last)
    assert is_resting(RULE, starts_on, practice, last + timedelta(days=1))
    assert active_until(LicenceRule(sessions_a_year=0), starts_on, practice) is None


def test_her_desk_and_her_certificates_lead_to_the_page_in_one_line(certificate):
    standing = Standing.objects.get(granted_by=certificate.pk)
    for address in (reverse("dashboard:desk"), reverse("certificates:mine")):
        shown = browser(certificate.person).get(address).text
        assert f'<a href="{PAGE}#l-{standing.pk}">You may train M1 until' in shown
    assert f'id="l-{standing.pk}"' in page(certificate.person)
    Standing.objects.filter(pk=standing.pk).update(state="dormant", steps_back=steps_back("M1", 2))
    for address in (reverse("dashboard:desk"), reverse("certificates:mine")):
        assert "M1: your licence rests. See what brings it back." in browser(certificate.person).get(address).text


def test_what_counts_and_what_is_needed_are_the_facts_of_the_renewal(certificate):
    person, now = certificate.person, timezone.now()
    standing = Standing.objects.get(granted_by=certificate.pk)
    ends = timezone.localdate() + timedelta(days=100)
    long_ago = timezone.localdate() - timedelta(days=900)
    Standing.objects.filter(pk=standing.pk).update(starts_on=long_ago, ends_on=ends)
    Certificate.objects.filter(pk=certificate.pk).update(expires_on=ends)
    # What she followed herself, to become a trainer, was long ago as well.
    Session.objects.filter(cohort=certificate.cohort).update(starts_at=now - timedelta(days=900))
    shown = page(person)
    assert "You gave 0 sessions within the last year." in shown
    assert "A coordinator can renew your certificate now" in shown
    assert "You gave 0." in shown
    give(certificate, 40)
    shown = page(person)
    assert "You gave 2 sessions within the last year. Within a year 2 sessions are needed, or a refresher." in shown
    assert "As of today nothing is missing for it." in shown
    assert "It stays active until" in shown
    (licence,) = (one for one in own_licences(person, now) if one.standing.pk == standing.pk)
    day = timezone.localdate(now)
    assert list(licence.missing) == missing_for_renewal("M1", licence.rule, long_ago, licence.practice, day) == []
    assert list(licence.practice.sessions) == sorted(licence.practice.sessions, reverse=True)
    far = timezone.localdate() + timedelta(days=700)
    Standing.objects.filter(pk=standing.pk).update(ends_on=far)
    assert "a coordinator can renew your certificate: ask her then." in page(person)


def test_what_is_the_same_for_all_is_said_once_and_the_days_are_folded(certificate):
    make_standing(certificate.person, certificate.organisation, "M7")
    type(certificate.organisation).objects.filter(pk=certificate.organisation_id).update(contact="0 312 000000")
    long_ago = timezone.localdate() - timedelta(days=900)
    Standing.objects.filter(granted_by=certificate.pk).update(starts_on=long_ago)
    give(certificate, 40)
    found = BeautifulSoup(page(certificate.person), "html.parser")
    text = found.get_text(" ", strip=True)
    assert (text.count("where attendance was taken and somebody came"), text.count("0 312 000000")) == (1, 1)
    days = found.find(id=f"l-{Standing.objects.get(granted_by=certificate.pk).pk}").select("details li")
    given = timezone.localdate() - timedelta(days=40)
    assert f"{given:%d.%m.%Y} session" in [" ".join(day.get_text(" ").split()) for day in days]


def test_a_name_that_was_taken_away_is_asked_for_when_it_can_be_renewed(certificate):
    ends = timezone.localdate() + timedelta(days=100)
    Standing.objects.filter(granted_by=certificate.pk).update(ends_on=ends)
    Certificate.objects.filter(pk=certificate.pk).update(expires_on=ends)
    certificate.person.legal_name.delete()
    assert f'href="{reverse("people:profile")}#certificate"' in page(certificate.person)


def test_what_rests_says_what_brings_it_back_and_what_is_suspended_whom_to_ask(certificate):
    standing = Standing.objects.filter(granted_by=certificate.pk)
    standing.update(state=StandingState.DORMANT, steps_back=steps_back("M1", 2))
    shown = page(certificate.person)
    assert "What brings it back: 2 sessions of M1 within a year" in shown
    assert "It stays active until" not in shown
    standing.update(state=StandingState.SUSPENDED, steps_back={})
    shown = page(certificate.person)
    assert "You train nobody until it is lifted." in shown
    assert "M1: your licence is suspended." in browser(certificate.person).get(reverse("certificates:mine")).text


def test_what_has_ended_says_until_when_it_can_be_renewed_and_what_for(certificate):
    desk, told = reverse("dashboard:desk"), "A coordinator can still renew it"
    assert told not in browser(certificate.person).get(desk).text
    yesterday, long_ago = timezone.localdate() - timedelta(days=1), timezone.localdate() - timedelta(days=900)
    Standing.objects.filter(granted_by=certificate.pk).update(starts_on=long_ago, ends_on=yesterday)
    Certificate.objects.filter(pk=certificate.pk).update(expires_on=yesterday)
    Session.objects.filter(cohort=certificate.cohort).update(starts_at=timezone.now() - timedelta(days=900))
    shown = page(certificate.person)
    assert "You may train nothing yet" not in shown
    assert f"Until {long_date(add_months(yesterday, 6), case='until')} a coordinator can still renew it" in shown
    assert "You gave 0." in shown
    assert told in browser(certificate.person).get(desk).text
    give(certificate, 40)
    assert "As of today nothing is missing for it." in page(certificate.person)
    Certificate.objects.filter(pk=certificate.pk).update(expires_on=add_months(yesterday, -6) - timedelta(days=1))
    assert "You may train nothing yet" in page(certificate.person)
    assert told not in browser(certificate.person).get(desk).text


def test_a_candidate_reads_what_the_trainers_certificate_needs_from_her():
    standing = make.make_candidate()
    shown = page(standing.person)
    plan = reverse("assessments:my_plan", args=[standing.qualified_in_id])
    assert f'<a href="{plan}">Hand in a session plan of your own' in shown
    assert "Lead a session while an observer watches, and pass." in shown
    assert browser(standing.person).get(plan).status_code == 200
    make_submission(standing.person, standing.qualified_in)
    make.prove_teaching(standing.person, standing.qualified_in)
    assert "You have done everything." in page(standing.person)


def test_it_is_hers_alone_and_not_of_an_organisation_that_she_has_left(certificate):
    other = make_standing(make_staff(), make_organisation(), "M7")
    for person, expected in ((certificate.person, [True, False]), (other.person, [False, True])):
        assert [f"<h2>{code} " in page(person) for code in ("M1", "M7")] == expected
    assert "You may train nothing yet" in page(make_staff())
    Engagement.objects.filter(person=certificate.person).update(left_at=timezone.now())
    assert "You may train nothing yet" in page(certificate.person)
