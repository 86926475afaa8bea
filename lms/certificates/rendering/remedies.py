"""Beside what somebody lacks, the way to where it is mended: for whoever may mend it, and for nobody else."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from lms.assessments.checks import may_be_given
from lms.assessments.models import Moment, Paper
from lms.assessments.permissions import may_observe_teach_back
from lms.assessments.queries import papers_of, used_up, waiting_plans
from lms.attendance.checks import takes_corrections
from lms.attendance.models import ATTENDED, Mark
from lms.attendance.queries import forgotten_sessions
from lms.certificates.checks import Gap
from lms.certificates.queries import Renewal
from lms.cohorts.models import Cohort, Enrolment, Session
from lms.cohorts.permissions import manages, may_see_to_people, runs
from lms.common.dates import local_day
from lms.people.models import User


class Remedy(NamedTuple):
    """Where something is mended, and what is done there."""

    address: str
    word: str


type Lack = tuple[Gap, Remedy | None]


class Remedies:
    """What one reader may mend in one cohort; each question is asked once, and only where somebody lacks it."""

    def __init__(self, cohort: Cohort, user: User, at: datetime) -> None:
        self._cohort, self._user, self._at = cohort, user, at

    def beside(
        self, gaps: Iterable[Gap], enrolment: Enrolment, sessions: Sequence[Session] | None = None
    ) -> list[Lack]:
        """Each of her gaps with its remedy.  `sessions`: those that she lacks, on the page where they stand."""
        return [(gap, self._of(gap, enrolment, sessions)) for gap in gaps]

    def _of(self, gap: Gap, enrolment: Enrolment, sessions: Sequence[Session] | None) -> Remedy | None:
        if not self._sees_to_people or enrolment.person.erased_at:
            return None
        if gap.code == "attendance":
            return self._marks(gap, enrolment, sessions)
        ways = {
            "post_test": self._post_test,
            "legal_name": self._name,
            "consent": self._consent,
            "teach_backs": self._teach_back,
            "plan": self._plan,
        }
        return ways[gap.code](gap, enrolment) if gap.code in ways else None

    @cached_property
    def _sees_to_people(self) -> bool:
        return runs(self._user, self._cohort) and may_see_to_people(self._user, self._cohort)

    @cached_property
    def _coordinates(self) -> bool:
        return manages(self._user, self._cohort)

    # ── attendance ──
    def _marks(self, gap: Gap, enrolment: Enrolment, sessions: Sequence[Session] | None) -> Remedy | None:
        """To the list that nobody has filled in; else to the marks of hers that are not as they should be, or are."""
        session = self._forgotten.get(gap.module_code)
        if session and self._cohort.is_live:
            code = session.lesson_code
            return Remedy(reverse("attendance:roster", args=[session.pk]), _("Mark %(code)s") % {"code": code})
        mine = [one for one in sessions or () if one.module_code == gap.module_code and self._takes_mark(one)]
        if mine:
            address = reverse("attendance:mark", args=[mine[0].pk, enrolment.pk])
            return Remedy(address, _("Correct %(code)s") % {"code": mine[0].lesson_code})
        may_mend = self._cohort.is_live or self._coordinates
        if sessions is not None or not may_mend or gap.module_code not in self._begun:
            return None
        return Remedy(f"{reverse('cohorts:person', args=[enrolment.pk])}#way", _("Her attendance"))

    def _takes_mark(self, session: Session) -> bool:
        session.cohort = self._cohort
        return session.starts_at <= self._at and takes_corrections(session, by_coordinator=self._coordinates)

    @cached_property
    def _forgotten(self) -> Mapping[str, Session]:
        """Module code → its first session for which nobody was marked."""
        return {one.module_code: one for one in reversed(forgotten_sessions(self._cohort, self._at))}

    @cached_property
    def _begun(self) -> set[str]:
        """The modules of which a lesson has begun: before that there is no mark to mend."""
        begun = self._cohort.sessions.filter(starts_at__lte=self._at)
        return set(begun.order_by().values_list("module_code", flat=True))

    # ── tests ──
    def _post_test(self, gap: Gap, enrolment: Enrolment) -> Remedy | None:
        paper = self._post_tests.get(gap.module_code)
        if not self._cohort.is_live:
            return None
        if paper is None or paper.closed_at is None:
            return Remedy(reverse("assessments:tests", args=[self._cohort.pk]), _("Tests"))
        if not may_be_given(paper.closed_at, self._cohort) or (paper.pk, enrolment.pk) in self._used_up:
            return None
        return Remedy(reverse("assessments:allow_later", args=[paper.pk, enrolment.pk]), _("Give her the test"))

    @cached_property
    def _post_tests(self) -> dict[str, Paper]:
        return {code: paper for (code, moment), paper in papers_of(self._cohort).items() if moment == Moment.POST}

    @cached_property
    def _used_up(self) -> set[tuple[UUID, UUID]]:
        return used_up(self._post_tests.values())

    # ── name and consent ──
    def _name(self, _gap: Gap, enrolment: Enrolment) -> Remedy | None:
        return Remedy(f"{reverse('cohorts:person', args=[enrolment.pk])}#full-name", _("Write the name"))

    def _consent(self, gap: Gap, enrolment: Enrolment) -> Remedy | None:
        if not self._coordinates or gap.only_hers:
            return None
        address = f"{reverse('certificates:paperwork', args=[self._cohort.pk])}#of-{enrolment.pk}"
        return Remedy(address, _("Enter it from paper"))

    # ── on the way to trainer ──
    def _teach_back(self, _gap: Gap, enrolment: Enrolment) -> Remedy | None:
        if not self._observes or enrolment.person_id == self._user.pk:
            return None
        address = f"{reverse('assessments:observations', args=[self._cohort.pk])}#teach-back"
        return Remedy(address, _("Record a teach-back"))

    @cached_property
    def _observes(self) -> bool:
        return may_observe_teach_back(self._user, self._cohort)

    def _plan(self, gap: Gap, enrolment: Enrolment) -> Remedy | None:
        plan = self._plans.get((enrolment.person_id, gap.module_code))
        return Remedy(reverse("assessments:decide", args=[plan]), _("Answer her plan")) if plan else None

    @cached_property
    def _plans(self) -> dict[tuple[UUID, str], UUID]:
        return waiting_plans(self._user, self._cohort.organisation_id, local_day(self._at))


def sessions_to_mend(way: Iterable[tuple[Session, Mark | None]]) -> list[Session]:
    """Of her sessions those where she does not count as present."""
    return [session for session, mark in way if mark is None or mark.status not in ATTENDED]


def renewal_remedies(renewal: Renewal) -> list[Lack]:
    """The same of a licence near its end, for whoever coordinates: she gives a trainer a training to lead."""
    papers = reverse("certificates:paperwork", args=[renewal.certificate.cohort_id])
    ways = {
        "practice": Remedy(reverse("cohorts:plan"), _("Plan a cohort")),
        "legal_name": Remedy(papers, _("Enter it from paper")),
        "consent": Remedy(papers, _("Enter it from paper")),
    }
    return [(gap, None if gap.only_hers else ways.get(gap.code)) for gap in renewal.missing]
