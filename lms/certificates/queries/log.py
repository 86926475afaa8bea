"""Is the issue log the chain that it was, does it end in the statements that are there, and who read it last?"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import batched
from typing import Any

from django.db.models import Min, Model, QuerySet

from lms.certificates.models import Certificate, IssueLog
from lms.certificates.signing import FIRST_HASH, log_hash, record_digest
from lms.jobs.models import ENDED_STATES, Job, JobState

# The name of the Celery task (lms.certificates.tasks).
CHECK_LOG = "certificates.check_log"
# It is read every night, and some hours may pass until a worker has come to it.
_READ_EVERY = timedelta(hours=36)
_AT_ONCE = 500


@dataclass(frozen=True)
class LogCheck:
    """The last time that the issue log was checked, by the schedule or on a screen."""

    at: datetime
    lines: int
    faults: int
    # It came to no end, at none of its tries: what it would have said nobody knows.
    fell_over: bool


def last_log_check() -> LogCheck | None:
    """None where there was none within the term of jobs."""
    ended = Job.objects.filter(task=CHECK_LOG, state__in=ENDED_STATES, ended_at__isnull=False)
    job = ended.order_by("-ended_at").first()
    if job is None or job.ended_at is None:
        return None
    found = job.result.get("lines", 0), job.result.get("faults", 0)
    return LogCheck(job.ended_at, *found, fell_over=job.state == JobState.FAILED)


def is_log_unread(check: LogCheck | None, at: datetime) -> bool:
    """Does nobody know today how the log is?  Where it was never checked: for as long as a worker has done any job."""
    if check and check.fell_over:
        return True
    since = check.at if check else Job.objects.aggregate(first=Min("ended_at"))["first"]
    return since is not None and at - since > _READ_EVERY and (check is not None or IssueLog.objects.exists())


def issue_log_faults() -> Iterator[str]:
    """One sentence for each line that is broken, and for each certificate whose last line says something else.

    And for each check whose last line is gone: without it a log that was cut off, or written anew from some line on,
    would be a chain like any other.
    """
    expected, last = 1, FIRST_HASH
    newest: dict[object, IssueLog] = {}
    ends = _ends_of_checks()
    for number, line in _each(IssueLog.objects.order_by("sequence")):
        if line is None:
            yield f"line {number}: cannot be read"
            continue
        if line.sequence != expected or line.previous_hash != last:
            yield f"line {line.sequence}: does not follow line {expected - 1}"
        if not _is_own(line):
            yield f"line {line.sequence}: was changed"
        expected, last = line.sequence + 1, line.hash
        newest[line.certificate_id] = line
        ends.pop(line.hash, None)
    for lines, at in ends.values():
        yield f"line {lines}: was the last one on {at:%Y-%m-%d %H:%M} UTC, and is gone or another one"
    for key, certificate in _each(Certificate.objects.order_by("pk")):
        found = newest.get(key)
        if found and certificate and _says(found, certificate):
            continue
        if IssueLog.objects.filter(certificate=key, sequence__gte=expected).exists():
            # Issued or signed since the lines were read; the next check judges it by its newer line.
            continue
        said = f"is not what line {found.sequence} says" if found else "is in no line"
        yield f"certificate {key}: {said}"


def is_as_logged(certificate: Certificate) -> bool:
    """Is the row what its own last line says, and was that line left alone?  The chain is for `issue_log_faults`."""
    last = IssueLog.objects.filter(certificate=certificate).order_by("-sequence").first()
    return last is not None and _is_own(last) and _says(last, certificate)


def _ends_of_checks() -> dict[str, tuple[int, datetime]]:
    """By the hash of the last line that a check found: how many there were, and when; as long as jobs are kept."""
    done = Job.objects.filter(task=CHECK_LOG, state=JobState.DONE, result__has_key="end").order_by("-created_at")
    return {job.result["end"]: (job.result["lines"], job.created_at) for job in done if job.result["end"]}


def _each[Row: Model](rows: QuerySet[Row]) -> Iterator[tuple[Any, Row | None]]:
    """Each row with its key; None for what cannot even be read, which shall not hide the rest."""
    for keys in batched(rows.values_list("pk", flat=True).iterator(), _AT_ONCE, strict=False):
        try:
            found: dict[Any, Row | None] = dict(rows.in_bulk(keys).items())
        except Exception:
            found = {key: _or_none(partial(rows.get, pk=key)) for key in keys}
        yield from ((key, found.get(key)) for key in keys)


def _is_own(line: IssueLog) -> bool:
    return line.hash == _or_none(partial(_hash_of, line))


def _says(line: IssueLog, certificate: Certificate) -> bool:
    return (line.claims_digest, line.statement_digest) == _or_none(partial(_digests, certificate))


def _or_none[Found](look: Callable[[], Found]) -> Found | None:
    """Whoever has the database can write what no code expects, half a letter in a title: a row at which the check would
    fall over is not what was issued, and no other fault is hidden behind it."""
    try:
        return look()
    except Exception:
        return None


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
