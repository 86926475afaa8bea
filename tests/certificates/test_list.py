"""The list check: a partner gives many codes and gets for each what its own page says; nothing of it is kept."""

import csv
import io
import logging
import re

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lms.certificates.actions import erase_holder, revoke_certificate
from lms.certificates.models import Certificate, NameCheckCount
from lms.certificates.queries import VerdictState
from lms.common.codes import decode_id, dictated, encode_id
from lms.common.tables import XLSX_TYPE, write_xlsx
from tests.corpora.test_uploads import FILES
from tests.factories import certificates as make
from tests.factories.people import AT, make_staff
from tests.house import rows
from tests.journeys.papers import text_of

pytestmark = pytest.mark.django_db
PAGE = "/verify/list/?lang=en"
UNKNOWN = encode_id(bytes(range(16)))
NAME = make.FULL_NAME
UNREAD = "Line not read"
OTHER_NAME = "Бермет Асанова"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def certificate() -> Certificate:
    return make.make_issued()


def spoken(certificate: Certificate) -> str:
    return dictated(decode_id(certificate.public_id))


def ask(client: Client, *lines: str, page: str = PAGE, **fields):
    return client.post(page, {"codes": "\n".join(lines), **fields})


def answers(page) -> list[dict[str, str]]:
    """The rows of the result, as its file says them."""
    lines = page.client.post("/verify/list/result.csv", {"sealed": page.context["sealed"]}).content
    head, *found = csv.reader(io.StringIO(lines.decode("utf-8-sig"), newline=""), delimiter=";")
    return [dict(zip(head, line, strict=True)) for line in found[:-2]]


def said(page, *columns: str) -> list[tuple[str, ...]]:
    return [tuple(answer[column] for column in columns) for answer in answers(page)]


def test_each_way_to_give_a_code_gets_the_verdict_of_its_page(client, certificate):
    trainer = make.make_trainer_certificate(make.make_graduate(name="Гүлнара Маматова"))
    revoked, erased = make.make_certificate(), make.make_certificate()
    wording = {"en": "By mistake.", "ru": "Р", "ky": "К"}
    revoke_certificate(certificate=revoked, public_wording=wording, internal_reason="SECRET", by=make_staff(), at=AT)
    erase_holder(certificate=erased, by=None, at=AT)
    page = ask(
        client,
        spoken(certificate),
        f"  {trainer.public_id}  ",
        "",
        f"http://testserver/v/{revoked.public_id}#signed",
        spoken(erased).lower().replace("-", " "),
    )
    assert page.status_code == 200
    told = answers(page)
    assert [row["Row"] for row in told] == ["1", "2", "4", "5"]
    assert [row["Code"] for row in told] == [spoken(one) for one in (certificate, trainer, revoked, erased)]
    assert [row["State"] for row in told] == ["Genuine", "Genuine", "Revoked", "Genuine, without a name"]
    assert told[2]["What it means"] == ("Revoked on 24 November 2026. It certifies nothing any more. By mistake.")
    assert [row["Name as it is shown"] for row in told] == ["Айгүл Т.", "Гүлнара М.", "Айгүл Т.", ""]
    assert told[0]["Modules"] == "M1 Module M1 en"
    assert told[1]["What was certified"] == "May train this module in Kyrgyz and Russian until 25 November 2029"
    assert [row["Issued on"] for row in told] == ["24.11.2026", "25.11.2026", "24.11.2026", "24.11.2026"]
    assert (told[0]["Valid until"], told[1]["Valid until"]) == ("", "25.11.2029")
    assert {row["Issued by"] for row in told} >= {certificate.organisation.name_en}
    html = page.text
    assert "SECRET" not in html
    assert "Токтосунова" not in html
    # The state's word and sentence are those of the page of one certificate.
    alone = client.get(f"/v/{revoked.public_id}?lang=en").text
    assert "Revoked on 24 November 2026. It certifies nothing any more." in alone


