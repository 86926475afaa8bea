"""The seal of a result: a table as CSV whose last line is the site's signature of all that stands before it.

One file, because a second one beside it stays behind when the first is sent on; and its bytes, because whoever checks
it needs nothing but SHA-256 and a JWS (RFC 7515, compact form) to do so without us.  Who reads it knows the algorithm
and the keys beforehand and takes neither from the header.
"""

import csv
import hashlib
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from lms.certificates.models import Ed25519Key, KeyState
from lms.common.codes import encode_id
from lms.common.errors import ActionError

ALGORITHM, TYPE = "Ed25519", "list-result+jwt"
MOST_BYTES = 4_000_000
# Ended as it was written, and its last sign with no bit to spare: one seal is of one file, as its SHA-256 says.
_LAST_LINE = re.compile(rb"\r\n([\w-]{20,200}\.[\w-]{20,2000}\.[\w-]{85}[AQgw])\r\n\Z", re.ASCII)


class NotSealed(ActionError):
    code = "not_sealed"
    message = _("This file holds no signature of ours: it is no result of a check here, or its last line is missing.")


class SealBroken(ActionError):
    code = "seal_broken"
    message = _(
        "This file is not what was signed here: it was changed, or a spreadsheet program saved it again. Ask for the "
        "file as it was downloaded, or check the list anew."
    )


@dataclass(frozen=True)
class Seal:
    """What is signed beside the table: whose check it was, when (to the second), in which language, of how many rows.

    `sha256` is of the table, without the line of the seal.
    """

    site: str
    made_at: datetime
    language: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class SealedTable:
    """A table whose seal is good: the file, its first row and the others, without the lines of the seal."""

    content: bytes
    seal: Seal
    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    @property
    def sha256(self) -> str:
        """Of the whole file, as `sha256sum` says it."""
        return hashlib.sha256(self.content).hexdigest()


def seal_table(
    table: bytes, *, site: str, at: datetime, language: str, rows: int, key: Ed25519Key, private_key: bytes
) -> bytes:
    """The CSV with the line of its seal; `table` ends with a line for people that is no row of it."""
    said = {
        "iss": site,
        "iat": int(at.timestamp()),
        "language": language,
        "rows": rows,
        "sha256": hashlib.sha256(table).hexdigest(),
    }
    pair = OKPKey.import_key(
        {"kty": "OKP", "crv": "Ed25519", "x": encode_id(bytes(key.public_key)), "d": encode_id(private_key)}
    )
    header = {"alg": ALGORITHM, "kid": key.kid, "typ": TYPE}
    content = json.dumps(said, separators=(",", ":"))
    return table + jws.serialize_compact(header, content, pair, algorithms=[ALGORITHM]).encode() + b"\r\n"


def open_sealed(content: bytes, *, site: str, keys: Mapping[str, Ed25519Key]) -> SealedTable:
    """The table, if one of these keys of the site sealed it while it was its key.  Raises NotSealed, SealBroken."""
    found = _LAST_LINE.search(content[-2500:]) if len(content) <= MOST_BYTES else None
    if found is None:
        raise NotSealed
    table = content[: len(content[:-2500]) + found.start() + 2]
    seal = _read(found[1].decode(), keys)
    if seal.site != site or seal.sha256 != hashlib.sha256(table).hexdigest():
        raise SealBroken
    header, *rows = csv.reader(io.StringIO(table.decode("utf-8-sig"), newline=""), delimiter=";")
    return SealedTable(content, seal, header, rows[:-1])


def _read(token: str, keys: Mapping[str, Ed25519Key]) -> Seal:
    try:
        header = jws.extract_compact(token.encode()).headers()
        key = keys.get(str(header.get("kid")))
        if key is None or header != {"alg": ALGORITHM, "kid": key.kid, "typ": TYPE}:
            raise SealBroken
        pair = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": encode_id(bytes(key.public_key))})
        said = json.loads(jws.deserialize_compact(token, pair, algorithms=[ALGORITHM]).payload)
    except (JoseError, ValueError) as error:
        raise SealBroken from error
    return _in_its_life(said, key)


def _in_its_life(said: Mapping[str, Any], key: Ed25519Key) -> Seal:
    """A withdrawn key may have been somebody else's: what it sealed is worth nothing, whatever day it names."""
    at = datetime.fromtimestamp(said["iat"], UTC)
    if key.state == KeyState.COMPROMISED or not key.not_before <= at <= key.not_after:
        raise SealBroken
    return Seal(said["iss"], at, said["language"], said["rows"], said["sha256"])
