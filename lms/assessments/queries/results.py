"""What the tests of a cohort show: how many took part, who earned what, how far they came."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from curricula.queries import ModuleRule
from lms.assessments.models import Attempt, AttemptState, GainCount, Moment, PaperCount
from lms.assessments.queries.papers import answered_post_test, papers_of, still_writing
from lms.cohorts.models import Cohort, Enrolment, PinKind, WithdrawalReason
from lms.cohorts.queries import roster

# Under this many people a percentage says more about one person than about the training (tot_method.md, section 8).
SMALLEST_GROUP = 10


@dataclass(frozen=True)
class Gain:
    """Post-test minus pre-test over the anchors, in points, of those who handed in both: means of `n` pairs."""

    n: int
    max_points: Decimal
    pre_mean: Decimal | None
    post_mean: Decimal | None
    gain: Decimal | None
    pairs: list[tuple[Decimal, Decimal]] = field(default_factory=list)

    @property
    def is_large_enough(self) -> bool:
        """May percentages be shown?"""
        return self.n >= SMALLEST_GROUP

    @property
    def pre_percent(self) -> Decimal | None:
        """Of the points that could be reached; None for a group that is too small."""
        return self._percent(self.pre_mean)

    @property
    def post_percent(self) -> Decimal | None:
        """As `pre_percent`, after."""
        return self._percent(self.post_mean)

    @property
    def gain_percent(self) -> Decimal | None:
        """The gain in percentage points."""
        return self._percent(self.gain)

    def _percent(self, points: Decimal | None) -> Decimal | None:
        if points is None or not self.is_large_enough or not self.max_points:
            return None
        return (points * 100 / self.max_points).quantize(Decimal(1))


@dataclass(frozen=True)
class TestResult:
    """One enrolled person's two tests of a module."""

    __test__ = False

    enrolment: Enrolment
    pre: Attempt | None
    post: Attempt | None

    @property
    def gain(self) -> Decimal | None:
        """In points over the anchors; None unless both are handed in, and in time."""
        if self.post and self.post.is_late:
            return None
        points = [attempt.anchor_points if attempt else None for attempt in (self.pre, self.post)]
        pre, post = points
        return None if pre is None or post is None else post - pre


def gain_of(cohort: Cohort, module_code: str) -> Gain:
    """Paired only: whoever handed in one test alone does not count, nor who wrote when the others knew the answers.

    After the term what was counted then.

    One query.
    """
    if cohort.answers_counted_at:
        return _counted_gain(cohort, module_code)
    attempts = counting_attempts(cohort).filter(
        paper__module_code=module_code, state=AttemptState.SUBMITTED, enrolment__isnull=False, is_late=False
    )
    rows = attempts.values_list("enrolment", "paper__moment", "anchor_points", "anchor_max_points")
    return _gain(rows)


def _counted_gain(cohort: Cohort, module_code: str) -> Gain:
    row = GainCount.objects.filter(cohort=cohort, module_code=module_code).first()
    if row is None:
        return Gain(0, Decimal(0), None, None, None)
    return Gain(row.n, row.max_points, row.pre_mean, row.post_mean, row.gain)


def counting_attempts(cohort: Cohort) -> QuerySet[Attempt]:
    """One a person and paper: whoever had two rows in the cohort may have a second attempt, kept as evidence."""
    merged = Q(enrolment__withdrawn_reason=WithdrawalReason.MERGED)
    return Attempt.objects.filter(paper__cohort=cohort).exclude(merged)


def _gain(rows: Iterable[tuple[Any, ...]]) -> Gain:
    points: dict[UUID, dict[str, Decimal]] = defaultdict(dict)
    max_points = Decimal(0)
    for enrolment_id, moment, anchor_points, anchor_max_points in rows:
        points[enrolment_id][moment] = anchor_points
        max_points = max(max_points, anchor_max_points)
    pairs = sorted((both["pre"], both["post"]) for both in points.values() if len(both) == 2)
    if not pairs:
        return Gain(0, max_points, None, None, None)
    pre, post = (sum(side, Decimal(0)) / len(pairs) for side in zip(*pairs, strict=True))
    return Gain(len(pairs), max_points, _rounded(pre), _rounded(post), _rounded(post - pre), pairs)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"))


class Counted(NamedTuple):
    """How many began a paper, handed it in, and are writing it now."""

    started: int = 0
    handed_in: int = 0
    writing: int = 0


def attempt_counts(cohort: Cohort, at: datetime) -> dict[UUID, Counted]:
    """By the id of the paper.  One query."""
    if cohort.answers_counted_at:
        counts = PaperCount.objects.filter(paper__cohort=cohort)
        return {count.paper_id: Counted(count.started, count.handed_in) for count in counts}
    handed_in = Count("pk", filter=Q(state=AttemptState.SUBMITTED))
    writing = Count("pk", filter=still_writing(at) & Q(paper__closed_at=None))
    rows = counting_attempts(cohort).values("paper").annotate(started=Count("pk"), ended=handed_in, writing=writing)
    return {row["paper"]: Counted(row["started"], row["ended"], row["writing"]) for row in rows}


def results_of(cohort: Cohort) -> dict[str, list[TestResult]]:
    """Module code → one row per enrolled person, by display name.  Two queries, whatever the number of people."""
    attempts: dict[tuple[str, str, UUID | None], Attempt] = {}
    taken = Attempt.objects.filter(paper__cohort=cohort).select_related("paper").defer("paper__content")
    for attempt in taken:
        attempts[attempt.paper.module_code, attempt.paper.moment, attempt.enrolment_id] = attempt
    people = roster(cohort)
    codes = sorted({code for code, _moment, _person in attempts})
    return {code: [_result(code, person, attempts) for person in people] for code in codes}


def _result(code: str, person: Enrolment, attempts: dict[tuple[str, str, UUID | None], Attempt]) -> TestResult:
    pre, post = (attempts.get((code, moment, person.pk)) for moment in (Moment.PRE, Moment.POST))
    return TestResult(person, pre, post)


def post_test_taken(cohort: Cohort, among: Collection[UUID] | None = None) -> set[tuple[UUID, str]]:
    """(enrolment id, module code) of every post-test that was handed in with at least one answer.  One query.

    Whoever was transferred into the cohort need not take a test again that she handed in before.  `among`: only of
    these enrolments.
    """
    taken = Attempt.objects.filter(answered_post_test())
    here = taken.filter(paper__cohort=cohort, enrolment__isnull=False)
    brought = taken.filter(enrolment__carried_by__cohort=cohort)
    if among is not None:
        here, brought = here.filter(enrolment__in=among), brought.filter(enrolment__carried_by__in=among)
    rows = here.values_list("enrolment", "paper__module_code")
    return set(rows.union(brought.values_list("enrolment__carried_by", "paper__module_code")))


def unopened_post_tests(cohort: Cohort) -> list[str]:
    """Codes of the modules whose certificate needs a post-test that was never opened, while somebody still needs it."""
    opened = {code for (code, moment), paper in papers_of(cohort).items() if moment == Moment.POST and paper.opened_at}
    has_test = set(cohort.pins.filter(kind=PinKind.QUIZ).values_list("module_code", flat=True))
    enrolled, taken = cohort.enrolments.enrolled().values_list("pk", flat=True), post_test_taken(cohort)
    return [
        module.module_code
        for module in cohort.modules.all()
        if module.module_code in has_test - opened
        and ModuleRule.from_json(module.pinned.get("rule", {})).post_test_required
        and any((person, module.module_code) not in taken for person in enrolled)
    ]
