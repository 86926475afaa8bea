"""Who is on the way from graduate to candidate to certified trainer, and what each of them lacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from curricula.queries import ModuleRule
from lms.assessments.queries import accepted_plans, real_sessions_passed, teach_backs_passed_in
from lms.certificates.checks import (
    Gap,
    TeachingRecord,
    missing_for_candidate,
    missing_for_trainer,
)
from lms.certificates.models import Certificate, CertificateKind
from lms.certificates.queries.eligibility import (
    Eligibility,
    current_certificates,
    eligibility_of,
    eligibility_of_one,
)
from lms.cohorts.models import CURRENT_STANDING_STATES, Cohort, CohortModule, Enrolment, Level, Standing, StandingState
from lms.common.alphabet import alphabetical
from lms.people.models import Role, RoleKind, User
from lms.people.permissions import leavers_of

# Who is asked to stand beside a candidate: by role, or because she may train the module herself.
COACHING_ROLES = (RoleKind.COACH, RoleKind.TRAINER)
COACHING_LEVELS = (Level.FOUNDING, Level.CERTIFIED, Level.MASTER)


@dataclass(frozen=True)
class TeachingRow:
    """One person on the way to a trainer's certificate of one module."""

    enrolment: Enrolment
    module_code: str
    rule: ModuleRule
    teach_backs_passed: int
    standing: Standing | None
    certificate: Certificate | None
    missing: list[Gap]

    @property
    def is_candidate(self) -> bool:
        return self.standing is not None and self.standing.level == Level.CANDIDATE

    @property
    def is_trainer(self) -> bool:
        return self.standing is not None and not self.is_candidate

    @property
    def may_become_candidate(self) -> bool:
        return self.standing is None and not self.missing

    @property
    def may_become_trainer(self) -> bool:
        return self.is_candidate and not self.missing


@dataclass(frozen=True)
class _Facts:
    """What is read once for all rows of a module."""

    module: CohortModule
    passed: dict[tuple[UUID, str], int]
    standings: dict[tuple[UUID, str], Standing]
    plans: set[UUID]
    sessions: set[UUID]
    trainers: dict[UUID, Certificate]
    day: date


def teaching_of(cohort: Cohort, day: date, people: Sequence[Eligibility] | None = None) -> list[TeachingRow]:
    """Those who taught in front of observers or have standing for a module of the cohort, module by module.

    `people` is `eligibility_of(cohort)`, for whoever has read it already.  The number of queries grows with the
    cohort's modules, not with its people.
    """
    rows = _rows(cohort, eligibility_of(cohort) if people is None else people, day)
    return [row for row in rows if row.standing or row.teach_backs_passed]


def teaching_of_one(enrolment: Enrolment, module_code: str, day: date) -> TeachingRow | None:
    """The same for one person and module; None for a module that her cohort does not deliver."""
    rows = _rows(enrolment.cohort, [eligibility_of_one(enrolment)], day)
    return next((row for row in rows if row.module_code == module_code), None)


def coaches_for(enrolment: Enrolment, module_code: str) -> list[User]:
    """Who could coach her: trainers and coaches of the organisation, by display name, never herself.

    Nobody whose role there is over or who has left: what a coach reads would open to her anew.
    """
    organisation, today = enrolment.cohort.organisation_id, timezone.localdate()
    roles = Role.objects.active(today).filter(kind__in=COACHING_ROLES, organisation=organisation)
    standings = Standing.objects.usable(today).filter(organisation=organisation, module_code=module_code)
    trainers = standings.filter(level__in=COACHING_LEVELS)
    able = Q(pk__in=roles.values("person")) | Q(pk__in=trainers.values("person"))
    others = User.objects.filter(able, is_active=True).exclude(pk=enrolment.person_id)
    others = others.exclude(pk__in=leavers_of(organisation).values("person")).order_by("pk")
    return sorted(others, key=lambda person: alphabetical(person.display_name))


def _rows(cohort: Cohort, people: Sequence[Eligibility], day: date) -> list[TeachingRow]:
    ids = [person.enrolment.person_id for person in people]
    passed, standings = teach_backs_passed_in(cohort), _standings(cohort, ids, day)
    trainers = current_certificates(cohort, CertificateKind.TRAINER)
    rows = []
    for module in cohort.modules.all():
        plans = accepted_plans(ids, module.module_code, cohort.organisation_id)
        sessions = real_sessions_passed(ids, module.module_code, cohort.organisation_id)
        facts = _Facts(module, passed, standings, plans, sessions, trainers, day)
        rows += [_row(person, facts) for person in people]
    return rows


def _standings(cohort: Cohort, people: Sequence[UUID], day: date) -> dict[tuple[UUID, str], Standing]:
    current = Standing.objects.filter(
        person__in=people, organisation=cohort.organisation_id, state__in=CURRENT_STANDING_STATES
    ).prefetch_related("coachings__coach")
    # A candidate whose months are over may become one again.
    return {(standing.person_id, standing.module_code): standing for standing in current if standing.lasts_until(day)}


def _row(known: Eligibility, facts: _Facts) -> TeachingRow:
    code, person = facts.module.module_code, known.enrolment.person_id
    rule = ModuleRule.from_json(facts.module.pinned.get("rule", {}))
    standing, passed = facts.standings.get((person, code)), facts.passed.get((person, code), 0)
    if standing is None:
        listed = {module["code"] for module in known.certificate.claims["modules"]} if known.certificate else set()
        missing = missing_for_candidate(
            has_certificate=code in listed, passed=passed, required=rule.teach_backs_required
        )
    elif standing.level == Level.CANDIDATE:
        record = TeachingRecord(
            module_code=code,
            is_candidate=standing.state == StandingState.ACTIVE and standing.starts_on <= facts.day,
            plan_accepted=person in facts.plans,
            real_session_passed=person in facts.sessions,
        )
        missing = missing_for_trainer(record, known.paperwork)
    else:
        missing = []
    return TeachingRow(known.enrolment, code, rule, passed, standing, facts.trainers.get(person), missing)
