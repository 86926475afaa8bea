"""What is reckoned about lines is what WeasyPrint prints."""

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from lms.certificates.models import CertificateDesign
from lms.certificates.rendering import SPECIMEN_NAME, draw_certificate, letters, specimen_of
from lms.certificates.rendering.fitting import at_size, count_lines, fitted, lines_of
from lms.certificates.rendering.layout import BOLD, ITALIC, PLAIN, TITLE_SIZES, WIDTH, Sheet
from lms.certificates.rendering.letters import Face
from lms.certificates.rendering.specimen import TITLES
from lms.certificates.rendering.words import ModuleLine
from lms.common.pdf import render_pdf
from tests.factories.people import make_organisation

WORDS = [*TITLES.values(), SPECIMEN_NAME, "Үңү", "Жарандык катышуу", "a-b " * 40]


def printed_lines(text, face, fit, tmp_path):
    """How many different heights the words have on the page."""
    style = f"font-family: '{face.family}'; font-weight: {face.weight}; font-style: {face.style}"
    html = (
        "<!doctype html><html lang=ky><head><title>T</title></head><body>"
        f'<p style="margin: 0; overflow-wrap: anywhere; {style}; {fit.style}; line-height: 1.5">{text}</p>'
        "</body></html>"
    )
    (tmp_path / "a.pdf").write_bytes(render_pdf(html))
    said = subprocess.run(
        ["pdftotext", "-bbox", str(tmp_path / "a.pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout
    return len({round(float(top)) for top in re.findall(r'yMin="([\d.]+)"', said)})


@pytest.mark.parametrize("text", WORDS)
@pytest.mark.parametrize("face", [BOLD, ITALIC, PLAIN])
def test_words_take_as_many_lines_as_reckoned(text, face, tmp_path):
    fit = at_size(text, face, size=16, width=460)
    assert printed_lines(text, face, fit, tmp_path) == fit.lines


@pytest.mark.parametrize("text", [*WORDS, "Ы" * 90])
def test_lines_hold_all_the_words(text):
    lines = list(lines_of(text, BOLD, 16, 300))
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(count_lines(line, BOLD, 16, 300) == 1 for line in lines)


@pytest.mark.parametrize("text", WORDS[:4])
def test_lines_are_about_equally_long(text):
    fit = at_size(text, BOLD, size=14, width=WIDTH)
    narrower = fit.width - 8
    assert fit.lines == 1 or count_lines(text, BOLD, 14, narrower) > fit.lines


def test_titles_shrink_to_the_floor_before_they_break():
    face = Face("PT Serif", 700)
    sizes = [size for size in TITLE_SIZES if size >= 13]
    fits = [fitted("Жарандык катышуу " * times, face, width=WIDTH, sizes=sizes, most_lines=2) for times in (2, 4, 5, 8)]
    assert (fits[0].size, fits[0].lines) == (17, 1)
    assert [fit.lines for fit in fits] == sorted(fit.lines for fit in fits)
    shrunk = [fit for fit in fits if fit.lines == 1]
    assert min(fit.size for fit in shrunk) < 17


def test_a_small_room_makes_titles_smaller_still():
    modules = [ModuleLine(f"M{number}", TITLES["ky"][:120], "16") for number in range(1, 5)]
    sheet = Sheet(together=False)
    sheet.left = 90
    sheet.titles(modules, [], "")
    assert sheet.left >= 0


@pytest.mark.django_db
@pytest.mark.parametrize("second", ["", "ru"])
@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_nothing_on_the_fullest_paper_lies_over_another(language, second, tmp_path):
    """The words above end before the foot begins, and all of them lie within the border."""
    organisation = make_organisation(
        "ours",
        name_ky="Кыргыз Республикасынын жергиликтүү өз алдын башкаруудагы аялдардын улуттук тренерлеринин бирикмеси",
        name_ru="Национальное объединение тренеров по расширению участия женщин в местном самоуправлении республики",
        name_en="The national association of trainers for the participation of women in local self-government",
        signatory_name="Н. Н. Үлгүева",
        signatory_ky="Бирикменин башкармалыгынын төрайымы",
        signatory_ru="Председатель правления объединения",
        second_signatory_name="А. Б. Асанбекова-Мамбеталиева",
        second_signatory_ky="Программанын жетекчиси",
        second_signatory_ru="Руководитель программы",
    )
    design = CertificateDesign(organisation=organisation, second_language=second)
    specimen = specimen_of(organisation=organisation, design=design, language=language)
    (tmp_path / "a.pdf").write_bytes(draw_certificate(specimen, full_name=SPECIMEN_NAME))
    said = subprocess.run(
        ["pdftotext", "-bbox", str(tmp_path / "a.pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout
    boxes = [
        tuple(map(float, found))
        for found in re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)"', said)
    ]
    over = [
        (one, other)
        for place, one in enumerate(boxes)
        for other in boxes[place + 1 :]
        if min(one[2], other[2]) - max(one[0], other[0]) > 1 and min(one[3], other[3]) - max(one[1], other[1]) > 4
    ]
    assert over == []
    inside = 20 / 25.4 * 72
    assert min(box[0] for box in boxes) > inside
    assert max(box[2] for box in boxes) < 842 - inside
    assert max(box[3] for box in boxes) < 595 - inside


@pytest.mark.parametrize("_time", range(4))
def test_several_at_once_read_the_same_letters(_time):
    """Workers may be threads, and each begins with fonts that nobody has read yet."""
    said, together = "Сертификат ңөү", Barrier(6)
    for kept in (letters._font, letters._widths, letters.outline_of):
        kept.cache_clear()

    def draw(_number: int) -> tuple[float, list[str]]:
        together.wait(10)
        return letters.width_of(said, BOLD), [letters.outline_of(one, BOLD, 20) for one in said]

    with ThreadPoolExecutor(together.parties) as pool:
        drawn = list(pool.map(draw, range(together.parties)))
    assert drawn == [drawn[0]] * together.parties
