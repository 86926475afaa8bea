"""What a stranger learns about one certificate, and from whose keys."""

import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.certificates.models import Certificate, CertificateState, KeyState, SigningKey, StateChange
from lms.certificates.signing import Claims, PinnedKey, StatementRefused, claims_of, verify_statement
from lms.cohorts.models import StandingState
from lms.common.codes import decode_id, encode_id
from lms.common.crypto import unwrap
from lms.common.dates import local_day
from lms.common.languages import LANGUAGE_CODES


class VerdictState(models.TextChoices):
    """The states of a verdict that is given online; the offline verifier has three more."""

    GENUINE = "genuine", _("Genuine")
    MAY_NOT_TRAIN = "may_not_train", _("Genuine, but may not train now")
    ERASED = "erased", _("Genuine, without a name")
    EXPIRED = "expired", _("Expired")
    SUPERSEDED = "superseded", _("Replaced by a newer one")
    SUSPENDED = "suspended", _("Suspended")
    REVOKED = "revoked", _("Revoked")
    WITHDRAWN_KEY = "withdrawn_key", _("Genuine, being signed anew")
    ALTERED = "altered", _("Altered")
    NOT_OURS = "not_ours", _("Not our certificate")


# A standing in one of these says no to training for now.
RESTING_STATES = (StandingState.DORMANT, StandingState.SUSPENDED, StandingState.WITHDRAWN)


@dataclass(frozen=True)
class Verdict:
    """What the page shows.  `record` is Certificate.claims, or {} where nothing may be claimed."""

    state: VerdictState
    public_id: str = ""
    certificate: Certificate | None = None
    record: dict[str, Any] | None = None
    shown_name: str = ""
    name_digest: bytes = b""
    since: datetime | None = None
    wording: dict[str, str] | None = None
    steps_back: dict[str, str] | None = None

    @property
    def can_check_name(self) -> bool:
        """Is there something to compare a typed name with?"""
        return bool(self.name_digest) and self.certificate is not None and bool(self.certificate.holder.salt)


NOT_OURS = Verdict(VerdictState.NOT_OURS)


def verdict_of(public_id: str, day: date) -> Verdict:
    """The state of the certificate with this id on `day`: one query, two where a state is explained.

    A malformed id costs the same look-up as an unknown one.
    """
    certificate = _find(public_id)
    if certificate is None:
        return NOT_OURS
    try:
        claims = _verified(certificate)
    except StatementRefused:
        return Verdict(_settled(certificate) or VerdictState.ALTERED, public_id, certificate, **_explained(certificate))
    state = _settled(certificate) or _of_the_day(certificate, day)
    return Verdict(
        state=state,
        public_id=public_id,
        certificate=certificate,
        record=certificate.claims,
        shown_name=claims.shown_name,
        name_digest=claims.name_digest,
        steps_back=certificate.standing.steps_back if certificate.standing else None,
        **_explained(certificate),
    )


def key_ring(keys: list[SigningKey]) -> dict[bytes, PinnedKey]:
    """The keys as a verifier pins them, by kid; `organisation` is read of each."""
    pinned = (
        PinnedKey(bytes.fromhex(key.kid), key.organisation.code, bytes(key.public_key), local_day(key.not_after))
        for key in keys
    )
    return {key.kid: key for key in pinned}


def published_keys() -> list[SigningKey]:
    """All keys ever used, the newest first: certificates outlive them."""
    return list(SigningKey.objects.select_related("organisation").order_by("-not_before", "kid"))


# Neither a private key nor a full name is read to answer a stranger.
_NEEDED = (
    "public_id",
    "claims",
    "statement",
    "status_index",
    "state",
    "state_since",
    "expires_on",
    "key__public_key",
    "key__state",
    "key__not_after",
    "key__organisation",
    "organisation__code",
    *(f"organisation__name_{language}" for language in LANGUAGE_CODES),
    "holder__salt",
    "holder__sealed_shown_name",
    "holder__erased_at",
    "standing__state",
    "standing__steps_back",
)
_ROWS = Certificate.objects.select_related("key", "organisation", "holder", "standing").only(*_NEEDED)


def _find(public_id: str) -> Certificate | None:
    try:
        decode_id(public_id)
    except ValueError:
        public_id = encode_id(secrets.token_bytes(16))
    # No `first()`: an order over one row is work for nothing, on the page that is asked for most.
    certificate = next(iter(_ROWS.filter(public_id=public_id)), None)
    if certificate and certificate.key.organisation_id == certificate.organisation_id:
        certificate.key.organisation = certificate.organisation
    return certificate


def _verified(certificate: Certificate) -> Claims:
    """The signed claims, if they are what the row says.  Raises StatementRefused."""
    signed = verify_statement(
        bytes(certificate.statement), public_id=decode_id(certificate.public_id), keys=key_ring([certificate.key])
    )
    sealed = certificate.holder.sealed_shown_name
    kept = claims_of(
        certificate.claims,
        status_index=certificate.status_index,
        shown_name=unwrap(bytes(sealed)).decode() if sealed else "",
    )
    if replace(signed, name_digest=b"") != kept or signed.expires_on != certificate.expires_on:
        raise StatementRefused("bad_claims")
    return signed


def _settled(certificate: Certificate) -> VerdictState | None:
    """What was decided about it, before anything that a calendar says."""
    return {
        CertificateState.REVOKED: VerdictState.REVOKED,
        CertificateState.SUPERSEDED: VerdictState.SUPERSEDED,
        CertificateState.SUSPENDED: VerdictState.SUSPENDED,
    }.get(CertificateState(certificate.state))


def _of_the_day(certificate: Certificate, day: date) -> VerdictState:
    if certificate.has_expired(day):
        return VerdictState.EXPIRED
    if certificate.key.state == KeyState.COMPROMISED:
        return VerdictState.WITHDRAWN_KEY
    if certificate.standing and certificate.standing.state in RESTING_STATES:
        return VerdictState.MAY_NOT_TRAIN
    return VerdictState.ERASED if certificate.holder.erased_at else VerdictState.GENUINE


def _explained(certificate: Certificate) -> dict[str, Any]:
    """Since when, and in which public words if any were chosen."""
    if certificate.state not in (CertificateState.REVOKED, CertificateState.SUSPENDED):
        return {"since": certificate.state_since}
    changes = StateChange.objects.filter(certificate=certificate, state=certificate.state).order_by("-at", "-pk")
    return {"since": certificate.state_since, "wording": changes.values_list("public_wording", flat=True).first()}
