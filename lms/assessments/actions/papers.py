"""A test of a cohort: made from its pins, opened and closed by its trainer."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from curricula.snapshots import build_paper
from lms.assessments.actions.attempts import hand_in_attempts
from lms.assessments.models import Allowance, Attempt, AttemptState, Moment, Paper
from lms.assessments.queries import (
    counting_attempts,
    overdue_attempts,
    still_writing,
    what_ends_with,
    why_post_test_is_early,
)
from lms.assessments.queries.papers import what_ends_with_opening
from lms.cohorts.models import Cohort, Pin, PinKind
from lms.common.errors import ActionError
from lms.common.languages import LANGUAGE_CODES, ReviewState
from lms.people.actions import record_audit
from lms.people.models import User


class NoTestPinned(ActionError):
    """The cohort does not follow a quiz for this module."""

    code = "no_test_pinned"
    message = _("This module has no test in this cohort. Open the cohort first; its texts are fixed at that moment.")


class TextsAwaitReview(ActionError):
    """The organisation uses natively reviewed texts only, and in no language are all questions reviewed."""

    code = "texts_await_review"
    message = _("The questions still await native review, and your organisation uses reviewed texts only.")


class CohortNotRunning(ActionError):
    """Draft, closed or cancelled: no tests."""

    code = "cohort_not_running"
    message = _("Tests can be opened only while the cohort is open or running.")


class PaperCannotReopen(ActionError):
    """Right answers may have been seen."""

    code = "paper_cannot_reopen"
    message = _("The answers can be seen since the post-test closed, so this test cannot be opened again.")


class PreTestPast(ActionError):
    """Taken during or after the post-test it would measure nothing."""

    code = "pre_test_past"
    message = _("The post-test has been opened, so the pre-test cannot be opened again.")


class AskedFirst(ActionError):
    """She may, and is told first what it costs; `reasons` are sentences for people."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__()
        self.reasons = reasons


class PostTestEarly(AskedFirst):
    """Pairs would be lost."""

    code = "post_test_early"
    message = _(
        "How much people have learned is counted in pairs only: of each person the test before the training and the "
        "test after it."
    )


class StillWriting(AskedFirst):
    """Somebody is in the midst of a test that would be closed."""

    code = "still_writing"
    message = _("A test that people are writing at this moment would be closed.")


def ensure_paper(*, cohort: Cohort, module_code: str, moment: str, by: User, at: datetime) -> Paper:
    """The cohort's test for this moment; whoever needs it first has it made from the pins, once.

    Raises NoTestPinned, TextsAwaitReview.
    """
    mine = Paper.objects.defer("content").filter(cohort=cohort, module_code=module_code, moment=moment)
    paper = mine.first()
    if paper is None:
        content = _content_from_pins(cohort, module_code, moment)
        paper = _insert(cohort, content, _languages(cohort, content), by, at) or mine.get()
    return paper


@transaction.atomic
def _insert(cohort: Cohort, content: dict[str, Any], languages: list[str], by: User, at: datetime) -> Paper | None:
    """The new row, or None if somebody else was faster."""
    try:
        with transaction.atomic():
            paper = Paper.objects.create(
                cohort=cohort,
                module_code=content["module"],
                moment=content["moment"],
                content=content,
                minutes=content["minutes"],
                languages=languages,
                created_at=at,
            )
    except IntegrityError:
        return None
    _note("ensure_paper", paper, cohort, by, at)
    return paper


def _content_from_pins(cohort: Cohort, module_code: str, moment: str) -> dict[str, Any]:
    pins = Pin.objects.filter(cohort=cohort, module_code=module_code, kind__in=[PinKind.QUIZ, PinKind.QUESTION])
    revisions = {(pin.kind, pin.code): pin.revision for pin in pins.select_related("revision")}
    quiz = next((revision for (kind, _code), revision in revisions.items() if kind == PinKind.QUIZ), None)
    if quiz is None:
        raise NoTestPinned
    questions = {code: revision for (kind, code), revision in revisions.items() if kind == PinKind.QUESTION}
    content = build_paper(quiz_revision=quiz, question_revisions=questions, moment="pre" if moment == "pre" else "post")
    return {**content, "module": module_code}


def _languages(cohort: Cohort, content: dict[str, Any]) -> list[str]:
    """Those in which the paper is offered; one paper is read in one language whole, so that results can be compared."""
    if cohort.organisation.uses_unreviewed_texts:
        return list(LANGUAGE_CODES)
    reviewed = [
        language
        for language in LANGUAGE_CODES
        if all(item["review"].get(language) == ReviewState.REVIEWED for item in content["items"])
    ]
    if not reviewed:
        raise TextsAwaitReview
    return reviewed


