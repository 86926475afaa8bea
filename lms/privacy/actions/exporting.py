"""A copy of everything that is kept about one person: made when she asks, and kept nowhere."""

from datetime import datetime

from lms.certificates.actions import credential_file, freeze_pdf
from lms.certificates.models import Certificate
from lms.people.actions import record_audit, require_settled
from lms.people.models import ConsentChannel, User
from lms.privacy.exports import copy_of


def export_person(*, person: User, by: User, at: datetime, channel: str = ConsentChannel.SCREEN) -> bytes:
    """The ZIP file.  That it was taken is written down, and how whoever took it for her was asked.

    Not in a transaction: certificates that nobody has opened yet are drawn, and a file cannot be rolled back.
    Raises PinProvesNothing, OwnPinNeeded, OwnPinTooNew where she asks herself and it could be whoever printed her card.
    """
    if person == by:
        require_settled(person=person, at=at)
    hers = Certificate.objects.filter(person=person, holder__sealed_name__isnull=False).order_by("issued_at", "pk")
    papers: dict[str, bytes] = {}
    for number, certificate in enumerate(hers.select_related("person__key", "holder"), start=1):
        papers[f"certificate-{number}.pdf"] = freeze_pdf(certificate=certificate)
        if certificate.holder.sealed_credential is not None:
            papers[f"certificate-{number}.json"] = credential_file(certificate=certificate).encode()
    record_audit(verb="export_person", subject=person, by=by, at=at, details={"channel": ConsentChannel(channel)})
    return copy_of(person, papers=papers, at=at)
