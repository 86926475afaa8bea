"""The paper: read back as a stranger would, with a camera and with eyes."""

import contextlib
import re
import subprocess
import zlib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import zxingcpp
from defusedxml import ElementTree
from django.core.files.storage import storages
from PIL import Image

from curricula.importers import read_pack
from lms.certificates.actions import freeze_pdf
from lms.certificates.models import Certificate, SigningKey
from lms.certificates.queries import key_ring
from lms.certificates.rendering import draw_certificate, file_name
from lms.certificates.rendering.fitting import fitted
from lms.certificates.rendering.layout import BOLD, NAME_SIZES, WIDTH
from lms.certificates.rendering.paper import objectives_on_paper, show_certificate
from lms.certificates.signing import verify_statement
from lms.common.codes import decode_id, dictated, encode_id
from tests.curricula.packs import STARTER
from tests.factories import certificates as make

pytestmark = pytest.mark.django_db

LONGEST = "Нурбүбү-Жыпаркүл Өмүрзакова-Төлөгөнова Мырзабек-Ажы кызы Үңү"


@pytest.fixture(autouse=True)
def address(settings):
    settings.PUBLIC_BASE_URL = "https://yntymak.example"


def run(*command: str | Path) -> str:
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


def text_of(content: bytes, folder: Path) -> str:
    """What pdftotext reads: the letters that the PDF says it holds, not those that it draws."""
    (folder / "paper.pdf").write_bytes(content)
    return " ".join(run("pdftotext", "-layout", folder / "paper.pdf", "-").split())


def scanned(content: bytes, folder: Path, *, dots_per_inch: int = 150, gray: bool = False) -> str:
    """What a camera reads from the printed page."""
    (folder / "paper.pdf").write_bytes(content)
    run("pdftoppm", "-r", str(dots_per_inch), "-png", "-singlefile", folder / "paper.pdf", folder / "page")
    with Image.open(folder / "page.png") as page:
        [code] = zxingcpp.read_barcodes(page.convert("L") if gray else page)
    return code.text


def test_qr_of_the_paper_holds_address_and_signed_statement(tmp_path):
    certificate = make.make_certificate()
    address = urlsplit(scanned(freeze_pdf(certificate=certificate), tmp_path))
    assert f"{address.scheme}://{address.netloc}{address.path}" == (
        f"https://yntymak.example/v/{certificate.public_id}"
    )
    keys = key_ring([SigningKey.objects.select_related("organisation").get(pk=certificate.key_id)])
    statement = decode_id(address.fragment, len(bytes(certificate.statement)))
    said = verify_statement(statement, public_id=decode_id(certificate.public_id), keys=keys)
    assert (said.modules[0][0], said.shown_name) == ("M1", "Айгүл Т.")


@pytest.mark.parametrize(("dots_per_inch", "gray"), [(100, False), (150, True), (300, True)])
def test_qr_is_read_at_low_resolution_and_without_colour(tmp_path, dots_per_inch, gray):
    certificate = make.make_certificate()
    found = scanned(freeze_pdf(certificate=certificate), tmp_path, dots_per_inch=dots_per_inch, gray=gray)
    assert found.startswith(f"https://yntymak.example/v/{certificate.public_id}#")


@pytest.mark.parametrize(("rest", "said"), [(32, "* (asterisk)"), (36, "U (Latin letter)"), (31, "")])
def test_last_sign_that_is_hard_to_say_stands_in_words_below_the_code(tmp_path, rest, said):
    certificate = make.make_certificate(language="en")
    certificate.public_id = encode_id((37 * 10**30 + rest).to_bytes(16))
    text = text_of(draw_certificate(certificate, full_name=make.FULL_NAME), tmp_path)
    assert dictated(decode_id(certificate.public_id)) in text
    assert ("The last sign is" in text) is bool(said)
    assert said in text


@pytest.mark.parametrize(
    ("language", "name", "words"),
    [
        ("ky", "Үңүл Өмүрзакова", ["Үңүл Өмүрзакова", "Module M1 ky", "2026\u2011жылдын 24\u2011ноябры"]),
        ("ru", "Жанна Щербакова-Ёлкина", ["Жанна Щербакова-Ёлкина", "Module M1 ru", "24 ноября 2026 года"]),
        ("en", "Aigul O'Brien", ["Aigul O'Brien", "Module M1 en", "24 November 2026"]),
    ],
)
def test_letters_on_the_paper_are_the_right_ones(tmp_path, language, name, words):
    certificate = make.make_certificate(make.make_graduate(name=name, language=language))
    text = text_of(freeze_pdf(certificate=certificate), tmp_path)
    assert [word for word in [*words, dictated(decode_id(certificate.public_id))] if word not in text] == []


def test_longest_name_shrinks_and_stays_on_its_line(tmp_path):
    assert len(LONGEST) == 60
    certificate = make.make_certificate(make.make_graduate(name=LONGEST))
    content = freeze_pdf(certificate=certificate)
    assert LONGEST in text_of(content, tmp_path)
    (tmp_path / "paper.pdf").write_bytes(content)
    assert re.search(r"Pages:\s+1\n", run("pdfinfo", tmp_path / "paper.pdf"))


