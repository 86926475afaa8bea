"""When are two names the same, and how is one compared that is not told?"""

import hashlib
import hmac

from lms.common.crypto import fold
from lms.common.names import LOOK_ALIKES

DIGEST_BYTES = SALT_BYTES = 16


def name_digest(name: str, salt: bytes) -> bytes:
    """HMAC-SHA256 of the name, as `comparable_name` writes it, under the certificate's secret salt; cut to 16 bytes."""
    return hmac.new(salt, comparable_name(name).encode(), hashlib.sha256).digest()[:DIGEST_BYTES]


def comparable_name(name: str) -> str:
    """The one spelling of all names that count as equal: the same words, in any order.

    Equal are capital and small letters, ё and е, any number of spaces, a hyphen and a space, and letters that nobody
    tells apart on paper (Latin c and Cyrillic с).  Not equal are ң and н, ө and о, ү and у: they make other names; nor
    is a name with a word more or a word less.
    """
    return " ".join(sorted(fold(name).translate(LOOK_ALIKES).split()))
