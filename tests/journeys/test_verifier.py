"""A partner's phone that opened /verify/ once judges certificates with the line to the server cut."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, expect

from lms.certificates.actions import (
    ensure_installation_key,
    erase_holder,
    private_bytes,
    revoke_certificate,
    suspend_certificate,
    withdraw_key,
)
from lms.certificates.models import Certificate, CertificateState, InstallationKey
from lms.certificates.rendering import public_address
from lms.certificates.signing import claims_of, sign_claims
from lms.certificates.views import verifier as views
from lms.cohorts.models import Standing, StandingState
from lms.common.codes import decode_id, dictated, encode_id
from tests import browser as machine
from tests.factories.certificates import make_certificate, make_graduate, make_trainer_certificate
from tests.factories.people import AT, make_staff
from tests.journeys.lines import Line, line_to
from tests.journeys.pictures import filmed, photographed
from tests.journeys.verifying import PATIENCE, READY, answer, opened_once, paste, verdict

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def server(settings, live_server) -> Iterator[Line]:
    """The way to it can be cut; certificates are printed for this address."""
    cache.clear()
    ensure_installation_key(at=timezone.now())
    with line_to(live_server.url) as line:
        settings.PUBLIC_BASE_URL = line.url
        yield line
    cache.clear()


@pytest.fixture
def issued(server) -> dict[str, Certificate]:
    """One of each kind that a list tells apart."""
    found = {name: make_certificate() for name in ("genuine", "revoked", "suspended", "erased")}
    said = {"public_wording": {}, "internal_reason": "a reason", "by": make_staff(), "at": AT}
    revoke_certificate(certificate=found["revoked"], **said)
    suspend_certificate(certificate=found["suspended"], **said)
    erase_holder(certificate=found["erased"], by=None, at=AT)
    return found


def test_pasted_addresses_are_judged_without_a_connection(page, console, check_page, server, issued):
    texts = {name: public_address(Certificate.objects.get(pk=one.pk)) for name, one in issued.items()}
    opened_once(page, server)
    page.reload()
    paste(page, texts["genuine"])
    assert verdict(page) == "Genuine"
    expect(page.locator("[data-word]")).to_be_in_viewport()
    panel = page.locator("[data-verdict]")
    assert "Айгүл Т." in panel.inner_text()
    assert f"{timezone.localdate().year}" in panel.locator("dl").inner_text()
    check_page()
    for name, word in (("revoked", "Revoked"), ("suspended", "Suspended"), ("erased", "Genuine, without a name")):
        paste(page, texts[name])
        assert verdict(page) == word
        assert ("Айгүл Т." in panel.inner_text()) == (name != "erased")
        check_page()
    paste(page, texts["genuine"][:-5] + "AAAAA")
    assert verdict(page) == "Altered"
    paste(page, texts["genuine"].replace("localhost", "localhost.example"))
    assert verdict(page) == "Not our certificate"
    assert "Айгүл" not in panel.inner_text()
    check_page()


def test_certificate_that_is_newer_than_the_list_is_not_called_a_forgery(page, console, server):
    first = make_certificate()
    opened_once(page, server)
    at = timezone.now()
    texts = {
        "Genuine, revocation not checked": make_certificate(make_graduate(first.cohort), at=at),
        "Signed with an unknown key": make_certificate(at=at),
    }
    for word, certificate in texts.items():
        paste(page, public_address(certificate))
        assert verdict(page) == word


def test_printed_address_opens_from_the_phone_and_judges_itself(page, console, check_page, server, issued):
    texts = {name: public_address(Certificate.objects.get(pk=one.pk)) for name, one in issued.items()}
    page.goto(texts["genuine"])
    assert page.locator("[data-verifier]").count() == 0
    opened_once(page, server, "ru")
    page.goto(texts["revoked"])
    assert verdict(page) == "Revoked"
    assert page.locator("html").get_attribute("lang") == "ru"
    check_page()
    # In another language, the same certificate.
    page.locator(".site-header .languages a[hreflang=ky]").click()
    expect(page.locator("html")).to_have_attribute("lang", "ky")
    assert verdict(page) == "Revoked"
    # Without the signed part there is nothing to judge.
    page.goto(texts["genuine"].partition("#")[0])
    expect(page.locator("[data-answer]")).not_to_be_empty()
    assert page.locator("[data-verdict]").is_hidden()


def spoken(certificate: Certificate) -> str:
    return dictated(decode_id(certificate.public_id))


def test_typed_code_stays_in_its_field_without_a_connection(page, console, server, issued):
    opened_once(page, server)
    paste(page, "AAAA-BBBB")
    expect(page.locator("[data-answer]")).not_to_be_empty()
    assert page.locator("[name=code]").input_value() == "AAAA-BBBB"
    assert "27 тамга жана сан. Бул жерде 8." in answer(page)


def test_verdict_before_does_not_stay_beside_what_cannot_be_read(page, console, check_page, server, issued, tmp_path):
    genuine = photographed(issued["genuine"], tmp_path)
    blank = tmp_path / "blank.png"
    Image.new("RGB", (600, 800), "white").save(blank)
    no_picture = tmp_path / "broken.jpg"
    no_picture.write_bytes(b"no picture")
    page.add_init_script("delete window.BarcodeDetector")
    page.goto(f"{server.url}/verify/?lang=en")
    page.evaluate(READY)
    picture = page.locator("[data-picture]")
    for unread in (blank, no_picture):
        picture.set_input_files(genuine)
        assert verdict(page) == "Genuine"
        picture.set_input_files(unread)
        assert "There is no QR code in the picture that can be read." in answer(page)
    picture.set_input_files(genuine)
    assert verdict(page) == "Genuine"
    pdf = tmp_path / "certificate.pdf"
    pdf.write_bytes(b"%PDF-1.7")
    picture.set_input_files(pdf)
    assert "This is a PDF, not a picture." in answer(page)
    check_page()
    picture.set_input_files(genuine)
    assert verdict(page) == "Genuine"
    assert page.locator("[data-answer]").inner_text() == ""
    # A code begins: the verdict of the paper before goes at once, before the site has answered.
    page.locator("main form").evaluate("form => form.addEventListener('submit', (event) => event.preventDefault())")
    paste(page, "AAAA-BBBB")
    assert page.locator("[data-verdict]").is_hidden()


def test_reader_that_does_not_come_is_told_where_the_verdict_stood(page, console, server, issued, tmp_path):
    page.add_init_script("delete window.BarcodeDetector")
    opened_once(page, server, "en")
    page.reload()
    paste(page, public_address(issued["genuine"]))
    assert verdict(page) == "Genuine"
    page.locator("[data-picture]").set_input_files(photographed(issued["revoked"], tmp_path))
    assert answer(page) == "The reader could not be fetched. Try again with a connection."
    page.locator("[data-fetch]").click()
    expect(page.locator("[data-fetch-answer]")).to_have_text(page.locator("[data-answer]").inner_text())
    paste(page, spoken(issued["genuine"]))
    assert "To scan needs one too" in answer(page)


def test_scanning_without_a_connection_is_promised_once_the_reader_is_there(
    page, console, check_page, server, issued, tmp_path
):
    page.add_init_script("delete window.BarcodeDetector")
    page.goto(f"{server.url}/verify/?lang=en")
    page.evaluate(READY)
    ready, fetch = page.locator("[data-ready]"), page.locator("[data-fetch]")
    expect(ready).to_contain_text("needs the reader, which is not on this phone yet")
    expect(fetch).to_have_text(re.compile(r"Fetch the reader now \(\d{3,4} kB\)"))
    check_page()
    fetch.click()
    expect(page.locator("[data-fetch-answer]")).to_have_text("The reader is on this phone now.", timeout=PATIENCE)
    expect(ready).to_have_text("This page opens and scans without a connection, too.")
    expect(fetch).to_be_hidden()
    expect(page.locator("[data-size]")).to_be_hidden()
    server.cut()
    page.reload()
    paste(page, spoken(issued["genuine"]))
    assert "Scan the QR code instead" in answer(page)
    page.locator("[data-picture]").set_input_files(photographed(issued["revoked"], tmp_path))
    assert verdict(page) == "Revoked"


def test_new_version_takes_the_place_of_the_old_one(page, console, server, monkeypatch):
    make_certificate()
    kept = "caches.keys().then((names) => names.filter((name) => name.startsWith('verifier-pages-')))"
    page.goto(f"{server.url}/verify/?lang=ky")
    page.evaluate(READY)
    before = page.evaluate(kept)
    monkeypatch.setattr(views, "_page_in", lambda language: "a page with another word")
    page.reload()
    for _ in range(100):
        after = page.evaluate(kept)
        if len(after) == 1 and after != before:
            break
        page.wait_for_timeout(100)
    assert (len(before), len(after), before == after) == (1, 1, False)


def signed_anew(certificate: Certificate, **change: Any) -> str:
    """What a thief of the organisation's key could print: its statement with other claims."""
    claims = claims_of(certificate.claims, status_index=certificate.status_index)
    statement = sign_claims(
        replace(claims, **change),
        public_id=decode_id(certificate.public_id),
        private_key=private_bytes(key=certificate.key),
    )
    return f"{public_address(certificate).partition('#')[0]}#{encode_id(statement)}"


