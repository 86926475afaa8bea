"""Papers, attempts, observations and plans for tests, made by the same actions that people use."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import translation

from lms.assessments import actions
from lms.assessments.models import Attempt, Observation, ObservationKind, Paper, Submission
from lms.cohorts.models import Cohort, Enrolment
from lms.people.models import User
from tests.factories.people import AT, make_staff


def make_paper(cohort: Cohort, moment: str = "pre", module_code: str = "M1", *, is_open: bool = True) -> Paper:
    """The cohort's test from its pins, opened unless `is_open` says no."""
    by = cohort.trainers.get(part="lead").person
    paper = actions.ensure_paper(cohort=cohort, module_code=module_code, moment=moment, by=by, at=AT)
    return actions.open_paper(paper=paper, by=by, at=AT, anyway=True) if is_open else paper


def right_answers(paper: Paper) -> dict[str, Any]:
    """Item key → the response that earns the whole point."""
    return {item["key"]: item["answer"] for item in paper.content["items"]}


def make_attempt(
    enrolment: Enrolment,
    paper: Paper,
    answers: Mapping[str, Any] | None = None,
    *,
    handed_in: bool = False,
    at: datetime = AT,
) -> Attempt:
    """An attempt with these answers (item key → response, in choice keys), a minute later handed in if asked."""
    person = enrolment.person
    attempt = actions.start_attempt(paper=paper, enrolment=enrolment, language="ky", by=person, at=at)
    for key, response in (answers or {}).items():
        actions.save_answer(attempt=attempt, item_key=key, revision=1, response=response, by=person, at=at)
    if handed_in:
        attempt = actions.submit_attempt(attempt=attempt, by=person, at=at + timedelta(minutes=1))
    return attempt


def make_observation(
    person: User, cohort: Cohort, observer: User, *, passed: bool = True, occasion: int = 1, module_code: str = "M1"
) -> Observation:
    """One observer's word on a teach-back, whoever the observer is."""
    return Observation.objects.create(
        kind=ObservationKind.TEACH_BACK,
        person=person,
        cohort=cohort,
        module_code=module_code,
        occasion=occasion,
        observer=observer,
        passed=passed,
        note="She let everybody speak.",
        observed_on=AT.date(),
        created_at=AT,
    )


def pass_teach_backs(person: User, cohort: Cohort, count: int = 2, module_code: str = "M1") -> None:
    """`count` teach-backs, each passed by two observers."""
    observers = [make_staff(), make_staff()]
    for occasion in range(1, count + 1):
        for observer in observers:
            make_observation(person, cohort, observer, occasion=occasion, module_code=module_code)


def make_submission(person: User, cohort: Cohort, module_code: str = "M1", title: str = "My plan") -> Submission:
    """A plan that waits for an answer, whoever the author is."""
    return Submission.objects.create(
        person=person, cohort=cohort, module_code=module_code, title=title, text="Step 1.", handed_in_at=AT
    )


def address_of(paper: Paper, name: str = "paper", language: str = "ky") -> str:
    """Where she takes the test, or what `name` calls of it."""
    with translation.override(language):
        return reverse(f"tests:{name}", args=[paper.pk])
