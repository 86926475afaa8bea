"""Files that an editor uploads: pictures are pictures and say nothing of where they were taken, documents are carried
away and never run.
"""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from tests.access.asking import Asker

pytestmark = pytest.mark.django_db
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="canary()"><script>canary()</script></svg>'
PAGE = b"<!doctype html><script>canary()</script>"
# Opened as a picture it is one, opened as a script it is one.
BOTH = b"GIF89a=1;canary();/*" + bytes(40)
NO_PICTURES = {
    "picture.svg": SVG,
    "picture.png": SVG,
    "page.jpg": PAGE,
    "program.gif": b"MZ\x90\x00" + bytes(200),
    "both.gif": BOTH,
    "bomb.png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x7f\xff\xff\xff" * 2 + b"\x08\x02\x00\x00\x00",
}
DOCUMENTS = {
    "page.html": PAGE,
    "picture.svg": SVG,
    "page.xhtml": PAGE,
    "program.exe": b"MZ\x90\x00",
    "x.js": b"canary()",
}


def _photograph(orientation: int = 1) -> bytes:
    """A JPEG that says where, with which telephone and how it was held."""
    exif = Image.Exif()
    exif[Base.Orientation.value] = orientation
    exif[Base.Make.value] = "Canary-Phone"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (40.0, 31.0, 48.0)
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


@pytest.fixture
def editor(world) -> Client:
    return Asker(world.people["editor"]).client


def _add(editor: Client, kind: str, name: str, content: bytes):
    return editor.post(f"/cms/{kind}/add/", {"title": "Bazaar", "file": SimpleUploadedFile(name, content)})


@pytest.mark.parametrize("name", NO_PICTURES)
def test_what_is_no_picture_is_refused(editor, name):
    assert _add(editor, "images", name, NO_PICTURES[name]).status_code == 200
    assert not get_image_model().objects.exists()


def test_a_picture_does_not_say_where_it_was_taken(editor):
    content = _photograph()
    assert b"Canary-Phone" in content
    assert _add(editor, "images", "../../bazaar.jpg", content).status_code == 302
    image = get_image_model().objects.get()
    for size in ("original", "width-20", "max-20x20"):
        shown = Client().get(image.get_rendition(size).url)
        assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/jpeg"), size
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        served = b"".join(shown.streaming_content)
        assert b"Canary-Phone" not in served, size
        assert not Image.open(io.BytesIO(served)).getexif().get_ifd(IFD.GPSInfo), size
    # What was uploaded has no address.
    assert Client().get(f"/media/{image.file.name}").status_code == 404


DOORS: dict[str, tuple[str, dict[str, str], str]] = {
    "one": ("images/add/", {"title": "one"}, "file"),
    "several": ("images/multiple/add/", {"title": "several"}, "files[]"),
    "within a page": ("images/chooser/create/", {"image-chooser-upload-title": "c"}, "image-chooser-upload-file"),
    "one document": ("documents/add/", {"title": "one"}, "file"),
    "several documents": ("documents/multiple/add/", {"title": "several"}, "files[]"),
    "a document within a page": (
        "documents/chooser/create/",
        {"document-chooser-upload-title": "c"},
        "document-chooser-upload-file",
    ),
}


@pytest.mark.parametrize("door", DOORS)
def test_by_whatever_door_it_comes_the_original_that_is_kept_says_nothing_either(editor, door):
    path, data, field = DOORS[door]
    photograph = SimpleUploadedFile("bazaar.jpg", _photograph(), "image/jpeg")
    answer = editor.post(f"/cms/{path}", {**data, field: photograph}, headers={"X-Requested-With": "XMLHttpRequest"})
    model = get_document_model() if "document" in door else get_image_model()
    kept = model.objects.get()
    assert _is_clean(kept), answer.status_code
    # Another file in its place, as well.
    photograph.seek(0)
    assert editor.post(_edit(kept), {"title": "again", "file": photograph}).status_code == 302
    kept = model.objects.get()
    assert (kept.title, _is_clean(kept)) == ("again", True)
    served = Client().get(kept.url) if "document" in door else Client().get(kept.get_rendition("original").url)
    assert b"Canary-Phone" not in b"".join(served.streaming_content)


def _edit(kept) -> str:
    is_picture = isinstance(kept, get_image_model())
    return f"/cms/images/{kept.pk}/" if is_picture else f"/cms/documents/edit/{kept.pk}/"


def _is_clean(kept) -> bool:
    with kept.file.open() as file:
        content = file.read()
    return b"Canary-Phone" not in content and not Image.open(io.BytesIO(content)).getexif()


def test_a_document_that_is_no_picture_stays_as_it_is(editor):
    _add(editor, "documents", "plan.pdf", b"%PDF-1.7 plan")
    with get_document_model().objects.get().file.open() as kept:
        assert kept.read() == b"%PDF-1.7 plan"


def test_a_picture_stands_upright_without_its_note(editor):
    _add(editor, "images", "held.jpg", _photograph(orientation=6))
    image = get_image_model().objects.get()
    assert (image.width, image.height) == (30, 40)
    with image.file.open() as kept:
        assert b"Canary-Phone" not in kept.read()


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP"])
def test_pictures_of_every_kind_stay_what_they_are(editor, kind):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    buffer = io.BytesIO()
    frames[0].save(buffer, kind, save_all=kind != "PNG", append_images=frames[1:])
    assert _add(editor, "images", f"two.{kind.lower()}", buffer.getvalue()).status_code == 302
    with get_image_model().objects.get().file.open() as kept:
        picture = Image.open(kept)
        assert (picture.format, getattr(picture, "n_frames", 1)) == (kind, 1 if kind == "PNG" else 2)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_carried_away_and_never_run(editor, name):
    assert _add(editor, "documents", name, DOCUMENTS[name]).status_code == 302
    document = get_document_model().objects.get()
    answer = Client().get(document.url)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert Client().get(f"/media/{document.file.name}").status_code == 404
