"""The issue log against whoever has the database: an end cut off, a chain written anew, a row that stops the check."""

import hashlib
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from lms.certificates import tasks
from lms.certificates.actions import change_name_form
from lms.certificates.models import Certificate, CertificateHolder, IssueLog
from lms.certificates.queries import is_as_logged, issue_log_faults
from lms.certificates.signing import log_hash, record_digest
from lms.jobs.actions import claim_job, enqueue_job, finish_job, return_job
from lms.jobs.models import Job, JobState
from lms.people.models import NameForm, RoleKind, User
from tests.factories import certificates as make
from tests.factories.cohorts import make_cohort
from tests.factories.people import browser, make_role, make_staff

pytestmark = pytest.mark.django_db
FAULTS, UNREAD = "The log of issued certificates is not as it should be", "Nobody knows how the log"


class House:
    """Three certificates of one cohort, and who reads of their log."""

    def __init__(self) -> None:
        self.cohort = make_cohort()
        self.first, self.second, self.third = (self.issue() for _number in range(3))
        self.administrator = make_role(make_staff(), RoleKind.ADMINISTRATOR, self.cohort.organisation).person

    def issue(self) -> Certificate:
        return make.make_certificate(make.make_graduate(self.cohort))

    def night(self) -> Job:
        tasks.look_at_log()
        job = Job.objects.open().get(task=tasks.CHECK_LOG)
        tasks.check_log(str(job.pk))
        job.refresh_from_db()
        return job

    def desk(self, person: User | None = None) -> str:
        return browser(person or self.administrator).get(reverse("dashboard:desk")).text


@pytest.fixture
def house() -> House:
    return House()


def take_out(certificate: Certificate) -> None:
    """As whoever has the database would, with all that points at it."""
    for rows in (IssueLog.objects, CertificateHolder.objects):
        found = rows.filter(certificate=certificate)
        found._raw_delete(found.db)
    own = Certificate.objects.filter(pk=certificate.pk)
    own._raw_delete(own.db)


def forge(certificate: Certificate, level: str) -> None:
    """Another level, and a last line that says so."""
    claims, line = {**certificate.claims, "level": level}, IssueLog.objects.get(certificate=certificate)
    line.claims_digest = record_digest(claims)
    line.hash = log_hash(
        sequence=line.sequence,
        previous=line.previous_hash,
        certificate=str(certificate.pk),
        claims=line.claims_digest,
        statement=hashlib.sha256(bytes(certificate.statement)).hexdigest(),
        at=line.at,
    )
    line.save()
    Certificate.objects.filter(pk=certificate.pk).update(claims=claims)


def test_an_end_that_was_cut_off_is_a_fault_ever_after(house):
    assert house.night().result["faults"] == 0
    house.issue()
    assert house.night().result == {
        "lines": 4,
        "faults": 0,
        "end": IssueLog.objects.values_list("hash", flat=True).get(sequence=4),
    }
    take_out(Certificate.objects.get(log__sequence=4))
    [fault] = issue_log_faults()
    assert fault.startswith("line 4: was the last one on ")
    assert (house.night().result["faults"], FAULTS in house.desk()) == (1, True)
    # Others grow in its place: the log is as long as it was, and longer.
    for _number in range(2):
        house.issue()
        assert house.night().result["faults"] == 1


def test_a_last_line_that_was_written_anew_is_no_longer_the_one_that_was_checked(house):
    forge(house.third, "master")
    assert list(issue_log_faults()) == []
    house.night()
    forge(Certificate.objects.get(pk=house.third.pk), "founding")
    [fault] = issue_log_faults()
    assert fault.startswith("line 3: was the last one on ")


def test_what_is_issued_or_signed_while_the_log_is_read_is_no_fault(house):
    IssueLog.objects.filter(certificate=house.first).update(claims_digest="0" * 64)
    found = issue_log_faults()
    assert next(found) == "line 1: was changed"
    # All lines were read by now, and no certificate: they come in batches of hundreds.
    change_name_form(certificate=house.third, form=NameForm.NONE, by=None, at=timezone.now())
    house.issue()
    assert list(found) == [f"certificate {house.first.pk}: is not what line 1 says"]


def spoil(unread: Certificate, unjudged: Certificate) -> None:
    """What each database lets be written: a row that no code can read, and one that no code can judge."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            lines = [unread.pk, unjudged.pk]
            cursor.execute("UPDATE certificates_issuelog SET at = 'infinity' WHERE certificate_id = ANY(%s)", [lines])
            return
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        for one, claims in ((unread, "{"), (unjudged, '{"level": "\\ud800"}')):
            cursor.execute(
                "UPDATE certificates_certificate SET claims = %s WHERE status_index = %s", [claims, one.status_index]
            )
        cursor.execute("PRAGMA ignore_check_constraints = OFF")


def test_a_row_at_which_the_check_would_fall_over_is_a_fault_and_hides_no_other(house):
    spoil(unread=house.first, unjudged=house.second)
    Certificate.objects.filter(pk=house.third.pk).update(claims={**house.third.claims, "level": "master"})
    faults = list(issue_log_faults())
    assert faults[-1] == f"certificate {house.third.pk}: is not what line 3 says"
    for number, one in ((1, house.first), (2, house.second)):
        assert any(fault.startswith((f"line {number}: cannot", f"certificate {one.pk}: is not")) for fault in faults)
    job = house.night()
    assert (job.state, job.result["faults"]) == (JobState.DONE, len(faults))
    assert FAULTS in house.desk()


def test_nobody_signs_again_what_cannot_be_judged(house):
    assert is_as_logged(house.first)
    house.first.claims["level"] = "\ud800"
    assert not is_as_logged(house.first)


def test_a_check_that_fell_over_is_no_good_news(house):
    house.night()
    keys = reverse("certificates:keys")
    assert UNREAD not in house.desk()
    tasks.look_at_log()
    Job.objects.open().update(max_tries=1)
    job = claim_job(job_id=Job.objects.open().get().pk, at=timezone.now())
    return_job(job=job, error_code="MemoryError", at=timezone.now())
    assert UNREAD in house.desk()
    text = browser(house.administrator).get(keys).text
    assert ("fell over" in text, "whole, with" in text) == (True, False)
    house.night()
    assert (UNREAD in house.desk(), "whole, with" in browser(house.administrator).get(keys).text) == (False, True)


def test_a_check_of_the_day_before_yesterday_is_told(house):
    root, holder = User.objects.create_superuser("root"), house.first.person
    house.night()
    for hours, is_told in ((35, False), (37, True)):
        Job.objects.update(ended_at=timezone.now() - timedelta(hours=hours))
        assert [UNREAD in house.desk(person) for person in (house.administrator, root, holder)] == [
            is_told,
            is_told,
            False,
        ]
    assert "too long ago" in browser(house.administrator).get(reverse("certificates:keys")).text


def test_a_log_that_is_never_read_although_there_is_a_worker_is_told(house):
    assert UNREAD not in house.desk()
    job = enqueue_job(task="jobs.go_round", payload={}, by=None, at=timezone.now())
    finish_job(job=claim_job(job_id=job.pk, at=timezone.now()), at=timezone.now() - timedelta(hours=37))
    assert UNREAD in house.desk()
    IssueLog.objects.all()._raw_delete("default")
    assert UNREAD not in house.desk()
