"""Choosing a language: a POST, remembered in a cookie, and never a way to another site.  Pictures: those of pages."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
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


@pytest.mark.parametrize(
    "name",
    [
        "documents/list.pdf",
        "original_images/bazaar.png",
        "images/drawing.svg",
        "images/page.html",
        "images/none.png",
        "images/../documents/list.png",
        "images/../../private/certificates/paper.png",
        "/etc/images/passwd.png",
        ".",
        "/",
    ],
)
def test_media_gives_pictures_of_pages_only(name: str) -> None:
    for kept in ("documents/list.pdf", "documents/list.png", "original_images/bazaar.png", "images/drawing.svg"):
        if not default_storage.exists(kept):
            default_storage.save(kept, ContentFile(b"not for you"))
    if not storages["private"].exists("certificates/paper.png"):
        storages["private"].save("certificates/paper.png", ContentFile(b"not for you"))
    assert Client().get(f"/media/{name}").status_code in {400, 404}


def test_picture_is_sent_with_its_type_and_cannot_be_taken_for_a_page() -> None:
    name = default_storage.save("images/bazaar.png", ContentFile(b"\x89PNG"))
    answer = Client().get(default_storage.url(name))
    assert (answer.status_code, answer.getvalue()) == (200, b"\x89PNG")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
@pytest.mark.parametrize("address", ["/card/", "/verify/", "/v/AAAAAAAAAAAAAAAAAAAAAA"])
def test_a_language_before_a_printed_address_leads_to_it_in_this_language(client: Client, address: str, language: str):
    answer = client.get(f"/{language}{address}", headers={"accept-language": "de"})
    assert (answer.status_code, answer["Location"]) == (302, f"{address}?lang={language}")
    assert not answer.cookies
    assert f'<html lang="{language}"' in client.get(answer["Location"]).text


def test_a_language_before_a_printed_address_keeps_what_was_asked(client: Client) -> None:
    assert client.get("/ky/card/?next=/c/abc&lang=ru")["Location"] == "/card/?next=%2Fc%2Fabc&lang=ky"
    assert client.get("/ky/verify/?code=A%26B")["Location"] == "/verify/?code=A%26B&lang=ky"


@pytest.mark.parametrize("rest", ["/evil.example", "%2F%2Fevil.example", "%5Cevil.example", "%0D%0AX-A:1", "a%3Fb"])
def test_a_language_before_a_printed_address_leads_to_no_other_site(client: Client, rest: str) -> None:
    location = client.get(f"/ky/v/{rest}").headers.get("Location", "/v/")
    assert location.startswith("/v/")
    assert location.partition("?")[2] in ("", "lang=ky")
