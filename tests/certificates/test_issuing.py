"""Issuing: what is written, what is refused, and that a repeat is harmless."""

import hashlib
import itertools
from datetime import date, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from lms.certificates.actions import (
    NotEligible,
    NotTheCoordinator,
    OwnCertificate,
    RevokedMeanwhile,
    ensure_signing_key,
    issue_certificate,
    issue_trainer_certificate,
    make_candidate,
    revoke_certificate,
    withdraw_key,
)
from lms.certificates.models import Certificate, CertificateState, IssueLog, KeyState, SigningKey
from lms.certificates.queries import key_ring
from lms.certificates.signing import log_hash, name_digest, verify_statement
from lms.cohorts.actions import CoachIsHerself, MayNotPlanHere, UnknownLanguage
from lms.cohorts.models import Level, StandingState
from lms.cohorts.permissions import manages
from lms.common.codes import decode_id
from lms.common.crypto import unseal
from lms.people.models import AuditEntry, Role
from tests.factories import certificates as make
from tests.factories.assessments import pass_teach_backs
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import AT, make_organisation, make_role, make_staff

pytestmark = pytest.mark.django_db


def statement_of(certificate: Certificate):
    keys = key_ring([SigningKey.objects.select_related("organisation").get(pk=certificate.key_id)])
    return verify_statement(bytes(certificate.statement), public_id=decode_id(certificate.public_id), keys=keys)


def test_certificate_claims_what_was_met():
    graduate = make.make_graduate()
    certificate = make.make_certificate(graduate)
    assert certificate.claims == {
        "issuer": {
            "code": graduate.cohort.organisation.code,
            "names": {lang: f"{graduate.cohort.organisation.code} ({lang})" for lang in ("ky", "ru", "en")},
            "signatory": {"ky": "", "ru": "", "en": ""},
            "signatory_name": "",
        },
        "issued_on": "2026-11-24",
        "expires_on": None,
        "trains_until": None,
        "level": "participant",
        "languages": ["ky"],
        "modules": [
            {
                "code": "M1",
                "hours": "3.0",
                "titles": {"ky": "Module M1 ky", "ru": "Module M1 ru", "en": "Module M1 en"},
                "objectives": {lang: ["Objective 1 of M1", "Objective 2 of M1"] for lang in ("ky", "ru", "en")},
            }
        ],
    }


def test_statement_is_signed_and_says_the_same():
    certificate = make.make_certificate()
    said = statement_of(certificate)
    assert (said.issuer, said.issued_on, said.level) == (
        certificate.organisation.code,
        date(2026, 11, 24),
        "participant",
    )
    assert said.status_index == certificate.status_index
    assert said.shown_name == "Айгүл Т."
    assert said.name_digest == name_digest(make.FULL_NAME, bytes(certificate.holder.salt))


def test_name_lies_under_the_holders_key_and_nowhere_in_the_claims():
    certificate = make.make_certificate()
    holder = certificate.holder
    assert unseal(bytes(certificate.person.key.wrapped), bytes(holder.sealed_name)) == make.FULL_NAME
    assert "Токтосунова" not in str(certificate.claims)
    assert "Токтосунова".encode() not in bytes(certificate.statement)


def test_issuing_twice_gives_the_same_certificate():
    graduate = make.make_graduate()
    first = make.make_certificate(graduate)
    assert make.make_certificate(graduate, at=AT + timedelta(days=1)) == first
    assert IssueLog.objects.count() == 1


def test_second_current_certificate_is_refused_by_the_database():
    certificate = make.make_certificate()
    copy = Certificate.objects.get(pk=certificate.pk)
    copy.pk, copy.public_id, copy.status_index = None, "x" * 22, certificate.status_index + 1
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)


def test_who_lacks_something_gets_none():
    enrolment = make_enrolment(make_cohort())
    with pytest.raises(NotEligible) as error:
        issue_certificate(enrolment=enrolment, by=make.make_coordinator(enrolment.cohort), at=AT)
    assert [gap.code for gap in error.value.gaps] == ["attendance", "post_test", "legal_name", "consent"]
    assert Certificate.objects.count() == 0


def test_of_two_modules_only_the_one_that_was_met_is_certified_and_the_other_later():
    cohort = make_cohort(module_codes=("M1", "M2"))
    enrolment = make_enrolment(cohort)
    make.attend(enrolment, "M1")
    make.take_post_test(enrolment, "M1")
    make.give_name(enrolment.person)
    first = make.make_certificate(enrolment)
    assert [module["code"] for module in first.claims["modules"]] == ["M1"]

    make.attend(enrolment, "M2")
    make.take_post_test(enrolment, "M2")
    second = make.make_certificate(enrolment, at=AT + timedelta(days=2))
    first.refresh_from_db()
    assert [module["code"] for module in second.claims["modules"]] == ["M1", "M2"]
    assert (first.state, first.superseded_by, first.is_current) == (CertificateState.SUPERSEDED, second, False)


