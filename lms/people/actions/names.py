"""The legal name: written for a certificate, read by few, each reading noted."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.common.crypto import keyed_index, seal, unseal
from lms.common.errors import ActionError
from lms.common.names import clean_name
from lms.people.actions.audit import record_audit, record_audits
from lms.people.actions.consents import record_consent
from lms.people.actions.living import lock_living
from lms.people.actions.proving import require_herself
from lms.people.models import ConsentPurpose, LegalName, Organisation, User


class NoLegalName(ActionError):
    """She has not given one, or was erased."""

    code = "no_legal_name"
    message = _("There is no name for the certificate yet.")


class NameInUse(ActionError):
    """A certificate bears it: a certificate is never edited."""

    code = "name_in_use"
    message = _(
        "A certificate bears your name already, so it stays as it is. If it is wrong, tell your coordinator:"
        " she corrects it, revokes that certificate and issues a new one."
    )


@transaction.atomic
def set_legal_name(*, person: User, name: str, by: User, at: datetime) -> LegalName:
    """Keeps the name under her own key.  Raises PersonErased, PersonMerged."""
    lock_living(person=person)
    name = clean_name(name)
    legal_name, created = LegalName.objects.update_or_create(
        person=person,
        defaults={
            "sealed": seal(person.key.wrapped, name),
            "index": keyed_index("legal_name", name),
            "updated_at": at,
        },
    )
    details = {} if created else {"why": "replaced"}
    record_audit(verb="set_legal_name", subject=person, by=by, at=at, details=details)
    return legal_name


@transaction.atomic
def give_certificate_name(
    *,
    person: User,
    name: str,
    language: str,
    by: User,
    at: datetime,
    organisations: Sequence[Organisation] = (),
) -> LegalName:
    """The name together with her consent to have it on a certificate: on those of `organisations` where several ask.

    She corrects it herself until a certificate bears it.
    Raises PersonErased, PersonMerged, NameInUse; PinProvesNothing, OwnPinNeeded where one is kept already, and it
    could be whoever printed her card.
    """
    lock_living(person=person)
    if kept := LegalName.objects.select_for_update(no_key=True).filter(person=person).first():
        if kept.used_at:
            raise NameInUse
        if by == person:
            require_herself(person=person)
    purpose = ConsentPurpose.CERTIFICATE
    for one in organisations or (None,):
        record_consent(person=person, purpose=purpose, given=True, language=language, by=by, at=at, organisation=one)
    return set_legal_name(person=person, name=name, by=by, at=at)


@transaction.atomic
def reveal_legal_name(*, person: User, by: User | None, at: datetime, why: str) -> str:
    """The name in plain; `why` is a code that goes into the audit trail.  Raises NoLegalName.

    Who may ask is decided by the caller's gate.
    """
    return reveal_legal_names(people=[person], by=by, at=at, why=why)[person.pk]


@transaction.atomic
def reveal_legal_names(*, people: Sequence[User], by: User | None, at: datetime, why: str) -> dict[UUID, str]:
    """Person id → her name, of several at once.  Raises NoLegalName if one of them has none."""
    kept = list(LegalName.objects.filter(person__in=people).select_related("person__key"))
    if {name.person_id for name in kept} != {person.pk for person in people}:
        raise NoLegalName
    record_audits(verb="reveal_legal_name", subjects=people, by=by, at=at, details={"why": why})
    return {name.person_id: unseal(name.person.key.wrapped, name.sealed) for name in kept}


@transaction.atomic
def use_legal_names(*, people: Sequence[User], by: User, at: datetime) -> dict[UUID, str]:
    """The same for certificates that bear the names from now on.  Raises NoLegalName."""
    # Under lock before they are read: whoever is correcting hers at this moment is printed as she corrects it.
    kept = LegalName.objects.filter(person__in=people)
    list(kept.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    names = reveal_legal_names(people=people, by=by, at=at, why="certificate")
    kept.filter(used_at__isnull=True).update(used_at=at)
    return names
