"""`manage.py check_installation`: what is missing for production, item by item; exit code 1 if anything is."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from lms.dashboard.checks import CHECKS, Finding, Level, lacking, look, test_mail, well
from lms.jobs.actions import enqueue_job
from lms.jobs.models import Job, JobState
from lms.jobs.tasks import send_job

# How long a job may take to go round, seconds; one that waits for the sweep, a turn of the schedule longer.
WORKER_SECONDS = 15
SWEEP_SECONDS = settings.JOB_LEASE_SECONDS / 3 + 10

_LEGEND = "Whatever is LACKING is to be mended before people come; what says “look” can wait."


class Command(BaseCommand):
    help = "Says item by item what this installation lacks for production, and what to do; exit code 1 if it lacks any."
    # The checks say better what is wrong, and go on.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mail-to", metavar="ADDRESS", help="send a test mail there")
        parser.add_argument("--without-jobs", action="store_true", help="do not try out worker and schedule (seconds)")

    def handle(self, **options: Any) -> None:
        counted = dict.fromkeys(Level, 0)
        for finding in self._findings(options):
            counted[finding.level] += 1
            self._tell(finding)
        told = ", ".join(f"{count} {level.lower()}" for level, count in counted.items())
        if counted[Level.LACKING]:
            raise CommandError(f"Not ready for production: {told}. {_LEGEND}")
        self.stdout.write(self.style.SUCCESS(f"Ready for production: {told}. {_LEGEND}"))

    def _tell(self, finding: Finding) -> None:
        style = {Level.LACKING: self.style.ERROR, Level.LOOK: self.style.WARNING}.get(finding.level, str)
        self.stdout.write(f"{style(f'{finding.level:<8}')} {finding.item:<24} {finding.said}".rstrip())
        self.stdout.flush()

    def _findings(self, options: dict[str, Any]) -> Iterator[Finding]:
        """Every check; one that the database lets down says so and the next goes on."""
        for check in CHECKS:
            try:
                yield from check()
            except DatabaseError as error:
                yield lacking(check.__name__.replace("_", " "), f"The database cannot say it ({type(error).__name__}).")
        address = options["mail_to"]
        yield test_mail(address) if address else look("test mail", "Not tried: --mail-to ADDRESS.")
        if not options["without_jobs"]:
            yield from _jobs()


def _jobs() -> Iterator[Finding]:
    """A job that is sent proves a worker; one that nobody sends proves the schedule, whose sweep finds it."""
    try:
        is_done = _goes_round(WORKER_SECONDS, sent=True)
    except DatabaseError:
        yield lacking("worker", "Without a database no job can be written down.")
        return
    if not is_done:
        yield lacking("worker", "A job that was sent was not done: start a worker, and look at its log.")
        return
    yield well("worker")
    if _goes_round(SWEEP_SECONDS, sent=False):
        yield well("schedule")
    else:
        yield lacking("schedule", "Nothing sends what got lost: start one beat (or a worker with --beat).")


def _goes_round(seconds: float, *, sent: bool) -> bool:
    """Whether an empty job was done in that time; it leaves no row behind."""
    now = timezone.now()
    job = enqueue_job(task="jobs.go_round", payload={}, by=None, at=now - timedelta(seconds=1))
    try:
        if sent:
            send_job(job.pk)
        return _is_done(job.pk, time.monotonic() + seconds)
    finally:
        Job.objects.filter(pk=job.pk).delete()


def _is_done(job_id: UUID, until: float) -> bool:
    while time.monotonic() < until:
        if Job.objects.filter(pk=job_id, state=JobState.DONE).exists():
            return True
        time.sleep(0.1)
    return False