def test_revoked_one_is_not_issued_again_by_a_choice_made_before():
    graduate = make.make_graduate()
    by = make.make_coordinator(graduate.cohort)
    certificate = make.make_certificate(graduate, by=by)
    later = AT + timedelta(hours=1)
    revoke_certificate(certificate=certificate, public_wording={}, internal_reason="error", by=by, at=later)
    with pytest.raises(RevokedMeanwhile):
        issue_certificate(enrolment=graduate, by=by, at=later + timedelta(minutes=1), chosen_at=AT)
    anew = issue_certificate(enrolment=graduate, by=by, at=later, chosen_at=later + timedelta(minutes=1))
    assert anew != certificate


def test_key_is_one_per_organisation_and_year():
    organisation, by = make_organisation(), make_staff()
    first = ensure_signing_key(organisation=organisation, by=by, at=AT)
    assert ensure_signing_key(organisation=organisation, by=by, at=AT + timedelta(days=30)) == first
    next_year = ensure_signing_key(organisation=organisation, by=by, at=AT + timedelta(days=60))
    first.refresh_from_db()
    assert (next_year.state, first.state) == (KeyState.ACTIVE, KeyState.RETIRED)
    assert ensure_signing_key(organisation=make_organisation(), by=by, at=AT) not in {first, next_year}


def test_withdrawn_key_signs_no_more():
    organisation, by = make_organisation(), make_staff()
    key = ensure_signing_key(organisation=organisation, by=by, at=AT)
    withdraw_key(key=key, by=by, at=AT + timedelta(days=1))
    assert ensure_signing_key(organisation=organisation, by=by, at=AT + timedelta(days=1)) != key


def test_private_key_is_stored_encrypted():
    key = ensure_signing_key(organisation=make_organisation(), by=None, at=AT)
    assert len(bytes(key.sealed_private_key)) > 64
    assert bytes(key.sealed_private_key).startswith(b"gAAAA")


def test_log_is_a_chain():
    cohort = make_cohort()
    for number in range(3):
        make.make_certificate(make.make_graduate(cohort), at=AT + timedelta(minutes=number))
    lines = list(IssueLog.objects.select_related("certificate").order_by("sequence"))
    assert [line.sequence for line in lines] == [1, 2, 3]
    assert all(later.previous_hash == earlier.hash for earlier, later in itertools.pairwise(lines))
    for line in lines:
        assert line.statement_digest == hashlib.sha256(bytes(line.certificate.statement)).hexdigest()
        assert line.hash == log_hash(
            sequence=line.sequence,
            previous=line.previous_hash,
            certificate=str(line.certificate_id),
            claims=line.claims_digest,
            statement=line.statement_digest,
            at=line.at,
        )


def test_issuing_is_written_down_without_a_name():
    make.make_certificate()
    entry = AuditEntry.objects.get(verb="issue_certificate")
    assert set(entry.details) == {"kind", "cohort"}


# ── The teaching level ───────────────────────────────────────────────────────────────────────────────────────────
def test_candidate_has_months_a_coach_and_the_cohort_where_she_learned():
    graduate = make.make_graduate()
    standing = make.make_candidate(graduate)
    assert (standing.level, standing.starts_on, standing.ends_on) == (
        Level.CANDIDATE,
        date(2026, 11, 24),
        date(2027, 5, 24),
    )
    assert standing.qualified_in == graduate.cohort
    assert standing.coachings.count() == 1


def test_candidate_needs_certificate_and_two_teach_backs():
    graduate = make.make_graduate()
    pass_teach_backs(graduate.person, graduate.cohort, count=1)
    with pytest.raises(NotEligible) as error:
        _candidate(graduate)
    assert [gap.code for gap in error.value.gaps] == ["certificate", "teach_backs"]


def test_candidate_coaches_not_herself_and_speaks_the_cohorts_languages():
    graduate = make.make_graduate()
    make.make_certificate(graduate)
    pass_teach_backs(graduate.person, graduate.cohort)
    with pytest.raises(CoachIsHerself):
        _candidate(graduate, coach=graduate.person)
    with pytest.raises(UnknownLanguage):
        _candidate(graduate, languages=["en"])
    assert not graduate.person.standings.exists()


def test_candidate_made_twice_is_one():
    graduate = make.make_graduate()
    standing = make.make_candidate(graduate)
    assert _candidate(graduate) == standing


def _candidate(enrolment, coach=None, languages=("ky",)):
    return make_candidate(
        enrolment=enrolment,
        module_code="M1",
        coach=coach or make_staff(),
        languages=languages,
        by=make.make_coordinator(enrolment.cohort),
        at=AT,
    )


