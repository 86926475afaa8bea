"""Keys: one per organisation and year, one of the site's own.

A withdrawn one is never used again and stays published.
"""

from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from django.utils import timezone

from lms.certificates.models import Ed25519Key, InstallationKey, KeyState, SigningKey
from lms.certificates.signing import kid_of
from lms.common.crypto import unwrap, wrap
from lms.common.dates import local_day
from lms.common.journal import append_entry
from lms.people.actions import record_audit
from lms.people.models import Organisation, User

# Days in which the site's next key is known before it signs.
PUBLISHED_BEFORE = 31


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


def private_bytes(*, key: Ed25519Key) -> bytes:
    """The raw private key, in the moment of signing; an organisation's is for the worker only."""
    return unwrap(bytes(key.sealed_private_key))


def _make_key(organisation: Organisation, by: User | None, at: datetime) -> SigningKey:
    key = SigningKey.objects.create(
        organisation=organisation, not_before=at, not_after=_end_of_year(local_day(at).year), **_new_pair()
    )
    record_audit(verb="make_key", subject=key, by=by, at=at, organisation_id=organisation.pk)
    return key


@transaction.atomic
def ensure_installation_key(*, at: datetime) -> InstallationKey:
    """The key with which the site signs now; the next year's is made a month before.

    Two that come at once, on a site without a key, make two: both are published, and one of them signs.
    """
    today, soon = local_day(at), local_day(at + timedelta(days=PUBLISHED_BEFORE))
    for year in range(today.year, soon.year + 1):
        life = {"not_before": _end_of_year(year - 1), "not_after": _end_of_year(year)}
        if not InstallationKey.objects.filter(state=KeyState.ACTIVE, **life).exists():
            key = InstallationKey.objects.create(**life, **_new_pair())
            record_audit(verb="make_key", subject=key, by=None, at=at)
    return InstallationKey.objects.filter(state=KeyState.ACTIVE, not_before__lte=at).latest("not_before", "kid")


def _new_pair() -> dict[str, Any]:
    """The columns of a new key that make it one."""
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    return {
        "kid": kid_of(public).hex(),
        "public_key": public,
        "sealed_private_key": wrap(private.private_bytes_raw()),
    }


def _end_of_year(year: int) -> datetime:
    return datetime(year, 12, 31, 23, 59, 59, tzinfo=timezone.get_default_timezone())