def test_unknown_is_not_ours_malformed_is_not_read_and_other_sites_are_refused(client, certificate):
    code = spoken(certificate)
    wrong = ("Z" if code[0] != "Z" else "Y") + code[1:]
    evil = "https://testserver@evil.example/v/" + certificate.public_id
    page = ask(client, UNKNOWN, "x" * 22, wrong, evil, f"evil.example/v/{UNKNOWN}", code, f"/v/{certificate.public_id}")
    told = said(page, "State", "What it means")
    ours = str(VerdictState.NOT_OURS.label)
    assert [state for state, _meaning in told] == [
        ours, UNREAD, UNREAD, "Not checked", "Not checked", "Genuine", "Not checked",
    ]  # fmt: skip
    assert "Compare the code with the paper, group by group." in told[2][1]
    assert "another site (evil.example)" in told[3][1]
    assert "another site (evil.example)" in told[4][1]
    assert "stands in row 6 already" in told[6][1]


def test_code_is_found_anywhere_in_a_line_and_the_rest_is_the_name(client):
    issued = [make.make_certificate() for _n in range(7)]
    code, other, third, fourth, fifth, sixth, seventh = map(spoken, issued)
    lines = [
        f"{code} {NAME}",
        f"{NAME} {other}",
        f"3. {third} – {NAME}",
        f"4; {NAME}; {fourth}",
        f"{NAME.replace(' ', ', ')}, {fifth.replace('-', ' ').lower()}",
        f"№6 {NAME} http://testserver/v/{issued[5].public_id}#signed",
        f"{issued[6].public_id} {NAME}",
    ]
    told = said(ask(client, *lines), "Code", "State", "Name in the list", "Comparison of the name")
    codes = (code, other, third, fourth, fifth, sixth, seventh)
    assert told == [(one, "Genuine", NAME, "Match") for one in codes]
    table = write_xlsx(["No", "Name", "Code", "Region"], [["1", NAME, code, "Ош"], ["2", NAME, "", ""]], title="List")
    page = ask(client, "", file=SimpleUploadedFile("l.xlsx", table, XLSX_TYPE))
    assert said(page, "State", "Name in the list") == [("Genuine", NAME), (UNREAD, "")]


def test_line_that_cannot_be_read_is_never_called_not_ours(client, certificate):
    code = spoken(certificate)
    lines = {
        f"{code[:-3]} {NAME}": "A code has 27 letters and digits",
        f"1. {NAME} {('Z' if code[0] != 'Z' else 'Y') + code[1:]}": "Compare the code with the paper",
        NAME: "There is no code in this row.",
        f"{certificate.public_id[:-1]}": "",
        f"{NAME} https://evil.example/v/{certificate.public_id}": "another site (evil.example)",
        "Асанова/Токтосунова": "There is no code in this row.",
    }
    page = ask(client, *lines)
    told = said(page, "State", "What it means", "Code")
    assert [state for state, _meaning, _line in told] == [UNREAD] * 4 + ["Not checked", UNREAD]
    assert [wanted in meaning for wanted, (_s, meaning, _l) in zip(lines.values(), told, strict=True)] == [True] * 6
    # An id may begin with a sign that a spreadsheet takes for a formula.
    assert [line.removeprefix("'") for _state, _meaning, line in told] == list(lines)
    assert page.context["states"] == [(UNREAD, 5), ("Not checked", 1)]
    assert 'class="status quiet"' in page.text
    assert 'class="status attention"' not in page.text
    paper = client.post("/verify/list/result.pdf", {"sealed": page.context["sealed"]})
    assert "Line not read" in text_of(paper.content)


def test_last_sign_may_be_left_out_and_the_row_says_so(client, certificate):
    remark = "The last sign of the code was not typed: compare the name with the paper."
    code, unknown = spoken(certificate)[:-1], dictated(bytes(range(16)))[:-1]
    for line in (f"{code}; {NAME}", f"1. {code} {NAME}", f"{NAME}, {code.replace('-', ' ').lower()}"):
        cache.clear()
        [(state, meaning, name, compared)] = said(
            ask(client, line), "State", "What it means", "Name in the list", "Comparison of the name"
        )
        assert (state, name, compared) == ("Genuine", NAME, "Match")
        assert meaning.endswith(remark)
    told = said(ask(client, unknown, spoken(certificate)), "State", "What it means", "Code")
    assert told[0][0] == UNREAD
    assert told[0][1].startswith("The last sign is missing")
    assert told[0][2] == unknown
    assert remark not in told[1][1]


def test_whole_code_is_taken_before_one_without_its_last_sign(client, certificate):
    code = spoken(certificate)
    [(state, meaning)] = said(ask(client, f"{dictated(bytes(range(16)))[:-1]} {code}"), "State", "What it means")
    assert state == "Genuine"
    assert "not typed" not in meaning


