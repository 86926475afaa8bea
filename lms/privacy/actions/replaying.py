"""The journal done again after a restore: the erased stay erased, what was revoked and taken back stays so.

Erasing, revoking and making one person of two rows are final.  A role, a card, a consent may be given anew, an account
opened again, so each is taken only where the database knows nothing newer than the entry.  How a person wants to be
reached and named she may choose again and again, a certificate is suspended and good again: of those entries the newest
of each counts.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from lms.certificates.actions import (
    EXPORT_KEY,
    CertificateSettled,
    HolderErased,
    change_name_form,
    lift_suspension,
    note_key_export,
    revoke_certificate,
    suspend_certificate,
    withdraw_key,
)
from lms.certificates.checks import wording_of
from lms.certificates.models import Certificate, CertificateState, SigningKey
from lms.cohorts.actions import revoke_calendar_address, withdraw_standing
from lms.cohorts.models import CalendarAddress, Standing
from lms.common.dates import add_months, local_day
from lms.common.journal import Entry
from lms.notices.actions import set_contact_rule
from lms.notices.models import Channel, ContactRule, Reveals
from lms.people.actions import (
    InvitationSettled,
    choose_name_form,
    record_audit,
    replace_card,
    withdraw_consent,
    withdraw_invitation,
)
from lms.people.actions.cards import RENEW_PINS, void_old_pin
from lms.people.actions.closing import (
    CLOSE_ACCOUNT,
    LEAVE_ORGANISATION,
    REOPEN_ACCOUNT,
    close_account,
    leave_organisation,
)
from lms.people.actions.profile import AS_ORGANISATION
from lms.people.actions.roles import WHOLE_COUNTRY, close_role
from lms.people.models import AuditEntry, Card, Invitation, NameForm, Organisation, Role, User
from lms.people.queries import answers_of
from lms.privacy.actions.erasing import ERASE_PERSON, erase_person
from lms.privacy.actions.merging import MERGE_PEOPLE, merge_again
from lms.privacy.actions.retention import AUDIT

log = logging.getLogger("yntymak.privacy")

# What may be decided again and again, this way and that: {kind of entry: what is decided}.
CHOICES = {
    "set_contact_rule": "contact_rule",
    "change_name_form": "name_form",
    "choose_name_form": "preference",
    "suspend_certificate": "suspension",
    "lift_suspension": "suspension",
}
# What stands with a certificate or a standing for colleagues to read.
REASON = "Done before a backup was restored; done again from the journal."


def replay_journal(*, entries: Iterable[Entry], at: datetime) -> Counter[str]:
    """Does each decision once more, oldest first, and counts what became of them.

    done: what was decided holds.  absent: made after the backup, so there is nothing to do.  failed: look at the log;
    the others are done all the same.  A repeat is harmless.
    """
    ordered = sorted(entries, key=lambda entry: (entry.at, entry.id))
    newest = {(CHOICES.get(entry.kind), entry.subject): entry for entry in ordered}
    counting = [one for one in ordered if one.kind not in CHOICES or newest[CHOICES[one.kind], one.subject] is one]
    return Counter(_replay(entry, at) for entry in counting)


def _replay(entry: Entry, at: datetime) -> str:
    try:
        with transaction.atomic():
            replay = REPLAYS[entry.kind]
            subject = replay.model._default_manager.filter(pk=entry.subject).first()
            if subject is None:
                return "absent"
            replay.decide(subject, entry, at)
            return "done"
    except Exception:
        log.exception("an entry of the journal failed", extra={"fields": {"entry": str(entry.id), "kind": entry.kind}})
        return "failed"


def _revoke(certificate: Certificate, entry: Entry, at: datetime) -> None:
    wording = wording_of(entry.ids.get("wording", ""))
    try:
        revoke_certificate(
            certificate=certificate, public_wording=wording, internal_reason=REASON, by=None, at=entry.at
        )
    except CertificateSettled:
        # Replaced by another in the meantime, which has entries of its own.
        log.warning("a certificate that was revoked is replaced", extra={"fields": {"entry": str(entry.id)}})


def _suspend(certificate: Certificate, entry: Entry, at: datetime) -> None:
    if certificate.state == CertificateState.VALID and certificate.state_since <= entry.at:
        wording = wording_of(entry.ids.get("wording", ""))
        suspend_certificate(
            certificate=certificate, public_wording=wording, internal_reason=REASON, by=None, at=entry.at
        )


def _lift(certificate: Certificate, entry: Entry, at: datetime) -> None:
    if certificate.state == CertificateState.SUSPENDED and certificate.state_since <= entry.at:
        lift_suspension(certificate=certificate, internal_reason=REASON, by=None, at=entry.at)


def _withdraw(key: SigningKey, entry: Entry, at: datetime) -> None:
    withdraw_key(key=key, by=None, at=entry.at, via="journal")


def _note_copy(key: SigningKey, entry: Entry, at: datetime) -> None:
    """That others have it cannot be undone, and must not be forgotten."""
    note_key_export(key=key, at=entry.at)


def _erase(person: User, entry: Entry, at: datetime) -> None:
    erase_person(person=person, by=None, at=entry.at, wish=None)


def _merge(kept: User, entry: Entry, at: datetime) -> None:
    merged = User.objects.filter(pk=entry.ids["merged"]).first()
    # Who was entered after the backup is not there to give way.
    if merged is not None:
        merge_again(kept=kept, merged=merged, at=entry.at)


def _end_role(person: User, entry: Entry, at: datetime) -> None:
    region = None if entry.ids["region"] == WHOLE_COUNTRY else int(entry.ids["region"])
    of_then = Role.objects.filter(person=person, kind=entry.ids["role"], granted_at__lte=entry.at)
    same = of_then.filter(organisation=UUID(entry.ids["organisation"]), region=region)
    for role in same.not_ended(timezone.localdate(entry.at)):
        close_role(role=role, by=None, at=entry.at)


def _leave_organisation(person: User, entry: Entry, at: datetime) -> None:
    organisation_id = UUID(entry.ids["organisation"])
    if not Role.objects.filter(person=person, organisation=organisation_id, granted_at__gt=entry.at).exists():
        leave_organisation(person=person, organisation_id=organisation_id, at=entry.at)


def _replace_card(person: User, entry: Entry, at: datetime) -> None:
    if Card.objects.filter(person=person, replaced_at__isnull=True, created_at__lt=entry.at).exists():
        replace_card(person=person, by=None, at=entry.at)


def _renew_pin(person: User, entry: Entry, at: datetime) -> None:
    void_old_pin(person=person, renewed_at=entry.at)


def _withdraw_consent(person: User, entry: Entry, at: datetime) -> None:
    purpose, named = entry.ids["purpose"], entry.ids.get("organisation")
    organisation = Organisation.objects.filter(pk=named).first() if named else None
    answers = answers_of(person).get(purpose, {})
    asked = [answers.get(organisation.pk) or answers.get(None)] if organisation else answers.values()
    undone = [answer for answer in asked if answer and answer.given and answer.at <= entry.at]
    if undone and bool(named) == bool(organisation):
        withdraw_consent(
            person=person,
            purpose=purpose,
            language=undone[-1].language,
            organisation=organisation,
            by=None,
            at=entry.at,
        )


def _withdraw_standing(standing: Standing, entry: Entry, at: datetime) -> None:
    withdraw_standing(standing=standing, reason=REASON, by=None, at=entry.at)


def _hold_back_messages(person: User, entry: Entry, at: datetime) -> None:
    """What she chose is not in the journal, an address least of all: until she chooses again nothing is sent to her."""
    if not ContactRule.objects.filter(person=person, changed_at__gte=entry.at).exists():
        quiet = {"channel": Channel.SITE, "reveals": Reveals.NOTHING, "address": ""}
        set_contact_rule(person=person, **quiet, by=None, at=entry.at)


def _name_as_chosen(certificate: Certificate, entry: Entry, at: datetime) -> None:
    # Of somebody who was erased there is no name to show in any form.
    with suppress(HolderErased):
        change_name_form(certificate=certificate, form=NameForm(entry.ids["form"]), by=None, at=entry.at)


def _name_as_preferred(person: User, entry: Entry, at: datetime) -> None:
    form = "" if entry.ids["form"] == AS_ORGANISATION else NameForm(entry.ids["form"])
    if person.erased_at is None and person.name_form != form:
        choose_name_form(person=person, name_form=form, by=None, at=entry.at)


def _revoke_calendar(address: CalendarAddress, entry: Entry, at: datetime) -> None:
    revoke_calendar_address(address=address, by=None, at=entry.at)


def _withdraw_invitation(invitation: Invitation, entry: Entry, at: datetime) -> None:
    # Whoever has set a password is let be: with her the invitation was not open when it was withdrawn.
    with suppress(InvitationSettled):
        withdraw_invitation(invitation=invitation, by=None, at=entry.at)


def _close_account(person: User, entry: Entry, at: datetime) -> None:
    is_open = person.has_usable_password() or (person.is_active and person.username)
    if is_open and not _was_opened_since(person, entry, at):
        closing = close_account(person=person)
        record_audit(verb="end_account", subject=person, by=None, at=entry.at, details=closing._asdict())


def _was_opened_since(person: User, entry: Entry, at: datetime) -> bool:
    """Does this very database know of it?  In a backup from before the closing her old password and e-mail are good."""
    hers = AuditEntry.objects.filter(subject_type=person._meta.label_lower, subject_id=str(person.pk))
    # Or whoever had her card alone since was given a user name anew.
    if hers.filter(verb__in=(REOPEN_ACCOUNT, "give_user_name"), at__gte=entry.at).exists():
        return True
    # The audit trail is kept for a term only: of an older closing a role that she was given since tells.
    is_forgotten = local_day(entry.at) < add_months(local_day(at), -AUDIT)
    return is_forgotten and Role.objects.filter(person=person, granted_at__gt=entry.at).exists()


def _leave_account(person: User, entry: Entry, at: datetime) -> None:
    """It is open in the backup, or an administrator opens it again: a replay opens nothing."""


class Replay(NamedTuple):
    """Which table an entry's subject is a row of, and what to decide about that row once more."""

    model: type[Model]
    decide: Callable[[Any, Entry, datetime], None]


