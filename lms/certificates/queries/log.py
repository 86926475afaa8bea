"""Is the issue log the chain that it was, and does it end in the statements that are there?"""

import hashlib
from collections.abc import Iterator

from lms.certificates.models import Certificate, IssueLog
from lms.certificates.signing import FIRST_HASH, log_hash, record_digest


def issue_log_faults() -> Iterator[str]:
    """One sentence for each line that is broken, and for each certificate whose last line says something else."""
    expected, last = 1, FIRST_HASH
    newest: dict[object, IssueLog] = {}
    for line in IssueLog.objects.order_by("sequence").iterator():
        if line.sequence != expected or line.previous_hash != last:
            yield f"line {line.sequence}: does not follow line {expected - 1}"
        if line.hash != _hash_of(line):
            yield f"line {line.sequence}: was changed"
        expected, last = line.sequence + 1, line.hash
        newest[line.certificate_id] = line
    for certificate in Certificate.objects.order_by("pk").iterator():
        found = newest.get(certificate.pk)
        if found is None:
            yield f"certificate {certificate.pk}: is in no line"
        elif (found.claims_digest, found.statement_digest) != _digests(certificate):
            yield f"certificate {certificate.pk}: is not what line {found.sequence} says"


def is_as_logged(certificate: Certificate) -> bool:
    """Is the row what its own last line says, and was that line left alone?  The chain is for `issue_log_faults`."""
    last = IssueLog.objects.filter(certificate=certificate).order_by("-sequence").first()
    if last is None or last.hash != _hash_of(last):
        return False
    return (last.claims_digest, last.statement_digest) == _digests(certificate)


def _digests(certificate: Certificate) -> tuple[str, str]:
    return record_digest(certificate.claims), hashlib.sha256(bytes(certificate.statement)).hexdigest()


def _hash_of(line: IssueLog) -> str:
    return log_hash(
        sequence=line.sequence,
        previous=line.previous_hash,
        certificate=str(line.certificate_id),
        claims=line.claims_digest,
        statement=line.statement_digest,
        at=line.at,
    )
