"""Where drawn certificates are kept: the private storage, under names that say nothing."""

import hashlib
import logging

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from lms.certificates.models import Certificate
from lms.common.codes import encode_id

log = logging.getLogger("yntymak.certificates")


FOLDER = "certificates"


def paper_name(certificate: Certificate) -> str:
    """Of the PDF that belongs to its statement as it is now: known before it is drawn, and says nothing."""
    return f"{FOLDER}/{encode_id(hashlib.sha256(bytes(certificate.statement)).digest())}.pdf"


def keep_pdf(content: bytes, name: str) -> str:
    """Puts a PDF into the private storage in the place of what lies there by that name; returns the name."""
    storage = _storage()
    if storage.exists(name):
        # Whoever wrote it may have been killed in the middle.
        storage.delete(name)
    return storage.save(name, ContentFile(content))


def read_pdf(name: str, sha256: str) -> bytes | None:
    """The bytes that were kept; None if there are none, or if they are not what was kept."""
    if not name or not _storage().exists(name):
        return None
    with _storage().open(name) as file:
        content: bytes = file.read()
    if hashlib.sha256(content).hexdigest() == sha256:
        return content
    log.error("a stored certificate was changed and is drawn again", extra={"fields": {"file": name}})
    return None


def drop_pdf(name: str) -> None:
    """Throws a kept PDF away; nothing happens without a name."""
    if name:
        _storage().delete(name)


def kept_pdfs() -> list[str]:
    """The names of all that are kept."""
    try:
        _folders, files = _storage().listdir(FOLDER)
    except FileNotFoundError:
        return []
    return [f"{FOLDER}/{file}" for file in files]


def _storage() -> Storage:
    return storages["private"]
