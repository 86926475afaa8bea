"""Revoked, suspended, shown otherwise, signed again, erased: rows are added, nothing is deleted."""

from datetime import timedelta

import pytest

from lms.certificates import actions
from lms.certificates.actions import (
    CertificateSettled,
    HolderErased,
    ReasonMissing,
    WordingIncomplete,
    change_name_form,
    erase_holder,
    freeze_pdf,
    furnish_certificates,
    issue_certificates,
    lift_suspension,
    report_difference,
    revoke_certificate,
    sign_again,
    suspend_certificate,
    withdraw_key,
)
from lms.certificates.checks import wording_of
from lms.certificates.models import Certificate, IssueLog
from lms.certificates.queries import VerdictState, verdict_of
from lms.certificates.rendering import keep_pdf, kept_pdfs, paper_name, read_pdf
from lms.cohorts.models import StandingState
from lms.common.journal import JournalUnwritable, read_entries
from lms.people.models import AuditEntry
from tests.factories import certificates as make
from tests.factories.people import AT, make_staff

pytestmark = pytest.mark.django_db

WORDING = {"ky": "Жаңылыштык", "ru": "Ошибка", "en": "A mistake"}
LATER = AT + timedelta(days=10)


def revoke(certificate: Certificate, **options):
    return revoke_certificate(
        **{
            "certificate": certificate,
            "public_wording": WORDING,
            "internal_reason": "Wrong person.",
            "by": make_staff(),
            "at": LATER,
            **options,
        }
    )


def test_revoking_keeps_the_row_and_says_when_who_and_what_in_public():
    certificate = make.make_certificate()
    by = make_staff()
    revoked = revoke(certificate, by=by)
    change = revoked.changes.get()
    assert (revoked.state, revoked.state_since) == ("revoked", LATER)
    assert (change.by, change.public_wording, change.internal_reason) == (by, WORDING, "Wrong person.")
    assert Certificate.objects.count() == 1


def test_revoking_twice_is_harmless():
    certificate = make.make_certificate()
    revoke(certificate)
    again = revoke(certificate, at=LATER + timedelta(days=1), public_wording={})
    assert (again.state_since, again.changes.count()) == (LATER, 1)


@pytest.mark.parametrize(("wording", "code"), [({}, "nothing"), (WORDING, "own"), (wording_of("mistake"), "mistake")])
def test_revoking_is_noted_in_the_journal_once_and_without_words(settings, tmp_path, wording, code):
    settings.JOURNAL_FILE = tmp_path / "journal.jsonl"
    certificate = make.make_certificate()
    revoke(certificate, public_wording=wording)
    revoke(certificate, public_wording=wording)
    [entry] = read_entries()
    assert (entry.kind, entry.subject, entry.at) == ("revoke_certificate", str(certificate.pk), LATER)
    assert entry.ids == {"wording": code}
    assert wording_of(code) == ({} if code == "own" else wording)


def test_nothing_is_revoked_where_the_journal_cannot_be_written(settings, tmp_path):
    certificate = make.make_trainer_certificate()
    settings.JOURNAL_FILE = tmp_path / "gone" / "journal.jsonl"
    with pytest.raises(JournalUnwritable):
        revoke(certificate)
    certificate.refresh_from_db()
    assert (certificate.state, certificate.changes.count()) == ("valid", 0)
    assert certificate.person.standings.filter(state=StandingState.ACTIVE).exists()


def test_withdrawing_a_key_is_noted_in_the_journal_once(settings, tmp_path):
    settings.JOURNAL_FILE = tmp_path / "journal.jsonl"
    key = make.make_certificate().key
    for _time in range(2):
        withdraw_key(key=key, by=make_staff(), at=LATER)
    assert [(entry.kind, entry.subject) for entry in read_entries()] == [("withdraw_key", key.kid)]


def test_revoking_needs_a_reason_and_a_wording_in_all_languages_or_none():
    certificate = make.make_certificate()
    with pytest.raises(ReasonMissing):
        revoke(certificate, internal_reason="  ")
    with pytest.raises(WordingIncomplete):
        revoke(certificate, public_wording={"ky": "Жаңылыштык", "ru": "", "en": "A mistake"})
    certificate.refresh_from_db()
    assert (certificate.state, certificate.changes.count()) == ("valid", 0)


def test_revoking_a_trainers_certificate_withdraws_her_standing():
    certificate = make.make_trainer_certificate()
    revoke(certificate)
    certificate.standing.refresh_from_db()
    assert certificate.standing.state == StandingState.WITHDRAWN
    assert not certificate.person.standings.filter(state=StandingState.ACTIVE).exists()


def test_suspension_can_be_lifted_and_is_told():
    certificate = make.make_certificate()
    by = make_staff()
    suspend_certificate(certificate=certificate, public_wording={}, internal_reason="Complaint.", by=by, at=LATER)
    lifted = lift_suspension(certificate=certificate, internal_reason="Settled.", by=by, at=LATER + timedelta(days=3))
    assert lifted.state == "valid"
    assert list(lifted.changes.order_by("at").values_list("state", flat=True)) == ["suspended", "valid"]


def test_suspended_trainer_opens_no_cohort_until_it_is_lifted():
    certificate, by = make.make_trainer_certificate(), make_staff()
    suspend_certificate(certificate=certificate, public_wording={}, internal_reason="x", by=by, at=LATER)
    certificate.standing.refresh_from_db()
    assert certificate.standing.state == StandingState.SUSPENDED
    lift_suspension(certificate=certificate, internal_reason="x", by=by, at=LATER)
    certificate.standing.refresh_from_db()
    assert certificate.standing.state == StandingState.ACTIVE