def test_what_a_thief_of_the_key_prints_is_not_issued_here_and_nothing_but_text(page, console, server):
    certificate = make_certificate()
    hostile = "<img src=x onerror=alert(1)>"
    never = signed_anew(certificate, status_index=certificate.status_index + 1)
    marked = signed_anew(certificate, shown_name=hostile, modules=(("<b>M1</b>", Decimal(1)),))
    opened_once(page, server)
    paste(page, never)
    assert verdict(page) == "Not issued here"
    paste(page, marked)
    assert verdict(page) == "Genuine"
    panel = page.locator("[data-verdict]")
    assert hostile in panel.inner_text()
    assert "<b>M1</b>" in panel.inner_text()
    assert panel.locator("img, b").count() == 0


def test_browser_that_reads_qr_codes_itself_fetches_no_reader(page, console, server, tmp_path):
    certificate = make_certificate()
    detector = """window.BarcodeDetector = class {
      static async getSupportedFormats() { return ["qr_code"]; }
      async detect() { return [{ rawValue: %r }]; }
    }"""
    page.add_init_script(detector % public_address(certificate))
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(f"{server.url}/verify/?lang=en")
    page.evaluate(READY)
    assert page.locator("[data-size]").is_hidden()
    page.locator("[data-picture]").set_input_files(photographed(certificate, tmp_path))
    assert verdict(page) == "Genuine"
    assert [url for url in fetched if "zxing" in url] == []


