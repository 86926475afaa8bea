"""Who trained whom: cohorts as a tree, each hanging from the one in which its lead trainer qualified.

And whose licence rests: what the rule of each module says of those who may train it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from curricula.queries import licence_rules
from lms.cascade.checks import steps_back
from lms.certificates.checks import is_resting, year_before
from lms.certificates.models import CURRENT_STATES, Certificate, CertificateKind
from lms.certificates.queries import place_of, practice_in
from lms.cohorts.models import (
    PINNED_STATES,
    Cohort,
    CohortTrainer,
    Enrolment,
    EnrolmentState,
    Level,
    Standing,
    StandingState,
    TrainerPart,
)
from lms.cohorts.queries import managed_cohorts_for
from lms.common.dates import local_day
from lms.people.models import User


@dataclass
class LineageNode:
    """A cohort in the tree, with its counts, and what grew from it."""

    cohort: Cohort
    lead: User | None
    enrolled: int
    certified: int
    trainers: int
    children: list["LineageNode"] = field(default_factory=list)

    def walk(self) -> Iterator["LineageNode"]:
        """This node and everything below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def reach(self) -> int:
        """People enrolled here and in everything that grew from here (a sum over cohorts, not unique people)."""
        return sum(node.enrolled for node in self.walk())


def lineage_for(user: User) -> list[LineageNode]:
    """The roots of the trees that a coordinator sees; a cohort whose parent is not hers to see is a root here."""
    nodes = {cohort.pk: _node(cohort) for cohort in _opened_cohorts(managed_cohorts_for(user))}
    roots: list[LineageNode] = []
    for node in nodes.values():
        parent = nodes.get(node.cohort.parent_id)
        (parent.children if parent else roots).append(node)
    return roots


def _opened_cohorts(cohorts: QuerySet[Cohort]) -> QuerySet[Cohort]:
    leads = CohortTrainer.objects.filter(part=TrainerPart.LEAD).select_related("person")
    return (
        cohorts.filter(state__in=PINNED_STATES)
        .select_related("region")
        .prefetch_related(Prefetch("trainers", queryset=leads, to_attr="leads"))
        .annotate(
            enrolled_count=_count(Enrolment.objects.filter(state=EnrolmentState.ENROLLED)),
            certified_count=_count(
                Certificate.objects.filter(kind=CertificateKind.PARTICIPANT, state__in=CURRENT_STATES)
            ),
            trainer_count=_count(
                Standing.objects.exclude(state__in=[StandingState.WITHDRAWN, StandingState.REPLACED]), "qualified_in"
            ),
        )
        .order_by("generation", "starts_on", "code")
    )


def _count(rows: QuerySet, key: str = "cohort") -> Coalesce:
    """Rows per cohort as a subquery: several joins in one statement would multiply each other's counts."""
    counted = rows.filter(**{key: OuterRef("pk")}).order_by().values(key).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _node(cohort: Cohort) -> LineageNode:
    leads: list[CohortTrainer] = getattr(cohort, "leads", [])
    return LineageNode(
        cohort=cohort,
        lead=leads[0].person if leads else None,
        enrolled=getattr(cohort, "enrolled_count", 0),
        certified=getattr(cohort, "certified_count", 0),
        trainers=getattr(cohort, "trainer_count", 0),
    )


# ── Licences ─────────────────────────────────────────────────────────────────────────────────────────────────────
# A candidate has months and a coach instead.
LICENSED = (Level.FOUNDING, Level.CERTIFIED, Level.MASTER)


@dataclass(frozen=True)
class Judged:
    """A standing that shall rest or wake."""

    standing: Standing
    # What brings it back, {language: text}; empty where it wakes.
    steps_back: dict[str, str]


def standings_to_judge(day: date, *, after: UUID | None, limit: int) -> list[Standing]:
    """Licences that have held for more than a year, and those that rest: so many, after that one in their order."""
    held = Standing.objects.in_force(day).filter(level__in=LICENSED)
    due = held.filter(Q(starts_on__lt=year_before(day)) | Q(state=StandingState.DORMANT)).order_by("pk")
    return list((due.filter(pk__gt=after) if after else due)[:limit])


def judge_standings(standings: Sequence[Standing], at: datetime) -> list[Judged]:
    """Those among them that are not as the rule of their module says; a module that is not published asks nothing."""
    day = local_day(at)
    rules = licence_rules({standing.module_code for standing in standings})
    practice = practice_in(standings, year_before(day), at)
    judged = []
    for standing in standings:
        rule, done = rules.get(standing.module_code), practice[place_of(standing)]
        rests = rule is not None and is_resting(rule, standing.starts_on, done, day)
        steps = steps_back(standing.module_code, rule.sessions_a_year) if rule and rests else {}
        if steps != standing.steps_back or rests != (standing.state == StandingState.DORMANT):
            judged.append(Judged(standing, steps))
    return judged
