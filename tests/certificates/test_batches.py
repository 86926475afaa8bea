"""A batch that many workers do: killed with SIGKILL at each place that hurts, it loses and doubles nothing."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from lms.certificates import tasks
from lms.certificates.models import Certificate, IssueLog
from lms.certificates.queries import issue_log_faults
from lms.certificates.rendering import kept_pdfs, read_pdf
from lms.cohorts.models import Enrolment
from lms.jobs.actions import enqueue_job
from lms.jobs.models import Job, JobState
from lms.people.models import AuditEntry
from lms.settings import env
from tests.certificates.stumbles import PEOPLE_A_PART, PLACES, sign_of
from tests.factories import certificates as make
from tests.factories.cohorts import make_cohort
from tests.parallel import at_once, real_database
from tests.workers import Workers

PATIENCE_SECONDS = 90
PEOPLE = 3 * PEOPLE_A_PART - 2

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workers(tmp_path: Path, settings) -> Iterator[Workers]:
    settings.STORAGES = {**settings.STORAGES, **env.storage("", tmp_path / "media")}
    made = Workers(tmp_path)
    yield made
    made.end()


def graduates_and_job(count: int) -> tuple[list[Enrolment], Job]:
    cohort = make_cohort()
    graduates = [make.make_graduate(cohort) for _number in range(count)]
    by = make.make_coordinator(cohort)
    payload = {"enrolments": [str(graduate.pk) for graduate in graduates]}
    job = enqueue_job(task=tasks.ISSUE_BATCH, payload=payload, by=by, at=timezone.now(), total=count)
    return graduates, job


def wait(workers: Workers, happened: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < end, workers.log.read_text()
        time.sleep(0.05)


def require_each_once(graduates: list[Enrolment]) -> None:
    """One certificate, number, line, paper and credential for each person, and nothing beside them."""
    certificates = list(Certificate.objects.select_related("holder"))
    assert sorted(one.person_id for one in certificates) == sorted(one.person_id for one in graduates)
    assert len({one.status_index for one in certificates}) == len(graduates)
    assert (list(issue_log_faults()), IssueLog.objects.count()) == ([], len(graduates))
    assert AuditEntry.objects.filter(verb="issue_certificate").count() == len(graduates)
    assert sorted(kept_pdfs()) == sorted(one.pdf_name for one in certificates)
    assert all(read_pdf(one.pdf_name, one.pdf_sha256) for one in certificates)
    assert all(one.holder.sealed_credential for one in certificates)


@pytest.mark.exhaustive
@pytest.mark.first
def test_a_batch_whose_workers_are_killed_at_six_places_is_done_once_and_whole(workers: Workers) -> None:
    graduates, job = graduates_and_job(PEOPLE)
    workers.copy_database()
    shown = []
    for place in PLACES:
        workers.environment["STAND_STILL_AT"] = place
        process = workers.start()
        wait(workers, sign_of(place, workers.folder).exists)
        workers.kill(process)
        shown.append(workers.answer(lambda: Job.objects.values_list("state", "done").get(pk=job.pk)))
    # What was shown meanwhile never went back, and was never more than was done.
    assert [state for state, _done in shown] == [JobState.RUNNING] * len(PLACES)
    assert [done for _state, done in shown] == sorted(done for _state, done in shown)

    del workers.environment["STAND_STILL_AT"]
    workers.start()
    wait(workers, lambda: workers.answer(lambda: not Job.objects.open().exists()))
    ended = workers.answer(lambda: Job.objects.get(pk=job.pk))
    assert (ended.state, ended.done, ended.total) == (JobState.DONE, PEOPLE, PEOPLE)
    assert ended.result == {"issued": PEOPLE, "refused": 0}
    workers.answer(lambda: require_each_once(graduates))


def test_parts_that_are_done_at_the_same_moment_draw_other_numbers_and_make_one_chain(workers: Workers) -> None:
    graduates, job = graduates_and_job(6)
    several = {"task": tasks.ISSUE_BATCH, "by": job.created_by, "at": timezone.now(), "total": 2}
    jobs = [
        enqueue_job(payload={"enrolments": job.payload["enrolments"][start : start + 2]}, **several)
        for start in (0, 2, 4)
    ]
    with real_database(workers.folder):
        at_once(*(lambda one=one: tasks.issue_batch(str(one.pk)) for one in jobs))
        [states] = at_once(lambda: set(Job.objects.exclude(pk=job.pk).values_list("state", "tries")))
        assert states == {(JobState.DONE, 1)}
        [fault] = at_once(lambda: require_each_once(graduates))
    assert fault is None
