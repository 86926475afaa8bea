"""Opening: pins, lineage, and every refusal."""

from datetime import date, timedelta

import pytest
from django.db.models import ProtectedError
from wagtail.models import Revision

from curricula.models import LessonPage, Question
from curricula.snapshots import lesson_at
from lms.cohorts import actions
from lms.cohorts.models import CohortState, Level, Pin
from tests.factories.cohorts import add_trainer, make_cohort, make_standing
from tests.factories.curricula import publish
from tests.factories.people import make_organisation, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(regions):
    return make_cohort(region=regions["KG-B"], state="draft")


def lead_of(cohort):
    return cohort.trainers.get(part="lead").person


def open_(cohort, at):
    return actions.open_cohort(cohort=cohort, by=lead_of(cohort), at=at)


def test_open_cohort_pins_every_text_by_revision(draft, at):
    cohort = open_(draft, at)
    kinds = sorted(Pin.objects.filter(cohort=cohort).values_list("kind", "language"))
    assert kinds == sorted(
        [("module", code) for code in ("en", "ky", "ru")]
        + [("lesson", code) for code in ("en", "ky", "ru")] * 2
        + [("quiz", "")]
        + [("question", "")] * 5
    )
    pinned = cohort.modules.get().pinned
    assert pinned["titles"]["ky"] == "Module M1 ky"
    assert (pinned["minutes"], pinned["rule"]["attendance_percent"]) == (180, 80)
    assert (cohort.state, cohort.joining_open, cohort.opened_at) == (CohortState.OPEN, True, at)


def test_pinned_text_stays_when_an_editor_publishes(draft, at):
    cohort = open_(draft, at)
    page = LessonPage.objects.get(code="M1.1", locale__language_code="ky")
    page.title = "Башка аталыш"
    page.save()
    publish(page)
    pin = Pin.objects.select_related("revision").get(cohort=cohort, code="M1.1", language="ky")
    assert lesson_at(pin.revision, plan=False).title == "Lesson M1.1 ky"


def test_pinned_revisions_survive_the_purge(draft, at):
    cohort = open_(draft, at)
    pinned = Pin.objects.filter(cohort=cohort, kind="question").values("revision")
    with pytest.raises(ProtectedError):
        Revision.objects.filter(pk__in=pinned).delete()
    assert Question.objects.count() == 5


def test_founding_lead_begins_the_count(draft, at):
    cohort = open_(draft, at)
    assert (cohort.parent, cohort.generation) == (None, 0)
    assert cohort.trainers.get().standing.level == Level.FOUNDING


def test_certified_lead_writes_parent_and_generation(regions, at):
    organisation = make_organisation()
    parent = make_cohort(organisation, regions["KG-B"])
    lead = make_staff()
    make_standing(lead, organisation, level=Level.CERTIFIED, qualified_in=parent)
    child = make_cohort(organisation, regions["leilek"], lead)
    assert (child.parent, child.generation) == (parent, 1)
    helper = make_staff()
    make_standing(helper, organisation, level=Level.CERTIFIED, qualified_in=child)
    grandchild = make_cohort(organisation, regions["leilek"], helper)
    assert (grandchild.parent, grandchild.generation) == (child, 2)


def test_open_cohort_twice_is_refused(draft, at):
    cohort = open_(draft, at)
    with pytest.raises(actions.CohortNotDraft):
        open_(cohort, at)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "withdrawn"},
        {"state": "dormant"},
        {"module_code": "M2"},
        {"starts_on": date(2026, 11, 25)},
        {"ends_on": date(2026, 11, 23)},
    ],
)
def test_open_cohort_needs_a_lead_with_usable_standing(draft, at, change):
    lead_of(draft).standings.update(**change)
    with pytest.raises(actions.LeadWithoutStanding) as refused:
        open_(draft, at)
    assert "M1" in str(refused.value)
    draft.refresh_from_db()
    assert (draft.state, draft.pins.count()) == (CohortState.DRAFT, 0)


