"""What a stranger learns about one certificate, and from whose keys."""

import hmac
import json
import secrets
from collections import defaultdict
from collections.abc import Buffer, Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models
from django.db.models import CharField, QuerySet, UUIDField
from django.utils.translation import gettext_lazy as _

from lms.certificates.models import Certificate, CertificateState, KeyState, SigningKey, StateChange
from lms.certificates.signing import (
    Claims,
    PinnedKey,
    StatementRefused,
    bare_record,
    claims_of,
    is_record_signed,
    name_digest,
    verify_statement,
)
from lms.cohorts.models import Standing, StandingState
from lms.common.codes import decode_id, encode_id
from lms.common.crypto import unwrap
from lms.common.dates import local_day
from lms.common.prepared import Many, prepared


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

    def has_name(self, name: str) -> bool:
        """Is this the full name on the certificate?  Each question is one of its tries, which whoever asks counts."""
        same = hmac.compare_digest(name_digest(name, self.salt), self.name_digest)
        return same and self.can_check_name


NOT_OURS = Verdict(VerdictState.NOT_OURS)


class Facts(NamedTuple):
    """All that a verdict is made of but the day, as the database's driver gave it: of equal facts it is the same."""

    row: tuple[Any, ...] = ()
    # Of the same certificate, where its row does not say all: see `_more`.
    more: tuple[tuple[Any, ...], ...] = ()


UNKNOWN = Facts()
# How many certificates are remembered in a process with what was made of them.
KEPT = 500


def facts_of(public_id: str) -> Facts:
    """What is known now of the certificate with this id: one query, two where its row does not say all.

    A malformed id costs the same look-up as an unknown one.
    """
    rows = _rows.bare(public_id=public_id if _is_formed(public_id) else encode_id(secrets.token_bytes(16)))
    return Facts(rows[0], tuple(_more(rows[0]))) if rows else UNKNOWN


def _is_formed(public_id: str) -> bool:
    """Only such an id may be asked for: a database refuses some characters that a stranger can send."""
    try:
        return bool(decode_id(public_id))
    except ValueError:
        return False


