"""The look of an organisation's certificates: whose it is, what it changes, and what it never changes."""

import base64
import io
import re
import subprocess

import pytest
import zxingcpp
from django.urls import reverse
from PIL import Image, ImageDraw

from lms.certificates.actions import change_design, change_name_form, freeze_pdf
from lms.certificates.models import Border, Certificate, CertificateDesign, Ink
from lms.certificates.queries import NOT_OURS, verdict_of
from lms.certificates.rendering import SPECIMEN_NAME, draw_certificate, show_certificate, specimen_of
from lms.certificates.rendering.borders import INKS
from lms.common.dates import local_day
from lms.common.logos import clean_logo
from lms.people.models import SIGNATORIES, AuditEntry, NameForm, Organisation
from tests.canary import Canary
from tests.factories import certificates as make
from tests.factories.people import AT, make_organisation, make_role, make_staff

pytestmark = pytest.mark.django_db
QR = zxingcpp.BarcodeFormat.QRCode
LOOK = {"border": "diamonds", "ink": "lapis", "second_language": "ru"}
HOSTILE = '<script>alert(1)</script><img src="{url}/a"><b>x</b>'


def logo(colour: str = "#2f6b57") -> bytes:
    image = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    ImageDraw.Draw(image).polygon([(200, 0), (400, 400), (0, 400)], fill=colour)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def administrator_of(organisation, kind="administrator"):
    person = make_staff()
    make_role(person, kind, organisation)
    return person


def edit_of(organisation):
    return reverse("certificate_designs:edit", args=[organisation.pk])


def preview_of(organisation):
    return reverse("certificate_designs:preview", args=[organisation.pk])


def signed_by(**said):
    return {name: "" for stem, positions in SIGNATORIES.items() for name in (stem, *positions)} | said


def designed(organisation, **look):
    """Its next look, by the real action."""
    design = CertificateDesign(organisation=organisation, **(LOOK | look))
    return change_design(organisation=organisation, look=design, signatories={}, by=make_staff(), at=AT)


def pdf(content, folder):
    (folder / "paper.pdf").write_bytes(content)
    return folder / "paper.pdf"


def run(*command):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


def pictured(content, folder, *, gray=False):
    run(
        "pdftoppm",
        "-r",
        "150",
        "-png",
        "-singlefile",
        *(["-gray"] if gray else []),
        pdf(content, folder),
        folder / "page",
    )
    with Image.open(folder / "page.png") as page:
        return page.copy()


# ── What it changes, and what not ────────────────────────────────────────────────────────────────────────────────


def test_each_change_is_a_version_and_a_repeat_is_none():
    organisation = make_organisation("ours")
    first, again, second = designed(organisation), designed(organisation), designed(organisation, ink="plum")
    assert (first.pk, first.version, second.version) == (again.pk, 1, 2)
    first.refresh_from_db()
    assert first.ink == "lapis"
    assert [entry.details["fields"] for entry in AuditEntry.objects.filter(verb="change_design").order_by("pk")] == [
        ["border", "ink", "second_language"],
        ["ink"],
    ]


def test_a_certificate_keeps_the_look_with_which_it_was_issued():
    certificate = make.make_certificate()
    before, said = freeze_pdf(certificate=certificate), verdict_of(certificate.public_id, local_day(AT))
    designed(certificate.organisation, logo=logo())
    certificate = Certificate.objects.get(pk=certificate.pk)
    assert certificate.design is None
    assert freeze_pdf(certificate=certificate) == before
    assert draw_certificate(certificate, full_name=make.FULL_NAME) == before
    assert verdict_of(certificate.public_id, local_day(AT)) == said


def test_a_certificate_signed_anew_keeps_its_look(tmp_path):
    cohort = make.make_graduate().cohort
    design = designed(cohort.organisation)
    certificate = make.make_certificate(make.make_graduate(cohort, name="Үңүл Өмүрзакова"))
    freeze_pdf(certificate=certificate)
    designed(cohort.organisation, border="corners", ink="black", second_language="")
    changed = change_name_form(certificate=certificate, form=NameForm.NONE, by=None, at=AT)
    assert changed.design_id == design.pk
    text = run("pdftotext", pdf(freeze_pdf(certificate=changed), tmp_path), "-")
    # Two languages still.
    assert "Module M1 ky" in text
    assert "Module M1 ru" in text


