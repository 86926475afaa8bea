"""What a stranger learns about one certificate, and from whose keys."""

import secrets
from collections.abc import Buffer, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models
from django.db.models import CharField, QuerySet
from django.utils.translation import gettext_lazy as _

from lms.certificates.models import Certificate, CertificateState, KeyState, SigningKey, StateChange
from lms.certificates.signing import (
    Claims,
    PinnedKey,
    StatementRefused,
    bare_record,
    claims_of,
    is_record_signed,
    verify_statement,
)
from lms.cohorts.models import Standing, StandingState
from lms.common.codes import decode_id, encode_id
from lms.common.crypto import unwrap
from lms.common.dates import local_day
from lms.common.prepared import prepared


class VerdictState(models.TextChoices):
    """The states of a verdict that is given online; the verifier without a network has four more."""

    GENUINE = "genuine", _("Genuine")
    MAY_NOT_TRAIN = "may_not_train", _("Genuine, but may not train now")
    # Of several modules; those that she may train keep their word.
    MAY_TRAIN_SOME = "may_train_some", _("Genuine, but may not train all of it now")
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
    """What the page shows.  `record`: the claims as far as they are signed, or none where nothing may be claimed."""

    state: VerdictState
    public_id: str = ""
    found: "_Row | None" = None
    record: dict[str, Any] | None = None
    shown_name: str = ""
    name_digest: bytes = b""
    since: datetime | None = None
    wording: dict[str, str] | None = None
    steps_back: dict[str, str] | None = None
    # Its modules that its holder may not train now.
    resting: tuple[str, ...] = ()

    @property
    def can_check_name(self) -> bool:
        """Is there something to compare a typed name with?"""
        return bool(self.name_digest) and bool(self.salt)

    @property
    def salt(self) -> bytes:
        """What a typed name is mixed with before it is compared; empty where nothing can be."""
        return bytes(self.found.holder__salt or b"") if self.found else b""


NOT_OURS = Verdict(VerdictState.NOT_OURS)


def verdict_of(public_id: str, day: date) -> Verdict:
    """The state of the certificate with this id on `day`: one query, two where a state is explained.

    A malformed id costs the same look-up as an unknown one.
    """
    found = _find(public_id)
    if found is None:
        return NOT_OURS
    try:
        claims = _verified(found)
    except StatementRefused:
        return Verdict(_settled(found) or VerdictState.ALTERED, public_id, found, **_explained(found))
    settled = _settled(found)
    resting = {} if settled else _resting(found)
    return Verdict(
        state=settled or _of_the_day(found, day, resting),
        public_id=public_id,
        found=found,
        record=found.claims if found.record_signature else bare_record(found.claims),
        shown_name=claims.shown_name,
        name_digest=claims.name_digest,
        steps_back=steps_together(resting.values()),
        resting=tuple(resting),
        **_explained(found),
    )


def key_ring(keys: list[SigningKey]) -> dict[bytes, PinnedKey]:
    """The keys as a verifier pins them, by kid; `organisation` is read of each."""
    pinned = (_pinned(key.kid, key.organisation.code, key.public_key, key.not_after) for key in keys)
    return {key.kid: key for key in pinned}


def _pinned(kid: str, organisation: str, public_key: Buffer, not_after: datetime) -> PinnedKey:
    return PinnedKey(bytes.fromhex(kid), organisation, bytes(public_key), local_day(not_after))


def published_keys() -> list[SigningKey]:
    """All keys ever used, the newest first: certificates outlive them."""
    return list(SigningKey.objects.select_related("organisation").order_by("-not_before", "kid"))


# Neither a private key nor a full name is read to answer a stranger.  A row and not a Certificate: to make objects of
# five tables took a third of the page that is asked for most.
class _Row(NamedTuple):
    pk: UUID
    public_id: str
    claims: dict[str, Any]
    statement: Buffer
    record_signature: Buffer
    status_index: int
    state: str
    state_since: datetime
    expires_on: date | None
    key__kid: str
    key__public_key: Buffer
    key__state: str
    key__not_after: datetime
    key__organisation__code: str
    holder__salt: Buffer | None
    holder__sealed_shown_name: Buffer | None
    holder__erased_at: datetime | None
    person: UUID | None
    organisation: UUID
    standing__state: str | None
    standing__steps_back: dict[str, str] | None


