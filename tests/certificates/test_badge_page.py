"""The page that judges a badge: each outcome with its reason, a stranger's texts as text, and nothing kept."""

import json
import logging
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import translation

from lms.certificates.actions import credential_file, revoke_certificate
from lms.certificates.importers import MOST_BYTES, MOST_CREDENTIAL
from lms.certificates.models import Certificate
from lms.certificates.rendering import baked_png, baked_svg, judgement_shown
from lms.certificates.signing.badges import PNG_START
from lms.cohorts.models import Standing
from tests.certificates.badges import PLAIN, changed, judge, signed
from tests.certificates.elsewhere import Elsewhere, compact, theirs
from tests.certificates.test_list import PAGE as LIST_PAGE
from tests.corpora.test_uploads import FILES
from tests.factories import certificates as make
from tests.factories.people import AT, make_staff
from tests.house import rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_network")]
PAGE = "/verify/credential/?lang=en"
NOTHING_READ = "No badge that can be judged"


@pytest.fixture
def certificate() -> Certificate:
    return make.make_certificate()


@pytest.fixture
def own(certificate) -> dict[str, Any]:
    return json.loads(credential_file(certificate=certificate))


def ask(client: Client, badge: Any, *, name: str = "badge", page: str = PAGE):
    """The page about a file (bytes), or about a pasted text."""
    if not isinstance(badge, bytes):
        return client.post(page, {"text": badge if isinstance(badge, str) else json.dumps(badge)})
    return client.post(page, {"file": SimpleUploadedFile(name, badge)})


def said(page) -> tuple[str, str]:
    """The word and what stands below it."""
    shown = page.context["judged"]
    assert f"<h2>{shown['word']}</h2>" in page.text
    return str(shown["word"]), str(shown["sentence"])


def test_our_own_is_genuine_in_each_of_its_forms(client, certificate, own):
    text = json.dumps(own)
    for badge in (text, text.encode(), baked_png(certificate, text), baked_svg(certificate, text)):
        page = ask(client, badge)
        assert (page.status_code, said(page)) == (200, ("Genuine", "Genuine, and it holds now."))
        assert 'class="verdict done"' in page.text
        for fact in (
            own["credentialSubject"]["achievement"]["name"], "did:web:testserver", "This site: the signature is ours.",
            "Checked just now.", "its issuer signed it", "24 November 2026", f"/v/{certificate.public_id}?lang=en",
        ):  # fmt: skip
            assert fact in page.text
    assert "/verify/credential/?lang=en" in client.get("/verify/?lang=en").text


def test_what_is_not_good_has_its_reason_and_is_not_called_ours(client, certificate, own):
    altered = ask(client, changed(own, ("credentialSubject", "achievement", "name")))
    assert said(altered) == ("Altered", "It was changed after it was signed.")
    assert "It names this site, but that is not proved." in altered.text
    assert "the signature is ours" not in altered.text
    assert f"/v/{certificate.public_id}" not in altered.text
    wording = {"public_wording": {}, "internal_reason": "SECRET", "by": make_staff(), "at": AT}
    revoke_certificate(certificate=certificate, **wording)
    revoked = ask(client, own)
    assert said(revoked)[0] == "Revoked"
    assert "Checked just now." in revoked.text
    assert "SECRET" not in revoked.text


@pytest.mark.parametrize("state", ["dormant", "suspended", "withdrawn"])
def test_trainer_whose_licence_rests_does_not_look_as_if_she_may_train(client, state, capsys, tmp_path):
    trainer = make.make_trainer_certificate()
    text = credential_file(certificate=trainer)
    assert said(ask(client, text)) == ("Genuine", "Genuine, and it holds now.")
    steps = {"ky": "К", "ru": "Р", "en": "Lead a session."} if state == "dormant" else {}
    Standing.objects.filter(pk=trainer.standing_id).update(state=state, steps_back=steps)
    page = ask(client, text)
    assert said(page) == (
        "Genuine, but may not train now", "We issued this certificate. Its holder may not train at present.",
    )  # fmt: skip
    assert ('class="verdict waiting"' in page.text, "Lead a session." in page.text) == (True, state == "dormant")
    # An altered one is no better for it.
    assert said(ask(client, changed(json.loads(text), ("name",))))[0] == "Altered"
    file = tmp_path / "badge.json"
    file.write_text(text)
    call_command("verify_credential", str(file))
    assert "may not train at present" in capsys.readouterr().out


