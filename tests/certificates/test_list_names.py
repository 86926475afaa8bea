"""Whoever reads only the top of a checked list, or one column of its file, learns which names are wrong."""

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from lms.certificates.actions import erase_holder
from lms.certificates.models import NameCheckCount
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


def carry(page, language, **more):
    return page.client.post(f"/verify/list/?lang={language}", {"carried": page.context["carried"], **more})


def test_result_is_kept_in_another_language_and_no_name_is_compared_again(page):
    counted = list(NameCheckCount.objects.order_by("pk").values())
    kyrgyz = carry(page, "ky")
    assert (kyrgyz.status_code, kyrgyz.context["carried"] != "", '<html lang="ky"' in kyrgyz.text) == (200, True, True)
    back = carry(kyrgyz, "en")
    assert answers(back) == answers(page)
    assert [number for _state, number in kyrgyz.context["states"]] == [2, 1, 1]
    assert answers(kyrgyz) != answers(page)
    assert list(NameCheckCount.objects.order_by("pk").values()) == counted
    # The button stands where the languages stand elsewhere, and no code or name in its address.
    assert page.text.count('formaction="/verify/list/?lang=ky"') == 2


def test_a_note_beside_a_row_changes_its_language_too(client):
    certificate = make.make_certificate()
    page = ask(client, spoken(certificate), spoken(certificate), "ABCD", f"{spoken(certificate)[:-1]}")
    russian = carry(page, "ru")
    assert not [row for row in russian.context["shown"] if "row 1 already" in row[1].meaning]
    assert answers(carry(russian, "en")) == answers(page)


def test_what_somebody_else_wrote_is_not_carried(page):
    forged = page.context["carried"][:-2] + "xx"
    refused = page.client.post(PAGE, {"carried": forged})
    assert (refused.status_code, "too old to be shown in another language" in refused.text) == (422, True)


def test_a_name_that_was_withdrawn_meanwhile_is_compared_with_nothing(client):
    certificate = make.make_certificate()
    page = ask(client, f"{spoken(certificate)}; {NAME}")
    assert said(page, "Comparison of the name") == [("Match",)]
    erase_holder(certificate=certificate, by=None, at=AT)
    assert said(carry(page, "en"), "Comparison of the name") == [("Nothing to compare with",)]
