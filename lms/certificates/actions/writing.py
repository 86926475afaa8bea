"""What every certificate goes through: a number, a name under the holder's key, a signature, a line in the log."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import transaction

from lms.certificates.actions.keys import ensure_installation_key, ensure_signing_key, private_bytes
from lms.certificates.actions.wallets import seal_credential
from lms.certificates.checks import shown_name
from lms.certificates.models import (
    LIST_SIZE,
    Certificate,
    CertificateHolder,
    CertificateState,
    IssueLog,
    StateChange,
)
from lms.certificates.rendering import drop_pdf
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
from lms.common.languages import texts_of
from lms.people.actions import record_audit, use_legal_name
from lms.people.models import Organisation, User


@dataclass(frozen=True)
class Draft:
    """What is to be certified, before it has a number; `record` becomes Certificate.claims."""

    kind: str
    person: User
    cohort: Cohort
    record: dict[str, Any]
    language: str


def record_of(
    *,
    organisation: Organisation,
    modules: list[dict[str, Any]],
    level: str,
    languages: list[str],
    issued_on: date,
    trains_until: date | None = None,
) -> dict[str, Any]:
    """Everything that is printed, shown and signed, with its titles, frozen.  A trainer's expires when it stops her."""
    until = trains_until.isoformat() if trains_until else None
    return {
        "issuer": {
            "code": organisation.code,
            "names": texts_of(organisation, "name"),
            "signatory": texts_of(organisation, "signatory"),
            "signatory_name": organisation.signatory_name,
        },
        "issued_on": issued_on.isoformat(),
        "expires_on": until,
        "trains_until": until,
        "level": level,
        "languages": languages,
        "modules": modules,
    }


def write_certificate(*, draft: Draft, by: User, at: datetime) -> Certificate:
    """Inside the caller's transaction: the new certificate takes the place of the current one of its kind, if any."""
    replaced = (
        Certificate.objects.current()
        .select_for_update(of=("self",), no_key=True)
        .select_related("holder")
        .filter(person=draft.person, cohort=draft.cohort, kind=draft.kind)
        .first()
    )
    if replaced:
        change_state(certificate=replaced, state=CertificateState.SUPERSEDED, by=by, at=at)
    organisation = draft.cohort.organisation
    certificate = Certificate(
        public_id=encode_id(secrets.token_bytes(16)),
        kind=draft.kind,
        organisation=organisation,
        cohort=draft.cohort,
        person=draft.person,
        claims=draft.record,
        language=draft.language,
        status_index=_free_index(organisation),
        issued_at=at,
        issued_by=by,
        expires_on=date.fromisoformat(draft.record["expires_on"]) if draft.record["expires_on"] else None,
        state_since=at,
    )
    full_name = use_legal_name(person=draft.person, by=by, at=at)
    holder = CertificateHolder(
        sealed_name=seal(bytes(draft.person.key.wrapped), full_name),
        salt=secrets.token_bytes(SALT_BYTES),
        name_form=replaced.holder.name_form if replaced else draft.person.name_form or organisation.shown_form,
    )
    sign_statement(certificate=certificate, holder=holder, full_name=full_name, by=by, at=at)
    if replaced:
        replaced.superseded_by = certificate
        replaced.save(update_fields=["superseded_by"])
    note_verb(verb="issue_certificate", certificate=certificate, by=by, at=at)
    return certificate


def sign_statement(
    *, certificate: Certificate, holder: CertificateHolder, full_name: str, by: User | None, at: datetime
) -> None:
    """Signs what the row claims with today's key, saves both and writes the log.  An old PDF no longer fits it."""
    key = ensure_signing_key(organisation=certificate.organisation, by=by, at=at)
    ensure_installation_key(at=at)
    shown = shown_by(certificate=certificate, holder=holder, full_name=full_name)
    claims = claims_of(
        certificate.claims,
        status_index=certificate.status_index,
        shown_name=shown,
        name_digest=name_digest(full_name, bytes(holder.salt)) if full_name and holder.salt else b"",
    )
    certificate.key = key
    signing = {"public_id": decode_id(certificate.public_id), "private_key": private_bytes(key=key)}
    certificate.statement = sign_claims(claims, **signing)
    certificate.record_signature = sign_record(certificate.claims, **signing)
    # The file of the statement before holds the name; it goes once this one is sure to stay.
    transaction.on_commit(partial(drop_pdf, certificate.pdf_name))
    certificate.pdf_name = certificate.pdf_sha256 = ""
    certificate.save()
    holder.certificate = certificate
    holder.sealed_shown_name = wrap(shown.encode()) if shown else None
    who = {"full_name": full_name, "shown_name": shown}
    holder.sealed_credential = seal_credential(certificate=certificate, holder=holder, **who, at=at)
    holder.save()
    _append_to_log(certificate, at)


def shown_by(*, certificate: Certificate, holder: CertificateHolder, full_name: str) -> str:
    """What a stranger reads of the name, in the form that the holder chose; nothing of an erased one's."""
    if not full_name or certificate.person is None:
        return ""
    return shown_name(holder.name_form, full_name=full_name, display_name=certificate.person.display_name)


def change_state(
    *,
    certificate: Certificate,
    state: CertificateState,
    by: User | None,
    at: datetime,
    public_wording: dict[str, str] | None = None,
    internal_reason: str = "",
) -> None:
    """A row for the change, and the state that it leads to."""
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


def note_verb(*, verb: str, certificate: Certificate, by: User | None, at: datetime, **details: Any) -> None:
    """The audit entry."""
    facts = {"kind": certificate.kind, "cohort": certificate.cohort.code, **details}
    record_audit(
        verb=verb, subject=certificate, by=by, at=at, organisation_id=certificate.organisation_id, details=facts
    )


def _free_index(organisation: Organisation) -> int:
    """A random place in the organisation's status list: it tells nobody how many were issued, or in which order."""
    issued = Certificate.objects.filter(organisation=organisation)
    first = LIST_SIZE * (issued.count() // (LIST_SIZE * 3 // 4))
    while True:
        index = first + secrets.randbelow(LIST_SIZE)
        if not issued.filter(status_index=index).exists():
            return index


def _append_to_log(certificate: Certificate, at: datetime) -> IssueLog:
    """The next line.  Whoever appends holds the first line, so that the chain has one end."""
    IssueLog.objects.select_for_update(no_key=True).filter(sequence=1).first()
    last = IssueLog.objects.order_by("-sequence").first()
    sequence, previous = (last.sequence + 1, last.hash) if last else (1, FIRST_HASH)
    claims, statement = record_digest(certificate.claims), hashlib.sha256(certificate.statement).hexdigest()
    return IssueLog.objects.create(
        sequence=sequence,
        certificate=certificate,
        claims_digest=claims,
        statement_digest=statement,
        previous_hash=previous,
        hash=log_hash(
            sequence=sequence,
            previous=previous,
            certificate=str(certificate.pk),
            claims=claims,
            statement=statement,
            at=at,
        ),
        at=at,
    )
