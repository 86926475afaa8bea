"""Issuing: a participant's certificate, and the trainer's that grants her a standing."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from lms.certificates.actions.writing import Draft, write_certificate, write_certificates
from lms.certificates.checks import Gap, ModuleRecord
from lms.certificates.models import Certificate, CertificateKind
from lms.certificates.queries import (
    Eligibility,
    TeachingRow,
    current_certificates,
    eligibility_among,
    paperwork_of,
    teaching_of_one,
)
from lms.certificates.signing import record_of
from lms.cohorts.actions import Grant, MayNotPlanHere, UnknownLanguage, appoint_coach, grant_standing
from lms.cohorts.models import Cohort, Enrolment, Level, Standing, hours_of
from lms.cohorts.permissions import PLANNING_ROLES, covers, manages
from lms.cohorts.queries import may_read_legal_name
from lms.common.dates import add_months, local_day
from lms.common.errors import ActionError
from lms.people.actions import record_consent, reveal_legal_name, set_legal_name
from lms.people.models import ConsentChannel, ConsentPurpose, User
from lms.people.permissions import ask_anew
from lms.regions.models import Region


class NotEligible(ActionError):
    """`gaps` says what is missing."""

    code = "not_eligible"
    message = _("Something is still missing: %(gaps)s")

    def __init__(self, gaps: Sequence[Gap]) -> None:
        self.gaps = list(gaps)
        super().__init__(gaps=" ".join(str(gap) for gap in self.gaps))


class OwnCertificate(ActionError):
    """Nobody certifies herself."""

    code = "own_certificate"
    message = _("You cannot issue a certificate to yourself: another coordinator does it.")


class NotTheCoordinator(ActionError):
    """She was when she asked for it, perhaps: a job may wait for a worker, and a long one goes on for a while."""

    code = "not_the_coordinator"
    message = _("Only a coordinator of this cohort issues its certificates.")


class ConsentIsHers(ActionError):
    """She takes or took part in another organisation's training too: what she gave there is not ours to print."""

    code = "consent_is_hers"
    message = _("Only she herself can agree to this certificate, on the page “My data and consents”.")


class RevokedMeanwhile(ActionError):
    code = "revoked_meanwhile"
    message = _("Her certificate was revoked after you had chosen her. Choose again if she shall get a new one.")


class NoSharedLanguage(ActionError):
    code = "no_shared_language"
    message = _("Her trainer's certificate of this cohort is for other languages. Name a language that holds for both.")


@transaction.atomic
def issue_certificate(
    *, enrolment: Enrolment, by: User, at: datetime, chosen_at: datetime | None = None
) -> Certificate:
    """One participant's certificate over the modules whose rule she met.

    Repeating it gives the same certificate; with a further module met it gives a new one in its place.
    `chosen_at` is when a person chose her: a revocation after that is respected.
    Raises OwnCertificate, NotTheCoordinator, NotEligible, RevokedMeanwhile.
    """
    locked = lock_enrolment(enrolment=enrolment, by=by)
    [found] = eligibility_among(locked.cohort, [locked])
    decided = _decide(found, chosen_at or at, at)
    if isinstance(decided, ActionError):
        raise decided
    return write_certificate(draft=decided, by=by, at=at) if isinstance(decided, Draft) else decided


@transaction.atomic
def issue_certificates(
    *, enrolments: Sequence[Enrolment], by: User, at: datetime, chosen_at: datetime | None = None
) -> list[Certificate]:
    """The same for several of one cohort, in queries that do not grow with their number; whoever gets none is left out.

    Without what is handed out of them, which takes long: `furnish_certificates` makes it.
    """
    ask_anew(by)
    ids = [enrolment.pk for enrolment in enrolments if enrolment.person_id != by.pk]
    # In one order, so that two who lock some of the same people do not wait for each other.
    locked = list(_rows_to_lock().filter(pk__in=ids).order_by("pk"))
    if not locked or not manages(by, locked[0].cohort):
        return []
    cohort = _as_one_cohort(locked)
    decided = [_decide(row, chosen_at or at, at) for row in eligibility_among(cohort, locked)]
    held = [one for one in decided if isinstance(one, Certificate)]
    return held + write_certificates(drafts=[one for one in decided if isinstance(one, Draft)], by=by, at=at)


