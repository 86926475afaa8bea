"""HTML to PDF by WeasyPrint: tagged, with our fonts only, and with no way out to the network or the disk.

What makes it fast: one fetcher, one font configuration and each style sheet parsed once for the life of the process;
a document that is well-formed read as XML; each object of the PDF packed once; and what is only lines (a border, a QR
code) drawn past layout, as a `Drawing` that is packed once for all its papers.  What is left is WeasyPrint's own, and
grows with the elements: on a certificate each that holds words costs a hundredth.
"""

import ctypes
import re
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from urllib.request import DataHandler, Request

import pydyf
from cssselect2 import ElementWrapper
from defusedxml import DefusedXmlException, ElementTree
from django.conf import settings
from django.contrib.staticfiles import finders
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from lms.common.drawings import Drawing

# What fits a web process, in which others wait meanwhile: seconds of its processor, and characters, for a layout takes
# some 800 bytes of memory for each: 200 MB.  Two hundred cards are 150,000 characters on 25 pages.
MAX_HTML_CHARACTERS = 250_000
MAX_PAGES = 40
MAX_SECONDS = 10
# What an address without a scheme is looked up below: see ClosedFetcher.
BASE = "static:"
# CSS pixels to PDF points.
POINT = 0.75
# "Alpha is 1", as WeasyPrint says before each shape: what holds without it.
_OPAQUE = re.compile(rb"^/[aA]1(\.0)? gs$\n?", re.MULTILINE)
# Operators that need a resource dictionary, which a bare stream of lines does not have.
_NEEDS_RESOURCES = re.compile(rb"/\S+ (gs|Do|sh|scn|SCN)\b|/\S+ [\d.]+ Tf\b")
# PDF/A-2u: made to be read in fifty years, all letters as Unicode.  It may pack its objects, which A-1 forbids.
ARCHIVAL = "pdf/a-2u"
# What an archival document says besides: it is PDF/UA-1 too.  PDF/A wants a property that it does not know described
# (ISO 19005-2, 6.6.2.3.3).
_UA = (
    b'<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part>'
    b'</rdf:Description><rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    b' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
    b'<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA</pdfaSchema:schema>'
    b"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    b'<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">'
    b"<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    b"<pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>Part of ISO 14289"
    b"</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>"
    b"</rdf:Description>"
)
_HEAD = re.compile(rb"<rdf:RDF([^>]*)>")
# Properties as attributes, which not every reader of XMP understands.
_ATTRIBUTES = re.compile(rb'<rdf:Description rdf:about=""((?: (?!xmlns)\w+:\w+="[^"]*")+) ?/>')


type Box = tuple[float, float, float, float]


class PdfRefused(Exception):
    """A document over one of the limits; nothing was written."""


class ClosedFetcher(URLFetcher):
    """Denies every address but `data:`, our font files and named static files (`static:img/logo.svg`)."""

    def __init__(self) -> None:
        # URLFetcher.__init__ would build handlers for http, ftp and file, and an SSL context: none is wanted.
        self._fail_on_errors = False
        self._fonts = {_font_address(path): path for path in _font_files()}

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        if url.startswith("data:"):
            answer = DataHandler().data_open(Request(url))  # noqa: S310 - the scheme was checked
            return URLFetcherResponse(url, answer.read(), {"Content-Type": answer.headers["Content-Type"]})
        path = self._fonts.get(url) or self._static_file(url)
        if path is None:
            raise ValueError("address not allowed in a PDF")
        return URLFetcherResponse(url, path.read_bytes())

    @staticmethod
    def _static_file(url: str) -> Path | None:
        name = unquote(url.removeprefix("static:"))
        if not url.startswith("static:") or ".." in name or name.startswith("/"):
            return None
        found = finders.find(name)
        return Path(found) if isinstance(found, str) else None


class _Source(HTML):
    """A document that is well-formed XML is read as such, in a tenth of the time; any other by the rules of HTML."""

    def __init__(self, text: str, fetcher: URLFetcher) -> None:
        try:
            root = ElementTree.fromstring(text)
        except (ElementTree.ParseError, DefusedXmlException):
            super().__init__(string=text, url_fetcher=fetcher, base_url=BASE)
        else:
            self.base_url, self.url_fetcher, self.media_type = BASE, fetcher, "print"
            self.wrapper_element = ElementWrapper.from_html_root(root)
            self.etree_element = root