def _find(public_id: str) -> _Row | None:
    try:
        decode_id(public_id)
    except ValueError:
        public_id = encode_id(secrets.token_bytes(16))
    rows = _rows(public_id=public_id)
    return _Row(*rows[0]) if rows else None


@prepared(public_id=CharField())
def _rows(public_id: Any) -> QuerySet[Certificate, tuple[Any, ...]]:
    return Certificate.objects.filter(public_id=public_id).values_list(*_Row._fields)


def _verified(found: _Row) -> Claims:
    """The signed claims, if they are what the row says, and so are its titles.  Raises StatementRefused."""
    key = _pinned(found.key__kid, found.key__organisation__code, found.key__public_key, found.key__not_after)
    public_id = decode_id(found.public_id)
    signed = verify_statement(bytes(found.statement), public_id=public_id, keys={key.kid: key})
    signature = bytes(found.record_signature)
    if signature and not is_record_signed(found.claims, signature, public_id=public_id, public_key=key.public_key):
        raise StatementRefused("bad_claims")
    sealed = found.holder__sealed_shown_name
    kept = claims_of(
        found.claims,
        status_index=found.status_index,
        shown_name=unwrap(bytes(sealed)).decode() if sealed else "",
    )
    if replace(signed, name_digest=b"") != kept or signed.expires_on != found.expires_on:
        raise StatementRefused("bad_claims")
    return signed


def _settled(found: _Row) -> VerdictState | None:
    """What was decided about it, before anything that a calendar says."""
    return {
        CertificateState.REVOKED: VerdictState.REVOKED,
        CertificateState.SUPERSEDED: VerdictState.SUPERSEDED,
        CertificateState.SUSPENDED: VerdictState.SUSPENDED,
    }.get(CertificateState(found.state))


def _resting(found: _Row) -> dict[str, dict[str, str]]:
    joined = (found.standing__state, found.standing__steps_back or {}) if found.standing__state else None
    return resting_modules(found.claims, person=found.person, organisation=found.organisation, joined=joined)


def resting_modules(
    claims: dict[str, Any], *, person: UUID | None, organisation: UUID, joined: tuple[str, dict[str, str]] | None
) -> dict[str, dict[str, str]]:
    """Module code → the steps back, of those of a certificate that its holder may not train now.

    One certificate of a cohort lists all that she may train there, and is joined to the standing that came last: only
    the others, and one that was granted anew elsewhere, are asked for.
    """
    modules = [module["code"] for module in claims["modules"]]
    if joined is None:
        return {}
    states = {modules[-1]: joined}
    if person and asks_for_others(modules, joined[0]):
        standings = Standing.objects.filter(person=person, organisation=organisation, module_code__in=modules)
        rows = standings.order_by("created_at", "pk").values_list("module_code", "state", "steps_back")
        states = {code: (state, steps) for code, state, steps in rows}
    return {code: states[code][1] for code in modules if code in states and states[code][0] in RESTING_STATES}


def asks_for_others(modules: Collection[str], joined: str) -> bool:
    """Does the standing that a certificate is joined to not say all about its modules?"""
    return len(modules) > 1 or joined == StandingState.REPLACED


def steps_together(steps: Iterable[dict[str, str]]) -> dict[str, str]:
    """One text in each language."""
    texts: dict[str, list[str]] = {}
    for one in steps:
        for language, text in one.items():
            texts.setdefault(language, []).append(text)
    return {language: " ".join(some) for language, some in texts.items()}


def _of_the_day(found: _Row, day: date, resting: Collection[str]) -> VerdictState:
    if found.expires_on is not None and found.expires_on < day:
        return VerdictState.EXPIRED
    if found.key__state == KeyState.COMPROMISED:
        return VerdictState.WITHDRAWN_KEY
    if resting:
        all_of_it = len(resting) == len(found.claims["modules"])
        return VerdictState.MAY_NOT_TRAIN if all_of_it else VerdictState.MAY_TRAIN_SOME
    return VerdictState.ERASED if found.holder__erased_at else VerdictState.GENUINE


def _explained(found: _Row) -> dict[str, Any]:
    """Since when, and in which public words if any were chosen."""
    if found.state not in (CertificateState.REVOKED, CertificateState.SUSPENDED):
        return {"since": found.state_since}
    changes = StateChange.objects.filter(certificate=found.pk, state=found.state).order_by("-at", "-pk")
    return {"since": found.state_since, "wording": changes.values_list("public_wording", flat=True).first()}
