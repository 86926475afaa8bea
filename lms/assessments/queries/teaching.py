"""The teaching level: what observers saw, and the session plans that candidates handed in."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import DateField, Exists, OuterRef, Q, QuerySet, UUIDField
from django.utils import timezone

from lms.assessments.models import Observation, ObservationKind, Submission, SubmissionState
from lms.cohorts.models import Coaching, Cohort, CohortModule, Standing
from lms.cohorts.permissions import PLANNING_ROLES, managed_by, tended_by
from lms.cohorts.queries import observed_cohorts_for
from lms.common.prepared import prepared
from lms.people.models import User
from lms.people.permissions import Reader, engagements, left_by, scope_filter

# How many observers one teach-back needs.
OBSERVERS = 2


@dataclass(frozen=True)
class Occasion:
    """One teach-back as its observers saw it."""

    number: int
    observations: list[Observation]

    @property
    def is_complete(self) -> bool:
        """Have two different people observed it?"""
        return len({seen.observer_id for seen in self.observations}) >= OBSERVERS

    @property
    def passed(self) -> bool:
        """At least two have, and all of them say passed: one of three who does not is talked over, not outvoted."""
        return self.is_complete and all(seen.passed for seen in self.observations)


def observed_cohorts(user: User) -> QuerySet[Cohort]:
    """Where she may record what she saw: as observer or coach, or because she sees to the cohort's people."""
    observed = Q(pk__in=observed_cohorts_for(user).order_by().values("pk"))
    return Cohort.objects.filter(observed | tended_by(user)).select_related("organisation", "region")


def observations_of(cohort: Cohort) -> QuerySet[Observation]:
    """What holds now: a corrected observation gives way to its correction."""
    holding = Observation.objects.filter(cohort=cohort, corrected_by__isnull=True)
    return holding.select_related("observer", "session").order_by("occasion", "created_at")


def own_observations(user: User) -> QuerySet[Observation]:
    """What she recorded herself and has not corrected, in cohorts where she may still observe."""
    holding = Observation.objects.filter(observer=user, corrected_by__isnull=True)
    return holding.filter(cohort__in=observed_cohorts(user)).select_related("cohort", "person")


def occasions_of(observations: Iterable[Observation]) -> dict[tuple[UUID, str], list[Occasion]]:
    """(person id, module code) → her teach-backs in order."""
    seen: dict[tuple[UUID, str], dict[int, list[Observation]]] = defaultdict(lambda: defaultdict(list))
    for one in observations:
        if one.kind == ObservationKind.TEACH_BACK:
            seen[one.person_id, one.module_code][one.occasion].append(one)
    return {key: [Occasion(number, of) for number, of in sorted(rows.items())] for key, rows in seen.items()}


def teach_backs_passed_in(cohort: Cohort) -> dict[tuple[UUID, str], int]:
    """(person id, module code) → how many teach-backs two observers passed.  One query for the whole cohort."""
    rows = Observation.objects.filter(cohort=cohort, kind=ObservationKind.TEACH_BACK, corrected_by__isnull=True)
    return {key: sum(occasion.passed for occasion in of) for key, of in occasions_of(rows).items()}


def teach_backs_passed(person: User, cohort: Cohort, module_code: str) -> int:
    """How many of her teach-backs two observers passed."""
    rows = Observation.objects.filter(
        person=person,
        cohort=cohort,
        module_code=module_code,
        kind=ObservationKind.TEACH_BACK,
        corrected_by__isnull=True,
    )
    return sum(occasion.passed for occasion in occasions_of(rows).get((person.pk, module_code), []))


def real_sessions_passed(people: Iterable[UUID], module_code: str, organisation_id: UUID) -> set[UUID]:
    """Those of `people` who led a session of the module in front of an observer who passed it, in this organisation.

    One query.
    """
    passed = Observation.objects.filter(
        kind=ObservationKind.REAL_SESSION,
        person__in=list(people),
        module_code=module_code,
        cohort__organisation=organisation_id,
        passed=True,
        corrected_by__isnull=True,
    )
    return set(passed.values_list("person", flat=True))