def test_stranger_is_called_one_however_right_the_signature(client, settings):
    page = ask(client, signed())
    assert said(page)[0] == "Signature right, issuer unknown"
    assert "still the issuer is a stranger" in page.text
    assert "Not checked: the badge names no list." in page.text
    for badge in (theirs(), compact()):
        page = ask(client, badge)
        assert said(page)[0] == "Cannot be told from here"
        assert "Unknown to us. Anybody can use this name; the signature is not confirmed." in page.text
        assert "Not checked." in page.text
    # Allowed, and it does not answer: a test asks nobody.
    settings.CREDENTIAL_HOSTS = ["127.0.0.1:1"]
    page = ask(client, theirs(PLAIN | {"issuer": {"id": "did:web:127.0.0.1%3A1", "type": ["Profile"]}}))
    assert said(page)[0] in ("Cannot be told from here", "Do not rely on it")
    assert "Another site, which may be asked from here." in page.text


def test_list_of_an_allowed_issuer_is_dated(settings):
    """What it publishes comes from the test: over the network it is asked in test_other_issuers."""
    settings.CREDENTIAL_HOSTS = ["example.org"]
    there = Elsewhere()
    with translation.override("en"):
        good = judgement_shown(judge(theirs(), ask=there))
        there.revoked = {94}
        revoked = judgement_shown(judge(theirs(), ask=there))
    for shown, word in ((good, "Genuine"), (revoked, "Revoked")):
        assert (shown["word"], shown["status"]) == (word, "Checked in the issuer's list of 24 November 2026.")
        assert str(shown["standing"]).startswith("Another site, which may be asked from here. The signature is")
        assert shown["public_id"] == ""


@pytest.mark.parametrize(("language", "word"), [("ru", "Изменён"), ("ky", "Өзгөртүлгөн")])
def test_answer_speaks_the_language_of_the_page(client, own, language, word):
    page = ask(client, changed(own, ("name",)), page=f"/verify/credential/?lang={language}")
    assert said(page)[0] == word
    assert ">Altered</span>" in page.text
    assert "It was changed" not in page.text


def test_what_is_no_badge_is_told_so(client, own):
    deep, deepest = ('{"a":' * depth + "1" + "}" * depth for depth in (5_000, 60_000))
    wide = json.dumps(own | {"evidence": [{"id": f"urn:a:{n}", "type": ["Evidence"]} for n in range(4_000)]})
    for badge, reason in (
        ("hello", "cannot be read as a badge"),
        ("[]", "There is no badge in this file."),
        ("{}", "This is no badge: it is a file of another kind"),
        (b"", None),
        (json.dumps(own)[:-1] + f', "evidence": {deep}}}', "cannot be read as a badge"),
        (json.dumps({**own, "evidence": "DEEP"}).replace('"DEEP"', deep).encode(), "too deep or too long"),
        (deepest, "cannot be read as a badge"),
        (wide.encode(), "too deep or too long"),
        (b" " * (MOST_BYTES + 1), "The file is larger than a badge is."),
        (json.dumps({"a": "b" * MOST_CREDENTIAL}).encode(), "The file is larger than a badge is."),
        (PNG_START + b"\0", "The picture is damaged"),
        (f"[{json.dumps(own)},{json.dumps(own)}]", "There is no badge in this file."),
    ):
        cache.clear()
        page = ask(client, badge)
        assert page.status_code == (422 if reason is None else 200)
        assert reason is None or reason in page.context["judged"]["sentence"], badge[:40]
    for form in ({}, {"text": " "}, {"text": "a\0b"}, {"text": "a" * (MOST_CREDENTIAL + 1)}):
        assert client.post(PAGE, form).status_code == 422
    both = client.post(PAGE, {"text": "{}", "file": SimpleUploadedFile("a.json", b"{}")})
    assert (both.status_code, "one of the two" in both.text) == (422, True)


def test_picture_that_lost_its_badge_leads_to_the_code(client, certificate):
    page = ask(client, b"\xff\xd8\xff\xe0 from a messenger", name="badge.jpg")
    assert page.context["judged"]["sentence"].startswith("There is no badge in this picture. A messenger may have")
    assert 'href="/verify/?lang=en">Check the code of the certificate' in page.text


def test_pasted_text_stays_where_it_could_not_be_read_and_only_there(client, own):
    assert ask(client, "half of a badge").text.count("half of a badge") == 1
    judged = ask(client, own)
    assert judged.context["form"]["text"].value() is None
    assert "in the language in which it was written, and its issuer signed it" in judged.text


