"""A person of whom everything is kept that can be, and the words by which she would be found again."""

from dataclasses import dataclass
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.base import ContentFile
from wagtail.users.models import UserProfile

from lms.assessments.models import Observation, Submission
from lms.attendance.models import AttendanceEvent
from lms.certificates.actions import freeze_pdf, suspend_certificate
from lms.certificates.models import Certificate
from lms.cohorts.actions import make_calendar_address, mark_lesson_read, propose_founding
from lms.cohorts.models import Cohort, CohortState, Enrolment, Standing
from lms.notices.actions import set_contact_rule
from lms.people.actions import ask_email_change, offer_role
from lms.people.actions.accounts import issue_card
from lms.people.models import Card, Invitation, RoleKind, User
from tests.factories.certificates import make_certificate, make_graduate, make_trainer_certificate
from tests.factories.cohorts import add_trainer, make_cohort, make_enrolment
from tests.factories.notices import make_notice
from tests.factories.people import AT, make_organisation, make_role, make_staff

LEGAL_NAME = "Зарина Кадырбековна Сыдыкова"
# As she is called, written to and written about: each of them in a column of its own.
WORDS = (
    "Зарина",
    "Кадырбековна",
    "Сыдыкова",
    "zarina.s",
    "zarina@example.org",
    "zarina-new@example.org",
    "zarina-old@example.org",
    "+996700123456",
    "of a shy woman",
    "spoke too softly",
    "her mother was ill",
    "known since school",
    "husband complained",
    "a warm answer",
)


@dataclass
class Known:
    """Her, her cohort with her certificate, and somebody who coordinates it."""

    person: User
    enrolment: Enrolment
    certificate: Certificate
    coordinator: User

    @property
    def cohort(self) -> Cohort:
        return self.enrolment.cohort


def make_known(cohort: Cohort | None = None) -> Known:
    """A participant who became a trainer, with every kind of row that can be about her."""
    enrolment = make_graduate(cohort, LEGAL_NAME)
    person, region = enrolment.person, enrolment.cohort.region
    Enrolment.objects.filter(pk=enrolment.pk).update(
        sex="female", age_band="26_35", category="deputy", disability="no", region=region
    )
    certificate = make_certificate(enrolment)
    make_trainer_certificate(enrolment)
    coordinator = make_staff()
    make_role(coordinator, RoleKind.COORDINATOR, enrolment.cohort.organisation)
    _give_account(person)
    _give_contacts(person)
    _write_about(person, enrolment, certificate, coordinator)
    for each in Certificate.objects.filter(person=person):
        freeze_pdf(certificate=each)
    certificate.refresh_from_db()
    return Known(person, enrolment, certificate, coordinator)


def _give_account(person: User) -> None:
    person.username, person.email, person.display_name = "zarina.s", "zarina@example.org", "Зарина"
    person.set_password("a long enough password")
    person.name_form, person.last_login = "alias", AT
    person.save()
    EmailAddress.objects.create(user=person, email="zarina-old@example.org")
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "her second step"})
    UserProfile.objects.create(user=person, avatar=ContentFile(b"\x89PNG of a shy woman", name="a.png"))
    session = SessionStore()
    session[SESSION_KEY], session["said"] = str(person.pk), "Hello, Зарина"
    session.save()
    Card.objects.filter(person=person).update(replaced_at=AT)
    issue_card(person=person, at=AT)


def _give_contacts(person: User) -> None:
    set_contact_rule(person=person, channel="phone", reveals="nothing", address="+996700123456", by=person, at=AT)
    ask_email_change(person=person, email="zarina-new@example.org", by=person, at=AT)
    make_calendar_address(person=person, by=person, at=AT)
    make_notice(person)


def _write_about(person: User, enrolment: Enrolment, certificate: Certificate, coordinator: User) -> None:
    cohort = enrolment.cohort
    Submission.objects.filter(person=person).update(text="Story of a shy woman", comment="a warm answer")
    Observation.objects.filter(person=person).update(note="She spoke too softly.")
    AttendanceEvent.objects.filter(enrolment=enrolment).update(reason="her mother was ill")
    Standing.objects.filter(person=person).update(reason="known since school")
    suspend_certificate(
        certificate=certificate, public_wording={}, internal_reason="Her husband complained", by=coordinator, at=AT
    )
    mark_lesson_read(enrolment=enrolment, lesson_code="M1.1", by=person, at=AT)
    waiting = make_enrolment(make_cohort(cohort.organisation), person)
    Enrolment.objects.filter(pk=waiting.pk).update(sex="female")
    add_trainer(make_cohort(cohort.organisation), person)
    add_trainer(make_cohort(cohort.organisation, state=CohortState.CLOSED), person)
    make_role(person, RoleKind.TRAINER, cohort.organisation)
    offer_role(person=person, kind=RoleKind.OBSERVER, organisation=make_organisation(), by=coordinator, at=AT)
    Invitation.objects.create(person=person, organisation=cohort.organisation, invited_at=AT - timedelta(days=9))
    propose_founding(
        person=person, organisation=cohort.organisation, module_code="M1", languages=["ky"],
        reason="known since school", by=coordinator, at=AT,
    )  # fmt: skip