def render_pdf(
    html: str,
    *,
    stylesheets: Sequence[str] = (),
    drawings: Mapping[str, Drawing] | None = None,
    max_pages: int = MAX_PAGES,
    max_seconds: float = MAX_SECONDS,
    archival: bool = False,
) -> bytes:
    """The document as tagged PDF (PDF/UA-1); `archival`: PDF/A-2u as well.

    `stylesheets` are files under templates/ ("certificates/pdf/certificate.css"); after the fonts of
    settings.PDF_FONTS they are all the style there is.  `drawings` fills the boxes of elements by id, beneath the text;
    the element says in its alt text what is drawn.  Raises PdfRefused over MAX_HTML_CHARACTERS, `max_pages` or
    `max_seconds` of the processor.
    """
    if len(html) > MAX_HTML_CHARACTERS:
        raise PdfRefused("document too large")
    # Pango's font map is shared and not made for two threads.
    with _shared().lock, _time_limit(max_seconds):
        variant = ARCHIVAL if archival else "pdf/ua-1"
        document = _render(html, stylesheets, pdf_variant=variant)
        if len(document.pages) > max_pages:
            raise PdfRefused("too many pages")
        if archival:
            document.metadata.generate_rdf_metadata = partial(_described, document.metadata.generate_rdf_metadata)
        return document.write_pdf(finisher=_finisher(drawings or {}), pdf_variant=variant, pdf_tags=True)


def _described(generate: Callable[..., bytes], *args: Any) -> bytes:
    """The metadata of an archival document: WeasyPrint names one standard of the two, and names it as an attribute."""
    metadata = generate(*args)
    head = _HEAD.search(metadata)
    spaces = head[1] if head else b""
    spelt = _ATTRIBUTES.sub(lambda found: b"<rdf:Description>" + _elements(found[1]) + b"</rdf:Description>", metadata)
    # Each part with its name spaces: where they stand at the head alone, a reader of XMP may miss them.
    parts = re.sub(rb'<rdf:Description(?: rdf:about="")?>', b'<rdf:Description rdf:about=""' + spaces + b">", spelt)
    return parts.replace(b"</rdf:RDF>", _UA + b"</rdf:RDF>")


def _elements(attributes: bytes) -> bytes:
    said = re.findall(rb'(\w+:\w+)="([^"]*)"', attributes)
    return b"".join(b"<%b>%b</%b>" % (name, value, name) for name, value in said)


@lru_cache(maxsize=32)
def drawing_of(html: str, stylesheets: tuple[str, ...] = ()) -> Drawing:
    """The first page of a document of lines alone as a `Drawing`, so that it is laid out once and placed many times.

    Raises ValueError if it holds text, images, patterns or transparency.
    """
    found: list[tuple[bytes, float, float]] = []

    def keep_lines(document: Any, pdf: pydyf.PDF) -> None:
        page = document.pages[0]
        operators = _operators(_referred(pdf, _pages(pdf)[0]["Contents"]))
        found.append((_OPAQUE.sub(b"", operators), page.width, page.height))

    with _shared().lock:
        _render(html, stylesheets).write_pdf(finisher=keep_lines)
    operators, width, height = found[0]
    if _NEEDS_RESOURCES.search(operators):
        raise ValueError("a drawing holds lines and areas only")
    # The page counts points upwards; a drawing counts its own units downwards.
    upright = f"{1 / POINT:f} 0 0 {-1 / POINT:f} 0 {height:f} cm\n".encode()
    return Drawing(width, height, upright + operators)


@dataclass(frozen=True)
class _Shared:
    fetcher: ClosedFetcher
    fonts: FontConfiguration
    lock: threading.RLock


@cache
def _shared() -> _Shared:
    return _Shared(ClosedFetcher(), FontConfiguration(), threading.RLock())


def _render(html: str, stylesheets: Sequence[str], **options: Any) -> Any:
    shared = _shared()
    sheet = _sheet(tuple(stylesheets), tuple(_path(name).stat().st_mtime_ns for name in stylesheets))
    return _Source(html, shared.fetcher).render(font_config=shared.fonts, stylesheets=[sheet], **options)


def _path(stylesheet: str) -> Path:
    return Path(settings.BASE_DIR) / "templates" / stylesheet