def test_what_is_settled_stays():
    certificate = make.make_certificate()
    revoke(certificate)
    with pytest.raises(CertificateSettled):
        suspend_certificate(certificate=certificate, public_wording={}, internal_reason="x", by=make_staff(), at=LATER)
    with pytest.raises(CertificateSettled):
        lift_suspension(certificate=certificate, internal_reason="x", by=make_staff(), at=LATER)


@pytest.mark.parametrize(
    ("form", "shown"), [("full", "Айгүл Токтосунова"), ("none", ""), ("alias", "«Бүркүт»"), ("masked", "Айгүл Т.")]
)
def test_name_form_is_signed_anew_under_the_same_address(form, shown):
    certificate = make.make_certificate()
    person = certificate.person
    person.display_name = "Бүркүт"
    person.save()
    old = bytes(certificate.statement)
    changed = change_name_form(certificate=certificate, form=form, by=person, at=LATER)
    verdict = verdict_of(certificate.public_id, LATER.date())
    assert (verdict.state, verdict.shown_name) == (VerdictState.GENUINE, shown)
    assert (bytes(changed.statement) == old) is (form == "masked")
    assert IssueLog.objects.count() == (1 if form == "masked" else 2)


def test_new_statement_asks_for_a_new_pdf(django_capture_on_commit_callbacks):
    certificate = make.make_certificate()
    freeze_pdf(certificate=certificate)
    certificate.refresh_from_db()
    name, digest = certificate.pdf_name, certificate.pdf_sha256
    with django_capture_on_commit_callbacks(execute=True):
        change_name_form(certificate=certificate, form="full", by=certificate.person, at=LATER)
    certificate.refresh_from_db()
    assert (certificate.pdf_name, certificate.pdf_sha256) == ("", "")
    assert read_pdf(name, digest) is None


def test_certificates_of_a_withdrawn_key_are_good_again_once_signed_again():
    certificate = make.make_certificate()
    withdraw_key(key=certificate.key, by=make_staff(), at=LATER)
    assert verdict_of(certificate.public_id, LATER.date()).state == VerdictState.WITHDRAWN_KEY
    again = sign_again(certificate=certificate, by=None, at=LATER)
    assert again.key != certificate.key
    assert verdict_of(certificate.public_id, LATER.date()).state == VerdictState.GENUINE


def test_erasing_destroys_name_salt_and_paper_and_the_proof_stays(django_capture_on_commit_callbacks):
    certificate = make.make_certificate()
    freeze_pdf(certificate=certificate)
    certificate.refresh_from_db()
    name, digest = certificate.pdf_name, certificate.pdf_sha256
    with django_capture_on_commit_callbacks(execute=True):
        erase_holder(certificate=certificate, by=None, at=LATER)
        erase_holder(certificate=certificate, by=None, at=LATER + timedelta(days=1))
    erased = Certificate.objects.select_related("holder").get(pk=certificate.pk)
    holder = erased.holder
    assert (erased.person, holder.sealed_name, holder.salt, holder.sealed_shown_name) == (None, None, None, None)
    assert holder.erased_at == LATER
    assert read_pdf(name, digest) is None
    verdict = verdict_of(certificate.public_id, LATER.date())
    assert (verdict.state, verdict.shown_name, verdict.can_check_name) == (VerdictState.ERASED, "", False)
    with pytest.raises(HolderErased):
        freeze_pdf(certificate=erased)


def test_what_a_killed_worker_left_and_what_a_late_one_makes_is_gone_with_her(django_capture_on_commit_callbacks):
    graduate = make.make_graduate()
    by = make.make_coordinator(graduate.cohort)
    [certificate] = issue_certificates(enrolments=[graduate], by=by, at=AT)
    drawn = keep_pdf(b"her name", paper_name(certificate))
    assert drawn in kept_pdfs()
    with django_capture_on_commit_callbacks(execute=True):
        erase_holder(certificate=certificate, by=None, at=LATER)
    assert drawn not in kept_pdfs()
    furnish_certificates(certificates=[certificate], at=LATER)
    erased = Certificate.objects.select_related("holder").get(pk=certificate.pk)
    assert (erased.pdf_name, erased.holder.sealed_credential) == ("", None)
    assert drawn not in kept_pdfs()


def test_nothing_is_signed_for_a_row_that_somebody_changed():
    graduate = make.make_graduate()
    [certificate] = issue_certificates(enrolments=[graduate], by=make.make_coordinator(graduate.cohort), at=AT)
    Certificate.objects.filter(pk=certificate.pk).update(claims={**certificate.claims, "level": "master"})
    furnish_certificates(certificates=[certificate], at=LATER)
    assert Certificate.objects.get(pk=certificate.pk).holder.sealed_credential is None


def test_erased_holders_certificate_is_signed_again_without_a_name():
    certificate = make.make_certificate()
    erase_holder(certificate=certificate, by=None, at=LATER)
    sign_again(certificate=certificate, by=None, at=LATER)
    assert verdict_of(certificate.public_id, LATER.date()).shown_name == ""


def test_report_keeps_the_reason_and_nobody():
    certificate = make.make_certificate()
    report_difference(certificate=certificate, reason="name", at=LATER)
    assert certificate.reports.get().reason == "name"
    assert AuditEntry.objects.get(verb="report_difference").actor_id is None


def test_opening_the_paper_is_noted_also_where_it_is_ones_own():
    """Whoever printed her card could have been signed in as she."""
    certificate, other = make.make_certificate(), make_staff()
    for person in (certificate.person, other):
        actions.note_download(certificate=certificate, by=person, at=LATER)
    noted = AuditEntry.objects.filter(verb="open_certificate").values_list("actor_id", flat=True)
    assert set(noted) == {certificate.person_id, other.pk}
