"""Finding a credential in a file: whatever two readers could understand in two ways is not read at all."""

import json
import struct
import zlib

import pytest
from openbadgeslib.baking import ITXT_KEYWORD_OB3, SVG_ELEMENT_OB3, SVG_NS_OB3, bake_png, bake_svg

from lms.certificates.actions import (
    credential_file,
)
from lms.certificates.importers import ask_host
from lms.certificates.models import Certificate
from lms.certificates.rendering import baked_png, baked_svg
from lms.certificates.signing.badges import KEYWORD, PNG_START
from tests.certificates.badges import PLAIN, reason, signed
from tests.certificates.elsewhere import compact
from tests.factories import certificates as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_network")]


@pytest.fixture
def certificate() -> Certificate:
    return make.make_certificate()


GOOD_TEXT = json.dumps(signed())
FILES = {
    "nothing": (b"", "not_json"),
    "not text": (b"\xff\xfe\x00", "no_credential"),
    "a list": (b"[]", "no_credential"),
    "another object": (b"{}", "not_a_badge"),
    "a file of another program": (b'{"name": "yntymak", "version": "1.0", "type": "module"}', "not_a_badge"),
    "a badge of version 2": (
        b'{"@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "badge": {"name": "A"}}',
        "not_a_badge",
    ),
    "half a file": (GOOD_TEXT[:-9].encode(), "not_json"),
    "a key twice": (
        GOOD_TEXT.replace('"name"', '"validUntil": "2099-01-01T00:00:00Z", "name"', 1).encode(),
        "not_json",
    ),
    "no number": (b'{"a": NaN}', "not_json"),
    "too deep": (b'{"a":' * 90_000 + b"1" + b"}" * 90_000, "too_large"),
    "deep": (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, "not_json"),
    "too long": (b" " * 4_000_001, "too_large"),
    "picture without one": (PNG_START, "picture_without"),
    "photo": (b"\xff\xd8\xff\xe0", "picture_without"),
    "half a picture": (PNG_START + b"\0\0\0\7iTXt", "bad_picture"),
    "drawing without one": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "picture_without"),
    "half a drawing": (b"<svg", "bad_picture"),
    "drawing with entities": (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>', "bad_picture"),
    "drawing that reads a file": (
        b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>',
        "bad_picture",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_file_that_holds_nothing_to_judge_says_why(name):
    content, code = FILES[name]
    assert reason(content) == code


def chunk(data: bytes, kind: bytes = b"iTXt") -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_picture_with_two_credentials_or_a_bomb_is_not_read(certificate):
    text = credential_file(certificate=certificate)
    picture = baked_png(certificate, text)
    plain = KEYWORD + b"\0\0\0\0\0" + text.encode()
    assert reason(picture + chunk(plain)) == "two_credentials"
    drawing = baked_svg(certificate, text).decode()
    held = drawing[drawing.index("<openbadges:") : drawing.index("</openbadges:credential>") + 24]
    assert reason(drawing.replace(held, held * 2).encode()) == "two_credentials"
    packed = KEYWORD + b"\0\1\0\0\0"
    assert reason(PNG_START + chunk(packed + zlib.compress(text.encode()))) == ""
    assert reason(PNG_START + chunk(packed + zlib.compress(b" " * 3_000_000))) == "too_large"
    assert reason(PNG_START + chunk(packed + b"no zlib")) == "bad_picture"


def test_any_changed_byte_of_the_text_in_a_picture_is_refused(certificate):
    picture = bytearray(baked_png(certificate, credential_file(certificate=certificate)))
    begin = picture.index(KEYWORD)
    for place in range(begin - 8, begin + 3_000, 41):
        picture[place] ^= 1
        assert reason(bytes(picture)) in {"bad_picture", "picture_without"}
        picture[place] ^= 1


def test_pictures_that_others_baked_are_read(certificate):
    text = credential_file(certificate=certificate)
    empty = (
        PNG_START + baked_png(certificate, "{}")[8:33] + chunk(zlib.compress(b"\0" * 4), b"IDAT") + chunk(b"", b"IEND")
    )
    assert reason(bake_png(empty, text, keyword=ITXT_KEYWORD_OB3)) == ""
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
    token = compact(PLAIN | {"issuer": {"id": "did:web:example.org", "type": ["Profile"]}}, kid="did:web:example.org#k")
    baked = bake_svg(svg, token, element=SVG_ELEMENT_OB3, namespace=SVG_NS_OB3)
    assert reason(baked, ask=ask_host) == "host_not_allowed"