def test_a_name_shrinks_in_steps_to_a_floor_and_only_then_breaks():
    names = ("Айгүл", "Нурбүбү Өмүрзакова-Төлөгөнова", LONGEST, LONGEST + " Ажы", LONGEST * 2)
    fits = [fitted(name, BOLD, width=WIDTH, sizes=NAME_SIZES) for name in names]
    sizes = [fit.size for fit in fits]
    assert sizes == sorted(sizes, reverse=True)
    assert (sizes[0], sizes[-1]) == (NAME_SIZES[0], NAME_SIZES[-1])
    assert sizes[2] > NAME_SIZES[-1]
    assert [fit.lines for fit in fits] == [1, 1, 1, 1, 2]


SHORT, LONG = "Атоо", "Билүү: " + "муктаждыкты адам укугуна эмне айландырарын түшүндүрүү, " * 3


@pytest.mark.parametrize(
    ("ky", "ru", "shown"),
    [
        ([SHORT] * 5, [SHORT] * 5, 3),
        ([SHORT] * 5, [SHORT, LONG, SHORT], 2),
        ([SHORT, LONG, SHORT], [SHORT] * 2, 2),
        ([SHORT], [SHORT] * 3, 1),
        ([SHORT] * 2, [], 2),
    ],
)
def test_paper_lists_as_much_of_what_was_learned_in_each_language(tmp_path, ky, ru, shown):
    certificate = make.make_certificate()
    certificate.claims["modules"][0]["objectives"] = {"ky": ky, "ru": ru, "en": [SHORT] * 3}
    for language in ("ky", "ru", "en"):
        certificate.language = language
        text = text_of(draw_certificate(certificate, full_name="Үүү"), tmp_path)
        assert text.count(SHORT) + text.count("Билүү:") == shown, language


@pytest.mark.parametrize("place", range(4))
def test_shipped_modules_say_three_things_that_were_learned(place):
    module = read_pack(STARTER).modules[place].module
    learned = [{code: one.in_language(code) for code in ("ky", "ru", "en")} for one in module.objectives]
    titles = {code: module.title.in_language(code) for code in ("ky", "ru", "en")}
    texts = {code: [one[code] for one in learned] for code in ("ky", "ru", "en")}
    shown = objectives_on_paper({"modules": [{"titles": titles, "objectives": texts}]})
    assert len(shown) == 3


def test_trainers_paper_says_what_she_may_train_until_when(tmp_path):
    certificate = make.make_trainer_certificate()
    text = text_of(freeze_pdf(certificate=certificate), tmp_path)
    assert "2029\u2011жылдын 25\u2011ноябрына" in text


def unpacked(content: bytes) -> bytes:
    """The PDF's objects as plain text."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    found = [content]
    for stream in streams:
        with contextlib.suppress(zlib.error):
            found.append(zlib.decompress(stream))
    return b"\n".join(found)


def test_paper_is_tagged_and_names_its_language_and_nobody_else(tmp_path):
    certificate = make.make_certificate(make.make_graduate(name="Үңүл Өмүрзакова"))
    content = freeze_pdf(certificate=certificate)
    (tmp_path / "paper.pdf").write_bytes(content)
    info = run("pdfinfo", tmp_path / "paper.pdf")
    assert re.search(r"Tagged:\s+yes", info)
    assert "Өмүрзакова" not in info
    assert re.search(rb"/Lang ?\(ky\)", unpacked(content))


def test_what_is_drawn_and_not_written_says_what_it_shows(tmp_path):
    (tmp_path / "paper.pdf").write_bytes(freeze_pdf(certificate=make.make_certificate()))
    structure = run("pdfinfo", "-struct", tmp_path / "paper.pdf")
    assert structure.count("Figure") == 1
    assert b"/Alt" in unpacked((tmp_path / "paper.pdf").read_bytes())


@pytest.mark.parametrize("name", ["O'Brien & <Co>", 'Айгүл "Ай"'])
def test_page_is_well_formed_so_that_it_is_read_fast(name):
    page = ElementTree.fromstring(show_certificate(make.make_certificate(), full_name=name, pdf="/"))
    assert name in "".join(page.itertext())


def test_same_certificate_gives_the_same_bytes():
    certificate = make.make_certificate()
    first = draw_certificate(certificate, full_name=make.FULL_NAME)
    assert draw_certificate(certificate, full_name=make.FULL_NAME) == first


def test_paper_is_frozen_and_read_back():
    certificate = make.make_certificate()
    content = freeze_pdf(certificate=certificate)
    certificate.refresh_from_db()
    name = certificate.pdf_name
    assert freeze_pdf(certificate=certificate) == content
    assert Certificate.objects.get(pk=certificate.pk).pdf_name == name


def test_changed_file_is_never_given_out():
    certificate = make.make_certificate()
    content = freeze_pdf(certificate=certificate)
    certificate.refresh_from_db()
    Path(storages["private"].path(certificate.pdf_name)).write_bytes(b"%PDF forged")
    assert freeze_pdf(certificate=certificate) == content


def test_file_name_is_ascii_and_has_a_form_in_the_holders_language():
    certificate = make.make_certificate()
    header = file_name(certificate)
    header.encode("ascii")
    assert header.startswith("attachment; filename=\"certificate-M1.pdf\"; filename*=UTF-8''")
