"""QR codes: what is drawn is what is read."""

import io

import pytest
import zxingcpp
from PIL import Image
from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

from lms.common.qr import QUIET_ZONE, qr_drawing, qr_matrix, qr_rectangles, qr_svg, qr_version, qr_width

TEXTS = [
    "A1B2C3",
    "https://yntymak.example/c/AbCd.1f.x_-9",
    "https://yntymak.example/v/AbCdEfGhIjKlMnOpQrStUv#" + "aZ0_-9" * 34,
    "Ңң Өө Үү",
]


def read(rectangles, width: int) -> str:
    """Draws the rectangles at 6 dots a module and reads them with a decoder of another maker."""
    image = Image.new("L", (width * 6, width * 6), 255)
    for x, y, across, down in rectangles:
        image.paste(0, (x * 6, y * 6, (x + across) * 6, (y + down) * 6))
    [code] = zxingcpp.read_barcodes(image)
    return code.text


@pytest.mark.parametrize("text", TEXTS)
def test_code_is_read_back(text):
    assert read(qr_rectangles(text), qr_width(text)) == text


def test_a_code_has_an_end():
    assert qr_version("x" * 2331) == 40
    with pytest.raises(ValueError, match="version"):
        qr_matrix("x" * 2332)


def test_version_is_the_smallest_that_holds_the_text():
    """What qrcode finds by trying, on both sides of each version's end and where the count takes more bits."""
    ends = {1: 14, 8: 152, 9: 180, 10: 213, 11: 251}
    for size in (end + over for end in ends.values() for over in (0, 1)):
        code = QRCode(error_correction=ERROR_CORRECT_M)
        code.add_data("x" * size, optimize=0)
        assert qr_version("x" * size) == code.best_fit(), size
    assert {qr_version("x" * end): end for end in ends.values()} == ends


def test_quiet_zone_is_four_modules_on_each_side():
    text, width = TEXTS[1], qr_width(TEXTS[1])
    rectangles = qr_rectangles(text)
    assert width == len(qr_matrix(text)) + 2 * QUIET_ZONE
    assert min(x for x, _y, _w, _h in rectangles) == min(y for _x, y, _w, _h in rectangles) == QUIET_ZONE
    assert max(x + w for x, _y, w, _h in rectangles) == width - QUIET_ZONE


def test_version_grows_with_the_text():
    assert [qr_version(text) for text in TEXTS[:3]] == [1, 3, 12]


def test_svg_says_what_it_is_or_is_hidden():
    assert 'role="img" aria-label="Room &lt;code&gt;"' in qr_svg("x", label="Room <code>")
    assert 'aria-hidden="true"' in qr_svg("x")
    assert "style" not in qr_svg("x")


def test_drawing_holds_the_same_modules():
    drawing = qr_drawing(TEXTS[2])
    assert drawing.width == drawing.height == qr_width(TEXTS[2])
    assert drawing.operators.count(b" re\n") == len(qr_rectangles(TEXTS[2]))
    assert io.BytesIO(drawing.operators).readline().startswith(b"1 g 0 0 ")