def test_renewed_list_knows_what_was_decided_since(page, console, server):
    certificate = make_certificate()
    text = public_address(certificate)
    page.goto(f"{server.url}/verify/?lang=en")
    page.evaluate(READY)
    paste(page, text)
    assert verdict(page) == "Genuine"
    revoke_certificate(certificate=certificate, public_wording={}, internal_reason="a", by=make_staff(), at=AT)
    cache.clear()
    page.locator("[data-renew]").click()
    expect(page.locator("[data-list-answer]")).to_have_text("Renewed just now.")
    paste(page, text)
    assert verdict(page) == "Revoked"


def test_phone_that_missed_a_change_of_keys_keeps_its_list_until_it_is_set_up_anew(page, console, server):
    text = public_address(make_certificate())
    page.goto(f"{server.url}/verify/?lang=en")
    page.evaluate(READY)
    InstallationKey.objects.all().delete()
    ensure_installation_key(at=timezone.now())
    cache.clear()
    page.locator("[data-renew]").click()
    expect(page.locator("[data-anew]")).to_be_visible()
    paste(page, text)
    assert verdict(page) == "Genuine"
    page.locator("[data-anew]").click()
    expect(page.locator("[data-list-answer]")).to_have_text("Renewed just now.")
    assert page.locator("[data-anew]").is_hidden()
    paste(page, text)
    assert verdict(page) == "Genuine"


