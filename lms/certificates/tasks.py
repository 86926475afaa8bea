"""What the worker does: it alone uses the signing keys.

A worker killed in the middle loses and doubles nothing: issuing and drawing may be repeated, and the job is given to
the next worker when its lease ends.
"""

from collections.abc import Sequence
from itertools import batched
from math import ceil
from time import monotonic

from celery import shared_task
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.certificates.actions import (
    CHECK_KEY_NOTICE,
    CHECK_NOTICE,
    CHECK_WEBHOOK_NOTICE,
    TELL_WEBHOOK,
    KeyNotInUse,
    NotAsIssued,
    NotSigned,
    change_to_last_choice,
    check_issue_log,
    ensure_installation_key,
    freeze_pdf,
    furnish_certificates,
    issue_certificates,
    issue_trainer_certificate,
    make_key_export,
    note_events,
    plan_licence_reminders,
    plan_outcomes,
    plan_signatory_notices,
    queue_deliveries,
    renew_trainer_certificate,
    rotate_key,
    send_delivery,
    settle_certificate_notice,
    settle_signature_notice,
    settle_webhook_notice,
    sign_again,
)
from lms.certificates.models import Certificate, Webhook
from lms.certificates.queries import CHANGE_NAME_FORM, CHECK_LOG, COPY_KEY, SIGN_AGAIN, due_deliveries
from lms.cohorts.models import Enrolment
from lms.common.errors import ActionError
from lms.jobs.actions import Part, advance_job, enqueue_job
from lms.jobs.models import Job
from lms.jobs.tasks import note_progress, running, send_job, share_job
from lms.notices.models import Notice
from lms.people.models import Organisation, Proposal, User

ISSUE_BATCH = "certificates.issue_batch"
ISSUE_TRAINER = "certificates.issue_trainer"
RENEW_TRAINER = "certificates.renew_trainer"
ROTATE_KEY = "certificates.rotate_key"
KEEP_KEYS = "certificates.keep_keys"
TELL_OUTCOMES = "certificates.tell_outcomes"
LOOK_AT_LOG = "certificates.look_at_log"
REMIND = "certificates.remind"
SWEEP_WEBHOOKS = "certificates.sweep_webhooks"
# For whoever waits for it (lms.jobs.rendering).
WORKS = {
    ISSUE_BATCH: _("Issuing certificates"),
    ISSUE_TRAINER: _("Issuing a trainer’s certificate"),
    RENEW_TRAINER: _("Renewing a trainer’s certificate"),
    CHANGE_NAME_FORM: _("Signing your certificate with the name that you chose"),
    ROTATE_KEY: _("Making a new key"),
    SIGN_AGAIN: _("Signing certificates again with a new key"),
    CHECK_LOG: _("Checking the issue log"),
    COPY_KEY: _("Making the copy of a key"),
}
# After so long no further message is begun in the same job; the last one may take lms.common.outgoing.SECONDS.
TURN_SECONDS = 10
# More than a cohort has: it is issued in one go.  What has more is shared out among the workers in parts.
PART_SIZE = 32
# The lease of a job is far longer than so many take.
DRAWN_AT_ONCE = 8


@shared_task(name=ISSUE_BATCH)
def issue_batch(job_id: str, **kwargs: object) -> None:
    """Issues and draws the certificates of payload["enrolments"], all of one cohort; a large one in parts."""
    with running(job_id) as job:
        if job and len(job.payload["enrolments"]) > PART_SIZE:
            share_job(job, _parts_of(job.payload["enrolments"]))
        elif job:
            _issue_part(job, job.payload["enrolments"])


def _parts_of(enrolments: Sequence[str]) -> list[Part]:
    """As few as there may be, all of about the same size."""
    size = ceil(len(enrolments) / ceil(len(enrolments) / PART_SIZE))
    return [Part({"enrolments": chosen}, len(chosen)) for chosen in batched(enrolments, size, strict=False)]


def _issue_part(job: Job, chosen: Sequence[str]) -> None:
    """The rows in one short transaction; then, a few at a time, what takes long."""
    enrolments = list(Enrolment.objects.filter(pk__in=chosen))
    issued = issue_certificates(enrolments=enrolments, by=_asker(job), at=timezone.now(), chosen_at=job.created_at)
    # Who no longer qualifies is refused; the list of who lacks what says why.
    refused = len(chosen) - len(issued)
    job.result = {"issued": len(issued), "refused": refused}
    note_progress(job, refused)
    for start in range(0, len(issued), DRAWN_AT_ONCE):
        drawn = issued[start : start + DRAWN_AT_ONCE]
        furnish_certificates(certificates=drawn, at=timezone.now())
        note_progress(job, refused + start + len(drawn))


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
    """Signs payload["certificate"] anew with the form of the name that its holder chose last."""
    with running(job_id) as job:
        if job:
            certificate = change_to_last_choice(
                certificate=Certificate.objects.get(pk=job.payload["certificate"]), by=_asker(job), at=timezone.now()
            )
            freeze_pdf(certificate=certificate)


