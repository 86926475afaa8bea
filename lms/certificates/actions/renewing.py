"""Renewing a trainer's certificate: a person decides, and the facts must allow it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.certificates.actions.issuing import NoSharedLanguage, NotEligible, lock_enrolment
from lms.certificates.actions.writing import Draft, note_verb, write_certificate
from lms.certificates.models import Certificate, CertificateKind, CertificateState
from lms.certificates.queries import Renewal, renewal_of
from lms.certificates.signing import record_of
from lms.cohorts.actions import Grant, grant_standing
from lms.cohorts.models import Enrolment, Standing
from lms.common.dates import local_day
from lms.common.errors import ActionError
from lms.people.models import User


class NotRenewable(ActionError):
    code = "not_renewable"
    message = _(
        "This certificate cannot be renewed now: only a trainer's that nobody took back, from half a year before its "
        "end until half a year after."
    )


@transaction.atomic
def renew_trainer_certificate(*, certificate: Certificate, by: User, at: datetime) -> Certificate:
    """A new certificate with another term in the place of this one, and the standings prolonged.

    It lists the modules whose rule she kept.  Repeating it gives the same certificate.
    Raises NotRenewable, NotEligible, NoSharedLanguage, OwnCertificate, NotTheCoordinator.
    """
    enrolment = Enrolment.objects.filter(cohort=certificate.cohort_id, person=certificate.person_id).first()
    if enrolment is None:
        raise NotRenewable
    locked = lock_enrolment(enrolment=enrolment, by=by)
    before = Certificate.objects.select_related("superseded_by").get(pk=certificate.pk)
    if before.state == CertificateState.SUPERSEDED and before.superseded_by:
        return before.superseded_by
    renewal = renewal_of(before, at)
    if renewal is None:
        raise NotRenewable
    if not renewal.may_be_renewed or renewal.until is None:
        raise NotEligible(renewal.missing)
    record = _record(locked, renewal, renewal.until, local_day(at))
    draft = Draft(CertificateKind.TRAINER, locked.person, locked.cohort, record, locked.language)
    renewed = write_certificate(draft=draft, by=by, at=at)
    for standing in renewal.kept:
        grant = _grant(standing, locked, renewed, renewal.until, local_day(at))
        renewed.standing = grant_standing(grant=grant, by=by, at=at)
    renewed.save(update_fields=["standing"])
    note_verb(verb="renew_certificate", certificates=[renewed], by=by, at=at, before=str(before.pk))
    return renewed


def _grant(standing: Standing, enrolment: Enrolment, renewed: Certificate, until: date, day: date) -> Grant:
    return Grant(
        person=enrolment.person,
        organisation=enrolment.cohort.organisation,
        module_code=standing.module_code,
        level=standing.level,
        languages=standing.languages,
        region=standing.region,
        starts_on=day,
        ends_on=until,
        qualified_in=standing.qualified_in or enrolment.cohort,
        granted_by=renewed.pk,
    )


def _record(enrolment: Enrolment, renewal: Renewal, until: date, day: date) -> dict[str, Any]:
    """The modules as they stood on her certificates, in the languages that hold for all of them."""
    listed = _listed(enrolment)
    languages = _shared(renewal.kept)
    if not languages:
        raise NoSharedLanguage
    return record_of(
        organisation=enrolment.cohort.organisation,
        modules=[listed[standing.module_code] for standing in renewal.kept],
        level=renewal.certificate.claims["level"],
        languages=languages,
        issued_on=day,
        trains_until=until,
    )


def _listed(enrolment: Enrolment) -> dict[str, dict[str, Any]]:
    """Module code → what the newest of her certificates says of it."""
    hers = Certificate.objects.filter(
        kind=CertificateKind.TRAINER, person=enrolment.person_id, cohort=enrolment.cohort_id
    )
    claims = hers.order_by("issued_at", "pk").values_list("claims", flat=True)
    return {module["code"]: module for record in claims for module in record["modules"]}


def _shared(standings: Sequence[Standing]) -> list[str]:
    return [code for code in standings[0].languages if all(code in standing.languages for standing in standings)]
