"""Session plans: handed in by a candidate, answered by her coach or coordinator."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.assessments import actions
from lms.assessments.models import Submission
from lms.assessments.queries import accepted_plans
from lms.cohorts.models import Coaching
from tests.factories.assessments import make_submission
from tests.factories.cohorts import make_coaching, make_cohort, make_enrolment, make_standing
from tests.factories.people import make_role, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    return make_cohort()


@pytest.fixture
def candidate(cohort):
    person = make_enrolment(cohort).person
    make_standing(person, cohort.organisation, level="candidate", qualified_in=cohort)
    return person


@pytest.fixture
def coordinator(cohort):
    person = make_staff()
    make_role(person, "coordinator", cohort.organisation)
    return person


@pytest.fixture
def coach(candidate, at):
    person = make_staff()
    standing = candidate.standings.get()
    make_coaching(standing, person, timezone.localdate() + timedelta(days=180), starts_on=at.date())
    return person


def hand_in(by, cohort, at, **changes):
    facts = {"module_code": "M1", "title": "Rights at home", "text": "Step 1. Welcome."} | changes
    return actions.hand_in_plan(cohort=cohort, by=by, at=at, **facts)


def decide(plan, by, at, accepted=True, comment=""):
    return actions.decide_plan(submission=plan, accepted=accepted, comment=comment, by=by, at=at)


def test_plan_is_accepted_by_the_coordinator(cohort, candidate, coordinator, at):
    plan = hand_in(candidate, cohort, at)
    assert not accepted_plans([candidate.pk], "M1", cohort.organisation_id)
    decide(plan, coordinator, at)
    assert accepted_plans([candidate.pk], "M1", cohort.organisation_id)
    assert not accepted_plans([candidate.pk], "M2", cohort.organisation_id)


def test_plan_is_accepted_by_the_coach(cohort, candidate, coach, at):
    decide(hand_in(candidate, cohort, at), coach, at)
    assert accepted_plans([candidate.pk], "M1", cohort.organisation_id)


def test_plan_sent_twice_is_one(cohort, candidate, at):
    assert hand_in(candidate, cohort, at) == hand_in(candidate, cohort, at)
    with pytest.raises(actions.PlanWaits):
        hand_in(candidate, cohort, at, text="Another one")
    assert Submission.objects.count() == 1


def test_plan_is_handed_in_again_after_a_comment(cohort, candidate, coach, at):
    decide(hand_in(candidate, cohort, at), coach, at, accepted=False, comment="Add minutes")
    decide(hand_in(candidate, cohort, at, text="5 min: welcome"), coach, at)
    assert list(Submission.objects.order_by("handed_in_at", "pk").values_list("state", flat=True)) == [
        "repeat",
        "accepted",
    ]


def test_plan_needs_standing(cohort, at):
    with pytest.raises(actions.NotACandidate):
        hand_in(make_enrolment(cohort).person, cohort, at)


def test_same_decision_twice_is_one_and_another_is_refused(cohort, candidate, coach, coordinator, at):
    plan = hand_in(candidate, cohort, at)
    assert decide(plan, coach, at) == decide(plan, coach, at)
    with pytest.raises(actions.PlanDecided):
        decide(plan, coordinator, at, accepted=False, comment="no")


def test_plan_is_not_decided_by_its_author_a_colleague_or_a_stranger(cohort, candidate, at):
    make_role(candidate, "coordinator", cohort.organisation)
    plan = hand_in(candidate, cohort, at)
    stranger = make_staff()
    make_role(stranger, "coordinator", make_cohort().organisation)
    for person in (candidate, cohort.trainers.get(part="lead").person, stranger):
        with pytest.raises(actions.PlanNotYours):
            decide(plan, person, at)


# ── The pages ────────────────────────────────────────────────────────────────────────────────────────────────────


def mine(cohort):
    return reverse("assessments:my_plan", args=[cohort.pk])


def test_candidate_hands_in_on_her_page(client, cohort, candidate):
    client.force_login(candidate)
    assert client.post(mine(cohort), {"module_code": "M1", "title": "Mine", "text": "Step 1"}).status_code == 302
    page = client.get(mine(cohort))
    assert page.context["waits"]
    assert "Step 1" in page.content.decode()


def test_her_page_keeps_what_was_typed(client, cohort, candidate):
    client.force_login(candidate)
    page = client.post(mine(cohort), {"module_code": "M1", "title": "", "text": "A long plan"})
    assert page.status_code == 422
    assert "A long plan" in page.content.decode()


def test_her_page_of_a_participant_who_is_no_candidate_has_no_form(client, cohort):
    client.force_login(make_enrolment(cohort).person)
    assert client.get(mine(cohort)).context["form"] is None
    client.post(mine(cohort), {"module_code": "M1", "title": "Mine", "text": "Step 1"})
    assert not Submission.objects.exists()


def test_her_page_shows_her_own_plans_alone(client, cohort, candidate):
    colleague = make_enrolment(cohort).person
    make_submission(colleague, cohort, title="Colleague's plan")
    client.force_login(candidate)
    assert "Colleague" not in client.get(mine(cohort)).content.decode()
    for person in (make_enrolment(make_cohort()).person, cohort.trainers.get(part="lead").person):
        client.force_login(person)
        assert client.get(mine(cohort)).status_code == 404


def test_list_and_plan_belong_to_coach_and_coordinator(client, cohort, candidate, coach, coordinator):
    plan = make_submission(candidate, cohort)
    listed, read = reverse("assessments:submissions", args=[cohort.pk]), reverse("assessments:decide", args=[plan.pk])
    other = make_cohort()
    stranger = make_staff()
    make_role(stranger, "coordinator", other.organisation)
    may = (coach, coordinator)
    for person in (*may, candidate, cohort.trainers.get(part="lead").person, stranger):
        client.force_login(person)
        for here in (listed, read):
            assert client.get(here).status_code == (200 if person in may else 404)
        assert client.post(read, {}).status_code == (422 if person in may else 404)


def test_coach_sees_her_trainees_plans_alone(client, cohort, candidate, coach):
    other = make_enrolment(cohort).person
    make_submission(other, cohort, title="Of another candidate")
    make_submission(candidate, cohort, title="Of my trainee")
    client.force_login(coach)
    page = client.get(reverse("assessments:submissions", args=[cohort.pk])).content.decode()
    assert ("Of my trainee" in page, "Of another candidate" in page) == (True, False)


def test_plan_does_not_exist_for_another_organisation(client, cohort, candidate):
    """Whatever she may do at home, and though the author is in a cohort there as well."""
    plan = make_submission(candidate, cohort, title="Canary of the title")
    own = make_cohort()
    make_enrolment(own, candidate)
    strangers = [own.trainers.get().person, make_enrolment(own).person]
    for kind in ("coordinator", "coach", "observer", "administrator", "monitor"):
        strangers.append(make_staff())
        make_role(strangers[-1], kind, own.organisation)
    strangers.append(_coach_of(candidate, own))
    before = Submission.objects.values().get()
    read, listed = reverse("assessments:decide", args=[plan.pk]), reverse("assessments:submissions", args=[cohort.pk])
    for person in strangers:
        client.force_login(person)
        answers = [client.get(read), client.post(read, {"decision": "accepted"}), client.get(listed)]
        assert [answer.status_code for answer in answers] == [404, 404, 404], person
        answers.append(client.get(reverse("assessments:submissions", args=[own.pk])))
        assert [answer for answer in answers if "Canary" in answer.content.decode()] == []
    assert Submission.objects.values().get() == before


def _coach_of(person, cohort):
    """Who coaches her in this cohort's organisation."""
    coach, today = make_staff(), timezone.localdate()
    standing = make_standing(person, cohort.organisation, level="candidate", qualified_in=cohort)
    make_coaching(standing, coach, today)
    return coach