def test_trainers_certificate_grants_the_standing_that_it_names():
    graduate = make.make_graduate()
    certificate = make.make_trainer_certificate(graduate)
    standing = certificate.standing
    assert (standing.level, standing.state, standing.granted_by) == (
        Level.CERTIFIED,
        StandingState.ACTIVE,
        certificate.pk,
    )
    assert (standing.ends_on, standing.languages) == (date(2029, 11, 25), ["ky", "ru"])
    assert (certificate.claims["trains_until"], certificate.expires_on) == ("2029-11-25", date(2029, 11, 25))
    assert statement_of(certificate).trains_until == date(2029, 11, 25)


def test_trainers_certificate_issued_twice_is_one():
    graduate = make.make_graduate()
    certificate = make.make_trainer_certificate(graduate)
    again = issue_trainer_certificate(
        enrolment=graduate, module_code="M1", by=make.make_coordinator(graduate.cohort), at=AT + timedelta(days=2)
    )
    assert again == certificate


def test_trainers_certificate_needs_plan_and_session():
    graduate = make.make_graduate()
    make.make_candidate(graduate)
    with pytest.raises(NotEligible) as error:
        issue_trainer_certificate(
            enrolment=graduate, module_code="M1", by=make.make_coordinator(graduate.cohort), at=AT
        )
    assert [gap.code for gap in error.value.gaps] == ["plan", "real_session"]


def test_candidates_months_end():
    graduate = make.make_graduate()
    make.make_candidate(graduate)
    make.prove_teaching(graduate.person, graduate.cohort)
    with pytest.raises(NotEligible):
        issue_trainer_certificate(
            enrolment=graduate, module_code="M1", by=make.make_coordinator(graduate.cohort), at=AT + timedelta(days=200)
        )


def test_second_module_of_the_same_cohort_gives_one_certificate_that_promises_what_holds_for_both():
    graduate = make.make_graduate(make_cohort(module_codes=("M1", "M2")))
    first = make.make_trainer_certificate(graduate, "M1")
    make.make_candidate(graduate, "M2")
    make.prove_teaching(graduate.person, graduate.cohort, "M2")
    second = issue_trainer_certificate(
        enrolment=graduate, module_code="M2", by=make.make_coordinator(graduate.cohort), at=AT + timedelta(days=100)
    )
    first.refresh_from_db()
    assert first.superseded_by == second
    assert [module["code"] for module in second.claims["modules"]] == ["M1", "M2"]
    assert second.expires_on == first.expires_on
    assert set(graduate.person.standings.filter(level=Level.CERTIFIED).values_list("module_code", flat=True)) == {
        "M1",
        "M2",
    }


def test_nobody_certifies_herself():
    graduate = make.make_graduate()
    herself = graduate.person
    make_role(herself, "coordinator", graduate.cohort.organisation)
    pass_teach_backs(graduate.person, graduate.cohort)
    with pytest.raises(OwnCertificate):
        issue_certificate(enrolment=graduate, by=herself, at=AT)
    with pytest.raises(OwnCertificate):
        issue_trainer_certificate(enrolment=graduate, module_code="M1", by=herself, at=AT)
    with pytest.raises(OwnCertificate):
        make_candidate(enrolment=graduate, module_code="M1", coach=make_staff(), languages=["ky"], by=herself, at=AT)
    assert not Certificate.objects.exists()


def test_whoever_coordinates_no_more_issues_nothing_that_she_asked_for_before():
    """With the roles of this moment, whatever her object remembers of an earlier one."""
    graduate = make.make_graduate()
    coordinator = make.make_coordinator(graduate.cohort)
    assert manages(coordinator, graduate.cohort)
    Role.objects.filter(person=coordinator).update(valid_until=date(2026, 1, 2))
    for issue in (issue_certificate, partial(issue_trainer_certificate, module_code="M1")):
        with pytest.raises(NotTheCoordinator):
            issue(enrolment=graduate, by=coordinator, at=AT)
    assert not Certificate.objects.exists()


def test_a_candidate_trains_only_where_her_coordinator_coordinates(regions):
    cohort = make_cohort(region=regions["KG-B"])
    graduate = make.make_graduate(cohort)
    issue_certificate(enrolment=graduate, by=make.make_coordinator(cohort), at=AT)
    pass_teach_backs(graduate.person, graduate.cohort)
    regional = make_staff("regional")
    make_role(regional, "coordinator", cohort.organisation, regions["KG-B"])
    choice = {"enrolment": graduate, "module_code": "M1", "coach": make_staff("coach"), "languages": ["ky"]}
    for elsewhere in (None, regions["KG-N"]):
        with pytest.raises(MayNotPlanHere):
            make_candidate(**choice, region=elsewhere, by=regional, at=AT)
    assert make_candidate(**choice, region=regions["leilek"], by=regional, at=AT).region == regions["leilek"]
