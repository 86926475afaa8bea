"""Signing keys: one per organisation and year; a withdrawn one is never used again and stays published."""

from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from django.utils import timezone

from lms.certificates.models import KeyState, SigningKey
from lms.certificates.signing import kid_of
from lms.common.crypto import unwrap, wrap
from lms.common.journal import append_entry
from lms.people.actions import record_audit
from lms.people.models import Organisation, User


@transaction.atomic
def ensure_signing_key(*, organisation: Organisation, by: User | None, at: datetime) -> SigningKey:
    """The key with which the organisation signs now; last year's is retired and this year's made where needed."""
    locked = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    active = SigningKey.objects.filter(organisation=locked, state=KeyState.ACTIVE).first()
    if active and active.not_after >= at:
        return active
    if active:
        active.state = KeyState.RETIRED
        active.save(update_fields=["state"])
    return _make_key(locked, by, at)


@transaction.atomic
def withdraw_key(*, key: SigningKey, by: User | None, at: datetime) -> SigningKey:
    """Marks a key that others may have seen; its certificates are to be signed again.  A repeat is harmless."""
    locked = SigningKey.objects.select_for_update(no_key=True).get(pk=key.pk)
    if locked.state != KeyState.COMPROMISED:
        locked.state, locked.not_after = KeyState.COMPROMISED, max(at, locked.not_before)
        locked.save(update_fields=["state", "not_after"])
        record_audit(verb="withdraw_key", subject=locked, by=by, at=at, organisation_id=locked.organisation_id)
        append_entry("withdraw_key", locked.kid, at)
    return locked


def private_bytes(*, key: SigningKey) -> bytes:
    """The raw private key.  For the worker, in the moment of signing."""
    return unwrap(bytes(key.sealed_private_key))


def _make_key(organisation: Organisation, by: User | None, at: datetime) -> SigningKey:
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    here = timezone.get_default_timezone()
    key = SigningKey.objects.create(
        kid=kid_of(public).hex(),
        organisation=organisation,
        public_key=public,
        sealed_private_key=wrap(private.private_bytes_raw()),
        not_before=at,
        not_after=datetime(at.astimezone(here).year, 12, 31, 23, 59, 59, tzinfo=here),
    )
    record_audit(verb="make_key", subject=key, by=by, at=at, organisation_id=organisation.pk)
    return key
