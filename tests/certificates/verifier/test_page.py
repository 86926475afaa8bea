"""The page, what it loads, and what the service worker keeps of it."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image

from lms.certificates.rendering import verifier
from lms.certificates.views.verifier import worker_told
from lms.common.languages import LANGUAGE_CODES
from tests.factories.people import browser, make_staff

pytestmark = pytest.mark.django_db
FOLDER = Path(settings.BASE_DIR) / "static" / "js" / "verifier"
SCRIPTS = {path.name: path.read_text() for path in FOLDER.iterdir()}


def block(html: str, name: str) -> dict:
    found = re.search(rf'<script id="{name}" type="application/json">(.*?)</script>', html, re.DOTALL)
    assert found
    return json.loads(found[1])


def file_of(address: str) -> Path:
    found = finders.find(address.removeprefix(settings.STATIC_URL))
    assert found, address
    return Path(str(found))


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_page_brings_its_words_along(client: Client, language):
    html = client.get("/verify/", {"lang": language}).text
    words = block(html, "verifier-words")
    assert words["states"]["genuine"]["labels"] == {"ky": "Чыныгы", "ru": "Подлинный", "en": "Genuine"}
    assert {len(state["labels"]) for state in words["states"].values()} == {3}
    assert "%(address)s" not in html
    assert html.count('rel="modulepreload"') == len(verifier.SCRIPTS)


def test_every_script_is_told_and_kept():
    assert {f"js/verifier/{name}" for name in SCRIPTS} == {name for name in verifier.SCRIPTS if "vendor" not in name}
    imported = {match for text in SCRIPTS.values() for match in re.findall(r'"\.\./\.\./(vendor/[^"]+)"', text)}
    assert imported == {"vendor/noble-ed25519.js", "vendor/zxing/reader/index.js"}
    assert imported <= {*verifier.SCRIPTS, *verifier.SCANNER}


def test_every_state_and_message_of_the_scripts_has_words():
    words = verifier.verifier_words()
    states = set(re.findall(r'"([a-z_]+)"', SCRIPTS["verdict.js"])) - {"compromised"}
    assert states | {"not_ours"} == set(words["states"])
    page = SCRIPTS["verify.js"]
    assert set(words["messages"]) <= set(re.findall(r'"([a-z_]+)"', page))
    assert set(re.findall(r'(?:say\("[a-z-]+", |tellList\()"([a-z_]+)"', page)) <= set(words["messages"])


def test_nothing_is_written_as_markup():
    for name, text in SCRIPTS.items():
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", text), name


def test_worker_is_asked_for_anew_and_keeps_what_there_is(client: Client):
    answer = client.get("/sw.js")
    assert answer.headers["Content-Type"] == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    told, scripts = re.findall(r"^(?:self\.TOLD = |importScripts\(\.\.\.)(.*?)\)?;$", answer.text, re.MULTILINE)
    kept = json.loads(told)["verifier"]
    assert [client.get(page).status_code for page in kept["pages"]] == [200, 200, 200]
    for address in [*json.loads(scripts), *kept["assets"], *kept["scanner"]]:
        assert file_of(address).stat().st_size > 100


def test_worker_changes_with_the_words_of_the_page(monkeypatch):
    from lms.certificates.views import verifier as views

    before = worker_told()["version"]
    assert worker_told()["version"] == before
    monkeypatch.setattr(views, "_page_in", lambda language: f"another page in {language}")
    assert worker_told()["version"] != before


def test_worker_tells_everybody_the_same(client: Client):
    assert browser(make_staff()).get("/sw.js").content == client.get("/sw.js").content


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_manifest_makes_it_an_app_under_a_neutral_name(client: Client, language):
    answer = client.get("/verify/manifest.json", {"lang": language})
    said = answer.json()
    assert answer.headers["Content-Type"] == "application/manifest+json"
    assert "yntymak" not in answer.content.decode().lower()
    assert (said["lang"], said["start_url"]) == (language, f"/verify/?lang={language}")
    assert "/verify/".startswith(said["scope"])
    assert "/v/".startswith(said["scope"])
    for icon in said["icons"]:
        with Image.open(file_of(icon["src"])) as picture:
            assert icon["sizes"] == f"{picture.width}x{picture.height}"


def test_size_of_the_second_download_is_told(client: Client):
    page = client.get("/verify/", {"lang": "en"}).text
    files = block(page, "verifier-files")
    size = sum(file_of(address).stat().st_size for address in files["scanner"])
    assert files["scanner_kb"] * 1000 >= size > (files["scanner_kb"] - 1) * 1000
    assert f"{files['scanner_kb']} kB" in page


def test_packed_file_is_told_as_it_is_sent(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "vendor" / "zxing").mkdir(parents=True)
    (tmp_path / "vendor" / "zxing" / "share.js.gz").write_bytes(bytes(70))
    verifier._on_the_wire.cache_clear()
    assert verifier._on_the_wire("vendor/zxing/share.js") == 70
    (tmp_path / "vendor" / "zxing" / "share.js.br").write_bytes(bytes(60))
    verifier._on_the_wire.cache_clear()
    assert verifier._on_the_wire("vendor/zxing/share.js") == 60
    verifier._on_the_wire.cache_clear()
