"""What becomes of a certificate: revoked, suspended, shown with another form of the name, its holder erased."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.certificates.actions.keys import private_bytes
from lms.certificates.actions.wallets import HolderErased, ensure_status_lists, full_name_of, seal_credential
from lms.certificates.actions.writing import change_state, note_verb, sign_statement
from lms.certificates.checks import wording_code
from lms.certificates.models import (
    FINAL_STATES,
    Certificate,
    CertificateState,
    KeyState,
    NameCheckCount,
    StateChange,
    VerdictReport,
)
from lms.certificates.queries import is_as_logged, last_name_choice
from lms.certificates.signing import sign_record
from lms.cohorts.actions import resume_standing, suspend_standing, withdraw_standing
from lms.cohorts.models import CURRENT_STANDING_STATES, Standing
from lms.common.codes import decode_id
from lms.common.crypto import unseal
from lms.common.errors import ActionError
from lms.common.journal import append_entry
from lms.common.languages import LANGUAGE_CODES
from lms.people.models import NameForm, User


class CertificateSettled(ActionError):
    code = "certificate_settled"
    message = _("This certificate was revoked or replaced before; its state cannot be changed any more.")


class ReasonMissing(ActionError):
    code = "reason_missing"
    message = _("Write the reason for your colleagues. It is not shown to the public.")


class WordingIncomplete(ActionError):
    code = "wording_incomplete"
    message = _("A public wording is needed in all three languages, or in none.")


class NotAsIssued(ActionError):
    """Whoever had the key may have had the database: what is not in the log is not signed again."""

    code = "not_as_issued"
    message = _("This certificate is not what the issue log says. It is not signed again: have the log checked.")


class CredentialMissing(ActionError):
    code = "credential_missing"
    message = _("There is no file for wallets of this certificate yet. Tell whoever runs this installation.")


@transaction.atomic
def revoke_certificate(
    *, certificate: Certificate, public_wording: dict[str, str], internal_reason: str, by: User | None, at: datetime
) -> Certificate:
    """Takes it back for good, and the standings that it granted.  The row stays; a repeat is harmless.

    `public_wording` is {} or holds a text in every language; `by` is None where it is done again after a restore.
    Raises CertificateSettled, ReasonMissing, WordingIncomplete; JournalUnwritable, and then nothing is revoked.
    """
    locked = _lock(certificate)
    if locked.state == CertificateState.REVOKED:
        return locked
    _change(locked, CertificateState.REVOKED, public_wording, internal_reason, by, at)
    for standing in _granted(locked):
        withdraw_standing(standing=standing, reason=internal_reason, by=by, at=at)
    note_verb(verb="revoke_certificate", certificates=[locked], by=by, at=at, public=bool(public_wording))
    append_entry("revoke_certificate", str(locked.pk), at, wording=wording_code(public_wording))
    return locked


@transaction.atomic
def suspend_certificate(
    *, certificate: Certificate, public_wording: dict[str, str], internal_reason: str, by: User | None, at: datetime
) -> Certificate:
    """Until it is lifted or revoked the verdict says "suspended".  A repeat is harmless.  Raises as `revoke` does."""
    locked = _lock(certificate)
    if locked.state == CertificateState.SUSPENDED:
        return locked
    _change(locked, CertificateState.SUSPENDED, public_wording, internal_reason, by, at)
    for standing in _granted(locked):
        suspend_standing(standing=standing, by=by, at=at)
    note_verb(verb="suspend_certificate", certificates=[locked], by=by, at=at, public=bool(public_wording))
    append_entry("suspend_certificate", str(locked.pk), at, wording=wording_code(public_wording))
    return locked


@transaction.atomic
def lift_suspension(*, certificate: Certificate, internal_reason: str, by: User | None, at: datetime) -> Certificate:
    """Makes it good again.  A repeat is harmless.  Raises CertificateSettled, ReasonMissing."""
    locked = _lock(certificate)
    if locked.state == CertificateState.VALID:
        return locked
    _change(locked, CertificateState.VALID, {}, internal_reason, by, at)
    for standing in _granted(locked):
        resume_standing(standing=standing, by=by, at=at)
    note_verb(verb="lift_suspension", certificates=[locked], by=by, at=at)
    append_entry("lift_suspension", str(locked.pk), at)
    return locked


@transaction.atomic
def change_name_form(*, certificate: Certificate, form: NameForm, by: User | None, at: datetime) -> Certificate:
    """The holder's choice of what a stranger sees: a new statement under the same id.  Older prints stay genuine.

    For the worker, which holds the key.  Raises HolderErased.
    """
    locked = _lock(certificate)
    holder = locked.holder
    if holder.name_form == form:
        return locked
    holder.name_form = form
    sign_statement(certificate=locked, full_name=full_name_of(certificate=locked), by=by, at=at)
    note_verb(verb="change_name_form", certificates=[locked], by=by, at=at, form=form)
    append_entry("change_name_form", str(locked.pk), at, form=form)
    return locked


@transaction.atomic
def change_to_last_choice(*, certificate: Certificate, by: User | None, at: datetime) -> Certificate:
    """What she chose last, whichever of her choices is being worked on: the workers keep no order among them.

    Asked under the lock, so that whoever comes first with an older answer is followed by whoever has the newer one.
    Raises HolderErased.
    """
    locked = _lock(certificate)
    return change_name_form(certificate=locked, form=last_name_choice(locked), by=by, at=at)


@transaction.atomic
def sign_again(*, certificate: Certificate, by: User | None, at: datetime) -> Certificate:
    """The same claims under today's key, after a key was withdrawn; an erased holder's without a name.

    A repeat is harmless: what has a good key is left alone.  Raises NotAsIssued.
    """
    locked = _lock(certificate)
    if locked.key.state != KeyState.COMPROMISED:
        return locked
    if not is_as_logged(locked):
        raise NotAsIssued
    full_name = "" if locked.holder.erased_at else full_name_of(certificate=locked)
    sign_statement(certificate=locked, full_name=full_name, by=by, at=at)
    note_verb(verb="sign_again", certificates=[locked], by=by, at=at)
    return locked


@transaction.atomic
def sign_titles(*, certificate: Certificate, by: User | None, at: datetime) -> Certificate:
    """What the row says beside the statement, where it was issued before that was signed too.  A repeat is harmless.

    Whoever calls it knows that the row is what was issued (queries.issue_log_faults).
    """
    locked = _lock(certificate)
    if locked.record_signature or locked.key.state == KeyState.COMPROMISED:
        return locked
    locked.record_signature = sign_record(
        locked.claims, public_id=decode_id(locked.public_id), private_key=private_bytes(key=locked.key)
    )
    locked.save(update_fields=["record_signature"])
    note_verb(verb="sign_titles", certificates=[locked], by=by, at=at)
    return locked


@transaction.atomic
def sign_credential(*, certificate: Certificate, by: User | None, at: datetime) -> Certificate:
    """The credential for wallets of a certificate that was issued before there was one.  A repeat is harmless.

    For the worker, which holds the key, and for whoever knows that the row is what was issued
    (queries.issue_log_faults).  Nothing is signed for an erased holder, nor with a withdrawn key.
    """
    locked = _lock(certificate)
    holder = locked.holder
    if holder.sealed_credential or holder.erased_at or locked.key.state == KeyState.COMPROMISED:
        return locked
    full_name = full_name_of(certificate=locked)
    lists = ensure_status_lists(certificates=[locked])
    holder.sealed_credential = seal_credential(certificate=locked, full_name=full_name, lists=lists, at=at)
    holder.save(update_fields=["sealed_credential"])
    note_verb(verb="sign_credential", certificates=[locked], by=by, at=at)
    return locked


def credential_file(*, certificate: Certificate) -> str:
    """The signed credential, as it is downloaded.  Raises HolderErased; CredentialMissing where there is none yet."""
    if certificate.person is None:
        raise HolderErased
    if certificate.holder.sealed_credential is None:
        raise CredentialMissing
    return unseal(bytes(certificate.person.key.wrapped), bytes(certificate.holder.sealed_credential))


@transaction.atomic
def erase_holder(*, certificate: Certificate, by: User | None, at: datetime) -> Certificate:
    """Destroys name, salt, credential and PDF; what was certified stays and still verifies.  A repeat is harmless."""
    locked = _lock(certificate)
    holder = locked.holder
    if holder.erased_at:
        return locked
    holder.sealed_name = holder.salt = None
    holder.erased_at = at
    locked.person = None
    sign_statement(certificate=locked, full_name="", by=by, at=at)
    note_verb(verb="erase_holder", certificates=[locked], by=by, at=at)
    return locked


@transaction.atomic
def erase_certificates(*, person: User, by: User | None, at: datetime) -> None:
    """All of hers, what colleagues wrote when one was revoked or suspended, and how often her name was compared.

    A repeat is harmless.  For the worker, which holds the key.
    """
    hers = list(Certificate.objects.filter(person=person).order_by("pk"))
    StateChange.objects.filter(certificate__in=hers).update(internal_reason="")
    NameCheckCount.objects.filter(certificate__in=hers).delete()
    for certificate in hers:
        erase_holder(certificate=certificate, by=by, at=at)


@transaction.atomic
def report_difference(*, certificate: Certificate, reason: str, at: datetime) -> VerdictReport:
    """A stranger's paper says something else than the verdict.  Whoever reports stays unknown."""
    report = VerdictReport.objects.create(certificate=certificate, reason=reason, at=at)
    note_verb(verb="report_difference", certificates=[certificate], by=None, at=at, reason=reason)
    return report


def _lock(certificate: Certificate) -> Certificate:
    rows = Certificate.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("organisation", "cohort", "person", "holder").get(pk=certificate.pk)


def _change(
    certificate: Certificate,
    state: CertificateState,
    public_wording: dict[str, str],
    internal_reason: str,
    by: User | None,
    at: datetime,
) -> None:
    if certificate.state in FINAL_STATES:
        raise CertificateSettled
    if not internal_reason.strip():
        raise ReasonMissing
    if public_wording and not all(public_wording.get(language, "").strip() for language in LANGUAGE_CODES):
        raise WordingIncomplete
    change_state(
        certificate=certificate,
        state=state,
        by=by,
        at=at,
        public_wording=public_wording,
        internal_reason=internal_reason.strip(),
    )


def _granted(certificate: Certificate) -> list[Standing]:
    """The current standings that this certificate granted, or those that it replaced."""
    chain, newest = [certificate.pk], [certificate.pk]
    while newest:
        newest = list(Certificate.objects.filter(superseded_by__in=newest).values_list("pk", flat=True))
        chain += newest
    return list(Standing.objects.filter(granted_by__in=chain, state__in=CURRENT_STANDING_STATES))
