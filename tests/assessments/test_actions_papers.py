"""Papers: made once from the pins, opened and closed by the trainer."""

from datetime import timedelta

import pytest

from curricula.models import Question
from lms.assessments import actions
from lms.assessments.models import Paper
from lms.cohorts.actions import open_cohort
from lms.cohorts.models import Session, SessionState
from lms.people.models import AuditEntry
from tests.factories.assessments import make_attempt, make_paper
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    return make_cohort()


@pytest.fixture
def trainer(cohort):
    return cohort.trainers.get(part="lead").person


def test_ensure_paper_twice_is_one_paper(cohort):
    first = make_paper(cohort, is_open=False)
    assert make_paper(cohort, is_open=False) == first
    assert AuditEntry.objects.filter(verb="ensure_paper").count() == 1


def test_pre_paper_holds_the_anchors_and_post_paper_all(cohort):
    pre, post = make_paper(cohort, "pre", is_open=False), make_paper(cohort, "post", is_open=False)
    keys = [item["key"] for item in post.content["items"]]
    assert [item["key"] for item in pre.content["items"]] == keys[:3]
    assert len(keys) == 5
    assert pre.content["items"][0]["text"] == {
        language: f"Question M1-Q01 {language}" for language in ("ky", "ru", "en")
    }


def test_paper_says_what_the_pin_says_after_a_question_changed(cohort):
    question = Question.objects.get(item_key="M1-Q01")
    question.text_ky = "changed since"
    question.save()
    question.save_revision(clean=False)
    assert make_paper(cohort).content["items"][0]["text"]["ky"] == "Question M1-Q01 ky"


def test_ensure_paper_refuses_a_module_without_test(cohort, trainer, at):
    with pytest.raises(actions.NoTestPinned):
        actions.ensure_paper(cohort=cohort, module_code="M9", moment="pre", by=trainer, at=at)
    assert not Paper.objects.exists()


def test_unreviewed_texts_are_offered_in_every_language(cohort):
    assert make_paper(cohort).languages == ["ky", "ru", "en"]


def test_reviewed_texts_only_offers_the_reviewed_languages(at):
    cohort = make_cohort(state="draft")
    cohort.organisation.uses_unreviewed_texts = False
    cohort.organisation.save()
    for question in Question.objects.all():
        question.review_ru = question.review_en = "reviewed"
        question.save()
        question.save_revision(clean=False)
    cohort = open_cohort(cohort=cohort, by=cohort.trainers.get(part="lead").person, at=at)
    assert make_paper(cohort).languages == ["ru", "en"]


def test_reviewed_texts_only_refuses_where_no_language_is_reviewed(cohort, trainer, at):
    cohort.organisation.uses_unreviewed_texts = False
    cohort.organisation.save()
    with pytest.raises(actions.TextsAwaitReview):
        actions.ensure_paper(cohort=cohort, module_code="M1", moment="pre", by=trainer, at=at)


def test_open_and_close_twice_change_nothing(cohort, trainer, at):
    paper = make_paper(cohort)
    assert actions.open_paper(paper=paper, by=trainer, at=at).is_open
    assert not actions.close_paper(paper=paper, by=trainer, at=at).is_open
    assert actions.close_paper(paper=paper, by=trainer, at=at).closed_at == at
    verbs = AuditEntry.objects.filter(subject_id=str(paper.pk)).order_by("at", "id").values_list("verb", flat=True)
    assert list(verbs) == ["ensure_paper", "open_paper", "close_paper"]


def test_closed_pre_paper_opens_again_for_who_came_late(cohort, trainer, at):
    paper = actions.close_paper(paper=make_paper(cohort), by=trainer, at=at)
    assert actions.open_paper(paper=paper, by=trainer, at=at).is_open


def test_opening_the_post_test_closes_the_pre_test(cohort):
    pre = make_paper(cohort, "pre")
    make_paper(cohort, "post")
    pre.refresh_from_db()
    assert not pre.is_open


def test_pre_paper_does_not_open_again_beside_the_post_test(cohort, trainer, at):
    pre = make_paper(cohort, "pre")
    make_paper(cohort, "post")
    with pytest.raises(actions.PreTestPast):
        actions.open_paper(paper=pre, by=trainer, at=at)


@pytest.mark.parametrize("moment", ["pre", "post"])
def test_no_test_opens_again_after_the_post_test_closed(cohort, trainer, at, moment):
    paper = make_paper(cohort, moment, is_open=False)
    actions.close_paper(paper=make_paper(cohort, "post"), by=trainer, at=at)
    with pytest.raises(actions.PaperCannotReopen):
        actions.open_paper(paper=paper, by=trainer, at=at)


@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_open_paper_refuses_a_cohort_that_is_not_live(cohort, trainer, at, state):
    paper = make_paper(cohort, is_open=False)
    cohort.state = state
    cohort.save()
    with pytest.raises(actions.CohortNotRunning):
        actions.open_paper(paper=paper, by=trainer, at=at)


