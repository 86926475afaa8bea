"""Is a credential of Open Badges 3.0 genuine, and does it hold now?  Of any issuer, with one reason where it is not.

Nothing in the file says how it is judged: neither the algorithm nor the key comes from it.  Who is named as the issuer
must publish the key; for this site that is looked up here, for others where the operator allows it (others.py).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from lms.certificates.importers.files import Found, Unreadable, find_credential
from lms.certificates.importers.lists import BadList, is_set
from lms.certificates.importers.others import Ask, NotAsked, key_of_other, may_be_asked
from lms.certificates.models import CertificateState, KeyState, SigningKey
from lms.certificates.queries import certificate_of_subject, own_signing_key, own_status_list, places_of
from lms.certificates.signing import Judgement, Outcome, ProofRefused, Standing, did_of, proof_of, verify_proof
from lms.certificates.signing.contexts import CREDENTIALS
from lms.common.codes import encode_id
from lms.common.dates import local_day

ALGORITHMS = ["EdDSA", "Ed25519"]
TYPES = {"OpenBadgeCredential", "AchievementCredential"}
# What a header may say.  Keys and addresses of keys are not among it.
HEADER = {"alg", "kid", "typ", "cty", "iss"}
OF_KEYS = {"jwk", "jku", "x5c", "x5u", "x5t", "x5t#S256"}
REASON_OF_PURPOSE = {"revocation": "revoked", "suspension": "suspended"}


@dataclass
class _Learned:
    """How far the judging came before it ended."""

    is_signed: bool = False
    listed_at: datetime | None = None
    public_id: str = ""


class _Stop(Exception):
    def __init__(self, code: str, outcome: Outcome = Outcome.REFUSED) -> None:
        self.code, self.outcome = code, outcome
        super().__init__(code)


def judge_credential(content: bytes, *, base_url: str, at: datetime, ask: Ask) -> Judgement:
    """What to think of the file's credential at this moment; `ask` fetches what other issuers publish."""
    try:
        found = find_credential(content)
    except Unreadable as error:
        return Judgement(Outcome.REFUSED, error.code)
    learned, outcome, code = _Learned(), Outcome.GOOD, ""
    try:
        _judge(found, base_url, at, ask, learned)
    except (_Stop, ProofRefused) as error:
        outcome, code = getattr(error, "outcome", Outcome.REFUSED), error.code
    except NotAsked as error:
        outcome, code = Outcome.OPEN, error.code
    return Judgement(outcome, code, **asdict(learned), **_claims(found.credential, base_url))


def _judge(found: Found, base_url: str, at: datetime, ask: Ask, learned: _Learned) -> None:
    """Raises _Stop, ProofRefused or NotAsked at the first reason: who, then by which key, then what and when."""
    credential = found.credential
    _require_badge(credential)
    issuer = _id_of(credential["issuer"])
    method = _method_of(found, issuer)
    if issuer == did_of(base_url):
        _verify(found, _own_key(credential, method))
    else:
        key = key_of_other(issuer, method, ask)
        if key is None:
            raise _Stop("unknown_key")
        _verify(found, key)
    learned.is_signed = True
    _require_now(credential, at)
    _require_same(found.registered, issuer, at)
    if issuer == did_of(base_url):
        _require_own_state(credential, base_url, at, learned)
        return
    for entry in _entries(credential):
        _require_unset(entry, issuer, at, ask, learned)
    if issuer.startswith("did:key:"):
        raise _Stop("nobody_vouches", Outcome.OPEN)


def _require_badge(credential: Mapping[str, Any]) -> None:
    types, contexts = credential.get("type"), credential.get("@context")
    # First what it is: of a file of another kind nobody wants to read about its terms.
    if not isinstance(types, list) or "VerifiableCredential" not in types:
        raise _Stop("not_a_badge")
    if not isinstance(contexts, list) or contexts[:1] != [CREDENTIALS]:
        raise _Stop("unknown_context")
    subject = credential.get("credentialSubject")
    told = isinstance(subject, dict) and isinstance(subject.get("achievement"), dict)
    if not any(name in types for name in TYPES) or not told or not _id_of(credential.get("issuer")):
        raise _Stop("not_a_badge")


def _method_of(found: Found, issuer: str) -> str:
    """Who is said to have signed: one of the issuer's own keys, or it is refused before any key is looked for."""
    method = _method_of_header(found.header, issuer) if found.token else proof_of(found.credential).method
    if method.partition("#")[0] != issuer or not method.partition("#")[2]:
        raise _Stop("foreign_key")
    return method


def _method_of_header(header: Mapping[str, Any], issuer: str) -> str:
    if header.get("alg") not in ALGORITHMS:
        raise _Stop("unsupported_proof")
    if header.keys() & OF_KEYS:
        raise _Stop("key_in_header")
    kid = header.get("kid")
    if not header.keys() <= HEADER or not isinstance(kid, str):
        raise _Stop("bad_proof")
    return kid if "#" in kid else f"{issuer}#{kid}"


def _verify(found: Found, public_key: bytes) -> None:
    if not found.token:
        verify_proof(found.credential, proof_of(found.credential), public_key=public_key)
        return
    key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": encode_id(public_key)})
    try:
        jws.deserialize_compact(found.token, key, algorithms=ALGORITHMS)
    except (JoseError, ValueError) as error:
        raise _Stop("bad_signature") from error


