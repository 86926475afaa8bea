"""The renderer: our fonts, our limits, and no way out."""

import subprocess
import threading
import time
from pathlib import Path

import pytest
from PIL import Image

from lms.common import pdf
from lms.common.drawings import Drawing
from lms.common.pdf import PdfRefused, drawing_of, render_pdf
from tests.canary import Canary


def page(body: str, language: str = "ky") -> str:
    return f'<!doctype html><html lang="{language}"><head><title>T</title></head><body>{body}</body></html>'


@pytest.fixture
def canary():
    with Canary() as server:
        yield server


HOSTILE = [
    '<img src="{url}/img" alt="">',
    '<link rel="stylesheet" href="{url}/css">',
    '<style>@import url("{url}/import");</style>',
    '<style>@font-face {{ font-family: X; src: url("{url}/font") }} p {{ font-family: X }}</style><p>x</p>',
    '<p style="background: url({url}/background)">x</p>',
    '<ul style="list-style-image: url({url}/list)"><li>x</li></ul>',
    '<p style="content: url({url}/content)">x</p>',
    '<object data="{url}/object"></object><embed src="{url}/embed">',
    '<svg xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="{url}/svg" width="9" height="9"/></svg>',
    '<img alt="" src="data:image/svg+xml,%3Csvg xmlns=%27http://www.w3.org/2000/svg%27%3E'
    '%3Cimage href=%27{url}/data%27 width=%279%27 height=%279%27/%3E%3C/svg%3E">',
    '<base href="{url}/"><img src="relative" alt="">',
    '<link rel="attachment" href="{url}/attachment">',
]


@pytest.mark.parametrize("template", HOSTILE)
def test_no_address_leaves_the_machine(canary, template):
    url = f"http://127.0.0.1:{canary.server_port}"
    assert render_pdf(page(template.format(url=url))).startswith(b"%PDF")
    assert canary.visits == []


@pytest.mark.parametrize("scheme", ["file://{path}", "static:../{name}", "static:/{path}", "static:%2e%2e/{name}"])
def test_no_file_of_the_machine_is_read(tmp_path, scheme):
    secret = tmp_path / "secret.css"
    secret.write_text('body::before { content: "CANARY" }')
    address = scheme.format(path=secret, name=secret.name)
    with pytest.raises(ValueError, match="not allowed"):
        pdf.ClosedFetcher().fetch(address)


def test_data_and_named_static_files_are_allowed():
    fetcher = pdf.ClosedFetcher()
    assert fetcher.fetch("data:text/plain,hello").read() == b"hello"
    assert fetcher.fetch("static:css/site.css").read().startswith(b"/*")


def test_only_our_fonts_are_embedded(tmp_path):
    content = render_pdf(page("<h1>Ңң Өө Үү</h1><p>Ёё <b>жана</b> abc</p>"))
    (tmp_path / "page.pdf").write_bytes(content)
    names = {line.split()[0].partition("+")[2] for line in run("pdffonts", tmp_path / "page.pdf").splitlines()[2:]}
    assert {name.partition("-")[0] for name in names} == {"Golos"}


@pytest.mark.parametrize("family", ["Golos", "PT Serif"])
@pytest.mark.parametrize("weight", [400, 700])
def test_letters_of_the_three_languages_are_the_right_ones(tmp_path, family, weight):
    letters = "Ңң Өө Үү Ыы Ёё Ъъ № « » – — ’ abc XYZ 0123456789"
    body = f"<p style=\"font-family: '{family}'; font-weight: {weight}\">{letters}</p>"
    (tmp_path / "page.pdf").write_bytes(render_pdf(page(body)))
    assert " ".join(run("pdftotext", tmp_path / "page.pdf", "-").split()) == letters


def test_pages_are_limited():
    with pytest.raises(PdfRefused, match="too many pages"):
        render_pdf(page('<p style="break-after: page">x</p>' * 3), max_pages=2)


def test_length_is_limited():
    with pytest.raises(PdfRefused, match="too large"):
        render_pdf("x" * (pdf.MAX_HTML_CHARACTERS + 1))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_time_is_limited_in_any_thread():
    refused: list[bool] = []

    def draw() -> None:
        with pytest.raises(PdfRefused):
            render_pdf(page("<table>" + "<tr><td>x</td></tr>" * 9_000 + "</table>"), max_seconds=0.2)
        refused.append(True)

    thread = threading.Thread(target=draw)
    thread.start()
    thread.join()
    assert refused == [True]
    assert render_pdf(page("<p>x</p>")).startswith(b"%PDF")


def test_waiting_is_no_work():
    """As where others have the processor: twice the limit goes by on the wall, and the document is drawn."""
    with pdf._time_limit(0.5):
        time.sleep(1)


def test_same_document_gives_the_same_bytes():
    assert render_pdf(page("<p>x</p>")) == render_pdf(page("<p>x</p>"))


WELL_FORMED = '<!DOCTYPE html><html lang="ky"><head><title>Т</title></head><body><p>1 &lt; 2 {}</p></body></html>'


def test_what_is_well_formed_is_read_as_by_the_rules_of_html():
    """A paragraph that nobody ends is HTML and no XML."""
    assert render_pdf(WELL_FORMED.format("ң")) == render_pdf(WELL_FORMED.format("ң").replace("</p>", ""))


@pytest.mark.parametrize("letter", ["\x02", "&nbsp;", "&bomb;"])
def test_what_xml_refuses_is_drawn_all_the_same(letter):
    bomb = '<!DOCTYPE html [<!ENTITY bomb "b">]>'
    html = WELL_FORMED.format(letter).replace("<!DOCTYPE html>", bomb if "bomb" in letter else "<!DOCTYPE html>")
    assert render_pdf(html).startswith(b"%PDF")


def test_a_drawing_is_packed_once_for_all_papers():
    square = Drawing(10, 10, b"0 g 0 0 10 10 re f " * 99)
    papers = [render_pdf(page(f'<div id="box">{text}</div>'), drawings={"box": square}) for text in "ab"]
    assert [paper.count(square.packed) for paper in papers] == [1, 1]


def test_drawing_lies_in_the_box_of_its_element(tmp_path):
    square = Drawing(10, 10, b"0 g 0 0 10 10 re f")
    html = page('<div id="box" style="position: absolute; left: 0; top: 0; width: 50mm; height: 50mm"></div>')
    html = html.replace("</head>", "<style>@page { size: 100mm 100mm; margin: 0 }</style></head>")
    (tmp_path / "page.pdf").write_bytes(render_pdf(html, drawings={"box": square}))
    run("pdftoppm", "-r", "25.4", "-gray", "-singlefile", tmp_path / "page.pdf", tmp_path / "page")
    with Image.open(tmp_path / "page.pgm") as image:
        dark = [image.getpixel(place) < 128 for place in ((25, 25), (75, 25), (25, 75), (75, 75))]
    assert dark == [True, False, False, False]


def test_drawing_of_lines_alone():
    html = page('<svg viewBox="0 0 9 9" width="9" height="9"><path fill="#000" d="M0 0h9v9z"/></svg>')
    assert b" l\n" in drawing_of(html).operators
    with pytest.raises(ValueError, match="lines and areas only"):
        drawing_of(page("<p>Text</p>"))


def run(*command: str | Path) -> str:
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout
