"""What every certificate goes through: a number, a name under the holder's key, a signature, a line in the log."""

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, cast
from uuid import UUID

from django.db import IntegrityError, transaction

from lms.certificates.actions.keys import ensure_installation_key, ensure_signing_key, private_bytes
from lms.certificates.actions.reminding import plan_state_notice
from lms.certificates.actions.wallets import ensure_status_lists, full_name_of, seal_credential, shown_by
from lms.certificates.models import (
    LIST_SIZE,
    Certificate,
    CertificateDesign,
    CertificateHolder,
    CertificateState,
    IssueLog,
    SigningKey,
    StateChange,
)
from lms.certificates.queries import newest_design
from lms.certificates.rendering import drop_pdf, paper_name
from lms.certificates.signing import (
    FIRST_HASH,
    SALT_BYTES,
    claims_of,
    log_hash,
    name_digest,
    record_digest,
    sign_claims,
    sign_record,
)
from lms.cohorts.models import Cohort
from lms.common.codes import decode_id, encode_id
from lms.common.crypto import seal, wrap
from lms.people.actions import record_audits, use_legal_names
from lms.people.models import Organisation, User


@dataclass(frozen=True)
class Draft:
    """What is to be certified, before it has a number; `record` becomes Certificate.claims."""

    kind: str
    person: User
    cohort: Cohort
    record: dict[str, Any]
    language: str


def write_certificate(*, draft: Draft, by: User, at: datetime) -> Certificate:
    """Inside the caller's transaction: one certificate, with its credential."""
    [certificate] = write_certificates(drafts=[draft], by=by, at=at)
    holder = certificate.holder
    full_name = full_name_of(certificate=certificate)
    lists = ensure_status_lists(certificates=[certificate])
    holder.sealed_credential = seal_credential(certificate=certificate, full_name=full_name, lists=lists, at=at)
    holder.save(update_fields=["sealed_credential"])
    return certificate


def write_certificates(*, drafts: Sequence[Draft], by: User, at: datetime) -> list[Certificate]:
    """Inside the caller's transaction, for people of one cohort, in queries that do not grow with their number.

    Each takes the place of the current certificate of its kind, if there is one.  Their credentials and papers are made
    afterwards (`furnish_certificates`): what takes long holds no lock.
    """
    if not drafts:
        return []
    replaced = _replaced_by(drafts, by, at)
    names = use_legal_names(people=[draft.person for draft in drafts], by=by, at=at)
    # Locked until the end: nobody else draws numbers of this organisation meanwhile.
    organisation = drafts[0].cohort.organisation
    design = newest_design(organisation)
    signer = _signer(organisation, by, at)
    written = []
    for draft, index in zip(drafts, _free_indexes(organisation, len(drafts)), strict=True):
        full_name, before = names[draft.person.pk], replaced.get(draft.person.pk)
        certificate = _new_certificate(draft, index, design, by, at)
        holder = _new_holder(certificate, full_name, before)
        _sign(certificate, full_name, signer)
        written.append((certificate, holder))
    certificates = Certificate.objects.bulk_create(certificate for certificate, _holder in written)
    CertificateHolder.objects.bulk_create(holder for _certificate, holder in written)
    for certificate in certificates:
        if certificate.person_id in replaced:
            before = replaced[certificate.person_id]
            before.superseded_by = certificate
            before.save(update_fields=["superseded_by"])
    note_verb(verb="issue_certificate", certificates=certificates, by=by, at=at)
    _append_to_log(certificates, at)
    return certificates


def _replaced_by(drafts: Sequence[Draft], by: User, at: datetime) -> dict[UUID | None, Certificate]:
    """Person id → the certificate that holds until now, and no longer."""
    kind, people = drafts[0].kind, [draft.person for draft in drafts]
    rows = Certificate.objects.current().select_for_update(of=("self",), no_key=True).select_related("holder")
    before = rows.filter(cohort=drafts[0].cohort, kind=kind, person__in=people).order_by("pk")
    for certificate in before:
        change_state(certificate=certificate, state=CertificateState.SUPERSEDED, by=by, at=at)
    return {certificate.person_id: certificate for certificate in before}


def _new_certificate(
    draft: Draft, status_index: int, design: CertificateDesign | None, by: User, at: datetime
) -> Certificate:
    expires_on = draft.record["expires_on"]
    return Certificate(
        public_id=encode_id(secrets.token_bytes(16)),
        kind=draft.kind,
        organisation=draft.cohort.organisation,
        cohort=draft.cohort,
        person=draft.person,
        claims=draft.record,
        language=draft.language,
        status_index=status_index,
        design=design,
        issued_at=at,
        issued_by=by,
        expires_on=date.fromisoformat(expires_on) if expires_on else None,
        state_since=at,
    )


def _new_holder(certificate: Certificate, full_name: str, before: Certificate | None) -> CertificateHolder:
    """The form of the name stays the one that she chose for the certificate before."""
    person = cast(User, certificate.person)
    return CertificateHolder(
        certificate=certificate,
        sealed_name=seal(bytes(person.key.wrapped), full_name),
        salt=secrets.token_bytes(SALT_BYTES),
        name_form=before.holder.name_form if before else person.name_form or certificate.organisation.shown_form,
    )