def _own_key(credential: Mapping[str, Any], method: str) -> bytes:
    """One of an organisation, that named it: the site's own key signs no certificate."""
    key = own_signing_key(method.partition("#")[2])
    if key is None:
        raise _Stop("unknown_key")
    if key.state == KeyState.COMPROMISED:
        raise _Stop("withdrawn_key")
    if not _names(credential["issuer"], key):
        raise _Stop("foreign_key")
    if _moment(credential.get("validFrom")) > key.not_after:
        raise _Stop("unknown_key")
    return bytes(key.public_key)


def _names(issuer: Any, key: SigningKey) -> bool:
    entries = issuer.get("otherIdentifier") if isinstance(issuer, dict) else None
    return isinstance(entries, list) and [_text(one, "identifier") for one in entries] == [key.organisation.code]


def _require_now(credential: Mapping[str, Any], at: datetime) -> None:
    ends = [
        credential.get("validUntil"),
        proof_of(credential).options.get("expires") if "proof" in credential else None,
    ]
    if _moment(credential.get("validFrom")) > at:
        raise _Stop("not_yet_valid")
    if any(_moment(end) < at for end in ends if end is not None):
        raise _Stop("expired")


def _require_same(registered: Mapping[str, Any], issuer: str, at: datetime) -> None:
    """What a token says of itself again may not be something else."""
    if registered.get("iss", issuer) != issuer:
        raise _Stop("foreign_key")
    begin, end = registered.get("nbf", 0), registered.get("exp", at.timestamp())
    if not isinstance(begin, int | float) or not isinstance(end, int | float):
        raise _Stop("bad_dates")
    if begin > at.timestamp():
        raise _Stop("not_yet_valid")
    if end < at.timestamp():
        raise _Stop("expired")


def _require_own_state(credential: Mapping[str, Any], base_url: str, at: datetime, learned: _Learned) -> None:
    """What the row says, and the list that the file names."""
    certificate = certificate_of_subject(_id_of(credential["credentialSubject"]))
    if certificate is None:
        raise _Stop("not_issued_here")
    learned.public_id, learned.listed_at = certificate.public_id, at
    if certificate.state != CertificateState.VALID:
        raise _Stop(certificate.state)
    for entry in _entries(credential):
        status_list = own_status_list(entry["statusListCredential"], base_url)
        if status_list is None or status_list.purpose != entry["statusPurpose"]:
            raise _Stop("unknown_status")
        if int(entry["statusListIndex"]) in places_of(status_list):
            raise _Stop(REASON_OF_PURPOSE[status_list.purpose])


def _entries(credential: Mapping[str, Any]) -> list[dict[str, str]]:
    status = credential.get("credentialStatus")
    entries = status if isinstance(status, list) else [] if status is None else [status]
    for entry in entries:
        if _text(entry, "type") != "BitstringStatusListEntry":
            raise _Stop("unknown_status")
        index, purpose = _text(entry, "statusListIndex"), _text(entry, "statusPurpose")
        if not (index.isascii() and index.isdigit() and len(index) < 12):
            raise _Stop("unknown_status")
        if not purpose or not _text(entry, "statusListCredential"):
            raise _Stop("unknown_status")
    return entries


def _require_unset(entry: Mapping[str, str], issuer: str, at: datetime, ask: Ask, learned: _Learned) -> None:
    """Of several lists the oldest one counts as the day of the answer."""
    try:
        listed = _verified_list(entry["statusListCredential"], issuer, at, ask)
        flagged = is_set(listed.get("credentialSubject"), entry["statusPurpose"], int(entry["statusListIndex"]))
        made_at = _moment(listed["validFrom"])
    except (BadList, Unreadable, ProofRefused, _Stop) as error:
        raise _Stop("unknown_status") from error
    learned.listed_at = min(made_at, learned.listed_at or made_at)
    if flagged:
        raise _Stop(REASON_OF_PURPOSE.get(entry["statusPurpose"], "revoked"))


def _verified_list(address: str, issuer: str, at: datetime, ask: Ask) -> Mapping[str, Any]:
    """The issuer's own list, signed by it, and of today.  Raises what its neighbours do."""
    found = find_credential(ask(address))
    if _id_of(found.credential.get("issuer")) != issuer or found.credential.get("id") != address:
        raise _Stop("unknown_status")
    key = key_of_other(issuer, _method_of(found, issuer), ask)
    if key is None:
        raise _Stop("unknown_key")
    _verify(found, key)
    _require_now(found.credential, at)
    return found.credential


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise _Stop("bad_dates") from error
    if moment.tzinfo is None:
        raise _Stop("bad_dates")
    return moment


def _id_of(value: Any) -> str:
    return value if isinstance(value, str) else _text(value, "id")


def _text(value: Any, name: str) -> str:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def _claims(credential: Mapping[str, Any], base_url: str) -> dict[str, Any]:
    """For whoever reads the judgement."""
    subject, issuer = credential.get("credentialSubject"), credential.get("issuer")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    return {
        "standing": _standing(_id_of(issuer), base_url),
        "issuer": _id_of(issuer),
        "issuer_name": _text(issuer, "name"),
        "title": _text(achievement, "name"),
        "description": _text(achievement, "description"),
        "valid_from": _day(credential.get("validFrom")),
        "valid_until": _day(credential.get("validUntil")),
        "names_list": credential.get("credentialStatus") is not None,
    }


def _standing(issuer: str, base_url: str) -> Standing:
    if issuer == did_of(base_url):
        return Standing.OURS
    return Standing.ALLOWED if may_be_asked(issuer) else Standing.UNKNOWN


def _day(value: Any) -> date | None:
    """None also for a moment at the end of all time, which has no day here."""
    try:
        return local_day(_moment(value))
    except (_Stop, OverflowError):
        return None
