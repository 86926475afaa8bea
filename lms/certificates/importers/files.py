"""Where a credential lies in a file: JSON, a compact JWS, or a picture into which one of them was baked.

The file comes from a stranger.  Nothing in it is followed, expanded or inflated without an end, and whatever two
readers could understand in two ways (a key twice, two credentials in one picture) is not read at all.
"""

import json
import re
import struct
import zlib
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from lms.certificates.signing.badges import KEYWORD, NAMESPACE, PNG_START

# A picture, and what may lie in it.
MOST_BYTES, MOST_CREDENTIAL = 4_000_000, 400_000
_JWS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


class Unreadable(Exception):
    """`code` says why: no_credential, picture_without, two_credentials, too_large, not_json, bad_picture."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Found:
    """A credential, not judged yet.  The rest is of a JWS, else empty: itself, its header, its registered claims."""

    credential: dict[str, Any]
    token: str = ""
    header: dict[str, Any] = field(default_factory=dict)
    registered: dict[str, Any] = field(default_factory=dict)


# JPEG, WEBP, GIF: what messengers make of a picture, without the badge that was in it.
OTHER_PICTURES = (b"\xff\xd8\xff", b"RIFF", b"GIF8")


def find_credential(content: bytes) -> Found:
    """What the file says, by whatever it turns out to be.  Raises Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable("too_large")
    if content.startswith(PNG_START):
        return _parse(_only(list(_texts_of_png(content))))
    text = _decoded(content).strip()
    return _parse(_only(_texts_of_svg(text)) if text.startswith("<") else text)


def _only(texts: list[str]) -> str:
    if len(texts) != 1:
        raise Unreadable("two_credentials" if texts else "picture_without")
    return texts[0].strip()


def _parse(text: str) -> Found:
    if len(text) > MOST_CREDENTIAL:
        raise Unreadable("too_large")
    if not _JWS.fullmatch(text):
        return Found(read_json(text))
    header, payload, _signature = text.split(".")
    said = read_json(_from_base64(payload))
    registered = {name: said.pop(name) for name in _REGISTERED & said.keys()}
    return Found(said, token=text, header=read_json(_from_base64(header)), registered=registered)


_REGISTERED = {"iss", "sub", "jti", "nbf", "exp", "iat", "aud"}


def read_json(text: str) -> dict[str, Any]:
    """One object, no key of which stands twice, and no number that JSON does not know.  Raises Unreadable."""
    try:
        said = json.loads(text, object_pairs_hook=_object_of, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Unreadable("not_json") from error
    if not isinstance(said, dict):
        raise Unreadable("no_credential")
    return said


def _object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_number(name: str) -> None:
    raise ValueError(name)


def _from_base64(text: str) -> str:
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except ValueError as error:
        raise Unreadable("not_json") from error


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("picture_without" if content.startswith(OTHER_PICTURES) else "no_credential") from error


def _texts_of_svg(text: str) -> list[str]:
    """What stands in each element of Open Badges: a JWS as an attribute, or JSON as text."""
    try:
        root = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Unreadable("bad_picture") from error
    found = root.iter(f"{{{NAMESPACE}}}credential")
    return [one.get("verify") or "".join(one.itertext()) for one in found]


def _texts_of_png(content: bytes) -> Iterator[str]:
    """What stands in each chunk of international text under the keyword of Open Badges."""
    place = len(PNG_START)
    while place < len(content):
        if place + 12 > len(content):
            raise Unreadable("bad_picture")
        length, kind = struct.unpack_from(">I4s", content, place)
        data = content[place + 8 : place + 8 + length]
        check = content[place + 8 + length : place + 12 + length]
        if len(check) != 4 or struct.unpack(">I", check)[0] != zlib.crc32(kind + data):
            raise Unreadable("bad_picture")
        if kind == b"iTXt" and data.startswith(KEYWORD + b"\0"):
            yield _text_of_chunk(data[len(KEYWORD) + 1 :])
        place += 12 + length


def _text_of_chunk(data: bytes) -> str:
    """Behind the keyword: compressed or not, the method, a language and a translated keyword, each ended by a zero."""
    parts = data[2:].split(b"\0", 2)
    if len(parts) != 3 or data[:1] not in (b"\0", b"\1") or data[1:2] != b"\0":
        raise Unreadable("bad_picture")
    try:
        text = parts[2] if data[:1] == b"\0" else _inflated(parts[2])
        return text.decode()
    except (zlib.error, UnicodeDecodeError) as error:
        raise Unreadable("bad_picture") from error


def _inflated(data: bytes) -> bytes:
    inflater = zlib.decompressobj()
    text = inflater.decompress(data, MOST_CREDENTIAL)
    if inflater.unconsumed_tail:
        raise Unreadable("too_large")
    return text