@transaction.atomic
def open_paper(*, paper: Paper, by: User, at: datetime, anyway: bool = False) -> Paper:
    """Lets participants start; opening the post-test closes the pre-test.

    Opening an open one changes nothing.  `anyway` opens a post-test for which it is early, or for which people would
    have to stop.  Raises CohortNotRunning, PaperCannotReopen, PreTestPast, PostTestEarly, StillWriting.
    """
    # The cohort first, as whoever ends it does: no test is opened beside that.
    Cohort.objects.select_for_update(no_key=True).get(pk=paper.cohort_id)
    both = _locked_both(paper)
    paper = both[paper.moment]
    if paper.is_open:
        return paper
    if not paper.cohort.is_live:
        raise CohortNotRunning
    _check_may_open(both, paper)
    if paper.moment == Moment.POST and not anyway:
        _check_is_time(both, paper, at)
    paper.opened_at, paper.closed_at = paper.opened_at or at, None
    paper.save(update_fields=["opened_at", "closed_at"])
    _note("open_paper", paper, paper.cohort, by, at)
    before = both.get(Moment.PRE)
    if paper.moment == Moment.POST and before is not None and before.is_open:
        _close(before, by, at)
    return paper


@transaction.atomic
def close_paper(*, paper: Paper, by: User, at: datetime, anyway: bool = False) -> Paper:
    """Nobody can answer any more; what was saved is handed in at once.  Twice changes nothing.

    `anyway` stops whoever is writing it.  Raises StillWriting.
    """
    paper = _locked_both(paper)[paper.moment]
    if not paper.is_open:
        return paper
    writing = _writing(paper, at)
    if writing and not anyway:
        raise StillWriting(what_ends_with(paper, writing))
    _close(paper, by, at)
    return paper


@transaction.atomic
def close_papers(*, cohort: Cohort, by: User | None, at: datetime) -> int:
    """Ends the tests of a cohort that ends, and hands in what was saved in them; says how many were open."""
    papers = Paper.objects.select_for_update(of=("self",), no_key=True).select_related("cohort").defer("content")
    found = [paper for paper in papers.filter(cohort=cohort) if paper.is_open]
    for paper in found:
        _close(paper, by, at)
    Allowance.objects.filter(paper__cohort=cohort, until__gt=at).update(until=at)
    hand_in_attempts(attempts=Attempt.objects.filter(paper__cohort=cohort, state=AttemptState.OPEN), at=at)
    return len(found)


def _locked_both(paper: Paper) -> dict[str, Paper]:
    papers = Paper.objects.select_for_update(of=("self",), no_key=True).select_related("cohort").defer("content")
    return {one.moment: one for one in papers.filter(cohort=paper.cohort_id, module_code=paper.module_code)}


def _check_may_open(both: dict[str, Paper], paper: Paper) -> None:
    post = both.get(Moment.POST)
    if post is not None and post.closed_at is not None:
        raise PaperCannotReopen
    if paper.moment == Moment.PRE and post is not None and post.opened_at is not None:
        raise PreTestPast


def _check_is_time(both: dict[str, Paper], paper: Paper, at: datetime) -> None:
    before, writing, ends = both.get(Moment.PRE), 0, []
    early = why_post_test_is_early(paper.cohort, paper.module_code, before, at)
    if before is not None and before.is_open:
        writing = _writing(before, at)
        ends = what_ends_with_opening(before, writing)
    if early:
        raise PostTestEarly(early + ends)
    if writing:
        raise StillWriting(ends)


def _writing(paper: Paper, at: datetime) -> int:
    return counting_attempts(paper.cohort).filter(still_writing(at), paper=paper).count()


def _close(paper: Paper, by: User | None, at: datetime) -> None:
    paper.closed_at = at
    paper.save(update_fields=["closed_at"])
    _note("close_paper", paper, paper.cohort, by, at)
    # At once, for the page that she sees next counts them; close_overdue_attempts tries again what failed here.
    hand_in_attempts(attempts=overdue_attempts(at).filter(paper=paper), at=at)


def _note(verb: str, paper: Paper, cohort: Cohort, by: User | None, at: datetime) -> None:
    record_audit(
        verb=verb,
        subject=paper,
        by=by,
        at=at,
        organisation_id=cohort.organisation_id,
        details={"cohort": cohort.code, "module": paper.module_code, "moment": paper.moment},
    )