def test_the_newest_look_is_the_one_of_what_is_issued_next(tmp_path):
    enrolment = make.make_graduate(language="ky")
    designed(enrolment.cohort.organisation, second_language="en")
    newest = designed(enrolment.cohort.organisation)
    certificate = make.make_certificate(enrolment)
    assert certificate.design == newest
    assert draw_certificate(certificate, full_name="А") != draw_certificate(
        Certificate(**{**_fields(certificate), "design": None}), full_name="А"
    )


def _fields(certificate):
    return {field.name: getattr(certificate, field.name) for field in certificate._meta.concrete_fields}


def test_whoever_learned_in_the_second_language_gets_another_beside_it(tmp_path):
    organisation = make_organisation("ours", name_ky="Кк", name_ru="Рр", name_en="Ee")
    seen = {}
    for language in ("ky", "ru", "en"):
        design = CertificateDesign(organisation=organisation, second_language="ru")
        specimen = specimen_of(organisation=organisation, design=design, language=language)
        text = run("pdftotext", pdf(draw_certificate(specimen, full_name="А"), tmp_path), "-")
        seen[language] = {name for name in ("Кк", "Рр", "Ee") if name in text.split()}
    assert seen == {"ky": {"Кк", "Рр"}, "ru": {"Рр", "Кк"}, "en": {"Ee", "Рр"}}


def test_two_sign(tmp_path):
    enrolment = make.make_graduate()
    Organisation.objects.update(
        signatory_name="Н. Үлгүева", second_signatory_name="А. Жээнбаев", second_signatory_ky="Ректор"
    )
    enrolment.cohort.organisation.refresh_from_db()
    certificate = make.make_certificate(enrolment)
    text = run("pdftotext", pdf(freeze_pdf(certificate=certificate), tmp_path), "-")
    assert [word for word in ("Н. Үлгүева", "А. Жээнбаев", "Ректор") if word not in text] == []
    assert certificate.claims["issuer"]["second_signatory_name"] == "А. Жээнбаев"


# ── Whose it is ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_administrator_edits_the_look_of_her_organisation(client):
    organisation, person = make_organisation("ours"), make_staff()
    make_role(person, "administrator", organisation)
    client.force_login(person)
    assert client.get(reverse("certificate_designs:index")).url == edit_of(organisation)
    assert client.get(edit_of(organisation)).status_code == 200
    said = signed_by(signatory_name="Н. Ү.", second_signatory_name="А. Б.", second_signatory_en="Rector")
    file = io.BytesIO(logo())
    file.name = "logo.png"
    answer = client.post(edit_of(organisation), {**LOOK, **said, "logo_file": file})
    assert (answer.status_code, answer.url) == (302, edit_of(organisation))
    design = CertificateDesign.objects.get()
    assert (design.border, design.ink, design.second_language, design.made_by) == ("diamonds", "lapis", "ru", person)
    assert Image.open(io.BytesIO(bytes(design.logo))).format == "PNG"
    organisation.refresh_from_db()
    assert (organisation.signatory_name, organisation.second_signatory_en) == ("Н. Ү.", "Rector")
    assert AuditEntry.objects.filter(actor_id=person.pk, verb="change_design").count() == 1
    # Without a new file the logo stays; it goes by a tick.
    client.post(edit_of(organisation), {**LOOK, **said, "ink": "plum"})
    assert bytes(CertificateDesign.objects.get(version=2).logo) == bytes(design.logo)
    client.post(edit_of(organisation), {**LOOK, **said, "without_logo": "on"})
    assert bytes(CertificateDesign.objects.get(version=3).logo) == b""


def test_the_look_belongs_to_the_administrators_of_the_organisation(client):
    ours, theirs = make_organisation("ours"), make_organisation("theirs")
    designed(ours, logo=logo())
    superuser = make_staff()
    superuser.is_superuser = True
    superuser.save()
    people = [administrator_of(theirs), superuser]
    people += [administrator_of(ours, kind) for kind in ("coordinator", "editor", "translator")]
    for person in people:
        client.force_login(person)
        for address in (edit_of(ours), preview_of(ours), preview_of(ours) + "?mode=ky&file=pdf"):
            assert client.get(address).status_code in (302, 404)
            answer = client.post(address, {**LOOK, **signed_by(signatory_name="Stolen")})
            assert answer.status_code in (302, 404)
    assert CertificateDesign.objects.count() == 1
    ours.refresh_from_db()
    assert ours.signatory_name == ""
    client.force_login(administrator_of(ours))
    assert client.get(preview_of(ours)).status_code == 200


