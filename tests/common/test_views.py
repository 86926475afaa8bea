"""Choosing a language: a POST, remembered in a cookie, and never a way to another site."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def choose(language: str, target: str, **headers: str):
    return Client(headers=headers).post("/language/", {"language": language, "next": target})


def test_chosen_language_is_remembered_and_the_page_translated() -> None:
    answer = choose("ky", "/en/desk/?page=2")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/ky/desk/?page=2")
    assert answer.cookies["lang"].value == "ky"
    assert answer.cookies["lang"]["samesite"] == "Lax"


def test_language_is_not_chosen_by_reading() -> None:
    assert Client().get("/language/?language=ky&next=/en/").status_code == 405


def test_language_needs_the_forms_token() -> None:
    assert Client(enforce_csrf_checks=True).post("/language/", {"language": "ky"}).status_code == 403


@pytest.mark.parametrize("language", ["de", "", "ky\r\nSet-Cookie: a=b", "../ky"])
def test_unknown_language_is_not_remembered(language: str) -> None:
    answer = choose(language, "/en/desk/")
    assert answer.status_code == 400
    assert "lang" not in answer.cookies


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "http:evil.example",
        "https:///evil.example",
        "javascript:alert(1)",
        " //evil.example",
        "\t//evil.example",
        "http://testserver@evil.example/",
        "/%0d%0aLocation:%20https://evil.example",
    ],
)
def test_language_leads_nowhere_else(target: str) -> None:
    location = choose("ky", target, referer="https://evil.example/").headers["Location"]
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert "\n" not in location