def hold_sessions(cohort, *, until):
    """The last planned session of the module begins then; an extra one and a cancelled one come later."""
    cohort.sessions.update(starts_at=until, ends_at=until + timedelta(minutes=90))
    for later, change in ((1, {"is_extra": True}), (2, {"state": SessionState.CANCELLED})):
        starts_at = until + timedelta(days=later)
        ends_at = starts_at + timedelta(minutes=90)
        Session.objects.create(
            cohort=cohort, module_code="M1", lesson_code=f"M1+{later}", starts_at=starts_at, ends_at=ends_at, **change
        )


def reasons_against(paper, by, at) -> list[str]:
    with pytest.raises(actions.PostTestEarly) as refusal:
        actions.open_paper(paper=paper, by=by, at=at)
    paper.refresh_from_db()
    assert paper.opened_at is None
    return refusal.value.reasons


def test_a_post_test_without_a_pre_test_is_opened_only_when_she_says_so(cohort, trainer, at):
    hold_sessions(cohort, until=at)
    post = make_paper(cohort, "post", is_open=False)
    for _with_a_paper_that_was_never_opened_too in range(2):
        [reason] = reasons_against(post, trainer, at)
        assert "pre-test was never opened" in reason
        make_paper(cohort, is_open=False)
    assert actions.open_paper(paper=post, by=trainer, at=at, anyway=True).is_open
    assert actions.open_paper(paper=post, by=trainer, at=at).is_open


def test_a_post_test_before_the_last_session_is_opened_only_when_she_says_so(cohort, trainer, at):
    hold_sessions(cohort, until=at)
    pre, post = make_paper(cohort), make_paper(cohort, "post", is_open=False)
    session, closing = reasons_against(post, trainer, at - timedelta(seconds=1))
    assert "The last session begins on" in session
    assert "pre-test is still open" in closing
    assert actions.open_paper(paper=post, by=trainer, at=at).is_open
    pre.refresh_from_db()
    assert not pre.is_open


def test_who_still_writes_the_pre_test_is_counted_before_a_post_test_ends_it(cohort, trainer, at):
    hold_sessions(cohort, until=at + timedelta(days=1))
    pre, post = make_paper(cohort), make_paper(cohort, "post", is_open=False)
    make_attempt(make_enrolment(cohort), pre, at=at)
    make_attempt(make_enrolment(cohort, make_person("Бермет")), pre, handed_in=True, at=at)
    *_others, writing, phones = reasons_against(post, trainer, at)
    assert writing == "1 person is writing it now: what she has saved is handed in, and she cannot go on."
    assert phones.startswith("A phone without a line may hold more answers")
    time_is_over = pre.attempts.get(state="open").deadline
    assert "writing" not in reasons_against(post, trainer, time_is_over)[-1]


def test_in_time_too_she_is_asked_before_a_post_test_ends_what_people_are_writing(cohort, trainer, at):
    hold_sessions(cohort, until=at)
    pre, post = make_paper(cohort), make_paper(cohort, "post", is_open=False)
    attempt = make_attempt(make_enrolment(cohort), pre, at=at)
    with pytest.raises(actions.StillWriting) as refusal:
        actions.open_paper(paper=post, by=trainer, at=at)
    closing, writing, _phones = refusal.value.reasons
    assert "pre-test is still open" in closing
    assert writing.startswith("1 person is writing it now")
    pre.refresh_from_db()
    assert pre.is_open
    assert actions.open_paper(paper=post, by=trainer, at=attempt.deadline).is_open


@pytest.mark.parametrize(("moment", "others"), [("pre", []), ("post", ["Whoever has answered can see right answers"])])
def test_a_test_that_people_are_writing_is_closed_only_when_she_says_so(cohort, trainer, at, moment, others):
    paper = make_paper(cohort, moment)
    for name in ("Бермет", "Гүлзат"):
        make_attempt(make_enrolment(cohort, make_person(name)), paper, at=at)
    make_attempt(make_enrolment(cohort), paper, handed_in=True, at=at)
    with pytest.raises(actions.StillWriting) as refusal:
        actions.close_paper(paper=paper, by=trainer, at=at)
    writing, phones, *rest = refusal.value.reasons
    assert writing == "2 people are writing it now: what they have saved is handed in, and they cannot go on."
    assert phones == "A phone without a line may hold more answers than have arrived here; they would not count."
    assert [said[: len(begin)] for said, begin in zip(rest, others, strict=True)] == others
    paper.refresh_from_db()
    assert paper.is_open
    assert not actions.close_paper(paper=paper, by=trainer, at=at, anyway=True).is_open
    assert set(paper.attempts.values_list("state", flat=True)) == {"submitted"}


def test_a_pre_test_is_never_early(cohort, trainer, at):
    hold_sessions(cohort, until=at + timedelta(days=3))
    assert actions.open_paper(paper=make_paper(cohort, is_open=False), by=trainer, at=at).is_open