def test_a_preview_shows_no_other_organisations_logo(client):
    ours, theirs = make_organisation("ours"), make_organisation("theirs")
    design = designed(theirs, logo=logo("#123456"))
    client.force_login(administrator_of(ours))
    page = client.get(preview_of(ours)).text
    assert base64.b64encode(bytes(design.logo)).decode() not in page
    assert 'id="logo"' not in page


# ── What is wrong is said, and kept ──────────────────────────────────────────────────────────────────────────────


def test_a_file_that_is_no_logo_is_refused_beside_the_field(client):
    organisation = make_organisation("ours")
    client.force_login(administrator_of(organisation))
    file = io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    file.name = "logo.svg"
    answer = client.post(edit_of(organisation), {**LOOK, **signed_by(signatory_name="typed"), "logo_file": file})
    assert answer.status_code == 200
    assert "holds more than lines and areas" in answer.text
    assert "typed" in answer.text
    assert "This file was left out" in answer.text
    assert not CertificateDesign.objects.exists()
    organisation.refresh_from_db()
    assert organisation.signatory_name == ""
    for wrong in ({"ink": "yellow"}, {"border": "../x"}, {"second_language": "uz"}, {"logo_picture": "no base64!"}):
        assert client.post(edit_of(organisation), {**LOOK, **signed_by(), **wrong}).status_code == 200
    assert not CertificateDesign.objects.exists()


# ── The preview ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_preview_shows_what_is_not_saved_yet(client):
    organisation = make_organisation("ours")
    client.force_login(administrator_of(organisation))
    picture = base64.b64encode(logo()).decode()
    said = {**LOOK, **signed_by(signatory_name="Unsaved Name"), "logo_picture": picture}
    assert client.post(preview_of(organisation), said).json() == {"is_valid": True, "is_available": True}
    answer = client.get(preview_of(organisation), {"mode": "en"})
    page = answer.text
    assert [word for word in (SPECIMEN_NAME, "Unsaved Name", INKS[Ink.LAPIS], "SPECIMEN") if word not in page] == []
    assert 'lang="ru"' in page
    assert 'src="data:image/png;base64,' in page
    assert "script" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert not CertificateDesign.objects.exists()
    organisation.refresh_from_db()
    assert organisation.signatory_name == ""


@pytest.mark.parametrize("refused", [base64.b64encode(b"<svg><script>").decode(), "too large"])
def test_the_preview_keeps_its_last_good_state_when_a_file_is_refused(client, refused):
    organisation = make_organisation("ours")
    client.force_login(administrator_of(organisation))
    picture = base64.b64encode(logo()).decode()
    good = {**LOOK, **signed_by(signatory_name="Kept Name"), "logo_picture": picture}
    client.post(preview_of(organisation), good)
    before = client.get(preview_of(organisation), {"mode": "en"}).text
    wrong = {**good, "logo_picture": refused}
    # What the editor's panel says that it is out of date from.
    assert client.post(preview_of(organisation), wrong).json() == {"is_valid": False, "is_available": True}
    assert client.get(preview_of(organisation), {"mode": "en"}).text == before
    # Saved, it is refused beside its field, and the form that is shown again has it no more.
    again = client.post(edit_of(organisation), wrong)
    assert "This file was left out" in again.text
    assert 'name="logo_picture" value' not in again.text
    assert client.post(preview_of(organisation), {**good, "logo_picture": ""}).json()["is_valid"]
    assert "Kept Name" in client.get(preview_of(organisation), {"mode": "en"}).text


def test_the_specimen_verifies_as_not_issued(client, tmp_path):
    organisation = make_organisation("ours")
    client.force_login(administrator_of(organisation))
    client.post(preview_of(organisation), {**LOOK, **signed_by()})
    answer = client.get(preview_of(organisation), {"mode": "ky", "file": "pdf"})
    assert answer.headers["Content-Type"] == "application/pdf"
    [code] = zxingcpp.read_barcodes(pictured(answer.content, tmp_path), formats=QR)
    public_id = re.search(r"/v/([\w-]{22})#", code.text)[1]
    assert verdict_of(public_id, local_day(AT)) == NOT_OURS
    assert "ҮЛГҮ" in run("pdfinfo", "-struct-text", tmp_path / "paper.pdf")