REPLAYS = {
    ERASE_PERSON: Replay(User, _erase),
    MERGE_PEOPLE: Replay(User, _merge),
    "revoke_certificate": Replay(Certificate, _revoke),
    "withdraw_key": Replay(SigningKey, _withdraw),
    EXPORT_KEY: Replay(SigningKey, _note_copy),
    "withdraw_standing": Replay(Standing, _withdraw_standing),
    "withdraw_consent": Replay(User, _withdraw_consent),
    "replace_card": Replay(User, _replace_card),
    RENEW_PINS: Replay(User, _renew_pin),
    "end_role": Replay(User, _end_role),
    LEAVE_ORGANISATION: Replay(User, _leave_organisation),
    "set_contact_rule": Replay(User, _hold_back_messages),
    "change_name_form": Replay(Certificate, _name_as_chosen),
    "choose_name_form": Replay(User, _name_as_preferred),
    "suspend_certificate": Replay(Certificate, _suspend),
    "lift_suspension": Replay(Certificate, _lift),
    "revoke_calendar_address": Replay(CalendarAddress, _revoke_calendar),
    "withdraw_invitation": Replay(Invitation, _withdraw_invitation),
    CLOSE_ACCOUNT: Replay(User, _close_account),
    REOPEN_ACCOUNT: Replay(User, _leave_account),
}
