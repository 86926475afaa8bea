"""The demonstration: loadable at any hour, plausible wherever one looks, and never loaded over what people entered."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from lms.assessments.models import Attempt
from lms.attendance.actions import record_roster
from lms.attendance.checks import ROSTER_OPENS
from lms.attendance.models import Mark, Status
from lms.certificates.actions import confirm_key_withdrawal, propose_key_withdrawal
from lms.certificates.importers import read_code
from lms.certificates.models import Certificate, KeyState, SigningKey
from lms.certificates.queries import issue_log_faults
from lms.cohorts.checks import FIRST_LESSON
from lms.cohorts.models import Cohort, CohortState
from lms.common.codes import new_id
from lms.dashboard.starter.cohorts import training_day
from lms.people.actions import require_settled, sign_in_with_card
from lms.people.models import User
from lms.people.queries import second_signers_of
from tests.factories.people import browser

BISHKEK = ZoneInfo("Asia/Bishkek")


@pytest.mark.parametrize("hour", range(24))
def test_a_lesson_of_the_training_day_can_be_marked_at_any_hour(hour):
    at = datetime(2026, 3, 1, hour, 30, tzinfo=BISHKEK)
    first = datetime.combine(training_day(at), FIRST_LESSON, BISHKEK)
    assert first - ROSTER_OPENS <= at < first + timedelta(days=1)


@pytest.fixture
def demonstration(db, settings, tmp_path):
    settings.DEMONSTRATION, settings.DATA_DIR = True, tmp_path
    for command in ("load_regions", "load_starter", "load_demo"):
        call_command(command, verbosity=0)
    return Cohort.objects.get(state=CohortState.CLOSED), Cohort.objects.get(state=CohortState.RUNNING)


def test_what_a_newcomer_meets_is_plausible_and_stays(demonstration, settings):
    ended, running = demonstration
    now = timezone.now()
    for cohort in demonstration:
        hours = {timezone.localtime(session.starts_at, BISHKEK).hour for session in cohort.sessions.all()}
        assert min(hours) == FIRST_LESSON.hour
        assert max(hours) < 18
        assert not Attempt.objects.filter(paper__cohort=cohort, started_at__gte=now).exists()

    people = ended.enrolments.count()
    assert [session.marks.count() for session in ended.sessions.all()] == [people] * 5
    assert Certificate.objects.filter(cohort=ended).count() == 4
    assert list(issue_log_faults()) == []
    both = set(ended.enrolments.values_list("person", flat=True)) & set(
        running.enrolments.values_list("person", flat=True)
    )
    assert len(both) == 1

    todo = running.sessions.filter(marks=None, starts_at__lte=now + ROSTER_OPENS).order_by("starts_at").first()
    assert training_day(now) == timezone.localdate(todo.starts_at, BISHKEK)
    trainer = User.objects.get(username="trainer")
    statuses = dict.fromkeys(running.enrolments.values_list("pk", flat=True), Status.PRESENT)
    record_roster(session=todo, statuses=statuses, batch=new_id(), by=trainer, at=now)
    before = (User.objects.count(), Mark.objects.count(), (settings.DATA_DIR / "demo-sign-ins.txt").read_text())
    call_command("load_demo", verbosity=0)
    assert before == (User.objects.count(), Mark.objects.count(), (settings.DATA_DIR / "demo-sign-ins.txt").read_text())


def test_what_takes_two_administrators_can_be_tried(demonstration):
    first, second = (User.objects.get(username=name) for name in ("admin", "admin2"))
    key = SigningKey.objects.get()
    assert second_signers_of(key.organisation_id, first) == [second]
    proposal = propose_key_withdrawal(key=key, reason="Сыноо", by=first, at=timezone.now())
    assert confirm_key_withdrawal(proposal=proposal, by=second, at=timezone.now()).state == KeyState.COMPROMISED


def test_every_printed_card_opens_and_one_is_of_somebody_who_holds_a_certificate(demonstration, settings):
    listed = (settings.DATA_DIR / "demo-sign-ins.txt").read_text()
    printed = re.findall(r"^ +(\S+)   PIN (\d+)$", listed, re.MULTILINE)
    people = [sign_in_with_card(code=code, pin=pin, at=timezone.now()) for code, pin in printed]
    holders = [person for person in people if person.certificates.exists()]
    assert (len(people), len(holders)) == (4, 1)
    certificate = holders[0].certificates.get()
    # The certificate that is printed is hers, by its address and by its code.
    assert re.findall(r"/v/(\S+)$", listed, re.MULTILINE) == [certificate.public_id]
    assert read_code(re.search(r"/verify/: (\S+)$", listed, re.MULTILINE)[1]).public_id == certificate.public_id
    client = browser(holders[0])
    for name in ("share", "badge_png", "pdf"):
        assert client.get(reverse(f"certificates:{name}", args=[certificate.pk])).status_code == 200
    # Nobody else knows her PIN, so nothing of hers waits a day.
    require_settled(person=holders[0], at=timezone.now())
