"""What is printed, read as a person or a telephone reads it: text by pdftotext, QR codes out of the picture."""

import base64
import io
import re
import subprocess
import tempfile
from pathlib import Path

import zxingcpp
from PIL import Image

CARD_TEXT = re.compile(r"([0-9A-Z]{4}) ([0-9A-Z]{4})\b.*?\b(\d{3}) ?(\d{3})\b", re.DOTALL)


def text_of(pdf: bytes) -> str:
    """The text in the order in which it was written."""
    command = ["pdftotext", "-raw", "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()


def codes_in_picture(picture: bytes) -> list[str]:
    """What the QR codes of a screenshot say."""
    with Image.open(io.BytesIO(picture)) as image:
        return [found.text for found in zxingcpp.read_barcodes(image.convert("L"))]


def codes_on_paper(pdf: bytes, resolution: int = 200) -> list[str]:
    """What the QR codes of each page say, printed in black and white."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["pdftoppm", "-r", str(resolution), "-gray", "-png", "-", f"{folder}/page"]
        subprocess.run(command, input=pdf, check=True)
        return [code for page in sorted(Path(folder).iterdir()) for code in codes_in_picture(page.read_bytes())]


def cards_on_sheet(pdf: bytes) -> dict[str, str]:
    """Card code → PIN, of every card."""
    return {first + second: pin + more for first, second, pin, more in CARD_TEXT.findall(text_of(pdf))}


def statement_of(fragment: str) -> bytes:
    """The signed statement behind the # of a certificate's address: base64url without padding."""
    return base64.urlsafe_b64decode(fragment + "=" * (-len(fragment) % 4))