# What a list can say of a paper that was printed while all was well.
LATER = {
    "genuine": "Genuine",
    "revoked": "Revoked",
    "suspended": "Suspended",
    "superseded": "Replaced by a newer one",
    "erased": "Genuine, without a name",
    "resting": "Genuine, but may not train now",
    "withdrawn_key": "Signed with a withdrawn key",
}


def decide(papers: dict[str, Certificate]) -> None:
    """What happened to each after it was printed."""
    said = {"public_wording": {}, "internal_reason": "a reason", "by": make_staff(), "at": AT}
    revoke_certificate(certificate=papers["revoked"], **said)
    suspend_certificate(certificate=papers["suspended"], **said)
    erase_holder(certificate=papers["erased"], by=None, at=AT)
    withdraw_key(key=papers["withdrawn_key"].key, by=None, at=timezone.now())
    Certificate.objects.filter(pk=papers["superseded"].pk).update(state=CertificateState.SUPERSEDED)
    Standing.objects.filter(pk=papers["resting"].standing_id).update(state=StandingState.DORMANT)


def show_picture(page: Page, photo: Path) -> str:
    page.evaluate("document.querySelector('[data-verdict]').hidden = true")
    page.locator("[data-picture]").set_input_files(photo)
    return verdict(page)


def test_photograph_of_the_paper_gets_every_verdict(page, console, check_page, server, tmp_path):
    papers = {name: make_trainer_certificate() if name == "resting" else make_certificate() for name in LATER}
    photos = {name: photographed(paper, tmp_path) for name, paper in papers.items()}
    decide(papers)
    page.goto(f"{server.url}/verify/?lang=ky")
    page.evaluate(READY)
    assert page.locator("[data-size]").is_visible()
    assert show_picture(page, photos["genuine"]) == "Genuine"
    assert page.locator("[data-size]").is_hidden()
    server.cut()
    page.reload()
    assert {name: show_picture(page, photo) for name, photo in photos.items()} == LATER
    check_page()
    for days, name, word in (
        (9, "genuine", "Genuine, revocation not checked"),
        (-9, "genuine", "Genuine, revocation not checked"),
        (9, "revoked", "Revoked"),
        (1200, "resting", "Expired"),
        (1200, "suspended", "Suspended"),
    ):
        page.clock.set_fixed_time(timezone.now() + timedelta(days=days))
        page.reload()
        assert (days, name, show_picture(page, photos[name])) == (days, name, word)


@pytest.fixture
def camera(browser_type: BrowserType, browser_context_args: dict) -> Iterator[Callable[[Path], BrowserContext]]:
    """A phone whose camera sees this film."""
    opened: list[Browser] = []

    def hold(film: Path) -> BrowserContext:
        options = machine.launch_arguments()
        fake = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
        options["args"] = [*options["args"], *fake, f"--use-file-for-fake-video-capture={film}"]
        opened.append(browser_type.launch(**options))
        return opened[-1].new_context(**browser_context_args)

    yield hold
    for one in opened:
        one.close()


def test_camera_reads_the_paper_without_a_connection(camera, listen, server, issued, tmp_path):
    context = camera(filmed(photographed(issued["revoked"], tmp_path)))
    listen(context)
    page = context.new_page()
    page.goto(f"{server.url}/verify/?lang=ky")
    page.evaluate(READY)
    page.locator("[data-scan]").click()
    assert verdict(page) == "Revoked"
    server.cut()
    page.reload()
    page.locator("[data-scan]").click()
    assert verdict(page) == "Revoked"
    assert page.locator("[data-camera]").is_hidden()


def test_without_scripts_the_form_is_there_and_works(browser, browser_context_args, server, issued):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.url}/verify/?lang=ky")
    assert page.locator("[data-scan]").is_hidden()
    assert page.locator("[data-verdict]").is_hidden()
    page.locator("[name=code]").fill(f"/v/{issued['revoked'].public_id}")
    page.locator("main form button:visible").click()
    assert page.locator("h1").inner_text() == "Жокко чыгарылган"
    context.close()
