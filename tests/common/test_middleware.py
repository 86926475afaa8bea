"""Headers on every answer, cookies on as few as can be, the language of addresses without one."""

import gzip
import re
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from tests.factories.curricula import make_module
from tests.factories.people import make_person, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.common.failing_urls")]

PUBLIC = [
    "/",
    "/ky/",
    "/ru/test/",
    "/en/test/m1/",
    "/ky/test/m1/lesson-1/",
    "/verify/",
    "/verify/?code=AAAA",
    "/verify/manifest.json",
    "/sw.js",
    "/v/AAAAAAAAAAAAAAAAAAAAAA",
    "/.well-known/did.json",
    "/.well-known/jwks.json",
    "/healthz",
    "/readyz",
    "/ky/nowhere/",
    "/static/css/site.css",
]
FORMS = ["/card/", "/en/accounts/login/", "/join/no-such-token/", "/c/no-such-token/"]
FAILURES = {
    "/fails/400/": 400,
    "/fails/suspicious/": 400,
    "/fails/403/": 403,
    "/ky/nowhere/": 404,
    "/fails/429/": 429,
    "/fails/500/": 500,
}
EVERYWHERE = [*PUBLIC, *FORMS, *FAILURES, "/ky/desk/", "/cms/", "/cms/login/", "/ky", "/static/nowhere.css"]


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def visitor(client: Client) -> Client:
    """Somebody without an account, who gets the error page and not the exception."""
    client.raise_request_exception = False
    return client


@pytest.fixture
def reader(visitor: Client) -> Client:
    """The same where there is something to read."""
    make_module("M1")
    return visitor


def sources(policy: str, directive: str) -> list[str]:
    found = re.search(rf"(?:^|;\s*){directive} ([^;]*)", policy)
    return found[1].split() if found else []


def test_every_answer_carries_the_security_headers(reader: Client) -> None:
    for address in EVERYWHERE:
        headers = reader.get(address).headers
        assert {
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Opener-Policy": "same-origin",
            "X-Frame-Options": "SAMEORIGIN" if address.startswith("/cms/") else "DENY",
        }.items() <= headers.items(), address
        assert "Access-Control-Allow-Origin" not in headers or address.startswith("/.well-known/"), address
        assert headers["Referrer-Policy"] in {"same-origin", "no-referrer"}, address
        assert "geolocation=()" in headers["Permissions-Policy"], address
        assert sources(headers["Content-Security-Policy"], "default-src") == ["'none'"], address


def test_only_the_editor_may_run_inline_scripts_and_be_framed(reader: Client) -> None:
    policies = {address: reader.get(address).headers["Content-Security-Policy"] for address in EVERYWHERE}
    unsafe = {address for address, policy in policies.items() if "unsafe-inline" in policy or "'unsafe-eval'" in policy}
    assert unsafe == {"/cms/", "/cms/login/"}
    for address in policies.keys() - {"/cms/", "/cms/login/"}:
        assert sources(policies[address], "frame-ancestors") == ["'none'"], address


def test_only_the_verifier_reads_with_a_camera_and_installs_itself(reader: Client) -> None:
    answers = {address: reader.get(address).headers for address in EVERYWHERE}
    verifier = {"/verify/", "/verify/?code=AAAA"}
    assert {
        address for address, headers in answers.items() if "camera=(self)" in headers["Permissions-Policy"]
    } == verifier
    for directive, source in (
        ("script-src", "'wasm-unsafe-eval'"),
        ("worker-src", "'self'"),
        ("manifest-src", "'self'"),
    ):
        policies = {address: headers["Content-Security-Policy"] for address, headers in answers.items()}
        allowed = {address for address, policy in policies.items() if source in sources(policy, directive)}
        assert allowed == verifier, directive


def test_editor_has_a_looser_policy_that_still_loads_nothing_from_elsewhere(visitor: Client) -> None:
    policy = visitor.get("/cms/").headers["Content-Security-Policy"]
    assert "'unsafe-inline'" in sources(policy, "script-src")
    assert "http" not in policy
    assert sources(policy, "object-src") == ["'none'"]


@pytest.mark.urls("lms.urls")
def test_an_address_of_forms_leads_to_the_page_with_the_form(visitor: Client) -> None:
    visitor.force_login(make_staff())
    answer = visitor.get("/ru/me/email/")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert 'href="/ru/me/"' in answer.text
    assert "Ничего не изменено" in answer.text
    assert 'href="/ky/me/email/"' in answer.text
    assert visitor.get("/language/").status_code == 405


