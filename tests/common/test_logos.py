"""A logo as a stranger might hand it in: what is kept of it is a small picture and nothing else."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from lms.common.drawings import picture_drawing
from lms.common.logos import (
    KEPT_HEIGHT,
    KEPT_WIDTH,
    MAX_BYTES,
    DrawingHoldsMore,
    LogoIsBlank,
    LogoTooLarge,
    NotALogo,
    clean_logo,
)
from tests.canary import Canary

SECRET = b"SECRET-PLACE"
PLAIN = '<rect width="40" height="20" fill="#2f6b57"/>'


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 200), **saved: object) -> bytes:
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).ellipse((20, 20, size[0] - 20, size[1] - 20), fill="#9b2c3b")
    buffer = io.BytesIO()
    image.save(buffer, kind, **saved)
    return buffer.getvalue()


def svg(inside: str, head: str = "", attributes: str = 'viewBox="0 0 80 40"') -> bytes:
    space = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"{head}<svg {space} {attributes}>{inside}</svg>".encode()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(clean_logo(content)))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_pictures_are_drawn_anew_and_cut_to_what_is_seen(kind):
    kept = opened(picture(kind))
    assert kept.format == "PNG"
    assert 0.9 < kept.width / kept.height / (260 / 160) < 1.1
    assert kept.convert("RGB").getpixel((kept.width // 2, kept.height // 2))[0] > 120


def test_a_drawing_becomes_a_picture_of_the_same_shape():
    kept = opened(svg(PLAIN + '<g><path d="M0 0L80 40"/><style>.a{fill:url(#b)}</style></g>'))
    assert kept.format == "PNG"
    assert opened(svg(PLAIN)).convert("RGB").getpixel((5, 5)) == (47, 107, 87)
    tall = opened(svg('<rect width="10" height="100"/>', attributes='viewBox="0 0 10 100"'))
    assert tall.height > 8 * tall.width


@pytest.mark.parametrize("size", [(4000, 300), (300, 2000)])
def test_what_is_kept_is_small(size):
    kept = opened(picture(size=size))
    assert kept.width <= KEPT_WIDTH
    assert kept.height <= KEPT_HEIGHT


def test_nothing_of_the_file_is_kept():
    notes = PngInfo()
    notes.add_text("Comment", SECRET.decode())
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    for content in (
        picture(pnginfo=notes),
        picture("JPEG", exif=exif),
        picture("JPEG", comment=SECRET),
        # Two files in one: what lies behind the picture, or in a part of it that nobody draws.
        picture() + b"PK\x03\x04" + SECRET,
        picture() + b"<script>" + SECRET + b"</script>%PDF-1.7",
    ):
        assert SECRET in content
        assert SECRET not in clean_logo(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a/*" + b"x" * 60,
        b"%PDF-1.7 no picture",
        b"PK\x03\x04" + b"x" * 60,
        b"\x1f\x8b" + zlib.compress(svg(PLAIN)),
        b"<html><body>no drawing</body></html>",
        b"<svg>not closed",
        b'<svg viewBox="0 0 9 9"><rect width="9" height="9"/></svg>',
    ],
)
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(NotALogo):
        clean_logo(content)


HOSTILE = [
    "<script>alert(1)</script>",
    '<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>',
    '<rect width="9" height="9" onload="alert(1)"/>',
    '<image href="{url}/a" width="9" height="9"/>',
    '<image xlink:href="file:///etc/passwd" width="9" height="9"/>',
    '<use href="{url}/b#x"/>',
    '<foreignObject width="9" height="9"><body xmlns="http://www.w3.org/1999/xhtml">x</body></foreignObject>',
    "<style>@import url({url}/c);</style>",
    "<style>rect{{fill:url('{url}/d')}}</style>",
    r"<style>rect{{fill:u\72l({url}/e)}}</style>",
    '<rect width="9" height="9" style="fill:url({url}/f#g)"/>',
    '<rect width="9" height="9" fill="url( {url}/h )"/>',
    '<linearGradient id="a" xlink:href="{url}/i#j"/>',
    "<text>letters of some font</text>",
    '<animate attributeName="href" to="{url}/k"/>',
    '<filter id="f"><feImage href="{url}/l"/></filter>',
    '<g xml:base="{url}/m/"><path d="M0 0"/></g>',
    '<a href="javascript:alert(1)"><rect width="9" height="9"/></a>',
    "".join('<path d="M0 0L9 9"/>' for _number in range(3100)),
]


@pytest.mark.parametrize("inside", HOSTILE)
def test_a_drawing_that_holds_more_than_lines_is_refused_and_fetches_nothing(inside):
    with Canary() as canary:
        with pytest.raises(DrawingHoldsMore):
            clean_logo(svg(PLAIN + inside.format(url=canary.address("x"))))
        assert canary.visits == []


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE svg [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE svg [<!ENTITY % a SYSTEM "http://127.0.0.1:9/a"> %a;]>',
    ],
)
def test_a_drawing_with_entities_is_refused(head):
    with pytest.raises(NotALogo):
        clean_logo(svg(PLAIN, head))


def test_a_drawing_of_a_usual_program_is_taken():
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n<!-- Generator -->\n'
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    )
    inside = (
        '<defs><linearGradient id="a"><stop offset="0" stop-color="#000"/></linearGradient>'
        '<clipPath id="c"><rect width="30" height="30"/></clipPath></defs>'
        '<rect width="40" height="20" fill="url(#a)" clip-path="url(\'#c\')"/>'
    )
    assert opened(svg(inside, head)).format == "PNG"


def test_bombs_are_refused_before_they_are_unpacked():
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(100_000)))
        + chunk(b"IEND", b"")
    )
    assert len(bomb) < MAX_BYTES
    with pytest.raises((LogoTooLarge, NotALogo)):
        clean_logo(bomb)
    with pytest.raises(LogoTooLarge, match="4 million dots"):
        clean_logo(picture(size=(2001, 2000)))
    assert clean_logo(picture(size=(2000, 2000)))
    with pytest.raises(LogoTooLarge):
        clean_logo(picture() + bytes(MAX_BYTES))
    # A drawing as high as it likes, and one of a single line.
    for attributes in ('viewBox="0 0 1 1000000"', 'width="1" height="1000000000"'):
        with pytest.raises((NotALogo, LogoIsBlank)):
            clean_logo(svg(PLAIN, attributes=attributes))


def _clips(levels: int) -> str:
    """Each holds two shapes that are clipped by the next."""
    inner = [f'clip-path="url(#c{n + 1})"' for n in range(levels - 1)] + [""]
    return "".join(
        f'<clipPath id="c{n}">{f"<path d='M0 0H9V9Z' {clip}/>" * 2}</clipPath>' for n, clip in enumerate(inner)
    )


@pytest.mark.parametrize(
    "inside",
    [
        _clips(30) + '<path d="M0 0H9V9Z" clip-path="url(#c0)"/>',
        '<g opacity=".9">' * 800 + '<path d="M0 0H9V9Z"/>' + "</g>" * 800,
        '<path d="M0 5H720" stroke="#000" stroke-dasharray=".001"/>' * 1000,
    ],
    ids=["clips", "tree", "dashes"],
)
def test_a_drawing_that_never_ends_costs_its_own_process_only(inside):
    """None of them is large: clips of four thousand letters would take years."""
    content = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 240">{inside}</svg>'.encode()
    assert len(content) < MAX_BYTES
    with pytest.raises(NotALogo):
        clean_logo(content)


def test_what_nobody_would_see_is_refused():
    for content in (svg('<rect width="80" height="40" fill="#fff"/>'), svg("<title>nothing</title>")):
        with pytest.raises(LogoIsBlank):
            clean_logo(content)


def test_an_inline_picture_needs_nothing_outside_its_stream():
    drawing = picture_drawing(opened(picture()))
    assert drawing.operators.startswith(b"q ")
    assert drawing.operators.isascii()
    assert b"/F [/AHx /Fl]" in drawing.operators
