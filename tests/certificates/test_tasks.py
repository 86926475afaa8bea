"""The worker: a batch that is killed and sent again loses and doubles nothing."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from lms.certificates import tasks
from lms.certificates.actions import withdraw_key
from lms.certificates.models import Certificate, IssueLog
from lms.certificates.rendering import read_pdf
from lms.jobs.actions import enqueue_job
from lms.jobs.models import Job, JobState
from lms.people.actions import end_account
from tests.factories import certificates as make
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import AT, make_staff

pytestmark = pytest.mark.django_db


def make_job(task: str, payload: dict, *, total: int = 1, by=None) -> Job:
    return enqueue_job(task=task, payload=payload, by=by or make_staff(), at=timezone.now(), total=total)


def batch_of(enrolments) -> Job:
    chosen, by = [str(enrolment.pk) for enrolment in enrolments], make.make_coordinator(enrolments[0].cohort)
    return make_job(tasks.ISSUE_BATCH, {"enrolments": chosen}, total=len(chosen), by=by)


def trainers_job(graduate) -> Job:
    payload, by = {"enrolment": str(graduate.pk), "module": "M1"}, make.make_coordinator(graduate.cohort)
    return make_job(tasks.ISSUE_TRAINER, payload, by=by)


def is_drawn(certificate: Certificate) -> bool:
    return read_pdf(certificate.pdf_name, certificate.pdf_sha256) is not None


def test_batch_issues_draws_and_counts():
    cohort = make_cohort()
    graduates = [make.make_graduate(cohort) for _number in range(3)]
    job = batch_of([*graduates, make_enrolment(cohort)])
    tasks.issue_batch(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.done, job.result) == (JobState.DONE, 4, {"issued": 3, "refused": 1})
    assert all(is_drawn(certificate) for certificate in Certificate.objects.all())


def test_a_batch_that_waited_until_its_coordinator_had_left_issues_nothing():
    graduate = make.make_graduate()
    job = batch_of([graduate])
    end_account(person=job.created_by, organisations=[graduate.cohort.organisation], by=make_staff(), at=AT)
    tasks.issue_batch(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.DONE, {"issued": 0, "refused": 1})
    assert not Certificate.objects.exists()


def test_a_large_batch_is_shared_out_in_parts_and_ends_with_the_last(monkeypatch):
    monkeypatch.setattr(tasks, "PART_SIZE", 2)
    cohort = make_cohort()
    graduates = [make.make_graduate(cohort) for _number in range(4)]
    job = batch_of([*graduates, make_enrolment(cohort)])
    tasks.issue_batch(str(job.pk))
    tasks.issue_batch(str(job.pk))
    parts = list(Job.objects.filter(whole=job).order_by("part"))
    assert [part.total for part in parts] == [2, 2, 1]
    for done, part in zip((2, 4, 5), parts, strict=True):
        job.refresh_from_db()
        assert job.state == JobState.RUNNING
        tasks.issue_batch(str(part.pk))
        job.refresh_from_db()
        assert job.done == done
    assert (job.state, job.result) == (JobState.DONE, {"issued": 4, "refused": 1})
    assert Certificate.objects.count() == 4


def test_batch_sent_twice_is_done_once():
    job = batch_of([make.make_graduate()])
    tasks.issue_batch(str(job.pk))
    tasks.issue_batch(str(job.pk))
    assert (Certificate.objects.count(), IssueLog.objects.count()) == (1, 1)


def test_trainers_certificate_is_issued_and_drawn():
    graduate = make.make_graduate()
    make.make_candidate(graduate)
    make.prove_teaching(graduate.person, graduate.cohort)
    job = trainers_job(graduate)
    tasks.issue_trainer(str(job.pk))
    assert is_drawn(Certificate.objects.get(kind="trainer"))


def test_trainers_certificate_that_is_not_due_ends_the_job():
    job = trainers_job(make.make_graduate())
    tasks.issue_trainer(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.DONE, {"refused": "not_eligible"})


def test_name_form_is_changed_and_drawn_again():
    certificate = make.make_certificate()
    payload = {"certificate": str(certificate.pk), "form": "none"}
    tasks.change_name(str(make_job(tasks.CHANGE_NAME_FORM, payload, by=certificate.person).pk))
    certificate.refresh_from_db()
    assert (certificate.holder.name_form, is_drawn(certificate)) == ("none", True)


def test_all_certificates_of_a_withdrawn_key_are_signed_again():
    cohort = make_cohort()
    for _number in range(2):
        key = make.make_certificate(make.make_graduate(cohort)).key
    withdraw_key(key=key, by=make_staff(), at=timezone.now())
    tasks.sign_key_again(str(make_job(tasks.SIGN_AGAIN, {"kid": key.kid}, total=2).pk))
    assert Certificate.objects.filter(key=key).count() == 0
    assert IssueLog.objects.count() == 4


def test_issue_log_is_checked_by_a_command(capsys):
    certificate = make.make_certificate()
    call_command("check_issue_log")
    assert capsys.readouterr().out == "The issue log is whole: 1 lines.\n"
    Certificate.objects.filter(pk=certificate.pk).update(claims={**certificate.claims, "level": "master"})
    IssueLog.objects.update(statement_digest="0" * 64)
    with pytest.raises(CommandError) as error:
        call_command("check_issue_log")
    assert str(error.value).splitlines() == [
        "line 1: was changed",
        f"certificate {certificate.pk}: is not what line 1 says",
    ]
