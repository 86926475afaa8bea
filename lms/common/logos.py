"""A logo as somebody hands it in, and the small picture that is made of it: nothing of the file itself is kept.

A picture is drawn anew on white, a drawing (SVG) is turned into one, after it was read to hold lines and areas only.
So what may hide in such a file (a program, another file behind the picture, where it was taken, an address that is
fetched) has no way onto a page or a paper.
"""

import io
import re
import subprocess
import sys
from xml.etree.ElementTree import Element, ParseError, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageChops, UnidentifiedImageError

from lms.common.errors import ActionError

# Of the file; and of the picture before anything of it is unpacked.
MAX_BYTES = 300_000
MAX_PIXELS = 4_000_000
# What is kept: enough for 20 mm of height and 60 mm of width at 300 dots an inch.
KEPT_WIDTH, KEPT_HEIGHT = 720, 240
COLOURS = 32
# As packed into each paper.  Whatever is larger is made smaller.
KEPT_BYTES = 2_800
SMALLER = (1, 0.85, 0.7, 0.6, 0.5, 0.4, 0.33)
FORMATS = ("PNG", "JPEG", "WEBP")
WHITE = (255, 255, 255)
# A drawing may hold these and nothing else; a picture within, letters and copies would need what lies outside it, or
# grow without end.
SVG = "{http://www.w3.org/2000/svg}"
MAX_SHAPES = 3_000
SHAPES = frozenset(
    f"{SVG}{name}"
    for name in (
        *("svg", "g", "defs", "title", "desc", "metadata", "style", "clipPath", "linearGradient", "radialGradient"),
        *("stop", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
    )
)
# Drawn by a process of its own, which may take so many seconds of a processor and so many bytes: clips within clips
# double the work with each line, strokes of a million dashes take a second each, and a deep tree ends whoever draws it.
CPU_SECONDS, MEMORY, SECONDS = 3, 1 << 30, 60
_DRAW = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, ({CPU_SECONDS}, {CPU_SECONDS}))
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
import resvg_py
drawing = sys.stdin.buffer.read().decode()
drawn = resvg_py.svg_to_bytes(
    svg_string=drawing, width={KEPT_WIDTH}, height={KEPT_HEIGHT}, skip_system_fonts=True
)
sys.stdout.buffer.write(bytes(drawn))
"""
# In an attribute or a style: an address other than of a part of the drawing, a rule that loads another, an escape.
_REACHES_OUT = re.compile(r"url\(\s*+[\"']?+\s*+(?!#)|@|\\|expression|script:|data:|file:|https?:", re.IGNORECASE)


class LogoTooLarge(ActionError):
    code = "logo_too_large"
    message = _("The logo is too large: at most 300 kB and 4 million dots, which is 2000 × 2000. Make it smaller.")


class NotALogo(ActionError):
    code = "not_a_logo"
    message = _("This is no picture that can be used: choose a PNG, JPEG, WebP or SVG file.")


class DrawingHoldsMore(ActionError):
    """Words become lines in every drawing program; pictures within are better handed in by themselves."""

    code = "drawing_holds_more"
    message = _(
        "This drawing holds more than lines and areas: a picture, letters, a program or an address. "
        "Turn letters into outlines, or save it as PNG."
    )


class LogoIsBlank(ActionError):
    code = "logo_is_blank"
    message = _("On white paper nothing of this picture would be seen.")


def clean_logo(content: bytes) -> bytes:
    """A PNG of few colours on white, cut to what is seen, at most KEPT_WIDTH × KEPT_HEIGHT.

    Raises LogoTooLarge, NotALogo, DrawingHoldsMore, LogoIsBlank.
    """
    if len(content) > MAX_BYTES:
        raise LogoTooLarge
    drawn = _drawing(content) if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else content
    return _kept(_on_white(drawn))


def _drawing(content: bytes) -> bytes:
    """The drawing as PNG."""
    try:
        root = fromstring(content, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise NotALogo from error
    if root.tag != f"{SVG}svg":
        raise NotALogo
    parts = list(root.iter())
    if len(parts) > MAX_SHAPES or not all(_is_plain(part) for part in parts):
        raise DrawingHoldsMore
    try:
        # Written anew, so that what is drawn is what was read.
        return _drawn(tostring(root, encoding="utf-8"))
    except (ValueError, RecursionError, OSError, subprocess.SubprocessError) as error:
        raise NotALogo from error


def _drawn(drawing: bytes) -> bytes:
    """As PNG.  Raises CalledProcessError where it is none or takes more than it may, TimeoutExpired."""
    done = subprocess.run(  # noqa: S603 - our own program; the drawing is its input
        [sys.executable, "-I", "-c", _DRAW], input=drawing, capture_output=True, timeout=SECONDS, check=True
    )
    return done.stdout


def _is_plain(part: Element) -> bool:
    # What a drawing program notes about itself is not drawn.
    namespace, _brace, name = part.tag.rpartition("}")
    known = part.tag in SHAPES or (f"{namespace}}}" != SVG and name.lower() != "script")
    return known and not _reaches_out(part)


def _reaches_out(part: Element) -> bool:
    names = [name.rpartition("}")[2].lower() for name in part.attrib]
    if any(name.startswith("on") or name == "base" for name in names):
        return True
    links = [value for name, value in part.attrib.items() if name.rpartition("}")[2].lower() == "href"]
    if any(not link.startswith("#") for link in links):
        return True
    said = [value for name, value in part.attrib.items() if not name.startswith("{")]
    styled = [part.text or ""] if part.tag == f"{SVG}style" else []
    return any(_REACHES_OUT.search(text) for text in (*said, *styled))


def _on_white(content: bytes) -> Image.Image:
    """Its first picture, upright, without what lies behind it."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise LogoTooLarge
            picture = image.convert("RGBA")
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise NotALogo from error
    white = Image.new("RGB", picture.size, WHITE)
    white.paste(picture, mask=picture.getchannel("A"))
    seen = ImageChops.difference(white, Image.new("RGB", white.size, WHITE)).convert("L").point(_is_seen).getbbox()
    if seen is None:
        raise LogoIsBlank
    return white.crop(seen)


def _is_seen(difference: int) -> int:
    return 255 if difference > 24 else 0


def _kept(picture: Image.Image) -> bytes:
    """As large as it may be."""
    kept = b""
    for part in SMALLER:
        small = picture.copy()
        small.thumbnail((round(KEPT_WIDTH * part), round(KEPT_HEIGHT * part)), Image.Resampling.LANCZOS)
        buffer = io.BytesIO()
        small.quantize(COLOURS, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
        kept = buffer.getvalue()
        if len(kept) <= KEPT_BYTES:
            break
    return kept
