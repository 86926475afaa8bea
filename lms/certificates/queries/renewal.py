"""Whose trainer's certificate ends, and whether she kept its rule."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from curricula.queries import LicenceRule, licence_rules
from lms.certificates.checks import (
    ENDS_SOON,
    RENEWED_AFTER,
    RENEWED_BEFORE,
    Gap,
    Practice,
    missing_for_renewal,
    missing_paperwork,
    said_to_her,
    year_before,
)
from lms.certificates.models import Certificate, CertificateKind, CertificateState
from lms.certificates.queries.certificates import certificates_for
from lms.certificates.queries.eligibility import paperwork_of
from lms.certificates.queries.practice import Place, place_of, practice_in
from lms.cohorts.models import CURRENT_STANDING_STATES, Cohort, Enrolment, Standing, StandingState
from lms.common.dates import add_months, local_day
from lms.people.models import User
from lms.people.permissions import left_by

# Whose certificates, of which cohort.
type Held = tuple[UUID | None, UUID]


@dataclass(frozen=True)
class Renewal:
    """A trainer's certificate near its end: the standings that another one would go on with, and what is missing."""

    certificate: Certificate
    kept: list[Standing]
    # The last day of the new term.
    until: date | None
    missing: list[Gap]
    # Of these: without name and consent nothing is issued at all.
    papers: list[Gap]

    @property
    def may_be_renewed(self) -> bool:
        return bool(self.kept) and not self.papers

    @property
    def is_possible_until(self) -> date | None:
        """The last day on which a coordinator can renew it."""
        return add_months(self.certificate.expires_on, RENEWED_AFTER) if self.certificate.expires_on else None

    @property
    def modules(self) -> str:
        """Those that the new certificate would list."""
        return ", ".join(standing.module_code for standing in self.kept)


@dataclass(frozen=True)
class _Facts:
    """What is read once for all certificates."""

    standings: dict[Held, list[Standing]]
    rules: dict[str, LicenceRule]
    practice: dict[Place, Practice]
    papers: dict[Held, list[Gap]]
    day: date


def ending_for(user: User, first: date, last: date) -> QuerySet[Certificate]:
    """Trainers' certificates of the cohorts that she coordinates that end between these days."""
    return _ending(certificates_for(user), first, last)


def _ending(certificates: QuerySet[Certificate], first: date, last: date) -> QuerySet[Certificate]:
    valid = certificates.filter(kind=CertificateKind.TRAINER, state=CertificateState.VALID, person__isnull=False)
    return valid.filter(expires_on__gte=first, expires_on__lte=last)


def renewable_for(user: User, at: datetime) -> list[Renewal]:
    """All that could be renewed now, the first to end first, with what is missing."""
    return _renewals(list(_in_time(certificates_for(user), local_day(at)).order_by("expires_on", "pk")), at)


def own_ended(user: User, at: datetime) -> list[Renewal]:
    """Her own trainers' certificates that have ended and can still be renewed, with what she lacks, said to her."""
    ended = _ended(user, local_day(at)).select_related("cohort", "organisation").order_by("expires_on", "pk")
    return [replace(one, missing=[said_to_her(gap) for gap in one.missing]) for one in _renewals(list(ended), at)]


def has_ended(user: User, day: date) -> bool:
    """Are there such certificates?  One query."""
    return _ended(user, day).exists()


def _ended(user: User, day: date) -> QuerySet[Certificate]:
    hers = Certificate.objects.filter(person=user).exclude(organisation__in=left_by(user))
    return _ending(hers, add_months(day, -RENEWED_AFTER), day - timedelta(days=1))


def renewal_of(certificate: Certificate, at: datetime) -> Renewal | None:
    """The same for one; None where it is not the time, or nothing is left to go on with."""
    found = _in_time(Certificate.objects.filter(pk=certificate.pk), local_day(at))
    return next(iter(_renewals(list(found.select_related("cohort__organisation", "person", "holder")), at)), None)


