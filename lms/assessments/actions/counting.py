"""After their term answers become statistics, and what was written in plans and about teaching is forgotten."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from lms.assessments.models import (
    Allowance,
    Answer,
    Attempt,
    AttemptState,
    GainCount,
    ItemCount,
    Observation,
    Paper,
    PaperCount,
    Submission,
    SubmissionState,
)
from lms.assessments.queries import counting_attempts, gain_of
from lms.assessments.scoring import points_of
from lms.cohorts.actions import close_forgotten_cohort
from lms.cohorts.models import Cohort
from lms.cohorts.queries import cohorts_over_by
from lms.people.actions import record_audit

log = logging.getLogger("yntymak.assessments")

# (item key, language) → the responses that counted.
type Responses = dict[tuple[str, str], list[Any]]


def count_answers_over_by(*, day: date, at: datetime) -> int:
    """Counts and forgets the answers in cohorts whose last day was before `day`; says how many these were.

    One transaction each, so that one that cannot be counted does not hold up the others.
    """
    counted = 0
    for cohort in cohorts_over_by(day).filter(answers_counted_at__isnull=True):
        try:
            count_answers(cohort=cohort, at=at)
        except Exception:
            log.exception("answers could not be counted", extra={"fields": {"cohort": cohort.code}})
        else:
            counted += 1
    return counted


@transaction.atomic
def count_answers(*, cohort: Cohort, at: datetime) -> None:
    """Keeps how often each question was answered and how well, and how far the cohort came; destroys the attempts.

    A repeat is harmless.
    """
    close_forgotten_cohort(cohort=cohort, at=at)
    locked = Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
    if locked.answers_counted_at:
        return
    GainCount.objects.bulk_create(_gain_counts(locked))
    for paper in locked.papers.order_by("pk"):
        _count_paper(paper, list(counting_attempts(locked).filter(paper=paper)))
    Answer.objects.filter(attempt__paper__cohort=locked).delete()
    Attempt.objects.filter(paper__cohort=locked).delete()
    Allowance.objects.filter(paper__cohort=locked).delete()
    locked.answers_counted_at = at
    locked.save(update_fields=["answers_counted_at"])
    record_audit(verb="count_answers", subject=locked, by=None, at=at, organisation_id=locked.organisation_id)


def _gain_counts(cohort: Cohort) -> Iterable[GainCount]:
    for module in cohort.modules.all():
        found = gain_of(cohort, module.module_code)
        if found.pre_mean is not None and found.post_mean is not None and found.gain is not None:
            yield GainCount(
                cohort=cohort,
                module_code=module.module_code,
                n=found.n,
                max_points=found.max_points,
                pre_mean=found.pre_mean,
                post_mean=found.post_mean,
                gain=found.gain,
            )


def _count_paper(paper: Paper, attempts: list[Attempt]) -> None:
    handed_in = [attempt for attempt in attempts if attempt.state == AttemptState.SUBMITTED]
    in_time = [attempt for attempt in handed_in if not attempt.is_late]
    PaperCount.objects.create(
        paper=paper,
        started=len(attempts),
        handed_in=len(handed_in),
        late=len(handed_in) - len(in_time),
        points=sum((attempt.points or Decimal(0) for attempt in in_time), Decimal(0)),
    )
    items = {item["key"]: item for item in paper.content["items"]}
    ItemCount.objects.bulk_create(
        _item_count(paper, items[key], language, responses)
        for (key, language), responses in _responses(in_time).items()
        if key in items
    )


def _responses(attempts: list[Attempt]) -> Responses:
    """What counted of each attempt; nothing chosen and no answer are the same."""
    languages = {attempt.pk: attempt.language for attempt in attempts}
    newest: dict[tuple[Any, str], Any] = {}
    for answer in Answer.objects.filter(attempt__in=attempts).order_by("revision"):
        newest[answer.attempt_id, answer.item_key] = answer.response
    found: Responses = defaultdict(list)
    for (attempt_id, key), response in newest.items():
        if response:
            found[key, languages[attempt_id]].append(response)
    return found


def _item_count(paper: Paper, item: dict[str, Any], language: str, responses: list[Any]) -> ItemCount:
    ticked = Counter(key for response in responses if isinstance(response, list) for key in response)
    return ItemCount(
        paper=paper,
        item_key=item["key"],
        language=language,
        answered=len(responses),
        points=sum((points_of(item, response) for response in responses), Decimal(0)),
        chosen={} if item["kind"] == "ordering" else dict(ticked),
    )


@transaction.atomic
def forget_plans(*, before: datetime) -> int:
    """Empties plans that were handed in before; that one was accepted stays: a trainer's certificate rests on it."""
    old = Submission.objects.filter(handed_in_at__lt=before)
    waiting = old.filter(state=SubmissionState.HANDED_IN).delete()[0]
    return waiting + old.exclude(title="", text="", comment="").update(title="", text="", comment="")


@transaction.atomic
def forget_notes(*, before: datetime) -> int:
    """Empties what observers wrote before; what they decided stays."""
    return Observation.objects.filter(created_at__lt=before).exclude(note="").update(note="")
