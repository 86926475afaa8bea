"""A trainer's certificate is renewed by a person, where its holder kept the rule of the module."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from curricula.models import ModulePage
from lms.certificates import actions, tasks
from lms.certificates.models import Certificate, CertificateState
from lms.certificates.queries import VerdictState, renewable_for, renewal_of, verdict_of
from lms.cohorts.actions import suspend_standing, withdraw_standing
from lms.cohorts.models import Cohort, Enrolment, Session, Standing, StandingState
from lms.jobs.models import Job
from lms.people.actions import record_consent
from lms.people.models import AuditEntry, ConsentPurpose
from tests.factories import certificates as make
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import AT, make_staff

pytestmark = pytest.mark.django_db
# make_trainer_certificate issues on 25 November 2026 for three years.
ENDS = date(2029, 11, 25)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 6, tzinfo=UTC)


RENEWED_AT = noon(date(2029, 9, 1))


def teach(certificate: Certificate, day: date, codes=("M1",)) -> Cohort:
    """She leads a cohort of two sessions a module, and somebody is there."""
    cohort = make_cohort(
        organisation=certificate.organisation,
        lead=certificate.person,
        module_codes=codes,
        starts_on=day,
        at=noon(day) - timedelta(days=30),
    )
    make.attend(make_enrolment(cohort))
    return cohort


@pytest.fixture
def certificate(db) -> Certificate:
    return make.make_trainer_certificate()


@pytest.fixture
def coordinator(certificate):
    return make.make_coordinator(certificate.cohort)


def renew(certificate, by, at=RENEWED_AT) -> Certificate:
    return actions.renew_trainer_certificate(certificate=certificate, by=by, at=at)


def test_whoever_trained_within_the_year_gets_another_term(certificate, coordinator):
    teach(certificate, date(2029, 6, 1))
    renewed = renew(certificate, coordinator)
    certificate.refresh_from_db()
    assert (certificate.state, certificate.superseded_by) == (CertificateState.SUPERSEDED, renewed)
    # From the end of the term that she had: nobody loses by renewing in time.
    assert (renewed.expires_on, renewed.claims["trains_until"]) == (date(2032, 11, 25), "2032-11-25")
    same = ("modules", "languages", "level")
    assert [renewed.claims[key] for key in same] == [certificate.claims[key] for key in same]
    before, standing = Standing.objects.filter(person=certificate.person, level="certified").order_by("created_at")
    assert before.state == StandingState.REPLACED
    assert (standing.state, standing.ends_on, standing.granted_by) == ("active", renewed.expires_on, renewed.pk)
    assert (standing.qualified_in, renewed.standing) == (before.qualified_in, standing)
    assert verdict_of(renewed.public_id, date(2032, 11, 25)).state == VerdictState.GENUINE
    assert verdict_of(certificate.public_id, date(2029, 9, 2)).state == VerdictState.SUPERSEDED
    entry = AuditEntry.objects.get(verb="renew_certificate")
    assert (entry.actor_id, entry.details["before"]) == (coordinator.pk, str(certificate.pk))


def test_repeating_gives_the_same_certificate(certificate, coordinator):
    teach(certificate, date(2029, 6, 1))
    renewed = renew(certificate, coordinator)
    certificate.refresh_from_db()
    assert renew(certificate, coordinator) == renewed
    with pytest.raises(actions.NotRenewable):
        renew(renewed, coordinator)
    assert Certificate.objects.filter(kind="trainer").count() == 2


def test_whoever_did_not_train_is_refused_with_what_is_missing(certificate, coordinator):
    cohort = teach(certificate, date(2029, 6, 1))
    cohort.sessions.first().marks.all().delete()
    with pytest.raises(actions.NotEligible) as refused:
        renew(certificate, coordinator)
    assert [gap.code for gap in refused.value.gaps] == ["practice"]
    assert "M1: sessions needed since" in str(refused.value)
    assert Certificate.objects.get(kind="trainer").state == CertificateState.VALID


@pytest.mark.parametrize(
    ("day", "in_time"),
    [
        (date(2029, 5, 24), False),
        (date(2029, 5, 25), True),
        (date(2029, 11, 26), True),
        (date(2030, 5, 25), True),
        (date(2030, 5, 26), False),
    ],
)
def test_renewing_has_its_time(certificate, day, in_time):
    assert (renewal_of(certificate, noon(day)) is not None) == in_time


def test_after_its_end_the_new_term_begins_today(certificate, coordinator):
    teach(certificate, date(2029, 6, 1))
    assert renew(certificate, coordinator, noon(date(2030, 2, 1))).expires_on == date(2033, 2, 1)


def test_exactly_a_year_still_counts(certificate):
    teach(certificate, date(2028, 9, 1))
    assert renewal_of(certificate, noon(date(2029, 9, 1))).may_be_renewed
    assert not renewal_of(certificate, noon(date(2029, 9, 2))).may_be_renewed


def test_changed_module_asks_for_sessions_or_a_refresher_since(certificate):
    teach(certificate, date(2029, 3, 1))
    at = noon(date(2029, 9, 1))
    ModulePage.objects.update(refresher_since=date(2029, 3, 2))
    assert [gap.code for gap in renewal_of(certificate, at).missing] == ["practice"]
    ModulePage.objects.update(refresher_since=date(2029, 3, 1))
    assert renewal_of(certificate, at).missing == []
    # It changed before she qualified, or will only change.
    for day in (date(2026, 11, 25), date(2029, 9, 2)):
        ModulePage.objects.update(refresher_since=day)
        assert renewal_of(certificate, at).missing == []
    ModulePage.objects.update(refresher_since=date(2029, 3, 2), sessions_a_year=0)
    assert not renewal_of(certificate, at).may_be_renewed
    refresher = make_cohort(
        organisation=certificate.organisation, starts_on=date(2029, 5, 1), at=noon(date(2029, 4, 1))
    )
    make.attend(make_enrolment(refresher, certificate.person))
    assert renewal_of(certificate, at).may_be_renewed


def test_term_is_todays_of_the_module(certificate, coordinator):
    teach(certificate, date(2029, 6, 1))
    ModulePage.objects.update(trainer_years=2)
    assert renew(certificate, coordinator).expires_on == date(2031, 11, 25)


def test_module_that_lacks_something_is_left_out(coordinator, certificate):
    """A second module of the cohort, for which she then did nothing."""
    enrolment = _certified_in_two()
    both = Certificate.objects.get(kind="trainer", person=enrolment.person, state="valid")
    assert [module["code"] for module in both.claims["modules"]] == ["M1", "M2"]
    teach(both, date(2029, 6, 1))
    found = renewal_of(both, RENEWED_AT)
    assert (found.modules, [gap.module_code for gap in found.missing]) == ("M1", ["M2"])
    renewed = renew(both, make.make_coordinator(both.cohort))
    assert [module["code"] for module in renewed.claims["modules"]] == ["M1"]
    standings = Standing.objects.filter(person=both.person, state="active").order_by("module_code")
    assert [(one.module_code, one.ends_on) for one in standings] == [
        ("M1", date(2032, 11, 25)),
        ("M2", date(2029, 11, 25)),
    ]


def _certified_in_two() -> Enrolment:
    enrolment = make.make_graduate(make_cohort(module_codes=("M1", "M2")))
    make.make_trainer_certificate(enrolment)
    make.make_trainer_certificate(enrolment, "M2")
    return enrolment


@pytest.mark.parametrize("rests", ["M1", "M2", "both"])
def test_verdict_names_the_module_that_rests(client, rests):
    enrolment = _certified_in_two()
    both = Certificate.objects.get(kind="trainer", person=enrolment.person, state="valid")
    resting = Standing.objects.filter(person=enrolment.person, level="certified")
    resting = resting if rests == "both" else resting.filter(module_code=rests)
    resting.update(state="dormant", steps_back={"en": "Walk two steps.", "ru": "Шаги.", "ky": "Кадам."})
    found = verdict_of(both.public_id, date(2026, 12, 1))
    assert found.state == (VerdictState.MAY_NOT_TRAIN if rests == "both" else VerdictState.MAY_TRAIN_SOME)
    page = client.get(f"/v/{both.public_id}?lang=en").content.decode()
    assert "Walk two steps." in page
    assert (f"may not train this at present: {rests}." in page, ">M2 · " in page) == (rests != "both", True)
    client.force_login(enrolment.person)
    mine = client.get(reverse("certificates:mine")).content.decode()
    assert f"may not train now: {'M1, M2' if rests == 'both' else rests}" in mine


def test_verdict_on_two_modules_takes_two_queries(django_assert_num_queries):
    enrolment = _certified_in_two()
    both = Certificate.objects.get(kind="trainer", person=enrolment.person, state="valid")
    with django_assert_num_queries(2):
        assert verdict_of(both.public_id, date(2026, 12, 1)).state == VerdictState.GENUINE


def test_certificate_whose_standing_was_granted_anew_elsewhere_rests_with_the_new_one(certificate):
    Standing.objects.filter(pk=certificate.standing_id).update(state="replaced")
    again = Standing.objects.get(pk=certificate.standing_id)
    again.pk, again.state, again.created_at = None, "dormant", AT + timedelta(days=90)
    again.granted_by = None
    again.save(force_insert=True)
    assert verdict_of(certificate.public_id, date(2027, 6, 1)).state == VerdictState.MAY_NOT_TRAIN


def test_suspended_standing_is_not_prolonged(certificate, coordinator):
    teach(certificate, date(2029, 6, 1))
    suspend_standing(standing=certificate.standing, by=coordinator, at=AT)
    with pytest.raises(actions.NotEligible) as refused:
        renew(certificate, coordinator)
    assert [gap.code for gap in refused.value.gaps] == ["suspended"]


def test_what_was_taken_back_is_not_renewed(certificate, coordinator):
    teach(certificate, date(2029, 6, 1))
    withdraw_standing(standing=certificate.standing, reason="x", by=coordinator, at=AT)
    assert renewal_of(certificate, RENEWED_AT) is None
    actions.revoke_certificate(certificate=certificate, public_wording={}, internal_reason="x", by=coordinator, at=AT)
    with pytest.raises(actions.NotRenewable):
        renew(certificate, coordinator)


def test_whoever_took_back_her_consent_or_was_erased_is_not_renewed(certificate, coordinator):
    teach(certificate, date(2029, 6, 1))
    person = certificate.person
    record_consent(
        person=person, purpose=ConsentPurpose.CERTIFICATE, given=False, language="ky", by=person, at=RENEWED_AT
    )
    with pytest.raises(actions.NotEligible) as refused:
        renew(certificate, coordinator)
    assert [gap.code for gap in refused.value.gaps] == ["consent"]
    erased = actions.erase_holder(certificate=certificate, by=None, at=AT)
    with pytest.raises(actions.NotRenewable):
        renew(erased, coordinator)


def test_module_that_is_not_taught_any_more_is_not_renewed(certificate):
    teach(certificate, date(2029, 6, 1))
    ModulePage.objects.update(live=False)
    assert [gap.code for gap in renewal_of(certificate, RENEWED_AT).missing] == ["not_published"]


def test_participants_certificate_is_not_renewed(coordinator):
    participants = Certificate.objects.get(kind="participant")
    with pytest.raises(actions.NotRenewable):
        renew(participants, coordinator)


def test_nobody_renews_her_own_and_only_its_coordinators_renew(certificate):
    teach(certificate, date(2029, 6, 1))
    for person in (certificate.cohort.trainers.get().person, make.make_coordinator(make_cohort()), make_staff()):
        with pytest.raises(actions.NotTheCoordinator):
            renew(certificate, person)
    with pytest.raises(actions.OwnCertificate):
        renew(certificate, certificate.person)


@pytest.mark.parametrize("people", [1, 3])
def test_list_takes_as_many_queries_for_three_as_for_one(people, django_assert_num_queries):
    cohort = make_cohort()
    for _number in range(people):
        teach(make.make_trainer_certificate(make.make_graduate(cohort)), date(2029, 6, 1))
    coordinator = make.make_coordinator(cohort)
    assert len(renewable_for(coordinator, RENEWED_AT)) == people
    with django_assert_num_queries(11):
        assert [found.missing for found in renewable_for(coordinator, RENEWED_AT)] == [[]] * people


# ── The pages ────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def ending(certificate) -> Certificate:
    """It ends in a month, and she trained last week."""
    today = timezone.localdate()
    cohort = make_cohort(organisation=certificate.organisation, lead=certificate.person, at=AT + timedelta(days=2))
    make.attend(make_enrolment(cohort))
    held = timezone.now() - timedelta(days=7)
    Session.objects.filter(cohort=cohort).update(starts_at=held, ends_at=held + timedelta(hours=1))
    Standing.objects.filter(pk=certificate.standing_id).update(
        starts_on=today - timedelta(days=1000), ends_on=today + timedelta(days=30)
    )
    Certificate.objects.filter(pk=certificate.pk).update(expires_on=today + timedelta(days=30))
    return certificate


def test_renewing_is_for_her_coordinator_alone(client, ending):
    coordinator = make.make_coordinator(ending.cohort)
    stranger = make.make_coordinator(make_cohort())
    colleague = ending.cohort.trainers.get().person
    address, page = reverse("certificates:renew", args=[ending.pk]), reverse("certificates:ending")
    for person, status in ((ending.person, 404), (colleague, 404), (stranger, 404)):
        client.force_login(person)
        assert client.post(address).status_code == status
    client.force_login(stranger)
    assert ending.person.display_name not in client.get(page).content.decode()
    client.force_login(coordinator)
    shown = client.get(page, headers={"Accept-Language": "en"}).content.decode()
    assert (ending.person.display_name in shown, "Renew M1 until" in shown) == (True, True)
    client.post(address)
    job = Job.objects.get(task=tasks.RENEW_TRAINER)
    tasks.renew_trainer(str(job.pk))
    renewed = Certificate.objects.get(kind="trainer", state="valid")
    assert (renewed.issued_by, bool(renewed.pdf_name)) == (coordinator, True)


def test_page_says_what_is_missing_and_a_post_renews_nothing(client, ending):
    Session.objects.update(state="cancelled")
    client.force_login(make.make_coordinator(ending.cohort))
    shown = client.get(reverse("certificates:ending")).content.decode()
    assert ("M1: sessions needed since" in shown, "Renew M1" in shown) == (True, False)
    answer = client.post(reverse("certificates:renew", args=[ending.pk]))
    assert answer.headers["Location"] == reverse("certificates:ending")
    assert not Job.objects.filter(task=tasks.RENEW_TRAINER).exists()


def test_job_of_a_coordinator_who_left_renews_nothing(client, ending):
    coordinator = make.make_coordinator(ending.cohort)
    client.force_login(coordinator)
    client.post(reverse("certificates:renew", args=[ending.pk]))
    coordinator.roles.all().delete()
    job = Job.objects.get(task=tasks.RENEW_TRAINER)
    tasks.renew_trainer(str(job.pk))
    job.refresh_from_db()
    assert (job.result, Certificate.objects.filter(kind="trainer").count()) == ({"refused": "not_the_coordinator"}, 1)


def test_desk_of_the_coordinator_counts_what_ends(client, ending):
    client.force_login(make.make_coordinator(ending.cohort))
    assert "1 trainer’s certificate ends within two months" in client.get("/en/desk/").content.decode()
    client.force_login(ending.person)
    desk = client.get("/en/desk/").content.decode()
    assert ("It ends soon." in desk, "within two months" in desk) == (True, False)