def test_open_cohort_needs_standing_that_lasts_until_it_begins(regions, at):
    cohort = make_cohort(region=regions["KG-B"], state="draft", starts_on=date(2027, 1, 10))
    lead_of(cohort).standings.update(ends_on=date(2027, 1, 9))
    with pytest.raises(actions.LeadWithoutStanding):
        open_(cohort, at)
    lead_of(cohort).standings.update(ends_on=date(2027, 1, 10))
    assert open_(cohort, at).state == CohortState.OPEN


def test_open_cohort_needs_standing_in_region_and_organisation(draft, regions, at):
    lead = lead_of(draft)
    for change in ({"region": regions["KG-N"]}, {"region": None, "organisation": make_organisation()}):
        lead.standings.update(**change)
        with pytest.raises(actions.LeadWithoutStanding):
            open_(draft, at)


@pytest.mark.parametrize("lack", ["organisation", "region", "time"])
def test_language_is_not_covered_by_a_standing_that_does_not_hold_here(draft, at, regions, lack):
    lead_of(draft).standings.update(languages=["ky"])
    helper = make_staff("helper")
    add_trainer(draft, helper)
    organisation = make_organisation("other") if lack == "organisation" else draft.organisation
    region = regions["KG-N"] if lack == "region" else regions["KG-B"]
    draft.starts_on, draft.ends_on = date(2027, 1, 10), date(2027, 1, 11)
    draft.save()
    ends_on = date(2027, 1, 9) if lack == "time" else None
    make_standing(helper, organisation, languages=("ru",), region=region, ends_on=ends_on)
    with pytest.raises(actions.LanguageNotCovered) as refused:
        open_(draft, at)
    assert "Русский" in str(refused.value)
    helper.standings.update(organisation=draft.organisation, region=regions["KG"], ends_on=None)
    assert open_(draft, at).state == CohortState.OPEN


def test_open_cohort_needs_a_trainer_for_each_language(draft, at):
    lead_of(draft).standings.update(languages=["ky"])
    with pytest.raises(actions.LanguageNotCovered) as refused:
        open_(draft, at)
    assert "Русский" in str(refused.value)
    helper = make_staff()
    make_standing(helper, draft.organisation, languages=("ru",))
    add_trainer(draft, helper)
    assert open_(draft, at).state == CohortState.OPEN


def test_candidate_opens_with_a_coach_and_one_at_a_time(regions, at):
    organisation, coach, candidate = make_organisation(), make_staff(), make_staff()
    parent = make_cohort(organisation, regions["KG-B"])
    standing = make_standing(
        candidate, organisation, level=Level.CANDIDATE, ends_on=date(2027, 5, 24), qualified_in=parent
    )
    cohort = make_cohort(organisation, regions["KG-B"], candidate, state="draft")
    with pytest.raises(actions.CandidateNeedsCoach):
        open_(cohort, at)
    actions.appoint_coach(standing=standing, coach=coach, by=coach, at=at)
    opened = open_(cohort, at)
    assert (opened.parent, opened.generation) == (parent, 1)


def test_open_cohort_without_sessions_is_refused(draft, at):
    for session in draft.sessions.all():
        actions.cancel_session(session=session, by=lead_of(draft), at=at)
    with pytest.raises(actions.NoSessions):
        open_(draft, at)


def test_close_and_cancel_end_joining(draft, at):
    cohort = open_(draft, at)
    closed = actions.close_cohort(cohort=cohort, anyway=True, by=lead_of(cohort), at=at + timedelta(days=5))
    assert (closed.state, closed.joining_open) == (CohortState.CLOSED, False)
    with pytest.raises(actions.CohortNotLive):
        actions.close_cohort(cohort=cohort, anyway=True, by=lead_of(cohort), at=at)
    with pytest.raises(actions.CohortEnded):
        actions.cancel_cohort(cohort=cohort, by=lead_of(cohort), at=at)


def test_joining_opened_again_has_a_new_address(draft, at):
    cohort = open_(draft, at)
    first = cohort.join_token
    lead = lead_of(cohort)
    assert actions.set_joining(cohort=cohort, is_open=True, by=lead, at=at).join_token == first
    assert actions.set_joining(cohort=cohort, is_open=False, by=lead, at=at).join_token == first
    assert actions.set_joining(cohort=cohort, is_open=True, by=lead, at=at).join_token != first
