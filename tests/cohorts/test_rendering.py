"""The card sheet as a printer gets it: eight on a page, every code readable, every letter right."""

import io
import subprocess
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from lms.cohorts.rendering import card_sheet
from tests.factories.cohorts import make_cohort, make_enrolment
from tests.factories.people import make_person

NAMES = ("Өмүрова Ңурзада", "Гүлназ Төлөгөнова-Касымалиева Абдырахмановна", "Наталья", *("Айгүл",) * 6)


@pytest.fixture
def sheet(db) -> bytes:
    """Nine cards, so that there are two pages."""
    cohort = make_cohort()
    enrolments = [
        make_enrolment(cohort, make_person(name), language=("ky", "ru")[number % 2])
        for number, name in enumerate(NAMES)
    ]
    codes = {enrolment.person_id: f"K7QF2M{number:02}" for number, enrolment in enumerate(enrolments)}
    pins = {enrolment.person_id: f"{number:06}" for number, enrolment in enumerate(enrolments)}
    return card_sheet(cohort=cohort, enrolments=enrolments, codes=codes, pins=pins)


def pages_of(pdf: bytes, folder: Path) -> list[Image.Image]:
    subprocess.run(["pdftoppm", "-r", "150", "-gray", "-png", "-", folder / "page"], input=pdf, check=True)
    return [Image.open(io.BytesIO(file.read_bytes())) for file in sorted(folder.glob("page*.png"))]


def test_every_code_on_the_sheet_can_be_scanned(sheet, tmp_path, settings):
    pages = pages_of(sheet, tmp_path)
    found = [sorted(code.text for code in zxingcpp.read_barcodes(page)) for page in pages]
    address = f"{settings.PUBLIC_BASE_URL}/card/#K7QF2M"
    assert found == [[f"{address}{number:02}" for number in range(8)], [f"{address}08"]]


def test_no_word_stands_in_the_quiet_below_a_code(tmp_path, settings, request):
    settings.PUBLIC_BASE_URL = "https://okutuu.birimdik-uyumu.example"
    page = pages_of(request.getfixturevalue("sheet"), tmp_path)[0].convert("L")
    for code in zxingcpp.read_barcodes(page):
        corners = code.position
        below = (corners.bottom_left.x, corners.bottom_left.y + 3, corners.bottom_right.x, corners.bottom_left.y + 18)
        assert page.crop(below).getextrema()[0] > 200


def test_the_sheet_says_names_codes_and_pins_rightly(sheet):
    text = subprocess.run(["pdftotext", "-raw", "-", "-"], input=sheet, capture_output=True, check=True).stdout.decode()
    assert "Өмүрова Ңурзада" in text
    assert "Гүлназ Төлөгөнова-" in text
    assert [f"{number:06}" in text for number in range(9)] == [True] * 9
    assert "K7QF 2M08" in text


def test_nobody_without_a_pin_is_on_the_sheet(db):
    cohort = make_cohort()
    enrolment = make_enrolment(cohort, make_person("Айгүл"))
    pdf = card_sheet(cohort=cohort, enrolments=[enrolment], codes={}, pins={})
    text = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    assert "Айгүл" not in text