def test_every_look_alike_of_our_host_is_another_site(client, certificate, settings):
    settings.PUBLIC_BASE_URL = "https://yntymak.example"
    path = f"/v/{certificate.public_id}"
    hosts = [
        "yntymak.example.evil.example", "yntymak.exampleevil", "www.yntymak.example", "yntymak.example@evil.example",
        "yntymak.example:8443", "уntymak.example", "xn--ntymak-6of.example", "ｙntymak.example", "yntymak.example.",
        "yntymak。example", "evil.example\\@yntymak.example", "yntymak.example\u200b",
    ]  # fmt: skip
    told = said(ask(client, *(f"https://{host}{path}" for host in hosts)), "State")
    assert told == [("Not checked",)] * len(hosts)


def test_address_is_read_from_its_start_and_shown_without_what_nobody_sees(client, certificate):
    tail = f"/v/{certificate.public_id}?u=://127.0.0.1/"
    page = ask(client, f"evil.example{tail}", f"http://testserver{tail}", "x\u202ey\u200bz", "evil\u202e.example/v/x")
    rows_said = said(page, "State", "What it means", "Code")
    assert [state for state, _meaning, _code in rows_said] == [
        "Not checked", "Genuine", UNREAD, "Not checked",
    ]  # fmt: skip
    assert "another site (evil.example)" in rows_said[0][1]
    assert rows_said[2][2] == "xyz"
    assert not {"\u202e", "\u200b"} & set(str(rows_said))


def test_names_are_compared_with_the_tries_of_the_page(client, certificate):
    line = f"{spoken(certificate)}; "
    named = ask(client, line + NAME.upper(), f"{UNKNOWN}; {NAME}")
    assert said(named, "Comparison of the name") == [("Match",), ("",)]
    assert said(ask(client, line + OTHER_NAME), "Comparison of the name") == [("No match",)]
    # Two of five are gone: on its own page three are left, and then the list has none either.
    one = f"/v/{certificate.public_id}?lang=en"
    guesses = [client.post(one, {"name": OTHER_NAME}).text for _guess in range(3)]
    assert "That was the last try" in guesses[-1]
    assert said(ask(client, line + NAME), "Name in the list", "Comparison of the name") == [
        (NAME, "No more tries this hour")
    ]


def test_a_name_that_does_not_match_brings_one_hint_whatever_the_certificate_says(client, certificate):
    hint = "the full name is compared, as it stands on the certificate, and not a given name alone"
    assert "the full name as it stands on the certificate" in client.get(PAGE).text
    assert hint not in ask(client, f"{spoken(certificate)}; {NAME}").text
    for other in (certificate, make.make_certificate(make.make_graduate(name="Бермет"))):
        for typed in (NAME.split()[0], OTHER_NAME):
            page = ask(client, f"{spoken(other)}; {typed}")
            assert said(page, "Comparison of the name") == [("No match",)]
            assert page.text.count(hint) == 1


def test_list_is_no_oracle_for_a_name(client, certificate):
    """Many guesses for one certificate in one list: the first row alone is compared."""
    guesses = [f"{spoken(certificate)}; {OTHER_NAME}"]
    guesses += [f"{certificate.public_id}; {name}" for name in (NAME, OTHER_NAME, NAME)]
    told = said(ask(client, *guesses), "State", "Comparison of the name")
    other = ("Another name, not compared", "Not compared")
    assert told == [("Name does not match · Genuine", "No match"), other, ("Not checked", ""), other]
    assert NameCheckCount.objects.get().mismatches == 1


def test_erased_holder_has_no_name_to_compare(client, certificate):
    erase_holder(certificate=certificate, by=None, at=AT)
    told = said(ask(client, f"{spoken(certificate)}; {NAME}"), "Name as it is shown", "Comparison of the name")
    assert told == [("", "Nothing to compare with")]


