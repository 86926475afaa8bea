"""Consents: one question, one answer, each kept."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from lms.common.journal import append_entry
from lms.people.actions.audit import record_audit
from lms.people.models import Consent, ConsentChannel, ConsentPurpose, LegalName, User


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
) -> Consent:
    """Adds her answer; an earlier one stays as evidence, the newest counts.  The text is named by its version."""
    consent = Consent.objects.create(
        person=person,
        purpose=purpose,
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
        details={"purpose": purpose, "channel": channel},
    )
    return consent


@transaction.atomic
def withdraw_consent(*, person: User, purpose: str, language: str, by: User | None, at: datetime) -> Consent:
    """Her no from now on.  The name for the certificate has no other purpose, so it goes with its consent.

    `by` is None where it is done again after a restore.
    """
    consent = record_consent(person=person, purpose=purpose, given=False, language=language, by=by, at=at)
    if purpose == ConsentPurpose.CERTIFICATE:
        forget_unwanted_name(person=person, by=by, at=at)
    append_entry("withdraw_consent", str(person.pk), at, purpose=purpose)
    return consent


@transaction.atomic
def forget_unwanted_name(*, person: User, by: User | None, at: datetime) -> None:
    """For the actions that leave her newest answer about certificates a no."""
    if LegalName.objects.filter(person=person).delete()[0]:
        record_audit(verb="remove_legal_name", subject=person, by=by, at=at)