@dataclass(frozen=True)
class _Signer:
    """Today's key of an organisation, opened once for all that is signed in one go."""

    key: SigningKey
    private_key: bytes


def _signer(organisation: Organisation, by: User | None, at: datetime) -> _Signer:
    key = ensure_signing_key(organisation=organisation, by=by, at=at)
    ensure_installation_key(at=at)
    return _Signer(key, private_bytes(key=key))


def _sign(certificate: Certificate, full_name: str, signer: _Signer) -> None:
    """Signs what the row claims, and the form of the name that its holder chose; saves nothing."""
    holder, shown = certificate.holder, shown_by(certificate=certificate, full_name=full_name)
    claims = claims_of(
        certificate.claims,
        status_index=certificate.status_index,
        shown_name=shown,
        name_digest=name_digest(full_name, bytes(holder.salt)) if full_name and holder.salt else b"",
    )
    certificate.key = signer.key
    signing = {"public_id": decode_id(certificate.public_id), "private_key": signer.private_key}
    certificate.statement = sign_claims(claims, **signing)
    certificate.record_signature = sign_record(certificate.claims, **signing)
    holder.sealed_shown_name = wrap(shown.encode()) if shown else None


def sign_statement(*, certificate: Certificate, full_name: str, by: User | None, at: datetime) -> None:
    """Signs a certificate anew with today's key, saves it and writes the log.  An old PDF no longer fits it."""
    # The files of the statement before hold the name, one that a killed worker left behind too.
    for name in {certificate.pdf_name, paper_name(certificate)}:
        transaction.on_commit(partial(drop_pdf, name))
    _sign(certificate, full_name, _signer(certificate.organisation, by, at))
    certificate.pdf_name = certificate.pdf_sha256 = ""
    certificate.save()
    holder = certificate.holder
    lists = ensure_status_lists(certificates=[certificate])
    holder.sealed_credential = seal_credential(certificate=certificate, full_name=full_name, lists=lists, at=at)
    holder.save()
    _append_to_log([certificate], at)


def change_state(
    *,
    certificate: Certificate,
    state: CertificateState,
    by: User | None,
    at: datetime,
    public_wording: dict[str, str] | None = None,
    internal_reason: str = "",
) -> None:
    """A row for the change, the state that it leads to, and word to the holder."""
    StateChange.objects.create(
        certificate=certificate,
        state=state,
        at=at,
        by=by,
        public_wording=public_wording or {},
        internal_reason=internal_reason,
    )
    certificate.state, certificate.state_since = state, at
    certificate.save(update_fields=["state", "state_since"])
    plan_state_notice(certificate=certificate, state=state, at=at)


def note_verb(*, verb: str, certificates: Sequence[Certificate], by: User | None, at: datetime, **details: Any) -> None:
    """The audit entry of each; several are of one cohort and kind."""
    first = certificates[0]
    facts = {"kind": first.kind, "cohort": first.cohort.code, **details}
    record_audits(verb=verb, subjects=certificates, by=by, at=at, organisation_id=first.organisation_id, details=facts)


def _free_indexes(organisation: Organisation, count: int) -> list[int]:
    """Random places in the organisation's status list: they tell nobody how many were issued, or in which order."""
    issued = Certificate.objects.filter(organisation=organisation)
    first = LIST_SIZE * (issued.count() // (LIST_SIZE * 3 // 4))
    free: dict[int, None] = {}
    while len(free) < count:
        drawn = [first + secrets.randbelow(LIST_SIZE) for _place in range(count - len(free))]
        taken = set(issued.filter(status_index__in=drawn).values_list("status_index", flat=True))
        free |= dict.fromkeys(index for index in drawn if index not in taken)
    return list(free)


def _append_to_log(certificates: Sequence[Certificate], at: datetime) -> None:
    """A line for each, the last thing of a transaction: whoever appends holds the first line until it is committed, so
    that the chain has one end.  Of two that write the very first line at once, the second finds the first's and goes on
    behind it."""
    while True:
        first = IssueLog.objects.select_for_update(no_key=True).filter(sequence=1).first()
        try:
            with transaction.atomic():
                IssueLog.objects.bulk_create(_next_lines(certificates, at))
        except IntegrityError:
            if first:
                raise
        else:
            return


def _next_lines(certificates: Sequence[Certificate], at: datetime) -> Iterator[IssueLog]:
    last = IssueLog.objects.order_by("-sequence").first()
    begin, previous = (last.sequence + 1, last.hash) if last else (1, FIRST_HASH)
    for sequence, certificate in enumerate(certificates, start=begin):
        claims, statement = record_digest(certificate.claims), hashlib.sha256(certificate.statement).hexdigest()
        own_hash = log_hash(
            sequence=sequence,
            previous=previous,
            certificate=str(certificate.pk),
            claims=claims,
            statement=statement,
            at=at,
        )
        yield IssueLog(
            sequence=sequence,
            certificate=certificate,
            claims_digest=claims,
            statement_digest=statement,
            previous_hash=previous,
            hash=own_hash,
            at=at,
        )
        previous = own_hash