@lru_cache(maxsize=64)
def _sheet(names: tuple[str, ...], changed: tuple[int, ...]) -> CSS:
    """These style sheets behind our fonts, as one, so that it is asked once for each element.

    `changed` renews it after an edit.
    """
    shared = _shared()
    faces = [
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-style: {style};'
        f' src: url("{_font_address(_font_path(file))}") format("truetype"); }}'
        for family, weight, style, file in settings.PDF_FONTS
    ]
    # What a sheet does not say otherwise is set in our font, never in whatever the machine has.
    texts = [*faces, "html { font-family: Golos }", *(_path(name).read_text(encoding="utf-8") for name in names)]
    return CSS(string="\n".join(texts), url_fetcher=shared.fetcher, font_config=shared.fonts, base_url=BASE)


def _font_path(file: str) -> Path:
    return Path(settings.NODE_MODULES) / file


def _font_files() -> list[Path]:
    return [_font_path(file) for _family, _weight, _style, file in settings.PDF_FONTS]


def _font_address(path: Path) -> str:
    return path.as_uri()


def _operators(stream: pydyf.Stream) -> bytes:
    parts = (part.data if isinstance(part, pydyf.Object) else part for part in stream.stream)
    return b"\n".join(part if isinstance(part, bytes) else str(part).encode("latin-1") for part in parts)


def _referred(pdf: pydyf.PDF, reference: bytes) -> Any:
    """The object with this number: b"12 0 R"."""
    return pdf.objects[int(reference.split()[0])]


def _pages(pdf: pydyf.PDF) -> list[pydyf.Dictionary]:
    return [item for item in pdf.objects if isinstance(item, dict) and item.get("Type") == "/Page"]


def _finisher(drawings: Mapping[str, Drawing]) -> Callable[[Any, pydyf.PDF], None]:
    """Puts each drawing under the content of the page on which its element stands."""

    def finish(document: Any, pdf: pydyf.PDF) -> None:
        for page, written in zip(document.pages, _pages(pdf), strict=True):
            forms = _referred(pdf, written["Resources"])["XObject"]
            placed = [
                _placed(drawings[name], box, page.height, forms, pdf)
                for name, box in page.anchors.items()
                if name in drawings
            ]
            if placed:
                # Marked as an artifact: what it shows is said by the alt text of the element.
                content = _referred(pdf, written["Contents"]).stream
                content.insert(0, b"/Artifact BMC\n" + b"\n".join(placed) + b"\nEMC")
        pdf.objects[:] = [item if item.free == "f" else _Written(item) for item in pdf.objects]

    return finish


def _placed(drawing: Drawing, box: Box, page_height: float, forms: pydyf.Dictionary, pdf: pydyf.PDF) -> bytes:
    """The operators that show the drawing, which becomes one of the `forms` of the document."""
    left, top, right, bottom = (side * POINT for side in box)
    across, down = (right - left) / drawing.width, (bottom - top) / drawing.height
    form = pydyf.Stream(
        [drawing.packed],
        {
            "Type": "/XObject",
            "Subtype": "/Form",
            "BBox": pydyf.Array([0, 0, drawing.width, drawing.height]),
            "Resources": pydyf.Dictionary(),
            "Filter": "/FlateDecode",
        },
    )
    pdf.add_object(form)
    name = f"drawing{len(forms)}"
    forms[name] = form.reference
    return f"q {across:f} 0 0 {-down:f} {left:f} {page_height * POINT - top:f} cm /{name} Do Q".encode()


class _Written(pydyf.Object):
    """An object of a finished document, with its bytes.

    pydyf would pack each twice, for the file and for its hash, and at the level that takes twice as long to save 0.4 %.
    """

    compressible = False
    data = b""

    def __init__(self, item: pydyf.Object) -> None:
        super().__init__()
        if isinstance(item, pydyf.Stream) and item.compress:
            item.stream, item.compress = [zlib.compress(_operators(item))], False
            item.extra["Filter"] = "/FlateDecode"
        self.number, self.compressible, self.data = item.number, item.compressible, item.data


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raises PdfRefused inside the block after `seconds` of its thread's processor; in any thread, unlike a signal.

    By the clock on the wall a document that takes a second would be refused while others have the processor.  An
    exception that falls into a destructor is lost, so it is raised again every second until the block has ended.
    """
    thread, over = ctypes.c_ulong(threading.get_ident()), threading.Event()
    clock = time.pthread_getcpuclockid(threading.get_ident())
    end = time.clock_gettime(clock) + seconds

    def watch() -> None:
        wait = seconds
        while not over.wait(wait):
            wait = end - time.clock_gettime(clock)
            if wait <= 0:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(PdfRefused))
                wait = 1

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        # One that came with the last line of the block shall not hit what follows.
        ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, None)
