"""How a person is reached, if she wants to be: one address, encrypted under her own key."""

from datetime import datetime

from django.db import transaction

from lms.common.crypto import keyed_index, seal
from lms.people.actions.audit import record_audit
from lms.people.actions.living import lock_living
from lms.people.models import Contact, User


@transaction.atomic
def keep_contact(*, person: User, kind: str, address: str, by: User | None, at: datetime) -> Contact:
    """Keeps this address in place of whatever she gave before: what is not used is not kept.

    Raises PersonErased, PersonMerged.
    """
    lock_living(person=person)
    Contact.objects.filter(person=person).delete()
    contact = Contact.objects.create(
        person=person,
        kind=kind,
        sealed=seal(person.key.wrapped, address),
        index=keyed_index("contact", address),
        created_at=at,
    )
    record_audit(verb="keep_contact", subject=person, by=by, at=at, details={"kind": kind})
    return contact


@transaction.atomic
def remove_contacts(*, person: User, by: User | None, at: datetime) -> None:
    """Forgets her addresses.  A repeat is harmless."""
    if Contact.objects.filter(person=person).delete()[0]:
        record_audit(verb="remove_contacts", subject=person, by=by, at=at)
