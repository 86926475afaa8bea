"""The certificates of a withdrawn key: rehearsed, signed again, on the screen and by the command line."""

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.urls import reverse

from lms.certificates import actions, tasks
from lms.certificates.models import Certificate, IssueLog, KeyState
from lms.certificates.queries import issue_log_faults, rehearse_withdrawal
from lms.jobs.models import Job, JobState
from lms.people.models import AuditEntry
from tests.certificates.test_keys import Office
from tests.factories import certificates as make
from tests.factories.people import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db) -> Office:
    cache.clear()
    return Office()


def test_rehearsal_counts_and_changes_nothing(office):
    cohort = office.certificate.cohort
    revoked = make.make_certificate(make.make_graduate(cohort))
    actions.revoke_certificate(
        certificate=revoked, public_wording={}, internal_reason="x", by=office.first, at=office.now
    )
    actions.erase_holder(certificate=office.certificate, by=None, at=office.now)
    found = rehearse_withdrawal(office.key)
    assert (found.certificates, found.current, found.erased, found.minutes) == (2, 1, 1, 1)
    assert office.state == KeyState.ACTIVE


def test_what_is_not_as_it_was_issued_is_not_signed_again(office):
    other = make.make_certificate(make.make_graduate(office.certificate.cohort))
    claims = Certificate.objects.get(pk=other.pk).claims
    Certificate.objects.filter(pk=other.pk).update(claims={**claims, "level": "master"})
    office.confirm(office.propose())
    client = browser(office.second)
    url = reverse("certificates:key", args=[office.key.kid])
    client.post(reverse("certificates:sign_rest", args=[office.key.kid]))
    job = Job.objects.get(task=tasks.SIGN_AGAIN)
    assert "being done at the moment" in client.get(url).text
    tasks.sign_key_again(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.DONE, {"refused": 1})
    assert [one.pk for one in Certificate.objects.filter(key=office.key)] == [other.pk]
    assert "1 certificate is still to be signed again" in client.get(url).text


def test_signing_again_is_harmless_where_the_key_is_good(office):
    before = Certificate.objects.get(pk=office.certificate.pk).statement
    actions.sign_again(certificate=office.certificate, by=None, at=office.now)
    assert bytes(Certificate.objects.get(pk=office.certificate.pk).statement) == bytes(before)
    assert (IssueLog.objects.count(), list(issue_log_faults())) == (1, [])


# ── The command line ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_command_rehearses_withdraws_and_says_so_in_the_trail(office, capsys):
    call_command("withdraw_key", office.key.kid, "--drill")
    assert "1 certificates would be signed again (1 of them hold today, 0 without a name)" in capsys.readouterr().out
    assert office.state == KeyState.ACTIVE
    call_command("withdraw_key", office.key.kid)
    assert office.state == KeyState.COMPROMISED
    assert not Certificate.objects.filter(key=office.key).exists()
    entry = AuditEntry.objects.get(verb="withdraw_key")
    assert (entry.actor_id, entry.details) == (None, {"via": "command_line"})
    with pytest.raises(CommandError, match="no such key"):
        call_command("withdraw_key", "00ff")
