"""Who qualifies for a participant's certificate, and who lacks what."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from curricula.queries import ModuleRule
from lms.assessments.models import Moment
from lms.assessments.queries import allowed_until, papers_of, post_test_taken
from lms.attendance.queries import attendance_among, attendance_by_module, lessons_without_mark, marks_for
from lms.attendance.scoring import AttendanceFigure
from lms.certificates.checks import (
    OF_TRAINING,
    Gap,
    ModuleRecord,
    PaperworkRecord,
    attendance_to_her,
    masked_name,
    met_modules,
    missing_for_participant,
    missing_paperwork,
    said_to_her,
)
from lms.certificates.models import CURRENT_STATES, Certificate, CertificateKind, CertificateState
from lms.cohorts.models import Cohort, CohortModule, CohortState, Enrolment
from lms.cohorts.queries import own_enrolments, roster
from lms.common.crypto import unseal
from lms.common.dates import local_day
from lms.people.models import Consent, ConsentPurpose, LegalName, Organisation, User
from lms.people.queries import agrees_herself, answer_to, answers_among

type Figures = Mapping[tuple[UUID, str], AttendanceFigure]


@dataclass(frozen=True)
class Eligibility:
    """One participant: what she lacks, module by module, and the certificate that she has already.

    `revoked` is her newest certificate of the cohort where it was taken back: then only a coordinator who chooses her
    by hand gives her another.
    """

    enrolment: Enrolment
    kind: str
    missing: list[Gap]
    modules: list[ModuleRecord]
    paperwork: PaperworkRecord
    certificate: Certificate | None
    revoked: Certificate | None = None

    @property
    def met(self) -> list[ModuleRecord]:
        """The modules that a certificate would list."""
        return met_modules(self.modules)

    @property
    def qualifies(self) -> bool:
        """Is there a module to certify, a name, and her consent?"""
        return bool(self.met) and not missing_paperwork(self.paperwork)

    @property
    def may_be_chosen(self) -> bool:
        """Due, or revoked before and ready for another one if a coordinator says so."""
        return self.is_due or self.waits_for_decision

    @property
    def waits_for_decision(self) -> bool:
        """Hers was revoked, and a coordinator says whether she gets a new one."""
        return self.qualifies and self.revoked is not None

    @property
    def is_due(self) -> bool:
        """Would issuing give her something that she does not have?"""
        if not self.qualifies or self.revoked:
            return False
        have = {module["code"] for module in self.certificate.claims["modules"]} if self.certificate else set()
        return not {module.code for module in self.met} <= have


def eligibility_of(cohort: Cohort) -> list[Eligibility]:
    """Everyone enrolled, by display name, in a fixed number of queries."""
    enrolments = roster(cohort)
    return _eligibility(cohort, enrolments, attendance_by_module(cohort))


def eligibility_of_one(enrolment: Enrolment) -> Eligibility:
    """The same for one person."""
    return eligibility_among(enrolment.cohort, [enrolment])[0]


def eligibility_among(cohort: Cohort, enrolments: Sequence[Enrolment]) -> list[Eligibility]:
    """The same for some of a cohort, in this order; in queries that read nothing of the others."""
    ids = [enrolment.pk for enrolment in enrolments]
    return _eligibility(cohort, enrolments, attendance_among(cohort, ids), among=ids)


def own_gaps(user: User, at: datetime) -> list[Gap]:
    """What stands between her and a certificate of the trainings that she takes part in, in words for her."""
    found = []
    for enrolment in own_enrolments(user).enrolled():
        eligibility = eligibility_of_one(enrolment)
        missing = [_with_way(gap, enrolment, at) for gap in _attendance_to_her(eligibility.missing, enrolment, at)]
        found += _asked_apart(missing, eligibility.paperwork, enrolment.cohort.organisation)
    return _said_once(found)


def _with_way(gap: Gap, enrolment: Enrolment, at: datetime) -> Gap:
    """A closed training has nothing more to come to, and no test to write; a closed test is given by her trainer."""
    if gap.code not in OF_TRAINING or not enrolment.cohort.is_live:
        return gap
    if gap.code == "post_test" and _is_over(gap.module_code, enrolment, at):
        return replace(gap, code="post_test_over")
    return replace(gap, address=enrolment.cohort.get_absolute_url())


def _is_over(module_code: str, enrolment: Enrolment, at: datetime) -> bool:
    """Is the post-test closed, and not given to her alone?"""
    paper = papers_of(enrolment.cohort).get((module_code, Moment.POST))
    return bool(paper and paper.closed_at and allowed_until(paper, enrolment.person, at) is None)


def _attendance_to_her(gaps: Sequence[Gap], enrolment: Enrolment, at: datetime) -> list[Gap]:
    """Where sessions are lacking: what she can still do.  Two queries, none where she came often enough."""
    if all(gap.code != "attendance" for gap in gaps):
        return list(gaps)
    sessions, marks = list(enrolment.cohort.sessions.all()), marks_for(enrolment)
    found = []
    for gap in gaps:
        if gap.code == "attendance":
            found += attendance_to_her(gap, *lessons_without_mark(sessions, gap.module_code, marks, at))
        else:
            found.append(gap)
    return found


def waits_for_issue(user: User) -> bool:
    """Has she done everything for a certificate that only has to be issued?"""
    enrolments = own_enrolments(user).enrolled().exclude(cohort__state=CohortState.CANCELLED)
    return any(one.is_due and not one.missing for one in map(eligibility_of_one, enrolments))


def own_paperwork_gaps(user: User) -> list[Gap]:
    """The part of it that she mends herself, for the trainings that can still give her a first certificate."""
    certified = Certificate.objects.filter(person=user, kind=CertificateKind.PARTICIPANT, state__in=CURRENT_STATES)
    waiting = own_enrolments(user).enrolled().filter(cohort__attendance_counted_at=None)
    found = []
    for enrolment in waiting.exclude(cohort__state=CohortState.CANCELLED).exclude(
        cohort__in=certified.values("cohort")
    ):
        paperwork = paperwork_of(enrolment.cohort, [enrolment])[user.pk]
        found += _asked_apart(missing_paperwork(paperwork), paperwork, enrolment.cohort.organisation)
    return _said_once(found)


def _asked_apart(gaps: Iterable[Gap], paperwork: PaperworkRecord, organisation: Organisation) -> list[Gap]:
    """Where several organisations ask for her yes, each of them by its name."""
    params = {"organisation": organisation.name}
    return [
        replace(gap, params=params, asked_by=organisation.code)
        if gap.code == "consent" and paperwork.only_she_agrees
        else gap
        for gap in gaps
    ]


def _said_once(found: Iterable[Gap]) -> list[Gap]:
    """What reads the same is one thing to do, whichever training lacks it."""
    said = {str(gap): gap for gap in map(said_to_her, found)}
    return list(said.values())


def _eligibility(
    cohort: Cohort, enrolments: Sequence[Enrolment], figures: Figures, among: Collection[UUID] | None = None
) -> list[Eligibility]:
    modules, taken = list(cohort.modules.all()), post_test_taken(cohort, among)
    papers = paperwork_of(cohort, enrolments)
    held = newest_certificates(cohort, CertificateKind.PARTICIPANT, among)
    found = []
    for enrolment in enrolments:
        paperwork, newest = papers[enrolment.person_id], held.get(enrolment.person_id)
        records = [_record(module, enrolment, figures, taken) for module in modules]
        if cohort.attendance_counted_at:
            records = [_kept_record(record, newest, cohort.attendance_counted_at) for record in records]
        found.append(
            Eligibility(
                enrolment=enrolment,
                kind=CertificateKind.PARTICIPANT,
                missing=missing_for_participant(records, paperwork),
                modules=records,
                paperwork=paperwork,
                certificate=newest if newest and newest.is_current else None,
                revoked=newest if newest and newest.state == CertificateState.REVOKED else None,
            )
        )
    return found


def _record(module: CohortModule, enrolment: Enrolment, figures: Figures, taken: set[tuple[UUID, str]]) -> ModuleRecord:
    rule = ModuleRule.from_json(module.pinned.get("rule", {}))
    figure = figures.get((enrolment.pk, module.module_code))
    return ModuleRecord(
        code=module.module_code,
        titles=module.pinned.get("titles", {}),
        minutes=module.pinned.get("minutes", 0),
        percent=figure.percent if figure else 0,
        required_percent=rule.attendance_percent,
        attended_enough=bool(figure and figure.is_enough),
        post_test_required=rule.post_test_required,
        post_test_taken=(enrolment.pk, module.module_code) in taken,
    )


def _kept_record(record: ModuleRecord, newest: Certificate | None, since: datetime) -> ModuleRecord:
    """After the term only a certificate says whose attendance was enough: one that was revoked can be issued anew."""
    listed = {module["code"] for module in newest.claims["modules"]} if newest else set()
    return replace(record, attended_enough=record.code in listed, counted_since=local_day(since))


def paperwork_of(cohort: Cohort, enrolments: Iterable[Enrolment]) -> dict[UUID, PaperworkRecord]:
    """Name and consent of each: three queries.  The newest answer about the purpose counts.

    Whoever takes or took part in another organisation's training too agrees to this one's certificates herself: the
    name that she gave there is not this organisation's to print.
    """
    here = cohort.organisation_id
    came = {enrolment.person_id: enrolment.enrolled_at for enrolment in enrolments}
    named = set(LegalName.objects.filter(person__in=came).values_list("person", flat=True))
    given: dict[UUID, list[Consent]] = {}
    for consent in Consent.objects.filter(person__in=came, purpose=ConsentPurpose.CERTIFICATE):
        given.setdefault(consent.person_id, []).append(consent)
    answers = {pk: answer_to(answers_among(consents), here) for pk, consents in given.items()}
    guests = set(
        Enrolment.objects.filter(person__in=came).exclude(cohort__organisation=here).values_list("person", flat=True)
    )
    return {
        pk: PaperworkRecord(
            consent_given=_agreed(answers.get(pk), since=at if pk in guests else None),
            name_given=pk in named,
            only_she_agrees=pk in guests,
        )
        for pk, at in came.items()
    }


def _agreed(answer: Consent | None, *, since: datetime | None) -> bool:
    """Is it a yes?  `since`: when she came, of whoever must say it herself."""
    return agrees_herself(answer, since) if since else answer is not None and answer.given


def names_to_certify(rows: Iterable[Eligibility]) -> dict[UUID, str]:
    """Person id → given name and initial of what she, or somebody for her, wrote as her full name: one query.

    Whoever issues reads it beside the name that she knows her by: nobody else compares the two.
    """
    kept = LegalName.objects.filter(person__in=[row.enrolment.person_id for row in rows]).select_related("person__key")
    return {name.person_id: masked_name(unseal(name.person.key.wrapped, name.sealed)) for name in kept}


def newest_certificates(cohort: Cohort, kind: str, among: Collection[UUID] | None = None) -> dict[UUID, Certificate]:
    """Person id → the last one that was issued to her, whatever became of it; `among`: only of these enrolments."""
    issued = Certificate.objects.filter(cohort=cohort, kind=kind, person__isnull=False).order_by("issued_at", "pk")
    if among is not None:
        issued = issued.filter(person__in=Enrolment.objects.filter(pk__in=among).values("person"))
    return {certificate.person_id: certificate for certificate in issued if certificate.person_id}


def current_certificates(cohort: Cohort, kind: str) -> dict[UUID, Certificate]:
    """Person id → the certificate that holds now."""
    newest = newest_certificates(cohort, kind)
    return {person: certificate for person, certificate in newest.items() if certificate.is_current}
