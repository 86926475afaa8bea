"""The PDF: drawn once, kept with its hash, the same bytes ever after; and what else is made of a new certificate."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from lms.certificates.actions.wallets import StatusLists, ensure_status_lists, full_name_of, seal_credential
from lms.certificates.actions.writing import note_verb
from lms.certificates.models import Certificate, CertificateHolder, KeyState
from lms.certificates.rendering import draw_certificate, drop_pdf, keep_pdf, kept_pdfs, paper_name, read_pdf
from lms.certificates.signing import is_record_signed
from lms.common.codes import decode_id
from lms.people.models import User


def freeze_pdf(*, certificate: Certificate) -> bytes:
    """The certificate on paper: drawn at the first call, read afterwards.  Raises HolderErased.

    Not in a transaction: a file cannot be rolled back.  Of two that draw at once the first to note its file wins, and a
    drawing of a statement that was signed anew in between is thrown away.
    """
    kept = read_pdf(certificate.pdf_name, certificate.pdf_sha256)
    if kept is not None:
        return kept
    content = draw_certificate(certificate, full_name=full_name_of(certificate=certificate))
    if _note_paper(certificate, _keep_paper(certificate, content)):
        return content
    certificate.refresh_from_db()
    return freeze_pdf(certificate=certificate)


def furnish_certificates(*, certificates: Iterable[Certificate], at: datetime) -> None:
    """Draws and keeps the paper of each, and signs its credential, where they are not there yet: for the worker.

    What takes long is done before the one transaction that notes it.  A repeat is harmless: a paper is named after its
    statement, so that the next worker writes over what a killed one left.  Whoever was erased meanwhile is left out.
    """
    neighbours = ("organisation", "person__key", "holder", "key", "design")
    rows = Certificate.objects.select_related(*neighbours).filter(holder__sealed_name__isnull=False)
    chosen = list(rows.filter(pk__in=[one.pk for one in certificates]).order_by("pk"))
    lists = ensure_status_lists(certificates=chosen)
    made = [_furnish(row, lists, at) for row in chosen]
    with transaction.atomic():
        for furniture in made:
            furniture.note()


@dataclass(frozen=True)
class _Paper:
    name: str
    sha256: str


@dataclass(frozen=True)
class _Furniture:
    """What was made of one certificate; None where it was there already."""

    certificate: Certificate
    paper: _Paper | None
    credential: bytes | None

    def note(self) -> None:
        if self.paper:
            _note_paper(self.certificate, self.paper)
        if self.credential:
            # Asked of the row itself: a re-signing or erasure that came first has emptied or filled it.
            waiting = CertificateHolder.objects.filter(sealed_credential=None, sealed_name__isnull=False)
            waiting.filter(pk=self.certificate.holder.pk).update(sealed_credential=self.credential)


def _furnish(certificate: Certificate, lists: StatusLists, at: datetime) -> _Furniture:
    full_name, paper, credential = full_name_of(certificate=certificate), None, None
    if read_pdf(certificate.pdf_name, certificate.pdf_sha256) is None:
        paper = _keep_paper(certificate, draw_certificate(certificate, full_name=full_name))
    if certificate.holder.sealed_credential is None and _is_as_issued(certificate):
        credential = seal_credential(certificate=certificate, full_name=full_name, lists=lists, at=at)
    return _Furniture(certificate, paper, credential)


def _is_as_issued(certificate: Certificate) -> bool:
    """Does its key, if it is not withdrawn, vouch for what the row says now?"""
    key, signature = certificate.key, bytes(certificate.record_signature)
    of = {"public_id": decode_id(certificate.public_id), "public_key": bytes(key.public_key)}
    return key.state != KeyState.COMPROMISED and is_record_signed(certificate.claims, signature, **of)


def _keep_paper(certificate: Certificate, content: bytes) -> _Paper:
    return _Paper(keep_pdf(content, paper_name(certificate)), hashlib.sha256(content).hexdigest())


def _note_paper(certificate: Certificate, paper: _Paper) -> bool:
    """False, and the file is gone, where another one was noted or the statement is another one by now."""
    row = Certificate.objects.filter(pk=certificate.pk)
    same = row.filter(pdf_name=certificate.pdf_name, statement=bytes(certificate.statement))
    if same.update(pdf_name=paper.name, pdf_sha256=paper.sha256):
        return True
    if not row.filter(pdf_name=paper.name).exists():
        drop_pdf(paper.name)
    return False


def note_download(*, certificate: Certificate, by: User, at: datetime, why: str = "") -> None:
    """The paper bears the full name: that it was opened is written down, and by whom; the holder can read of it.

    Also where it was she: it could have been whoever printed her card.
    """
    details = {"why": why} if why else {}
    note_verb(verb="open_certificate", certificates=[certificate], by=by, at=at, **details)


def drop_stray_papers() -> int:
    """Throws them away; how many they were."""
    stray = stray_papers()
    for name in stray:
        drop_pdf(name)
    return len(stray)


def stray_papers() -> list[str]:
    """Each that no certificate names, and that is not being drawn for one.

    A backup's files are younger than its database, and a worker may be killed between a drawing and its row, just while
    the holder is erased: such a paper, with the name on it, no later erasure would find.
    """
    rows = Certificate.objects.filter(holder__erased_at=None)
    expected = set(rows.exclude(pdf_name="").values_list("pdf_name", flat=True))
    expected |= {paper_name(one) for one in rows.filter(pdf_name="").only("statement").iterator()}
    return [name for name in kept_pdfs() if name not in expected]
