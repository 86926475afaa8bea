"""Files from hostile hands: the list of people refuses them with a sentence, and Wagtail keeps them harmless."""

import io
import zipfile

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from lms.common.tables import MAX_BYTES, XLSX_TYPE, write_xlsx
from tests.access.asking import Asker
from tests.access.world import OWN
from tests.canary import Canary
from tests.house import rows

pytestmark = pytest.mark.django_db
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="canary()"><script>canary()</script></svg>'
GOOD = write_xlsx(["Display name", "Language"], [["Bermet", "ky"]], title="People")


def _png() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (2, 2)).save(buffer, "PNG")
    return buffer.getvalue()


def _rewritten(change) -> bytes:
    """A good table in which `change(name, part)` has rewritten the parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name, change(name, source.read(name)))
    return buffer.getvalue()


def _with_type(part: bytes, entity: str, encoding: str = "utf-8") -> bytes:
    """The part with a document type before its first element."""
    text = part.decode().removeprefix('<?xml version="1.0"?>').lstrip()
    text = text[text.index("<", text.index("?>") if "?>" in text else 0) :]
    return f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [{entity}]>{text}'.encode(encoding)


def _bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(50 * 1024 * 1024))
    return buffer.getvalue()


def _climbing() -> bytes:
    buffer = io.BytesIO(_rewritten(lambda _name, part: part))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("../../../../tmp/canary-of-the-uploads", b"x")
    return buffer.getvalue()


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(9))
FILES = {
    "program.xlsx": b"MZ\x90\x00" + bytes(400),
    "polyglot.xlsx": b"%PDF-1.7\n<script>canary()</script>\n" + GOOD,
    "page.csv": b"<html><script>canary()</script></html>",
    "picture.csv": SVG,
    "picture.xlsx": _png(),
    "bomb.xlsx": _bomb(),
    "large.csv": b"display_name\n" + b"x\n" * MAX_BYTES,
    "empty.csv": b"",
    "zeros.csv": bytes(2000),
    "half.csv": "display_name;language\nАйгүл;ky\n".encode("utf-16")[:-1],
    "quotes.csv": b'display_name\n"never closed',
    "cut.xlsx": GOOD[: len(GOOD) // 2],
    "other.xlsx": GOOD.replace(b"PK\x05\x06", b"PK\x05\x07"),
    "laughs.xlsx": _rewritten(lambda name, part: _with_type(part, LAUGHS) if "sheet1" in name else part),
    "type16.xlsx": _rewritten(lambda name, part: _with_type(part, "", "utf-16") if "sheet1" in name else part),
    "laughs16.xlsx": _rewritten(lambda name, part: _with_type(part, LAUGHS, "utf-16") if "sheet1" in name else part),
}
NAMES = [
    "../../etc/passwd.csv",
    "..\\..\\x.csv",
    "/etc/cron.d/x.csv",
    "a\r\nSet-Cookie: x=1.csv",
    '"><svg onload=x>.csv',
]


@pytest.fixture
def send(world):
    """Uploads a file as the lead trainer: send("people.csv", b"…")."""
    path = f"/en/desk/cohorts/{world.things[OWN]['cohort_id']}/people/import/"
    client = Asker(world.people["lead"]).client
    return lambda name, content: client.post(path, {"file": SimpleUploadedFile(name, content, XLSX_TYPE)})


def _files() -> set[str]:
    return {str(path) for path in settings.DATA_DIR.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", FILES)
def test_what_is_no_list_of_people_is_refused(send, name):
    before, files = rows(), _files()
    answer = send(name, FILES[name])
    assert answer.status_code == 422
    assert "canary()" not in answer.text
    assert rows() == before
    assert _files() == files


def test_a_good_list_is_taken(send):
    assert send("people.xlsx", GOOD).status_code == 200


@pytest.mark.parametrize("part", ["sheet1.xml", "workbook.xml", "styles.xml", "[Content_Types].xml", ".rels"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_no_entity_asks_another_house_or_reads_a_file(send, tmp_path, part, encoding):
    secret = tmp_path / "secret.txt"
    secret.write_text("CANARY")
    with Canary() as canary:
        for source in (canary.address("entity"), secret.as_uri()):
            entity = f'<!ENTITY x SYSTEM "{source}"><!ENTITY % y SYSTEM "{source}"> %y;'
            content = _rewritten(
                lambda name, data, entity=entity: _with_type(data, entity, encoding) if name.endswith(part) else data
            )
            answer = send("people.xlsx", content)
            assert answer.status_code == 422
            assert "CANARY" not in answer.text
    assert canary.visits == []


@pytest.mark.parametrize("name", NAMES)
def test_names_of_files_lead_nowhere(send, name):
    files = _files()
    answer = send(name, b"Display name;Language\nBermet;ky\n")
    assert answer.status_code == 200
    assert "<svg" not in answer.text.replace("<svg class", "").replace("<svg aria", "")
    assert "Set-Cookie" not in answer.headers
    assert _files() == files


def test_an_archive_that_climbs_writes_nothing(send):
    files = _files()
    assert send("people.xlsx", _climbing()).status_code in (200, 422)
    assert _files() == files