@shared_task(name=SIGN_AGAIN)
def sign_key_again(job_id: str, **kwargs: object) -> None:
    """Signs every certificate of the withdrawn key payload["kid"] anew; those that are done have left the list.

    Whoever takes it over after a killed worker finds what is left, and counts on from there.
    """
    with running(job_id) as job:
        if job:
            left = list(Certificate.objects.filter(key=job.payload["kid"]).order_by("pk"))
            before, refused = max(job.total - len(left), 0), 0
            for done, certificate in enumerate(left, start=before + 1):
                try:
                    sign_again(certificate=certificate, by=job.created_by, at=timezone.now())
                except NotAsIssued:
                    refused += 1
                advance_job(job=job, done=min(done, job.total), at=timezone.now())
            job.result = {"refused": refused}


@shared_task(name=CHECK_LOG)
def check_log(job_id: str, **kwargs: object) -> None:
    """Reads the issue log from its first line, and every certificate against its last one."""
    with running(job_id) as job:
        if job:
            job.result = check_issue_log(by=job.created_by, at=timezone.now())._asdict()


@shared_task(name=LOOK_AT_LOG)
def look_at_log(**kwargs: object) -> None:
    """Nightly: the same check that an administrator may ask for, so that a fault is not found by chance."""
    send_job(enqueue_job(task=CHECK_LOG, payload={}, by=None, at=timezone.now(), key=LOOK_AT_LOG, total=1).pk)


@shared_task(name=ROTATE_KEY)
def rotate(job_id: str, **kwargs: object) -> None:
    """A new key for the organisation payload["organisation"]: made where the private part is used."""
    with running(job_id) as job:
        if job:
            organisation = Organisation.objects.get(pk=job.payload["organisation"])
            try:
                rotate_key(organisation=organisation, by=_asker(job), at=timezone.now())
            except ActionError as error:
                job.result = {"refused": error.code}


@shared_task(name=COPY_KEY)
def make_key_copy(job_id: str, **kwargs: object) -> None:
    """The copy of a key that the proposal payload["proposal"] is about, confirmed since."""
    with running(job_id) as job:
        if job:
            proposal = Proposal.objects.select_related("confirmed_by").get(pk=job.payload["proposal"])
            try:
                make_key_export(proposal=proposal, at=timezone.now())
            except (NotSigned, KeyNotInUse) as error:
                job.result = {"refused": error.code}


@shared_task(name=CHECK_KEY_NOTICE)
def check_key_notice(job_id: str, **kwargs: object) -> None:
    """Looks whether the notice payload["notice"] still holds, and sends or cancels it."""
    with running(job_id) as job:
        if job:
            notice = Notice.objects.select_related("person").get(pk=job.payload["notice"])
            settle_signature_notice(notice=notice, at=timezone.now())


@shared_task(name=TELL_OUTCOMES)
def tell_outcomes(**kwargs: object) -> None:
    """Every five minutes: whoever signed for what takes two people is told what became of it.

    And the other administrators, that one of them changed who signs the certificates.
    """
    plan_outcomes(at=timezone.now())
    plan_signatory_notices(at=timezone.now())


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
            settle_certificate_notice(notice=notice, at=timezone.now())


@shared_task(name=SWEEP_WEBHOOKS)
def sweep_webhooks(**kwargs: object) -> None:
    """Twice a minute: what happened to certificates is noted for the webhooks, and what is due goes to a worker."""
    note_events(at=timezone.now())
    _take_turns()


def _take_turns() -> None:
    for job_id in queue_deliveries(at=timezone.now()):
        send_job(job_id)


@shared_task(name=TELL_WEBHOOK)
def tell_webhook(job_id: str, **kwargs: object) -> None:
    """Sends what is due to the webhook payload["webhook"], one after the other, until one does not arrive.

    A receiver that takes its time has its turn and no more: an installation may have one worker, so the rest, and the
    next webhook of the organisation, stand behind what else is waiting.
    """
    with running(job_id) as job:
        if job:
            webhook, until = Webhook.objects.get(pk=job.payload["webhook"]), monotonic() + TURN_SECONDS
            for done, delivery in enumerate(due_deliveries(webhook, timezone.now()), start=1):
                if not send_delivery(delivery=delivery, at=timezone.now()) or monotonic() > until:
                    break
                note_progress(job, done)
    _take_turns()


@shared_task(name=CHECK_WEBHOOK_NOTICE)
def check_webhook_notice(job_id: str, **kwargs: object) -> None:
    """Looks whether the webhook of the notice payload["notice"] is still broken, and sends or cancels it."""
    with running(job_id) as job:
        if job:
            notice = Notice.objects.select_related("person").get(pk=job.payload["notice"])
            settle_webhook_notice(notice=notice, at=timezone.now())


def _asker(job: Job) -> User:
    """Who asked for it; the job of somebody who was removed since is not done."""
    if job.created_by is None:
        raise User.DoesNotExist
    return job.created_by
