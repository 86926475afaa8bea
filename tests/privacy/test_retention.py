"""What is over is counted and forgotten; what was counted stays true."""

from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session as BrowserSession
from django.core.management import call_command
from django.urls import reverse

from lms.assessments.models import Answer, Attempt, ItemCount, Observation, Paper, Submission
from lms.assessments.queries import attempt_counts, gain_of
from lms.attendance.actions import AttendanceCounted, check_in, record_roster
from lms.attendance.actions.counting import count_attendance, forget_attendance
from lms.attendance.models import AttendanceEvent, Mark, ModuleCount, SessionCount
from lms.attendance.queries import attendance_for
from lms.certificates.actions import (
    freeze_pdf,
    issue_certificate,
    revoke_certificate,
    switch_webhook_off,
    try_webhook,
)
from lms.certificates.models import Certificate, Webhook
from lms.certificates.queries import eligibility_of, verdict_of
from lms.certificates.rendering import keep_pdf, kept_pdfs, paper_name
from lms.cohorts.actions import NotReopened, mark_lesson_read, reopen_cohort, transfer_enrolment
from lms.cohorts.models import Cohort, CohortState, Progress
from lms.common.codes import new_id
from lms.jobs.models import Job
from lms.notices.models import Notice
from lms.people.actions import ask_email_change, invite_staff
from lms.people.models import AuditEntry, EmailChange, RoleKind, User
from lms.privacy.actions import retention
from lms.privacy.actions.retention import apply_retention, look_at_retention
from tests.factories.assessments import make_attempt, make_observation, make_paper, make_submission, right_answers
from tests.factories.certificates import give_name, make_certificate, make_coordinator, make_graduate, mark
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.notices import make_notice
from tests.factories.people import AT, browser, make_organisation, make_staff
from tests.factories.webhooks import make_webhook

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "ru", "ky")


@pytest.fixture
def cohort() -> Cohort:
    """Its last day is a Wednesday in November 2026; closed, as it should be."""
    return make_cohort()


