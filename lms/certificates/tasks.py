"""What the worker does: it alone uses the signing keys.

A worker killed in the middle loses and doubles nothing: each certificate is a transaction of its own, issuing and
drawing may be repeated, and the job is given to the next worker when its lease ends.
"""

from celery import shared_task
from django.utils import timezone

from lms.certificates.actions import (
    CHECK_NOTICE,
    change_name_form,
    ensure_installation_key,
    freeze_pdf,
    issue_certificate,
    issue_trainer_certificate,
    plan_licence_reminders,
    renew_trainer_certificate,
    settle_licence_notice,
    sign_again,
)
from lms.certificates.models import Certificate, SigningKey
from lms.cohorts.models import Enrolment
from lms.common.errors import ActionError
from lms.jobs.actions import advance_job
from lms.jobs.models import Job
from lms.jobs.tasks import running
from lms.notices.models import Notice
from lms.people.models import NameForm, User

ISSUE_BATCH = "certificates.issue_batch"
ISSUE_TRAINER = "certificates.issue_trainer"
RENEW_TRAINER = "certificates.renew_trainer"
CHANGE_NAME_FORM = "certificates.change_name_form"
SIGN_AGAIN = "certificates.sign_again"
KEEP_KEYS = "certificates.keep_keys"
REMIND = "certificates.remind"


@shared_task(name=ISSUE_BATCH)
def issue_batch(job_id: str, **kwargs: object) -> None:
    """Issues and draws the certificates of payload["enrolments"], one after the other."""
    with running(job_id) as job:
        if job:
            job.result = {"issued": 0, "refused": 0}
            for done, enrolment_id in enumerate(job.payload["enrolments"], start=1):
                _issue_one(job, enrolment_id)
                advance_job(job=job, done=done, at=timezone.now())


def _issue_one(job: Job, enrolment_id: str) -> None:
    enrolment = Enrolment.objects.get(pk=enrolment_id)
    try:
        certificate = issue_certificate(
            enrolment=enrolment, by=_asker(job), at=timezone.now(), chosen_at=job.created_at
        )
    except ActionError:
        # She no longer qualifies; the list of who lacks what says why.
        job.result["refused"] += 1
        return
    freeze_pdf(certificate=certificate)
    job.result["issued"] += 1


@shared_task(name=ISSUE_TRAINER)
def issue_trainer(job_id: str, **kwargs: object) -> None:
    """Issues and draws the trainer's certificate of payload["enrolment"] for payload["module"]."""
    with running(job_id) as job:
        if job:
            try:
                certificate = issue_trainer_certificate(
                    enrolment=Enrolment.objects.get(pk=job.payload["enrolment"]),
                    module_code=job.payload["module"],
                    by=_asker(job),
                    at=timezone.now(),
                )
            except ActionError as error:
                job.result = {"refused": error.code}
            else:
                freeze_pdf(certificate=certificate)


@shared_task(name=RENEW_TRAINER)
def renew_trainer(job_id: str, **kwargs: object) -> None:
    """Renews the trainer's certificate payload["certificate"], and draws the new one."""
    with running(job_id) as job:
        if job:
            before = Certificate.objects.get(pk=job.payload["certificate"])
            try:
                certificate = renew_trainer_certificate(certificate=before, by=_asker(job), at=timezone.now())
            except ActionError as error:
                job.result = {"refused": error.code}
            else:
                freeze_pdf(certificate=certificate)


@shared_task(name=CHANGE_NAME_FORM)
def change_name(job_id: str, **kwargs: object) -> None:
    """Signs payload["certificate"] anew with the form of the name in payload["form"]."""
    with running(job_id) as job:
        if job:
            certificate = change_name_form(
                certificate=Certificate.objects.get(pk=job.payload["certificate"]),
                form=NameForm(job.payload["form"]),
                by=_asker(job),
                at=timezone.now(),
            )
            freeze_pdf(certificate=certificate)


@shared_task(name=SIGN_AGAIN)
def sign_key_again(job_id: str, **kwargs: object) -> None:
    """Signs every certificate of the withdrawn key payload["kid"] anew; those that are done have left the list."""
    with running(job_id) as job:
        if job:
            key = SigningKey.objects.get(pk=job.payload["kid"])
            for done, certificate in enumerate(Certificate.objects.filter(key=key).order_by("pk"), start=1):
                sign_again(certificate=certificate, by=job.created_by, at=timezone.now())
                advance_job(job=job, done=done, at=timezone.now())


@shared_task(name=KEEP_KEYS)
def keep_keys(**kwargs: object) -> None:
    """Daily: the site has a key to sign with, and publishes the next one in time."""
    ensure_installation_key(at=timezone.now())


@shared_task(name=REMIND)
def remind(**kwargs: object) -> None:
    """Nightly: whose trainer's certificate ends is told so in the morning."""
    plan_licence_reminders(at=timezone.now())


@shared_task(name=CHECK_NOTICE)
def check_notice(job_id: str, **kwargs: object) -> None:
    """Looks whether the notice payload["notice"] still holds, and sends or cancels it."""
    with running(job_id) as job:
        if job:
            notice = Notice.objects.select_related("person").get(pk=job.payload["notice"])
            settle_licence_notice(notice=notice, at=timezone.now())


def _asker(job: Job) -> User:
    """Who asked for it; the job of somebody who was removed since is not done."""
    if job.created_by is None:
        raise User.DoesNotExist
    return job.created_by