def _as_one_cohort(enrolments: Sequence[Enrolment]) -> Cohort:
    """The object of it that all share from now on, with its modules at hand.  Raises ValueError for more than one."""
    cohort = enrolments[0].cohort
    for enrolment in enrolments:
        if enrolment.cohort_id != cohort.pk:
            raise ValueError("people of one cohort only")
        enrolment.cohort = cohort
    prefetch_related_objects([cohort], "modules")
    return cohort


def _decide(row: Eligibility, chosen_at: datetime, at: datetime) -> Draft | Certificate | ActionError:
    """What she gets, what she has already, or why she gets nothing."""
    enrolment = row.enrolment
    if not row.qualifies:
        return NotEligible(row.missing)
    if row.revoked and row.revoked.state_since >= chosen_at:
        return RevokedMeanwhile()
    if row.certificate and not row.is_due:
        return row.certificate
    record = record_of(
        organisation=enrolment.cohort.organisation,
        modules=[_certified(module, enrolment.cohort) for module in row.met],
        level="participant",
        languages=[enrolment.language],
        issued_on=local_day(at),
    )
    return Draft(CertificateKind.PARTICIPANT, enrolment.person, enrolment.cohort, record, enrolment.language)


@transaction.atomic
def open_names(*, enrolments: Iterable[Enrolment], by: User, at: datetime) -> dict[UUID, str]:
    """Person id → the full name that her certificate would bear; each opening is written down.

    Without those whose name is not hers to read: see `may_read_legal_name`.
    """
    return {
        enrolment.person_id: reveal_legal_name(person=enrolment.person, by=by, at=at, why="issuing")
        for enrolment in enrolments
        if may_read_legal_name(by, enrolment)
    }


@transaction.atomic
def record_paperwork(*, enrolment: Enrolment, name: str, consent: bool, by: User, at: datetime) -> Enrolment:
    """What a participant gave on paper: her full name, her signed consent to have it on a certificate, or both.

    Raises OwnCertificate, NotTheCoordinator, ConsentIsHers.
    """
    locked = lock_enrolment(enrolment=enrolment, by=by)
    if consent and paperwork_of(locked.cohort, [locked])[locked.person_id].only_she_agrees:
        raise ConsentIsHers
    if name.strip():
        set_legal_name(person=locked.person, name=name, by=by, at=at)
    if consent:
        record_consent(
            person=locked.person,
            purpose=ConsentPurpose.CERTIFICATE,
            given=True,
            language=locked.language,
            channel=ConsentChannel.PAPER,
            by=by,
            at=at,
        )
    return locked


@transaction.atomic
def make_candidate(
    *,
    enrolment: Enrolment,
    module_code: str,
    coach: User,
    languages: Sequence[str],
    by: User,
    at: datetime,
    region: Region | None = None,
) -> Standing:
    """After the teach-backs: some months in which she may open one cohort at a time, with a named coach beside her.

    Raises OwnCertificate, NotTheCoordinator, NotEligible, and of cohorts MayNotPlanHere, UnknownLanguage,
    CoachIsHerself.
    """
    locked, day = lock_enrolment(enrolment=enrolment, by=by), local_day(at)
    row = _teaching_row(locked, module_code, at)
    if row.is_candidate and row.standing:
        return row.standing
    if not row.may_become_candidate:
        raise NotEligible(row.missing)
    if not covers(by, locked.cohort.organisation, region, PLANNING_ROLES):
        raise MayNotPlanHere
    if not languages or not set(languages) <= set(locked.cohort.languages):
        raise UnknownLanguage
    grant = Grant(
        person=locked.person,
        organisation=locked.cohort.organisation,
        module_code=module_code,
        level=Level.CANDIDATE,
        languages=list(languages),
        region=region,
        starts_on=day,
        ends_on=add_months(day, row.rule.candidate_months),
        qualified_in=locked.cohort,
    )
    standing = grant_standing(grant=grant, by=by, at=at)
    appoint_coach(standing=standing, coach=coach, by=by, at=at)
    return standing