def test_two_fields_of_which_one_is_needed_are_not_called_optional(client):
    for page in (PAGE, LIST_PAGE):
        text = client.get(page).text
        assert (text.count("(one of the two)"), text.count("(optional)")) == (2, 0)


def test_polyglots_and_hostile_files_are_refused(client, certificate, own):
    text = json.dumps(own)
    picture = baked_png(certificate, text)
    svg = baked_svg(certificate, text)
    for name, content in {
        **FILES,
        "png and page": picture + b"<script>canary()</script>",
        "page and png": b"<script>canary()</script>" + picture,
        "png and svg": picture + svg,
        "two svg": svg.replace(b"</svg>", b"", 1) + svg,
        "entity": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>' + svg,
    }.items():
        cache.clear()
        page = ask(client, content, name=name)
        assert page.status_code == (200 if content else 422), name
        assert not content or said(page)[0] == NOTHING_READ, name
        assert "canary()" not in page.text, name


HOSTILE = [
    '<img src=x onerror="canary()">', "</bdi><script>canary()</script>", "{{ 7|add:7 }}{% now 'Y' %}",
    "javascript:canary()", "\u202egnp.egdab\u202c", "\ud800", "a\0b\r\nSet-Cookie: a=b", "A" * 9_000,
]  # fmt: skip


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(sorted(name for name, _value in attrs))))


def test_texts_of_a_stranger_stay_texts(client):
    """In every place that is shown; signed or not, they bring no tag, turn no line around and break nothing."""
    usual = Tags(ask(client, PLAIN | {"name": "a"}).text).found
    for text in HOSTILE:
        cache.clear()
        achievement = {**PLAIN["credentialSubject"]["achievement"], "name": text, "description": text}
        said_by = {
            "issuer": {**PLAIN["issuer"], "name": text},
            "credentialSubject": {**PLAIN["credentialSubject"], "achievement": achievement},
        }
        page = ask(client, PLAIN | said_by)
        assert page.status_code == 200
        assert Tags(page.text).found == usual, text
        assert not {"\u202e", "\0", "A" * 301} & set(re.findall("\u202e|\0|A{301}", page.text))
        assert ask(client, PLAIN | {"issuer": text}).status_code == 200
        assert ask(client, PLAIN | {"validFrom": text, "validUntil": text}).status_code == 200


def test_hostile_names_of_keys_and_dates_are_refused_and_break_nothing(client, own):
    for method in ("\ud800", "a\0b", "z" * 5_000, "", "%00", "' OR 1=1 --"):
        cache.clear()
        forged = changed(own, ("proof", "verificationMethod"), f"did:web:testserver#{method}")
        assert said(ask(client, forged))[0] == "Do not rely on it", method
    for day in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-11-24", "x" * 100, {}, [], 5):
        cache.clear()
        page = ask(client, PLAIN | {"validFrom": day, "validUntil": day})
        assert (page.status_code, said(page)[0]) == (200, "Do not rely on it"), day
    for issuer in ("https://\ud800/", "https://[", "did:web:", "did:web:%00", "did:key:z", [], {"id": {}}):
        cache.clear()
        assert ask(client, own | {"issuer": issuer}).status_code == 200, issuer


def test_nothing_is_kept_logged_or_set(client, certificate, own, caplog):
    caplog.set_level(logging.DEBUG)
    before, text = rows(), json.dumps(own)
    for page in (ask(client, text), ask(client, baked_png(certificate, text), name="АйгүлТоктосунова.png")):
        assert not page.cookies
        assert "no-store" in page.headers["Cache-Control"]
        assert re.search("<title>(.*?)</title>", page.text)[1].startswith("Check a badge")
        assert own["id"] not in page.text
        assert "Токтосунова" not in page.text
    assert rows() == before
    for secret in ("Токтосунова", "Айгүл", own["id"], own["credentialSubject"]["id"], certificate.public_id):
        assert secret not in caplog.text


def test_one_address_asks_so_often_and_no_more(client):
    answers = [ask(client, "{}").status_code for _try in range(31)]
    assert answers == [200] * 30 + [429]
    late = ask(client, "{}")
    assert (late.headers["Retry-After"], "too often" in late.text, "judged" in late.context) == ("3600", True, False)
    assert ask(Client(REMOTE_ADDR="203.0.113.9"), "{}").status_code == 200
    # Its own count: lists are checked as before.
    assert client.post(LIST_PAGE, {"codes": "x"}).status_code == 200
