"""What a stranger's list may cost: it is counted before it is read, and its paper has an end."""

import io
import resource
import subprocess
import sys
import zipfile

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lms.certificates.importers import partners
from lms.certificates.rendering import MOST_ON_PAPER
from lms.common.codes import decode_id, dictated
from lms.common.tables import MAX_ROWS, XLSX_TYPE, write_xlsx
from tests.factories import certificates as make
from tests.journeys.papers import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
PAGE = "/verify/list/?lang=en"
NAME = make.FULL_NAME


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


def ask(client: Client, *lines: str, **fields):
    return client.post(PAGE, {"codes": "\n".join(lines), **fields})


def compared(client: Client, *lines: str) -> list[str]:
    """What the page says of the name in each row."""
    return [line.name_check for _answer, line in ask(client, *lines).context["shown"]]


def test_uploads_are_counted_before_they_are_read(client):
    """Whatever comes of them, and apart from the lists that are answered."""
    refused = [ask(client, "", file=SimpleUploadedFile("l.xlsx", b"PK\x03\x04")).status_code for _n in range(59)]
    asked = client.post(PAGE, {"asked": "result", "result": SimpleUploadedFile("r.csv", b"x")})
    assert {*refused, asked.status_code} == {422}
    late = ask(client, "KEPT", file=SimpleUploadedFile("l.xlsx", b"PK\x03\x04"))
    assert (late.status_code, late.headers["Retry-After"]) == (429, "3600")
    assert "KEPT" in late.text
    assert "cannot be read" not in late.text
    assert ask(Client(REMOTE_ADDR="203.0.113.9"), "X").status_code == 200


def test_endless_line_is_read_once():
    """As much as the form takes; the kernel ends a process that thinks about it for long."""
    code = (
        "import django; django.setup()\n"
        "from lms.certificates.importers import MAX_TEXT\n"
        "from lms.certificates.importers.partners import listed_in_text\n"
        "for word in ('.', '@', 'a:', '/', '1 '):\n"
        "    row, = listed_in_text((word * MAX_TEXT)[:MAX_TEXT])\n"
        "    print(row.public_id or 'no code')"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (60, 60)),
    )
    assert (run.returncode, run.stdout) == (0, "no code\n" * 5), run.stderr


def test_file_with_more_cells_than_a_list_has_is_not_parsed(client):
    codes = [[f"X{n}", "Айгүл", "other"] for n in range(MAX_ROWS)]
    good = write_xlsx(["Code", "Name", "More"], codes, title="List")
    assert ask(client, "", file=SimpleUploadedFile("l.xlsx", good, XLSX_TYPE)).status_code == 200
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(write_xlsx(["Code"], [], title="List"))) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for part in source.namelist():
            cells = b"<c/>" * partners.MAX_TAGS + b"</row>"
            archive.writestr(part, source.read(part).replace(b"</row>", cells, 1))
    wide = ask(client, "", file=SimpleUploadedFile("l.xlsx", buffer.getvalue(), XLSX_TYPE))
    assert wide.status_code == 422
    assert "Leave only two columns in it" in wide.text


def test_an_address_uses_up_its_own_tries_of_a_name_and_nobody_elses(client):
    certificate = make.make_issued()
    wrong = f"{dictated(decode_id(certificate.public_id))}; Бермет Асанова"
    right = wrong.replace("Бермет Асанова", NAME)
    assert [compared(client, wrong)[0] for _n in range(8)] == ["No match"] * 5 + ["No more tries this hour"] * 3
    others = [Client(REMOTE_ADDR=f"203.0.113.{n}") for n in range(8)]
    # Four of thirty further tries are gone: not seven.
    assert [compared(other, right)[0] for other in others[:6] for _n in range(5)] == ["Match"] * 30
    assert [compared(others[6], right)[0] for _n in range(4)] == ["Match"] * 3 + ["No more tries for a day"]
    # Nobody's first one: whoever holds the paper compares it still, on its page too.
    page = others[7].post(f"/v/{certificate.public_id}?lang=en", {"name": NAME})
    assert "Yes: this is the name" in page.text


def test_paper_has_an_end_that_is_said_before(client):
    make.make_issued()
    lines = [f"{dictated(n.to_bytes(16))}; {'Ы' * 120}" for n in range(MOST_ON_PAPER + 1)]
    long, short = ask(client, *lines), ask(client, *lines[:2])
    assert f"A PDF holds at most {MOST_ON_PAPER} rows" in long.text
    assert ("result.pdf" in long.text, "result.pdf" in short.text) == (False, True)
    sealed = {"sealed": long.context["sealed"]}
    refused = client.post("/verify/list/result.pdf", sealed)
    assert refused.status_code == 422
    assert "Take the CSV instead" in refused.text
    assert "Ы" * 120 in client.post("/verify/list/result.csv", sealed).content.decode()
    paper = client.post("/verify/list/result.pdf", {"sealed": short.context["sealed"]})
    letters = text_of(paper.content).count("Ы")
    assert 2 * 50 < letters <= 2 * 60


def test_six_papers_an_hour_and_the_table_for_more(client):
    make.make_issued()
    sealed = {"sealed": ask(client, "X").context["sealed"]}
    statuses = [client.post("/verify/list/result.pdf", sealed).status_code for _n in range(7)]
    assert statuses == [200] * 6 + [429]
    assert client.post("/verify/list/result.csv", sealed).status_code == 200
