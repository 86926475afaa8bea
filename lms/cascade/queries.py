"""Who trained whom: cohorts as a tree, each hanging from the one in which its lead trainer qualified."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Count, IntegerField, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce

from lms.certificates.models import CURRENT_STATES, Certificate, CertificateKind
from lms.cohorts.models import (
    PINNED_STATES,
    Cohort,
    CohortTrainer,
    Enrolment,
    EnrolmentState,
    Standing,
    StandingState,
    TrainerPart,
)
from lms.cohorts.queries import managed_cohorts_for
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
