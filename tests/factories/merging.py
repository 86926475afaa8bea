"""One person who stands in the database as two, with everything that can be kept on either row."""

from dataclasses import dataclass
from datetime import date, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission

from lms.attendance.models import AttendanceEvent
from lms.certificates.models import Certificate, CertificateDesign, StateChange
from lms.cohorts.actions import make_calendar_address
from lms.cohorts.models import Cohort, Enrolment, FoundingProposal, Progress, Session
from lms.jobs.actions import enqueue_job
from lms.notices.actions import set_contact_rule
from lms.notices.models import ContactRule
from lms.people.actions import ask_email_change, note_engagement, record_consent, set_legal_name
from lms.people.models import (
    Feedback,
    Invitation,
    Organisation,
    Proposal,
    Role,
    RoleKind,
    RoleOffer,
    SignatoryChange,
    User,
)
from lms.regions.models import Region
from tests.factories.assessments import make_attempt, make_observation, make_paper, make_submission, right_answers
from tests.factories.certificates import make_certificate, make_graduate, mark
from tests.factories.cohorts import add_trainer, make_coaching, make_cohort, make_enrolment, make_standing
from tests.factories.notices import make_notice
from tests.factories.people import AT, make_person, make_role, make_staff

NAME = "Айгүл Өмүрова"


@dataclass
class Twice:
    """`kept` and `merged` are one person; both are in `shared`, the second alone in `other` and trainer of `led`."""

    organisation: Organisation
    region: Region
    coordinator: User
    kept: User
    merged: User
    shared: Cohort
    other: Cohort
    led: Cohort

    @property
    def stays(self) -> Enrolment:
        return self.shared.enrolments.get(person=self.kept)

    @property
    def gives_way(self) -> Enrolment:
        return self.shared.enrolments.get(person=self.merged)


def make_twice(organisation: Organisation, region: Region) -> Twice:
    """Two rows with one name, each with a card, and a coordinator of all their cohorts."""
    coordinator = make_staff()
    make_role(coordinator, RoleKind.COORDINATOR, organisation, region)
    kept, merged = make_person(NAME), make_person(NAME)
    shared, other, led = (make_cohort(organisation, region) for _cohort in range(3))
    make_enrolment(shared, kept)
    make_enrolment(shared, merged)
    return Twice(organisation, region, coordinator, kept, merged, shared, other, led)


def crowd(twice: Twice) -> Certificate:
    """Rows of the one who will give way in every table that could name her; gives her certificate."""
    person, somebody = twice.merged, make_staff()
    enrolment = make_graduate(twice.other)
    old, enrolment.person = enrolment.person, person
    enrolment.save(update_fields=["person"])
    old.legal_name.delete()
    set_legal_name(person=person, name="Айгүл Токтосунова", by=person, at=AT)
    record_consent(person=person, purpose="certificate", given=True, language="ky", by=person, at=AT)
    certificate = make_certificate(enrolment, by=twice.coordinator)
    Certificate.objects.filter(pk=certificate.pk).update(issued_by=person)
    StateChange.objects.create(certificate=certificate, state="valid", at=AT, by=person)
    CertificateDesign.objects.create(organisation=certificate.organisation, version=1, made_at=AT, made_by=person)
    _crowd_people(twice, person, somebody)
    _crowd_training(twice, person, somebody)
    _crowd_shared(twice)
    return certificate