def ending_soon(day: date) -> QuerySet[Certificate]:
    """Of whoever is still there: those whose holders are reminded."""
    ending = _ending(Certificate.objects.all(), day, day + ENDS_SOON)
    return ending.filter(person__is_active=True).order_by("expires_on", "pk")


def _in_time(certificates: QuerySet[Certificate], day: date) -> QuerySet[Certificate]:
    return _ending(certificates, add_months(day, -RENEWED_AFTER), add_months(day, RENEWED_BEFORE))


def _renewals(certificates: Sequence[Certificate], at: datetime) -> list[Renewal]:
    standings = _granted(certificates)
    all_of_them = [standing for some in standings.values() for standing in some]
    facts = _Facts(
        standings,
        licence_rules({standing.module_code for standing in all_of_them}),
        practice_in(all_of_them, year_before(local_day(at)), at),
        _papers(certificates),
        local_day(at),
    )
    return [_renewal(one, facts) for one in certificates if (one.person_id, one.cohort_id) in standings]


def _granted(certificates: Sequence[Certificate]) -> dict[Held, list[Standing]]:
    """(person, cohort) → the standings that her certificates of that cohort granted and that nobody took away."""
    hers = Certificate.objects.filter(
        kind=CertificateKind.TRAINER,
        person__in=[one.person_id for one in certificates],
        cohort__in=[one.cohort_id for one in certificates],
    )
    issued: dict[UUID, Held] = {
        pk: (person, cohort) for pk, person, cohort in hers.values_list("pk", "person", "cohort")
    }
    found: dict[Held, list[Standing]] = defaultdict(list)
    granted = Standing.objects.filter(granted_by__in=issued, state__in=CURRENT_STANDING_STATES)
    for standing in granted.select_related("region").order_by("module_code"):
        if standing.granted_by:
            found[issued[standing.granted_by]].append(standing)
    return found


def _papers(certificates: Sequence[Certificate]) -> dict[Held, list[Gap]]:
    """What each lacks of name and consent, a cohort at a time."""
    holders: dict[Cohort, list[UUID | None]] = defaultdict(list)
    for certificate in certificates:
        holders[certificate.cohort].append(certificate.person_id)
    found: dict[Held, list[Gap]] = {}
    for cohort, people in holders.items():
        enrolments = Enrolment.objects.filter(cohort=cohort, person__in=people)
        for person, record in paperwork_of(cohort, list(enrolments)).items():
            found[person, cohort.pk] = missing_paperwork(record)
    return found


def _renewal(certificate: Certificate, facts: _Facts) -> Renewal:
    key = (certificate.person_id, certificate.cohort_id)
    lacks = [
        (one, lacks_of(one, facts.rules.get(one.module_code), facts.practice[place_of(one)], facts.day))
        for one in facts.standings[key]
    ]
    kept = [standing for standing, gaps in lacks if not gaps]
    papers = facts.papers.get(key, [])
    years = min((facts.rules[standing.module_code].trainer_years for standing in kept), default=0)
    # Whoever renews early loses nothing of the term that she has.
    from_day = max(facts.day, certificate.expires_on or facts.day)
    return Renewal(
        certificate=certificate,
        kept=kept,
        until=add_months(from_day, 12 * years) if kept else None,
        missing=[gap for _one, gaps in lacks for gap in gaps] + papers,
        papers=papers,
    )


def lacks_of(standing: Standing, rule: LicenceRule | None, practice: Practice, day: date) -> list[Gap]:
    """What stands between this licence and another term."""
    code = standing.module_code
    if standing.state == StandingState.SUSPENDED:
        return [Gap("suspended", _("%(module)s: the licence is suspended."), code, {"module": code})]
    if rule is None:
        return [Gap("not_published", _("%(module)s is not taught any more."), code, {"module": code})]
    return missing_for_renewal(code, rule, standing.starts_on, practice, day)