def test_refused_form_carries_the_headers_too() -> None:
    answer = Client(enforce_csrf_checks=True).post("/fails/form/", {"name": "x"})
    assert answer.status_code == 403
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_foreign_host_is_refused_with_the_headers(visitor: Client) -> None:
    answer = visitor.get("/ky/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_redirect_to_tls_carries_the_headers(visitor: Client, settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    answer = visitor.get("/ky/")
    assert (answer.status_code, answer.headers["Location"]) == (301, "https://testserver/ky/")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_reading_sets_no_cookie_and_a_form_no_session(reader: Client) -> None:
    assert {address: dict(reader.get(address).cookies) for address in PUBLIC} == {address: {} for address in PUBLIC}
    for address in FORMS:
        assert "sessionid" not in reader.get(address).cookies, address


def test_answers_to_somebody_signed_in_are_not_kept(client: Client) -> None:
    make_module("M1")
    client.force_login(make_person())
    assert client.get("/ky/test/m1/").headers["Cache-Control"] == "private, no-store"


def test_failures_are_not_kept(visitor: Client) -> None:
    for address in [*FAILURES, "/static/nowhere.css", "/v/AAAAAAAAAAAAAAAAAAAAAA"]:
        assert "no-store" in visitor.get(address).headers["Cache-Control"], address
    assert "no-store" in visitor.get("/ky/", headers={"host": "evil.example"}).headers["Cache-Control"]


@pytest.mark.parametrize("language", ["en", "ru", "ky"])
def test_failures_speak_the_visitors_language_and_are_small(visitor: Client, language: str) -> None:
    for address, status in FAILURES.items():
        prefixed = re.sub(r"^/ky/", f"/{language}/", address)
        answer = visitor.get(prefixed, headers={"accept-language": language, "accept-encoding": "gzip"})
        page = gzip.decompress(answer.content).decode()
        assert (answer.status_code, len(answer.content) < 4000) == (status, True), address
        assert f'<html lang="{language}">' in page, address
        assert "canary" not in page, address


def test_too_many_says_when_to_come_back(visitor: Client) -> None:
    assert visitor.get("/fails/429/").headers["Retry-After"] == "7"


@pytest.mark.parametrize("signed_in", [False, True])
def test_error_page_and_its_headers_need_no_database(visitor: Client, signed_in: bool) -> None:
    if signed_in:
        visitor.force_login(make_staff())
        cache.clear()

    def gone(*args: object) -> None:
        raise RuntimeError("the database is gone")

    with connection.execute_wrapper(gone):
        answer = visitor.get("/fails/500/", headers={"accept-language": "ky"})
    assert answer.status_code == 500
    assert '<html lang="ky">' in answer.content.decode()
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


# ── The language of addresses without one ────────────────────────────────────────────────────────────────────────


def spoken(answer) -> str:
    return re.search(r'<html lang="(\w+)"', answer.content.decode())[1]


def test_unprefixed_address_speaks_as_asked_then_as_chosen_then_as_the_browser_prefers(visitor: Client) -> None:
    prefers_russian = {"accept-language": "ru-RU,ru;q=0.9,en;q=0.5"}
    assert spoken(visitor.get("/verify/", headers=prefers_russian)) == "ru"
    visitor.cookies["lang"] = "ky"
    assert spoken(visitor.get("/verify/", headers=prefers_russian)) == "ky"
    asked = visitor.get("/verify/?lang=en", headers=prefers_russian)
    assert spoken(asked) == "en"
    assert dict(asked.cookies) == {}
    assert spoken(visitor.get("/verify/", headers=prefers_russian)) == "ky"


def test_unknown_language_is_ignored(visitor: Client) -> None:
    for wanted in ("de", "", "../ky", "ky%00", "KY"):
        assert spoken(visitor.get(f"/verify/?lang={wanted}", headers={"accept-language": "ru"})) == "ru", wanted


def test_language_of_the_address_is_stronger_than_the_parameter(reader: Client) -> None:
    assert spoken(reader.get("/ky/test/m1/?lang=ru")) == "ky"


@pytest.mark.parametrize(
    ("address", "browser", "target"),
    [("/", "ky", "/ky/"), ("/", "ru-RU,ru", "/ru/"), ("/", "de", "/en/"), ("/?lang=ru", "ky", "/ru/?lang=ru")],
)
def test_root_leads_home_in_the_visitors_language(visitor: Client, address: str, browser: str, target: str) -> None:
    answer = visitor.get(address, headers={"accept-language": browser})
    assert (answer.status_code, answer.headers["Location"]) == (302, target)
    assert "Accept-Language" in answer.headers["Vary"]
