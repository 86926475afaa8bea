"""The end of a key when several press at once, and when the worker that signs again is killed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from lms.certificates import actions, tasks
from lms.certificates.models import Certificate, IssueLog, KeyState, SigningKey
from lms.certificates.queries import issue_log_faults
from lms.common.backups.archives import make_key_pair
from lms.jobs.actions import enqueue_job
from lms.jobs.models import Job, JobState
from lms.people.actions import ProposalSettled
from lms.people.models import AuditEntry, RoleKind, User
from lms.settings import env
from tests.certificates.stumbles import SIGNING_PLACES, sign_of
from tests.certificates.test_batches import wait
from tests.factories import certificates as make
from tests.factories.cohorts import make_cohort
from tests.factories.people import make_role, make_staff
from tests.parallel import at_once, real_database
from tests.workers import Workers

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 4


def administrators(organisation, count: int) -> list[User]:
    people = [make_staff() for _number in range(count)]
    for person in people:
        make_role(person, RoleKind.ADMINISTRATOR, organisation)
    return people


def test_two_confirmations_at_once_count_once(tmp_path):
    key = SigningKey.objects.get(pk=make.make_certificate().key_id)
    first, *others = administrators(key.organisation, 4)
    at = timezone.now()
    proposal = actions.propose_key_withdrawal(key=key, reason="x", by=first, at=at)

    def confirm(person):
        return lambda: actions.confirm_key_withdrawal(proposal=proposal, by=person, at=at)

    with real_database(tmp_path):
        results = at_once(*map(confirm, others))
        [entries] = at_once(lambda: AuditEntry.objects.filter(verb__in=["confirm_proposal", "withdraw_key"]).count())
    refused = [result for result in results if isinstance(result, ProposalSettled)]
    assert (len(refused), [type(one) for one in results if one not in refused]) == (2, [SigningKey])
    assert entries == 2


def test_of_two_fetches_at_once_one_gets_the_copy(tmp_path):
    key, at = SigningKey.objects.get(pk=make.make_certificate().key_id), timezone.now()
    first, second = administrators(key.organisation, 2)
    proposal = actions.propose_key_export(key=key, recipient=make_key_pair()[0], reason="x", by=first, at=at)
    proposal = actions.confirm_key_export(proposal=proposal, by=second, at=at)
    with real_database(tmp_path):
        made = at_once(*[lambda: actions.make_key_export(proposal=proposal, at=at).pk] * 2)
        taken = at_once(*[lambda: actions.take_key_export(proposal=proposal, by=first, at=at)] * PEOPLE)
    assert made[0] == made[1]
    assert [type(one) for one in taken if not isinstance(one, actions.CopyGone)] == [bytes]


def test_no_certificate_comes_under_a_key_that_is_withdrawn_meanwhile(tmp_path):
    cohort = make_cohort()
    key = SigningKey.objects.get(pk=make.make_certificate(make.make_graduate(cohort)).key_id)
    graduates, by = [make.make_graduate(cohort) for _number in range(PEOPLE)], make.make_coordinator(cohort)
    at = timezone.now()

    def issue(graduate):
        return lambda: actions.issue_certificate(enrolment=graduate, by=by, at=at).pk

    def left() -> tuple[int, int]:
        for certificate in Certificate.objects.filter(key=key.pk):
            actions.sign_again(certificate=certificate, by=None, at=at)
        return Certificate.objects.filter(key=key.pk).count(), Certificate.objects.count()

    with real_database(tmp_path):
        results = at_once(*map(issue, graduates), lambda: actions.withdraw_key(key=key, by=None, at=at))
        [found] = at_once(left)
        [faults] = at_once(lambda: list(issue_log_faults()))
    assert [result for result in results if isinstance(result, Exception)] == []
    assert (found, faults) == ((0, PEOPLE + 1), [])


@pytest.fixture
def workers(tmp_path: Path, settings) -> Iterator[Workers]:
    settings.STORAGES = {**settings.STORAGES, **env.storage("", tmp_path / "media")}
    made = Workers(tmp_path)
    yield made
    made.end()


def test_signing_again_goes_on_after_kill_9(workers: Workers) -> None:
    cohort = make_cohort()
    for _number in range(PEOPLE):
        key = make.make_certificate(make.make_graduate(cohort)).key
    actions.withdraw_key(key=key, by=None, at=timezone.now())
    job = enqueue_job(task=tasks.SIGN_AGAIN, payload={"kid": key.kid}, by=make_staff(), at=timezone.now(), total=PEOPLE)
    workers.copy_database()
    for place in SIGNING_PLACES:
        workers.environment["STAND_STILL_AT"] = place
        process = workers.start()
        wait(workers, sign_of(place, workers.folder).exists)
        workers.kill(process)
    left = workers.answer(lambda: Certificate.objects.filter(key=key.pk).count())
    # One was committed, and its worker died before it could say so.
    assert left == PEOPLE - 1
    del workers.environment["STAND_STILL_AT"]
    workers.start()
    wait(workers, lambda: workers.answer(lambda: not Job.objects.open().exists()))
    ended = workers.answer(lambda: Job.objects.get(pk=job.pk))
    assert (ended.state, ended.done, ended.total) == (JobState.DONE, PEOPLE, PEOPLE)
    workers.answer(lambda: _require_each_signed_once(key))


def _require_each_signed_once(key: SigningKey) -> None:
    assert set(Certificate.objects.values_list("key__state", flat=True)) == {KeyState.ACTIVE}
    assert (list(issue_log_faults()), IssueLog.objects.count()) == ([], 2 * PEOPLE)
    assert AuditEntry.objects.filter(verb="sign_again").count() == PEOPLE