def _more(row: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """The public words of a revocation or a suspension; the standings of a trainer with several modules."""
    bare: Any = _Row._make(row)
    if bare.state in EXPLAINED:
        return _wordings.bare(certificate=bare.pk, state=bare.state)
    if bare.state == CertificateState.VALID and bare.standing__state and bare.person:
        modules = _modules_in(bare.claims)
        if asks_for_others(modules, bare.standing__state):
            return _standings.bare(person=bare.person, organisation=bare.organisation, modules=modules)
    return []


@lru_cache(maxsize=KEPT)
def _modules_in(claims: str) -> tuple[str, ...]:
    """Codes; none where somebody meddled with the claims, which is found out when they are compared."""
    try:
        return tuple(str(module["code"]) for module in json.loads(claims)["modules"])
    except (LookupError, TypeError):
        return ()


def verdict_of(public_id: str, day: date) -> Verdict:
    """The state of the certificate with this id on `day`."""
    return verdict_from(facts_of(public_id), day)


def verdict_from(facts: Facts, day: date) -> Verdict:
    """The verdict that follows from these facts on `day`; asks nothing more."""
    if not facts.row:
        return NOT_OURS
    more = list(facts.more)
    return _judged(
        _Row(*_rows.made([facts.row])[0]),
        day,
        lambda _person, _organisation, modules: _by_module(_standings.made(more, modules=modules)),
        lambda _row: next(iter(_wordings.made(more)), None),
    )


def verdicts_of(public_ids: Collection[str], day: date) -> dict[str, Verdict]:
    """By id, the verdicts that the page of each gives on `day`, for those that are ours: three queries at most."""
    formed = {public_id for public_id in public_ids if _is_formed(public_id)}
    rows = Certificate.objects.filter(public_id__in=formed).values_list(*_Row._fields)
    found = [_Row(*row) for row in rows]
    standings, wordings = _standings_of_all(found), _wordings_of_all(found)
    return {one.public_id: _judged(one, day, standings, wordings) for one in found}


# What is asked beside the row where a state is explained: the standings of a person in an organisation for modules, and
# the public words of the last change.
type _Standings = Callable[[UUID, UUID, Collection[str]], dict[str, tuple[str, dict[str, str]]]]
type _Wordings = Callable[["_Row"], dict[str, str] | None]


def _judged(found: "_Row", day: date, standings: _Standings, wordings: _Wordings) -> Verdict:
    explained = _explained(found, wordings)
    try:
        claims = _verified(found)
    except StatementRefused:
        return Verdict(_settled(found) or VerdictState.ALTERED, found.public_id, found, **explained)
    settled = _settled(found)
    resting = {} if settled else _resting(found, standings)
    return Verdict(
        state=settled or _of_the_day(found, day, resting),
        public_id=found.public_id,
        found=found,
        record=found.claims if found.record_signature else bare_record(found.claims),
        shown_name=claims.shown_name,
        name_digest=claims.name_digest,
        steps_back=steps_together(resting.values()),
        resting=tuple(resting),
        **explained,
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


@prepared(public_id=CharField())
def _rows(public_id: Any) -> QuerySet[Certificate, tuple[Any, ...]]:
    return Certificate.objects.filter(public_id=public_id).values_list(*_Row._fields)


@prepared(certificate=UUIDField(), state=CharField())
def _wordings(certificate: Any, state: Any) -> QuerySet[StateChange, dict[str, str]]:
    changes = StateChange.objects.filter(certificate__id=certificate, state=state).order_by("-at", "-pk")
    return changes.values_list("public_wording", flat=True)[:1]


@prepared(person=UUIDField(), organisation=UUIDField(), modules=Many(CharField()))
def _standings(person: Any, organisation: Any, modules: Any) -> QuerySet[Standing, tuple[str, str, dict[str, str]]]:
    rows = Standing.objects.filter(person__id=person, organisation__id=organisation, module_code__in=modules)
    return rows.order_by("created_at", "pk").values_list("module_code", "state", "steps_back")


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


def _resting(found: _Row, standings: _Standings) -> dict[str, dict[str, str]]:
    joined = (found.standing__state, found.standing__steps_back or {}) if found.standing__state else None
    return resting_modules(
        found.claims, person=found.person, organisation=found.organisation, joined=joined, standings=standings
    )


def standings_of(person: UUID, organisation: UUID, modules: Collection[str]) -> dict[str, tuple[str, dict[str, str]]]:
    """Module code → state and steps back of the standing that came last."""
    return _by_module(_standings(person=person, organisation=organisation, modules=modules))


def _by_module(rows: Iterable[tuple[str, str, dict[str, str]]]) -> dict[str, tuple[str, dict[str, str]]]:
    return {code: (state, steps) for code, state, steps in rows}


def _standings_of_all(found: Collection[_Row]) -> _Standings:
    """`standings_of`, for these rows asked at once."""
    people = {row.person for row in found if row.standing__state and row.person}
    held: dict[tuple[UUID, UUID], dict[str, tuple[str, dict[str, str]]]] = defaultdict(dict)
    if people:
        rows = Standing.objects.filter(person__in=people).order_by("created_at", "pk")
        for person, organisation, code, state, steps in rows.values_list(
            "person", "organisation", "module_code", "state", "steps_back"
        ):
            held[person, organisation][code] = (state, steps)
    return lambda person, organisation, modules: {
        code: told for code, told in held[person, organisation].items() if code in modules
    }


def resting_modules(
    claims: dict[str, Any],
    *,
    person: UUID | None,
    organisation: UUID,
    joined: tuple[str, dict[str, str]] | None,
    standings: _Standings = standings_of,
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
        states = standings(person, organisation, modules)
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


def _explained(found: _Row, wordings: _Wordings) -> dict[str, Any]:
    """Since when, and in which public words if any were chosen."""
    if found.state not in EXPLAINED:
        return {"since": found.state_since}
    return {"since": found.state_since, "wording": wordings(found)}


# States of which the public may read why.
EXPLAINED = (CertificateState.REVOKED, CertificateState.SUSPENDED)


def _wordings_of_all(found: Collection[_Row]) -> _Wordings:
    """What `_wordings` says of one, of these rows asked at once."""
    explained = [row.pk for row in found if row.state in EXPLAINED]
    changes = StateChange.objects.filter(certificate__in=explained).order_by("at", "pk") if explained else None
    rows = changes.values_list("certificate", "state", "public_wording") if changes is not None else ()
    told = {(certificate, state): wording for certificate, state, wording in rows}
    return lambda row: told.get((row.pk, row.state))
