"""What a trainer reads of her own licences: what counts for them, what they still need, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from curricula.queries import LicenceRule, licence_rules
from lms.certificates.checks import RENEWED_BEFORE, Gap, Practice, active_until, said_to_her, year_before
from lms.certificates.models import Certificate
from lms.certificates.queries.practice import place_of, practice_in
from lms.certificates.queries.renewal import lacks_of, renewal_of
from lms.certificates.queries.teaching import teaching_of_one
from lms.cohorts.models import Enrolment, Level, Standing
from lms.cohorts.permissions import own_standings
from lms.common.dates import add_months, local_day
from lms.people.models import User


@dataclass(frozen=True)
class OwnLicence:
    """One standing of hers, with what she did for it within a year, and what another term or the next level needs."""

    standing: Standing
    rule: LicenceRule | None
    practice: Practice
    missing: Sequence[Gap]
    # The last day on which it stays active without another session.
    active_until: date | None
    # From when it may be renewed; None where it has no end, or ends for good.
    renewable_from: date | None

    @property
    def is_candidate(self) -> bool:
        return self.standing.level == Level.CANDIDATE


def licences_in_short(user: User, day: date) -> QuerySet[Standing]:
    """Each for one line: one query."""
    return own_standings(user, day).order_by("module_code", "pk")


def own_licences(user: User, at: datetime) -> list[OwnLicence]:
    """All that hold today, also what rests or is suspended, by module."""
    day = local_day(at)
    found = licences_in_short(user, day).select_related("organisation", "region", "qualified_in")
    standings = list(found.prefetch_related("coachings__coach"))
    if not standings:
        return []
    rules = licence_rules({standing.module_code for standing in standings})
    practice = practice_in(standings, year_before(day), at)
    return [_licence(one, rules.get(one.module_code), practice[place_of(one)], at) for one in standings]


def _licence(standing: Standing, rule: LicenceRule | None, practice: Practice, at: datetime) -> OwnLicence:
    is_candidate = standing.level == Level.CANDIDATE
    lasting = active_until(rule, standing.starts_on, practice) if rule and not is_candidate else None
    ends = standing.ends_on if not is_candidate else None
    return OwnLicence(
        standing=standing,
        rule=rule,
        practice=Practice(sorted(practice.sessions, reverse=True), sorted(practice.refreshers, reverse=True)),
        missing=[said_to_her(gap) for gap in _missing(standing, rule, practice, at)],
        active_until=lasting,
        renewable_from=add_months(ends, -RENEWED_BEFORE) if ends else None,
    )


def _missing(standing: Standing, rule: LicenceRule | None, practice: Practice, at: datetime) -> list[Gap]:
    if standing.level == Level.CANDIDATE:
        return _to_the_next_level(standing, local_day(at))
    renewal = renewal_of(certificate, at) if (certificate := _granting(standing)) else None
    papers = renewal.papers if renewal else []
    return lacks_of(standing, rule, practice, local_day(at)) + papers


def _granting(standing: Standing) -> Certificate | None:
    """Her certificate behind it; a founding standing has a proposal instead."""
    if standing.granted_by is None:
        return None
    return Certificate.objects.filter(pk=standing.granted_by, person=standing.person_id).first()


def _to_the_next_level(standing: Standing, day: date) -> list[Gap]:
    """What a candidate lacks for the trainer's certificate, in the training in which she qualified."""
    hers = Enrolment.objects.filter(cohort=standing.qualified_in_id, person=standing.person_id)
    enrolment = hers.select_related("cohort", "person").first()
    row = teaching_of_one(enrolment, standing.module_code, day) if enrolment else None
    return row.missing if row else []
