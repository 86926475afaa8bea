"""Lists: right for each person, and as many queries for many as for one."""

import pytest
from django.urls import reverse

from lms.certificates.actions import revoke_certificate
from lms.certificates.queries import (
    certificates_for,
    coaches_for,
    eligibility_of,
    own_certificates,
    reports_of,
    teaching_of,
)
from lms.people.models import RoleKind
from tests.factories import certificates as make
from tests.factories.assessments import pass_teach_backs
from tests.factories.cohorts import make_cohort, make_enrolment, make_standing
from tests.factories.people import AT, browser, make_role, make_staff

pytestmark = pytest.mark.django_db


def codes(gaps) -> list[str]:
    return [gap.code for gap in gaps]


def test_eligibility_says_for_each_what_is_missing():
    cohort = make_cohort()
    ready, certified, absent = make.make_graduate(cohort), make.make_graduate(cohort), make_enrolment(cohort)
    certificate = make.make_certificate(certified)
    rows = {row.enrolment.pk: row for row in eligibility_of(cohort)}
    assert (rows[ready.pk].is_due, rows[ready.pk].missing) == (True, [])
    assert (rows[certified.pk].is_due, rows[certified.pk].certificate) == (False, certificate)
    assert codes(rows[absent.pk].missing) == ["attendance", "post_test", "legal_name", "consent"]


def test_revoked_is_not_due_and_stays_open_to_a_choice_by_hand():
    graduate = make.make_graduate()
    certificate = make.make_certificate(graduate)
    revoke_certificate(certificate=certificate, public_wording={}, internal_reason="x", by=make_staff(), at=AT)
    [row] = eligibility_of(graduate.cohort)
    assert (row.is_due, row.qualifies, row.certificate, row.revoked) == (False, True, None, certificate)


def test_withdrawn_people_are_not_listed():
    cohort = make_cohort()
    make_enrolment(cohort, state="withdrawn")
    make_enrolment(cohort, state="waiting")
    assert eligibility_of(cohort) == []


def test_eligibility_takes_as_many_queries_for_three_as_for_one(django_assert_num_queries):
    cohort = make_cohort()
    make.make_certificate(make.make_graduate(cohort))
    with django_assert_num_queries(11):
        _read(eligibility_of(cohort))
    for _number in range(2):
        make.make_certificate(make.make_graduate(cohort))
    with django_assert_num_queries(11):
        _read(eligibility_of(cohort))


def _read(rows) -> list:
    return [(row.enrolment.person.display_name, row.missing, row.certificate, row.is_due) for row in rows]


def test_teaching_takes_as_many_queries_for_three_as_for_one(django_assert_num_queries):
    cohort = make_cohort()
    make.make_candidate(make.make_graduate(cohort))
    people = eligibility_of(cohort)
    with django_assert_num_queries(8):
        assert len(teaching_of(cohort, AT.date(), people)) == 1
    for _number in range(2):
        make.make_candidate(make.make_graduate(cohort))
    people = eligibility_of(cohort)
    with django_assert_num_queries(8):
        assert len(teaching_of(cohort, AT.date(), people)) == 3


def test_teaching_shows_each_step():
    cohort = make_cohort()
    graduate, candidate, ready = (make.make_graduate(cohort) for _number in range(3))
    make.make_certificate(graduate)
    pass_teach_backs(graduate.person, cohort)
    make.make_candidate(candidate)
    make.make_candidate(ready)
    make.prove_teaching(ready.person, cohort)
    make.make_graduate(cohort)
    rows = {row.enrolment.pk: row for row in teaching_of(cohort, AT.date())}
    assert set(rows) == {graduate.pk, candidate.pk, ready.pk}
    assert rows[graduate.pk].may_become_candidate
    assert codes(rows[candidate.pk].missing) == ["plan", "real_session"]
    assert (rows[ready.pk].may_become_trainer, rows[ready.pk].missing) == (True, [])


def test_certificates_are_seen_by_holder_and_coordinator_only():
    certificate = make.make_certificate()
    coordinator = make.make_coordinator(certificate.cohort)
    foreign = make.make_certificate()
    trainer = certificate.cohort.trainers.get(part="lead").person
    assert list(certificates_for(coordinator)) == [certificate]
    assert list(own_certificates(certificate.person)) == [certificate]
    assert list(certificates_for(trainer)) == []
    assert list(certificates_for(make.make_coordinator(foreign.cohort))) == [foreign]
    assert list(certificates_for(certificate.person)) == []


def test_coordinator_of_another_region_sees_nothing(regions):
    cohort = make_cohort(region=regions["leilek"])
    certificate = make.make_certificate(make.make_graduate(cohort))
    here, elsewhere = make_staff(), make_staff()
    make_role(here, RoleKind.COORDINATOR, cohort.organisation, region=regions["KG-B"])
    make_role(elsewhere, RoleKind.COORDINATOR, cohort.organisation, region=regions["KG-N"])
    assert list(certificates_for(here)) == [certificate]
    assert list(certificates_for(elsewhere)) == []


def test_coaches_are_trainers_of_the_organisation_and_never_she_herself():
    graduate = make.make_graduate()
    coach, holder, foreign = make_staff(), make_staff(), make_staff()
    make_role(coach, RoleKind.COACH, graduate.cohort.organisation)
    make_standing(holder, graduate.cohort.organisation)
    make_standing(graduate.person, graduate.cohort.organisation)
    make_standing(foreign, make_cohort().organisation)
    lead = graduate.cohort.trainers.get(part="lead").person
    assert set(coaches_for(graduate, "M1")) == {coach, holder, lead}


def test_reports_are_those_of_the_cohort_the_newest_first():
    certificate = make.make_certificate()
    first = certificate.reports.create(reason="name", at=AT)
    second = certificate.reports.create(reason="look", at=AT)
    make.make_certificate().reports.create(reason="look", at=AT)
    assert list(reports_of(certificate.cohort)) == [second, first]


def test_she_reads_only_what_she_still_lacks():
    enrolment = make_enrolment(make_cohort())
    make.put_ahead(enrolment.cohort)
    profile = f'class="button" href="{reverse("people:profile")}#certificate"'
    html = browser(enrolment.person).get(reverse("certificates:mine")).text
    lacks = ["come to more sessions", "hand in the post-test", "Write your name", "Agree in your profile"]
    assert [words in html for words in ("No certificate yet", profile, *lacks)] == [True] * 6
    make.give_name(enrolment.person)
    make.attend(enrolment)
    html = browser(enrolment.person).get(reverse("certificates:mine")).text
    assert [words in html for words in (profile, *lacks)] == [False, False, True, False, False]


def test_between_earned_and_issued_she_reads_that_nothing_more_is_needed():
    graduate = make.make_graduate()
    everything = "You have done everything for it. The coordinator issues it."
    page = browser(graduate.person)
    html = page.get(reverse("certificates:mine")).text
    assert (everything in html, "You get one when" in html) == (True, False)
    stranger = browser(make_enrolment(make_cohort()).person).get(reverse("certificates:mine")).text
    assert everything not in stranger
    make.make_certificate(graduate)
    assert "You have done everything" not in page.get(reverse("certificates:mine")).text
