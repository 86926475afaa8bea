"""What this app keeps about a person, for her own copy.  Who observed her or decided on a plan is not hers to have."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from lms.assessments.models import Answer, Attempt, Observation, Submission
from lms.assessments.queries import may_review
from lms.common.languages import LANGUAGE_NAMES
from lms.common.sections import Coded, Section, coded
from lms.people.models import User
from lms.people.queries import rows_of


def kept_about(person: User) -> list[Section]:
    """Everything, in the active language; points only where the test shows them too."""
    attempts = Attempt.objects.filter(enrolment__person__in=rows_of(person)).select_related("paper__cohort")
    taken = list(attempts.defer("paper__content").order_by("started_at", "pk"))
    return [_attempts(taken), _answers(taken), _plans(person), _observations(person)]


def _attempts(attempts: Iterable[Attempt]) -> Section:
    rows = [
        {
            "cohort": attempt.paper.cohort.code,
            "module": attempt.paper.module_code,
            "moment": coded(attempt.paper, "moment"),
            "language": Coded(attempt.language, LANGUAGE_NAMES[attempt.language]),
            "state": coded(attempt, "state"),
            "started_at": attempt.started_at,
            "submitted_at": attempt.submitted_at,
            **_points(attempt),
        }
        for attempt in attempts
    ]
    labels = {
        "cohort": _("Cohort"),
        "module": _("Module"),
        "moment": _("Test"),
        "language": _("Language"),
        "state": _("State"),
        "started_at": _("Begun"),
        "submitted_at": _("Handed in"),
        "points": _("Points; empty until the second test has closed"),
        "max_points": _("Points that could be reached"),
    }
    return Section("tests", _("Your tests"), labels, rows)


def _points(attempt: Attempt) -> dict:
    shown = may_review(attempt.paper)
    return {"points": attempt.points if shown else None, "max_points": attempt.max_points if shown else None}


def _answers(attempts: list[Attempt]) -> Section:
    answers = Answer.objects.filter(attempt__in=attempts).select_related("attempt__paper__cohort")
    rows = [
        {
            "cohort": answer.attempt.paper.cohort.code,
            "module": answer.attempt.paper.module_code,
            "moment": coded(answer.attempt.paper, "moment"),
            "question": answer.item_key,
            "revision": answer.revision,
            "response": _chosen(answer.response),
            "saved_at": answer.saved_at,
        }
        for answer in answers.defer("attempt__paper__content").order_by("saved_at", "pk")
    ]
    labels = {
        "cohort": _("Cohort"),
        "module": _("Module"),
        "moment": _("Test"),
        "question": _("Question, as a code"),
        "revision": _("How often it was saved"),
        "response": _("What you chose, as codes"),
        "saved_at": _("Saved at"),
    }
    return Section("answers", _("Your answers in tests"), labels, rows)


def _chosen(response: object) -> list[str]:
    """Keys of choices, in the order in which she put them; of pairs both."""
    if isinstance(response, dict):
        return [f"{left} – {right}" for left, right in response.items()]
    return [str(key) for key in response] if isinstance(response, list) else [str(response)]


def _plans(person: User) -> Section:
    plans = Submission.objects.filter(person=person).select_related("cohort").order_by("handed_in_at", "pk")
    rows = [
        {
            "cohort": plan.cohort.code,
            "module": plan.module_code,
            "title": plan.title,
            "text": plan.text,
            "handed_in_at": plan.handed_in_at,
            "state": coded(plan, "state"),
            "comment": plan.comment,
            "decided_at": plan.decided_at,
        }
        for plan in plans
    ]
    labels = {
        "cohort": _("Cohort"),
        "module": _("Module"),
        "title": _("Title"),
        "text": _("Plan"),
        "handed_in_at": _("Handed in"),
        "state": _("State"),
        "comment": _("Answer"),
        "decided_at": _("Answered on"),
    }
    return Section("plans", _("Plans that you hand in"), labels, rows)


def _observations(person: User) -> Section:
    seen = Observation.objects.filter(person=person).select_related("cohort").order_by("created_at", "pk")
    rows = [
        {
            "kind": coded(one, "kind"),
            "cohort": one.cohort.code,
            "module": one.module_code,
            "occasion": one.occasion,
            "passed": one.passed,
            "note": one.note,
            "observed_on": one.observed_on,
            "is_correction": one.corrects_id is not None,
        }
        for one in seen
    ]
    labels = {
        "kind": _("Kind"),
        "cohort": _("Cohort"),
        "module": _("Module"),
        "occasion": _("Which time"),
        "passed": _("Passed"),
        "note": _("What was written"),
        "observed_on": _("Observed on"),
        "is_correction": _("Corrects an earlier one"),
    }
    return Section("observations", _("What observers saw of your teaching"), labels, rows)
