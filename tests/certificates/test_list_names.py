"""Whoever reads only the top of a checked list, or one column of its file, learns which names are wrong."""

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from lms.certificates.actions import erase_holder
from tests.certificates.test_list import NAME, OTHER_NAME, PAGE, UNKNOWN, answers, ask, said, spoken
from tests.factories import certificates as make
from tests.factories.people import AT
from tests.journeys.papers import text_of

pytestmark = pytest.mark.django_db
MISMATCH, BUSY = "Name does not match · Genuine", "Name not compared · Genuine"
OTHER_ROW = "Another name, not compared"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def page(client):
    """Two genuine codes on papers with other names, one with hers, one of which no tries are left."""
    good, first, second, spent = (make.make_certificate() for _one in range(4))
    for _try in range(5):
        client.post(f"/v/{spent.public_id}", {"name": OTHER_NAME})
    names = [(good, NAME), (first, OTHER_NAME), (second, OTHER_NAME), (spent, NAME)]
    return ask(client, *(f"{spoken(one)}; {name}" for one, name in names))


def test_summary_counts_wrong_and_uncompared_names_apart_from_genuine(page):
    assert page.context["states"] == [(MISMATCH, 2), ("Genuine", 1), (BUSY, 1)]
    assert [row["State"] for row in answers(page)] == ["Genuine", MISMATCH, MISMATCH, BUSY]
    assert answers(page)[1]["What it means"].startswith("The name in the list is not the name on this certificate.")
    assert [page.text.count(f'class="status {tone}"') for tone in ("done", "attention", "waiting")] == [1, 2, 1]


def test_paper_and_the_check_of_the_file_say_so_too(page):
    sealed = {"sealed": page.context["sealed"]}
    table, paper = (page.client.post(f"/verify/list/result.{kind}", sealed).content for kind in ("csv", "pdf"))
    text = text_of(paper)
    assert [f"{state}: {number}" in text for state, number in page.context["states"]] == [True] * 3
    judged = page.client.post(PAGE, {"asked": "result", "result": SimpleUploadedFile("r.csv", table, "text/csv")})
    assert f"<li>{MISMATCH}: 2</li><li>Genuine: 1</li>" in judged.text


def test_name_that_cannot_be_compared_is_said_beside_the_state_of_a_certificate_alone(client):
    erased = make.make_certificate()
    erase_holder(certificate=erased, by=None, at=AT)
    page = ask(client, f"{spoken(erased)}; {NAME}", f"{UNKNOWN}; {NAME}")
    assert [row["State"] for row in answers(page)] == [
        "Name not compared · Genuine, without a name",
        "Not our certificate",
    ]


def test_row_of_the_same_code_with_another_name_asks_for_attention(client):
    certificate = make.make_certificate()
    code = spoken(certificate)
    page = ask(client, f"{code}; {NAME}", f"{code}; {OTHER_NAME}", f"/v/{certificate.public_id}; {NAME.upper()}", code)
    told = said(page, "State", "Code", "Name in the list", "Comparison of the name")
    assert told == [
        ("Genuine", code, NAME, "Match"),
        (OTHER_ROW, code, OTHER_NAME, "Not compared"),
        ("Not checked", code, NAME.upper(), ""),
        ("Not checked", code, "", ""),
    ]
    assert "stands in row 1 already, with another name" in answers(page)[1]["What it means"]
    assert "It was checked there" in answers(page)[2]["What it means"]
    assert page.text.count('class="status attention"') == 1
    assert (OTHER_ROW, 1) in page.context["states"]


def test_name_behind_a_code_that_stood_bare_before_is_not_passed_over(client):
    code = spoken(make.make_certificate())
    assert said(ask(client, code, f"{code}; {OTHER_NAME}"), "State") == [("Genuine",), (OTHER_ROW,)]


def test_row_shows_the_id_or_address_that_was_typed_beside_its_code(client):
    certificate = make.make_certificate()
    address = f"http://testserver/v/{certificate.public_id}"
    page = ask(client, f"{address}#signed; {NAME}", spoken(make.make_certificate()).lower(), "ABCD")
    assert said(page, "Code", "As it was typed") == [
        (spoken(certificate), f"{address}; {NAME}"),
        (said(page, "Code")[1][0], ""),
        ("ABCD", ""),
    ]
    assert f">{address}; {NAME}</div>" in page.text


def test_result_says_that_another_language_does_not_keep_it(page):
    assert "once you change the language or leave this page" in page.text