def accepted_plans(people: Iterable[UUID], module_code: str, organisation_id: UUID) -> set[UUID]:
    """Those of `people` whose session plan for the module was accepted in this organisation.  One query."""
    accepted = Submission.objects.filter(
        person__in=list(people),
        module_code=module_code,
        cohort__organisation=organisation_id,
        state=SubmissionState.ACCEPTED,
    )
    return set(accepted.values_list("person", flat=True))


def own_submissions(user: User, cohort: Cohort) -> QuerySet[Submission]:
    """Her plans in this cohort, the newest first."""
    return Submission.objects.filter(person=user, cohort=cohort).order_by("-handed_in_at")


def writes_plans(user: User, day: date) -> Q:
    """To annotate her enrolments: may she hand in a plan for a module of the cohort, or did she?"""
    did = Q(Exists(Submission.objects.filter(person=user, cohort=OuterRef("cohort"))))
    if not engagements(user):
        return did
    modules = CohortModule.objects.filter(cohort=OuterRef(OuterRef("cohort"))).values("module_code")
    standings = Standing.objects.usable(day).filter(person=user, module_code__in=modules)
    return did | Q(Exists(standings))


def coached_by(user: User, day: date) -> QuerySet[Coaching]:
    """Her coachings that run on `day`, but for organisations that she has left."""
    if not engagements(user):
        return Coaching.objects.none()
    running = Coaching.objects.filter(coach=user, starts_on__lte=day, ends_on__gte=day)
    return running.exclude(standing__organisation__id__in=left_by(user))


def submissions_for(user: User, day: date) -> QuerySet[Submission]:
    """The plans that she decides about: those of her trainees and of the cohorts that she coordinates; never her own.

    A trainee is one in the organisation of the coached standing; what she hands in elsewhere is theirs to answer.
    """
    deciding = scope_filter(user, PLANNING_ROLES, "cohort__organisation", "cohort__region__path")
    if engagements(user):
        trainee = coached_by(user, day).filter(
            standing__person=OuterRef("person"),
            standing__module_code=OuterRef("module_code"),
            standing__organisation=OuterRef("cohort__organisation"),
        )
        deciding |= Q(Exists(trainee))
    submissions = Submission.objects.filter(deciding).exclude(person=user)
    return submissions.select_related("person", "decided_by", "cohort").order_by("-handed_in_at")


def waiting_plans(user: User, organisation_id: UUID, day: date) -> dict[tuple[UUID, str], UUID]:
    """(person, module code) → the plan that waits for this reader's answer, in one organisation.  One query."""
    waiting = submissions_for(user, day).filter(state=SubmissionState.HANDED_IN, cohort__organisation=organisation_id)
    rows = waiting.order_by("handed_in_at").values_list("person", "module_code", "pk")
    return {(person, code): pk for person, code, pk in rows}


def plan_cohorts(user: User) -> QuerySet[Cohort]:
    """The cohorts whose plans she decides about: that she coordinates, or where a trainee of hers qualified."""
    trainees = coached_by(user, timezone.localdate()).values("standing__qualified_in")
    return Cohort.objects.filter(managed_by(user) | Q(pk__in=trainees)).select_related("organisation", "region")


def coaches_in(user: User, cohort: Cohort) -> bool:
    """Did a trainee of hers qualify in this cohort?  There she hands in her plans."""
    return bool(_trainees_in(user=user, cohort=cohort.pk, day=timezone.localdate()))


@prepared(user=Reader(), cohort=UUIDField(), day=DateField())
def _trainees_in(user: Any, cohort: Any, day: Any) -> QuerySet[Coaching, int]:
    return coached_by(user, day).filter(standing__qualified_in=cohort).values_list("pk", flat=True)[:1]
