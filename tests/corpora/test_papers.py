"""Texts that reach a PDF or a file that people carry away: they ask no other house for anything and do nothing."""

import io
import json
import subprocess
import zipfile
from pathlib import Path

import pytest
from defusedxml.ElementTree import fromstring

from lms.certificates.models import Certificate
from lms.certificates.rendering import baked_png, baked_svg, draw_certificate
from lms.cohorts.exports import calendar_file
from lms.cohorts.models import Cohort, Session
from lms.cohorts.rendering import card_sheet
from lms.notices.models import Reveals
from lms.people.models import Card, User
from lms.privacy.exports import copy_of
from tests.access.world import OWN
from tests.canary import Canary
from tests.corpora.poison import poison
from tests.corpora.test_scripts import SCRIPTS, Reader
from tests.factories.people import AT

pytestmark = pytest.mark.django_db
# Each in at most sixty letters, as a display name has; {} is an address.
TEXTS = [
    '<img src="{}">',
    "<link rel=stylesheet href={}>",
    '<style>@import "{}";</style>',
    "<b style=background:url({})>x",
    "<svg><image href={} /></svg>",
    "<object data={}>",
    "url({})",
    "![x]({})",
    "[x]({} 'x')",
    "{}",
    '"><img src={}>',
    "</title><base href={}>",
    "{{% include '{}' %}}",
]
# What no program but a browser opens by itself.
FOREIGN = ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:image/svg+xml,%3Csvg/%3E", "\\\\127.0.0.1\\x"]


@pytest.fixture
def papers(world, tmp_path):
    """Draws the cards of the cohort and a certificate whose every text is hostile: paths of the two files."""

    def draw(text: str) -> list[Path]:
        poison(world, text)
        cohort = Cohort.objects.get(pk=world.things[OWN]["cohort_id"])
        people = list(cohort.enrolments.enrolled().select_related("person"))
        codes = dict(Card.objects.values_list("person_id", "code"))
        certificate = Certificate.objects.get(pk=world.things[OWN]["certificate_id"])
        drawn = {
            "cards": card_sheet(cohort=cohort, enrolments=people, codes=codes, pins=dict.fromkeys(codes, "123456")),
            "certificate": draw_certificate(certificate, full_name=text),
        }
        for name, content in drawn.items():
            (tmp_path / f"{name}.pdf").write_bytes(content)
        return [tmp_path / f"{name}.pdf" for name in drawn]

    return draw


def _said(*command: object) -> str:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("template", TEXTS)
def test_papers_ask_nobody_and_do_nothing(papers, template):
    with Canary() as canary:
        drawn = papers(template.format(canary.address("x")))
    assert canary.visits == []
    for paper in drawn:
        # The text stands there as it was typed, and is no link.
        assert "127.0.0.1" in _said("pdftotext", "-raw", paper, "-").replace("\n", "")
        assert "127.0.0.1" not in _said("pdfinfo", "-url", paper)
        assert _said("pdfinfo", "-js", paper).strip() == ""
        assert "0 embedded files" in _said("pdfdetach", "-list", paper)


@pytest.mark.parametrize("address", FOREIGN)
def test_papers_read_no_file_and_no_other_scheme(papers, address):
    for paper in papers(f'<img src="{address}">'):
        text = _said("pdftotext", "-raw", paper, "-")
        assert "root:" not in text
        assert address[:9] in text.replace("\n", "")


@pytest.mark.parametrize("text", [*TEXTS, "]]></svg><script>alert(1)</script>", "</openbadges:credential>"])
def test_a_badge_is_a_drawing_that_does_nothing(world, text):
    poison(world, text.format("http://127.0.0.1/x"))
    certificate = Certificate.objects.get(pk=world.things[OWN]["certificate_id"])
    drawing = fromstring(baked_svg(certificate, json.dumps(certificate.claims, ensure_ascii=False)))
    kinds = {element.tag.rpartition("}")[2] for element in drawing.iter()}
    assert kinds <= {"svg", "title", "credential", "circle", "g", "path"}
    assert {
        name for element in drawing.iter() for name in element.attrib if "href" in name or name.startswith("on")
    } == set()
    assert json.loads(drawing[0].text) == certificate.claims
    assert baked_png(certificate, "{}").startswith(b"\x89PNG")


def test_a_copy_of_her_data_is_a_page_that_does_nothing(world):
    poison(world, SCRIPTS)
    person = User.objects.get(pk=world.people["graduate"].pk)
    with zipfile.ZipFile(io.BytesIO(copy_of(person, papers={}, at=AT))) as archive:
        page = archive.read("data.html").decode()
    reader = Reader(page)
    assert reader.faults == []
    assert SCRIPTS[:20] in reader.shown
    assert "<script" not in page
    assert "http://" not in page.replace("http://testserver", "")


def test_a_calendar_holds_no_line_that_somebody_typed(world):
    lines = "x\r\nBEGIN:VALARM\r\nATTACH:http://127.0.0.1/x\r\nEND:VALARM\nURL:http://127.0.0.1/x"
    poison(world, lines)
    sessions = list(Session.objects.select_related("cohort"))
    content = calendar_file(sessions, reveals=Reveals.EVERYTHING, at=AT).decode()
    assert "VALARM" in content.replace("\r\n ", "")
    kinds = {line.partition(":")[0].partition(";")[0] for line in content.replace("\r\n ", "").split("\r\n")}
    assert kinds & {"ATTACH", "URL"} == set()
    assert "BEGIN:VALARM" not in content.split("\r\n")
    assert "\n" not in content.replace("\r\n", "")