def test_coach_whose_time_is_over_sees_nothing(client, cohort, candidate, coach):
    plan = make_submission(candidate, cohort)
    yesterday = timezone.localdate() - timedelta(days=1)
    Coaching.objects.update(starts_on=yesterday, ends_on=yesterday)
    client.force_login(coach)
    assert client.get(reverse("assessments:decide", args=[plan.pk])).status_code == 404


def test_asking_again_needs_a_comment_and_keeps_the_choice(client, cohort, candidate, coordinator):
    read = reverse("assessments:decide", args=[make_submission(candidate, cohort).pk])
    client.force_login(coordinator)
    assert client.post(read, {"decision": "repeat", "comment": ""}).status_code == 422
    assert client.post(read, {"decision": "repeat", "comment": "Add minutes"}).status_code == 302
    assert Submission.objects.get().comment == "Add minutes"


@pytest.mark.parametrize("people", [1, 30])
def test_list_takes_the_same_queries_for_1_and_30(client, cohort, coordinator, people, django_assert_num_queries):
    for _person in range(people):
        make_submission(make_enrolment(cohort).person, cohort)
    here = reverse("assessments:submissions", args=[cohort.pk])
    client.force_login(coordinator)
    client.get(here)
    with django_assert_num_queries(5):
        client.get(here)
