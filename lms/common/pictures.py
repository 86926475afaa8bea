"""Pictures as they may be shown: without what a camera writes into them about the place, the day and the telephone."""

import io
from typing import BinaryIO

from PIL import Image, ImageOps
from PIL.ExifTags import Base

_UPRIGHT = 1


def without_traces(picture: BinaryIO) -> bytes:
    """The same picture drawn anew, upright and in the same format: colours stay, notes of every kind are gone.

    Raises OSError, SyntaxError, ValueError or Image.DecompressionBombError for what is none.
    """
    with Image.open(picture) as image:
        kept = {"icc_profile": profile} if (profile := image.info.get("icc_profile")) else {}
        buffer = io.BytesIO()
        if getattr(image, "is_animated", False):
            image.save(buffer, image.format, save_all=True, exif=b"", xmp=b"", comment=b"", **kept)
            return buffer.getvalue()
        turned = image.getexif().get(Base.Orientation.value, _UPRIGHT) != _UPRIGHT
        if image.format == "JPEG":
            kept |= {"quality": 95, "subsampling": 0} if turned else {"quality": "keep"}
        upright = ImageOps.exif_transpose(image) if turned else image
        upright.save(buffer, image.format, exif=b"", xmp=b"", comment=b"", **kept)
        return buffer.getvalue()
