"""The attendance list on a trainer's phone: what is tapped is kept, taken back or sent, and never lost."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator

from lms.attendance.actions import Correction, correct_mark
from lms.attendance.models import Mark
from lms.cohorts.actions import close_cohort, reopen_cohort
from lms.cohorts.models import Enrolment, Session
from lms.common.codes import new_id
from tests.journeys.rooms import enter, lead_of, move

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SAVE = "form[data-roster] .form-actions button:not([type=button])"


def test_marks_refused_as_too_early_outlive_a_reload(house, session):
    trainer = enter(house, lead_of(session))
    address = f"desk/sessions/{session.pk}/attendance/"
    trainer.open(address)
    trainer.page.locator("label.present").first.click()
    move(session, timedelta(days=1))
    trainer.press(SAVE)
    assert trainer.page.locator("[data-roster-refused]").is_visible()
    trainer.open(address)
    assert trainer.page.locator("[data-roster-refused]").is_visible()
    assert not trainer.page.locator("input[type=radio]").count()
    move(session, timedelta())
    for _again in range(2):
        trainer.open(address)
        assert trainer.page.locator("input:checked").count() == 1
        assert trainer.page.locator("[data-roster-state]").inner_text()
    trainer.press(SAVE)
    assert Mark.objects.count() == 1
    trainer.open(address)
    assert not trainer.page.locator("[data-roster-state]").inner_text()


def test_marks_that_a_closed_cohort_refused_are_told_for_the_coordinator_to_enter(house, session):
    her, _other = session.cohort.enrolments.all()
    trainer = enter(house, lead_of(session))
    address = f"desk/sessions/{session.pk}/attendance/"
    trainer.open(address)
    trainer.page.locator(f".roster-row:has([name='mark-{her.pk}']) label.present").click()
    close_cohort(cohort=session.cohort, by=lead_of(session), at=timezone.now(), anyway=True)
    trainer.press(SAVE)
    for _again in range(2):
        assert "a coordinator can still enter them" in trainer.page.locator("[data-roster-refused]").inner_text()
        trainer.open(address)
        waiting = trainer.page.locator(".roster-row .status.waiting")
        assert waiting.all_inner_texts() == ["not sent yet: present"]
        assert her.person.display_name in trainer.page.locator(".roster-row:has(.status.waiting)").inner_text()
    # Reopened, the sheet has them again.
    session.cohort.refresh_from_db()
    reopen_cohort(cohort=session.cohort, by=lead_of(session), reason="Too early.", at=timezone.now())
    trainer.open(address)
    trainer.press(SAVE)
    assert Mark.objects.get().status == "present"


def _say(session: Session, enrolment: Enrolment, status: str, reason: str = "") -> None:
    """Somebody else, or she herself on another page, marks or corrects."""
    seen = Mark.objects.filter(session=session, enrolment=enrolment).values_list("event_id", flat=True).first()
    correction = Correction(seen=seen, event_id=new_id(), reason=reason)
    lead, now = lead_of(session), timezone.now()
    correct_mark(session=session, enrolment=enrolment, status=status, correction=correction, by=lead, at=now)


def test_an_unsent_tap_gives_way_to_a_correction_and_says_so(house, session):
    her, other = session.cohort.enrolments.all()
    _say(session, her, "late")
    trainer = enter(house, lead_of(session))
    address = f"desk/sessions/{session.pk}/attendance/"
    trainer.open(address)
    rows = {one: trainer.page.locator(f".roster-row:has([name='mark-{one.pk}'])") for one in (her, other)}
    for row in rows.values():
        row.locator("label.present").click()
    assert rows[her].locator("[data-unsent]").is_visible()
    assert not rows[her].locator("[data-sent]").is_visible()
    rows[her].locator("label.late").click()
    assert rows[her].locator("[data-sent]").is_visible()
    assert not rows[her].locator("[data-unsent]").count()
    rows[her].locator("label.present").click()
    _say(session, her, "excused", "She telephoned.")
    trainer.open(address)
    assert trainer.page.locator("[data-roster-overtaken] li").all_inner_texts() == [
        f"{her.person.display_name}: present"
    ]
    assert rows[her].locator("input:checked").input_value() == "excused"
    assert rows[other].locator("[data-unsent]").is_visible()
    trainer.press(SAVE)
    assert {mark.enrolment_id: mark.status for mark in Mark.objects.all()} == {her.pk: "excused", other.pk: "present"}
    said = "Changed meanwhile to “excused”. You had chosen “present”."
    assert said in rows[her].locator("[data-overtaken]").inner_text()
    # Not "take back": beside it stands the way to take back what was received, which is somebody else's.
    assert rows[her].locator("[data-take-back]").inner_text() == "let it stand"
    rows[her].locator("label.excused").click()
    for _before_and_after_a_reload in range(2):
        assert not rows[her].locator("[data-overtaken]").count()
        assert rows[her].locator("input:checked").input_value() == "excused"
        trainer.open(address)
    assert not trainer.page.locator("[data-roster-overtaken]").is_visible()


def test_a_sheet_that_stayed_open_shows_what_stands_and_keeps_every_tap(house, session):
    her, other = session.cohort.enrolments.all()
    _say(session, her, "late")
    trainer = enter(house, lead_of(session))
    trainer.open(f"desk/sessions/{session.pk}/attendance/")
    _say(session, her, "excused")
    rows = {one: trainer.page.locator(f".roster-row:has([name='mark-{one.pk}'])") for one in (her, other)}
    for row in rows.values():
        row.locator("label.present").click()
    trainer.press(SAVE)
    said = "Changed meanwhile to “excused”. You had chosen “present”."
    for _before_and_after_a_reload in range(2):
        assert {mark.enrolment_id: mark.status for mark in Mark.objects.all()} == {her.pk: "excused"}
        assert rows[her].locator("input:checked").input_value() == "excused"
        assert said in rows[her].locator("[data-overtaken]").inner_text()
        assert rows[other].locator("input:checked").input_value() == "present"
        assert rows[other].locator("[data-unsent]").is_visible()
        trainer.open(f"desk/sessions/{session.pk}/attendance/")
    rows[her].locator("label.present").click()
    assert rows[her].locator("[data-unsent]").is_visible()
    assert not rows[her].locator("[data-overtaken]").count()
    trainer.press(SAVE)
    assert {mark.enrolment_id: mark.status for mark in Mark.objects.all()} == {her.pk: "present", other.pk: "present"}
    assert not trainer.page.locator("[data-unsent], [data-overtaken]").count()


def test_an_unsent_tap_can_be_taken_back(house, session):
    her, other = session.cohort.enrolments.all()
    _say(session, her, "late")
    trainer = enter(house, lead_of(session))
    address = f"desk/sessions/{session.pk}/attendance/"
    trainer.open(address)
    page, said = trainer.page, "mark-{0.pk}".format

    def shown() -> dict:
        return {one.get_attribute("name"): one.input_value() for one in page.locator("input:checked").all()}

    def choice(one: Enrolment, value: str) -> Locator:
        return page.locator(f"[name='{said(one)}'][value={value}]")

    received = {said(her): "late"}
    for take_back in (
        lambda one: choice(one, "absent").click(),
        lambda one: choice(one, "absent").press("Space"),
        lambda one: page.locator(f".roster-row:has([name='{said(one)}']) [data-take-back]").press("Enter"),
    ):
        for one in (her, other):
            choice(one, "absent").click()
            assert shown()[said(one)] == "absent"
            take_back(one)
            assert shown() == received
    choice(her, "absent").click()
    page.locator("[data-all-present]").click()
    assert shown() == {said(her): "absent", said(other): "present"}
    assert "2" in page.locator("[data-roster-state]").inner_text()
    page.locator("[data-clear-unsent]").click()
    for _before_and_after_a_reload in range(2):
        assert shown() == received
        assert not page.locator("[data-clear-unsent]").is_visible()
        trainer.open(address)


def test_a_sheet_sends_only_what_was_tapped_on_it(house, session):
    """What the page shows as received may be old by the time at which she saves."""
    her, other = session.cohort.enrolments.all()
    _say(session, her, "late")
    trainer = enter(house, lead_of(session))
    trainer.open(f"desk/sessions/{session.pk}/attendance/")
    _say(session, her, "excused")
    trainer.page.locator(f"label.present:has([name='mark-{other.pk}'])").click()
    trainer.press(SAVE)
    assert {mark.enrolment_id: mark.status for mark in Mark.objects.all()} == {her.pk: "excused", other.pk: "present"}


def test_roster_stays_on_the_screen_without_a_connection(house, session):
    trainer = enter(house, lead_of(session))
    trainer.open(f"desk/sessions/{session.pk}/attendance/")
    trainer.page.locator("label.present").first.click()
    trainer.page.context.set_offline(True)
    trainer.page.locator(SAVE).click()
    assert trainer.page.locator("[data-offline]").is_visible()
    assert trainer.page.locator("input:checked").count() == 1
    trainer.page.context.set_offline(False)
    trainer.press(SAVE)
    assert Mark.objects.count() == 1