def test_hostile_words_are_words(client, tmp_path):
    with Canary() as canary:
        hostile = HOSTILE.format(url=canary.address("x"))
        organisation = make_organisation("ours", name_ky=hostile, signatory_name="Н", signatory_ky=hostile)
        design = CertificateDesign(organisation=organisation, **LOOK)
        specimen = specimen_of(organisation=organisation, design=design, language="ky")
        specimen.claims["modules"][0]["titles"] = {"ky": hostile}
        content = draw_certificate(specimen, full_name=hostile)
        page = show_certificate(specimen, full_name=hostile, pdf="?mode=ky&file=pdf")
        assert canary.visits == []
    text = " ".join(run("pdftotext", "-layout", pdf(content, tmp_path), "-").split())
    assert "<script>alert(1)</script>" in text
    assert "<script" not in page
    assert "<b>x" not in page
    assert page.count("<img") == 1


# ── On paper ─────────────────────────────────────────────────────────────────────────────────────────────────────


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("ink", Ink)
def test_each_colour_stands_out_in_colour_and_in_grey(ink):
    red, green, blue = (int(INKS[ink][place : place + 2], 16) for place in (1, 3, 5))
    # As printers reckon it (ITU-R 601).
    grey = round(0.299 * red + 0.587 * green + 0.114 * blue)
    for colour in (INKS[ink], f"#{grey:02x}{grey:02x}{grey:02x}"):
        assert 1.05 / (luminance(colour) + 0.05) >= 4.5


@pytest.mark.parametrize("ink", Ink)
@pytest.mark.parametrize("border", Border)
def test_every_look_is_one_tagged_page_that_a_camera_reads_in_grey(border, ink, tmp_path):
    organisation = make_organisation("ours", signatory_name="Н. Ү.")
    design = CertificateDesign(
        organisation=organisation, border=border, ink=ink, second_language="en", logo=clean_logo(logo())
    )
    specimen = specimen_of(organisation=organisation, design=design, language="ky")
    content = draw_certificate(specimen, full_name=SPECIMEN_NAME)
    assert len(content) <= 40_000
    page = pictured(content, tmp_path, gray=True)
    [code] = zxingcpp.read_barcodes(page, formats=QR)
    assert f"/v/{specimen.public_id}#" in code.text
    # The border, the darkest thing of the outermost centimetre, and the words.
    edge = page.crop((0, 0, page.width, 59))
    assert edge.convert("L").getextrema()[0] < 130
    info = run("pdfinfo", tmp_path / "paper.pdf")
    assert re.search(r"Pages:\s+1\n", info)
    assert re.search(r"Tagged:\s+yes", info)


def test_fonts_are_embedded_and_cut_to_what_is_used(tmp_path):
    organisation = make_organisation("ours")
    specimen = specimen_of(organisation=organisation, design=CertificateDesign(), language="ky")
    said = run("pdffonts", pdf(draw_certificate(specimen, full_name=SPECIMEN_NAME), tmp_path))
    rows = [line.split() for line in said.splitlines()[2:]]
    assert rows
    for row in rows:
        assert re.match(r"[A-Z]{6}\+", row[0])
        # embedded, a subset, with the letters it stands for
        assert row[-5:-2] == ["yes", "yes", "yes"]


def test_the_paper_says_what_it_is_to_archives_and_to_screen_readers(tmp_path):
    organisation = make_organisation("ours")
    design = CertificateDesign(organisation=organisation, second_language="ru")
    specimen = specimen_of(organisation=organisation, design=design, language="ky")
    path = pdf(draw_certificate(specimen, full_name=SPECIMEN_NAME), tmp_path)
    meta = run("pdfinfo", "-meta", path)
    said = ("<pdfaid:part>2<", "<pdfaid:conformance>U<", "<pdfuaid:part>1<")
    assert [words for words in said if words not in meta] == []
    assert SPECIMEN_NAME not in meta
    assert re.search(r"Title:\s+\S", run("pdfinfo", path))


def test_a_look_is_the_same_whenever_it_is_drawn():
    organisation = make_organisation("ours")
    design = designed(organisation, logo=clean_logo(logo()))
    kept = CertificateDesign.objects.get(pk=design.pk)
    specimens = [specimen_of(organisation=organisation, design=one, language="ky") for one in (design, kept)]
    first, second = (draw_certificate(one, full_name=SPECIMEN_NAME) for one in specimens)
    assert first == second