@transaction.atomic
def issue_trainer_certificate(*, enrolment: Enrolment, module_code: str, by: User, at: datetime) -> Certificate:
    """The certificate that says what she may train, in which languages, until when; it grants her the standing.

    `enrolment` is where she learned.  Repeating it gives the same certificate.
    Raises OwnCertificate, NotTheCoordinator, NotEligible, NoSharedLanguage.
    """
    locked, day = lock_enrolment(enrolment=enrolment, by=by), local_day(at)
    row = _teaching_row(locked, module_code, at)
    if row.is_trainer and row.certificate and module_code in _codes(row.certificate):
        return row.certificate
    if not row.may_become_trainer or row.standing is None:
        raise NotEligible(row.missing)
    record = _trainer_record(locked.cohort, row, at)
    draft = Draft(CertificateKind.TRAINER, locked.person, locked.cohort, record, locked.language)
    certificate = write_certificate(draft=draft, by=by, at=at)
    grant = Grant(
        person=locked.person,
        organisation=locked.cohort.organisation,
        module_code=module_code,
        level=Level.CERTIFIED,
        languages=row.standing.languages,
        region=row.standing.region,
        starts_on=day,
        ends_on=add_months(day, 12 * row.rule.trainer_years),
        qualified_in=row.standing.qualified_in or locked.cohort,
        granted_by=certificate.pk,
    )
    certificate.standing = grant_standing(grant=grant, by=by, at=at)
    certificate.save(update_fields=["standing"])
    return certificate


def lock_enrolment(*, enrolment: Enrolment, by: User) -> Enrolment:
    """The row under lock.

    Raises OwnCertificate where somebody would certify herself; NotTheCoordinator, by her roles as they are now.
    """
    if enrolment.person_id == by.pk:
        raise OwnCertificate
    locked = _rows_to_lock().get(pk=enrolment.pk)
    ask_anew(by)
    if not manages(by, locked.cohort):
        raise NotTheCoordinator
    return locked


def _rows_to_lock() -> QuerySet[Enrolment]:
    rows = Enrolment.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("cohort__organisation", "cohort__region", "person__key")


def _teaching_row(enrolment: Enrolment, module_code: str, at: datetime) -> TeachingRow:
    row = teaching_of_one(enrolment, module_code, local_day(at))
    if row is None:
        raise NotEligible([])
    return row


def _codes(certificate: Certificate) -> set[str]:
    return {module["code"] for module in certificate.claims["modules"]}


def _certified(module: ModuleRecord, cohort: Cohort) -> dict[str, Any]:
    pinned = next(row.pinned for row in cohort.modules.all() if row.module_code == module.code)
    return _module(module.code, pinned)


def _module(code: str, pinned: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": code,
        "hours": str(hours_of(pinned["minutes"])),
        "titles": pinned["titles"],
        "objectives": pinned.get("objectives", {}),
    }


def _trainer_record(cohort: Cohort, row: TeachingRow, at: datetime) -> dict[str, Any]:
    """With a second module of the same cohort the new certificate lists both, and promises what holds for both."""
    day, standing = local_day(at), row.standing
    pinned = next(module.pinned for module in cohort.modules.all() if module.module_code == row.module_code)
    modules, until = [_module(row.module_code, pinned)], add_months(day, 12 * row.rule.trainer_years)
    languages = list(standing.languages) if standing else []
    before = current_certificates(cohort, CertificateKind.TRAINER).get(row.enrolment.person_id)
    if before and before.expires_on and not before.has_expired(day):
        modules = [module for module in before.claims["modules"] if module["code"] != row.module_code] + modules
        until = min(until, before.expires_on)
        languages = [language for language in languages if language in before.claims["languages"]]
    if not languages:
        raise NoSharedLanguage
    return record_of(
        organisation=cohort.organisation,
        modules=modules,
        level="certified",
        languages=languages,
        issued_on=day,
        trains_until=until,
    )