def after(cohort: Cohort, months: int, days: int = 1) -> datetime:
    """So many months and days after its last day, in the night."""
    day = date(cohort.ends_on.year + months // 12, cohort.ends_on.month, cohort.ends_on.day) + timedelta(days=days)
    return AT.replace(year=day.year, month=day.month, day=day.day)


def attended(cohort: Cohort):
    """Two people: one came twice, the other once and late."""
    (first, second), people = cohort.sessions.all(), [make_enrolment(cohort) for _person in range(2)]
    for session in (first, second):
        mark(people[0], session)
    mark(people[1], first, "late")
    mark(people[1], second, "absent")
    mark_lesson_read(enrolment=people[0], lesson_code=first.lesson_code, by=people[0].person, at=AT)
    return people


# ── Attendance ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_attendance_becomes_counts_a_year_after_the_last_day_and_no_day_before(cohort):
    attended(cohort)
    assert apply_retention(at=after(cohort, 12, days=0))["attendance"] == 0
    assert Mark.objects.count() == 4
    at = after(cohort, 12)
    assert apply_retention(at=at)["attendance"] == 1
    assert not Mark.objects.exists()
    assert not AttendanceEvent.objects.exists()
    assert not Progress.objects.exists()
    counts = SessionCount.objects.order_by("session__starts_at").values_list("present", "late", "excused", "absent")
    assert list(counts) == [(1, 1, 0, 0), (1, 0, 0, 1)]
    module = ModuleCount.objects.get()
    assert (module.people, module.reached, module.attended, module.counted, module.percent) == (2, 1, 3, 4, 75)
    cohort.refresh_from_db()
    assert (cohort.attendance_counted_at, cohort.answers_counted_at, cohort.state) == (at, None, CohortState.CLOSED)
    assert apply_retention(at=at)["attendance"] == 0


def test_a_forgotten_cohort_is_closed_for_good(cohort):
    attended(cohort)
    at = after(cohort, 12)
    apply_retention(at=at)
    cohort.refresh_from_db()
    assert (cohort.state, cohort.closed_at) == (CohortState.CLOSED, at)
    with pytest.raises(NotReopened):
        reopen_cohort(cohort=cohort, reason="One more session.", by=make_coordinator(cohort), at=at)


def test_a_later_session_is_the_last_day(cohort):
    attended(cohort)
    last = cohort.sessions.last()
    last.starts_at, last.ends_at = AT + timedelta(days=40), AT + timedelta(days=40, hours=1)
    last.save()
    assert apply_retention(at=after(cohort, 12))["attendance"] == 0
    assert apply_retention(at=after(cohort, 12, days=45))["attendance"] == 1


def test_the_hub_and_the_list_say_the_same_figures_without_names(cohort):
    people = attended(cohort)
    coordinator = make_coordinator(cohort)
    overview = reverse("attendance:overview", args=[cohort.pk])
    name = people[0].person.display_name
    Cohort.objects.filter(pk=cohort.pk).update(state=CohortState.CLOSED)
    before = browser(coordinator).get(cohort.get_absolute_url()).content.decode()
    assert name in browser(coordinator).get(overview).content.decode()
    apply_retention(at=after(cohort, 12))
    hub = browser(coordinator).get(cohort.get_absolute_url()).content.decode()
    # While names are left, each figure leads to its list.
    assert (before.count("2 of 2 were there"), before.count("1 of 2 were there")) == (1, 1)
    assert (hub.count("2 / 2"), hub.count("1 / 2")) == (1, 1)
    page = browser(coordinator).get(overview).content.decode()
    assert name not in page
    assert "3 of 4" in page
    assert "75 %" not in page
    assert "only counts are left here" in page


def test_her_pages_say_that_only_counts_are_left(cohort):
    person = attended(cohort)[0]
    apply_retention(at=after(cohort, 12))
    hers = browser(person.person).get(cohort.get_absolute_url()).content.decode()
    theirs = browser(make_coordinator(cohort)).get(reverse("cohorts:person", args=[person.pk])).content.decode()
    for page in (hers, theirs):
        assert "only counts are left here" in page
        assert "0 of 2" not in page
        assert "You came to" not in page


def test_marks_are_taken_no_more(cohort):
    person, lead = attended(cohort)[0], cohort.trainers.get().person
    apply_retention(at=after(cohort, 12))
    session = cohort.sessions.first()
    Cohort.objects.filter(pk=cohort.pk).update(state=CohortState.RUNNING)
    with pytest.raises(AttendanceCounted):
        record_roster(session=session, statuses={person.pk: "present"}, batch=new_id(), by=lead, at=AT)
    with pytest.raises(AttendanceCounted):
        check_in(session=session, person=person.person, event_id=new_id(), at=session.starts_at)
    assert not Mark.objects.exists()


def test_a_cohort_waits_for_the_one_in_which_its_people_went_on(cohort):
    person, lead = attended(cohort)[0], cohort.trainers.get().person
    there = make_cohort(cohort.organisation, cohort.region, lead, starts_on=cohort.starts_on + timedelta(days=30))
    came = transfer_enrolment(enrolment=person, to=there, by=lead, at=AT)
    assert apply_retention(at=after(cohort, 12))["attendance"] == 0
    assert attendance_for(came)["M1"].attended == 2
    assert apply_retention(at=after(there, 12))["attendance"] == 2
    assert ModuleCount.objects.get(cohort=there).attended == 2


def test_a_worker_killed_between_counting_and_forgetting_goes_on_where_it_was(cohort):
    person, lead = attended(cohort)[0], cohort.trainers.get().person
    there = make_cohort(cohort.organisation, cohort.region, lead)
    transfer_enrolment(enrolment=person, to=there, by=lead, at=AT)
    at = after(cohort, 12)
    for one in (cohort, there):
        count_attendance(cohort=one, at=at)
    forget_attendance(cohort=cohort, at=at)
    assert apply_retention(at=at)["attendance"] == 1
    assert ModuleCount.objects.get(cohort=there).attended == 2


def test_a_certificate_stays_genuine_and_can_be_corrected_after_the_term(cohort):
    certificate = make_certificate(make_graduate(cohort))
    without = make_enrolment(cohort)
    give_name(without.person)
    at = after(cohort, 24)
    apply_retention(at=at)
    assert verdict_of(certificate.public_id, at.date()).state == "genuine"
    cohort.refresh_from_db()
    rows = {row.enrolment.pk: row for row in eligibility_of(cohort)}
    hers = rows[certificate.person.enrolments.get().pk]
    assert (hers.missing, hers.is_due) == ([], False)
    assert [gap.code for gap in rows[without.pk].missing] == ["counted"]
    coordinator = make_coordinator(cohort)
    reason = {"public_wording": {}, "internal_reason": "Wrong name."}
    revoke_certificate(certificate=certificate, **reason, by=coordinator, at=at)
    later = at + timedelta(hours=1)
    anew = issue_certificate(enrolment=hers.enrolment, by=coordinator, at=later)
    assert [module["code"] for module in anew.claims["modules"]] == ["M1"]
    assert Certificate.objects.count() == 2


# ── Answers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def answered(cohort: Cohort) -> dict[str, Paper]:
    """Two people took both tests, a third the second alone: one answered one more there, the others nothing at all."""
    papers, people = {}, [make_enrolment(cohort) for _person in range(2)]
    for moment, known in (("pre", 1), ("post", 2)):
        papers[moment] = make_paper(cohort, moment)
        right = dict(list(right_answers(papers[moment]).items())[:known])
        make_attempt(people[0], papers[moment], right, handed_in=True)
        make_attempt(people[1], papers[moment], {}, handed_in=True)
    make_attempt(make_enrolment(cohort), papers["post"], {}, handed_in=True)
    return papers


def test_answers_become_statistics_two_years_after_the_last_day(cohort):
    papers = answered(cohort)
    gain, counts = gain_of(cohort, "M1"), attempt_counts(cohort, AT)
    assert apply_retention(at=after(cohort, 24, days=0))["answers"] == 0
    assert Attempt.objects.count() == 5
    assert apply_retention(at=after(cohort, 24))["answers"] == 1
    assert not Attempt.objects.exists()
    assert not Answer.objects.exists()
    cohort.refresh_from_db()
    kept = gain_of(cohort, "M1")
    figures = ("n", "max_points", "pre_mean", "post_mean", "gain")
    assert [getattr(kept, name) for name in figures] == [getattr(gain, name) for name in figures]
    assert (kept.n, kept.pairs) == (2, [])
    assert attempt_counts(cohort, AT) == counts == {papers["pre"].pk: (2, 2, 0), papers["post"].pk: (3, 3, 0)}
    items = ItemCount.objects.filter(paper=papers["post"])
    assert [(item.language, item.answered, item.points) for item in items] == [("ky", 1, 1), ("ky", 1, 1)]
    single = next(item for item in papers["post"].content["items"] if item["kind"] == "single")
    [chosen] = [item.chosen for item in items if item.item_key == single["key"]]
    assert chosen == dict.fromkeys(single["answer"], 1)
    assert apply_retention(at=after(cohort, 24))["answers"] == 0


def test_the_tests_of_a_cohort_keep_their_figures_and_lose_the_names(cohort):
    answered(cohort)
    coordinator, address = make_coordinator(cohort), reverse("assessments:tests", args=[cohort.pk])
    names = [enrolment.person.display_name for enrolment in cohort.enrolments.select_related("person")]
    before = browser(coordinator).get(address).content.decode()
    assert all(name in before for name in names)
    apply_retention(at=after(cohort, 24))
    page = browser(coordinator).get(address).content.decode()
    assert not any(name in page for name in names)
    for said in ("Started: 3. Handed in: 3.", "2 people handed in both tests", "only statistics are left here"):
        assert said in page
    assert "Started: 3. Handed in: 3." in before
    assert "2 people handed in both tests" in before
    hub = browser(coordinator).get(cohort.get_absolute_url()).content.decode()
    assert "3 handed in, 3 started" in hub
    hers = browser(cohort.enrolments.first().person)
    test = hers.get(reverse("tests:paper", args=[Paper.objects.filter(cohort=cohort)[0].pk])).content.decode()
    assert "only statistics are left here" in test
    assert "You have no answers in it" not in test


def test_a_cohort_that_cannot_be_counted_does_not_hold_up_the_others(cohort):
    other = make_cohort()
    for one in (cohort, other):
        answered(one)
    Paper.objects.filter(cohort=cohort).update(content={})
    assert apply_retention(at=after(cohort, 24))["answers"] == 1
    assert set(Attempt.objects.values_list("paper__cohort", flat=True)) == {cohort.pk}


# ── What is written, sent and asked for ──────────────────────────────────────────────────────────────────────────────


def test_plans_and_notes_are_emptied_and_what_was_decided_stays(cohort):
    person = make_enrolment(cohort).person
    make_observation(person, cohort, make_staff())
    accepted, _waiting = make_submission(person, cohort), make_submission(make_enrolment(cohort).person, cohort)
    Submission.objects.filter(pk=accepted.pk).update(state="accepted", comment="Well done.")
    apply_retention(at=AT + timedelta(days=540))
    assert Submission.objects.exclude(text="").count() == 2
    apply_retention(at=AT + timedelta(days=550))
    assert list(Submission.objects.values_list("pk", "state", "title", "text", "comment")) == [
        (accepted.pk, "accepted", "", "", "")
    ]
    assert Observation.objects.exclude(note="").exists()
    apply_retention(at=AT + timedelta(days=732))
    assert list(Observation.objects.values_list("passed", "note")) == [(True, "")]


def test_messages_jobs_sessions_wishes_and_the_trail_have_their_terms(cohort):
    person = make_enrolment(cohort).person
    sent, waits = make_notice(person, name="tests:sent"), make_notice(person, name="tests:waits")
    Notice.objects.filter(pk=sent.pk).update(state="cancelled", ended_at=AT)
    ask_email_change(person=person, email="a@example.org", by=person, at=AT)
    for key, ended_at in (("done", AT), ("open", None)):
        state = "done" if ended_at else "queued"
        Job.objects.create(task="tests.job", key=key, state=state, run_after=AT, created_at=AT, ended_at=ended_at)
    BrowserSession.objects.create(session_key="old", session_data="", expire_date=AT)
    BrowserSession.objects.create(session_key="new", session_data="", expire_date=AT + timedelta(days=5000))
    entries = AuditEntry.objects.count()
    apply_retention(at=AT + timedelta(days=80))
    assert (Notice.objects.count(), Job.objects.count(), EmailChange.objects.count()) == (2, 2, 0)
    apply_retention(at=AT + timedelta(days=366))
    assert list(Notice.objects.all()) == [waits]
    assert list(Job.objects.values_list("key", flat=True)) == ["open"]
    assert list(BrowserSession.objects.values_list("session_key", flat=True)) == ["new"]
    assert AuditEntry.objects.filter(at__lte=AT).count() == entries
    apply_retention(at=AT + timedelta(days=1097))
    assert not AuditEntry.objects.filter(at__lte=AT).exists()


def test_what_webhooks_were_told_goes_after_three_months_and_those_that_are_off():
    organisation = make_organisation()
    on, off = (make_webhook(organisation, by=make_staff()).webhook for _one in range(2))
    for webhook in (on, off):
        try_webhook(webhook=webhook, by=make_staff(), at=AT)
    on.deliveries.update(state="delivered", ended_at=AT)
    switch_webhook_off(webhook=off, by=make_staff(), at=AT)
    assert apply_retention(at=AT + timedelta(days=80))["webhooks"] == 0
    assert apply_retention(at=AT + timedelta(days=100))["webhooks"] == 3
    assert list(Webhook.objects.all()) == [on]
    told = StringIO()
    call_command("apply_retention", stdout=told)
    assert "     0 messages to partners' programs destroyed" in told.getvalue()


def test_papers_that_no_certificate_names_go_at_night_and_what_is_just_drawn_stays():
    noted, drawn = make_certificate(), make_certificate()
    freeze_pdf(certificate=noted)
    noted.refresh_from_db()
    keep_pdf(b"just drawn", paper_name(drawn))
    keep_pdf(b"left by a killed worker", "certificates/stray.pdf")
    assert look_at_retention(at=AT)["papers"] == 1
    assert apply_retention(at=AT)["papers"] == 1
    assert sorted(kept_pdfs()) == sorted([noted.pdf_name, paper_name(drawn)])


def test_who_was_invited_and_never_came_is_erased(cohort):
    invited = {
        name: invite_staff(
            username=name,
            display_name=name,
            language="en",
            kind=RoleKind.EDITOR,
            organisation=cohort.organisation,
            email=f"{name}@example.org",
            by=None,
            at=AT,
        ).person
        for name in ("never", "came", "learns")
    }
    invited["came"].set_password("something long")
    invited["came"].save()
    make_enrolment(cohort, invited["learns"])
    assert apply_retention(at=AT + timedelta(days=85))["invitations"] == 0
    assert apply_retention(at=AT + timedelta(days=95))["invitations"] == 1
    gone = User.objects.get(pk=invited["never"].pk)
    assert (gone.username, gone.email, gone.is_active, gone.erased_at is None) == (None, None, False, False)
    assert User.objects.filter(username__in=["came", "learns"], erased_at=None).count() == 2


# ── By night, by hand, and in words ──────────────────────────────────────────────────────────────────────────────────


def test_a_look_beforehand_changes_nothing(cohort):
    attended(cohort)
    answered(cohort)
    Cohort.objects.filter(pk=cohort.pk).update(starts_on=date(2020, 1, 1), ends_on=date(2020, 1, 2))
    for session in cohort.sessions.all():
        session.starts_at, session.ends_at = AT - timedelta(days=2500), AT - timedelta(days=2499)
        session.save()
    told = StringIO()
    call_command("apply_retention", "--dry-run", stdout=told)
    assert "     1 cohorts whose attendance becomes counts" in told.getvalue()
    assert "     1 cohorts whose answers become statistics" in told.getvalue()
    cohort.refresh_from_db()
    assert (Mark.objects.count(), Attempt.objects.count(), cohort.state) == (4, 5, CohortState.OPEN)
    call_command("apply_retention", stdout=StringIO())
    assert (Mark.objects.count(), Attempt.objects.count()) == (0, 0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_privacy_notice_states_every_term(language):
    text = (Path(settings.BASE_DIR) / "templates/help/pages" / language / "privacy.html").read_text("utf-8")
    for term in ("ATTENDANCE", "ANSWERS", "PLANS", "NOTES", "MESSAGES", "AUDIT", "NAME_CHECKS"):
        assert str(getattr(retention, term)) in text, term
