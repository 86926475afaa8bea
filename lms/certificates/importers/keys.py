"""The copy of a signing key that another installation gave out (exports.key_file_of), read and compared with itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from lms.certificates.signing import KEY_FILE, kid_of
from lms.common.backups.archives import open_archive
from lms.common.codes import decode_id
from lms.common.errors import ActionError

# Of an Ed25519 key, either part, in bytes.
KEY_SIZE = 32


class NotAKeyFile(ActionError):
    code = "not_a_key_file"
    message = "This is no copy of a signing key, or it is damaged; nothing was written."


@dataclass(frozen=True, repr=False)
class KeyFile:
    """A signing key with its life, of the organisation with this code."""

    organisation: str
    private_key: bytes
    public_key: bytes
    kid: str
    not_before: datetime
    not_after: datetime


def read_key_file(path: Path, key_file: Path) -> KeyFile:
    """Opens it with the private age key in `key_file`.  Raises NoKey, WrongKey, ArchiveDamaged, NotAKeyFile."""
    with open_archive(path, key_file, settings.DATA_DIR) as archive:
        facts = archive.manifest
    if facts.get("format") != KEY_FILE:
        raise NotAKeyFile
    try:
        return _key_of(facts)
    except (KeyError, TypeError, ValueError) as error:
        raise NotAKeyFile from error


def _key_of(facts: Mapping[str, Any]) -> KeyFile:
    jwk = facts["key"]
    private = decode_id(jwk["d"], size=KEY_SIZE)
    public = Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    kid = kid_of(public).hex()
    if (jwk["kty"], jwk["crv"], decode_id(jwk["x"], size=KEY_SIZE), jwk["kid"]) != ("OKP", "Ed25519", public, kid):
        raise ValueError("public and private part are not of one key")
    life = [datetime.fromisoformat(facts[name]) for name in ("not_before", "not_after")]
    if any(moment.tzinfo is None for moment in life) or life[0] > life[1]:
        raise ValueError("no life")
    return KeyFile(facts["organisation"], private, public, kid, *life)
