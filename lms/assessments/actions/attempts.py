"""Taking a test.  Saving, handing in and the closing task take the same row lock: the attempt's.

Attempts and answers are evidence in themselves — who, what and when — so these verbs write no audit entry besides.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import CharField, QuerySet, UUIDField
from django.utils.translation import gettext_lazy as _

from lms.assessments.checks import is_acceptable
from lms.assessments.models import Answer, Attempt, AttemptState, Paper
from lms.assessments.queries import (
    GRACE,
    allowed_until,
    current_answers,
    current_responses,
    item_shapes,
    overdue_attempts,
)
from lms.assessments.scoring import score_paper
from lms.cohorts.models import Enrolment, EnrolmentState
from lms.common.errors import ActionError
from lms.common.prepared import prepared
from lms.people.models import User

log = logging.getLogger("yntymak.assessments")


class NotEnrolled(ActionError):
    """The test belongs to another cohort, or she has left this one."""

    code = "not_enrolled"
    message = _("You are not enrolled in the cohort of this test.")


class PaperNotOpen(ActionError):
    """Not opened yet, or closed."""

    code = "paper_not_open"
    message = _("This test is not open. Your trainer opens and closes it.")


class PaperClosed(PaperNotOpen):
    """The trainer closed it while she was answering."""

    code = "paper_closed"
    message = _("Your trainer has closed this test. What had been saved is handed in.")


class TimeIsOver(ActionError):
    """Deadline and grace have passed."""

    code = "time_over"
    message = _("The time for this test is over. What had been saved is handed in.")


class TestHandedIn(ActionError):
    """Nothing can be changed in an attempt that was handed in."""

    __test__ = False
    code = "handed_in"
    message = _("This test has been handed in.")


class AnswerNotOfThisPaper(ActionError):
    """The question or one of the choices is not in this paper."""

    code = "answer_not_of_this_paper"
    message = _("This answer does not belong to this test. Load the page again.")


class AnswerOfAnotherPerson(ActionError):
    """Given in a page that was open when somebody else signed in on the same phone: its letters are not her letters."""

    code = "answer_of_another_person"
    message = _(
        "These answers were given in another person's test and are not saved in yours. They stay on this device until "
        "that person signs in again."
    )


class BegunAnew(ActionError):
    """Given in a page of her own attempt that went without an answer, when her trainer gave her the test anew."""

    code = "begun_anew"
    message = _(
        "Since this page was opened your trainer has given you the test anew. The answers on it are not saved: begin "
        "once more."
    )


class OlderAnswer(ActionError):
    """A newer answer is here already; `newest` is the one that counts."""

    code = "older_answer"
    message = _("You have answered this question on another device since. That answer counts and is shown here.")

    def __init__(self, newest: Answer) -> None:
        super().__init__()
        self.newest = newest


class FormAnswer(NamedTuple):
    """What a form says about one question: the revision that it showed or counted, and the response."""

    revision: int
    response: Any


def start_attempt(*, paper: Paper, enrolment: Enrolment, language: str, by: User, at: datetime) -> Attempt:
    """Her attempt at the paper: a new one, or the one that she started before, on whatever device.

    Raises NotEnrolled, PaperNotOpen.
    """
    mine = Attempt.objects.filter(paper=paper, enrolment=enrolment)
    started = mine.first()
    if started is not None:
        return started
    until = None if paper.is_open else allowed_until(paper, enrolment.person, at)
    _check_may_start(paper, enrolment, by, is_allowed=until is not None)
    deadline = at + timedelta(minutes=paper.minutes)
    deadline = min(deadline, until) if until else deadline
    attempt = Attempt(paper=paper, enrolment=enrolment, language=language, started_at=at, deadline=deadline)
    attempt.is_late = until is not None
    try:
        with transaction.atomic():
            attempt.save(force_insert=True)
    except IntegrityError:
        return mine.get()
    return attempt


def _check_may_start(paper: Paper, enrolment: Enrolment, by: User, *, is_allowed: bool) -> None:
    belongs = enrolment.cohort_id == paper.cohort_id and enrolment.person_id == by.pk
    if not belongs or enrolment.state != EnrolmentState.ENROLLED:
        raise NotEnrolled
    if not (paper.is_open or is_allowed) or not paper.cohort.is_live:
        raise PaperNotOpen


@transaction.atomic
def save_answer(*, attempt: Attempt, item_key: str, revision: int, response: Any, by: User, at: datetime) -> Answer:
    """Keeps one answer as it was given; the same one sent again is the same answer.

    `revision` counts the changes of this question on the device, from 1.
    Raises TestHandedIn, TimeIsOver, PaperClosed, AnswerNotOfThisPaper, OlderAnswer.
    """
    attempt = _locked_for_answers(attempt)
    _check_may_answer(attempt, at)
    _check_belongs(attempt, {item_key: response})
    answer = Answer(attempt=attempt, item_key=item_key, revision=revision, response=response, saved_at=at)
    # Insert first: the unique constraint decides, not an earlier look.
    Answer.objects.bulk_create([answer], ignore_conflicts=True)
    [newest] = _newest(attempt=attempt.pk, item=item_key)
    if newest.revision != revision or newest.response != response:
        raise OlderAnswer(newest)
    return newest


@transaction.atomic
def save_answers(
    *, attempt: Attempt, answers: Mapping[str, FormAnswer], language: str, by: User, at: datetime
) -> list[str]:
    """Keeps what a whole form says; gives the keys of the questions where a newer answer from elsewhere was kept.

    A form without script sends the revision that it showed, with script the one that it counted: an answer that differs
    from the saved one at the same revision was changed by hand and becomes the next.
    Raises TestHandedIn, TimeIsOver, PaperClosed, AnswerNotOfThisPaper.
    """
    attempt = _locked_for_answers(attempt)
    _check_may_answer(attempt, at)
    _check_belongs(attempt, {key: said.response for key, said in answers.items()})
    saved = {answer.item_key: answer for answer in current_answers(attempt)}
    changed = {key: said for key, said in answers.items() if _differs(said.response, saved.get(key))}
    news = {key: said for key, said in changed.items() if is_news(said=said, saved=saved.get(key))}
    Answer.objects.bulk_create(
        Answer(
            attempt=attempt,
            item_key=key,
            revision=max(said.revision, _revision(saved.get(key)) + 1),
            response=said.response,
            saved_at=at,
        )
        for key, said in news.items()
    )
    if language != attempt.language:
        attempt.language = language
        attempt.save(update_fields=["language"])
    return [key for key in changed if key not in news]


def is_news(*, said: FormAnswer, saved: Answer | None) -> bool:
    """Does a form say something else than what is saved, and no older answer?"""
    return _differs(said.response, saved) and said.revision >= _revision(saved)


def _revision(answer: Answer | None) -> int:
    return answer.revision if answer else 0


def _differs(response: Any, answer: Answer | None) -> bool:
    """Nothing chosen and no answer are the same."""
    return bool(response) if answer is None else response != answer.response


@transaction.atomic
def submit_attempt(*, attempt: Attempt, by: User | None, at: datetime) -> Attempt:
    """Hands it in and scores what was saved; a second time changes nothing.  `by` is None for the closing task."""
    attempt = _locked(attempt)
    if attempt.state == AttemptState.SUBMITTED:
        return attempt
    content = Paper.objects.values_list("content", flat=True).get(pk=attempt.paper_id)
    score = score_paper(content, current_responses(attempt))
    attempt.state, attempt.submitted_at = AttemptState.SUBMITTED, at
    attempt.points, attempt.max_points, attempt.anchor_points, attempt.anchor_max_points = score
    attempt.save(update_fields=["state", "submitted_at", *score._fields])
    return attempt


def close_overdue_attempts(*, at: datetime) -> int:
    """Hands in what is overdue or belongs to a closed paper, as it was saved; gives how many."""
    return hand_in_attempts(attempts=overdue_attempts(at), at=at)


def hand_in_attempts(*, attempts: Iterable[Attempt], at: datetime) -> int:
    """As they were saved, by nobody's hand; gives how many.

    One transaction each, so that one that cannot be scored does not hold up the others.
    """
    closed = 0
    for attempt in attempts:
        try:
            submit_attempt(attempt=attempt, by=None, at=at)
        except Exception:
            log.exception("attempt could not be handed in", extra={"fields": {"paper": str(attempt.paper_id)}})
        else:
            closed += 1
    return closed


def _locked(attempt: Attempt) -> Attempt:
    return Attempt.objects.select_for_update(of=("self",), no_key=True).get(pk=attempt.pk)


def _locked_for_answers(attempt: Attempt) -> Attempt:
    """With nothing but what decides whether an answer may be given: this is read for each of them."""
    [locked] = _locked_row(attempt=attempt.pk)
    return locked


@prepared(attempt=UUIDField())
def _locked_row(attempt: Any) -> QuerySet[Attempt]:
    rows = Attempt.objects.select_for_update(of=("self",), no_key=True).select_related("paper").filter(pk=attempt)
    return rows.only("is_late", "state", "submitted_at", "deadline", "language", "paper__opened_at", "paper__closed_at")


@prepared(attempt=UUIDField(), item=CharField())
def _newest(attempt: Any, item: Any) -> QuerySet[Answer]:
    return Answer.objects.filter(attempt=attempt, item_key=item).order_by("-revision")[:1]


def _check_may_answer(attempt: Attempt, at: datetime) -> None:
    """The refusal says what ended it: what the closing handed in for her she has not handed in herself."""
    ended_at, closed_at = attempt.submitted_at or at, attempt.closed_at
    if ended_at > attempt.deadline + GRACE:
        raise TimeIsOver
    if closed_at is not None and closed_at <= ended_at:
        raise PaperClosed
    if attempt.state == AttemptState.SUBMITTED:
        raise TestHandedIn
    if not attempt.is_late and not attempt.paper.is_open:
        raise PaperClosed


def _check_belongs(attempt: Attempt, responses: Mapping[str, Any]) -> None:
    shapes = item_shapes(attempt.paper_id)
    if not all(key in shapes and is_acceptable(shapes[key], said) for key, said in responses.items()):
        raise AnswerNotOfThisPaper