def test_ids_cannot_be_walked(client, certificate):
    """Ten lists an hour; what was typed stays."""
    number = int.from_bytes(decode_id(certificate.public_id))
    near = [encode_id(((number + step) % 2**128).to_bytes(16)) for step in range(1, 400)]
    first = ask(client, *near)
    assert set(said(first, "State")) == {(VerdictState.NOT_OURS.label,)}
    statuses = [ask(client, UNKNOWN).status_code for _list in range(10)]
    assert statuses == [200] * 9 + [429]
    refused = ask(client, "KEPT-WHAT-WAS-TYPED")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")
    assert "KEPT-WHAT-WAS-TYPED" in refused.text
    assert ask(Client(REMOTE_ADDR="203.0.113.9"), UNKNOWN).status_code == 200


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.csv", "Код;Аты\n{code};{name}\n{unknown};\n".encode()),
        ("list.csv", "{code}\t{name}\n{unknown}\n".encode("utf-16")),
        ("list.xlsx", None),
    ],
)
def test_file_is_read_with_and_without_a_head(client, certificate, name, content):
    values = {"code": spoken(certificate), "name": NAME, "unknown": UNKNOWN}
    if content is None:
        content = write_xlsx(["Code", "Name"], [[values["code"], NAME], [UNKNOWN, ""]], title="List")
    else:
        encoding = "utf-16" if content.startswith(b"\xff\xfe") else "utf-8"
        content = content.decode(encoding).format(**values).encode(encoding)
    page = ask(client, "", file=SimpleUploadedFile(name, content, XLSX_TYPE))
    ours = VerdictState.NOT_OURS.label
    assert said(page, "State", "Comparison of the name") == [("Genuine", "Match"), (ours, "")]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([], "Type or paste at least one code"),
        (["  ", "\t"], "Type or paste at least one code"),
        ([f"X{n}" for n in range(1001)], "at most 1000 rows"),
    ],
)
def test_list_that_is_none_is_told_and_kept(client, lines, says):
    page = ask(client, *lines)
    assert page.status_code == 422
    assert says in page.text
    assert not lines or lines[-1].strip() in page.text


def test_two_ways_at_once_are_told(client):
    page = ask(client, "TYPED", file=SimpleUploadedFile("l.csv", b"a\nb\n"))
    assert page.status_code == 422
    assert "Give the codes in one way" in page.text
    assert "TYPED" in page.text


def test_rows_that_are_wrong_are_told_in_the_language_of_the_page(client, certificate):
    page = ask(client, f"; {NAME}", f"{spoken(certificate)}; {'ы' * 121}", page="/verify/list/?lang=ky")
    assert [answer["Абалы"] for answer in answers(page)] == ["Сап окулган жок", "Текшерилген жок"]


def test_hostile_files_are_refused_or_harmless(client):
    """Those that are no table are told so; a text that is no list is a list of codes that are not ours."""
    before, statuses = rows(), {}
    for name, content in FILES.items():
        cache.clear()
        page = ask(client, "", file=SimpleUploadedFile(name, content, XLSX_TYPE))
        statuses[name] = page.status_code
        assert "<script>canary" not in page.text, name
        assert "<svg onload" not in page.text, name
    assert {name for name, status in statuses.items() if status == 200} == {"page.csv", "picture.csv"}
    assert set(statuses.values()) == {200, 422}
    assert rows() == before


def test_nothing_is_kept_logged_or_set(client, certificate, caplog):
    caplog.set_level(logging.DEBUG)
    before = rows()
    page = ask(client, f"{spoken(certificate)}; {NAME}")
    token = {"sealed": page.context["sealed"]}
    files = [client.post(f"/verify/list/result.{kind}", token) for kind in ("csv", "pdf")]
    # For the holder there is one more compared name, as a number.
    assert {table for table, found in rows().items() if found != before[table]} == {"certificates_namecheckcount"}
    for answer in (page, *files):
        assert not answer.cookies
        assert "no-store" in answer.headers["Cache-Control"]
        assert NAME not in str(answer.headers)
    assert NAME not in re.search("<title>(.*?)</title>", page.text)[1]
    logged = caplog.text
    assert "Токтосунова" not in logged
    assert certificate.public_id not in logged
    assert spoken(certificate) not in logged


def test_queries_do_not_grow_with_the_list(client, certificate, django_assert_num_queries):
    others = [make.make_certificate(name="Бермет Асанова") for _one in range(2)]
    ask(client, spoken(certificate))
    for found in ([certificate], [certificate, *others]):
        with django_assert_num_queries(2):  # the certificates, the site's key
            assert ask(client, *map(spoken, found)).status_code == 200
