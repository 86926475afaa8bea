"""Consents: one question, one answer, each kept."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from lms.common.journal import append_entry
from lms.people.actions.audit import record_audit
from lms.people.actions.proving import require_herself, require_settled
from lms.people.models import SHOWS_MORE, Consent, ConsentChannel, ConsentPurpose, LegalName, Organisation, User
from lms.people.queries import agreements_of, answers_of


@transaction.atomic
def record_consent(
    *,
    person: User,
    purpose: str,
    given: bool,
    language: str,
    by: User | None,
    at: datetime,
    channel: str = ConsentChannel.SCREEN,
    organisation: Organisation | None = None,
) -> Consent:
    """Adds her answer; an earlier one stays as evidence, the newest counts.  The text is named by its version.

    `organisation`: whose question it was, where several ask.
    Raises PinProvesNothing, OwnPinNeeded, OwnPinTooNew where she says yes herself to what shows more of her, and it
    could be whoever printed her card.
    """
    if given and by == person and purpose in SHOWS_MORE:
        require_settled(person=person, at=at)
    elif given and by == person and organisation:
        require_herself(person=person)
    consent = Consent.objects.create(
        person=person,
        purpose=purpose,
        organisation=organisation,
        given=given,
        text_version=settings.CONSENT_TEXT_VERSION,
        language=language,
        channel=channel,
        recorded_by=by,
        at=at,
    )
    record_audit(
        verb="give_consent" if given else "withdraw_consent",
        subject=person,
        by=by,
        at=at,
        details={"purpose": purpose, "channel": channel, **_named(organisation)},
    )
    return consent


@transaction.atomic
def withdraw_consent(
    *,
    person: User,
    purpose: str,
    language: str,
    by: User | None,
    at: datetime,
    organisation: Organisation | None = None,
) -> Consent:
    """Her no from now on.  The name for the certificate has no other purpose, so it goes with the last yes.

    A no to the only organisation that still has her yes is one to all.  `by` is None where it is done again after a
    restore.
    Raises PinProvesNothing, OwnPinNeeded where a name would go with it, and it could be whoever printed her card.
    """
    others = (agreement for agreement in agreements_of(person) if agreement.organisation != organisation)
    if organisation and not any(other.is_given for other in others):
        organisation = None
    if by == person and purpose == ConsentPurpose.CERTIFICATE and not organisation and _keeps_name(person):
        require_herself(person=person)
    consent = record_consent(
        person=person, purpose=purpose, given=False, language=language, by=by, at=at, organisation=organisation
    )
    if purpose == ConsentPurpose.CERTIFICATE:
        forget_unwanted_name(person=person, by=by, at=at)
    append_entry("withdraw_consent", str(person.pk), at, purpose=purpose, **_named(organisation))
    return consent


def _keeps_name(person: User) -> bool:
    return LegalName.objects.filter(person=person).exists()


def _named(organisation: Organisation | None) -> dict[str, str]:
    return {"organisation": str(organisation.pk)} if organisation else {}


@transaction.atomic
def forget_unwanted_name(*, person: User, by: User | None, at: datetime) -> None:
    """For the actions after which no yes to a certificate may be left: then her name is for nothing."""
    answers = answers_of(person).get(ConsentPurpose.CERTIFICATE, {})
    if any(answer.given for answer in answers.values()):
        return
    if LegalName.objects.filter(person=person).delete()[0]:
        record_audit(verb="remove_legal_name", subject=person, by=by, at=at)
