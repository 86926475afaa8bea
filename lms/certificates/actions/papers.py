"""The PDF: drawn once, kept with its hash, the same bytes ever after."""

import hashlib
from datetime import datetime

from lms.certificates.actions.lifecycle import full_name_of
from lms.certificates.actions.writing import note_verb
from lms.certificates.models import Certificate
from lms.certificates.rendering import draw_certificate, drop_pdf, keep_pdf, kept_pdfs, read_pdf
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
    name = keep_pdf(content)
    same = Certificate.objects.filter(
        pk=certificate.pk, pdf_name=certificate.pdf_name, statement=bytes(certificate.statement)
    )
    if same.update(pdf_name=name, pdf_sha256=hashlib.sha256(content).hexdigest()):
        return content
    drop_pdf(name)
    certificate.refresh_from_db()
    return freeze_pdf(certificate=certificate)


def note_download(*, certificate: Certificate, by: User, at: datetime) -> None:
    """The paper bears the full name: that somebody else than the holder opened it is written down."""
    if certificate.person_id != by.pk:
        note_verb(verb="open_certificate", certificate=certificate, by=by, at=at)


def drop_stray_papers() -> int:
    """Throws away each that no certificate names; how many they were.

    A backup's files are younger than its database: it may hold a paper, with the name on it, that was drawn in between,
    and that no later erasure would find.
    """
    named = set(Certificate.objects.exclude(pdf_name="").values_list("pdf_name", flat=True))
    stray = [name for name in kept_pdfs() if name not in named]
    for name in stray:
        drop_pdf(name)
    return len(stray)
