"""What this app keeps about a person, for her own copy.  Who observed her or decided on a plan is not hers to have."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lms.assessments.models import Allowance, Answer, Attempt, Observation, Paper, Submission
from lms.assessments.queries import sees_review
from lms.common.languages import LANGUAGE_NAMES, pick
from lms.common.sections import Coded, Section, coded
from lms.people.models import User
from lms.people.queries import rows_of

type Words = dict[tuple[UUID, str, str], str]


def kept_about(person: User) -> list[Section]:
    """Everything, in the active language; points only where the test shows them too."""
    attempts = Attempt.objects.filter(enrolment__person__in=rows_of(person))
    attempts = attempts.select_related("paper__cohort", "enrolment__person")
    taken = list(attempts.defer("paper__content").order_by("started_at", "pk"))
    return [_attempts(taken), _allowances(person), _answers(taken), _plans(person), _observations(person)]


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
        "points": _("Points; empty until the test shows them"),
        "max_points": _("Points that could be reached"),
    }
    return Section("tests", _("Your tests"), labels, rows)


def _points(attempt: Attempt) -> dict:
    person = attempt.enrolment.person if attempt.enrolment else None
    shown = person is not None and sees_review(attempt.paper, person)
    return {"points": attempt.points if shown else None, "max_points": attempt.max_points if shown else None}


def _allowances(person: User) -> Section:
    given = Allowance.objects.filter(enrolment__person__in=rows_of(person)).select_related("paper__cohort")
    rows = [
        {
            "cohort": one.paper.cohort.code,
            "module": one.paper.module_code,
            "until": one.until,
            "reason": coded(one, "reason"),
            "given_at": one.given_at,
        }
        for one in given.defer("paper__content").order_by("given_at", "pk")
    ]
    labels = {
        "cohort": _("Cohort"),
        "module": _("Module"),
        "until": _("Until"),
        "reason": _("Reason"),
        "given_at": _("Given"),
    }
    return Section("later_tests", _("Post-tests that you could write after the others"), labels, rows)


def _answers(attempts: list[Attempt]) -> Section:
    answers = Answer.objects.filter(attempt__in=attempts).select_related("attempt__paper__cohort")
    words = _words_of({attempt.paper_id for attempt in attempts})
    rows = [
        {
            "cohort": answer.attempt.paper.cohort.code,
            "module": answer.attempt.paper.module_code,
            "moment": coded(answer.attempt.paper, "moment"),
            "question": _coded(words, answer.attempt.paper_id, answer.item_key),
            "revision": answer.revision,
            "response": _chosen(answer, words),
            "saved_at": answer.saved_at,
        }
        for answer in answers.defer("attempt__paper__content").order_by("saved_at", "pk")
    ]
    labels = {
        "cohort": _("Cohort"),
        "module": _("Module"),
        "moment": _("Test"),
        "question": _("Question"),
        "revision": _("How often it was saved"),
        "response": _("What you chose"),
        "saved_at": _("Saved at"),
    }
    return Section("answers", _("Your answers in tests"), labels, rows)


def _words_of(papers: set[UUID]) -> Words:
    """The texts of questions and choices of these papers in the active language, by (paper, question, choice or "")."""
    words: Words = {}
    for paper, content in Paper.objects.filter(pk__in=papers).values_list("pk", "content"):
        for item in content["items"]:
            words[paper, item["key"], ""] = pick(item["text"])
            for choice in item["choices"]:
                words[paper, item["key"], choice["key"]] = pick(choice["text"])
                if "match_key" in choice:
                    words[paper, item["key"], choice["match_key"]] = pick(choice.get("match", {}))
    return words


def _coded(words: Words, paper: UUID, item: str, key: str = "") -> Coded:
    """The key as it is kept, and its text where the paper has one."""
    return Coded(key or item, words.get((paper, item, key)) or key or item)


def _chosen(answer: Answer, words: Words) -> list[Coded]:
    """The choices in the order in which she put them; of pairs both."""
    response, paper, item = answer.response, answer.attempt.paper_id, answer.item_key
    if not isinstance(response, dict):
        keys = response if isinstance(response, list) else [response]
        return [_coded(words, paper, item, str(key)) for key in keys]
    pairs = [
        (_coded(words, paper, item, str(left)), _coded(words, paper, item, str(right)))
        for left, right in response.items()
    ]
    return [Coded(f"{left.code} – {right.code}", f"{left.text} – {right.text}") for left, right in pairs]


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
