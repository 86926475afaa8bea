"""What a holder passes on: before it stands who will see what; the picture has the form of the name that she chose."""

import io
import re

import pytest
import zxingcpp
from django.conf import settings
from django.test import Client
from django.urls import reverse
from PIL import Image

from lms.certificates.actions import change_name_form, revoke_certificate
from lms.certificates.models import Certificate
from lms.certificates.queries import shown_name_of
from lms.certificates.rendering import messenger_picture, public_address
from lms.people.models import AuditEntry, NameForm
from tests.factories import certificates as make
from tests.factories.people import AT, browser, make_role, make_staff

pytestmark = pytest.mark.django_db


def path(certificate: Certificate, what: str = "share") -> str:
    return reverse(f"certificates:{what}", args=[certificate.pk])


def decoded(picture: Image.Image) -> str:
    [code] = zxingcpp.read_barcodes(picture.convert("L"))
    return code.text


@pytest.fixture
def certificate() -> Certificate:
    return make.make_certificate()


@pytest.fixture
def hers(certificate) -> Client:
    return browser(certificate.person)


@pytest.mark.parametrize("what", ["share", "picture"])
def test_it_is_the_holders_alone(certificate, hers, what):
    administrator = make_staff()
    make_role(administrator, "administrator", certificate.organisation)
    strangers = [
        make.make_certificate(make.make_graduate(certificate.cohort)).person,
        make.make_coordinator(certificate.cohort),
        certificate.cohort.trainers.get(part="lead").person,
        administrator,
        make.make_certificate().person,
    ]
    assert [browser(one).get(path(certificate, what)).status_code for one in strangers] == [404] * 5
    assert hers.get(path(certificate, what)).status_code == 200
    assert Client().get(path(certificate, what)).status_code == 302


@pytest.mark.parametrize(("form", "said"), [("masked", "Айгүл Т."), ("full", make.FULL_NAME), ("none", "")])
def test_what_others_will_see_is_said_before(certificate, hers, form, said):
    change_name_form(certificate=certificate, form=NameForm(form), by=certificate.person, at=AT)
    hers.cookies["lang"] = "en"
    page = hers.get(path(certificate)).text
    if said:
        assert re.search(rf"sees this of your name: <bdi>{said}</bdi></p>", page)
    else:
        assert "sees no name.</p>" in page
        assert "Айгүл" not in page.split("<main")[1]
    assert f"{settings.PUBLIC_BASE_URL}/v/{certificate.public_id}" in page
    assert page.index("Whoever gets") < page.index(path(certificate, "picture"))


def test_sheet_leads_to_paper_badge_and_picture(certificate, hers):
    page = hers.get(path(certificate)).text
    for what in ("pdf", "badge_png", "badge_svg", "badge_json", "picture"):
        assert path(certificate, what) in page
    assert path(certificate) in hers.get(reverse("certificates:mine")).text


def test_picture_is_small_and_its_code_proves_itself(certificate, hers):
    answer = hers.get(path(certificate, "picture"))
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="certificate-M1.png"')
    assert "no-store" in answer.headers["Cache-Control"]
    assert len(answer.content) <= 150_000
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.size == (900, 1125)
    assert decoded(picture) == public_address(certificate)


def test_code_survives_a_messenger(certificate):
    """Made smaller and pressed as they do it."""
    picture = Image.open(io.BytesIO(messenger_picture(certificate, shown_name="Айгүл Т."))).convert("RGB")
    sent = io.BytesIO()
    picture.resize((720, 900), Image.Resampling.BILINEAR).save(sent, "JPEG", quality=60)
    assert decoded(Image.open(sent)) == public_address(certificate)


def test_name_on_the_picture_is_the_one_that_strangers_see(certificate, hers):
    pictures = {}
    for form in (NameForm.MASKED, NameForm.FULL, NameForm.NONE):
        change_name_form(certificate=certificate, form=form, by=certificate.person, at=AT)
        certificate.refresh_from_db()
        content = hers.get(path(certificate, "picture")).content
        certificate = Certificate.objects.select_related("holder").get(pk=certificate.pk)
        assert content == messenger_picture(certificate, shown_name=shown_name_of(certificate))
        pictures[content] = form
    assert len(pictures) == 3


@pytest.mark.parametrize("titles", [["Узун " * 60], ["Адам укуктары жана гендердик теңчилик"] * 8])
def test_long_titles_stay_within_the_picture(certificate, titles):
    module = certificate.claims["modules"][0]
    modules = [{**module, "titles": {"ky": title.strip()}} for title in titles]
    many = Certificate.objects.select_related("holder").get(pk=certificate.pk)
    many.claims = {**certificate.claims, "modules": modules}
    picture = Image.open(io.BytesIO(messenger_picture(many, shown_name="Ы" * 60))).convert("L")
    # Between border and words nothing is written.
    for x in (85, 815):
        assert min(picture.getpixel((x, y)) for y in range(120, 1000)) > 240
    assert decoded(picture) == public_address(many)


def test_what_does_not_hold_is_not_shared(certificate, hers):
    revoke_certificate(certificate=certificate, public_wording={}, internal_reason="a", by=make_staff(), at=AT)
    for what in ("share", "picture"):
        assert hers.get(path(certificate, what)).headers["Location"] == reverse("certificates:mine")
    assert path(certificate) not in hers.get(reverse("certificates:mine")).text


def test_that_a_picture_was_taken_is_in_the_trail(certificate, hers):
    hers.get(path(certificate, "picture"))
    entry = AuditEntry.objects.filter(verb="open_certificate", subject_id=str(certificate.pk)).latest("pk")
    assert (entry.actor_id, entry.details["why"]) == (certificate.person_id, "picture")
