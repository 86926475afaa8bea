"""The badge: a picture with the signed credential inside, for the holder alone; others find it there."""

import io
import json
import xml.dom.minidom

import pytest
from django.test import Client
from django.urls import reverse
from openbadgeslib.baking import ITXT_KEYWORD_OB3, SVG_ELEMENT_OB3, extract_png, extract_svg
from PIL import Image

from lms.certificates.actions import credential_file, erase_holder, revoke_certificate
from lms.certificates.models import Certificate, CertificateHolder
from lms.certificates.rendering import baked_png, baked_svg
from tests.factories import certificates as make
from tests.factories.people import AT, make_role, make_staff

pytestmark = pytest.mark.django_db
KINDS = ("json", "png", "svg")


def address(certificate: Certificate, kind: str) -> str:
    return reverse(f"certificates:badge_{kind}", args=[certificate.pk])


def ask(client: Client, person, path: str):
    client.force_login(person)
    return client.get(path)


@pytest.fixture
def certificate() -> Certificate:
    return make.make_certificate()


@pytest.mark.parametrize("kind", KINDS)
def test_badge_is_for_its_holder_alone(client, certificate, kind):
    path = address(certificate, kind)
    colleague = make.make_certificate(make.make_graduate(certificate.cohort)).person
    administrator = make_staff()
    make_role(administrator, "administrator", certificate.organisation)
    people = {
        certificate.person: 200,
        colleague: 404,
        # The paper is hers to print; a file that says more about a name than a paper does is the holder's to pass on.
        make.make_coordinator(certificate.cohort): 404,
        certificate.cohort.trainers.get(part="lead").person: 404,
        administrator: 404,
        make.make_certificate().person: 404,
    }
    assert {person: ask(client, person, path).status_code for person in people} == people
    client.logout()
    assert client.get(path).status_code == 302


@pytest.mark.parametrize("kind", KINDS)
def test_download_has_a_name_that_every_browser_keeps_and_no_persons(client, certificate, kind):
    answer = ask(client, certificate.person, address(certificate, kind))
    said = answer.headers["Content-Disposition"]
    assert said.startswith(f'attachment; filename="certificate-M1.{kind}"')
    assert said.isascii()
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert certificate.public_id not in address(certificate, kind)


def test_each_kind_holds_the_same_file(client, certificate):
    file = json.loads(credential_file(certificate=certificate))
    held = {kind: ask(client, certificate.person, address(certificate, kind)).content for kind in KINDS}
    assert json.loads(held["json"]) == file
    assert json.loads(extract_png(held["png"], keyword=ITXT_KEYWORD_OB3)) == file
    assert json.loads(extract_svg(held["svg"], element=SVG_ELEMENT_OB3, text_fallback=True)) == file


@pytest.mark.parametrize("text", ['{"a":"]]>"}', '{"a":"</openbadges:credential><x/>"}', '{"a":"<!-- & ң"}'])
def test_no_text_ends_the_element_that_holds_it(certificate, text):
    document = xml.dom.minidom.parseString(baked_svg(certificate, text))
    [held] = document.getElementsByTagName("openbadges:credential")
    assert json.loads(held.firstChild.data) == json.loads(text)
    assert json.loads(extract_png(baked_png(certificate, text), keyword=ITXT_KEYWORD_OB3)) == json.loads(text)


def test_picture_is_a_picture_and_shows_no_name(certificate):
    picture = Image.open(io.BytesIO(baked_png(certificate, "{}")))
    picture.load()
    assert (picture.size, picture.mode) == ((480, 480), "RGBA")
    assert picture.getpixel((2, 2))[3] == 0
    drawing = baked_svg(certificate, "{}").decode()
    assert "<title>Сертификат: M1. Катышуучу</title>" in drawing
    assert [word for word in ("Айгүл", "<text", "href", "script") if word in drawing] == []
    assert len(drawing) < 20_000


@pytest.mark.parametrize("codes", [("M1",), ("M1", "M2", "M3", "M4")])
def test_trainers_badge_looks_otherwise_than_a_participants(certificate, codes):
    trainer = Certificate(language="ky", claims={**certificate.claims, "trains_until": "2029-11-24"})
    assert baked_svg(trainer, "{}") != baked_svg(certificate, "{}")
    many = [{**certificate.claims["modules"][0], "code": code} for code in codes]
    assert Image.open(
        io.BytesIO(baked_png(Certificate(language="ru", claims={**certificate.claims, "modules": many}), ""))
    )


def test_page_offers_the_badge_of_a_current_certificate_that_has_one(client, certificate):
    def offered() -> bool:
        sheet = reverse("certificates:share", args=[certificate.pk])
        return address(certificate, "png") in ask(client, certificate.person, sheet).text

    assert offered()
    CertificateHolder.objects.update(sealed_credential=None)
    assert not offered()


def test_revoked_certificate_is_not_offered(client, certificate):
    revoke_certificate(certificate=certificate, public_wording={}, internal_reason="a", by=make_staff(), at=AT)
    html = ask(client, certificate.person, reverse("certificates:mine")).text
    assert address(certificate, "png") not in html


def test_missing_file_is_a_sentence_and_no_error(client, certificate):
    CertificateHolder.objects.update(sealed_credential=None)
    client.cookies["lang"] = "en"
    client.force_login(certificate.person)
    answer = client.get(address(certificate, "json"), follow=True)
    assert "There is no file for wallets of this certificate yet." in answer.text


def test_erased_holders_badge_is_nobodys(client, certificate):
    person = certificate.person
    erase_holder(certificate=certificate, by=None, at=AT)
    assert ask(client, person, address(certificate, "png")).status_code == 404


def test_looking_at_a_badge_writes_nothing(client, certificate):
    before = CertificateHolder.objects.values().get()
    for kind in KINDS:
        ask(client, certificate.person, address(certificate, kind))
    assert CertificateHolder.objects.values().get() == before