def _crowd_people(twice: Twice, person: User, somebody: User) -> None:
    organisation, ended = twice.organisation, date(2026, 2, 1)
    make_role(person, RoleKind.OBSERVER, organisation, valid_until=ended)
    depending = Role.objects.create(
        person=somebody,
        kind=RoleKind.OBSERVER,
        organisation=organisation,
        valid_from=ended,
        valid_until=ended,
        granted_by=person,
        asleep_by=person,
        word_by=person,
        granted_at=AT,
    )
    depending.in_hands_of.add(person, twice.kept)
    for invited, by in ((person, None), (somebody, person)):
        Invitation.objects.create(person=invited, organisation=organisation, invited_by=by, invited_at=AT)
    for offered, by in ((person, somebody), (somebody, person)):
        RoleOffer.objects.create(
            person=offered, organisation=organisation, kind=RoleKind.OBSERVER, offered_by=by, offered_at=AT
        )
    Feedback.objects.create(sealed_text=b"x", language="ky", sent_at=AT, settled_at=AT, settled_by=person)
    User.objects.filter(pk=make_person().pk).update(merged_into=person)
    note_engagement(people=[person], organisation=organisation)
    asked = {"organisation": organisation, "kind": "tests", "reason": "x", "proposed_at": AT}
    Proposal.objects.create(proposed_by=person, declined_by=person, **asked)
    Proposal.objects.create(proposed_by=make_person(), confirmed_by=person, **asked)
    SignatoryChange.objects.create(organisation=organisation, before={}, after={}, at=AT, by=person)
    ask_email_change(person=person, email="a@example.org", by=person, at=AT)
    set_contact_rule(person=person, channel="email", reveals="nothing", address="b@example.org", by=person, at=AT)
    EmailAddress.objects.create(user=person, email="b@example.org")
    Authenticator.objects.create(user=person, type="totp", data={})
    person.groups.add(Group.objects.create(name="crowd"))
    person.user_permissions.add(Permission.objects.all()[0])
    enqueue_job(task="tests.job", payload={}, key="crowd", by=person, at=AT)
    make_notice(person, name="tests:both")
    make_notice(twice.kept, name="tests:both")
    make_notice(person, name="tests:hers")


def _crowd_training(twice: Twice, person: User, somebody: User) -> None:
    organisation, other = twice.organisation, twice.other
    Cohort.objects.filter(pk=other.pk).update(created_by=person)
    Session.objects.filter(pk=twice.led.sessions.all()[0].pk).update(led_by=person)
    add_trainer(twice.led, person)
    make_standing(person, organisation, "M9")
    coached = make_standing(somebody, organisation, "M9")
    make_coaching(coached, person, AT.date(), starts_on=AT.date())
    fields = {"organisation": organisation, "module_code": "M9", "reason": "x", "proposed_at": AT}
    FoundingProposal.objects.create(person=person, proposed_by=somebody, **fields)
    FoundingProposal.objects.create(person=make_person(), proposed_by=person, **fields)
    FoundingProposal.objects.create(person=make_person(), proposed_by=somebody, confirmed_by=person, **fields)
    FoundingProposal.objects.create(person=make_person(), proposed_by=somebody, declined_by=person, **fields)
    make_observation(person, other, somebody)
    make_observation(make_person(), other, person)
    make_submission(person, other)
    answered = make_submission(make_person(), other)
    answered.decided_by = person
    answered.save(update_fields=["decided_by"])
    make_calendar_address(person=person, by=person, at=AT)
    present = mark(make_enrolment(other), other.sessions.all()[0])
    AttendanceEvent.objects.filter(pk=present.event_id).update(recorded_by=person)


def _crowd_shared(twice: Twice) -> None:
    """Marks, tests and reading of both rows in one cohort."""
    stays, gives_way = twice.stays, twice.gives_way
    first, second = twice.shared.sessions.all()
    mark(stays, first, "absent")
    mark(gives_way, first, "present")
    mark(gives_way, second, "late")
    paper = make_paper(twice.shared, "pre")
    key, right = next(iter(right_answers(paper).items()))
    make_attempt(stays, paper, handed_in=True)
    make_attempt(gives_way, paper, {key: right}, handed_in=True)
    for enrolment, lesson, days in ((stays, "M1.1", 3), (gives_way, "M1.1", 1), (gives_way, "M1.2", 2)):
        Progress.objects.create(enrolment=enrolment, lesson_code=lesson, read_at=AT + timedelta(days=days))
    before = make_enrolment(make_cohort(twice.organisation, twice.region), twice.merged, state="withdrawn")
    gives_way.carries.add(before)
    later = make_enrolment(make_cohort(twice.organisation, twice.region), twice.merged)
    later.carries.add(gives_way)
    Enrolment.objects.filter(pk=gives_way.pk).update(sex="female", category="teacher")
    Enrolment.objects.filter(pk=stays.pk).update(category="activist")


def rule_of_both(twice: Twice) -> None:
    """The row that stays has a rule of its own: only on the site."""
    ContactRule.objects.create(person=twice.kept, channel="site", reveals="nothing", changed_at=AT)
