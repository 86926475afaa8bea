"""The certificate as an OpenBadgeCredential (Open Badges 3.0, W3C VC 2.0), before it is signed.

It claims what the record claims (Certificate.claims), in words, and the name in the form that the holder chose; the
full name is there as a hash.  The record holds titles in three languages and the format a text in one: name and
description speak the holder's language, and the criteria all three.
"""

from datetime import date, datetime, time
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.certificates.models import LIST_SIZE, Certificate, StatusList
from lms.certificates.rendering.words import described
from lms.certificates.signing import did_of, identity_hash, identity_salt, record_digest
from lms.certificates.signing.contexts import CREDENTIALS, OPEN_BADGES
from lms.certificates.signing.proofs import UNSOUND
from lms.common.languages import LANGUAGE_CODES, pick

# The words of Open Badges for what a participant gets, and for what entitles a trainer.
COMPLETED, ENTITLED = "CertificateOfCompletion", "Certification"


def credential_of(
    certificate: Certificate, *, full_name: str, shown_name: str, salt: bytes, base_url: str, revocation: StatusList
) -> dict[str, Any]:
    """Everything but the proof.  `salt` is the certificate's secret, of which only a derivative is told."""
    record, verdict = certificate.claims, f"{base_url}/v/{certificate.public_id}"
    until = record["expires_on"]
    with translation.override(certificate.language):
        said = {
            "@context": [CREDENTIALS, OPEN_BADGES],
            "id": uuid5(NAMESPACE_URL, verdict).urn,
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "name": str(described(record)["title"]),
            "issuer": _issuer(record["issuer"], base_url),
            "validFrom": _moment(record["issued_on"], time.min),
            **({"validUntil": _moment(until, time(23, 59, 59))} if until else {}),
            "credentialSubject": {
                "id": certificate.subject.urn,
                "type": ["AchievementSubject"],
                "identifier": _names(full_name, shown_name, identity_salt(salt)),
                "achievement": _achievement(certificate),
            },
            "credentialStatus": _status(certificate, revocation, base_url),
            "evidence": [_evidence(verdict)],
        }
    sound: dict[str, Any] = _sound(said)
    return sound


def _sound(value: Any) -> Any:
    """Without the control characters that a title may have brought along from elsewhere: nobody can sign those."""
    if isinstance(value, dict):
        return {key: _sound(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_sound(one) for one in value]
    return UNSOUND.sub(" ", value) if isinstance(value, str) else value


def _issuer(issuer: dict[str, Any], base_url: str) -> dict[str, Any]:
    """The site signs, and names the organisation; its other names stand in the description."""
    name = pick(issuer["names"])
    others = dict.fromkeys(text for text in issuer["names"].values() if text and text != name)
    return {
        "id": did_of(base_url),
        "type": ["Profile"],
        "name": name,
        **({"description": " · ".join(others)} if others else {}),
        "url": base_url,
        "otherIdentifier": [{"type": "IdentifierEntry", "identifier": issuer["code"], "identifierType": "identifier"}],
    }


def _names(full_name: str, shown_name: str, salt: str) -> list[dict[str, Any]]:
    """The full name to compare with, and what a stranger may read, if she lets them read anything."""
    name = {"type": "IdentityObject", "identityType": "name"}
    hashed = {**name, "hashed": True, "identityHash": identity_hash(full_name, salt), "salt": salt}
    return [hashed, {**name, "hashed": False, "identityHash": shown_name}] if shown_name else [hashed]


def _achievement(certificate: Certificate) -> dict[str, Any]:
    """What was learned or may be trained.  Named after its content: the same words are the same achievement."""
    record = certificate.claims
    said = described(record)
    codes = [module["code"] for module in record["modules"]]
    content = {
        "type": ["Achievement"],
        "achievementType": ENTITLED if said["is_trainer"] else COMPLETED,
        "name": " · ".join(module.title for module in said["modules"]),
        "description": f"{said['certifies']}: {', '.join(codes)}.",
        "humanCode": " ".join(codes),
        "inLanguage": certificate.language,
        "criteria": {"narrative": "\n\n".join(_narrative(record, one) for one in _languages(certificate.language))},
        "tag": [*codes, record["level"]],
    }
    return {"id": uuid5(NAMESPACE_URL, record_digest(content)).urn, **content}


def _languages(first: str) -> list[str]:
    return [first, *(language for language in LANGUAGE_CODES if language != first)]


def _narrative(record: dict[str, Any], language: str) -> str:
    """All that the paper says, in Markdown."""
    with translation.override(language):
        said = described(record)
        facts = [
            (_("Level"), str(said["level"])),
            (_("Hours"), said["hours"]),
            (ngettext("Language", "Languages", said["language_count"]), said["languages"]),
            (_("Issued on"), said["issued_on"]),
            (_("Valid until"), said["expires_on"]),
            (
                _("Issued by"),
                ", ".join(filter(None, (said["organisation"], *(part for one in said["signatories"] for part in one)))),
            ),
        ]
        hours = _("%(hours)s h")
        modules = [f"- {module.code} {module.title} ({hours % {'hours': module.hours}})" for module in said["modules"]]
        lines = [f"- {label}: {text}" for label, text in facts if text]
        return "\n".join([f"**{said['title']}**", "", f"{said['certifies']}:", "", *modules, *lines])


def _status(certificate: Certificate, revocation: StatusList, base_url: str) -> dict[str, Any]:
    """One entry, since the schema of Open Badges knows one: the list that is final."""
    place, address = certificate.status_index % LIST_SIZE, revocation.address(base_url)
    return {
        "id": f"{address}#{place}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": revocation.purpose,
        "statusListIndex": str(place),
        "statusListCredential": address,
    }


def _evidence(verdict: str) -> dict[str, Any]:
    return {
        "id": verdict,
        "type": ["Evidence"],
        "name": _("Check of this certificate"),
        "narrative": _("The page at this address says whether the certificate is genuine and still holds."),
    }


def _moment(day: str, at: time) -> str:
    """A day in the country, to the second."""
    return datetime.combine(date.fromisoformat(day), at, timezone.get_default_timezone()).isoformat()
