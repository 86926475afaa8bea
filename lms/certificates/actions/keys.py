"""Keys: one per organisation and year, one of the site's own.

A withdrawn one is never used again and stays published.
"""

from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.certificates.models import Ed25519Key, InstallationKey, KeyState, SigningKey
from lms.certificates.signing import kid_of
from lms.common.crypto import unwrap, wrap
from lms.common.dates import local_day
from lms.common.errors import ActionError
from lms.common.journal import append_entry
from lms.people.actions import record_audit
from lms.people.models import Organisation, User

# A key is not replaced before: every one is published for ever, and every verifier loads them all.
ROTATED_AFTER = timedelta(days=7)
# Days in which the site's next key is known before it signs.
PUBLISHED_BEFORE = 31


class KeyTooYoung(ActionError):
    code = "key_too_young"
    message = _("The key is younger than a week. If others may know it, withdraw it instead.")


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
def withdraw_key(*, key: SigningKey, by: User | None, at: datetime, via: str = "") -> SigningKey:
    """Marks a key that others may have seen; its certificates are to be signed again.  A repeat is harmless.

    `via` says in the audit trail which way it came where nobody signed in: the command line, a journal.
    """
    # Whoever issues holds this lock until her certificates are written: none comes under the key afterwards.
    Organisation.objects.select_for_update(no_key=True).get(pk=key.organisation_id)
    locked = SigningKey.objects.select_for_update(no_key=True).get(pk=key.pk)
    if locked.state != KeyState.COMPROMISED:
        locked.state, locked.not_after = KeyState.COMPROMISED, max(at, locked.not_before)
        locked.save(update_fields=["state", "not_after"])
        details = {"via": via} if via else {}
        record_audit(
            verb="withdraw_key", subject=locked, by=by, at=at, organisation_id=locked.organisation_id, details=details
        )
        append_entry("withdraw_key", locked.kid, at)
    return locked


@transaction.atomic
def rotate_key(*, organisation: Organisation, by: User | None, at: datetime) -> SigningKey:
    """A new key before the year is over; the one of until now is retired and vouches for what it signed.

    For the worker.  Raises KeyTooYoung.
    """
    locked = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    active = SigningKey.objects.filter(organisation=locked, state=KeyState.ACTIVE).first()
    if active and active.not_before > at - ROTATED_AFTER:
        raise KeyTooYoung
    if active:
        active.state, active.not_after = KeyState.RETIRED, min(at, active.not_after)
        active.save(update_fields=["state", "not_after"])
    return _make_key(locked, by, at)


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
