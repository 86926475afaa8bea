"""A certificate as it comes to a partner: printed, photographed badly, held before a camera."""

import io
import subprocess
from pathlib import Path

from PIL import Image, ImageFilter

from lms.certificates.actions import freeze_pdf
from lms.certificates.models import Certificate

FRAME = (1280, 720)


def photographed(certificate: Certificate, folder: Path) -> Path:
    """The page of the PDF at 150 dpi, blurred, turned by four degrees, and taken at nine tenths of the size."""
    paper = folder / f"{certificate.public_id}.pdf"
    paper.write_bytes(freeze_pdf(certificate=certificate))
    subprocess.run(["pdftoppm", "-r", "150", "-png", "-singlefile", paper, paper.with_suffix("")], check=True)
    with Image.open(paper.with_suffix(".png")) as page:
        blurred = page.convert("L").filter(ImageFilter.GaussianBlur(1))
        turned = blurred.rotate(4, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=210)
        smaller = turned.resize([round(side * 0.9) for side in turned.size], Image.Resampling.BILINEAR)
    photo = folder / f"{certificate.public_id}.jpg"
    smaller.save(photo, quality=70)
    return photo


def filmed(photo: Path) -> Path:
    """What a camera sees over its lower right corner, for ever: Chromium plays the file in place of a camera."""
    with Image.open(photo) as page:
        width, height = page.size
        view = page.crop((width - FRAME[0], height - FRAME[1], width, height))
        frame = io.BytesIO()
        view.convert("RGB").save(frame, "JPEG", quality=80)
    film = photo.with_suffix(".mjpeg")
    film.write_bytes(frame.getvalue() * 3)
    return film
